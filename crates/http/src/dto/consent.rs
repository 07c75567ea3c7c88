//! Purposes, notices and consents.

use app::{ChatOffer, ConsentView, Invitation, PublishedNotice};
use serde::{Deserialize, Serialize};
use store::StoredPurpose;
use utoipa::ToSchema;

use super::{rfc3339, words};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Purpose)]
pub struct PurposeDto {
    pub code: String,
    /// marketing, survey
    pub class: String,
    pub name: String,
    /// After so many months without use a consent ends; `null`: with its first use.
    #[schema(required = true)]
    pub unused_months: Option<u8>,
    pub created_at: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewPurpose)]
pub struct NewPurposeDto {
    /// Stable: small letters, digits, `.`, `_` and `-`.
    pub code: String,
    /// marketing, survey
    pub class: String,
    /// As people read it.
    pub name: String,
    /// 1 to 24; absent: 12.
    pub unused_months: Option<u8>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NoticeParty)]
pub struct PartyDto {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewNoticeText)]
pub struct NewNoticeText {
    #[schema(value_type = words::LocaleWord)]
    pub locale: String,
    pub text: String,
    /// How to withdraw.
    pub withdrawal: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewConsentNotice)]
pub struct NewConsentNoticeDto {
    pub purpose: String,
    #[schema(value_type = Vec<words::ChannelKindWord>)]
    pub channels: Vec<String>,
    /// Whose advertising; absent: the company's.
    pub advertiser: Option<String>,
    /// Which products it is about.
    pub product_scope: String,
    /// Who receives data for it; absent: the company alone.
    #[serde(default)]
    pub recipients: Vec<PartyDto>,
    /// Countries outside (`id`) and the ground on which data goes there (`name`).
    #[serde(default)]
    pub transfers: Vec<PartyDto>,
    /// Terms of the Data Privacy Vocabulary, such as `pd:TelephoneNumber`.
    #[serde(default)]
    pub personal_data: Vec<String>,
    pub texts: Vec<NewNoticeText>,
}

/// What somebody agrees to, word for word. It never changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsentNotice)]
pub struct ConsentNoticeDto {
    /// `sha256:` and the digest of its document.
    pub id: String,
    pub purpose: String,
    pub version: i64,
    #[schema(value_type = words::LocaleWord)]
    pub locale: String,
    pub text: String,
    pub withdrawal: String,
    pub advertiser: String,
    pub product_scope: String,
    pub recipients: Vec<PartyDto>,
    #[schema(value_type = Vec<words::ChannelKindWord>)]
    pub channels: Vec<String>,
    pub published_at: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewInvitation)]
pub struct NewInvitationDto {
    pub purpose: String,
    pub channel_id: String,
    #[schema(value_type = Option<words::LocaleWord>)]
    pub locale: Option<String>,
    /// Where it is shown: `form:shop`, `qr:counter`.
    pub place: String,
}

/// A code that goes with its notice; whoever sends the words agrees.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationDto {
    pub id: String,
    /// What has to be sent, word for word.
    pub words: String,
    pub purpose: String,
    pub channel_id: String,
    pub notice: ConsentNoticeDto,
    pub expires_at: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AskForConsent)]
pub struct AskForConsentDto {
    pub purpose: String,
    pub channel_id: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WithdrawFor)]
pub struct WithdrawForDto {
    /// Absent: all advertising and surveys on this channel.
    pub purpose: Option<String>,
    pub channel_id: String,
    /// How the person said it: „am Telefon, 12.03.“.
    pub words: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Withdrawn)]
pub struct WithdrawnDto {
    /// How many consents ended.
    pub ended: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsentEvent)]
pub struct ConsentEventDto {
    pub id: String,
    pub kind: String,
    pub at: String,
    /// contact, house, or a teammate's id; `null` when what happened is erased.
    #[schema(required = true)]
    pub actor: Option<String>,
    /// What the person wrote or tapped.
    #[schema(required = true)]
    pub words: Option<String>,
    /// Where it began.
    #[schema(required = true)]
    pub source: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContactConsent)]
pub struct ContactConsentDto {
    pub purpose: String,
    pub purpose_name: String,
    pub channel_id: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub channel_kind: String,
    pub address_id: String,
    /// requested, pending, granted, refused, lapsed, outdated, expired, unverified, withdrawn, …
    pub state: String,
    pub since: String,
    #[schema(required = true)]
    pub expires_at: Option<String>,
    #[schema(required = true)]
    pub last_used_at: Option<String>,
    pub notice: ConsentNoticeDto,
    pub events: Vec<ConsentEventDto>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProofKey)]
