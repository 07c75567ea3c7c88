//! Who read what, as the person it is about may see it: which part of the company, under a sign
//! that stays the same for this person and says nothing to any other.

use std::collections::HashMap;

use domain::teammate::Role;
use domain::time::MINUTE_MS;
use domain::{ContactId, Timestamp};
use store::{Read, ReadBy};

use crate::{App, AppError};

/// Readings that are looked at; more is in the full copy that data protection hands out.
const LOOKED_AT: i64 = 2_000;
/// Whoever reads on within this time reads once.
const ONE_READING_MS: i64 = 15 * MINUTE_MS;

/// Which part of the company somebody belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Desk {
    Service,
    DataProtection,
    Administration,
    /// A program with a token of the company.
    Program,
}

impl Desk {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::DataProtection => "data_protection",
            Self::Administration => "administration",
            Self::Program => "program",
        }
    }

    const fn of(role: Role) -> Self {
        match role {
            Role::Owner | Role::Lead | Role::Teammate => Self::Service,
            Role::Dpo => Self::DataProtection,
            Role::Admin | Role::WorksCouncil => Self::Administration,
        }
    }
}

/// Somebody of the company, without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub desk: Desk,
    /// A letter and a digit: the same for all that one person reads of one contact.
    pub sign: String,
}

/// One reading, from its first look to its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub by: Reader,
    pub what: String,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl App {
    /// What was read of a contact and by whom, the newest first.
    pub(crate) async fn readings(&self, contact: ContactId) -> Result<Vec<Reading>, AppError> {
        let reads = self.store.reads_of(contact, LOOKED_AT).await?;
        let mut known: HashMap<ReadBy, Reader> = HashMap::new();
        let mut readings: Vec<Reading> = Vec::new();
        // Where the latest reading of each kind by each reader stands.
        let mut latest: HashMap<(ReadBy, String), usize> = HashMap::new();
        for Read { by, what, at } in reads {
            let place = (by, what);
            let begun = latest
                .get(&place)
                .and_then(|place| readings.get_mut(*place));
            if let Some(reading) = begun
                && reading.first_at.0 - at.0 <= ONE_READING_MS
            {
                reading.first_at = at;
                continue;
            }
            let reader = match known.get(&by) {
                Some(reader) => reader.clone(),
                None => {
                    let reader = self.reader(contact, by).await?;
                    known.insert(by, reader.clone());
                    reader
                }
            };
            readings.push(Reading {
                by: reader,
                what: place.1.clone(),
                first_at: at,
                last_at: at,
            });
            latest.insert(place, readings.len() - 1);
        }
        Ok(readings)
    }

    async fn reader(&self, contact: ContactId, by: ReadBy) -> Result<Reader, AppError> {
        let (desk, id) = match by {
            ReadBy::Token(id) => (Desk::Program, id.bytes()),
            ReadBy::Teammate(id) => {
                let known = self.store.lookup_teammate(id).await?;
                let desk = known.map_or(Desk::Service, |known| Desk::of(known.role));
                (desk, id.bytes())
            }
        };
        // Keyed, and mixed with whose data it is: two people who compare their lists learn nothing.
        let both: String = contact
            .bytes()
            .iter()
            .chain(&id)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let hash = self.store.lookup("reader", &both);
        let letter = char::from(LETTERS[usize::from(hash[0]) % LETTERS.len()]);
        Ok(Reader {
            desk,
            sign: format!("{letter}{}{}", hash[1] % 10, hash[2] % 10),
        })
    }
}
