//! The way of a person to its own data: from the own chat, whose cookie is the person, or by a link
//! that is sent to the address it writes from. Handing out a copy and erasing need a code as well,
//! sent the same way.
//!
//! Links, codes and sessions are kept in memory only and for minutes: after a restart one asks for
//! a new link. In what is stored the place of a secret is held by signs that say nothing, so that
//! nobody of the team reads it; it is put in when the message leaves, and for the contact's own
//! eyes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::time::HOUR_MS;
use domain::{ContactId, ConversationId, MessageId, Timestamp, limits};
use vault::{constant_time_equal, digest};

use crate::AppError;

/// Stands where the secret was.
pub const HIDDEN: &str = "••••••";

#[derive(Clone)]
struct Link {
    contact: ContactId,
    conversation: ConversationId,
    expires_at: Timestamp,
    used: bool,
}

struct Code {
    digest: [u8; 32],
    expires_at: Timestamp,
    tries_left: u32,
}

/// Somebody who looks at its own data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MySession {
    pub contact: ContactId,
    /// Where codes are sent to; `None` where it never wrote.
    pub conversation: Option<ConversationId>,
    pub expires_at: Timestamp,
    /// The code was right, and opens until then what needs one.
    pub proven_until: Option<Timestamp>,
}

/// What has an end, and is forgotten then.
struct Ends<K, V> {
    all: HashMap<K, (V, Timestamp)>,
}

