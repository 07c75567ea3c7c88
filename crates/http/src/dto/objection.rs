//! Words that may be an objection to advertising.

use app::OpenObjection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rfc3339;

/// A task for a teammate: until it is done advertising rests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Objection)]
pub struct ObjectionDto {
    pub contact_id: String,
    pub channel_id: String,
    #[schema(required = true)]
    pub conversation_id: Option<String>,
    /// soft: said inside a sentence; ask: a word that may mean something else.
    pub clarity: String,
    pub said_at: String,
    /// From then on it counts as a withdrawal; `null`: it rests for as long as nobody decides.
    #[schema(required = true)]
    pub final_at: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SettleObjection)]
pub struct SettleObjectionDto {
    pub channel_id: String,
    /// withdraw: no more advertising; lift: it meant something else.
    pub decision: String,
    /// How that was found out: „am Telefon gefragt“.
    pub words: String,
}

impl ObjectionDto {
    #[must_use]
    pub fn of(open: &OpenObjection) -> Self {
        Self {
            contact_id: open.contact.to_string(),
            channel_id: open.channel.to_string(),
            conversation_id: open.conversation.map(|id| id.to_string()),
            clarity: open.clarity.as_str().to_owned(),
            said_at: rfc3339(open.said_at),
            final_at: open.final_at.map(rfc3339),
        }
    }
}
