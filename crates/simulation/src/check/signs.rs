//! What people set beside messages: contacts through the provider, teammates at the desk.

use domain::Timestamp;
use store::Author;

use super::{Checked, Placed, broken, heard, items_with};
use crate::model::{Sign, Verdict};
use crate::people::Around;
use crate::provider::{About, Event};

/// # Errors
/// The first sign that is not what was wished last.
pub fn signs(around: &Around, placed: &[Placed<'_>]) -> Checked {
    of_contacts(around, placed)?;
    of_the_team(around, placed)?;
    told(around)
}

fn set_by<'a>(item: &'a Placed<'_>, team: bool) -> Option<&'a str> {
    let by = |author: Author| (author == Author::House) == team;
    let found = item.reactions.iter().find(|reaction| by(reaction.by));
    found.map(|reaction| reaction.emoji.expose().as_str())
}

fn is_deleted(item: &Placed<'_>) -> bool {
    item.message
        .is_some_and(|message| message.deleted_at.is_some())
}

/// A contact's newest sign holds. One that overtook its message may be given up.
fn of_contacts(around: &Around, placed: &[Placed<'_>]) -> Checked {
    for (event, _, id, _) in heard(around) {
        let items = items_with(id, event.line, placed);
        let Some(item) = items.first() else { continue };
        let wishes: Vec<(&Event, Option<&str>, Timestamp)> = around
            .provider
            .events
            .iter()
            .filter(|wish| wish.line == event.line)
            .filter_map(|wish| match &wish.about {
                About::Reaction { target, emoji, at } if target == id => Some((wish, *emoji, *at)),
                _ => None,
            })
            .collect();
        let found = set_by(item, false);
        if is_deleted(item) {
            if found.is_some() {
                let what = format!("{id} bears {found:?}");
                return broken("what is taken back bears no sign", what);
            }
            continue;
        }
        let newest = wishes.iter().map(|(_, _, at)| at.0 / 1_000).max();
        let certain = wishes.iter().all(|(wish, ..)| wish.posted > event.taken);
        let allowed = |(_, emoji, at): &(&Event, Option<&str>, Timestamp)| {
            *emoji == found && (!certain || Some(at.0 / 1_000) == newest)
        };
        let none = found.is_none() && (wishes.is_empty() || !certain);
        if !none && !wishes.iter().any(allowed) {
            let what = format!("{id} bears {found:?}");
            return broken("a contact's newest sign holds", what);
        }
    }
    Ok(())
}

/// The team's last sign holds, where one was the last for certain.
fn of_the_team(around: &Around, placed: &[Placed<'_>]) -> Checked {
    let all = &around.model.signs;
    for (number, sign) in all.iter().enumerate() {
        let item = placed.iter().find(|item| item.id == sign.message.bytes());
        let Some(item) = item else { continue };
        let Some((_, Verdict::Written(_))) = sign.ended else {
            continue;
        };
        let others = all.iter().enumerate();
        let beside = |other: &Sign| {
            let refused = matches!(other.ended, Some((_, Verdict::Refused | Verdict::Reused)));
            let earlier = other
                .ended
                .is_some_and(|(ended, verdict)| verdict != Verdict::Unknown && ended < sign.began);
            !refused && !earlier
        };
        let is_last = !others
            .filter(|(other, each)| *other != number && each.message == sign.message)
            .any(|(_, other)| beside(other));
        let found = set_by(item, true);
        if is_last && !is_deleted(item) && found != sign.emoji {
            let what = format!("{:?} instead of {:?}", found, sign.emoji);
            return broken("the team's last sign holds", what);
        }
    }
    Ok(())
}

/// The provider hears of no sign that nobody set. With a message that is taken back its signs are
/// taken back as well.
fn told(around: &Around) -> Checked {
    for (target, emoji) in &around.provider.signs {
        let signs = &around.model.signs;
        let mut theirs = signs.iter().filter(|sign| sign.target == *target);
        let wished = if emoji.is_empty() {
            theirs.next().is_some()
        } else {
            theirs.any(|sign| sign.emoji == Some(emoji))
        };
        if !wished {
            let what = format!("{emoji:?} at {target}");
            return broken("no sign leaves that nobody set", what);
        }
    }
    Ok(())
}