impl<K, V> Default for Ends<K, V> {
    fn default() -> Self {
        Self {
            all: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash + Copy, V> Ends<K, V> {
    fn put(&mut self, key: K, value: V, ends: Timestamp, now: Timestamp) {
        if self.all.len() >= limits::MY_REMEMBERED_MAX {
            self.all.retain(|_, (_, ends)| *ends > now);
        }
        if self.all.len() >= limits::MY_REMEMBERED_MAX {
            let first = self.all.iter().min_by_key(|(_, (_, ends))| *ends);
            if let Some(key) = first.map(|(key, _)| *key) {
                self.all.remove(&key);
            }
        }
        self.all.insert(key, (value, ends));
    }

    fn get(&mut self, key: &K, now: Timestamp) -> Option<&mut V> {
        let (value, ends) = self.all.get_mut(key)?;
        (*ends > now).then_some(value)
    }

    fn remove(&mut self, key: &K) {
        self.all.remove(key);
    }
}

#[derive(Default)]
struct Kept {
    links: Ends<[u8; 32], Link>,
    sessions: Ends<[u8; 32], MySession>,
    /// By the session that asked.
    codes: Ends<[u8; 32], Code>,
    secrets: Ends<MessageId, String>,
    /// When codes were sent to a contact within the last hour.
    codes_sent: Ends<ContactId, Vec<Timestamp>>,
}

impl Kept {
    fn end_session(&mut self, key: &[u8; 32]) {
        self.sessions.remove(key);
        self.codes.remove(key);
    }

    /// So that one person's sessions never push out everybody else's.
    fn make_room_for(&mut self, contact: ContactId, now: Timestamp) {
        let all = self.sessions.all.iter();
        let own = all.filter(|(_, (one, ends))| one.contact == contact && *ends > now);
        let mut own: Vec<_> = own.map(|(key, (_, ends))| (*ends, *key)).collect();
        own.sort_unstable();
        let more = (own.len() + 1).saturating_sub(limits::MY_SESSIONS_OF_CONTACT);
        for (_, key) in own.into_iter().take(more) {
            self.end_session(&key);
        }
    }
}

#[derive(Default)]
pub(crate) struct Doors(Mutex<Kept>);

impl Doors {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one code. A few an hour: nobody is flooded, and a million codes are never tried.
    ///
    /// # Errors
    /// [`AppError::RateLimited`] when there were enough.
    pub(super) fn may_send_code(&self, to: ContactId, now: Timestamp) -> Result<(), AppError> {
        let mut kept = self.kept();
        let sent = &mut kept.codes_sent;
        let mut times = sent.get(&to, now).cloned().unwrap_or_else(Vec::new);
        times.retain(|at| now.0 - at.0 < HOUR_MS);
        if times.len() >= limits::MY_CODES_AN_HOUR {
            return Err(AppError::RateLimited);
        }
        times.push(now);
        sent.put(to, times, now.plus_ms(HOUR_MS), now);
        Ok(())
    }

    pub(super) fn keep_link(
        &self,
        secret: &str,
        (contact, conversation): (ContactId, ConversationId),
        now: Timestamp,
    ) {
        let expires_at = now.plus_ms(limits::MY_LINK_MS);
        let link = Link {
            contact,
            conversation,
            expires_at,
            used: false,
        };
        // A used one is known for a while longer, to be able to say so.
        let ends = now.plus_ms(HOUR_MS);
        let key = digest(secret.as_bytes());
        self.kept().links.put(key, link, ends, now);
    }

    /// Opens a link, once.
    ///
    /// # Errors
    /// [`AppError::Unauthorized`] for one that is used, over, or nobody's.
    pub(super) fn open_link(
        &self,
        secret: &str,
        now: Timestamp,
    ) -> Result<(ContactId, ConversationId), AppError> {
        let mut kept = self.kept();
        let link = kept.links.get(&digest(secret.as_bytes()), now);
        let link = link.ok_or(AppError::Unauthorized("my_link_unknown"))?;
        if link.used {
            return Err(AppError::Unauthorized("my_link_used"));
        }
        if link.expires_at <= now {
            return Err(AppError::Unauthorized("my_link_over"));
        }
        link.used = true;
        Ok((link.contact, link.conversation))
    }

    pub(super) fn keep_session(&self, secret: &str, session: MySession, now: Timestamp) {
        let ends = session.expires_at;
        let key = digest(secret.as_bytes());
        let mut kept = self.kept();
        kept.make_room_for(session.contact, now);
        kept.sessions.put(key, session, ends, now);
    }

    pub(super) fn session(&self, secret: &str, now: Timestamp) -> Option<MySession> {
        let key = digest(secret.as_bytes());
        self.kept().sessions.get(&key, now).cloned()
    }

    pub(super) fn end_session(&self, secret: &str) {
        self.kept().end_session(&digest(secret.as_bytes()));
    }

    /// Of whom nothing is there any more nobody is signed in.
    pub(crate) fn forget(&self, contact: ContactId) {
        let mut kept = self.kept();
        kept.sessions
            .all
            .retain(|_, (one, _)| one.contact != contact);
        kept.links.all.retain(|_, (one, _)| one.contact != contact);
    }

    pub(super) fn keep_code(&self, session: &str, code: &str, now: Timestamp) {
        let key = digest(session.as_bytes());
        let expires_at = now.plus_ms(limits::MY_CODE_MS);
        let code = Code {
            digest: digest(code.as_bytes()),
            expires_at,
            tries_left: limits::MY_CODE_TRIES,
        };
        self.kept().codes.put(key, code, expires_at, now);
    }

    /// Whether this is the code that was sent for this session; a few wrong ones end it.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when there is none any more, [`AppError::Invalid`] when it is wrong.
    pub(super) fn prove(
        &self,
        session: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Timestamp, AppError> {
        let key = digest(session.as_bytes());
        let mut kept = self.kept();
        let found = kept.codes.get(&key, now);
        let known = found.ok_or(AppError::Conflict("my_code_over"))?;
        if known.tries_left == 0 || known.expires_at <= now {
            return Err(AppError::Conflict("my_code_over"));
        }
        known.tries_left -= 1;
        if !constant_time_equal(&known.digest, &digest(code.as_bytes())) {
            return Err(AppError::invalid("code", "field-my-code"));
        }
        kept.codes.remove(&key);
        let until = now.plus_ms(limits::MY_PROVEN_MS);
        let session = kept.sessions.get(&key, now);
        session
            .ok_or(AppError::Unauthorized("my_session_over"))?
            .proven_until = Some(until);
        Ok(until)
    }

    /// What stands in a message in the place of [`HIDDEN`], as long as it is worth something.
    pub(crate) fn secret(&self, message: MessageId, now: Timestamp) -> Option<String> {
        self.kept().secrets.get(&message, now).cloned()
    }

    pub(super) fn keep_secret(
        &self,
        message: MessageId,
        secret: &str,
        ends: Timestamp,
        now: Timestamp,
    ) {
        let secret = secret.to_owned();
        self.kept().secrets.put(message, secret, ends, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn session(doors: &Doors, secret: &str) {
        let session = MySession {
            contact: ContactId::from_bytes([1; 16]),
            conversation: None,
            expires_at: NOW.plus_ms(limits::MY_SESSION_MS),
            proven_until: None,
        };
        doors.keep_session(secret, session, NOW);
    }

    #[test]
    fn a_link_opens_once_and_for_a_quarter_of_an_hour() {
        let doors = Doors::default();
        let whose = (
            ContactId::from_bytes([1; 16]),
            ConversationId::from_bytes([2; 16]),
        );
        doors.keep_link("a", whose, NOW);
        assert!(doors.open_link("b", NOW).is_err());
        assert_eq!(doors.open_link("a", NOW).ok(), Some(whose));
        let again = doors.open_link("a", NOW);
        assert!(matches!(again, Err(AppError::Unauthorized("my_link_used"))));
        doors.keep_link("c", whose, NOW);
        let late = doors.open_link("c", NOW.plus_ms(limits::MY_LINK_MS));
        assert!(matches!(late, Err(AppError::Unauthorized("my_link_over"))));
    }

    #[test]
    fn a_code_is_for_its_session_and_ends_after_a_few_wrong_ones() {
        let doors = Doors::default();
        for secret in ["one", "other"] {
            session(&doors, secret);
        }
        doors.keep_code("one", "123456", NOW);
        assert!(doors.prove("other", "123456", NOW).is_err());
        for _ in 0..limits::MY_CODE_TRIES {
            assert!(matches!(
                doors.prove("one", "000000", NOW),
                Err(AppError::Invalid(_))
            ));
        }
        assert!(matches!(
            doors.prove("one", "123456", NOW),
            Err(AppError::Conflict(_))
        ));
        doors.keep_code("one", "654321", NOW);
        assert!(doors.prove("one", "654321", NOW).is_ok());
        assert!(doors.session("one", NOW).unwrap().proven_until.is_some());
        assert!(matches!(
            doors.prove("one", "654321", NOW),
            Err(AppError::Conflict(_))
        ));
        assert!(
            doors
                .session("one", NOW.plus_ms(limits::MY_SESSION_MS))
                .is_none()
        );
    }

    #[test]
    fn one_person_looks_in_a_few_browsers_at_once() {
        let doors = Doors::default();
        let secrets = ["1", "2", "3", "4", "5", "6"];
        for (place, secret) in secrets.into_iter().enumerate() {
            let later = NOW.plus_ms(i64::try_from(place).unwrap());
            let session = MySession {
                contact: ContactId::from_bytes([1; 16]),
                conversation: None,
                expires_at: later.plus_ms(limits::MY_SESSION_MS),
                proven_until: None,
            };
            doors.keep_session(secret, session, later);
        }
        let open = secrets.map(|secret| doors.session(secret, NOW).is_some());
        assert_eq!(open, [false, true, true, true, true, true]);
    }

    #[test]
    fn nobody_is_flooded_with_codes() {
        let doors = Doors::default();
        let to = ContactId::from_bytes([1; 16]);
        for _ in 0..limits::MY_CODES_AN_HOUR {
            assert!(doors.may_send_code(to, NOW).is_ok());
        }
        assert!(doors.may_send_code(to, NOW).is_err());
        assert!(
            doors
                .may_send_code(ContactId::from_bytes([2; 16]), NOW)
                .is_ok()
        );
        assert!(doors.may_send_code(to, NOW.plus_ms(HOUR_MS)).is_ok());
    }
}
