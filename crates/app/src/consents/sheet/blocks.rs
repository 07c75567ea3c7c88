//! What stands on a sheet, from what happened.

use domain::Timestamp;
use domain::consent::Status;
use paper::{Block, Fact};
use proof::package::ProvenEvent;
use proof::{ConsentEvent, EventKind, Hash, Notice, SignedHead};
use store::Address;

use super::words::{Voice, source};
use crate::consents::Shown;

/// One consent with everything that is told of it.
pub(super) struct Told<'a> {
    pub(super) record: Hash,
    /// In their order; at least one.
    pub(super) events: Vec<&'a ProvenEvent>,
    /// Those of the events, each once, the first first.
    pub(super) notices: Vec<&'a Shown>,
    /// The head that the last event's proof leads to, and the key that signed it.
    pub(super) head: &'a SignedHead,
    pub(super) fingerprint: Hash,
    /// Where this house is reached.
    pub(super) url: &'a str,
    pub(super) person: Option<String>,
    pub(super) addresses: Vec<&'a Address>,
    pub(super) purpose: String,
    pub(super) status: Status,
    pub(super) since: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) last_used: Option<Timestamp>,
}

fn words(name: String, value: impl Into<String>) -> Fact {
    Fact {
        name,
        value: value.into(),
        code: false,
    }
}

fn digits(name: String, value: impl ToString) -> Fact {
    Fact {
        name,
        value: value.to_string(),
        code: true,
    }
}

/// The whole sheet of one consent.
pub(super) fn blocks(told: &Told<'_>, voice: &Voice, now: Timestamp) -> Vec<Block> {
    let Some(notice) = told.notices.last().map(|shown| &shown.document) else {
        return Vec::new();
    };
    let lead = [
        ("controller", notice.controller.name.clone()),
        ("at", voice.moment(now)),
    ];
    let mut blocks = vec![
        Block::Title(voice.say("sheet-title")),
        Block::Text(voice.say_with("sheet-lead", &lead)),
    ];
    blocks.extend(who(told, notice, voice));
    blocks.extend(state(told, voice));
    for shown in &told.notices {
        blocks.extend(text_shown(shown, voice));
    }
    blocks.extend(questions(told, voice));
    blocks.extend(agreed(told, voice));
    blocks.extend(history(told, voice));
    blocks.extend(evidence(told, voice));
    blocks
}

fn who(told: &Told<'_>, notice: &Notice, voice: &Voice) -> Vec<Block> {
    let nameless = || voice.say("sheet-person-nameless");
    let last = &told.events[told.events.len() - 1].payload;
    let controller = format!("{}\n{}", notice.controller.name, notice.controller.address);
    let facts = vec![
        words(
            voice.say("sheet-person"),
            told.person.clone().unwrap_or_else(nameless),
        ),
        digits(voice.say("sheet-contact"), &last.subject),
        words(voice.say("sheet-channel"), voice.channel(&last.channel)),
        words(voice.say("sheet-address"), voice.addresses(&told.addresses)),
        words(
            voice.say("sheet-purpose"),
            format!("{} ({})", told.purpose, last.purpose),
        ),
        words(voice.say("sheet-advertiser"), &notice.advertiser),
        words(voice.say("sheet-scope"), &notice.product_scope),
        words(voice.say("sheet-controller"), controller),
    ];
    vec![Block::Heading(voice.say("sheet-who")), Block::Facts(facts)]
}

fn state(told: &Told<'_>, voice: &Voice) -> Vec<Block> {
    let never = || voice.say("sheet-never");
    let used = told.events.iter();
    let used = used.filter(|event| event.payload.event == EventKind::Used);
    let mut facts = vec![
        words(
            voice.say("sheet-state"),
            voice.say(&format!("sheet-state-{}", told.status.as_str())),
        ),
        words(voice.say("sheet-since"), voice.moment(told.since)),
    ];
    if let Some(at) = told.expires_at {
        facts.push(words(voice.say("sheet-expires"), voice.moment(at)));
    }
    let last_used = told.last_used.map_or_else(never, |at| voice.moment(at));
    facts.push(words(voice.say("sheet-last-used"), last_used));
    facts.push(words(voice.say("sheet-uses"), used.count().to_string()));
    vec![Block::Heading(voice.say("sheet-now")), Block::Facts(facts)]
}

fn text_shown(shown: &Shown, voice: &Voice) -> Vec<Block> {
    let notice = &shown.document;
    let version = [
        ("version", notice.version.to_string()),
        ("at", voice.moment(shown.stored.created_at)),
    ];
    let recipients: Vec<&str> = notice.recipients.iter().map(|one| &one.name[..]).collect();
    let transfers: Vec<String> = notice
        .transfers
        .iter()
        .map(|one| format!("{} ({})", one.country, one.basis))
        .collect();
    let transfers = if transfers.is_empty() {
        voice.say("sheet-transfers-none")
    } else {
        transfers.join(", ")
    };
    let facts = vec![
        words(voice.say("sheet-withdrawal"), &notice.withdrawal.text),
        words(voice.say("sheet-recipients"), recipients.join(", ")),
        words(voice.say("sheet-transfers"), transfers),
        words(
            voice.say("sheet-legal-basis"),
            voice.legal_basis(&notice.legal_basis),
        ),
        words(
            voice.say("sheet-retention"),
            voice.duration(&notice.retention),
        ),
        digits(voice.say("sheet-notice"), Hash(shown.terms.mark.id.0)),
    ];
    vec![
        Block::Heading(voice.say("sheet-shown")),
        Block::Text(voice.say_with("sheet-shown-lead", &version)),
        Block::Quote {
            language: notice.locale.clone(),
            text: notice.text.clone(),
            buttons: Vec::new(),
        },
        Block::Facts(facts),
    ]
}

