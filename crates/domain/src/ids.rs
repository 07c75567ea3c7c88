//! Typed, prefixed ids: a UUIDv7 behind a prefix that names what it points at.
//!
//! The text form is `prefix_` followed by 26 characters of lower-case Crockford base32
//! (big-endian, so that text order is time order).

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text was no id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_ followed by 26 characters")]
pub struct InvalidId {
    pub prefix: &'static str,
}

fn encode(prefix: &str, bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    let mut text = String::with_capacity(prefix.len() + 27);
    text.push_str(prefix);
    text.push('_');
    for place in (0..26).rev() {
        let digit = (number >> (place * 5)) & 31;
        text.push(ALPHABET[digit as usize] as char);
    }
    text
}

fn decode(prefix: &'static str, text: &str) -> Result<[u8; 16], InvalidId> {
    let invalid = InvalidId { prefix };
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|digits| digits.len() == 26)
        .ok_or(invalid)?;
    let mut number: u128 = 0;
    for (place, character) in digits.bytes().enumerate() {
        let digit = ALPHABET
            .iter()
            .position(|a| *a == character)
            .ok_or(invalid)?;
        // 26 digits hold 130 bits: the first one may only carry three of them.
        if place == 0 && digit > 7 {
            return Err(invalid);
        }
        number = (number << 5) | digit as u128;
    }
    Ok(number.to_be_bytes())
}

macro_rules! typed_id {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 16]);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(*uuid.as_bytes())
            }

            #[must_use]
            pub const fn bytes(self) -> [u8; 16] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode($prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                decode($prefix, text).map(Self)
            }
        }
    )+};
}

typed_id! {
    /// A person outside.
    ContactId = "con";
    /// One way to reach a contact on one channel.
    AddressId = "adr";
    /// One configured connection: this number, that chat.
    ChannelId = "chn";
    /// A door to the company's own chat (`/c/{slug}`).
    EntryId = "ent";
    /// A unit of work with one contact.
    ConversationId = "cnv";
    /// What the contact sees.
    MessageId = "msg";
    /// What only the team sees.
    NoteId = "nte";
    /// A machine line in the timeline.
    ActivityId = "act";
    /// A file's place in a message.
    AttachmentId = "att";
    /// A person of the company.
    TeammateId = "tmt";
    /// A raw callback as the provider sent it.
    CallbackId = "cbk";
    /// A unit of work to be done after the commit.
    JobId = "job";
    /// A bearer token of the API.
    TokenId = "tok";
    /// A passkey of a teammate.
    PasskeyId = "pky";
    /// A logged fact: notice shown, content read.
    RecordId = "rec";
    /// One thing that happened to a consent.
    ConsentEventId = "cev";
    /// The erasure of a contact.
    ErasureId = "era";
    /// A legal hold.
    HoldId = "hld";
    /// A restriction of processing.
    RestrictionId = "rst";
    /// A copy that was asked for.
    ExportId = "exp";
    /// A question whether somebody agrees.
    ChallengeId = "chl";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_keeps_order() {
        let low = ConversationId::from_bytes([1; 16]);
        let high = ConversationId::from_bytes([2; 16]);
        assert!(low.to_string() < high.to_string());
        assert_eq!(low.to_string().parse(), Ok(low));
        assert_eq!(ConversationId::from_bytes([255; 16]).to_string().len(), 30);
    }

    #[test]
    fn other_prefixes_and_overlong_numbers_are_refused() {
        let contact = ContactId::from_bytes([7; 16]).to_string();
        assert!(contact.parse::<ConversationId>().is_err());
        assert!(
            "con_8zzzzzzzzzzzzzzzzzzzzzzzzz"
                .parse::<ContactId>()
                .is_err()
        );
        assert!(
            "con_7zzzzzzzzzzzzzzzzzzzzzzzzz"
                .parse::<ContactId>()
                .is_ok()
        );
        assert!("con_".parse::<ContactId>().is_err());
    }
}
