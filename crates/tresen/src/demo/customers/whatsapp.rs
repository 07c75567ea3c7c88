//! Callbacks as the provider sends them: one JSON body, signed, to the channel's own address.

use aws_lc_rs::hmac;
use domain::Timestamp;
use hyper::Method;
use serde_json::{Value, json};

use super::Fate;
use crate::demo::caller::{Body, CallError, Caller};
use crate::demo::graph::Account;
use crate::demo::story::{Extra, Words};

/// The shop's own number.
const SHOP: &str = "493023125000";

pub struct Provider {
    caller: Caller,
    /// Where the channel takes callbacks.
    path: String,
    account: Account,
    count: u64,
}

impl Provider {
    #[must_use]
    pub const fn new(caller: Caller, path: String, account: Account) -> Self {
        Self {
            caller,
            path,
            account,
            count: 0,
        }
    }

    /// A customer wrote; `about` is the message it taps, quotes or reacts to.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn write(
        &mut self,
        (phone, name): (&str, &str),
        words: &Words,
        about: Option<&str>,
        now: Timestamp,
    ) -> Result<(), CallError> {
        let contact = json!({ "profile": { "name": name }, "wa_id": phone });
        for content in contents(words, about) {
            self.count += 1;
            let mut message = json!({
                "from": phone,
                "id": format!("wamid.DEMO.IN.{:08}", self.count),
                "timestamp": seconds(now),
            });
            let fields = content.as_object().into_iter().flatten();
            for (field, value) in fields {
                message[field.as_str()] = value.clone();
            }
            let value = json!({ "contacts": [contact], "messages": [message] });
            self.call_back(value).await?;
        }
        Ok(())
    }

    /// What became of a message of the company, in one callback.
    ///
    /// # Errors
    /// What the house answers.
    pub async fn report(
        &mut self,
        (phone, id, reference): (&str, &str, &str),
        fates: &[Fate],
        now: Timestamp,
    ) -> Result<(), CallError> {
        let statuses: Vec<Value> = fates
            .iter()
            .map(|fate| {
                let mut status = json!({
                    "id": id,
                    "status": fate.word(),
                    "timestamp": seconds(now),
                    "recipient_id": phone,
                    "biz_opaque_callback_data": reference,
                });
                if let Fate::Failed(code) = fate {
                    let error = json!({ "code": code, "title": "Message undeliverable" });
                    status["errors"] = json!([error]);
                }
                status
            })
            .collect();
        self.call_back(json!({ "statuses": statuses })).await
    }

    async fn call_back(&self, mut value: Value) -> Result<(), CallError> {
        value["messaging_product"] = "whatsapp".into();
        value["metadata"] = json!({
            "display_phone_number": SHOP, "phone_number_id": self.account.number,
        });
        let change = json!({ "field": "messages", "value": value });
        let entry = json!({ "id": self.account.business, "changes": [change] });
        let body = json!({ "object": "whatsapp_business_account", "entry": [entry] });
        let bytes = body.to_string().into_bytes();
        let signature = sign(&self.account.app_secret, &bytes);
        let headers = [("x-hub-signature-256", signature.as_str())];
        let body = Body::Bytes {
            mime: "application/json",
            bytes,
        };
        self.caller
            .call(Method::POST, &self.path, &headers, body)
            .await?;
        Ok(())
    }
}

impl Fate {
    const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed(_) => "failed",
        }
    }
}

fn seconds(now: Timestamp) -> String {
    now.0.div_euclid(domain::time::SECOND_MS).to_string()
}

fn sign(secret: &str, bytes: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, bytes);
    let hex: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256={hex}")
}

/// The messages that carry these words: usually one.
fn contents(words: &Words, about: Option<&str>) -> Vec<Value> {
    let mut contents = Vec::new();
    let mut text = (!words.text.is_empty()).then_some(words.text.as_str());
    let mut quote = None;
    for extra in &words.extras {
        match extra {
            Extra::Photo(picture) => {
                let mut image = json!({ "id": picture.key(), "mime_type": "image/jpeg" });
                if let Some(caption) = text.take() {
                    image["caption"] = caption.into();
                }
                contents.push(json!({ "type": "image", "image": image }));
            }
            Extra::Voice => contents.push(json!({
                "type": "audio",
                "audio": { "id": "voice", "mime_type": "audio/wav", "voice": true },
            })),
            Extra::Place {
                name,
                address,
                latitude,
                longitude,
            } => contents.push(json!({
                "type": "location",
                "location": {
                    "name": name, "address": address,
                    "latitude": latitude, "longitude": longitude,
                },
            })),
            Extra::Button(title) => contents.push(json!({
                "type": "button",
                "button": { "text": title, "payload": title },
                "context": { "id": about },
            })),
            Extra::Reaction(emoji) => contents.push(json!({
                "type": "reaction",
                "reaction": { "message_id": about, "emoji": emoji },
            })),
            Extra::Quote => quote = about,
            Extra::Template { .. } | Extra::Fails(_) | Extra::DeliveredOnly => {}
        }
    }
    if let Some(text) = text {
        let mut content = json!({ "type": "text", "text": { "body": text } });
        if let Some(id) = quote {
            content["context"] = json!({ "id": id });
        }
        contents.insert(0, content);
    }
    contents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::pictures::Picture;

    #[test]
    fn the_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn words_become_messages() {
        let picture = Picture::parse("tote cognac").unwrap();
        let words = Words {
            text: "Haben Sie die noch?".to_owned(),
            extras: vec![Extra::Photo(picture), Extra::Voice],
        };
        let contents = contents(&words, None);
        assert_eq!(contents.len(), 2);
        assert_eq!(contents[0]["image"]["caption"], "Haben Sie die noch?");
        assert_eq!(contents[1]["audio"]["voice"], true);
        let plain = Words {
            text: "Ja".to_owned(),
            extras: vec![Extra::Quote],
        };
        let contents = super::contents(&plain, Some("wamid.X"));
        assert_eq!(contents[0]["context"]["id"], "wamid.X");
    }
}
