//! The simulated provider: what it has to tell, what it took, and how it answers. It counts for
//! itself, so that nothing of the house has to be believed.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use bytes::Bytes;
use domain::Timestamp;
use domain::delivery::DeliveryState;
use domain::outbound::OutboundReference;
use domain::{MessageId, time};
use ports::{NetBody, NetError, NetRequest, NetResponse};
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::template::{APP_SECRET, BUSINESS_ACCOUNT_ID, PHONE_NUMBER_IDS};

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Message {
        contact: usize,
        id: String,
        text: String,
    },
    Edit {
        target: String,
        text: String,
        at: Timestamp,
    },
    Revoke {
        target: String,
    },
    /// A contact's sign at one of its messages; without one it is taken back.
    Reaction {
        target: String,
        emoji: Option<&'static str>,
        at: Timestamp,
    },
    Receipt {
        message: MessageId,
        attempt: i64,
        state: DeliveryState,
    },
}

/// Something the provider tells until somebody says that it was heard.
pub struct Event {
    pub about: About,
    /// The number of ours that hears of it.
    pub line: usize,
    change: Value,
    /// When it was first posted, and when a post of it was answered with success.
    pub posted: Option<u64>,
    pub taken: Option<u64>,
}

/// A message of ours that the provider took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub message: MessageId,
    /// The number of ours it was sent from.
    pub line: usize,
    pub attempt: i64,
    pub answered: bool,
}

/// What becomes of one request to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Takes it, and the connection breaks before the answer.
    TakesSilently,
    /// Takes it, and a gateway answers in its stead.
    TakesAndSays500,
    /// Takes nothing, and that cannot be told from the above.
    Loses,
    Says500,
    TooFast,
    NotReached,
    Refuses,
}

impl Mood {
    /// Good days are the rule.
    pub const fn draw(chance: &mut Chance) -> Self {
        match chance.below(20) {
            0 => Self::TakesSilently,
            1 => Self::TakesAndSays500,
            2 => Self::Loses,
            3 => Self::Says500,
            4 => Self::TooFast,
            5 => Self::NotReached,
            6 => Self::Refuses,
            _ => Self::Takes,
        }
    }

    const fn takes(self) -> bool {
        matches!(
            self,
            Self::Takes | Self::TakesSilently | Self::TakesAndSays500
        )
    }
}

/// As contacts see the numbers of the company.
const DISPLAYED: [&str; 2] = ["493023125000", "493023125001"];

/// What people set beside a message.
pub const SIGNS: [&str; 3] = ["👍", "❤️", "🙏"];

/// A callback that is on its way.
pub struct Post {
    pub events: Vec<usize>,
    pub line: usize,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

pub struct Provider {
    pub events: Vec<Event>,
    pub accepted: Vec<Accepted>,
    /// The team's signs, as they came: at which message, and what.
    pub signs: Vec<(String, String)>,
    key: hmac::Key,
    numbers: u64,
    /// Each of our numbers has its own count, so the same id comes on both of them.
    written: [u64; 2],
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            accepted: Vec::new(),
            key: hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes()),
            numbers: 0,
            signs: Vec::new(),
            written: [0; 2],
        }
    }
}

fn user(contact: usize) -> String {
    format!("DE.{}", 13_491_208_655_300_000_u64 + contact as u64)
}

fn seconds(at: Timestamp) -> String {
    (at.0 / time::SECOND_MS).to_string()
}

impl Provider {
    /// A contact writes to a number of ours.
    pub fn write(&mut self, (contact, line): (usize, usize), text: String, at: Timestamp) {
        self.written[line] += 1;
        let id = format!("wamid.in{}", self.written[line]);
        let message = json!({"from_user_id": user(contact), "id": id, "timestamp": seconds(at),
            "type": "text", "text": {"body": text}});
        let about = About::Message { contact, id, text };
        self.tell_message((contact, line), &message, about);
    }

    /// A contact changes one of its messages; `None` when it has written none.
    pub fn edit(&mut self, contact: usize, which: usize, at: Timestamp) {
        let Some((target, line)) = self.message_of(contact, which) else {
            return;
        };
        self.numbers += 1;
        let text = format!("geändert {}", self.numbers);
        let message = json!({"from_user_id": user(contact), "id": self.sign_id(),
            "timestamp": seconds(at), "type": "edit", "edit": {"original_message_id": target,
            "message": {"type": "text", "text": {"body": text}}}});
        let about = About::Edit { target, text, at };
        self.tell_message((contact, line), &message, about);
    }

