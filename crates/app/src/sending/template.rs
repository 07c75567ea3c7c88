//! A template as somebody asks for it, and as it is sent.

use domain::content::{
    Template, TemplateButton, TemplateHeader, TemplateParameter, TemplateUse, TemplateValue,
};
use domain::{AttachmentId, Pii};

/// A template as it is asked for: values in the order of its parameters.
#[derive(Clone, Default)]
pub struct TemplateRequest {
    pub name: String,
    pub language: String,
    /// Texts; for a media header the id of an uploaded file.
    pub header: Vec<Pii<String>>,
    pub body: Vec<Pii<String>>,
    /// One value for each button that takes one.
    pub buttons: Vec<Pii<String>>,
}

impl TemplateRequest {
    /// Puts the values where the provider's template has its parameters. A template we do not
    /// know keeps its values as they are, and the gate says that it is unknown.
    pub(super) fn resolve(&self, template: Option<&Template>) -> TemplateUse {
        let header_media = matches!(
            template.and_then(|template| template.header.as_ref()),
            Some(TemplateHeader::Media(_))
        );
        let named = template.filter(|template| template.named);
        let name = |names: Option<&Vec<String>>, place: usize| {
            named.and_then(|_| names.and_then(|names| names.get(place).cloned()))
        };
        let header_names = match template.and_then(|template| template.header.as_ref()) {
            Some(TemplateHeader::Text { parameters, .. }) => Some(parameters),
            _ => None,
        };
        let body_names = template.map(|template| &template.body_parameters);
        let header = self.header.iter().enumerate().map(|(place, value)| {
            let media = value
                .expose()
                .parse::<AttachmentId>()
                .ok()
                .filter(|_| header_media);
            TemplateParameter {
                name: name(header_names, place),
                value: media
                    .map_or_else(|| TemplateValue::Text(value.clone()), TemplateValue::Media),
            }
        });
        let body = self
            .body
            .iter()
            .enumerate()
            .map(|(place, value)| TemplateParameter {
                name: name(body_names, place),
                value: TemplateValue::Text(value.clone()),
            });
        TemplateUse {
            name: self.name.clone(),
            language: self.language.clone(),
            header: header.collect(),
            body: body.collect(),
            buttons: self.button_values(template),
        }
    }

    /// What the person will read: the template's own words with the values in their places, kept
    /// with the message because the provider's text may change later.
    pub(super) fn written(&self, template: &Template) -> Pii<String> {
        let header = match &template.header {
            Some(TemplateHeader::Text { text, parameters }) => {
                Some(filled(text, parameters, &self.header))
            }
            _ => None,
        };
        let body = filled(&template.body, &template.body_parameters, &self.body);
        let parts: Vec<String> = header
            .into_iter()
            .chain([body])
            .filter(|part| !part.is_empty())
            .collect();
        Pii::new(parts.join("\n"))
    }

    fn button_values(&self, template: Option<&Template>) -> Vec<(u8, TemplateButton)> {
        let all = template.map_or(&[][..], |template| &template.buttons);
        let taking = all
            .iter()
            .enumerate()
            .filter(|(_, button)| button.takes_parameter);
        self.buttons
            .iter()
            .zip(taking)
            .map(|(value, (index, button))| {
                let value = match button.kind.to_ascii_lowercase().as_str() {
                    "copy_code" => TemplateButton::CouponCode(value.expose().clone()),
                    "quick_reply" => TemplateButton::QuickReply(value.expose().clone()),
                    _ => TemplateButton::UrlSuffix(value.clone()),
                };
                (u8::try_from(index).unwrap_or(u8::MAX), value)
            })
            .collect()
    }
}

/// The uploads a template shows above its text.
pub(super) fn files_of(used: &TemplateUse) -> Vec<AttachmentId> {
    used.header
        .iter()
        .filter_map(|parameter| match &parameter.value {
            TemplateValue::Media(id) => Some(*id),
            _ => None,
        })
        .collect()
}

/// Puts each value where the text names its parameter; what has no value stays as it stands.
fn filled(text: &str, parameters: &[String], values: &[Pii<String>]) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("{{") {
        let Some((name, after)) = inside.split_once("}}") else {
            break;
        };
        written.push_str(before);
        let place = parameters.iter().position(|known| known == name.trim());
        match place.and_then(|place| values.get(place)) {
            Some(value) => written.push_str(value.expose()),
            None => {
                written.push_str("{{");
                written.push_str(name);
                written.push_str("}}");
            }
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::filled;
    use domain::Pii;

    // Case: IN03, XS10
    #[test]
    fn values_stand_where_the_text_names_them() {
        let parameters = ["1".to_owned(), "2".to_owned()];
        let values = [
            Pii::new("{{2}}".to_owned()),
            Pii::new("Dienstag".to_owned()),
        ];
        assert_eq!(
            filled("Am {{ 2 }} kommt {{1}}, {{3}} {{", &parameters, &values),
            "Am Dienstag kommt {{2}}, {{3}} {{"
        );
    }
}
