//! The look at the end: what the house holds against what it promised, what the provider counted,
//! and what a page knows that followed all along.

mod ending;
mod signs;

use std::collections::{BTreeMap, BTreeSet};

use domain::delivery::DeliveryState;
use domain::{AttachmentId, ChannelId, ConversationId, MessageId, Timestamp};
use store::{Conversation, Direction, Reaction, StoredAttachment, StoredMessage, TimelineItem};

pub use ending::{Ending, Remains, erased};

use crate::follower::Picture;
use crate::model::{Verdict, Violation, Write, Writer};
use crate::people::Around;
use crate::provider::{About, Event};

/// Everything the house holds.
pub struct Found {
    pub all: Vec<(Conversation, Vec<TimelineItem>)>,
    pub picture: Picture,
    /// What is in the files of all messages.
    pub files: BTreeMap<AttachmentId, String>,
    /// Jobs by state.
    pub jobs: Vec<(String, i64)>,
    /// Of the numbers at the provider.
    pub lines: [ChannelId; 2],
    pub now: Timestamp,
}

/// A message or a note and where it stands.
struct Placed<'a> {
    conversation: &'a Conversation,
    seq: i64,
    id: [u8; 16],
    text: &'a str,
    client_id: Option<&'a str>,
    message: Option<&'a StoredMessage>,
    reactions: &'a [Reaction],
    files: &'a [StoredAttachment],
    /// The number of ours it came to or left from, unless it is the own chat.
    line: Option<usize>,
}

type Checked = Result<(), Violation>;

fn broken(rule: &'static str, what: String) -> Checked {
    Err(Violation::new(rule, what))
}

/// # Errors
/// The first promise that does not hold.
pub fn check(around: &Around, found: &Found) -> Checked {
    let placed: Vec<Placed<'_>> = found
        .all
        .iter()
        .flat_map(|all| placed_in(all, found))
        .collect();
    numbers(found)?;
    for write in &around.model.writes {
        written_once(write, &placed, around)?;
        files_of(write, &placed, found)?;
    }
    nothing_else(around, &placed)?;
    order_of_authors(around, &placed)?;
    heard_once(around, &placed)?;
    order_of_contacts(around, &placed)?;
    changes(around, &placed)?;
    signs::signs(around, &placed)?;
    deliveries(around, &placed)?;
    order_of_lanes(around, &placed)?;
    counters(found)?;
    followed(around, found)?;
    jobs(found)
}

fn placed_in<'a>(
    (conversation, items): &'a (Conversation, Vec<TimelineItem>),
    found: &Found,
) -> Vec<Placed<'a>> {
    let mut lines = found.lines.iter();
    let line = lines.position(|channel| *channel == conversation.channel);
    items
        .iter()
        .filter_map(|item| match item {
            TimelineItem::Message {
                message,
                reactions,
                attachments,
            } => Some(Placed {
                conversation,
                seq: message.seq,
                id: message.id.bytes(),
                text: message
                    .content
                    .text
                    .as_ref()
                    .map_or("", |text| text.expose().as_str()),
                client_id: message.client_id.as_deref(),
                message: Some(message),
                reactions,
                files: attachments,
                line,
            }),
            TimelineItem::Note(note) => Some(Placed {
                conversation,
                seq: note.seq,
                id: note.id.bytes(),
                text: note.text.expose(),
                client_id: None,
                message: None,
                reactions: &[],
                files: &[],
                line,
            }),
            TimelineItem::Activity(_) => None,
        })
        .collect()
}

/// One order in each conversation, without a gap and without a number given twice.
fn numbers(found: &Found) -> Checked {
    for (conversation, items) in &found.all {
        let numbers: Vec<i64> = items.iter().map(TimelineItem::seq).collect();
        let wanted: Vec<i64> = (1..=conversation.last_seq).collect();
        if numbers != wanted {
            let what = format!("{:?} holds {numbers:?}", conversation.id);
            return broken("numbers are gapless", what);
        }
    }
    Ok(())
}

fn items_of<'a>(write: &Write, placed: &'a [Placed<'a>]) -> Vec<&'a Placed<'a>> {
    let texts: BTreeSet<&str> = write.tries.iter().map(|each| each.text.as_str()).collect();
    placed
        .iter()
        .filter(|item| texts.contains(item.text))
        .collect()
}

