//! Answers offered as taps: up to three buttons, or a list of up to ten rows.

use std::collections::BTreeSet;

use domain::Pii;
use domain::content::{Choice, Choices, Section};
use domain::delivery::FailureClass;
use ports::Refusal;
use serde_json::{Map, Value, json};

use super::{bounded, refuse};
use crate::whatsapp::capabilities::{
    BUTTON_ID_CHARS_MAX, ROW_ID_CHARS_MAX, SECTION_TITLE_CHARS_MAX, SECTIONS_MAX, WHATSAPP,
};
use crate::whatsapp::errors::own;

pub(super) fn interactive(text: &Pii<String>, choices: &Choices) -> Result<Value, Refusal> {
    let (Some(buttons), Some(list)) = (WHATSAPP.buttons, WHATSAPP.list) else {
        return Err(unfit());
    };
    let body = json!({"text": bounded(text, buttons.text_chars_max)?});
    match choices {
        Choices::Buttons(given) => {
            let fits = (1..=buttons.max).contains(&given.len())
                && distinct(given.iter())
                && given.iter().all(|choice| {
                    id_fits(choice, BUTTON_ID_CHARS_MAX)
                        && length_fits(&choice.title, 1, buttons.title_chars_max)
                });
            if !fits {
                return Err(unfit());
            }
            let buttons: Vec<Value> = given
                .iter()
                .map(|choice| {
                    json!({"type": "reply", "reply": {"id": choice.id, "title": choice.title}})
                })
                .collect();
            Ok(json!({"type": "button", "body": body, "action": {"buttons": buttons}}))
        }
        Choices::List { open, sections } => {
            let rows = || sections.iter().flat_map(|section| &section.rows);
            let fits = length_fits(open, 1, list.open_chars_max)
                && (1..=SECTIONS_MAX).contains(&sections.len())
                && (1..=list.rows_max).contains(&rows().count())
                && distinct(rows())
                && sections
                    .iter()
                    .all(|section| section_fits(section, sections.len()))
                && rows().all(|row| {
                    let description = row.description.as_deref().unwrap_or("");
                    id_fits(row, ROW_ID_CHARS_MAX)
                        && length_fits(&row.title, 1, list.title_chars_max)
                        && length_fits(description, 0, list.description_chars_max)
                });
            if !fits {
                return Err(unfit());
            }
            let sections: Vec<Value> = sections.iter().map(written_section).collect();
            let action = json!({"button": open, "sections": sections});
            Ok(json!({"type": "list", "body": body, "action": action}))
        }
    }
}

fn unfit() -> Refusal {
    refuse(own::CHOICES_UNFIT, FailureClass::Request)
}

fn length_fits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.chars().count())
}

fn id_fits(choice: &Choice, max: usize) -> bool {
    length_fits(&choice.id, 1, max)
}

/// Two choices with one id could not be told apart when the answer comes.
fn distinct<'a>(choices: impl Iterator<Item = &'a Choice>) -> bool {
    let mut seen = BTreeSet::new();
    choices.into_iter().all(|choice| seen.insert(&choice.id))
}

/// A title is needed as soon as there is more than one section.
fn section_fits(section: &Section, sections: usize) -> bool {
    let title = section.title.as_deref().unwrap_or("");
    let min = usize::from(sections > 1);
    !section.rows.is_empty() && length_fits(title, min, SECTION_TITLE_CHARS_MAX)
}

fn written_section(section: &Section) -> Value {
    let mut written = Map::new();
    if let Some(title) = section.title.as_deref().filter(|title| !title.is_empty()) {
        written.insert("title".into(), title.into());
    }
    let rows: Vec<Value> = section
        .rows
        .iter()
        .map(|row| {
            let mut written = json!({"id": row.id, "title": row.title});
            if let Some(text) = row.description.as_deref().filter(|text| !text.is_empty()) {
                written["description"] = text.into();
            }
            written
        })
        .collect();
    written.insert("rows".into(), rows.into());
    Value::Object(written)
}
