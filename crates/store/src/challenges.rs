//! Questions whether somebody agrees, while they wait for an answer from the address itself.

use db::Row;
use domain::consent::{NoticeId, Way};
use domain::{ChallengeId, ChannelId, ContactId, Timestamp};

use crate::Store;
use crate::error::{Guard, StoreError};
use crate::purposes::digest_of;
use crate::rows::{at, blob, id16, opt_at, opt_blob, opt_id16};
use crate::unit::Unit;

#[derive(Clone)]
pub struct NewChallenge {
    pub id: ChallengeId,
    /// The digest of the secret in it.
    pub token: [u8; 32],
    pub way: Way,
    pub purpose: String,
    pub channel: ChannelId,
    pub notice: NoticeId,
    /// Who was asked; `None` while nobody has written.
    pub contact: Option<ContactId>,
    /// Where the question was shown: `form:autumn`, `buttons`, `chat`.
    pub place: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone)]
pub struct Challenge {
    pub asked: NewChallenge,
    pub answered_at: Option<Timestamp>,
}

const CHALLENGE: &str = "SELECT id, token, way, purpose, channel_id, notice, contact_id, place, \
                         issued_at, expires_at, answered_at FROM challenge";

fn challenge_of(row: &Row) -> Result<Challenge, StoreError> {
    let token = row.blob(1)?.try_into();
    Ok(Challenge {
        asked: NewChallenge {
            id: ChallengeId::from_bytes(id16(row, 0)?),
            token: token.map_err(|_| StoreError::Corrupt("challenge.token"))?,
            way: Way::parse(row.text(2)?).ok_or(StoreError::Corrupt("challenge.way"))?,
            purpose: row.text(3)?.to_owned(),
            channel: ChannelId::from_bytes(id16(row, 4)?),
            notice: digest_of(row, 5)?,
            contact: opt_id16(row, 6)?.map(ContactId::from_bytes),
            place: row.text(7)?.to_owned(),
            issued_at: at(row, 8)?,
            expires_at: at(row, 9)?,
        },
        answered_at: opt_at(row, 10)?,
    })
}

impl Store {
    pub fn add_challenge(&self, unit: &mut Unit, new: &NewChallenge) {
        unit.run(
            "INSERT INTO challenge (id, token, way, purpose, channel_id, notice, contact_id, \
             place, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            vec![
                blob(new.id.bytes()),
                new.token.to_vec().into(),
                new.way.as_str().into(),
                new.purpose.as_str().into(),
                blob(new.channel.bytes()),
                new.notice.0.to_vec().into(),
                opt_blob(new.contact.map(ContactId::bytes)),
                new.place.as_str().into(),
                new.issued_at.0.into(),
                new.expires_at.0.into(),
            ],
        );
    }

    /// # Errors
    /// What the engine says.
    pub async fn lookup_challenge(&self, token: [u8; 32]) -> Result<Option<Challenge>, StoreError> {
        let sql = format!("{CHALLENGE} WHERE token = $1");
        let row = self.db.query_opt(sql, vec![token.to_vec().into()]).await?;
        row.as_ref().map(challenge_of).transpose()
    }

    /// How often this contact was asked since then.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn challenges_since(
        &self,
        contact: ContactId,
        since: Timestamp,
    ) -> Result<u32, StoreError> {
        let sql =
            "SELECT COUNT(*) AS total FROM challenge WHERE contact_id = $1 AND issued_at > $2";
        let params = vec![blob(contact.bytes()), since.0.into()];
        let total = self.db.query_one(sql, params).await?.int(0)?;
        Ok(u32::try_from(total).unwrap_or(u32::MAX))
    }

    /// It is answered, once: the unit fails when it was before.
    pub fn answer_challenge(&self, unit: &mut Unit, id: ChallengeId, now: Timestamp) {
        unit.one(
            Guard::Challenge,
            "UPDATE challenge SET answered_at = $2 WHERE id = $1 AND answered_at IS NULL",
            vec![blob(id.bytes()), now.0.into()],
        );
    }
}
