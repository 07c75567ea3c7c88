//! The look after the time of some conversations was over: those are gone without a trace, and the
//! others are as they were.

use std::collections::BTreeSet;

use domain::{AttachmentId, ConversationId, Timestamp, time};
use store::{Conversation, TimelineItem};

use super::{Checked, Found, broken, items_with, placed_in};
use crate::people::Around;
use crate::provider::About;
use crate::template::RETENTION_DAYS;

/// What was there before.
pub struct Ending {
    pub before: Found,
    /// The event of somebody who writes at the very moment at which its conversation ends.
    pub late: Option<usize>,
    /// Deaths and failures that are still to come.
    pub troubles: usize,
}

/// What is left in the house.
pub struct Remains<'a> {
    pub found: &'a Found,
    /// The rows of each table, as words.
    pub tables: Vec<(String, Vec<String>)>,
    /// Whose keys there are.
    pub keys: BTreeSet<[u8; 16]>,
    /// Whether the bytes of a file are there.
    pub has_file: &'a dyn Fn(AttachmentId) -> bool,
}

/// An id as it stands in the words of a row.
#[must_use]
pub fn in_words(id: [u8; 16]) -> String {
    format!("{id:02x?}")
}

fn is_over(conversation: &Conversation, now: Timestamp) -> bool {
    conversation.last_message_at.0 < now.0 - RETENTION_DAYS * time::DAY_MS
}

impl Ending {
    fn now_of<'a>(
        &self,
        id: ConversationId,
        found: &'a Found,
    ) -> Option<&'a (Conversation, Vec<TimelineItem>)> {
        found
            .all
            .iter()
            .find(|(conversation, _)| conversation.id == id)
    }

    /// Whether everything that is over has been erased.
    #[must_use]
    pub fn is_done(&self, found: &Found) -> bool {
        found
            .all
            .iter()
            .all(|(conversation, _)| !is_over(conversation, found.now))
    }
}

/// # Errors
/// The first trace of what is over, or the first thing that was lost with it.
pub fn erased(ending: &Ending, around: &Around, remains: &Remains<'_>) -> Checked {
    let found = remains.found;
    let over_at = found.now;
    for (conversation, items) in &ending.before.all {
        let left = ending.now_of(conversation.id, found);
        match left {
            // Somebody wrote in time, or somebody wrote at that moment.
            Some((_, now)) => kept(conversation, items, now)?,
            None if !is_over(conversation, over_at) => {
                let what = format!("{:?}", conversation.id);
                return broken("what is not over stays", what);
            }
            None => traces(conversation, items, remains)?,
        }
    }
    keys(ending, remains)?;
    late(ending, around, found)
}

fn kept(conversation: &Conversation, before: &[TimelineItem], now: &[TimelineItem]) -> Checked {
    let numbers = |items: &[TimelineItem]| items.iter().map(TimelineItem::seq).collect::<Vec<_>>();
    let (before, now) = (numbers(before), numbers(now));
    if now.starts_with(&before) {
        return Ok(());
    }
    let what = format!("{:?} held {before:?} and holds {now:?}", conversation.id);
    broken("what goes on is whole", what)
}

/// Nothing names the conversation or anything in it. Who watches is told of the end by the feed.
fn traces(conversation: &Conversation, items: &[TimelineItem], remains: &Remains<'_>) -> Checked {
    for item in items {
        let TimelineItem::Message { attachments, .. } = item else {
            continue;
        };
        if let Some(file) = attachments.iter().find(|file| (remains.has_file)(file.id)) {
            let what = format!("{} of {:?}", file.id, conversation.id);
            return broken("files go with their conversation", what);
        }
    }
    let mut ids = vec![conversation.id.bytes()];
    ids.extend(items.iter().map(|item| match item {
        TimelineItem::Message { message, .. } => message.id.bytes(),
        TimelineItem::Note(note) => note.id.bytes(),
        TimelineItem::Activity(activity) => activity.id.bytes(),
    }));
    for id in ids {
        let words = in_words(id);
        let trace = remains
            .tables
            .iter()
            .find(|(table, rows)| table != "feed" && rows.iter().any(|row| row.contains(&words)));
        if let Some((table, _)) = trace {
            let what = format!("{:?} is named in {table}", conversation.id);
            return broken("what is over is erased", what);
        }
    }
    Ok(())
}

/// A contact's key goes with its last conversation, and not before.
fn keys(ending: &Ending, remains: &Remains<'_>) -> Checked {
    for (conversation, _) in &ending.before.all {
        let contact = conversation.contact;
        let mut now = remains.found.all.iter();
        let lives = now.any(|(other, _)| other.contact == contact);
        let has_key = remains.keys.contains(&contact.bytes());
        if lives != has_key {
            let what = format!("{contact:?}: there {lives}, its key {has_key}");
            return broken("a key lives as long as its contact", what);
        }
    }
    Ok(())
}

/// Who wrote at that moment is heard, once.
fn late(ending: &Ending, around: &Around, found: &Found) -> Checked {
    let Some(event) = ending.late.map(|late| &around.provider.events[late]) else {
        return Ok(());
    };
    let About::Message { id, .. } = &event.about else {
        return Ok(());
    };
    let placed: Vec<_> = found
        .all
        .iter()
        .flat_map(|all| placed_in(all, found))
        .collect();
    let times = items_with(id, event.line, &placed).len();
    if times == 1 {
        return Ok(());
    }
    let what = format!("{id} is there {times} times");
    broken("who writes at the end is heard", what)
}
