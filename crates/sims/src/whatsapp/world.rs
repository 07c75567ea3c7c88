//! Everything the simulated platform knows: accounts, numbers, users, media, templates, messages.
//! Plain data with look-ups; what may happen is decided in `policy`, what is answered in `graph`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A Meta app: owner of the webhook secret and of a default callback address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct App {
    pub id: String,
    pub secret: String,
    #[serde(default)]
    pub webhook: Option<Webhook>,
}

/// Where callbacks go, and the token with which the receiver proved that it wants them.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Webhook {
    pub url: String,
    pub verify_token: String,
}

/// A WhatsApp business account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Waba {
    pub id: String,
    pub app_id: String,
    pub name: String,
    #[serde(default = "yes")]
    pub subscribed: bool,
    #[serde(default)]
    pub webhook: Option<Webhook>,
}

/// A business phone number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Phone {
    pub id: String,
    pub waba_id: String,
    /// Digits only, as callbacks show it in `metadata.display_phone_number`.
    pub number: String,
    pub verified_name: String,
    #[serde(default = "yes")]
    pub registered: bool,
    #[serde(default)]
    pub pin: Option<String>,
    #[serde(default)]
    pub data_localization_region: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub webhook: Option<Webhook>,
    #[serde(default)]
    pub profile: BTreeMap<String, Value>,
    #[serde(default)]
    pub settings: BTreeMap<String, Value>,
    #[serde(default)]
    pub automation: BTreeMap<String, Value>,
    #[serde(default)]
    pub commerce: BTreeMap<String, Value>,
    #[serde(default)]
    pub public_key: Option<String>,
    #[serde(default)]
    pub qr_codes: BTreeMap<String, String>,
    /// Keys of users this number blocked.
    #[serde(default)]
    pub blocked: BTreeSet<String>,
}

/// An access token and the accounts it opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    pub waba_ids: BTreeSet<String>,
    #[serde(default)]
    pub revoked: bool,
}

/// A person with WhatsApp on their phone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    /// Our own handle for the control interface, never shown on the Graph side.
    pub key: String,
    /// Digits only; `None` is a user whose number the business never learned.
    #[serde(default)]
    pub phone: Option<String>,
    /// Differs from `phone` where the platform rewrites numbers (Brazil, Mexico, Argentina).
    #[serde(default)]
    pub wa_id: Option<String>,
    /// Business-scoped user id, `CC.` and up to 128 letters and digits.
    pub user_id: String,
    #[serde(default)]
    pub parent_user_id: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    pub name: String,
    /// Whether callbacks show the number.
    #[serde(default = "yes")]
    pub phone_visible: bool,
    #[serde(default = "yes")]
    pub reachable: bool,
    #[serde(default = "yes")]
    pub read_receipts: bool,
    #[serde(default)]
    pub identity_hash: Option<String>,
    /// Business accounts from which the user wants no marketing.
    #[serde(default)]
    pub marketing_stopped: BTreeSet<String>,
    /// Over the platform's own marketing frequency cap: marketing fails with 131049.
    #[serde(default)]
    pub marketing_capped: bool,
}

impl User {
    /// The number as callbacks and answers show it.
    pub fn visible_wa_id(&self) -> Option<&str> {
        if self.phone_visible {
            self.any_wa_id()
        } else {
            None
        }
    }

    pub fn any_wa_id(&self) -> Option<&str> {
        self.wa_id.as_deref().or(self.phone.as_deref())
    }
}

/// Stored bytes behind a media id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Media {
    pub id: String,
    pub phone_id: String,
    pub mime: String,
    #[serde(default)]
    pub filename: Option<String>,
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
    pub expires_ms: i64,
    /// URL handed out last: its random part and when it stops working.
    #[serde(default)]
    pub url: Option<MediaUrl>,
    /// Whether the bytes came from a user; such ids die after 7 days instead of 30.
    #[serde(default)]
    pub received: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MediaUrl {
    pub hash: String,
    pub expires_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TemplateStatus {
    Approved,
    Pending,
    Rejected,
    Paused,
    Disabled,
    Archived,
}

/// A message template in one language. Components keep the platform's JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Template {
    pub id: String,
    pub waba_id: String,
    pub name: String,
    pub language: String,
    pub category: String,
    pub status: TemplateStatus,
    /// `POSITIONAL` or `NAMED`.
    pub parameter_format: String,
    pub components: Vec<Value>,
    #[serde(default)]
    pub rejected_reason: Option<String>,
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    FromUser,
    FromBusiness,
}

/// Where a message is in its life. `Dropped` is a business-scoped id sent in the field `to`:
/// accepted with an id and then never heard of again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Accepted,
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
    Dropped,
    Received,
}

impl Stage {
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
            Self::Received => "received",
        }
    }
}

/// What the platform charges for a message, as statuses show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    pub billable: bool,
    pub kind: String,
    pub category: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    pub id: String,
    pub phone_id: String,
    /// `None` when nobody with that address exists.
    pub user_key: Option<String>,
    /// What the sender wrote into `to` or `recipient`.
    pub input: String,
    pub direction: Direction,
    pub kind: String,
    pub content: Value,
    pub at_ms: i64,
    pub stage: Stage,
    #[serde(default)]
    pub opaque: Option<String>,
    #[serde(default)]
    pub pricing: Option<Pricing>,
    #[serde(default)]
    pub error_code: Option<i64>,
}

/// The customer service window of one (number, user) pair.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Window {
    pub expires_ms: i64,
    /// End of the free entry point period, zero when there is none.
    #[serde(default)]
    pub free_entry_until_ms: i64,
}

