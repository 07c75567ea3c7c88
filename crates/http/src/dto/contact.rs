//! Contacts and their addresses.

use app::ContactView;
use i18n::Language;
use serde::{Deserialize, Serialize};
use store::Contact;
use utoipa::ToSchema;

use super::conversation::{display, restricted_name, shown_name};
use super::{rfc3339, words};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressDto {
    pub id: String,
    #[schema(value_type = words::AddressKindWord)]
    pub kind: String,
    pub channel_id: String,
    pub display: String,
    pub verified: bool,
    /// `null` while in use; when it was given up otherwise.
    #[schema(required = true)]
    pub ended_at: Option<String>,
    pub last_used_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentDto {
    /// service, marketing, or the code of a purpose
    pub purpose: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub channel_kind: String,
    /// allowed, none, or where the consent stands: granted, withdrawn, …
    pub state: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactConversation)]
pub struct ContactConversation {
    pub id: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub channel_kind: String,
    #[schema(value_type = words::StatusWord)]
    pub status: String,
    pub last_message_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NoticeServed)]
pub struct NoticeServedDto {
    pub version: i64,
    pub shown_at: String,
    pub locale: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactDto {
    pub id: String,
    pub name: String,
    #[schema(required = true)]
    pub locale: Option<String>,
    pub created_at: String,
    pub addresses: Vec<AddressDto>,
    pub consents: Vec<ConsentDto>,
    pub conversations: Vec<ContactConversation>,
    pub notices: Vec<NoticeServedDto>,
    /// Since when its data is only kept (Art. 18 GDPR): nothing of it is shown.
    #[schema(required = true)]
    pub restricted_since: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactSummary)]
pub struct ContactSummaryDto {
    pub id: String,
    pub name: String,
    #[schema(required = true)]
    pub locale: Option<String>,
    pub created_at: String,
    /// Since when its data is only kept (Art. 18 GDPR): nothing of it is shown.
    #[schema(required = true)]
    pub restricted_since: Option<String>,
}

pub(super) fn visitor_name(id: &str, language: Language) -> String {
    let short = id[id.len() - 4..].to_uppercase();
    i18n::text(language, "contact-visitor", &[("short", &short)])
}

impl ContactSummaryDto {
    #[must_use]
    pub fn of(contact: &Contact, language: Language) -> Self {
        let id = contact.id.to_string();
        let name = match (&contact.name, contact.restricted_at) {
            (_, Some(_)) => restricted_name(&id, language),
            (Some(name), None) => name.expose().clone(),
            (None, None) => visitor_name(&id, language),
        };
        let locale = contact.locale.clone();
        Self {
            id,
            name,
            locale: locale.filter(|_| contact.restricted_at.is_none()),
            created_at: rfc3339(contact.created_at),
            restricted_since: contact.restricted_at.map(rfc3339),
        }
    }
}

impl ContactDto {
    #[must_use]
    pub fn of(view: &ContactView, language: Language) -> Self {
        let summary = ContactSummaryDto::of(&view.contact, language);
        let name = match (&view.contact.name, view.conversations.first()) {
            (None, Some(conversation)) => shown_name(conversation, language),
            _ => summary.name,
        };
        let mut kinds: Vec<&str> = view
            .conversations
            .iter()
            .map(|c| c.channel_kind.as_str())
            .collect();
        kinds.dedup();
        let given = view
            .consents
            .iter()
            .map(|(purpose, kind, status)| ConsentDto {
                purpose: purpose.clone(),
                channel_kind: kind.as_str().to_owned(),
                state: status.as_str().to_owned(),
            });
        let consents = kinds
            .into_iter()
            .flat_map(|kind| {
                // Answering somebody who wrote needs no consent; advertising would.
                [("service", "allowed"), ("marketing", "none")].map(|(purpose, state)| ConsentDto {
                    purpose: purpose.to_owned(),
                    channel_kind: kind.to_owned(),
                    state: state.to_owned(),
                })
            })
            .chain(given)
            .collect();
        Self {
            id: summary.id,
            name,
            locale: summary.locale,
            created_at: summary.created_at,
            addresses: view
                .addresses
                .iter()
                .map(|address| AddressDto {
                    id: address.id.to_string(),
                    kind: address.kind.as_str().to_owned(),
                    channel_id: address.channel.to_string(),
                    display: display(address.kind, address.value.expose()),
                    verified: address.verified,
                    ended_at: address.valid_to.map(rfc3339),
                    last_used_at: rfc3339(address.last_used_at),
                })
                .collect(),
            consents,
            restricted_since: summary.restricted_since,
            conversations: view
                .conversations
                .iter()
                .map(|conversation| ContactConversation {
                    id: conversation.id.to_string(),
                    channel_kind: conversation.channel_kind.as_str().to_owned(),
                    status: conversation.state.status.as_str().to_owned(),
                    last_message_at: rfc3339(conversation.last_message_at),
                })
                .collect(),
            notices: view
                .notices
                .iter()
                .map(|notice| NoticeServedDto {
                    version: notice.version,
                    shown_at: rfc3339(notice.at),
                    locale: notice.locale.clone(),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChangeContact)]
pub struct ChangeContact {
    pub name: String,
}