    pub fn revoke(&mut self, contact: usize, which: usize, at: Timestamp) {
        let Some((target, line)) = self.message_of(contact, which) else {
            return;
        };
        self.numbers += 1;
        let message = json!({"from_user_id": user(contact), "id": self.sign_id(),
            "timestamp": seconds(at), "type": "revoke",
            "revoke": {"original_message_id": target}});
        self.tell_message((contact, line), &message, About::Revoke { target });
    }

    /// A contact sets a sign at one of its messages, or takes it back.
    pub fn react(&mut self, contact: usize, which: usize, sign: usize, at: Timestamp) {
        let Some((target, line)) = self.message_of(contact, which) else {
            return;
        };
        self.numbers += 1;
        let emoji = SIGNS.get(sign).copied();
        let message = json!({"from_user_id": user(contact), "id": self.sign_id(),
            "timestamp": seconds(at), "type": "reaction",
            "reaction": {"message_id": target, "emoji": emoji.unwrap_or("")}});
        let about = About::Reaction { target, emoji, at };
        self.tell_message((contact, line), &message, about);
    }

    /// The id of something that is no message of its own.
    fn sign_id(&self) -> String {
        format!("wamid.sign{}", self.numbers)
    }

    /// One of its messages, and the number of ours that got it.
    fn message_of(&self, contact: usize, which: usize) -> Option<(String, usize)> {
        let theirs: Vec<(&String, usize)> = self
            .events
            .iter()
            .filter_map(|event| match &event.about {
                About::Message {
                    contact: by, id, ..
                } if *by == contact => Some((id, event.line)),
                _ => None,
            })
            .collect();
        let count = theirs.len().max(1);
        let (id, line) = theirs.get(which % count)?;
        Some(((*id).clone(), *line))
    }

    /// A number of ours that this contact wrote to.
    #[must_use]
    pub fn line_of_contact(&self, contact: usize) -> Option<usize> {
        self.message_of(contact, self.events.len())
            .map(|(_, line)| line)
    }

    fn tell_message(&mut self, (contact, line): (usize, usize), message: &Value, about: About) {
        let value = json!({"messaging_product": "whatsapp", "metadata": metadata(line),
            "contacts": [{"profile": {"name": format!("Kontakt {contact}")},
            "user_id": user(contact)}], "messages": [message]});
        self.tell(value, line, about);
    }

    fn tell(&mut self, value: Value, line: usize, about: About) {
        self.events.push(Event {
            about,
            line,
            change: json!({"field": "messages", "value": value}),
            posted: None,
            taken: None,
        });
    }

    /// Events whose taking nobody has confirmed yet.
    #[must_use]
    pub fn untold(&self) -> Vec<usize> {
        (0..self.events.len())
            .filter(|index| self.events[*index].taken.is_none())
            .collect()
    }

    /// A signed callback of some events, beginning anywhere: later ones may come before earlier
    /// ones.
    pub fn post(&mut self, which: usize, many: usize, again: bool, now: u64) -> Option<Post> {
        let from: Vec<usize> = if again {
            (0..self.events.len()).collect()
        } else {
            self.untold()
        };
        if from.is_empty() {
            return None;
        }
        let mut events: Vec<usize> = (0..many.min(from.len()))
            .map(|offset| from[(which + offset) % from.len()])
            .collect();
        events.dedup();
        Some(self.post_these(events, now))
    }

    /// Each number of ours hears of its own: of the events, those that the first one's hears of.
    pub fn post_these(&mut self, mut events: Vec<usize>, now: u64) -> Post {
        let line = events.first().map_or(0, |first| self.events[*first].line);
        events.retain(|index| self.events[*index].line == line);
        let mut changes = Vec::with_capacity(events.len());
        for index in &events {
            let event = &mut self.events[*index];
            event.posted = event.posted.or(Some(now));
            changes.push(event.change.clone());
        }
        let body = json!({"object": "whatsapp_business_account",
            "entry": [{"id": BUSINESS_ACCOUNT_ID, "changes": changes}]})
        .to_string();
        let tag = hmac::sign(&self.key, body.as_bytes());
        let mut signature = String::from("sha256=");
        for byte in tag.as_ref() {
            // Writing to a String cannot fail.
            _ = write!(signature, "{byte:02x}");
        }
        Post {
            events,
            line,
            headers: vec![("x-hub-signature-256".to_owned(), signature)],
            body: Bytes::from(body),
        }
    }

    pub fn taken(&mut self, events: &[usize], now: u64) {
        for index in events {
            let event = &mut self.events[*index];
            event.taken = event.taken.or(Some(now));
        }
    }

