//! A conversation in a copy: a part of it as a page, and the same part as JSON.

use std::collections::BTreeMap;

use i18n::Language;
use serde::Serialize;
use store::TimelineItem;

use super::markup::{Page, escape};
use crate::dto::{TimelineItemDto, Viewer, rfc3339};

/// The name under which a file lies in the copy.
pub type FileNames = BTreeMap<String, String>;

/// Why nothing here can fail to become JSON.
const PLAIN: &str = "these shapes have no map with odd keys, so they are always JSON";

/// One conversation, as far as its pages have to know.
pub struct Talk {
    /// From 1 on, in the order in which they were begun.
    pub number: usize,
    pub channel: String,
    pub id: String,
}

impl Talk {
    #[must_use]
    pub fn path(&self, part: usize, end: &str) -> String {
        format!("conversations/{:03}-{part:03}.{end}", self.number)
    }
}

#[derive(Serialize)]
struct PartDto<'a> {
    conversation_id: &'a str,
    part: usize,
    items: Vec<serde_json::Value>,
}

/// The same part for programs. Whoever of the team noted or did something is not named.
#[must_use]
pub fn json(
    talk: &Talk,
    part: usize,
    items: &[TimelineItem],
    files: &FileNames,
    language: Language,
) -> Vec<u8> {
    let items = items.iter().map(|item| {
        let told = TimelineItemDto::of(item, language, Viewer::Chat);
        let mut value = serde_json::to_value(told).expect(PLAIN);
        if !matches!(item, TimelineItem::Message { .. }) {
            for who in ["author", "actor"] {
                if let Some(who) = value.get_mut(who).and_then(|who| who.as_object_mut()) {
                    who.remove("name");
                    who.remove("id");
                }
            }
        }
        for file in value["attachments"].as_array_mut().into_iter().flatten() {
            let name = file["id"].as_str().and_then(|id| files.get(id));
            file["url"] = name.map_or(serde_json::Value::Null, |name| {
                format!("files/{name}").into()
            });
        }
        value
    });
    let part = PartDto {
        conversation_id: &talk.id,
        part,
        items: items.collect(),
    };
    serde_json::to_vec_pretty(&part).expect(PLAIN)
}

/// The same part for reading.
#[must_use]
pub fn html(
    talk: &Talk,
    (part, is_last): (usize, bool),
    items: &[TimelineItem],
    files: &FileNames,
    language: Language,
) -> Vec<u8> {
    let number = talk.number.to_string();
    let title = i18n::text(
        language,
        "package-talk",
        &[("number", &number), ("channel", &talk.channel)],
    );
    let mut page = Page::new(language, &title);
    page.raw("<nav>");
    let words = page.t("package-back", &[]);
    page.way("../index.html", &words);
    if part > 1 {
        let words = page.t("package-earlier", &[]);
        page.way(&format!("{:03}-{:03}.html", talk.number, part - 1), &words);
    }
    if !is_last {
        let words = page.t("package-later", &[]);
        page.way(&format!("{:03}-{:03}.html", talk.number, part + 1), &words);
    }
    page.raw("</nav>\n<ol class=\"talk\">\n");
    for item in items {
        write(&mut page, item, files);
    }
    page.raw("</ol>\n");
    page.end().into_bytes()
}

fn write(page: &mut Page, item: &TimelineItem, files: &FileNames) {
    let language = page.language;
    match TimelineItemDto::of(item, language, Viewer::Chat) {
        TimelineItemDto::Message(message) => {
            let ours = message.direction == "outbound";
            let who = match (ours, message.author.name) {
                (false, _) => page.t("package-author-you", &[]),
                (true, Some(name)) => name,
                (true, None) => page.t("package-author-company", &[]),
            };
            let when = crate::dto::parse_moment(&message.at).map(|at| page.when(at));
            let class = if ours { " class=\"ours\"" } else { "" };
            let head = format!("{} · {}", who, when.unwrap_or_default());
            page.raw(&format!(
                "<li{class}><div class=\"when\">{}</div>\n",
                escape(&head)
            ));
            if let Some(quote) = message.quote.filter(|quote| !quote.text.is_empty()) {
                page.cite(&quote.text);
            }
            if let Some(text) = &message.text {
                page.say(text);
            }
            for line in message.card.iter().flat_map(|card| &card.lines) {
                page.say(&format!("{}: {}", line.label, line.value));
            }
            for choice in message.choices.iter().flat_map(|choices| &choices.items) {
                page.say(&format!("[ {} ]", choice.title));
            }
            for file in &message.attachments {
                match files.get(&file.id) {
                    Some(name) => page.way(&format!("../files/{name}"), &file.name),
                    None => page.say(&file.name),
                }
            }
            for reaction in &message.reactions {
                page.say(&reaction.emoji);
            }
            page.raw("</li>\n");
        }
        TimelineItemDto::Note(note) => {
            let when = crate::dto::parse_moment(&note.at).map(|at| page.when(at));
            let head = page.t("package-note", &[("when", &when.unwrap_or_default())]);
            page.raw(&format!(
                "<li><div class=\"when\">{}</div>\n",
                escape(&head)
            ));
            page.say(&note.text);
            page.raw("</li>\n");
        }
        // What happened to the conversation stands in the JSON, with all its facts.
        TimelineItemDto::Activity(_) => {}
    }
}

/// A name for a file that every system takes: its own, cut down to plain signs, behind its number.
#[must_use]
pub fn file_name(number: usize, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|sign| match sign {
            sign if sign.is_ascii_alphanumeric() || ".-_".contains(sign) => sign,
            _ => '-',
        })
        .collect();
    let cut: String = plain
        .trim_matches(['.', '-'])
        .chars()
        .rev()
        .take(80)
        .collect();
    let cut: String = cut.chars().rev().collect();
    format!("{number:04}-{}", if cut.is_empty() { "file" } else { &cut })
}

/// What was handed out, and when.
#[must_use]
pub fn statement(manifest: &str, at: domain::Timestamp) -> String {
    serde_json::json!({
        "kind": "tresen.copy",
        "version": 1,
        "made_at": rfc3339(at),
        "manifest": manifest,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_keep_their_end() {
        assert_eq!(file_name(3, "../Größe & Maß.pdf"), "0003-Gr--e---Ma-.pdf");
        assert_eq!(file_name(12, "…"), "0012-file");
        let long = format!("{}.png", "a".repeat(300));
        assert!(file_name(1, &long).ends_with("aaa.png"));
        assert!(file_name(1, &long).len() <= 86);
    }
}
