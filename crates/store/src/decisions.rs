//! What the gate said of each message, and on which ground.

use domain::gate::MessageClass;
use domain::{ConsentEventId, MessageId, Timestamp};

use crate::Store;
use crate::error::StoreError;
use crate::rows::{at, blob, opt_text};
use crate::unit::Unit;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub message: MessageId,
    /// 0 when it was asked for, then the number of the attempt.
    pub number: i64,
    pub at: Timestamp,
    pub class: MessageClass,
    pub purpose: Option<String>,
    /// The codes of everything against it; empty when it was let through.
    pub reasons: Vec<String>,
    pub rule_version: i64,
    /// The events of the consent it rests on.
    pub consent_events: Vec<ConsentEventId>,
}

impl Store {
    /// A decision is written once; what was said at another time has another number.
    pub fn add_decision(&self, unit: &mut Unit, new: &Decision) {
        let events: Vec<[u8; 16]> = new.consent_events.iter().map(|id| id.bytes()).collect();
        let result = if new.reasons.is_empty() {
            "permit"
        } else {
            "deny"
        };
        unit.run(
            "INSERT INTO gate_decision (message_id, number, at, class, purpose, result, reasons, \
             rule_version, consent_events) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (message_id, number) DO NOTHING",
            vec![
                blob(new.message.bytes()),
                new.number.into(),
                new.at.0.into(),
                new.class.as_str().into(),
                opt_text(new.purpose.as_deref()),
                result.into(),
                new.reasons.join(",").into(),
                new.rule_version.into(),
                events.concat().into(),
            ],
        );
    }

    /// What was said of a message, in order.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn decisions(&self, message: MessageId) -> Result<Vec<Decision>, StoreError> {
        let sql = "SELECT number, at, class, purpose, reasons, rule_version, consent_events \
                   FROM gate_decision WHERE message_id = $1 ORDER BY number LIMIT 1000";
        let rows = self.db.query(sql, vec![blob(message.bytes())]).await?;
        rows.iter()
            .map(|row| {
                let reasons = row.text(4)?.split(',').filter(|code| !code.is_empty());
                let (events, _) = row.blob(6)?.as_chunks::<16>();
                Ok(Decision {
                    message,
                    number: row.int(0)?,
                    at: at(row, 1)?,
                    class: MessageClass::parse(row.text(2)?)
                        .ok_or(StoreError::Corrupt("gate_decision.class"))?,
                    purpose: row.opt_text(3)?.map(str::to_owned),
                    reasons: reasons.map(str::to_owned).collect(),
                    rule_version: row.int(5)?,
                    consent_events: events
                        .iter()
                        .map(|id| ConsentEventId::from_bytes(*id))
                        .collect(),
                })
            })
            .collect()
    }
}
