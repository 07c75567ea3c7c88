//! What happens in the example company, told in small plain texts.
//!
//! A story begins with `@ name | channel | temper`; each line below is one moment:
//!
//! ```text
//! 2d 10:14 < what the customer writes {photo tote cognac}
//! +6 emre > what a teammate answers, six minutes later
//! -95m linh # a note of the team, 95 minutes before now
//! +0 linh ! tag Reparatur, eilig; assign emre; rename; snooze 26h; done
//! ```
//!
//! Stories that are lived while somebody watches carry no times. In braces stands what comes
//! with the words: see [`Extra`].

use std::collections::VecDeque;

use domain::Timestamp;
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};

use super::pictures::Picture;

const WHATSAPP: &str = include_str!("stories/whatsapp.txt");
const CHAT: &str = include_str!("stories/chat.txt");
const LIVING: &str = include_str!("stories/living.txt");

/// The name in a story that anybody may tell.
const ANYBODY: &str = "*";
/// The shop's clock stands this far before UTC; in summer its days begin an hour later, which
/// nobody minds in a story.
const SHOP_AHEAD_MS: i64 = HOUR_MS;

/// How somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Polite,
    Friendly,
    Brief,
    Casual,
    Cross,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Whatsapp,
    Chat,
}

#[derive(Debug, Clone)]
pub struct Story {
    /// `None`: somebody who has written before.
    pub name: Option<String>,
    pub way: Way,
    pub mood: Mood,
    pub moments: VecDeque<Moment>,
}

#[derive(Debug, Clone)]
pub struct Moment {
    pub when: When,
    /// The first name of a teammate, in lower case.
    pub who: Option<String>,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Some days ago at a time of day.
    Day {
        days: i64,
        minute_of_day: i64,
    },
    MinutesAgo(i64),
    MinutesAfter(i64),
}

#[derive(Debug, Clone)]
pub enum Act {
    Write(Words),
    Answer(Words),
    Note(String),
    Change(Vec<Change>),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    pub text: String,
    pub extras: Vec<Extra>,
}

/// What comes with words.
#[derive(Debug, Clone, PartialEq)]
pub enum Extra {
    /// `{photo bag colour}`
    Photo(Picture),
    /// `{voice}`
    Voice,
    /// `{place name | address | latitude | longitude}`
    Place {
        name: String,
        address: String,
        latitude: f64,
        longitude: f64,
    },
    /// `{button title}`: a tap on the last template.
    Button(String),
    /// `{react ❤️}`: to the last answer.
    Reaction(String),
    /// `{quote}`: the last answer is quoted.
    Quote,
    /// `{template name | parameter | …}`
    Template {
        name: String,
        parameters: Vec<String>,
    },
    /// `{fails 131026}`: the provider says later that it could not be delivered.
    Fails(i64),
    /// `{delivered}`: it arrived and was not read.
    DeliveredOnly,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Assign(String),
    Tags(Vec<String>),
    Done,
    /// Until so many hours from now.
    SnoozeHours(i64),
    /// The contact gets the name it told.
    Rename,
}

/// What does not belong into a story; the text is the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a line of a story is not understood: {0}")]
pub struct StoryError(pub String);

/// Of the last days, one a contact.
///
/// # Errors
/// Never, as a test makes sure of; the stories are part of the binary.
pub fn past() -> Result<Vec<Story>, StoryError> {
    let mut stories = parse(WHATSAPP)?;
    stories.extend(parse(CHAT)?);
    Ok(stories)
}

/// Of what happens while somebody watches.
///
/// # Errors
/// As [`past`].
pub fn living() -> Result<Vec<Story>, StoryError> {
    parse(LIVING)
}

impl When {
    /// The moment, seen from `now` and after what came before.
    #[must_use]
    pub fn resolve(self, now: Timestamp, before: Timestamp) -> Timestamp {
        match self {
            Self::Day {
                days,
                minute_of_day,
            } => {
                let local = now.0 + SHOP_AHEAD_MS;
                let midnight = local - local.rem_euclid(DAY_MS);
                Timestamp(midnight - days * DAY_MS + minute_of_day * MINUTE_MS - SHOP_AHEAD_MS)
            }
            Self::MinutesAgo(minutes) => now.plus_ms(-minutes * MINUTE_MS),
            Self::MinutesAfter(minutes) => before.plus_ms(minutes * MINUTE_MS),
        }
    }
}