/// The questions as they were sent: the text, what yes and no do, and the labels to tap on.
fn questions(told: &Told<'_>, voice: &Voice) -> Vec<Block> {
    let mut blocks = Vec::new();
    for event in &told.events {
        let payload = &event.payload;
        let asked = payload.event == EventKind::ChallengeIssued;
        let sent = payload.act.as_ref().and_then(|act| act.words.as_ref());
        let (true, Some(sent)) = (asked, sent) else {
            continue;
        };
        if blocks.is_empty() {
            blocks.push(Block::Heading(voice.say("sheet-question")));
        }
        let at = [("at", voice.proof_moment(payload.at))];
        blocks.push(Block::Text(voice.say_with("sheet-question-lead", &at)));
        let mut lines: Vec<&str> = sent.lines().collect();
        let is_label = |line: &&str| line.starts_with('[') && line.ends_with(']');
        let labels = lines.iter().rev().take_while(|line| is_label(line)).count();
        let buttons = lines.split_off(lines.len() - labels);
        blocks.push(Block::Quote {
            language: payload.locale.clone(),
            text: lines.join("\n").trim_end().to_owned(),
            buttons: buttons.into_iter().map(str::to_owned).collect(),
        });
    }
    blocks
}

fn agreed(told: &Told<'_>, voice: &Voice) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(voice.say("sheet-confirmed"))];
    let grants = told.events.iter().map(|event| &event.payload);
    for grant in grants.filter(|event| event.event.is_grant()) {
        blocks.push(Block::Facts(grant_facts(grant, voice)));
    }
    if blocks.len() == 1 {
        blocks.push(Block::Text(voice.say("sheet-never-confirmed")));
    }
    blocks
}

fn grant_facts(event: &ConsentEvent, voice: &Voice) -> Vec<Fact> {
    let at = voice.proof_moment(event.at);
    let mut facts = vec![words(voice.say("sheet-confirmed-at"), at)];
    if let Some(at) = event.provider_ts {
        let at = voice.proof_moment(at);
        facts.push(words(voice.say("sheet-provider-at"), at));
    }
    if let Some(act) = &event.act {
        facts.push(words(voice.say("sheet-act"), voice.act(act)));
        if let Some(said) = &act.words {
            facts.push(words(voice.say("sheet-words"), voice.quoted(said)));
        }
    }
    if let Some(challenge) = &event.challenge {
        let at = voice.proof_moment(challenge.issued);
        facts.push(words(voice.say("sheet-asked-at"), at));
        let how = match challenge.kind.as_str() {
            kind @ ("code" | "button" | "link") => voice.say(&format!("sheet-asked-{kind}")),
            other => other.to_owned(),
        };
        facts.push(words(voice.say("sheet-asked-how"), how));
    }
    if let Some(begun) = &event.source {
        facts.push(words(voice.say("sheet-source"), source(begun)));
    }
    let evidence = event.evidence.clone().unwrap_or_default();
    if let Some(id) = evidence.provider_message {
        facts.push(digits(voice.say("sheet-provider-message"), id));
    }
    if let Some(callback) = evidence.callback {
        facts.push(digits(voice.say("sheet-callback"), callback));
    }
    if let Some(network) = evidence.network {
        facts.push(digits(voice.say("sheet-network"), network));
    }
    facts
}

fn history(told: &Told<'_>, voice: &Voice) -> Vec<Block> {
    let rows = told.events.iter().map(|event| {
        let payload = &event.payload;
        let mut what = voice.say(&format!("sheet-event-{}", payload.event.as_str()));
        let said = payload.act.as_ref().and_then(|act| act.words.as_ref());
        // What we asked stands above, in full.
        if let (Some(said), true) = (said, payload.event.is_by_subject()) {
            what = format!("{what}\n{}", voice.quoted(said));
        }
        vec![voice.proof_moment(payload.at), what, voice.actor(payload)]
    });
    vec![
        Block::Heading(voice.say("sheet-history")),
        Block::Table {
            head: ["sheet-when", "sheet-what", "sheet-by"]
                .map(|key| voice.say(key))
                .to_vec(),
            widths: vec![1.5, 2.3, 1.6],
            rows: rows.collect(),
        },
    ]
}

fn evidence(told: &Told<'_>, voice: &Voice) -> Vec<Block> {
    let last = told.events[told.events.len() - 1];
    let head = told.head.head();
    let place = [
        ("tree", head.tree.to_string()),
        ("index", (last.leaf.seq + 1).to_string()),
        ("size", head.size.to_string()),
    ];
    let mut facts = vec![
        digits(voice.say("sheet-record"), told.record),
        words(
            voice.say("sheet-tree"),
            voice.say_with("sheet-place", &place),
        ),
    ];
    if let Ok(leaf) = last.leaf.hash() {
        facts.push(digits(voice.say("sheet-leaf"), leaf));
    }
    facts.extend([
        digits(voice.say("sheet-root"), head.root),
        words(voice.say("sheet-signed-at"), voice.proof_moment(head.at)),
        digits(voice.say("sheet-key"), told.fingerprint),
    ]);
    let page = [("url", told.url.to_owned())];
    let steps = vec![
        voice.say("sheet-verify-package"),
        voice.say("sheet-verify-key"),
        voice.say_with("sheet-verify-run", &page),
    ];
    vec![
        Block::Heading(voice.say("sheet-proof")),
        Block::Text(voice.say("sheet-proof-lead")),
        Block::Facts(facts),
        Block::Heading(voice.say("sheet-verify")),
        Block::Steps(steps),
        Block::Small(voice.say("sheet-verify-note")),
    ]
}
