//! The desk's view of conversations: the list, one of them, its timeline, and what a teammate
//! changes.

use std::collections::BTreeMap;

use domain::access::{Access, Actor};
use domain::channel::{Capabilities, ChannelKind};
use domain::consent::Status as ConsentStatus;
use domain::content::{Template, preview};
use domain::conversation::{Change, ChangeError, State, Status};
use domain::gate::{self, Reason};
use domain::window::ReplyWindow;
use domain::{
    ActivityId, ContactId, ConversationId, MessageId, NoteId, Pii, TeammateId, Timestamp, limits,
};
use store::{
    ActivityKind, Address, Append, Author, Contact, Conversation, ConversationFilter, Counts,
    FeedKind, Page, PageRequest, Preview, PreviewKind, ServedNotice, TimelineItem, TimelinePage,
    TimelineRequest, Unit,
};
use vault::digest;

use crate::consents::Facts;
use crate::identity::check_signs;
use crate::objections::OpenObjection;
use crate::sending::{PREVIEW_CHARS, check_client_id};
use crate::signals::SignalKind;
use crate::{App, AppError, FieldProblem};

/// What a teammate wants to be different. Outer `None` leaves a thing as it is.
#[derive(Clone, Default)]
pub struct ConversationChange {
    pub status: Option<Status>,
    pub assignee: Option<Option<TeammateId>>,
    pub snoozed_until: Option<Timestamp>,
    pub tags: Option<Vec<Pii<String>>>,
}

/// What the composer may offer.
pub struct ComposerState {
    pub conversation: Conversation,
    pub channel_name: String,
    pub capabilities: &'static Capabilities,
    pub window: ReplyWindow,
    /// Why free text is impossible; empty when it is possible.
    pub reasons: Vec<Reason>,
    pub templates: Vec<Template>,
    /// What the contact may have objected to, and nobody has cleared up yet.
    pub objection: Option<OpenObjection>,
}

pub struct ContactView {
    pub contact: Contact,
    pub addresses: Vec<Address>,
    pub conversations: Vec<Conversation>,
    pub notices: Vec<ServedNotice>,
    /// Purpose, channel and where it stands, for each consent there is.
    pub consents: Vec<(String, ChannelKind, ConsentStatus)>,
}

impl ContactView {
    /// That there is somebody, and where, but nothing about it.
    const fn withheld(contact: Contact, conversations: Vec<Conversation>) -> Self {
        Self {
            contact,
            addresses: Vec::new(),
            conversations,
            notices: Vec::new(),
            consents: Vec::new(),
        }
    }
}

impl App {
    /// # Errors
    /// What the store says.
    pub async fn conversations(
        &self,
        _access: &Access,
        filter: &ConversationFilter,
        page: PageRequest,
    ) -> Result<Page<Conversation>, AppError> {
        Ok(self.store.conversations(filter, page).await?)
    }

