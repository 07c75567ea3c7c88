//! Looking for words in everything that was said, and for people by name or number.

use std::collections::{BTreeSet, HashSet};

use domain::access::Access;
use domain::channel::AddressKind;
use domain::content::preview;
use domain::{ContactId, ConversationId, Pii, limits, words};
use store::{Conversation, ConversationFilter, Hit, HitItem};

use crate::App;
use crate::error::AppError;

/// Hits looked at together, and how often: what one question may cost.
const LOOK: i64 = 250;
const LOOKS_MAX: usize = 20;
/// Conversations of people who are found by name or number, on the first page.
const PEOPLE_MAX: usize = 50;
/// What stands before and in all around the first word that was looked for.
const BEFORE_CHARS: usize = 40;
const SNIPPET_CHARS: usize = 160;
/// Digits from which on a text may be a number that somebody is reached at.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// A conversation, and why it was found.
pub struct Found {
    pub conversation: Conversation,
    /// `None` when the person was looked for.
    pub hit: Option<Snippet>,
}

/// The newest message or note that says every word, cut around the first of them.
pub struct Snippet {
    pub item: HitItem,
    pub seq: i64,
    pub at: domain::Timestamp,
    pub text: Pii<String>,
}

pub struct FoundPage {
    pub items: Vec<Found>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

/// The words of a question.
///
/// # Errors
/// [`AppError::Invalid`] when there are too many of them, or it is too long.
pub fn wanted(text: &Pii<String>) -> Result<BTreeSet<String>, AppError> {
    if text.expose().chars().count() > limits::SEARCH_CHARS_MAX {
        return Err(AppError::invalid("q", "field-search"));
    }
    let wanted = words::of(text.expose());
    if wanted.len() > limits::SEARCH_WORDS_MAX {
        return Err(AppError::invalid("q", "field-search"));
    }
    Ok(wanted)
}

struct Search<'a> {
    wanted: &'a BTreeSet<String>,
    filter: &'a ConversationFilter,
    /// Where this page begins.
    from: Option<i64>,
    people: HashSet<ConversationId>,
    /// What was decided about a conversation already.
    seen: HashSet<ConversationId>,
    /// Whose words are shown.
    read: BTreeSet<ContactId>,
}

impl App {
    /// Conversations in which all words stand in one message or note, the newest such one first;
    /// before them, on the first page, those of people who are called or reached so. That their
    /// words were read is written down.
    ///
    /// # Errors
    /// [`AppError::Invalid`]; what the store says.
    pub async fn search(
        &self,
        access: &Access,
        question: &Pii<String>,
        filter: &ConversationFilter,
        from: Option<i64>,
        limit: usize,
    ) -> Result<FoundPage, AppError> {
        let wanted = wanted(question)?;
        let mut page = FoundPage {
            items: Vec::new(),
            next: None,
        };
        if wanted.is_empty() {
            return Ok(page);
        }
        let people = self.people(question, &wanted, filter, limit).await?;
        let mut search = Search {
            wanted: &wanted,
            filter,
            from,
            people: people.iter().map(|found| found.id).collect(),
            seen: HashSet::new(),
            read: BTreeSet::new(),
        };
        if from.is_none() {
            page.items
                .extend(people.into_iter().map(|conversation| Found {
                    conversation,
                    hit: None,
                }));
        }
        self.look(&mut search, &mut page, limit).await?;
        let read: Vec<ContactId> = search.read.into_iter().collect();
        self.store
            .log_reads(access, &read, "search", self.now())
            .await?;
        Ok(page)
    }

    async fn look(
        &self,
        search: &mut Search<'_>,
        page: &mut FoundPage,
        limit: usize,
    ) -> Result<(), AppError> {
        let mut before = search.from;
        for _ in 0..LOOKS_MAX {
            let found = self.store.hits(search.wanted, before, LOOK).await?;
            for hit in found.hits {
                if page.items.len() >= limit {
                    // The next page begins with this one.
                    page.next = Some(hit.place + 1);
                    return Ok(());
                }
                page.items.extend(self.weigh(search, hit).await?);
            }
            before = found.next;
            if before.is_none() {
                page.next = None;
                return Ok(());
            }
        }
        page.next = before;
        Ok(())
    }

