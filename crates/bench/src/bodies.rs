//! Callbacks as a provider sends them: bodies that were made and signed before the clock starts.
//!
//! Contacts are known by an id alone: there are not a million reserved telephone numbers.

use std::fmt::Write as _;
use std::ops::Range;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};

pub const PHONE_NUMBER_ID: &str = "106540352242922";
pub const BUSINESS_ACCOUNT_ID: &str = "102290129340398";
pub const APP_SECRET: &str = "a secret that is only used for measuring";

/// Messages that bear the same second: rather more than are measured to be taken in one.
const WRITTEN_IN_A_SECOND: u64 = 4_000;

/// What is said, some 130 bytes of it.
const TEXTS: [&str; 8] = [
    "Guten Tag, ich warte noch auf die Lieferung zu meiner Bestellung von letzter Woche. Wissen Sie schon, wann das Paket ankommt?",
    "Hallo, der blaue Schrank hat eine Schramme an der linken Tür. Ich schicke Ihnen gern ein Foto davon, wenn das für Sie reicht.",
    "Vielen Dank für die schnelle Antwort gestern. Eine Frage habe ich noch: Kann ich den Termin am Dienstag auf Mittwoch legen?",
    "Guten Morgen, auf der Rechnung steht noch die alte Anschrift. Könnten Sie mir bitte eine neue mit der richtigen ausstellen?",
    "Hello, I would like to return the lamp that I bought two weeks ago. It still is in its box. Which address do I send it to?",
    "Ich habe eben versucht, online zu bezahlen, und dabei kam dreimal dieselbe Meldung. Liegt das an mir oder an Ihrer Seite?",
    "Haben Sie die Schuhe auch in Größe 43, und gibt es sie im Laden in Leipzig? Dann käme ich morgen Nachmittag kurz vorbei.",
    "Meine Mutter kommt mit der Anleitung nicht zurecht. Gibt es jemanden bei Ihnen, der ihr das einmal am Telefon erklären kann?",
];

/// Which contacts write: `active` of them, evenly spread over all that the history knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writers {
    pub contacts: u64,
    pub active: u64,
}

impl Writers {
    /// The contact that writes the `number`-th message.
    #[must_use]
    pub const fn pick(&self, number: u64) -> u64 {
        let active = if self.active < self.contacts {
            self.active
        } else {
            self.contacts
        };
        // An odd multiplier that shares no divisor with the usual counts: neighbours in time are
        // not neighbours in the file.
        (number.wrapping_mul(7_919) % active) * (self.contacts / active)
    }
}

/// A callback and its signature, ready to be sent.
#[derive(Debug, Clone)]
pub struct Callback {
    pub body: Vec<u8>,
    pub signature: String,
}

/// Makes callbacks of one run; ids of different runs never meet.
pub struct Maker {
    key: hmac::Key,
    run: String,
}

#[must_use]
pub fn contact_id(contact: u64) -> String {
    format!("DE.{}", 1_000_000_000_000_000_u64 + contact)
}

impl Maker {
    #[must_use]
    pub fn new(run: &str) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes()),
            run: run.to_owned(),
        }
    }

    /// One text of one contact. `at` is in seconds since 1970.
    #[must_use]
    pub fn message(&self, number: u64, contact: u64, at: i64) -> Callback {
        let id = contact_id(contact);
        let text = TEXTS[usize::try_from(number % 8).unwrap_or(0)];
        let body = format!(
            "{{\"object\":\"whatsapp_business_account\",\"entry\":[{{\"id\":\"{BUSINESS_ACCOUNT_ID}\",\
             \"changes\":[{{\"field\":\"messages\",\"value\":{{\"messaging_product\":\"whatsapp\",\
             \"metadata\":{{\"display_phone_number\":\"493023125000\",\
             \"phone_number_id\":\"{PHONE_NUMBER_ID}\"}},\
             \"contacts\":[{{\"profile\":{{\"name\":\"Kundin {contact}\"}},\"user_id\":\"{id}\"}}],\
             \"messages\":[{{\"from_user_id\":\"{id}\",\"id\":\"wamid.{}{number:012}\",\
             \"timestamp\":\"{at}\",\"type\":\"text\",\"text\":{{\"body\":\"{text}\"}}}}]}}}}]}}]}}",
            self.run
        );
        let tag = hmac::sign(&self.key, body.as_bytes());
        let mut signature = String::with_capacity(71);
        signature.push_str("sha256=");
        for byte in tag.as_ref() {
            // Writing to a String cannot fail.
            _ = write!(signature, "{byte:02x}");
        }
        Callback {
            body: body.into_bytes(),
            signature,
        }
    }

    /// Complete requests, so that sending one is one write. The last is written at `at`, those
    /// before it in the seconds before.
    #[must_use]
    pub fn requests(
        &self,
        path: &str,
        writers: Writers,
        numbers: Range<u64>,
        at: i64,
    ) -> Vec<Vec<u8>> {
        let last = numbers.end.saturating_sub(1);
        numbers
            .map(|number| {
                let before = (last - number) / WRITTEN_IN_A_SECOND;
                let at = at - i64::try_from(before).unwrap_or(0);
                let callback = self.message(number, writers.pick(number), at);
                let mut request = format!(
                    "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
                     x-hub-signature-256: {}\r\ncontent-length: {}\r\n\r\n",
                    callback.signature,
                    callback.body.len()
                )
                .into_bytes();
                request.extend_from_slice(&callback.body);
                request
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_json_and_their_requests_whole() {
        let maker = Maker::new("a");
        let callback = maker.message(11, 3, 1_700_000_000);
        let json: serde_json::Value = serde_json::from_slice(&callback.body).unwrap();
        let message = &json["entry"][0]["changes"][0]["value"]["messages"][0];
        assert_eq!(message["from_user_id"], "DE.1000000000000003");
        assert_eq!(message["id"], "wamid.a000000000011");
        assert_eq!(callback.signature.len(), 71);
        let writers = Writers {
            contacts: 10,
            active: 10,
        };
        let requests = maker.requests("/x", writers, 0..3, 1);
        assert!(
            requests
                .iter()
                .all(|r| r.starts_with(b"POST /x HTTP/1.1\r\n"))
        );
        assert_ne!(requests[0], requests[1]);
    }

    #[test]
    fn active_contacts_lie_all_over_the_history() {
        let writers = Writers {
            contacts: 200_000,
            active: 2_000,
        };
        let mut picked: Vec<u64> = (0..2_000).map(|number| writers.pick(number)).collect();
        picked.sort_unstable();
        picked.dedup();
        assert_eq!(picked.len(), 2_000);
        assert_eq!(picked.last(), Some(&199_900));
        let few = Writers {
            contacts: 5,
            active: 2_000,
        };
        assert!((0..100).all(|number| few.pick(number) < 5));
    }
}
