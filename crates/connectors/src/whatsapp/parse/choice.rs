//! Taps: buttons, list rows, flow answers and call permissions. The words the contact saw become
//! the text, the id behind them a line of the card, for bots.

use std::borrow::Cow;

use super::json::Value;
use domain::Pii;
use domain::content::{Card, CardKind};

use super::cards::Lines;
use super::content::Content;
use super::wire::{pii, scalar, text, time};

/// Answers of one flow that are shown one by one.
const FLOW_ANSWERS_MAX: usize = 50;
/// Bookkeeping of the flow that says nothing to a person.
const FLOW_TOKEN: &str = "flow_token";

fn tapped(text: Option<Pii<String>>, lines: Lines) -> Option<Content> {
    Some(Content {
        text,
        media: Vec::new(),
        card: Some(lines.into_card(CardKind::Choice, None)?),
    })
}

/// An answer to an interactive message; may come without its inner object.
pub(super) fn interactive(interactive: &Value<'_>) -> Option<Content> {
    let kind = text(interactive, "type")?;
    let inner = interactive.get(&kind)?;
    match kind.as_str() {
        "button_reply" => reply(inner, "card-choice-button"),
        "list_reply" => reply(inner, "card-choice-row"),
        "nfm_reply" => flow(inner),
        "call_permission_reply" => call_permission(inner).map(Content::of_card),
        _ => None,
    }
}

fn reply(inner: &Value<'_>, label: &str) -> Option<Content> {
    let title = pii(inner, "title");
    let mut lines = Lines::new();
    lines.add(label, title.clone());
    lines.add("card-choice-description", pii(inner, "description"));
    lines.add("card-choice-id", pii(inner, "id"));
    tapped(title, lines)
}

/// A quick reply of a template.
pub(super) fn button(button: &Value<'_>) -> Option<Content> {
    let title = pii(button, "text");
    let mut lines = Lines::new();
    lines.add("card-choice-button", title.clone());
    lines.add("card-choice-id", pii(button, "payload"));
    tapped(title, lines)
}

/// The answers of a form, which arrive as JSON inside a text.
fn flow(inner: &Value<'_>) -> Option<Content> {
    let mut lines = Lines::new();
    lines.add("card-flow-name", pii(inner, "name"));
    if let Some(response) = text(inner, "response_json") {
        match serde_json::from_str(&response) {
            Ok(Value::Object(answers)) => {
                let shown = answers.iter().filter(|(name, _)| *name != FLOW_TOKEN);
                for (name, answer) in shown.take(FLOW_ANSWERS_MAX) {
                    let plain = scalar(answer).map(Cow::into_owned);
                    let plain = plain.or_else(|| serde_json::to_string(answer).ok());
                    lines.add_plain(name, plain.unwrap_or_default());
                }
            }
            _ => lines.add_plain("card-flow-answer", response),
        }
    }
    tapped(pii(inner, "body"), lines)
}

fn call_permission(inner: &Value<'_>) -> Option<Card> {
    let mut lines = Lines::new();
    let label = match text(inner, "response")?.as_str() {
        "accept" => "card-call-permission-given",
        _ => "card-call-permission-refused",
    };
    let until = time(inner, "expiration_timestamp")
        .and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok())
        .map(|at| Pii::new(at.to_string()));
    lines.add(label, until.or_else(|| Some(Pii::default())));
    lines.into_card(CardKind::Choice, None)
}
