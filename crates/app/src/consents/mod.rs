//! Consents: what people can agree to, what they were shown, how they say yes and no, and what the
//! gate is told of it. `domain::consent` decides; this reads, writes down and remembers.

mod arrive;
mod ask;
mod chat;
mod ledger;
mod package;
mod publish;
mod season;
mod sheet;
mod standing;
mod view;

pub use ask::{Invitation, InvitationInput};
pub use chat::{ChatOffer, ChatQuestion};
pub use publish::{NoticeInput, NoticeText, Party, PublishedNotice, PurposeInput};
pub use sheet::SheetWish;
pub use view::{ConsentEventView, ConsentView};

pub(crate) use arrive::{Said, Withdrawal};
use ledger::Happened;
pub(crate) use standing::Facts;

use domain::channel::ChannelKind;
use domain::consent::{AddressFacts, AddressState, NoticeId, NoticeTerms, Purpose, Refusal};
use domain::{AddressId, ChannelId, Timestamp};
use proof::Notice;
use store::{Address, ConsentNotice, StoredConsent, StoredPurpose};

use crate::{App, AppError};

/// A notice with its document opened.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) stored: ConsentNotice,
    pub(crate) document: Notice,
    pub(crate) terms: NoticeTerms,
}

/// An address with what consents need to know of it.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) facts: AddressFacts,
    pub(crate) kind: ChannelKind,
    /// The address as a keyed hash: it tells whether two are the same, and nothing else.
    pub(crate) identity: String,
}

impl Shown {
    pub(crate) fn of(stored: ConsentNotice) -> Result<Self, AppError> {
        let broken = |_| AppError::Internal("a notice that cannot be read".into());
        let document = Notice::read(&stored.document).map_err(broken)?;
        let terms = NoticeTerms {
            mark: stored.mark,
            advertiser: document.advertiser.clone(),
            product_scope: document.product_scope.clone(),
            recipients: document.recipients.iter().map(|r| r.id.clone()).collect(),
            purposes: document.purposes.iter().map(|p| p.code.clone()).collect(),
            media: document
                .channels
                .iter()
                .filter_map(|kind| ChannelKind::parse(kind))
                .map(ChannelKind::medium)
                .collect(),
        };
        Ok(Self {
            stored,
            document,
            terms,
        })
    }
}

/// Why a consent does not change, as a conflict with its stable code.
pub(crate) const fn refused(refusal: Refusal) -> AppError {
    AppError::Conflict(match refusal {
        Refusal::ReaskTooEarly => "consent_reask_too_early",
        Refusal::NoOutboundQuestion => "consent_no_outbound_question",
        Refusal::ConversationNeeded => "consent_conversation_needed",
        Refusal::NotNeutral => "consent_not_neutral",
        Refusal::TooManyChallenges => "consent_too_many_questions",
        Refusal::ChallengeExpired => "consent_question_over",
        Refusal::Scope => "consent_scope",
        Refusal::OutdatedNotice => "consent_outdated_notice",
        _ => "consent_not_possible",
    })
}

impl App {
    /// The purpose of this code; `None` when there is none.
    pub(crate) async fn purpose(&self, code: &str) -> Result<Option<StoredPurpose>, AppError> {
        if !publish::may_be_code(code) {
            return Ok(None);
        }
        Ok(self.store.lookup_purpose(code).await?)
    }

    pub(crate) async fn wanted_purpose(&self, code: &str) -> Result<StoredPurpose, AppError> {
        let unknown = || AppError::invalid("purpose", "purpose-unknown");
        self.purpose(code).await?.ok_or_else(unknown)
    }

    pub(crate) async fn shown(&self, id: NoticeId) -> Result<Option<Shown>, AppError> {
        let stored = self.store.lookup_consent_notice(id).await?;
        stored.map(Shown::of).transpose()
    }

    /// What is shown now for a purpose: in this language, or in the first one there is.
    pub(crate) async fn in_force(
        &self,
        purpose: &Purpose,
        locale: &str,
    ) -> Result<Option<Shown>, AppError> {
        let mut notices = self.store.notices_in_force(&purpose.code).await?;
        let place = notices.iter().position(|notice| notice.locale == locale);
        if notices.is_empty() {
            return Ok(None);
        }
        Shown::of(notices.swap_remove(place.unwrap_or(0))).map(Some)
    }

    /// An address of a contact, as consents see it.
    pub(crate) fn place(
        &self,
        (channel, channel_kind): (ChannelId, ChannelKind),
        address: AddressId,
        (kind, value): (domain::channel::AddressKind, &str),
        state: AddressState,
    ) -> Place {
        let bound = format!("{channel}:{}:{value}", kind.as_str());
        let digest = self.store.lookup("consent identity", &bound);
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Place {
            facts: AddressFacts {
                id: address,
                channel,
                medium: channel_kind.medium(),
                state,
            },
            kind: channel_kind,
            identity: format!("hmac:{digits}"),
        }
    }

    pub(crate) async fn place_of(&self, address: &Address) -> Result<Place, AppError> {
        let channel = self.channel(address.channel).await?;
        let channel = channel.ok_or(AppError::NotFound)?;
        let state = match address.valid_to {
            None => AddressState::Active,
            Some(_) => AddressState::Changed,
        };
        let value = (address.kind, address.value.expose().as_str());
        Ok(self.place((channel.id, channel.kind), address.id, value, state))
    }

    /// The place a consent is about.
    pub(crate) async fn place_of_consent(
        &self,
        consent: &StoredConsent,
    ) -> Result<Place, AppError> {
        let address = self.store.lookup_address(consent.consent.subject.address);
        let address = address.await?.ok_or(AppError::NotFound)?;
        self.place_of(&address).await
    }
}

/// The moment as proofs write it.
pub(crate) fn moment(at: Timestamp) -> Result<proof::Moment, AppError> {
    proof::Moment::from_milliseconds(at.0)
        .map_err(|_| AppError::Internal("a moment that no proof can hold".into()))
}
