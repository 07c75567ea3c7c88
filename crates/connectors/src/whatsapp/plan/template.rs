//! Templates: components with the parameters filled in, positional or named.

use domain::Pii;
use domain::channel::MediaKind;
use domain::content::{TemplateButton, TemplateParameter, TemplateUse, TemplateValue};
use domain::delivery::FailureClass;
use ports::Refusal;
use serde_json::{Value, json};

use super::file::{FilePlan, Place};
use super::refuse;
use crate::whatsapp::capabilities::COUPON_CODE_CHARS_MAX;
use crate::whatsapp::errors::own;

const NAME_CHARS_MAX: usize = 512;
const BUTTONS_MAX: usize = 10;

/// The `template` object, and the file of a media header that is to be put in front later.
pub(super) fn template(template: &TemplateUse) -> Result<(Value, Option<FilePlan>), Refusal> {
    let name_fits = (1..=NAME_CHARS_MAX).contains(&template.name.len())
        && template
            .name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !name_fits || template.language.is_empty() || template.buttons.len() > BUTTONS_MAX {
        return Err(unfit());
    }
    let mut components = Vec::new();
    let file = match template.header.as_slice() {
        [] => None,
        [
            TemplateParameter {
                value: TemplateValue::Media(attachment),
                ..
            },
        ] => Some(FilePlan {
            attachment: *attachment,
            wanted: MediaKind::File,
            place: Place::TemplateHeader,
        }),
        texts => {
            components.push(json!({"type": "header", "parameters": parameters(texts)?}));
            None
        }
    };
    if !template.body.is_empty() {
        components.push(json!({"type": "body", "parameters": parameters(&template.body)?}));
    }
    for (index, value) in &template.buttons {
        components.push(button(*index, value)?);
    }
    let written = json!({
        "name": template.name,
        "language": {"code": template.language},
        "components": components,
    });
    Ok((written, file))
}

fn unfit() -> Refusal {
    refuse(own::TEMPLATE_UNFIT, FailureClass::Template)
}

fn parameters(given: &[TemplateParameter]) -> Result<Vec<Value>, Refusal> {
    given
        .iter()
        .map(|parameter| {
            let TemplateValue::Text(text) = &parameter.value else {
                return Err(unfit());
            };
            let mut written = json!({"type": "text", "text": filled(text)?});
            if let Some(name) = &parameter.name {
                written["parameter_name"] = name.as_str().into();
            }
            Ok(written)
        })
        .collect()
}

/// The platform takes no empty parameter, and would refuse the message only later.
fn filled(text: &Pii<String>) -> Result<&str, Refusal> {
    let text = text.expose();
    if text.trim().is_empty() {
        return Err(unfit());
    }
    Ok(text)
}

fn button(index: u8, value: &TemplateButton) -> Result<Value, Refusal> {
    let (sub_type, parameter) = match value {
        TemplateButton::UrlSuffix(suffix) => {
            ("url", json!({"type": "text", "text": filled(suffix)?}))
        }
        TemplateButton::QuickReply(payload) => (
            "quick_reply",
            json!({"type": "payload", "payload": payload}),
        ),
        TemplateButton::CouponCode(code) => {
            if !(1..=COUPON_CODE_CHARS_MAX).contains(&code.chars().count()) {
                return Err(unfit());
            }
            (
                "copy_code",
                json!({"type": "coupon_code", "coupon_code": code}),
            )
        }
    };
    Ok(json!({
        "type": "button",
        "sub_type": sub_type,
        "index": index.to_string(),
        "parameters": [parameter],
    }))
}