pub struct ProofKeyDto {
    /// As `tresen verify --key` takes it.
    pub key: String,
}

/// What a visitor of the own chat can agree to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatConsent)]
pub struct ChatConsentDto {
    pub purpose: String,
    pub name: String,
    pub state: String,
    #[schema(required = true)]
    pub since: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatConsents)]
pub struct ChatConsentsDto {
    pub items: Vec<ChatConsentDto>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChatPurpose)]
pub struct ChatPurposeDto {
    pub purpose: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChatConsentRequest)]
pub struct ChatRequestDto {
    pub purpose: String,
    /// The id of the notice that was on the screen.
    pub notice: String,
}

/// The second step: a tap on this sentence confirms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatConsentQuestion)]
pub struct ChatQuestionDto {
    pub token: String,
    pub text: String,
    pub expires_at: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ChatConsentAnswer)]
pub struct ChatAnswerDto {
    pub token: String,
    pub agrees: bool,
}

impl PurposeDto {
    #[must_use]
    pub fn of(stored: &StoredPurpose) -> Self {
        use domain::consent::Expiry;
        let unused_months = match stored.purpose.expiry {
            Expiry::Unused { months } => Some(months),
            Expiry::Once | Expiry::AfterCase { .. } => None,
        };
        Self {
            code: stored.purpose.code.clone(),
            class: stored.purpose.class.as_str().to_owned(),
            name: stored.name.clone(),
            unused_months,
            created_at: rfc3339(stored.created_at),
        }
    }
}

impl ConsentNoticeDto {
    #[must_use]
    pub fn of(notice: &PublishedNotice) -> Self {
        let (stored, document) = (&notice.stored, &notice.document);
        let party = |recipient: &proof::Recipient| PartyDto {
            id: recipient.id.clone(),
            name: recipient.name.clone(),
        };
        Self {
            id: stored.mark.id.to_string(),
            purpose: stored.purpose.clone(),
            version: stored.version,
            locale: stored.locale.clone(),
            text: document.text.clone(),
            withdrawal: document.withdrawal.text.clone(),
            advertiser: document.advertiser.clone(),
            product_scope: document.product_scope.clone(),
            recipients: document.recipients.iter().map(party).collect(),
            channels: document.channels.clone(),
            published_at: rfc3339(stored.created_at),
        }
    }
}

impl InvitationDto {
    #[must_use]
    pub fn of(invitation: &Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            words: invitation.words.clone(),
            purpose: invitation.purpose.clone(),
            channel_id: invitation.channel.to_string(),
            notice: ConsentNoticeDto::of(&invitation.notice),
            expires_at: rfc3339(invitation.expires_at),
        }
    }
}

impl ContactConsentDto {
    #[must_use]
    pub fn of(view: &ConsentView) -> Self {
        let subject = &view.consent.consent.subject;
        let events = view.events.iter().map(|event| {
            let open = event.event.as_ref();
            let act = open.and_then(|open| open.act.as_ref());
            let source = open.and_then(|open| open.source.as_ref());
            ConsentEventDto {
                id: event.id.to_string(),
                kind: event.kind.clone(),
                at: rfc3339(event.at),
                actor: open.and_then(|open| open.actor.clone()),
                words: act.and_then(|act| act.words.clone()),
                source: source.map(|source| format!("{}: {}", source.kind, source.value)),
            }
        });
        Self {
            purpose: subject.purpose.clone(),
            purpose_name: view.purpose_name.clone(),
            channel_id: subject.channel.to_string(),
            channel_kind: view.channel_kind.as_str().to_owned(),
            address_id: subject.address.to_string(),
            state: view.status.as_str().to_owned(),
            since: rfc3339(view.consent.since),
            expires_at: view.expires_at.map(rfc3339),
            last_used_at: view.last_used.map(rfc3339),
            notice: ConsentNoticeDto::of(&view.notice),
            events: events.collect(),
        }
    }
}

impl ChatConsentDto {
    #[must_use]
    pub fn of(offer: &ChatOffer) -> Self {
        Self {
            purpose: offer.purpose.purpose.code.clone(),
            name: offer.purpose.name.clone(),
            state: offer.status.as_str().to_owned(),
            since: offer.since.map(rfc3339),
        }
    }
}
