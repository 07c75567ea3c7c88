//! Rules about the reply window and the templates that pass it.

use super::{MessageClass, Reason, SendRequest, Standing, TemplateUseFact};
use crate::channel::Medium;
use crate::content::{Template, TemplateCategory, TemplateHeader};

pub(super) fn check(request: &SendRequest<'_>, standing: &Standing<'_>, reasons: &mut Vec<Reason>) {
    match request.template {
        Some(wanted) => template(wanted, standing, reasons),
        None if !standing.window.allows_free_text() => {
            reasons.push(Reason::plain("window_closed"));
        }
        None => {}
    }
    let class = request.intent.class_of(standing.template);
    let category = standing.template.map(|template| template.category);
    let promotes = category == Some(TemplateCategory::Marketing);
    if class == MessageClass::Marketing
        && standing.capabilities.medium == Medium::TemplatedChat
        && !(request.template.is_some() && promotes)
    {
        reasons.push(Reason::plain("marketing_template_needed"));
    }
}

fn template(wanted: &TemplateUseFact, standing: &Standing<'_>, reasons: &mut Vec<Reason>) {
    if !standing.capabilities.templates {
        reasons.push(Reason::plain("templates_unsupported"));
        return;
    }
    let Some(template) = standing.template else {
        reasons.push(Reason::with(
            "template_unknown",
            vec![("name", wanted.name.clone())],
        ));
        return;
    };
    if !template.is_approved() {
        reasons.push(Reason::with(
            "template_not_approved",
            vec![
                ("name", template.name.clone()),
                ("status", template.status.clone()),
            ],
        ));
    }
    parameters(wanted, template, reasons);
}

fn parameters(wanted: &TemplateUseFact, template: &Template, reasons: &mut Vec<Reason>) {
    let header_needs = match &template.header {
        None | Some(TemplateHeader::Location) => 0,
        Some(TemplateHeader::Text { parameters, .. }) => parameters.len(),
        Some(TemplateHeader::Media(_)) => 1,
    };
    let buttons_need = template
        .buttons
        .iter()
        .filter(|button| button.takes_parameter)
        .count();
    let body_fits = if template.named {
        let mut given: Vec<&str> = wanted
            .body_parameters
            .iter()
            .filter_map(|name| name.as_deref())
            .collect();
        let mut needed: Vec<&str> = template
            .body_parameters
            .iter()
            .map(String::as_str)
            .collect();
        given.sort_unstable();
        needed.sort_unstable();
        given == needed
    } else {
        wanted.body_parameters.len() == template.body_parameters.len()
    };
    if wanted.header_parameters != header_needs
        || !body_fits
        || wanted.button_parameters != buttons_need
    {
        reasons.push(Reason::with(
            "template_parameters",
            vec![
                ("header", header_needs.to_string()),
                ("body", template.body_parameters.len().to_string()),
                ("buttons", buttons_need.to_string()),
            ],
        ));
    }
}
