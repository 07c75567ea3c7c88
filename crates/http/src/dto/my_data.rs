//! What is kept about somebody, in words for that person.

use app::{MyChannel, MyConversation, MyData, Reading};
use domain::channel::AddressKind;
use i18n::Language;
use serde::Serialize;
use store::Restriction;
use utoipa::ToSchema;

use super::conversation::display;
use super::{ContactConsentDto, rfc3339, words};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyController)]
pub struct MyControllerDto {
    pub company: String,
    /// Name and address, as the company wrote them.
    pub controller: String,
    pub contact_email: String,
    #[schema(required = true)]
    pub country: Option<String>,
    pub retention_days: i64,
}

/// Somebody outside whom a message on a channel reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyRecipient)]
pub struct MyRecipientDto {
    pub name: String,
    /// ISO 3166.
    pub country: String,
    /// processor or controller
    pub capacity: String,
    /// Beyond that country.
    #[schema(required = true)]
    pub onward: Option<String>,
    /// none, dpf
    pub basis: String,
    /// What it learns, what for, and on which ground; in the reader's language.
    pub learns: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyChannel)]
pub struct MyChannelDto {
    pub id: String,
    pub channel_id: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub kind: String,
    #[schema(value_type = words::AddressKindWord)]
    pub address_kind: String,
    pub address: String,
    pub since: String,
    pub last_used_at: String,
    /// `null` while in use.
    #[schema(required = true)]
    pub ended_at: Option<String>,
    /// Empty where nobody outside is involved.
    pub recipients: Vec<MyRecipientDto>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyConversation)]
pub struct MyConversationDto {
    pub id: String,
    #[schema(value_type = words::ChannelKindWord)]
    pub kind: String,
    pub begun_at: String,
    pub last_message_at: String,
    /// When it is erased by itself; `null` while something stands against that.
    #[schema(required = true)]
    pub erased_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyNotice)]
pub struct MyNoticeDto {
    pub version: i64,
    pub locale: String,
    pub shown_at: String,
    /// As it was shown.
    #[schema(required = true)]
    pub text: Option<String>,
}

/// That somebody of the company read something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyReading)]
pub struct MyReadingDto {
    /// service, data_protection, administration, program
    pub desk: String,
    /// The same in the reader's language, with the sign of the one person or program.
    pub by: String,
    /// timeline, contact, attachment, search, consents, export, …
    pub what: String,
    /// The same in the reader's language.
    pub did: String,
    pub first_at: String,
    pub last_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyRestriction)]
pub struct MyRestrictionDto {
    /// The person asked for it itself.
    pub by_me: bool,
    pub asked_at: String,
    #[schema(required = true)]
    pub lifted_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyCounts)]
pub struct MyCountsDto {
    pub conversations: i64,
    pub messages: i64,
    pub files: i64,
    /// What the team noted; data protection hands it out on request.
    pub notes: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyData)]
pub struct MyDataDto {
    pub controller: MyControllerDto,
    pub contact_id: String,
    #[schema(required = true)]
    pub name: Option<String>,
    #[schema(required = true)]
    pub locale: Option<String>,
    pub known_since: String,
    pub channels: Vec<MyChannelDto>,
    pub conversations: Vec<MyConversationDto>,
    pub consents: Vec<ContactConsentDto>,
    pub notices: Vec<MyNoticeDto>,
    pub readings: Vec<MyReadingDto>,
    pub restrictions: Vec<MyRestrictionDto>,
    /// Something is kept for a dispute and not erased before that is over.
    pub held: bool,
    /// When the erasure that was asked for begins; `null` while none was asked for.
    #[schema(required = true)]
    pub erasure_begins_at: Option<String>,
    pub counts: MyCountsDto,
}

/// How an address is shown: whole in a copy that was asked for with a code, else by its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Whole,
    Ends,
}

/// Enough of an address to know it by, and no more.
#[must_use]
pub fn masked(value: &str) -> String {
    let signs: Vec<char> = value.chars().collect();
    if signs.len() < 8 {
        return "••••".to_owned();
    }
    let (first, last) = (&signs[..3], &signs[signs.len() - 2..]);
    format!(
        "{} •••• {}",
        String::from_iter(first),
        String::from_iter(last)
    )
}

