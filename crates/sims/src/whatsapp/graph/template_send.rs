//! Sending a template: every parameter must fit the approved text.
//! Component types are compared without case, because the platform takes both spellings.

use serde_json::Value;

use super::check::{Check, Node};
use super::content::{Content, media};
use super::error::GraphError;
use crate::whatsapp::world::{Template, TemplateStatus};

/// What was sent for one component of the template.
struct Given<'a> {
    kind: String,
    sub_type: String,
    index: usize,
    parameters: Vec<Node<'a>>,
}

/// Checks the envelope `template{name, language{code}, components[]}` and returns name and language.
pub fn address<'a>(node: &Node<'a>) -> Check<(&'a str, &'a str)> {
    node.only(&["name", "language", "components", "namespace"])?;
    let name = node.text_within("name", 512)?;
    let language = node.object("language")?;
    language.only(&["code", "policy"])?;
    Ok((name, language.text("code")?))
}

/// Checks the state of the template and the parameters against its components.
pub fn check(template: Option<&Template>, node: &Node, content: &mut Content) -> Check<()> {
    let (name, language) = address(node)?;
    let missing = || {
        GraphError::new(
            132_001,
            format!("template name ({name}) does not exist in {language}"),
        )
    };
    let template = template.ok_or_else(missing)?;
    match template.status {
        TemplateStatus::Approved => {}
        TemplateStatus::Paused => {
            return Err(GraphError::new(
                132_015,
                format!("template ({name}) is paused"),
            ));
        }
        TemplateStatus::Disabled => {
            return Err(GraphError::new(
                132_016,
                format!("template ({name}) is disabled"),
            ));
        }
        _ => return Err(missing()),
    }
    let given = given_components(node)?;
    let mut filled = 0;
    for component in &template.components {
        match upper(component, "type").as_str() {
            "HEADER" => header(template, component, &given, content)?,
            "BODY" => filled = text_part(template, component, "body", &given)?,
            "BUTTONS" => buttons(component, &given)?,
            "CAROUSEL" => carousel(&given)?,
            _ => {}
        }
    }
    refuse_strays(template, &given)?;
    if filled > 1024 {
        return Err(GraphError::new(
            132_005,
            format!("body: translated text of {filled} is too long"),
        ));
    }
    Ok(())
}

fn given_components<'a>(node: &Node<'a>) -> Check<Vec<Given<'a>>> {
    let mut all = Vec::new();
    for (at, item) in node.opt_list("components")?.iter().enumerate() {
        let component = Node::of(format!("template.components[{at}]"), item)?;
        component.only(&["type", "sub_type", "index", "parameters", "cards"])?;
        let kind = component.text("type")?.to_lowercase();
        let index = match component.get("index") {
            Some(Value::String(text)) => text.parse().ok(),
            Some(Value::Number(number)) => number.as_u64().and_then(|n| usize::try_from(n).ok()),
            _ => None,
        };
        if kind == "button" && index.is_none() {
            return Err(GraphError::missing(&component.at("index")));
        }
        let sub_type = component.opt_text("sub_type")?.unwrap_or("").to_lowercase();
        if kind == "button" && sub_type.is_empty() {
            return Err(GraphError::missing(&component.at("sub_type")));
        }
        let parameters = component
            .opt_list("parameters")?
            .iter()
            .enumerate()
            .map(|(i, item)| Node::of(format!("{}[{i}]", component.at("parameters")), item))
            .collect::<Check<Vec<_>>>()?;
        all.push(Given {
            kind,
            sub_type,
            index: index.unwrap_or(0),
            parameters,
        });
    }
    Ok(all)
}

/// Components the template does not have are an error, empty ones are not.
fn refuse_strays(template: &Template, given: &[Given]) -> Check<()> {
    for component in given {
        let known = match component.kind.as_str() {
            "header" | "body" | "carousel" | "limited_time_offer" => template
                .components
                .iter()
                .any(|own| upper(own, "type") == component.kind.to_uppercase()),
            "button" => template
                .components
                .iter()
                .filter_map(|own| own.get("buttons").and_then(Value::as_array))
                .any(|buttons| component.index < buttons.len()),
            _ => {
                return Err(GraphError::shape(
                    "template.components.type",
                    "header, body or button",
                ));
            }
        };
        if !known && !component.parameters.is_empty() {
            return Err(count_error(&component.kind, component.parameters.len(), 0));
        }
    }
    Ok(())
}

fn header(
    template: &Template,
    component: &Value,
    given: &[Given],
    content: &mut Content,
) -> Check<()> {
    let format = upper(component, "format");
    if format == "TEXT" {
        text_part(template, component, "header", given)?;
        return Ok(());
    }
    let parameters = parameters_of(given, "header");
    let [parameter] = parameters else {
        return Err(GraphError::new(
            132_012,
            format!(
                "header: Format mismatch, expected {format}, received {} parameters",
                parameters.len()
            ),
        ));
    };
    let kind = parameter.text("type")?.to_uppercase();
    if kind != format {
        return Err(GraphError::new(
            132_012,
            format!("header: Format mismatch, expected {format}, received {kind}"),
        ));
    }
    match format.as_str() {
        "IMAGE" => media(&parameter.object("image")?, "image", content),
        "VIDEO" => media(&parameter.object("video")?, "video", content),
        "DOCUMENT" => media(&parameter.object("document")?, "document", content),
        "LOCATION" => {
            let place = parameter.object("location")?;
            place
                .get("latitude")
                .ok_or_else(|| GraphError::missing(&place.at("latitude")))?;
            Ok(())
        }
        _ => Ok(()),
    }
}