    /// # Errors
    /// What the store says.
    pub async fn conversation_counts(&self, access: &Access) -> Result<Counts, AppError> {
        let me = access.actor().teammate().ok_or(AppError::NotFound)?;
        Ok(self.store.conversation_counts(me).await?)
    }

    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn conversation(
        &self,
        _access: &Access,
        id: ConversationId,
    ) -> Result<Conversation, AppError> {
        self.store
            .lookup_conversation(id)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// The window as it stands now.
    #[must_use]
    pub fn window_of(&self, conversation: &Conversation) -> ReplyWindow {
        let hours = self
            .registry
            .get(conversation.channel_kind)
            .and_then(|connector| connector.capabilities().window_hours);
        ReplyWindow::at(self.now(), hours, conversation.last_inbound_at)
    }

    /// A stretch of the timeline. A teammate's reading is written down before it is answered.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn timeline(
        &self,
        access: &Access,
        id: ConversationId,
        request: TimelineRequest,
        limit: i64,
    ) -> Result<TimelinePage, AppError> {
        let thread = self
            .store
            .lookup_thread(id)
            .await?
            .ok_or(AppError::NotFound)?;
        self.not_restricted_for(access, thread.contact).await?;
        self.store
            .log_read(access, thread.contact, "timeline", self.now())
            .await?;
        self.store
            .timeline(access, id, request, limit)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// One item, for events; the reader's right was checked when it began to watch.
    ///
    /// # Errors
    /// What the store says.
    pub async fn timeline_item(
        &self,
        access: &Access,
        id: ConversationId,
        seq: i64,
    ) -> Result<Option<TimelineItem>, AppError> {
        let page = self
            .store
            .timeline(access, id, TimelineRequest::At(seq), 1)
            .await?;
        Ok(page.and_then(|page| page.items.into_iter().next()))
    }

    /// A message as it stands in its timeline.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn message_item(
        &self,
        access: &Access,
        id: ConversationId,
        message: MessageId,
    ) -> Result<TimelineItem, AppError> {
        let found = self
            .store
            .lookup_message(message)
            .await?
            .ok_or(AppError::NotFound)?;
        self.timeline_item(access, id, found.seq)
            .await?
            .ok_or(AppError::NotFound)
    }

    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NotFound`].
    pub async fn change_conversation(
        &self,
        access: &Access,
        id: ConversationId,
        change: &ConversationChange,
    ) -> Result<Conversation, AppError> {
        self.check_change(change).await?;
        self.retry(|| async {
            let thread = self
                .store
                .lookup_thread(id)
                .await?
                .ok_or(AppError::NotFound)?;
            if change.tags.is_some() {
                self.not_restricted_for(access, thread.contact).await?;
            }
            let now = self.now();
            let (state, activities) = apply(thread.state, change, now)?;
            let mut unit = Unit::new();
            let actor = author_of(access);
            for (place, (kind, facts)) in activities.iter().enumerate() {
                let version = thread.version + i64::try_from(place).unwrap_or(0);
                let append = Append::Change { state, version };
                self.store
                    .append(&mut unit, id, thread.contact, &append)
                    .await?;
                let activity = (ActivityId::from_bytes(self.fresh()), *kind, actor);
                self.store
                    .add_activity(&mut unit, id, thread.contact, activity, facts, now)
                    .await?;
                let kind = FeedKind::ActivityCreated;
                self.store
                    .feed_appended(&mut unit, kind, id, activity.0.bytes(), now);
            }
            if let Some(tags) = &change.tags {
                self.store
                    .set_tags(&mut unit, id, thread.contact, tags)
                    .await?;
            }
            if !unit.is_empty() {
                self.store
                    .feed_conversation(&mut unit, FeedKind::ConversationUpdated, id, now);
                self.store.commit(unit).await?;
            }
            self.store
                .lookup_conversation(id)
                .await?
                .ok_or(AppError::NotFound)
        })
        .await
    }

    async fn check_change(&self, change: &ConversationChange) -> Result<(), AppError> {
        if let Some(Some(assignee)) = change.assignee {
            let found = self.store.lookup_teammate(assignee).await?;
            let able = found.is_some_and(|teammate| {
                !teammate.disabled && teammate.role.has(domain::teammate::Right::WriteMessages)
            });
            if !able {
                return Err(AppError::invalid("assignee_id", "assignee-unusable"));
            }
        }
        if let Some(tags) = &change.tags {
            let long = tags
                .iter()
                .any(|tag| !(1..=60).contains(&tag.expose().chars().count()));
            if tags.len() > limits::TAGS_MAX || long {
                let problem =
                    FieldProblem::new("tags", "field-count").with("max", limits::TAGS_MAX);
                return Err(AppError::Invalid(vec![problem]));
            }
            if let Some(problem) = tags
                .iter()
                .find_map(|tag| check_signs("tags", tag.expose()))
            {
                return Err(AppError::Invalid(vec![problem]));
            }
        }
        Ok(())
    }

    /// Writes a note that only the team sees. The same client id again is the same note.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NotFound`].
    pub async fn add_note(
        &self,
        access: &Access,
        id: ConversationId,
        name: &Pii<String>,
        text: &Pii<String>,
        client_id: Option<&str>,
    ) -> Result<(NoteId, i64, bool), AppError> {
        let author = access.actor().teammate().ok_or(AppError::NotFound)?;
        let chars = text.expose().trim().chars().count();
        let problem = check_client_id(client_id).or_else(|| {
            if chars == 0 {
                Some(FieldProblem::new("text", "field-required"))
            } else if chars > limits::NOTE_CHARS_MAX {
                Some(
                    FieldProblem::new("text", "field-too-long").with("max", limits::NOTE_CHARS_MAX),
                )
            } else {
                check_signs("text", text.expose())
            }
        });
        if let Some(problem) = problem {
            return Err(AppError::Invalid(vec![problem]));
        }
        let body = digest([b"note:", text.expose().as_bytes()].concat().as_slice());
        self.retry(|| async {
            if let Some(client_id) = client_id
                && let Some(written) = self
                    .store
                    .lookup_client_write(author.bytes(), client_id, body)
                    .await?
            {
                let note = NoteId::from_bytes(written.result);
                return match self.store.note_place(note).await? {
                    Some((conversation, seq)) if written.is_same && conversation == id => {
                        Ok((note, seq, false))
                    }
                    _ => Err(AppError::Conflict("client_id_reused")),
                };
            }
            let thread = self.store.lookup_thread(id).await?;
            let thread = thread.ok_or(AppError::NotFound)?;
            self.not_restricted_for(access, thread.contact).await?;
            let note = self
                .stage_note(id, (author, name), text, client_id.map(|c| (c, body)))
                .await?;
            let (_, seq) = self
                .store
                .note_place(note)
                .await?
                .ok_or(AppError::NotFound)?;
            Ok((note, seq, true))
        })
        .await
    }

    async fn stage_note(
        &self,
        id: ConversationId,
        author: (TeammateId, &Pii<String>),
        text: &Pii<String>,
        client: Option<(&str, [u8; 32])>,
    ) -> Result<NoteId, AppError> {
        let thread = self
            .store
            .lookup_thread(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let now = self.now();
        let note = NoteId::from_bytes(self.fresh());
        let mut unit = Unit::new();
        if let Some((client_id, body)) = client {
            let scope = author.0.bytes();
            self.store
                .claim_client_id(&mut unit, scope, client_id, body, note.bytes(), now);
        }
        let preview = Preview {
            kind: PreviewKind::Note,
            text: preview(text.expose(), PREVIEW_CHARS),
            author_name: Some(author.1.expose().clone()),
            attachments: 0,
            at: now.0,
            about: note.bytes(),
            attachment_kind: None,
            card: None,
            deleted: false,
        };
        let append = Append::Note { preview: &preview };
        self.store
            .append(&mut unit, id, thread.contact, &append)
            .await?;
        self.store
            .feed_appended(&mut unit, FeedKind::NoteCreated, id, note.bytes(), now);
        self.store
            .add_note(&mut unit, id, thread.contact, (note, author.0, text), now)
            .await?;
        self.store.commit(unit).await?;
        Ok(note)
    }

    /// The team has seen everything up to `seq`; the contact learns it where the channel can.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn mark_read(
        &self,
        _access: &Access,
        id: ConversationId,
        seq: i64,
    ) -> Result<(), AppError> {
        let conversation = self
            .store
            .lookup_conversation(id)
            .await?
            .ok_or(AppError::NotFound)?;
        if seq <= conversation.team_read_seq || seq > conversation.last_seq {
            return Ok(());
        }
        let mut unit = Unit::new();
        self.store.set_team_read(&mut unit, id, seq);
        self.store
            .feed_conversation(&mut unit, FeedKind::ConversationUpdated, id, self.now());
        self.store.commit(unit).await?;
        if conversation.unread > 0 {
            let app = self.clone();
            tokio::spawn(async move { app.tell_provider(id, SignalKind::Read).await });
        }
        Ok(())
    }

    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn composer(
        &self,
        _access: &Access,
        id: ConversationId,
    ) -> Result<ComposerState, AppError> {
        let conversation = self
            .store
            .lookup_conversation(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let channel = self
            .channel(conversation.channel)
            .await?
            .ok_or(AppError::NotFound)?;
        let capabilities = self.capabilities(&conversation)?;
        let facts = Facts::default();
        let standing = self.standing(&conversation, capabilities, None, &facts);
        let reasons = gate::free_text_reasons(&standing);
        let window = standing.window;
        let templates = if capabilities.templates {
            let all = self.store.templates(conversation.channel).await?;
            all.into_iter().filter(Template::is_approved).collect()
        } else {
            Vec::new()
        };
        let channel_name = channel.name.clone();
        let to = (conversation.contact, conversation.channel);
        let objection = self.open_objection(to).await?;
        Ok(ComposerState {
            objection,
            conversation,
            channel_name,
            capabilities,
            window,
            reasons,
            templates,
        })
    }

    /// # Errors
    /// What the store says.
    pub async fn contacts(
        &self,
        _access: &Access,
        page: PageRequest,
    ) -> Result<Page<Contact>, AppError> {
        Ok(self.store.contacts(page).await?)
    }

    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn contact(&self, access: &Access, id: ContactId) -> Result<ContactView, AppError> {
        let contact = self
            .store
            .lookup_contact(id)
            .await?
            .ok_or(AppError::NotFound)?;
        let mut conversations = Vec::new();
        for conversation in self.store.conversations_of(id).await? {
            conversations.extend(self.store.lookup_conversation(conversation).await?);
        }
        if contact.restricted_at.is_some() && !matches!(access.actor(), Actor::Contact(_)) {
            return Ok(ContactView::withheld(contact, conversations));
        }
        self.store
            .log_read(access, id, "contact", self.now())
            .await?;
        Ok(ContactView {
            contact,
            addresses: self.store.addresses_of(id).await?,
            conversations,
            notices: self.store.notices_served(id).await?,
            consents: self.consent_states(id).await?,
        })
    }

    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NotFound`].
    pub async fn rename_contact(
        &self,
        access: &Access,
        id: ContactId,
        name: &Pii<String>,
    ) -> Result<(), AppError> {
        if let Some(problem) = crate::identity::check_name("name", name) {
            return Err(AppError::Invalid(vec![problem]));
        }
        self.retry(|| async {
            self.not_restricted_for(access, id).await?;
            let mut contact = self
                .store
                .lookup_contact(id)
                .await?
                .ok_or(AppError::NotFound)?;
            contact.name = Some(name.clone().map(|name| name.trim().to_owned()));
            let mut unit = Unit::new();
            self.store.update_contact(&mut unit, &contact).await?;
            self.feed_contact(&mut unit, id).await?;
            Ok(self.store.commit(unit).await?)
        })
        .await
    }

    pub(crate) async fn feed_contact(
        &self,
        unit: &mut Unit,
        id: ContactId,
    ) -> Result<(), AppError> {
        let now = self.now();
        self.store
            .feed_subject(unit, FeedKind::ContactUpdated, id.bytes(), now);
        for conversation in self.store.conversations_of(id).await? {
            self.store.touch_conversation(unit, conversation);
            self.store
                .feed_conversation(unit, FeedKind::ConversationUpdated, conversation, now);
        }
        Ok(())
    }

    /// Snoozed conversations whose time has come are open again.
    ///
    /// # Errors
    /// What the store says.
    pub async fn wake_snoozed(&self, now: Timestamp) -> Result<usize, AppError> {
        let due = self.store.due_snoozes(now, 100).await?;
        for id in &due {
            let woken = ConversationChange {
                status: Some(Status::Open),
                ..Default::default()
            };
            let access = Access::house(domain::teammate::Right::WriteMessages);
            match self.change_conversation(&access, *id, &woken).await {
                Ok(_) | Err(AppError::NotFound | AppError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(due.len())
    }
}

/// Who stands beside a change in the timeline.
pub(crate) const fn author_of(access: &Access) -> Author {
    match access.actor() {
        Actor::Teammate(id) => Author::Teammate(id),
        Actor::Token { teammate, .. } => Author::Api(teammate),
        Actor::Contact(id) => Author::Contact(id),
        Actor::House => Author::House,
    }
}

type Told = Vec<(ActivityKind, BTreeMap<String, String>)>;

fn apply(
    state: State,
    change: &ConversationChange,
    now: Timestamp,
) -> Result<(State, Told), AppError> {
    let refuse = |error: ChangeError| {
        let key = match error {
            ChangeError::SnoozeInThePast | ChangeError::SnoozeWithoutEnd => "field-time",
        };
        AppError::invalid("snoozed_until", key)
    };
    let mut next = state;
    let mut told = Told::new();
    if let Some(assignee) = change.assignee {
        next = next.apply(Change::Assign(assignee), now).map_err(refuse)?;
    }
    if let Some(until) = change.snoozed_until {
        next = next.apply(Change::Snooze(until), now).map_err(refuse)?;
    } else if let Some(status) = change.status {
        next = next.apply(Change::SetStatus(status), now).map_err(refuse)?;
    }
    if next.assignee != state.assignee {
        let (kind, facts) = match next.assignee {
            None => (ActivityKind::Unassigned, BTreeMap::new()),
            Some(id) => (
                ActivityKind::Assigned,
                BTreeMap::from([("assignee_id".to_owned(), id.to_string())]),
            ),
        };
        told.push((kind, facts));
    }
    if next.status != state.status || next.snoozed_until != state.snoozed_until {
        let mut facts = BTreeMap::from([("status".to_owned(), next.status.as_str().to_owned())]);
        if let Some(until) = next.snoozed_until {
            facts.insert("until_ms".to_owned(), until.0.to_string());
        }
        told.push((ActivityKind::StatusChanged, facts));
    }
    Ok((next, told))
}