fn channel_of(channel: &MyChannel, language: Language, shown: Shown) -> MyChannelDto {
    let address = &channel.address;
    let value = match (address.kind, shown) {
        (AddressKind::WebVisitor, _) => String::new(),
        (kind, Shown::Whole) => display(kind, address.value.expose()),
        (_, Shown::Ends) => masked(address.value.expose()),
    };
    let recipients = channel.recipients.iter().map(|one| MyRecipientDto {
        name: one.name.to_owned(),
        country: one.country.to_owned(),
        capacity: one.capacity.as_str().to_owned(),
        onward: one.onward.map(str::to_owned),
        basis: one.basis.as_str().to_owned(),
        learns: i18n::text(language, one.learns, &[]),
    });
    MyChannelDto {
        id: address.id.to_string(),
        channel_id: address.channel.to_string(),
        kind: channel.kind.as_str().to_owned(),
        address_kind: address.kind.as_str().to_owned(),
        address: value,
        since: rfc3339(address.valid_from),
        last_used_at: rfc3339(address.last_used_at),
        ended_at: address.valid_to.map(rfc3339),
        recipients: recipients.collect(),
    }
}

impl MyReadingDto {
    fn of(reading: &Reading, language: Language) -> Self {
        let key = format!("reader-{}", reading.by.desk.as_str().replace('_', "-"));
        let desk = i18n::text(language, &key, &[]);
        let none: &[(&str, &str)] = &[];
        let key = format!("read-{}", reading.what.replace('_', "-"));
        let did = i18n::lookup(language, &key, none)
            .unwrap_or_else(|| i18n::text(language, "read-other", &[]));
        Self {
            desk: reading.by.desk.as_str().to_owned(),
            by: format!("{desk} {}", reading.by.sign),
            what: reading.what.clone(),
            did,
            first_at: rfc3339(reading.first_at),
            last_at: rfc3339(reading.last_at),
        }
    }
}

fn conversation_of(one: &MyConversation) -> MyConversationDto {
    MyConversationDto {
        id: one.conversation.id.to_string(),
        kind: one.conversation.channel_kind.as_str().to_owned(),
        begun_at: rfc3339(one.conversation.created_at),
        last_message_at: rfc3339(one.conversation.last_message_at),
        erased_at: one.erased_at.map(rfc3339),
    }
}

fn restriction_of(one: &Restriction) -> MyRestrictionDto {
    MyRestrictionDto {
        by_me: one.asked_by.is_none(),
        asked_at: rfc3339(one.asked_at),
        lifted_at: one.lifted.as_ref().map(|lifted| rfc3339(lifted.at)),
    }
}

/// Consents as the person sees them: nobody of the team is named in them.
fn consent_of(view: &app::ConsentView) -> ContactConsentDto {
    let mut consent = ContactConsentDto::of(view);
    for event in &mut consent.events {
        let names_somebody = |actor: &String| actor.contains("tmt_");
        event.actor = event.actor.take().filter(|actor| !names_somebody(actor));
        let source = event.source.take();
        event.source = source.filter(|source| !source.contains("tmt_"));
    }
    consent
}

impl MyDataDto {
    #[must_use]
    pub fn of(data: &MyData, language: Language, shown: Shown) -> Self {
        let name = data.contact.name.as_ref();
        let channels = data.channels.iter();
        let notices = data.notices.iter().map(|(served, notice)| MyNoticeDto {
            version: served.version,
            locale: served.locale.clone(),
            shown_at: rfc3339(served.at),
            text: notice.as_ref().map(|notice| notice.text.clone()),
        });
        let readings = data.readings.iter();
        Self {
            controller: MyControllerDto {
                company: data.company.name.clone(),
                controller: data.privacy.controller.clone(),
                contact_email: data.privacy.contact_email.clone(),
                country: data.company.country.clone(),
                retention_days: data.privacy.retention_days,
            },
            contact_id: data.contact.id.to_string(),
            name: name.map(|name| name.expose().clone()),
            locale: data.contact.locale.clone(),
            known_since: rfc3339(data.contact.created_at),
            channels: channels
                .map(|one| channel_of(one, language, shown))
                .collect(),
            conversations: data.conversations.iter().map(conversation_of).collect(),
            consents: data.consents.iter().map(consent_of).collect(),
            notices: notices.collect(),
            readings: readings
                .map(|one| MyReadingDto::of(one, language))
                .collect(),
            restrictions: data.restrictions.iter().map(restriction_of).collect(),
            held: data.is_held,
            erasure_begins_at: data.erasure.as_ref().map(|one| rfc3339(one.begins_at())),
            counts: MyCountsDto {
                conversations: data.stock.conversations,
                messages: data.stock.messages,
                files: data.stock.files,
                notes: data.stock.notes,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_its_ends_are_shown() {
        assert_eq!(masked("+491713920001"), "+49 •••• 01");
        assert_eq!(masked("kurz"), "••••");
    }
}
