//! Neutral events as lines of text, so that a whole callback can be compared at once. What is
//! absent is not written.

use domain::Pii;
use domain::content::Card;
use domain::inbound::{
    ExternalAddress, InboundEvent, InboundMedia, InboundMessage, ParseIssue, Sender,
};

pub fn lines(results: &[Result<InboundEvent, ParseIssue>]) -> Vec<String> {
    results.iter().map(line).collect()
}

pub fn line(result: &Result<InboundEvent, ParseIssue>) -> String {
    match result {
        Err(issue) => format!("issue {} {}", issue.item, issue.what),
        Ok(event) => event_line(event),
    }
}

fn event_line(event: &InboundEvent) -> String {
    match event {
        InboundEvent::Message(message) => message_line(message),
        InboundEvent::Edit { .. } | InboundEvent::Delete { .. } | InboundEvent::Reaction { .. } => {
            change_line(event)
        }
        InboundEvent::Receipt(receipt) => format!(
            "receipt {} {:?} at {} ours={:?} error={:?} cost={:?}",
            receipt.provider_id.expose(),
            receipt.state,
            receipt.at.0,
            receipt.our_reference,
            receipt.error.as_ref().map(|e| (e.code.as_str(), e.class)),
            receipt
                .cost
                .as_ref()
                .map(|c| (c.billable, c.category.as_str())),
        ),
        InboundEvent::Identity {
            sender,
            known_as,
            cause,
            at,
        } => format!(
            "identity {} -> {} {cause:?} at {}",
            sender_line(sender),
            addresses(known_as),
            at.0
        ),
        InboundEvent::Preference {
            sender,
            category,
            decision,
            at,
        } => format!(
            "preference {} {category} {decision:?} at {}",
            sender_line(sender),
            at.0
        ),
        InboundEvent::Account {
            topic,
            summary,
            severity,
            at,
        } => format!(
            "account {topic} [{summary}] {severity:?} at {:?}",
            at.map(|at| at.0)
        ),
        InboundEvent::TemplateChanged {
            name,
            language,
            status,
        } => format!("template {name} {language:?} {status:?}"),
    }
}

/// What somebody did to an earlier message.
fn change_line(event: &InboundEvent) -> String {
    match event {
        InboundEvent::Edit {
            target,
            provider_id,
            sender,
            origin,
            text,
            at,
        } => format!(
            "edit {} by {} {origin:?} {} at {} text={:?}",
            target.expose(),
            provider_id.expose(),
            sender_line(sender),
            at.0,
            plain(text)
        ),
        InboundEvent::Delete {
            target,
            sender,
            origin,
            at,
        } => format!(
            "delete {} {origin:?} {} at {}",
            target.expose(),
            sender_line(sender),
            at.0
        ),
        InboundEvent::Reaction {
            target,
            sender,
            origin,
            emoji,
            at,
        } => format!(
            "reaction {} {origin:?} {} at {} emoji={:?}",
            target.expose(),
            sender_line(sender),
            at.0,
            plain(emoji)
        ),
        _ => unreachable!("only changes come here"),
    }
}

fn message_line(message: &InboundMessage) -> String {
    let mut line = format!(
        "message {} {:?} {} at {}",
        message.provider_id.expose(),
        message.origin,
        sender_line(&message.sender),
        message.at.0
    );
    if let Some(text) = plain(&message.text) {
        line += &format!(" text={text:?}");
    }
    for media in &message.media {
        line += &format!(" {}", media_line(media));
    }
    if let Some(card) = &message.card {
        line += &format!(" {}", card_line(card));
    }
    if let Some(quote) = plain(&message.quote) {
        line += &format!(" quote={quote}");
    }
    if message.forwarded {
        line += " forwarded";
    }
    if let Some(referral) = &message.referral {
        line += &format!(" through {}", card_line(referral));
    }
    line
}

fn plain(value: &Option<Pii<String>>) -> Option<&str> {
    value.as_ref().map(|value| value.expose().as_str())
}

pub fn sender_line(sender: &Sender) -> String {
    let mut line = addresses(&sender.addresses);
    if let Some(name) = plain(&sender.name) {
        line += &format!(" ({name})");
    }
    if let Some(name) = plain(&sender.username) {
        line += &format!(" @{name}");
    }
    line
}

fn addresses(addresses: &[ExternalAddress]) -> String {
    let each: Vec<String> = addresses
        .iter()
        .map(|address| format!("{}:{}", address.kind.as_str(), address.value.expose()))
        .collect();
    format!("[{}]", each.join(" "))
}

fn media_line(media: &InboundMedia) -> String {
    format!(
        "{}:{} {:?} sum={} name={:?}",
        media.kind.as_str(),
        media.reference.expose(),
        media.mime.as_deref(),
        media.sha256.is_some(),
        plain(&media.name)
    )
}

fn card_line(card: &Card) -> String {
    let lines: Vec<String> = card
        .lines
        .iter()
        .map(|(label, value)| format!("{label}={}", value.expose()))
        .collect();
    let url = plain(&card.url).map_or_else(String::new, |url| format!(" url={url}"));
    format!("<{} {}{url}>", card.kind.as_str(), lines.join("; "))
}
