//! A message from outside: shown at once, its files fetched by jobs of their own.

use std::collections::BTreeMap;

use domain::channel::AddressKind;
use domain::content::{CardKind, Content, Quote, preview};
use domain::delivery::DeliveryState;
use domain::inbound::{InboundMedia, InboundMessage, Origin};
use domain::{
    ActivityId, AttachmentId, ContactId, ConversationId, JobId, MessageId, Pii, Timestamp, time,
};
use store::{
    ActivityKind, Aim, Append, AttachmentState, Author, Channel, Direction, FeedKind, FirstLook,
    JobKind, Known, NewAttachment, NewJob, NewMessage, Preview, PreviewKind, Unit,
};

use super::Staged;
use super::identify::Person;
use crate::consents::Said;
use crate::files::clean_name;
use crate::sending::{PREVIEW_CHARS, quote_from};
use crate::{App, AppError};

impl App {
    pub(crate) async fn stage_message(
        &self,
        channel: &Channel,
        message: &InboundMessage,
    ) -> Result<Option<Staged>, AppError> {
        let addresses = &message.sender.addresses;
        let looked = self
            .store
            .first_look(channel.id, message.at, &message.provider_id, addresses)
            .await?;
        let known = match looked {
            FirstLook::SeenBefore => return Ok(None),
            FirstLook::New(known) => known,
        };
        if self.stands_here(message, &known).await? {
            return Ok(None);
        }
        let mut unit = Unit::new();
        self.store
            .first_sight(&mut unit, channel.id, message.at, &message.provider_id);
        for known in &known {
            self.store.still_known(&mut unit, known);
        }
        let Some(person) = self
            .stage_known(&mut unit, channel, &message.sender, &known)
            .await?
        else {
            return Ok(None);
        };
        self.stage_opening(&mut unit, &person).await?;
        let content = self.inbound_content(&person, message).await?;
        self.stage_inbound(&mut unit, channel, &person, message, content)
            .await?;
        let now = self.now();
        // People see minutes; a row that is written for every message costs a page of the log.
        let is_old = |used: Timestamp| now.0 - used.0 >= time::MINUTE_MS;
        if person.address_used_at.is_some_and(is_old) {
            self.store.use_address(&mut unit, person.address, now);
            self.store.forget_addresses(channel.id, addresses);
        }
        if person.opened {
            let kind = FeedKind::ConversationCreated;
            self.store
                .feed_conversation(&mut unit, kind, person.conversation, self.now());
        }
        Ok(Some(unit.into()))
    }