fn parse(text: &str) -> Result<Vec<Story>, StoryError> {
    let mut stories: Vec<Story> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = || StoryError(line.to_owned());
        if let Some(head) = line.strip_prefix('@') {
            stories.push(parse_head(head).ok_or_else(wrong)?);
        } else {
            let moment = parse_moment(line).ok_or_else(wrong)?;
            let story = stories.last_mut().ok_or_else(wrong)?;
            story.moments.push_back(moment);
        }
    }
    Ok(stories)
}

fn parse_head(head: &str) -> Option<Story> {
    let mut parts = head.split('|').map(str::trim);
    let (name, way, mood) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Story {
        name: (name != ANYBODY).then(|| name.to_owned()),
        way: match way {
            "whatsapp" => Way::Whatsapp,
            "chat" => Way::Chat,
            _ => return None,
        },
        mood: match mood {
            "polite" => Mood::Polite,
            "friendly" => Mood::Friendly,
            "brief" => Mood::Brief,
            "casual" => Mood::Casual,
            "cross" => Mood::Cross,
            _ => return None,
        },
        moments: VecDeque::new(),
    })
}

fn parse_moment(line: &str) -> Option<Moment> {
    // The sign stands alone, and what a person wrote comes after the first one.
    let is_sign = |word: &str| matches!(word, "<" | ">" | "#" | "!");
    let sign = line.split(' ').find(|word| is_sign(word))?;
    let (before, words) = match line.strip_prefix(sign) {
        Some(rest) => ("", rest),
        None => line.split_once(&format!(" {sign} "))?,
    };
    let mut before: Vec<&str> = before.split_whitespace().collect();
    let who = before
        .last()
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .map(|word| (*word).to_owned());
    if who.is_some() {
        before.pop();
    }
    let words = words.trim();
    Some(Moment {
        when: parse_when(&before)?,
        who,
        act: match sign {
            "<" => Act::Write(parse_words(words)?),
            ">" => Act::Answer(parse_words(words)?),
            "#" => Act::Note(words.to_owned()),
            _ => Act::Change(
                words
                    .split(';')
                    .map(|change| parse_change(change.trim()))
                    .collect::<Option<_>>()?,
            ),
        },
    })
}

fn parse_when(words: &[&str]) -> Option<When> {
    match words {
        [] => Some(When::MinutesAfter(0)),
        [days, time] => {
            let (hour, minute) = time.split_once(':')?;
            Some(When::Day {
                days: days.strip_suffix('d')?.parse().ok()?,
                minute_of_day: hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?,
            })
        }
        [word] => match word.strip_prefix('+') {
            Some(after) => after.parse().ok().map(When::MinutesAfter),
            None => {
                let ago = word.strip_prefix('-')?.strip_suffix('m')?;
                ago.parse().ok().map(When::MinutesAgo)
            }
        },
        _ => None,
    }
}

fn parse_words(words: &str) -> Option<Words> {
    let mut extras = Vec::new();
    let mut rest = words;
    while let Some(inside) = rest.strip_suffix('}') {
        let (before, extra) = inside.rsplit_once('{')?;
        extras.insert(0, parse_extra(extra)?);
        rest = before.trim_end();
    }
    Some(Words {
        text: rest.to_owned(),
        extras,
    })
}

fn parse_extra(text: &str) -> Option<Extra> {
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    let parts: Vec<&str> = rest.split('|').map(str::trim).collect();
    Some(match (kind, parts.as_slice()) {
        ("photo", [picture]) => Extra::Photo(Picture::parse(picture)?),
        ("voice", _) => Extra::Voice,
        ("quote", _) => Extra::Quote,
        ("delivered", _) => Extra::DeliveredOnly,
        ("place", [name, address, latitude, longitude]) => Extra::Place {
            name: (*name).to_owned(),
            address: (*address).to_owned(),
            latitude: latitude.parse().ok()?,
            longitude: longitude.parse().ok()?,
        },
        ("button", [title]) => Extra::Button((*title).to_owned()),
        ("react", [emoji]) => Extra::Reaction((*emoji).to_owned()),
        ("fails", [code]) => Extra::Fails(code.parse().ok()?),
        ("template", [name, parameters @ ..]) => Extra::Template {
            name: (*name).to_owned(),
            parameters: parameters.iter().map(|p| (*p).to_owned()).collect(),
        },
        _ => return None,
    })
}

fn parse_change(text: &str) -> Option<Change> {
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    Some(match (kind, rest) {
        ("done", "") => Change::Done,
        ("rename", "") => Change::Rename,
        ("assign", who) => Change::Assign(who.to_owned()),
        ("tag", tags) => Change::Tags(tags.split(',').map(|tag| tag.trim().to_owned()).collect()),
        ("snooze", hours) => Change::SnoozeHours(hours.strip_suffix('h')?.parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