fn parameters_of<'g, 'a>(given: &'g [Given<'a>], kind: &str) -> &'g [Node<'a>] {
    given
        .iter()
        .find(|g| g.kind == kind)
        .map_or(&[], |g| g.parameters.as_slice())
}

/// Checks a text with variables and returns the length of the filled text.
fn text_part(template: &Template, component: &Value, kind: &str, given: &[Given]) -> Check<usize> {
    let text = component.get("text").and_then(Value::as_str).unwrap_or("");
    let variables = variables(text);
    let parameters = parameters_of(given, kind);
    if parameters.len() != variables.len() {
        return Err(count_error(kind, parameters.len(), variables.len()));
    }
    let named = template.parameter_format == "NAMED";
    let mut length = text.chars().count();
    let mut seen = std::collections::BTreeSet::new();
    for parameter in parameters {
        let value = text_parameter(parameter, kind)?;
        length += value.chars().count();
        match (named, parameter.opt_text("parameter_name")?) {
            (true, Some(name)) if variables.iter().any(|own| own == name) && seen.insert(name) => {}
            (true, name) => {
                return Err(GraphError::new(
                    132_000,
                    format!("{kind}: parameter name {name:?} does not match {variables:?}"),
                ));
            }
            (false, None) => {}
            (false, Some(name)) => {
                return Err(GraphError::new(
                    132_012,
                    format!(
                        "{kind}: the template is positional, parameter_name {name} is not expected"
                    ),
                ));
            }
        }
    }
    Ok(length)
}

fn text_parameter<'a>(parameter: &Node<'a>, kind: &str) -> Check<&'a str> {
    let shape = parameter.text("type")?.to_lowercase();
    let value = match shape.as_str() {
        "text" => parameter.text_within("text", 32_768)?,
        "currency" => parameter.object("currency")?.text("fallback_value")?,
        "date_time" => parameter.object("date_time")?.text("fallback_value")?,
        other => {
            return Err(GraphError::new(
                132_012,
                format!(
                    "{kind}: Format mismatch, expected TEXT, received {}",
                    other.to_uppercase()
                ),
            ));
        }
    };
    if value.contains(['\n', '\t']) || value.contains("     ") {
        return Err(GraphError::new(
            132_018,
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ));
    }
    Ok(value)
}

fn buttons(component: &Value, given: &[Given]) -> Check<()> {
    let empty = Vec::new();
    let buttons = component
        .get("buttons")
        .and_then(Value::as_array)
        .unwrap_or(&empty);
    for (index, button) in buttons.iter().enumerate() {
        let kind = upper(button, "type");
        let sent = given
            .iter()
            .find(|g| g.kind == "button" && g.index == index);
        let has_variable = button
            .get("url")
            .and_then(Value::as_str)
            .is_some_and(|url| !variables(url).is_empty());
        let wanted = match kind.as_str() {
            "URL" if has_variable => Some("text"),
            "COPY_CODE" => Some("coupon_code"),
            "OTP" => Some("text"),
            _ => None,
        };
        if let Some(sent) = sent {
            button_kind(sent, &kind, index)?;
        }
        let Some(wanted) = wanted else { continue };
        let Some([parameter]) = sent.map(|s| s.parameters.as_slice()) else {
            return Err(GraphError::new(
                131_008,
                format!("buttons: Button at index {index} of type {kind} requires a parameter"),
            ));
        };
        let shape = parameter.text("type")?.to_lowercase();
        if shape != wanted {
            return Err(GraphError::new(
                132_012,
                format!("buttons: Button at index {index} expects {wanted}, received {shape}"),
            ));
        }
        parameter.text_within(wanted, if wanted == "coupon_code" { 20 } else { 2000 })?;
    }
    Ok(())
}

fn button_kind(sent: &Given, kind: &str, index: usize) -> Check<()> {
    let fits = match sent.sub_type.as_str() {
        "url" => kind == "URL" || kind == "OTP",
        other => other.to_uppercase() == kind,
    };
    if fits {
        return Ok(());
    }
    Err(GraphError::new(
        132_012,
        format!(
            "buttons: Button at index {index} is {kind}, received {}",
            sent.sub_type
        ),
    ))
}

fn carousel(given: &[Given]) -> Check<()> {
    if given.iter().any(|g| g.kind == "carousel") {
        return Ok(());
    }
    Err(GraphError::new(
        132_012,
        "carousel: the template needs its cards",
    ))
}

fn count_error(kind: &str, got: usize, expected: usize) -> GraphError {
    GraphError::new(
        132_000,
        format!(
            "{kind}: number of localizable_params ({got}) does not match the expected number of params ({expected})"
        ),
    )
}

fn upper(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or("")
        .to_uppercase()
}

/// Variables of a template text, each once, in the order of appearance.
pub fn variables(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(end) = rest[start..].find("}}") else {
            break;
        };
        let name = rest[start + 2..start + end].trim().to_owned();
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
        rest = &rest[start + end + 2..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn lists_each_variable_once() {
        assert_eq!(variables("Hallo {{1}}, {{2}} und {{1}}"), ["1", "2"]);
        assert_eq!(variables("{{ nummer }} offen {{"), ["nummer"]);
        assert!(variables("nichts").is_empty());
    }
}
