//! The first page of a copy: everything but the words and files themselves, for reading.

use app::MyData;
use i18n::Language;

use super::markup::Page;
use crate::dto::{MyDataDto, Shown};

/// Moments in a DTO, for people.
fn moment(page: &Page, text: &str) -> String {
    crate::dto::parse_moment(text).map_or_else(String::new, |at| page.when(at))
}

fn fact(page: &Page, key: &str, value: impl Into<String>) -> (String, String) {
    (page.t(key, &[]), value.into())
}

fn channel_name(page: &Page, kind: &str) -> String {
    page.t(&format!("package-channel-{kind}"), &[])
}

/// Writes everything that is known of somebody into the page.
pub fn write(page: &mut Page, data: &MyDataDto) {
    who(page, data);
    channels(page, data);
    conversations(page, data);
    consents(page, data);
    notices(page, data);
    readings(page, data);
    keeping(page, data);
    rights(page, data);
}

fn who(page: &mut Page, data: &MyDataDto) {
    page.section("package-controller");
    page.cite(&data.controller.controller);
    let mail = [("mail", data.controller.contact_email.as_str())];
    let words = page.t("package-contact", &mail);
    page.say(&words);
    page.section("package-you");
    let since = moment(page, &data.known_since);
    let facts = [
        fact(page, "package-name", data.name.clone().unwrap_or_default()),
        fact(
            page,
            "package-language",
            data.locale.clone().unwrap_or_default(),
        ),
        fact(page, "package-since", since),
        fact(page, "package-id", data.contact_id.clone()),
    ];
    page.facts(&facts);
}

fn channels(page: &mut Page, data: &MyDataDto) {
    page.section("package-channels");
    for one in &data.channels {
        let name = channel_name(page, &one.kind);
        page.heading(&name);
        let (since, used) = (moment(page, &one.since), moment(page, &one.last_used_at));
        let ended = one.ended_at.as_deref().map(|at| moment(page, at));
        let facts = [
            fact(page, "package-address", one.address.clone()),
            fact(page, "package-since", since),
            fact(page, "package-used", used),
            fact(page, "package-ended", ended.unwrap_or_default()),
        ];
        page.facts(&facts);
        if one.recipients.is_empty() {
            let words = page.t(
                "package-own-server",
                &[("company", &data.controller.company)],
            );
            page.say(&words);
        }
        for recipient in &one.recipients {
            page.say(&recipient.learns);
        }
    }
}

fn conversations(page: &mut Page, data: &MyDataDto) {
    page.section("package-conversations");
    let heads = [
        "package-channel",
        "package-begun",
        "package-last",
        "package-erased",
    ];
    let heads = heads.map(|key| page.t(key, &[]));
    let kept = page.t("package-kept", &[]);
    let rows: Vec<Vec<String>> = data
        .conversations
        .iter()
        .map(|one| {
            let erased = one.erased_at.as_deref().map(|at| moment(page, at));
            vec![
                channel_name(page, &one.kind),
                moment(page, &one.begun_at),
                moment(page, &one.last_message_at),
                erased.unwrap_or_else(|| kept.clone()),
            ]
        })
        .collect();
    page.table(&heads, &rows);
}

fn consents(page: &mut Page, data: &MyDataDto) {
    page.section("package-consents");
    if data.consents.is_empty() {
        let words = page.t("package-consents-none", &[]);
        page.say(&words);
    }
    for one in &data.consents {
        let channel = channel_name(page, &one.channel_kind);
        page.heading(&format!("{} · {channel}", one.purpose_name));
        let state = format!("package-consent-{}", one.state);
        let none: &[(&str, &str)] = &[];
        let state = i18n::lookup(page.language, &state, none).unwrap_or_else(|| one.state.clone());
        let since = moment(page, &one.since);
        let facts = [
            fact(page, "package-state", state),
            fact(page, "package-since", since),
        ];
        page.facts(&facts);
        page.cite(&format!("{}\n{}", one.notice.text, one.notice.withdrawal));
        let lines: Vec<String> = one
            .events
            .iter()
            .map(|event| format!("{} · {}", moment(page, &event.at), event.kind))
            .collect();
        page.list(&lines);
    }
}

fn notices(page: &mut Page, data: &MyDataDto) {
    page.section("package-notices");
    let mut told: Vec<(i64, &str)> = Vec::new();
    for one in &data.notices {
        let when = moment(page, &one.shown_at);
        let version = one.version.to_string();
        let words = page.t("package-notice", &[("version", &version), ("when", &when)]);
        page.say(&words);
        let is_new = !told.contains(&(one.version, &one.locale));
        if let Some(text) = one.text.as_ref().filter(|_| is_new) {
            told.push((one.version, &one.locale));
            page.cite(text);
        }
    }
}

fn readings(page: &mut Page, data: &MyDataDto) {
    page.section("package-readings");
    let words = page.t("package-readings-about", &[]);
    page.say(&words);
    let heads = ["package-when", "package-by", "package-did"].map(|key| page.t(key, &[]));
    let rows: Vec<Vec<String>> = data
        .readings
        .iter()
        .map(|one| vec![moment(page, &one.last_at), one.by.clone(), one.did.clone()])
        .collect();
    page.table(&heads, &rows);
}

fn keeping(page: &mut Page, data: &MyDataDto) {
    page.section("package-keeping");
    let days = data.controller.retention_days.to_string();
    let words = page.t("package-keeping-rule", &[("days", &days)]);
    page.say(&words);
    if data.held {
        let words = page.t("package-held", &[]);
        page.say(&words);
    }
    for one in &data.restrictions {
        let since = moment(page, &one.asked_at);
        let words = match &one.lifted_at {
            None => page.t("package-restricted", &[("since", &since)]),
            Some(at) => {
                let until = moment(page, at);
                page.t(
                    "package-was-restricted",
                    &[("since", &since), ("until", &until)],
                )
            }
        };
        page.say(&words);
    }
}

fn rights(page: &mut Page, data: &MyDataDto) {
    page.section("package-rights");
    let mail = [("mail", data.controller.contact_email.as_str())];
    let words = page.t("package-rights-text", &mail);
    page.say(&words);
    let words = page.t("package-complain", &[]);
    page.say(&words);
}

/// The page of somebody who reads without scripts.
#[must_use]
pub fn plain(data: &MyData, language: Language) -> String {
    let told = MyDataDto::of(data, language, Shown::Ends);
    let title = i18n::text(
        language,
        "package-title",
        &[("company", &told.controller.company)],
    );
    let mut page = Page::new(language, &title);
    write(&mut page, &told);
    page.end()
}

/// The same page for somebody it does not know.
#[must_use]
pub fn closed(language: Language) -> String {
    let title = i18n::text(language, "package-closed-title", &[]);
    let mut page = Page::new(language, &title);
    let words = page.t("package-closed", &[]);
    page.say(&words);
    page.end()
}