    /// The conversation of a hit, if it is not told already and fits the filter.
    async fn weigh(&self, search: &mut Search<'_>, hit: Hit) -> Result<Option<Found>, AppError> {
        let id = hit.conversation;
        if search.people.contains(&id) || !search.seen.insert(id) {
            return Ok(None);
        }
        if let Some(from) = search.from
            && self.store.was_told(search.wanted, id, from).await?
        {
            return Ok(None);
        }
        let Some(conversation) = self.store.lookup_conversation(id).await? else {
            return Ok(None);
        };
        if !fits(search.filter, &conversation) {
            return Ok(None);
        }
        search.read.insert(hit.contact);
        let snippet = Snippet {
            item: hit.item,
            seq: hit.seq,
            at: hit.at,
            text: Pii::new(snippet(hit.text.expose(), search.wanted)),
        };
        Ok(Some(Found {
            conversation,
            hit: Some(snippet),
        }))
    }

    /// Those who have this name, or exactly this number.
    pub(crate) async fn contacts_called(
        &self,
        question: &Pii<String>,
        wanted: &BTreeSet<String>,
    ) -> Result<Vec<ContactId>, AppError> {
        let mut contacts = self.store.contacts_named(wanted).await?;
        if let Some(number) = number(question.expose()) {
            for channel in self.store.channels().await? {
                let found = self
                    .store
                    .contact_at(channel.id, AddressKind::Phone, &number)
                    .await?;
                contacts.extend(found);
            }
        }
        Ok(contacts)
    }

    /// Conversations of those who have this name, or exactly this number or address.
    async fn people(
        &self,
        question: &Pii<String>,
        wanted: &BTreeSet<String>,
        filter: &ConversationFilter,
        limit: usize,
    ) -> Result<Vec<Conversation>, AppError> {
        let contacts = self.contacts_called(question, wanted).await?;
        let mut people: Vec<Conversation> = Vec::new();
        for contact in contacts {
            for id in self.store.conversations_of(contact).await? {
                if people.iter().any(|known| known.id == id) {
                    continue;
                }
                let conversation = self.store.lookup_conversation(id).await?;
                people.extend(conversation.filter(|found| fits(filter, found)));
            }
        }
        people.sort_by_key(|found| std::cmp::Reverse((found.last_message_at, found.id)));
        people.truncate(PEOPLE_MAX.min(limit));
        Ok(people)
    }
}

/// As written by hand, with blanks and signs between the digits, in the form in which numbers lie.
fn number(text: &str) -> Option<Pii<String>> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others = text
        .chars()
        .all(|c| c.is_ascii_digit() || " +-/().".contains(c));
    (others && NUMBER_DIGITS.contains(&digits.len())).then(|| {
        let international = digits.strip_prefix("00").unwrap_or(&digits);
        Pii::new(format!("+{international}"))
    })
}

/// A search looks everywhere unless it is told where, and finds nobody whose data is only kept.
fn fits(filter: &ConversationFilter, found: &Conversation) -> bool {
    let ConversationFilter {
        statuses,
        channel,
        assignee,
        contact,
        oldest_first: _,
    } = filter;
    found.restricted_at.is_none()
        && (statuses.is_empty() || statuses.contains(&found.state.status))
        && channel.is_none_or(|channel| channel == found.channel)
        && assignee.is_none_or(|assignee| assignee == found.state.assignee)
        && contact.is_none_or(|contact| contact == found.contact)
}

/// The text around the first word that was looked for, on one line.
fn snippet(text: &str, wanted: &BTreeSet<String>) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let said = |part: &&str| !words::of(part).is_disjoint(wanted);
    let first = line.iter().position(said).unwrap_or(0);
    let mut begin = first;
    let mut chars = 0;
    while begin > 0 {
        chars += line[begin - 1].chars().count() + 1;
        if chars > BEFORE_CHARS {
            break;
        }
        begin -= 1;
    }
    let cut = preview(&line[begin..].join(" "), SNIPPET_CHARS);
    if begin > 0 { format!("… {cut}") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        let told = |text: &str| number(text).map(Pii::into_exposed);
        assert_eq!(told("+49 171 3920010").as_deref(), Some("+491713920010"));
        assert_eq!(
            told("0049 (171) 392-0010").as_deref(),
            Some("+491713920010")
        );
        assert_eq!(told("4711"), None);
        assert_eq!(told("Auftrag 4711471147"), None);
    }

    #[test]
    fn a_snippet_shows_the_word_and_what_stands_around_it() {
        let wanted = words::of("Größe");
        assert_eq!(
            snippet("Die GROESSE\npasst nicht", &wanted),
            "Die GROESSE passt nicht"
        );
        let long = format!("{} Größe 42 {}", "davor ".repeat(40), "danach ".repeat(60));
        let cut = snippet(&long, &wanted);
        assert!(
            cut.starts_with("… davor") && cut.contains("Größe 42"),
            "{cut}"
        );
        assert!(cut.chars().count() <= SNIPPET_CHARS + 4, "{cut}");
    }
}
