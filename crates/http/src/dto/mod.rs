//! Shapes of the HTTP and live interfaces, and how stored things are put into them.
//!
//! JSON is `snake_case`, times are RFC 3339 in UTC with milliseconds, ids are typed strings.

mod channel;
mod composer;
mod consent;
mod contact;
mod conversation;
mod live;
mod my_data;
mod objection;
mod person;
mod session;
mod timeline;
pub mod words;

pub use channel::{
    ChangeChannel, ChangeEntryDto, ChannelDto, EntryDto, NewChannel, NewEntryDto, SettingValue,
    settings_of,
};
pub use composer::{CapabilitiesDto, ComposerDto, TemplateDto, TemplateParameterDto};
pub use consent::{
    AskForConsentDto, ChatAnswerDto, ChatConsentDto, ChatConsentsDto, ChatPurposeDto,
    ChatQuestionDto, ChatRequestDto, ConsentEventDto, ConsentNoticeDto, ContactConsentDto,
    InvitationDto, NewConsentNoticeDto, NewInvitationDto, NewNoticeText, NewPurposeDto, PartyDto,
    ProofKeyDto, PurposeDto, WithdrawForDto, WithdrawnDto,
};
pub use contact::{
    AddressDto, ChangeContact, ConsentDto, ContactConversation, ContactDto, ContactSummaryDto,
    NoticeServedDto,
};
pub use conversation::{
    AddressSummary, AssigneeDto, ChangeConversation, ContactRef, ConversationDto, CountsDto,
    HitDto, LastMessageDto, ReplyWindowDto,
};
pub use live::{ChatConversationDto, ChatEventDto, ChatFrame, LiveEventDto, LiveFrame};
pub use my_data::{MyDataDto, Shown};
pub use objection::{ObjectionDto, SettleObjectionDto};
pub use person::{PersonAddressDto, PersonDto};
pub use session::{
    CompanyDto, PasskeyAnswer, PasskeyDto, PasskeyQuestion, SessionDto, TeammateDto,
};
pub use timeline::{
    ActivityDto, AttachmentDto, AuthorDto, CardDto, CardLine, ChoiceItem, ChoiceSet, CostDto,
    DeliveryDto, MessageDto, NewMessageDto, NewTemplateUse, NoteDto, QuoteDto, ReactionDto,
    TemplateParameters, TimelineDto, TimelineItemDto, Viewer,
};

use domain::Timestamp;
use i18n::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A list's page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = List)]
pub struct ListDto<T: ToSchema> {
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Why something is not possible, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonDto {
    /// Stable.
    pub code: String,
    /// In the reader's language: what happened, what it means, what can be done.
    pub explanation: String,
}

/// A moment as text: RFC 3339, UTC, milliseconds.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|moment| format!("{moment:.3}"))
        // Only instants outside the years -9999 to 9999 have no text form; none can be stored.
        .unwrap_or_else(|_| "1970-01-01T00:00:00.000Z".to_owned())
}

/// Reads a moment, refusing what is no RFC 3339.
#[must_use]
pub fn parse_moment(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(moment.as_millisecond()))
}

/// The explanation of a delivery error, by its code.
#[must_use]
pub fn explain_delivery(language: Language, code: &str) -> String {
    let key = match code.strip_prefix("gate_") {
        Some(reason) => format!("gate-{}", reason.replace('_', "-")),
        None => code.replace('_', "-"),
    };
    let found = i18n::lookup(language, &key, &[] as &[(&str, &str)]);
    found.unwrap_or_else(|| i18n::text(language, "delivery-other", &[("code", code)]))
}

/// Why a channel stopped: a delivery's code, or what the provider called the trouble.
#[must_use]
pub fn explain_trouble(language: Language, code: &str) -> String {
    let key = code.replace('_', "-");
    let found = i18n::lookup(language, &key, &[] as &[(&str, &str)]);
    found.unwrap_or_else(|| i18n::text(language, "channel-trouble-other", &[("code", code)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_with_milliseconds() {
        assert_eq!(
            rfc3339(Timestamp(1_795_300_000_120)),
            "2026-11-21T22:26:40.120Z"
        );
        assert_eq!(rfc3339(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            parse_moment("2026-11-21T23:26:40.120+01:00"),
            Some(Timestamp(1_795_300_000_120))
        );
        assert_eq!(parse_moment("gestern"), None);
    }
}
