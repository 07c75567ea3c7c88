//! Doing one thing until it is known what came of it.

use serde_json::Value;

use super::{Street, pause_before_retry};
use crate::client::{Told, Who};
use crate::digest::sha256;
use crate::error::Result;
use crate::ledger::{Intent, Kind, Outcome};
use crate::moment;

/// One thing somebody does. Trying again repeats the very same call.
pub(super) struct Act {
    pub op: String,
    pub kind: Kind,
    pub place: String,
    pub author: String,
    pub author_seq: u64,
    pub text: String,
    pub path: String,
    pub body: Value,
}

/// How something ended for its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    Acked(Value),
    Refused(u16),
    /// Nobody knows, and time is over.
    Unknown,
}

impl Act {
    fn intent(&self, attempt: u32) -> Intent {
        Intent {
            op: self.op.clone(),
            kind: self.kind,
            place: self.place.clone(),
            author: self.author.clone(),
            author_seq: self.author_seq,
            sha256: sha256(&self.text),
            at_us: moment::unix_us(),
            attempt,
        }
    }
}

impl Street {
    /// Asks, and asks again with the same id while nobody knows.
    pub(super) async fn act(&self, act: &Act, who: &Who) -> Result<Ended> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (told, outcome) = self.once(act, who, tries).await?;
            match outcome {
                Outcome::Ack { .. } => {
                    let body = match told {
                        Told::Answer { body, .. } => body,
                        Told::Nothing(_) => Value::Null,
                    };
                    return Ok(Ended::Acked(body));
                }
                Outcome::Refused { status } => return Ok(Ended::Refused(status)),
                Outcome::Unknown { .. } if self.gives_up() => return Ok(Ended::Unknown),
                Outcome::Unknown { .. } => {
                    tokio::time::sleep(pause_before_retry(tries)).await;
                }
            }
        }
    }

    /// Asks one time more for what is known already: a client that did not hear the answer.
    pub(super) async fn repeat(&self, act: &Act, who: &Who) -> Result<()> {
        self.once(act, who, 100).await.map(|_| ())
    }

    async fn once(&self, act: &Act, who: &Who, attempt: u32) -> Result<(Told, Outcome)> {
        self.ledger.intend(act.intent(attempt))?;
        let told = self.client.post(&act.path, who, &act.body).await;
        let outcome = told.outcome();
        self.ledger.close(&act.op, outcome.clone())?;
        Ok((told, outcome))
    }
}

/// What is said: the operation's name first, so that it is found again wherever it is shown.
pub(super) fn words(op: &str, dice: &mut crate::dice::Dice) -> String {
    const WORDS: [&str; 12] = [
        "Guten",
        "Tag",
        "wann",
        "kommt",
        "die",
        "Lieferung",
        "Größe",
        "43",
        "danke",
        "schön",
        "morgen",
        "früh",
    ];
    let mut text = op.to_owned();
    for _ in 0..dice.between(3, 16) {
        text.push(' ');
        text.push_str(dice.pick(&WORDS).unwrap_or(&""));
    }
    text
}