/// Answered with success: there exactly once, as it was answered. Refused: not there.
fn written_once(write: &Write, placed: &[Placed<'_>], around: &Around) -> Checked {
    let items = items_of(write, placed);
    let id = &write.id;
    let sure = write.written();
    if items.len() > 1 || items.is_empty() && sure.is_some() {
        return broken(
            "what is answered with success is there exactly once",
            format!("{id} is there {} times", items.len()),
        );
    }
    let maybe = |verdict: Option<(u64, Verdict)>| {
        !matches!(verdict, Some((_, Verdict::Refused | Verdict::Reused)))
    };
    if !items.is_empty() && !write.tries.iter().any(|each| maybe(each.ended)) {
        return broken("what is refused is not there", format!("{id} is there"));
    }
    let Some(item) = items.first() else {
        return Ok(());
    };
    if write.is_refused(around.model.calm_since) {
        return broken("what is refused is not there", format!("{id} is there"));
    }
    for attempt in &write.tries {
        let same = attempt.text == item.text;
        let wrong = match attempt.ended {
            Some((_, Verdict::Written(told))) => told != item.id || !same,
            Some((_, Verdict::Reused)) => same,
            _ => false,
        };
        if wrong {
            let what = format!("{id} was answered {:?} and is {:?}", attempt.ended, item.id);
            return broken("an id stands for one text", what);
        }
    }
    let at_home = match write.by {
        Writer::Customer(customer) => {
            let visitor = around.model.visitors.get(&customer);
            item.client_id == Some(id)
                && visitor.is_some_and(|visitor| visitor.contact == item.conversation.contact)
        }
        Writer::Teammate {
            conversation, note, ..
        } => item.conversation.id == conversation && note == item.message.is_none(),
    };
    if at_home {
        Ok(())
    } else {
        broken(
            "everything is where it belongs",
            format!("{id} is elsewhere"),
        )
    }
}

/// A message has the file that went with it, and it reads as it was brought.
fn files_of(write: &Write, placed: &[Placed<'_>], found: &Found) -> Checked {
    let items = items_of(write, placed);
    let Some(item) = items.first() else {
        return Ok(());
    };
    let wanted: Vec<(AttachmentId, &str)> = write
        .file
        .iter()
        .map(|(id, content)| (*id, content.as_str()))
        .collect();
    let there: Vec<(AttachmentId, &str)> = item
        .files
        .iter()
        .map(|file| {
            (
                file.id,
                found.files.get(&file.id).map_or("", String::as_str),
            )
        })
        .collect();
    if wanted == there {
        return Ok(());
    }
    let what = format!("{} went with {wanted:?} and has {there:?}", write.id);
    broken("a file stays with its message", what)
}

/// Nothing is there that nobody wrote.
fn nothing_else(around: &Around, placed: &[Placed<'_>]) -> Checked {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for write in &around.model.writes {
        known.extend(write.tries.iter().map(|each| each.text.as_str()));
    }
    for event in &around.provider.events {
        if let About::Message { text, .. } | About::Edit { text, .. } = &event.about {
            known.insert(text);
        }
    }
    let deleted = |item: &Placed<'_>| item.message.is_some_and(|m| m.deleted_at.is_some());
    match placed
        .iter()
        .find(|item| !known.contains(item.text) && !deleted(item))
    {
        None => Ok(()),
        Some(item) => broken(
            "nothing is there that nobody wrote",
            format!("{:?}", item.text),
        ),
    }
}

/// What an author wrote after an answer stands behind what was answered.
fn order_of_authors(around: &Around, placed: &[Placed<'_>]) -> Checked {
    let writes = &around.model.writes;
    let places: Vec<Option<i64>> = writes
        .iter()
        .map(|write| items_of(write, placed).first().map(|item| item.seq))
        .collect();
    for (earlier, first) in writes.iter().enumerate() {
        let Some((_, answered)) = first.written() else {
            continue;
        };
        for (later, second) in writes.iter().enumerate() {
            if second.by != first.by || second.began() <= answered {
                continue;
            }
            if let (Some(before), Some(after)) = (places[earlier], places[later])
                && before >= after
            {
                let what = format!("{} is {before} and {} is {after}", first.id, second.id);
                return broken("the order of an author", what);
            }
        }
    }
    Ok(())
}

fn heard(around: &Around) -> impl Iterator<Item = (&Event, usize, &str, &str)> {
    around.provider.events.iter().filter_map(|event| {
        let About::Message { contact, id, text } = &event.about else {
            return None;
        };
        Some((event, *contact, id.as_str(), text.as_str()))
    })
}

/// What came to a number of ours under this id. The same id may come to both.
fn items_with<'a>(id: &str, line: usize, placed: &'a [Placed<'a>]) -> Vec<&'a Placed<'a>> {
    placed
        .iter()
        .filter(|item| item.line == Some(line))
        .filter(|item| {
            let known = item
                .message
                .and_then(|message| message.provider_id.as_ref());
            known.is_some_and(|known| known.expose() == id)
        })
        .collect()
}

/// What the provider told is there exactly once, with its contact.
fn heard_once(around: &Around, placed: &[Placed<'_>]) -> Checked {
    let mut homes: BTreeMap<(usize, usize), ConversationId> = BTreeMap::new();
    for (event, contact, id, _) in heard(around) {
        let items = items_with(id, event.line, placed);
        let [item] = items.as_slice() else {
            let what = format!("{id} is there {} times", items.len());
            return broken("what the provider tells is there exactly once", what);
        };
        let here = item.conversation.id;
        if *homes.entry((contact, event.line)).or_insert(here) != here {
            return broken(
                "a contact has one conversation",
                format!("{id} is elsewhere"),
            );
        }
    }
    Ok(())
}

/// What came after something else was taken stands behind it.
fn order_of_contacts(around: &Around, placed: &[Placed<'_>]) -> Checked {
    let messages: Vec<_> = heard(around)
        .filter_map(|(event, contact, id, _)| {
            let seq = items_with(id, event.line, placed).first()?.seq;
            let who = (contact, event.line);
            Some((who, event.posted?, event.taken?, seq, id))
        })
        .collect();
    for (contact, _, taken, before, first) in &messages {
        for (other, posted, _, after, second) in &messages {
            if contact == other && posted > taken && before >= after {
                let what = format!("{first} is {before} and {second} is {after}");
                return broken("the order of a contact", what);
            }
        }
    }
    Ok(())
}

/// Edits and revocations hold. Those that overtook their message may be given up after a while,
/// so only what came behind it is certain.
fn changes(around: &Around, placed: &[Placed<'_>]) -> Checked {
    for (event, _, id, text) in heard(around) {
        let items = items_with(id, event.line, placed);
        let Some(item) = items.first() else { continue };
        let behind = |change: &Event| change.posted > event.taken;
        let here = |change: &&Event| change.line == event.line;
        let deleted = item
            .message
            .is_some_and(|message| message.deleted_at.is_some());
        let revoked =
            |change: &&Event| matches!(&change.about, About::Revoke { target } if target == id);
        let events = &around.provider.events;
        if events.iter().filter(here).filter(revoked).any(behind) && !deleted {
            return broken("what is taken back is gone", format!("{id} is readable"));
        }
        let edits: Vec<(&Event, &str, Timestamp)> = events
            .iter()
            .filter(here)
            .filter_map(|change| match &change.about {
                About::Edit { target, text, at } if target == id => {
                    Some((change, text.as_str(), *at))
                }
                _ => None,
            })
            .collect();
        let newest = edits.iter().map(|(_, _, at)| at.0 / 1_000).max();
        let certain = edits.iter().all(|(change, ..)| behind(change));
        let allowed = |(_, words, at): &(&Event, &str, Timestamp)| {
            *words == item.text && (!certain || Some(at.0 / 1_000) == newest)
        };
        let original = item.text == text && (edits.is_empty() || !certain);
        if !deleted && !original && !edits.iter().any(allowed) {
            return broken(
                "the newest edit holds",
                format!("{id} reads {:?}", item.text),
            );
        }
        if deleted && !item.text.is_empty() {
            return broken("what is taken back is gone", format!("{id} is readable"));
        }
    }
    Ok(())
}

fn outbound<'a>(
    placed: &'a [Placed<'a>],
) -> impl Iterator<Item = (&'a Placed<'a>, &'a StoredMessage)> {
    placed.iter().filter_map(|item| {
        let message = item.message?;
        (message.direction == Direction::Outbound).then_some((item, message))
    })
}

/// Each answer was sent once, and once more for each decision of a person; its state is what the
/// provider said.
fn deliveries(around: &Around, placed: &[Placed<'_>]) -> Checked {
    for (item, message) in outbound(placed) {
        let approvals = around
            .model
            .approvals
            .get(&message.id)
            .copied()
            .unwrap_or(0);
        let times = around.provider.times(message.id);
        if times > 1 + approvals {
            let what = format!("{:?} was taken {times} times", item.text);
            return broken("nothing is sent twice by itself", what);
        }
        let state = message.state.unwrap_or(DeliveryState::Queued);
        if state == DeliveryState::Queued {
            let what = format!("{:?} is still queued", item.text);
            return broken("every answer is carried out", what);
        }
        let by_provider = item.conversation.last_inbound_id.is_some();
        if !by_provider || approvals > 0 {
            continue;
        }
        let said = said_of(around, message.id);
        let least = said.map_or(0, DeliveryState::rank);
        let most = if times > 0 {
            least.max(DeliveryState::Sent.rank())
        } else {
            DeliveryState::Unknown.rank()
        };
        let failed = times == 0 && state == DeliveryState::Failed;
        if !failed && !(least..=most).contains(&state.rank()) {
            let what = format!(
                "{:?} is {state:?}, and the provider says {said:?}",
                item.text
            );
            return broken("a state is what the provider says", what);
        }
    }
    Ok(())
}

fn said_of(around: &Around, id: MessageId) -> Option<DeliveryState> {
    let receipts = around.provider.events.iter();
    let states = receipts.filter_map(|event| match &event.about {
        About::Receipt { message, state, .. } if *message == id => Some(*state),
        _ => None,
    });
    states.reduce(DeliveryState::join)
}

/// The provider gets the answers of a conversation in their order, from the number that the
/// conversation is at.
fn order_of_lanes(around: &Around, placed: &[Placed<'_>]) -> Checked {
    let mut last: BTreeMap<ConversationId, i64> = BTreeMap::new();
    for accepted in &around.provider.accepted {
        if around.model.approvals.contains_key(&accepted.message) {
            continue;
        }
        let item = placed
            .iter()
            .find(|item| item.id == accepted.message.bytes());
        let Some(item) = item else {
            let what = format!("{:?} was sent and is not there", accepted.message);
            return broken("nothing is sent that is not there", what);
        };
        if item.line != Some(accepted.line) {
            let what = format!("{:?} left from number {}", item.text, accepted.line);
            return broken("answers leave from the number they belong to", what);
        }
        let before = last.insert(item.conversation.id, item.seq).unwrap_or(0);
        if before > item.seq {
            let what = format!("{} was sent before {}", before, item.seq);
            return broken("answers leave in their order", what);
        }
    }
    Ok(())
}

/// Counters are what counting gives, and nobody sleeps too long.
fn counters(found: &Found) -> Checked {
    for (conversation, items) in &found.all {
        let unread = items
            .iter()
            .filter(|item| item.seq() > conversation.team_read_seq)
            .filter(|item| {
                matches!(item, TimelineItem::Message { message, .. }
                    if message.direction == Direction::Inbound)
            })
            .count();
        if i64::try_from(unread) != Ok(conversation.unread) {
            let what = format!("{} instead of {unread}", conversation.unread);
            return broken("unread messages are counted", what);
        }
        let late = conversation
            .state
            .snoozed_until
            .is_some_and(|until| until <= found.now);
        if late {
            let what = format!("{:?} still sleeps", conversation.id);
            return broken("snoozes end", what);
        }
    }
    Ok(())
}

/// Who followed knows what a fresh page knows.
fn followed(around: &Around, found: &Found) -> Checked {
    let known = &around.follower.picture;
    let told = |fresh: Option<&String>, held: Option<&String>| {
        broken(
            "following the feed is as good as reading afresh",
            format!("there is {fresh:?}, and the desk knows {held:?}"),
        )
    };
    for (id, fresh) in &found.picture.conversations {
        let held = known.conversations.get(id);
        if held != Some(fresh) {
            return told(Some(fresh), held);
        }
    }
    for (id, fresh) in &found.picture.items {
        let held = known.items.get(id);
        if held != Some(fresh) {
            return told(Some(fresh), held);
        }
    }
    let extra = known
        .items
        .keys()
        .find(|id| !found.picture.items.contains_key(id));
    match extra {
        None => Ok(()),
        Some(id) => told(None, known.items.get(id)),
    }
}

fn jobs(found: &Found) -> Checked {
    match found.jobs.iter().find(|(_, count)| *count > 0) {
        None => Ok(()),
        Some((state, count)) => broken("every job ends", format!("{count} are {state}")),
    }
}