/// Counters behind the rate limits.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Meters {
    /// Per (number, user) pair: when the next message would be due at the steady rate.
    pub pair_due_ms: BTreeMap<String, i64>,
    /// Per number: the second being counted and the messages in it.
    pub second: BTreeMap<String, (i64, u32)>,
    /// Per number: the month being counted and the free-form messages in it.
    pub service_month: BTreeMap<String, (i64, u32)>,
}

/// Limits a test may turn; the defaults are the platform's.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    pub enforce_rates: bool,
    pub pair_interval_ms: i64,
    pub pair_burst: u32,
    pub per_second: u32,
    pub window_ms: i64,
    pub free_entry_ms: i64,
    pub media_url_ms: i64,
    pub media_uploaded_ms: i64,
    pub media_received_ms: i64,
    pub free_service_messages: u32,
}

const HOUR_MS: i64 = 3_600_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            enforce_rates: true,
            pair_interval_ms: 6_000,
            pair_burst: 45,
            per_second: 80,
            window_ms: 24 * HOUR_MS,
            free_entry_ms: 72 * HOUR_MS,
            media_url_ms: 5 * 60_000,
            media_uploaded_ms: 30 * 24 * HOUR_MS,
            media_received_ms: 7 * 24 * HOUR_MS,
            free_service_messages: 1_000,
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    pub apps: BTreeMap<String, App>,
    pub wabas: BTreeMap<String, Waba>,
    pub phones: BTreeMap<String, Phone>,
    pub tokens: BTreeMap<String, Token>,
    pub users: BTreeMap<String, User>,
    pub media: BTreeMap<String, Media>,
    pub templates: BTreeMap<String, Template>,
    pub messages: BTreeMap<String, Message>,
    pub windows: BTreeMap<String, Window>,
    pub meters: Meters,
    pub limits: Limits,
    pub uploads: BTreeMap<String, Upload>,
    pub next_number: u64,
}

/// A resumable upload (profile pictures, template samples).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload {
    pub length: usize,
    pub mime: String,
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
}

impl World {
    fn take_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    /// A fresh numeric id that looks like Graph's.
    pub fn new_graph_id(&mut self) -> String {
        format!("7{:015}", self.take_number())
    }

    /// A fresh message id in the platform's shape.
    pub fn new_wamid(&mut self) -> String {
        use base64::Engine;
        let number = self.take_number();
        let inner = format!("\u{1c}\u{18}sim-message-{number:012}");
        format!(
            "wamid.{}",
            base64::engine::general_purpose::STANDARD.encode(inner)
        )
    }

    pub fn new_user_key(&mut self) -> String {
        format!("usr_{}", self.take_number())
    }

    /// A fresh business-scoped user id.
    pub fn new_user_id(&mut self, country: &str) -> String {
        format!("{country}.9{:017}", self.take_number())
    }

    /// Finds a user by handle, number, `wa_id`, business-scoped id, parent id or username.
    pub fn find_user(&self, address: &str) -> Option<&User> {
        if let Some(user) = self.users.get(address) {
            return Some(user);
        }
        let digits = digits_of(address);
        let name = address.strip_prefix('@');
        self.users.values().find(|user| {
            user.user_id == address
                || user.parent_user_id.as_deref() == Some(address)
                || (name.is_some() && user.username.as_deref() == name)
                || (!digits.is_empty()
                    && !is_business_scoped(address)
                    && (user.phone.as_deref() == Some(&digits)
                        || user.wa_id.as_deref() == Some(&digits)))
        })
    }

    pub fn find_template(&self, waba_id: &str, name: &str, language: &str) -> Option<&Template> {
        self.templates
            .values()
            .find(|t| t.waba_id == waba_id && t.name == name && t.language == language)
    }

    /// The number that owns a message, media or call when the caller named none.
    pub fn first_phone_id(&self) -> Option<String> {
        self.phones.keys().next().cloned()
    }

    /// The address and app secret for callbacks of this number or account: number before account
    /// before app. `None` when nobody listens.
    pub fn callback_target(
        &self,
        waba_id: &str,
        phone_id: Option<&str>,
    ) -> Option<(String, String)> {
        let waba = self.wabas.get(waba_id).filter(|waba| waba.subscribed)?;
        let app = self.apps.get(&waba.app_id)?;
        let webhook = phone_id
            .and_then(|id| self.phones.get(id))
            .and_then(|phone| phone.webhook.as_ref())
            .or(waba.webhook.as_ref())
            .or(app.webhook.as_ref())?;
        Some((webhook.url.clone(), app.secret.clone()))
    }
}

/// Key of a (number, user) pair in the maps above.
pub fn pair_key(phone_id: &str, user_key: &str) -> String {
    format!("{phone_id}|{user_key}")
}

pub fn digits_of(address: &str) -> String {
    address.chars().filter(char::is_ascii_digit).collect()
}

/// Whether an address has the shape of a business-scoped user id: `CC.` or `CC.ENT.` and 1 to 128
/// letters and digits.
pub fn is_business_scoped(address: &str) -> bool {
    let bytes = address.as_bytes();
    if bytes.len() < 4 || !bytes[..2].iter().all(u8::is_ascii_uppercase) || bytes[2] != b'.' {
        return false;
    }
    let rest = &address[3..];
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    (1..=128).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn yes() -> bool {
    true
}

/// Bytes as base64 text, so that a saved world stays one readable JSON document.
mod base64_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::is_business_scoped;

    #[test]
    fn tells_business_scoped_ids_from_numbers() {
        assert!(is_business_scoped("DE.1349abc"));
        assert!(is_business_scoped("DE.ENT.77aa"));
        for other in [
            "4917139200001",
            "DE.",
            "de.77aa",
            "DE.77-aa",
            "DEU.77aa",
            "DE.ENT.",
        ] {
            assert!(!is_business_scoped(other), "{other}");
        }
    }
}
