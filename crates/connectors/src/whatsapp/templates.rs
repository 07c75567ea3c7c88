//! The account's templates: all pages, each template as the domain knows it.

use std::collections::BTreeSet;

use domain::channel::MediaKind;
use domain::content::{Template, TemplateButtonSpec, TemplateCategory, TemplateHeader};
use ports::{Net, Settings, TemplateError};
use serde_json::Value;

use super::graph::{self, Failure};
use super::settings::Account;

const PAGE_SIZE: usize = 100;
/// An account holds at most some thousands of templates.
const PAGES_MAX: usize = 100;
const FIELDS: &str = "name,language,status,category,parameter_format,components";
/// Status of an approved template that needs something this connector cannot fill in.
const UNSUPPORTED: &str = "unsupported";

pub(super) async fn list(
    net: &dyn Net,
    settings: &Settings,
) -> Result<Vec<Template>, TemplateError> {
    let account = Account::of(settings).ok_or(TemplateError::Account)?;
    let mut templates = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = graph::call(net, graph::get(&account, &path(&account, after.as_deref())))
            .await
            .map_err(|failure| list_error(&failure))?;
        let items = page
            .get("data")
            .and_then(Value::as_array)
            .ok_or_else(|| retry("no_data"))?;
        templates.extend(items.iter().filter_map(template));
        let next = next_cursor(&page);
        if next.is_none() {
            return Ok(templates);
        }
        // A cursor that does not move would turn in a circle.
        if next == after {
            break;
        }
        after = next;
    }
    Err(retry("endless_pages"))
}

fn path(account: &Account<'_>, after: Option<&str>) -> String {
    let id = account.business_account_id;
    let mut path = format!("{id}/message_templates?limit={PAGE_SIZE}&fields={FIELDS}");
    if let Some(after) = after {
        path.push_str("&after=");
        path.push_str(&percent_encoded(after));
    }
    path
}

/// The page's `next` address is not followed: it carries the token in its query.
fn next_cursor(page: &Value) -> Option<String> {
    let paging = page.get("paging")?;
    paging.get("next").filter(|next| !next.is_null())?;
    let after = paging.pointer("/cursors/after")?.as_str()?;
    (!after.is_empty()).then(|| after.to_owned())
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn retry(code: &str) -> TemplateError {
    TemplateError::Retry {
        code: code.to_owned(),
    }
}

fn list_error(failure: &Failure) -> TemplateError {
    match failure {
        Failure::Graph {
            code: 0 | 3 | 10 | 190 | 200..=299,
            ..
        }
        | Failure::Status {
            status: 401 | 403, ..
        } => TemplateError::Account,
        other => retry(&other.code()),
    }
}

/// `None` for an entry without a name or language, which nobody could send.
fn template(item: &Value) -> Option<Template> {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let named = text("parameter_format").is_some_and(|f| f.eq_ignore_ascii_case("named"));
    let mut template = Template {
        name: text("name")?.to_owned(),
        language: text("language")?.to_owned(),
        category: TemplateCategory::parse(text("category").unwrap_or("")),
        status: text("status").unwrap_or("").to_ascii_lowercase(),
        header: None,
        body: String::new(),
        footer: None,
        buttons: Vec::new(),
        body_parameters: Vec::new(),
        named,
    };
    let components = item.get("components").and_then(Value::as_array);
    let mut sendable = true;
    for component in components.into_iter().flatten() {
        sendable &= read_component(&mut template, component);
    }
    if !sendable && template.is_approved() {
        UNSUPPORTED.clone_into(&mut template.status);
    }
    Some(template)
}

/// Whether this connector can fill in what the component needs.
fn read_component(template: &mut Template, component: &Value) -> bool {
    let text = |name: &str| component.get(name).and_then(Value::as_str);
    match text("type").unwrap_or("").to_ascii_uppercase().as_str() {
        "HEADER" => return read_header(template, component),
        "BODY" => {
            text("text").unwrap_or("").clone_into(&mut template.body);
            template.body_parameters = parameters(&template.body, template.named);
        }
        "FOOTER" => template.footer = text("text").map(str::to_owned),
        "BUTTONS" => {
            let buttons = component.get("buttons").and_then(Value::as_array);
            let mut sendable = true;
            for button in buttons.into_iter().flatten() {
                sendable &= read_button(template, button);
            }
            return sendable;
        }
        // Carousels, limited-time offers and what comes next need parameters we do not have.
        _ => return false,
    }
    true
}

fn read_header(template: &mut Template, component: &Value) -> bool {
    let text = |name: &str| component.get(name).and_then(Value::as_str);
    let format = text("format").unwrap_or("TEXT").to_ascii_uppercase();
    let media = match format.as_str() {
        "TEXT" => {
            let text = text("text").unwrap_or("").to_owned();
            let parameters = parameters(&text, template.named);
            template.header = Some(TemplateHeader::Text { text, parameters });
            return true;
        }
        "IMAGE" => MediaKind::Image,
        "VIDEO" | "GIF" => MediaKind::Video,
        "DOCUMENT" => MediaKind::File,
        "LOCATION" => {
            template.header = Some(TemplateHeader::Location);
            return false;
        }
        _ => return false,
    };
    template.header = Some(TemplateHeader::Media(media));
    true
}

fn read_button(template: &mut Template, button: &Value) -> bool {
    let text = |name: &str| button.get(name).and_then(Value::as_str);
    let kind = text("type").unwrap_or("").to_ascii_lowercase();
    let takes_parameter = match kind.as_str() {
        "url" => text("url").is_some_and(|url| url.contains("{{")),
        "copy_code" | "otp" => true,
        _ => false,
    };
    // Product lists and applications need more than one text.
    let sendable = !matches!(kind.as_str(), "mpm" | "spm" | "app" | "");
    template.buttons.push(TemplateButtonSpec {
        text: text("text").unwrap_or("").to_owned(),
        takes_parameter,
        kind,
    });
    sendable
}

/// The parameters of a text: names in the order in which they appear, or the numbers in theirs.
fn parameters(text: &str, named: bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, inside)) = rest.split_once("{{") {
        let Some((name, after)) = inside.split_once("}}") else {
            break;
        };
        let name = name.trim();
        if !name.is_empty() && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
        rest = after;
    }
    if named {
        return found;
    }
    let numbers: BTreeSet<u32> = found.iter().filter_map(|name| name.parse().ok()).collect();
    numbers.iter().map(u32::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_keep_their_order_and_count_once() {
        assert_eq!(parameters("{{2}} und {{1}}, {{2}}", false), ["1", "2"]);
        assert_eq!(parameters("Hallo {{name}}, {{ nr }}", true), ["name", "nr"]);
        assert!(parameters("{{", true).is_empty());
        assert!(parameters("kein {{}} Platz", true).is_empty());
    }

    #[test]
    fn cursors_are_encoded() {
        assert_eq!(percent_encoded("a+b/=ü"), "a%2Bb%2F%3D%C3%BC");
    }
}
