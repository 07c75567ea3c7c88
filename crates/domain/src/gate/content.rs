//! Rules about what a channel can carry.

use super::{FileFact, Reason, SendRequest};
use crate::channel::{Capabilities, MediaKind};
use crate::limits;

pub(super) fn check(request: &SendRequest<'_>, can: &Capabilities, reasons: &mut Vec<Reason>) {
    if request.reaction {
        if !can.reactions {
            reasons.push(Reason::plain("reactions_unsupported"));
        }
        return;
    }
    if request.template.is_some() {
        return;
    }
    if request.text_chars == 0 && request.files.is_empty() {
        reasons.push(Reason::plain("empty"));
    }
    text(request, can, reasons);
    if request.files.len() > limits::ATTACHMENTS_PER_MESSAGE_MAX {
        reasons.push(Reason::with(
            "too_many_files",
            vec![("max", limits::ATTACHMENTS_PER_MESSAGE_MAX.to_string())],
        ));
    }
    for file in &request.files {
        check_file(file, can, reasons);
    }
    buttons(request, can, reasons);
    list(request, can, reasons);
}

fn text(request: &SendRequest<'_>, can: &Capabilities, reasons: &mut Vec<Reason>) {
    let with_choices = !request.buttons.is_empty() || !request.list_rows.is_empty();
    let max = match can.buttons {
        Some(rule) if with_choices => rule.text_chars_max,
        _ => can.text_chars_max,
    };
    if request.text_chars > max {
        reasons.push(Reason::with(
            "text_too_long",
            vec![
                ("max", max.to_string()),
                ("chars", request.text_chars.to_string()),
            ],
        ));
    }
    if with_choices && request.text_chars == 0 {
        reasons.push(Reason::plain("choices_need_text"));
    }
}

fn check_file(file: &FileFact, can: &Capabilities, reasons: &mut Vec<Reason>) {
    // What a channel refuses as a picture or a recording, for its type or its size, may still
    // travel as a plain file.
    let rules = [
        can.media_rule(file.kind, &file.mime),
        can.media_rule(MediaKind::File, &file.mime),
    ];
    let Some(max_bytes) = rules.iter().flatten().map(|rule| rule.max_bytes).max() else {
        reasons.push(Reason::with(
            "file_type_unsupported",
            vec![("mime", file.mime.clone())],
        ));
        return;
    };
    if file.bytes > max_bytes {
        reasons.push(Reason::with(
            "file_too_large",
            vec![
                ("max_bytes", max_bytes.to_string()),
                ("bytes", file.bytes.to_string()),
            ],
        ));
    }
}

fn buttons(request: &SendRequest<'_>, can: &Capabilities, reasons: &mut Vec<Reason>) {
    if request.buttons.is_empty() {
        return;
    }
    let Some(rule) = can.buttons else {
        reasons.push(Reason::plain("buttons_unsupported"));
        return;
    };
    if request.buttons.len() > rule.max {
        reasons.push(Reason::with(
            "too_many_buttons",
            vec![("max", rule.max.to_string())],
        ));
    }
    if request
        .buttons
        .iter()
        .any(|title| *title == 0 || *title > rule.title_chars_max)
    {
        reasons.push(Reason::with(
            "button_title_length",
            vec![("max", rule.title_chars_max.to_string())],
        ));
    }
}

fn list(request: &SendRequest<'_>, can: &Capabilities, reasons: &mut Vec<Reason>) {
    if request.list_rows.is_empty() {
        return;
    }
    let Some(rule) = can.list else {
        reasons.push(Reason::plain("list_unsupported"));
        return;
    };
    if request.list_rows.len() > rule.rows_max {
        reasons.push(Reason::with(
            "too_many_rows",
            vec![("max", rule.rows_max.to_string())],
        ));
    }
    let fits = |(title, description): &(usize, usize)| {
        *title > 0 && *title <= rule.title_chars_max && *description <= rule.description_chars_max
    };
    if !request.list_rows.iter().all(fits) {
        reasons.push(Reason::with(
            "row_length",
            vec![
                ("title_max", rule.title_chars_max.to_string()),
                ("description_max", rule.description_chars_max.to_string()),
            ],
        ));
    }
}