    /// How often this message of ours was taken.
    #[must_use]
    pub fn times(&self, message: MessageId) -> usize {
        let of = |accepted: &&Accepted| accepted.message == message;
        self.accepted.iter().filter(of).count()
    }

    /// Answers a request of the house.
    ///
    /// # Errors
    /// What a network does.
    pub fn answer(
        &mut self,
        request: &NetRequest,
        mood: Mood,
        (chance, now): (&mut Chance, Timestamp),
    ) -> Result<NetResponse, NetError> {
        let Some(reference) = message_in(request) else {
            self.signs.extend(sign_in(request));
            return Ok(ok(
                &json!({"success": true, "messaging_product": "whatsapp",
                "messages": [{"id": "wamid.sign"}]}),
            ));
        };
        let line = line_of(request);
        let mut id = None;
        if mood.takes() {
            self.numbers += 1;
            let name = format!("wamid.out{}", self.numbers);
            self.accepted.push(Accepted {
                message: reference.message_id,
                line,
                attempt: reference.attempt,
                answered: mood == Mood::Takes,
            });
            self.tell_receipts((reference, line), &name, chance, now);
            id = Some(name);
        }
        let error = |status, code| {
            let body = json!({"error": {"message": "no", "code": code}});
            Ok(NetResponse {
                status,
                ..ok(&body)
            })
        };
        match mood {
            Mood::Takes => Ok(ok(&json!({"messaging_product": "whatsapp",
                "messages": [{"id": id}]}))),
            Mood::TakesSilently | Mood::Loses => {
                Err(NetError::NoAnswer("the connection broke".to_owned()))
            }
            Mood::TakesAndSays500 | Mood::Says500 => Ok(NetResponse {
                status: 502,
                headers: Vec::new(),
                body: Bytes::from_static(b"bad gateway"),
            }),
            Mood::TooFast => error(429, 130_429),
            Mood::NotReached => Err(NetError::NotSent("no connection".to_owned())),
            Mood::Refuses => error(400, 131_026),
        }
    }

    /// What the provider will say of a message it took.
    fn tell_receipts(
        &mut self,
        (reference, line): (OutboundReference, usize),
        name: &str,
        chance: &mut Chance,
        now: Timestamp,
    ) {
        use DeliveryState::{Delivered, Failed, Read, Sent};
        let states: &[DeliveryState] = match chance.below(8) {
            0 => &[],
            1 => &[Sent],
            2 => &[Failed],
            3 => &[Sent, Failed],
            4 => &[Sent, Delivered],
            _ => &[Sent, Delivered, Read],
        };
        for state in states {
            let mut status = json!({"id": name, "status": state.as_str(),
                "timestamp": seconds(now), "biz_opaque_callback_data":
                format!("{}.{}", reference.message_id, reference.attempt)});
            if *state == Failed {
                status["errors"] = json!([{"code": 131_026, "title": "no"}]);
            }
            let value = json!({"messaging_product": "whatsapp", "metadata": metadata(line),
                "statuses": [status]});
            self.tell(
                value,
                line,
                About::Receipt {
                    message: reference.message_id,
                    attempt: reference.attempt,
                    state: *state,
                },
            );
        }
    }
}

fn metadata(line: usize) -> Value {
    let display = DISPLAYED[line];
    json!({"display_phone_number": display, "phone_number_id": PHONE_NUMBER_IDS[line]})
}

/// The number of ours in whose name something is sent.
fn line_of(request: &NetRequest) -> usize {
    let named = |number: &&str| request.url.contains(*number);
    PHONE_NUMBER_IDS.iter().position(named).unwrap_or(0)
}

/// The team's sign in a request: at which message, and what.
fn sign_in(request: &NetRequest) -> Option<(String, String)> {
    let NetBody::Json(body) = &request.body else {
        return None;
    };
    let body: Value = serde_json::from_slice(body).ok()?;
    let reaction = body.get("reaction")?;
    let text = |name: &str| Some(reaction.get(name)?.as_str()?.to_owned());
    Some((text("message_id")?, text("emoji").unwrap_or_default()))
}

fn ok(body: &Value) -> NetResponse {
    NetResponse {
        status: 200,
        headers: Vec::new(),
        body: Bytes::from(body.to_string()),
    }
}

/// Which message of ours this request sends; `None` for signs, read marks and everything else.
#[must_use]
pub fn message_in(request: &NetRequest) -> Option<OutboundReference> {
    let NetBody::Json(body) = &request.body else {
        return None;
    };
    let body: Value = serde_json::from_slice(body).ok()?;
    if body.get("reaction").is_some() {
        return None;
    }
    OutboundReference::parse(body.get("biz_opaque_callback_data")?.as_str()?)
}