    /// Traces of what was seen are kept by the provider's own time. What is older than they are is
    /// looked for where it would stand: history that was fetched may be told again much later.
    async fn stands_here(
        &self,
        message: &InboundMessage,
        known: &[Known],
    ) -> Result<bool, AppError> {
        if self.store.has_traces_of(message.at, self.now()) {
            return Ok(false);
        }
        for conversation in known.iter().filter_map(|known| known.conversation) {
            let found = self
                .store
                .lookup_message_in(conversation, &message.provider_id)
                .await?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lines that tell how this conversation came to be, or that two contacts turned out to be
    /// one.
    async fn stage_opening(&self, unit: &mut Unit, person: &Person) -> Result<(), AppError> {
        if person.opened {
            self.stage_activity(
                unit,
                person,
                ActivityKind::ConversationOpened,
                BTreeMap::new(),
            )
            .await?;
        }
        if person.merged {
            let facts = BTreeMap::from([("cause".to_owned(), "linked".to_owned())]);
            self.stage_activity(unit, person, ActivityKind::IdentityChanged, facts)
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn stage_activity(
        &self,
        unit: &mut Unit,
        person: &Person,
        kind: ActivityKind,
        facts: BTreeMap<String, String>,
    ) -> Result<(), AppError> {
        let place = (person.contact, person.conversation);
        self.stage_activity_in(unit, place, kind, facts).await
    }

    pub(crate) async fn stage_activity_in(
        &self,
        unit: &mut Unit,
        place: (ContactId, ConversationId),
        kind: ActivityKind,
        facts: BTreeMap<String, String>,
    ) -> Result<(), AppError> {
        let author = Author::Contact(place.0);
        self.stage_activity_of(unit, place, (kind, author), facts)
            .await
    }

    pub(crate) async fn stage_activity_of(
        &self,
        unit: &mut Unit,
        (contact, conversation): (ContactId, ConversationId),
        (kind, author): (ActivityKind, Author),
        facts: BTreeMap<String, String>,
    ) -> Result<(), AppError> {
        let now = self.now();
        let id = ActivityId::from_bytes(self.fresh());
        self.store
            .append(unit, conversation, contact, &Append::Activity)
            .await?;
        let activity = (id, kind, author);
        self.store
            .add_activity(unit, conversation, contact, activity, &facts, now)
            .await?;
        self.store.feed_appended(
            unit,
            FeedKind::ActivityCreated,
            conversation,
            id.bytes(),
            now,
        );
        Ok(())
    }

    async fn inbound_content(
        &self,
        person: &Person,
        message: &InboundMessage,
    ) -> Result<Content, AppError> {
        let quote = match &message.quote {
            None => None,
            Some(provider_id) => {
                let found = if person.opened {
                    None
                } else {
                    self.store
                        .lookup_message_in(person.conversation, provider_id)
                        .await?
                };
                Some(found.as_ref().map_or_else(
                    || Quote {
                        message_id: None,
                        provider_id: Some(provider_id.clone()),
                        text: None,
                        author_name: None,
                    },
                    quote_from,
                ))
            }
        };
        Ok(Content {
            text: message.text.clone(),
            quote,
            card: message.card.clone().or_else(|| message.referral.clone()),
            forwarded: message.forwarded,
            ..Content::default()
        })
    }

    async fn stage_inbound(
        &self,
        unit: &mut Unit,
        channel: &Channel,
        person: &Person,
        message: &InboundMessage,
        content: Content,
    ) -> Result<(), AppError> {
        let now = self.now();
        let id = MessageId::from_bytes(self.fresh());
        let (conversation, contact) = (person.conversation, person.contact);
        let echo = message.origin == Origin::Echo;
        let preview = inbound_preview(id, message, &content);
        let append = if echo {
            Append::Echo {
                at: message.at,
                preview: &preview,
            }
        } else {
            Append::Inbound {
                at: message.at,
                provider_id: Some(&message.provider_id),
                opens_window: message.origin == Origin::Contact,
                preview: &preview,
            }
        };
        self.store
            .append(unit, conversation, contact, &append)
            .await?;
        let new = NewMessage {
            id,
            conversation,
            contact,
            channel: channel.id,
            direction: if echo {
                Direction::Outbound
            } else {
                Direction::Inbound
            },
            author: if echo {
                Author::Echo
            } else {
                Author::Contact(contact)
            },
            author_name: None,
            content,
            client_id: None,
            at: message.at,
            now,
            provider_id: Some(message.provider_id.clone()),
            attachments: i64::try_from(message.media.len()).unwrap_or(0),
            state: echo.then_some(DeliveryState::Sent),
            aim: Aim::default(),
        };
        let kind = FeedKind::MessageCreated;
        self.store
            .feed_appended(unit, kind, conversation, id.bytes(), now);
        self.store.add_message(unit, &new).await?;
        for (position, media) in message.media.iter().enumerate() {
            self.stage_pending_file(unit, &new, media, position).await?;
        }
        if !echo {
            self.stage_wishes(unit, channel, person, said_by(message))
                .await?;
        }
        Ok(())
    }

    async fn stage_pending_file(
        &self,
        unit: &mut Unit,
        message: &NewMessage,
        media: &InboundMedia,
        position: usize,
    ) -> Result<(), AppError> {
        let id = AttachmentId::from_bytes(self.fresh());
        let now = message.now;
        let attachment = NewAttachment {
            id,
            place: Some((message.contact, message.conversation, message.id)),
            position: i64::try_from(position).unwrap_or(0),
            kind: media.kind,
            state: AttachmentState::Pending,
            size: 0,
            name: media
                .name
                .as_ref()
                .and_then(|name| clean_name(name.expose()).map(Pii::new)),
            mime: media
                .mime
                .clone()
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            dimensions: None,
            reference: Some(media.reference.clone()),
            sha256: media.sha256.clone(),
            uploader: None,
            secret: None,
            now,
        };
        self.store.add_attachment(unit, &attachment).await?;
        let job = NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::FetchMedia,
            // A file that cannot be fetched must not hold up any other.
            lane: id.bytes(),
            subject: id.bytes(),
            now,
        };
        self.store.add_job(unit, &job);
        Ok(())
    }
}

/// The line of a card in which a tapped button's own word stands.
const TAPPED: &str = "card-choice-id";

fn said_by(message: &InboundMessage) -> Said<'_> {
    let card = message
        .card
        .as_ref()
        .filter(|card| card.kind == CardKind::Choice);
    let tapped = card.and_then(|card| card.lines.iter().find(|(label, _)| label == TAPPED));
    let from = message.sender.addresses.first();
    Said {
        text: message.text.as_ref(),
        tapped: tapped.map(|(_, id)| id.expose().as_str()),
        provider_id: Some(&message.provider_id),
        from: from.map_or((AddressKind::Phone, ""), |from| {
            (from.kind, from.value.expose())
        }),
        at: message.at,
        is_fresh: message.origin == Origin::Contact,
    }
}

fn inbound_preview(id: MessageId, message: &InboundMessage, content: &Content) -> Preview {
    Preview {
        kind: if message.origin == Origin::Echo {
            PreviewKind::Outbound
        } else {
            PreviewKind::Inbound
        },
        text: preview_line(content),
        author_name: None,
        attachments: i64::try_from(message.media.len()).unwrap_or(0),
        at: message.at.0,
        about: id.bytes(),
        attachment_kind: message
            .media
            .first()
            .map(|media| media.kind.as_str().to_owned()),
        card: content
            .card
            .as_ref()
            .map(|card| card.kind.as_str().to_owned()),
        deleted: false,
    }
}

/// One line of what was said. A card we do not understand has none: its words are the provider's.
pub(super) fn preview_line(content: &Content) -> String {
    match (&content.text, &content.card) {
        (Some(text), _) => preview(text.expose(), PREVIEW_CHARS),
        (None, Some(card)) if card.kind != CardKind::Unsupported => card
            .lines
            .first()
            .map(|(_, value)| preview(value.expose(), PREVIEW_CHARS))
            .unwrap_or_default(),
        (None, _) => String::new(),
    }
}
