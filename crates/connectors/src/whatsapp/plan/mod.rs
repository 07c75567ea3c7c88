//! From a neutral message to the body of the send call: pure, and honest about what does not
//! fit. What fits no form of this channel is refused before anything is sent.

mod choices;
mod file;
mod template;

use domain::Pii;
use domain::channel::AddressKind;
use domain::content::TemplateCategory;
use domain::delivery::FailureClass;
use domain::outbound::{Outbound, OutboundBody, Recipient};
use ports::Refusal;
use serde_json::{Map, Value, json};

use super::capabilities::WHATSAPP;
use super::errors::{own, own_error};
use super::parse::{AddressForm, classify};

use file::{FilePlan, Place};
pub(super) use file::{Uploaded, essence, file_form, shown_name};

/// A send call, complete but for the file that must be uploaded first.
pub(super) struct Plan {
    body: Map<String, Value>,
    file: Option<FilePlan>,
}

impl Plan {
    pub(super) const fn file(&self) -> Option<&FilePlan> {
        self.file.as_ref()
    }

    /// Puts the uploaded file into its place.
    ///
    /// # Errors
    /// When the plan needs a file and none is given.
    pub(super) fn finish(self, uploaded: Option<Uploaded>) -> Result<Value, Refusal> {
        let mut body = self.body;
        match (self.file, uploaded) {
            (None, _) => {}
            (Some(plan), Some(uploaded)) => plan.place_into(&mut body, &uploaded)?,
            (Some(_), None) => return Err(refuse(own::FILE_MISSING, FailureClass::Request)),
        }
        Ok(Value::Object(body))
    }
}

fn refuse(code: &'static str, class: FailureClass) -> Refusal {
    Refusal(own_error(code, class))
}

/// # Errors
/// When the message cannot be put into any form of this channel.
pub(super) fn plan(outbound: &Outbound) -> Result<Plan, Refusal> {
    let mut body = envelope(outbound)?;
    let mut file = None;
    match &outbound.body {
        OutboundBody::Text(text) => {
            body.insert("type".into(), "text".into());
            body.insert("text".into(), plain_text(text)?);
        }
        OutboundBody::Media {
            attachment,
            kind,
            caption,
            ..
        } => {
            file = Some(FilePlan {
                attachment: *attachment,
                wanted: *kind,
                place: Place::Message {
                    caption: caption_of(caption.as_ref())?,
                },
            });
        }
        OutboundBody::Choices { text, choices } => {
            body.insert("type".into(), "interactive".into());
            body.insert("interactive".into(), choices::interactive(text, choices)?);
        }
        OutboundBody::Template(template) => {
            only_phones_get_codes(outbound)?;
            let (written, header) = template::template(template)?;
            body.insert("type".into(), "template".into());
            body.insert("template".into(), written);
            file = header;
        }
        OutboundBody::Reaction { target, emoji } => {
            if target.expose().is_empty() {
                return Err(refuse(own::TARGET_MISSING, FailureClass::Request));
            }
            let emoji = emoji.as_ref().map_or("", |emoji| emoji.expose().as_str());
            body.insert("type".into(), "reaction".into());
            body.insert(
                "reaction".into(),
                json!({"message_id": target.expose(), "emoji": emoji}),
            );
        }
    }
    Ok(Plan { body, file })
}

/// Everything around the content: to whom, in answer to what, and our own reference, which the
/// receipts echo and by which a send of unknown outcome is found again.
fn envelope(outbound: &Outbound) -> Result<Map<String, Value>, Refusal> {
    let mut body = Map::new();
    body.insert("messaging_product".into(), "whatsapp".into());
    body.insert("recipient_type".into(), "individual".into());
    let (field, value) = addressee(&outbound.recipient)?;
    body.insert(field.into(), value.into());
    body.insert(
        "biz_opaque_callback_data".into(),
        outbound.reference().into(),
    );
    let reaction = matches!(outbound.body, OutboundBody::Reaction { .. });
    if let Some(quote) = outbound.quote.as_ref().filter(|_| !reaction) {
        body.insert("context".into(), json!({"message_id": quote.expose()}));
    }
    Ok(body)
}

/// A user id in `to` is answered with 200 and never delivered, so the text itself decides, not
/// only the kind under which it was stored.
fn addressee(recipient: &Recipient) -> Result<(&'static str, String), Refusal> {
    let value = recipient.value.expose();
    let ours = !matches!(recipient.kind, AddressKind::WebVisitor);
    match classify(value).filter(|_| ours) {
        Some(AddressForm::Phone) => Ok(("to", value.trim_start_matches('+').to_owned())),
        Some(AddressForm::UserId | AddressForm::ParentUserId) => {
            Ok(("recipient", value.to_owned()))
        }
        None => Err(refuse(own::RECIPIENT_UNFIT, FailureClass::Recipient)),
    }
}

fn only_phones_get_codes(outbound: &Outbound) -> Result<(), Refusal> {
    let code = outbound.permit().template_category() == Some(TemplateCategory::Authentication);
    let phone = classify(outbound.recipient.value.expose()) == Some(AddressForm::Phone);
    if code && !phone {
        return Err(refuse(
            own::AUTHENTICATION_NEEDS_PHONE,
            FailureClass::Recipient,
        ));
    }
    Ok(())
}

/// No link preview: it would fetch the customer's link from the outside and change what is read.
fn plain_text(text: &Pii<String>) -> Result<Value, Refusal> {
    let text = bounded(text, WHATSAPP.text_chars_max)?;
    Ok(json!({"body": text, "preview_url": false}))
}

/// A text that is neither blank nor longer than this.
fn bounded(text: &Pii<String>, chars_max: usize) -> Result<&str, Refusal> {
    let text = text.expose();
    if text.trim().is_empty() || text.chars().count() > chars_max {
        return Err(refuse(own::TEXT_LENGTH, FailureClass::Request));
    }
    Ok(text)
}

/// A caption that is too long is never cut: what a person wrote arrives whole or not at all.
fn caption_of(caption: Option<&Pii<String>>) -> Result<Option<String>, Refusal> {
    let Some(caption) = caption.map(Pii::expose).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if caption.chars().count() > WHATSAPP.caption_chars_max {
        return Err(refuse(own::CAPTION_TOO_LONG, FailureClass::Request));
    }
    Ok(Some(caption.clone()))
}
