//! Sending: the gate decides, one unit writes the message and the job that will carry it.

mod again;
mod judged;
mod template;

pub(crate) use judged::meant;
pub use template::TemplateRequest;

use domain::access::{Access, Actor};
use domain::channel::{Capabilities, MediaKind};
use domain::content::{Choices, Content, Quote, TemplateUse, preview};
use domain::delivery::DeliveryState;
use domain::gate::{FileFact, Intent, SendPermit, SendRequest, TemplateUseFact};
use domain::{AttachmentId, ConversationId, JobId, MessageId, Pii, TeammateId, Timestamp, limits};
use store::{
    Aim, Append, AttachmentState, Author, Conversation, Decision, Direction, FeedKind, Guard,
    JobKind, NewJob, NewMessage, Preview, PreviewKind, StoredAttachment, StoredMessage, Unit,
};
use vault::digest;

use crate::identity::check_signs;
use crate::{App, AppError, FieldProblem};

#[derive(Clone, Default)]
pub struct SendInput {
    pub client_id: Option<String>,
    pub text: Option<Pii<String>>,
    pub attachments: Vec<AttachmentId>,
    pub quote: Option<MessageId>,
    pub template: Option<TemplateRequest>,
    pub choices: Option<Choices>,
    /// The purpose whose consent it rests on; absent for an answer.
    pub purpose: Option<String>,
}

/// The message that was written, and whether it was written now or before.
pub struct Sent {
    pub conversation: ConversationId,
    pub message: MessageId,
    pub created: bool,
}

/// One message of ours that goes out: what is asked for may become several of them.
pub(crate) struct Piece {
    pub(crate) id: MessageId,
    content: Content,
    files: Vec<StoredAttachment>,
}

impl SendInput {
    /// What makes two inputs the same. Length-prefixed, so that no two different inputs meet.
    fn digest(&self) -> [u8; 32] {
        let mut bytes = Vec::new();
        let mut add = |part: &[u8]| {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        };
        add(self
            .text
            .as_ref()
            .map_or(b"", |text| text.expose().as_bytes()));
        for id in &self.attachments {
            add(&id.bytes());
        }
        add(&self.quote.map_or([0; 16], MessageId::bytes));
        if let Some(template) = &self.template {
            add(template.name.as_bytes());
            add(template.language.as_bytes());
            for value in template
                .header
                .iter()
                .chain(&template.body)
                .chain(&template.buttons)
            {
                add(value.expose().as_bytes());
            }
        }
        match &self.choices {
            None => {}
            Some(Choices::Buttons(buttons)) => buttons.iter().for_each(|b| add(b.id.as_bytes())),
            Some(Choices::List { sections, .. }) => {
                sections
                    .iter()
                    .flat_map(|s| &s.rows)
                    .for_each(|row| add(row.id.as_bytes()));
            }
        }
        if let Some(purpose) = &self.purpose {
            add(b"purpose");
            add(purpose.as_bytes());
        }
        digest(&bytes)
    }

    fn request<'a>(
        &self,
        files: &[StoredAttachment],
        template: Option<&'a TemplateUseFact>,
        intent: Intent,
    ) -> SendRequest<'a> {
        let chars = |text: &str| text.chars().count();
        let (buttons, list_rows) = match &self.choices {
            None => (Vec::new(), Vec::new()),
            Some(Choices::Buttons(buttons)) => (
                buttons.iter().map(|button| chars(&button.title)).collect(),
                Vec::new(),
            ),
            Some(Choices::List { sections, .. }) => {
                let rows = sections.iter().flat_map(|section| &section.rows);
                let sizes = rows.map(|row| {
                    (
                        chars(&row.title),
                        row.description.as_deref().map_or(0, chars),
                    )
                });
                (Vec::new(), sizes.collect())
            }
        };
        SendRequest {
            text_chars: self.text.as_ref().map_or(0, |text| chars(text.expose())),
            files: files.iter().map(file_fact).collect(),
            buttons,
            list_rows,
            template,
            reaction: false,
            intent,
        }
    }
}

pub(crate) fn file_fact(file: &StoredAttachment) -> FileFact {
    FileFact {
        kind: file.kind,
        mime: file.mime.clone(),
        bytes: usize::try_from(file.size).unwrap_or(usize::MAX),
    }
}

pub(crate) fn check_client_id(client_id: Option<&str>) -> Option<FieldProblem> {
    let id = client_id?;
    let fits = (1..=limits::CLIENT_ID_CHARS_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    (!fits).then(|| {
        FieldProblem::new("client_id", "field-client-id").with("max", limits::CLIENT_ID_CHARS_MAX)
    })
}

impl App {
    /// Writes a message to the contact.
    ///
    /// # Errors
    /// [`AppError::Refused`] with every reason of the gate; [`AppError::Conflict`] when the
    /// client id was used for something else.
    pub async fn send(
        &self,
        access: &Access,
        id: ConversationId,
        name: &Pii<String>,
        input: &SendInput,
    ) -> Result<Sent, AppError> {
        let author = self.author_of(access)?;
        let text = input.text.as_ref();
        let signs = || text.and_then(|text| check_signs("text", text.expose()));
        if let Some(problem) = check_client_id(input.client_id.as_deref()).or_else(signs) {
            return Err(AppError::Invalid(vec![problem]));
        }
        // The provider's text is all that a template carries; beside it, nothing would be sent.
        let beside = !input.attachments.is_empty()
            || input.choices.is_some()
            || input
                .text
                .as_ref()
                .is_some_and(|text| !text.expose().trim().is_empty());
        if input.template.is_some() && beside {
            return Err(AppError::invalid("template", "template-alone"));
        }
        self.retry_up_to(limits::COMMIT_TRIES_CROWDED, || async {
            if let Some(sent) = self.sent_before(author, id, input).await? {
                return Ok(sent);
            }
            let conversation = self
                .store
                .lookup_conversation(id)
                .await?
                .ok_or(AppError::NotFound)?;
            let files = self
                .files_to_send(access, "attachments", &input.attachments)
                .await?;
            let (used, written) = self.template_of(&conversation, input).await?.unzip();
            let headed = used.as_ref().map_or_else(Vec::new, template::files_of);
            let headed = self
                .files_to_send(access, "template.parameters.header", &headed)
                .await?;
            let words = written.as_ref().and_then(Option::as_ref);
            let words = words.or(input.text.as_ref());
            let aim = self.aim_of(input.purpose.as_deref()).await?;
            let intent = meant(&aim, words);
            let permit = self
                .permit(&conversation, input, used.as_ref(), &files, intent)
                .await?;
            let able = self.capabilities(&conversation)?;
            let quote = self.quote_of(&conversation, input.quote).await?;
            let text = written.flatten().or_else(|| input.text.clone());
            let files = if used.is_some() { headed } else { files };
            let pieces = self.pieces(input, (text, used), quote, files, able);
            let unit = self
                .stage(&conversation, author, name, input, &pieces, (&permit, &aim))
                .await?;
            let first = pieces
                .first()
                .map(|piece| piece.id)
                .ok_or(AppError::NotFound)?;
            match self.store.commit(unit).await.map_err(AppError::from) {
                // Somebody with the same id was faster: next time it is found above.
                Err(error) if error.is_guard(Guard::ClientId) => Err(error),
                Err(error) => Err(error),
                Ok(()) => Ok(Sent {
                    conversation: id,
                    message: first,
                    created: true,
                }),
            }
        })
        .await
    }

    pub(crate) fn author_of(&self, access: &Access) -> Result<Author, AppError> {
        match access.actor() {
            Actor::Teammate(id) => Ok(Author::Teammate(id)),
            Actor::Token { teammate, .. } => Ok(Author::Api(teammate)),
            Actor::Contact(_) | Actor::House => Err(AppError::NotFound),
        }
    }

    async fn sent_before(
        &self,
        author: Author,
        conversation: ConversationId,
        input: &SendInput,
    ) -> Result<Option<Sent>, AppError> {
        let (Some(client_id), Some(teammate)) = (&input.client_id, author.teammate()) else {
            return Ok(None);
        };
        let scope = scope(teammate, conversation);
        let written = self
            .store
            .lookup_client_write(scope, client_id, input.digest())
            .await?;
        match written {
            None => Ok(None),
            Some(written) if !written.is_same => Err(AppError::Conflict("client_id_reused")),
            Some(written) => Ok(Some(Sent {
                conversation,
                message: MessageId::from_bytes(written.result),
                created: false,
            })),
        }
    }

    async fn files_to_send(
        &self,
        access: &Access,
        field: &str,
        ids: &[AttachmentId],
    ) -> Result<Vec<StoredAttachment>, AppError> {
        let mut files = Vec::with_capacity(ids.len().min(limits::ATTACHMENTS_PER_MESSAGE_MAX));
        for (place, id) in ids.iter().enumerate() {
            let unusable = || AppError::invalid(format!("{field}.{place}"), "attachment-unusable");
            if place >= limits::ATTACHMENTS_PER_MESSAGE_MAX || ids[..place].contains(id) {
                return Err(unusable());
            }
            let file = self
                .store
                .lookup_attachment(*id)
                .await?
                .ok_or_else(unusable)?;
            let mine = access.actor().teammate().map(TeammateId::bytes) == file.uploader;
            if !mine || file.message.is_some() || file.state != AttachmentState::Stored {
                return Err(unusable());
            }
            files.push(file);
        }
        Ok(files)
    }

    /// The template as it is sent, and as the person will read it.
    async fn template_of(
        &self,
        conversation: &Conversation,
        input: &SendInput,
    ) -> Result<Option<(TemplateUse, Option<Pii<String>>)>, AppError> {
        let Some(wanted) = &input.template else {
            return Ok(None);
        };
        let known = self
            .store
            .lookup_template(conversation.channel, &wanted.name, &wanted.language)
            .await?;
        let written = known.as_ref().map(|template| wanted.written(template));
        Ok(Some((wanted.resolve(known.as_ref()), written)))
    }

    async fn quote_of(
        &self,
        conversation: &Conversation,
        quoted: Option<MessageId>,
    ) -> Result<Option<Quote>, AppError> {
        let Some(id) = quoted else { return Ok(None) };
        let message = self.store.lookup_message(id).await?;
        let message = message
            .filter(|message| message.conversation == conversation.id)
            .ok_or_else(|| AppError::invalid("quote", "quote-unknown"))?;
        Ok(Some(quote_from(&message)))
    }

    /// Splits what was asked for into messages the channel can carry: a file each where it takes
    /// one a message, and the text before a file that takes no caption.
    pub(crate) fn pieces(
        &self,
        input: &SendInput,
        (text, template): (Option<Pii<String>>, Option<TemplateUse>),
        quote: Option<Quote>,
        files: Vec<StoredAttachment>,
        able: &Capabilities,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut text = text.filter(|text| !text.expose().trim().is_empty());
        let mut quote = quote;
        let mut piece = |content: Content, files: Vec<StoredAttachment>| {
            pieces.push(Piece {
                id: MessageId::from_bytes(self.fresh()),
                content,
                files,
            });
        };
        // What a template shows above its text goes with it, and nothing else does.
        if files.is_empty() || template.is_some() {
            let content = Content {
                text,
                quote,
                choices: input.choices.clone(),
                template,
                ..Content::default()
            };
            piece(content, files);
            return pieces;
        }
        let long = text
            .as_ref()
            .is_some_and(|t| t.expose().chars().count() > able.caption_chars_max);
        let captioned = files.first().is_some_and(|file| takes_caption(file, able));
        if input.choices.is_some() || (text.is_some() && (long || !captioned)) {
            let content = Content {
                text: text.take(),
                quote: quote.take(),
                choices: input.choices.clone(),
                ..Content::default()
            };
            piece(content, Vec::new());
        }
        let mut files = files.into_iter().peekable();
        while files.peek().is_some() {
            let bundle: Vec<_> = files.by_ref().take(able.files_per_message.max(1)).collect();
            let content = Content {
                text: text.take(),
                quote: quote.take(),
                ..Content::default()
            };
            piece(content, bundle);
        }
        pieces
    }

    pub(crate) async fn stage(
        &self,
        conversation: &Conversation,
        author: Author,
        name: &Pii<String>,
        input: &SendInput,
        pieces: &[Piece],
        (permit, aim): (&SendPermit, &Aim),
    ) -> Result<Unit, AppError> {
        let now = permit.decided_at();
        let mut unit = Unit::new();
        if let (Some(client_id), Some(teammate), Some(first)) =
            (&input.client_id, author.teammate(), pieces.first())
        {
            let scope = scope(teammate, conversation.id);
            let digest = input.digest();
            self.store
                .claim_client_id(&mut unit, scope, client_id, digest, first.id.bytes(), now);
        }
        let state = conversation.state.on_answer(author.teammate());
        for (place, piece) in pieces.iter().enumerate() {
            let preview = outbound_preview(piece, name, now);
            let version = conversation.version + i64::try_from(place).unwrap_or(0);
            // What the house says by itself is nobody's answer: the conversation waits on.
            let append = if author == Author::House {
                Append::Echo {
                    at: now,
                    preview: &preview,
                }
            } else {
                Append::Answer {
                    at: now,
                    state,
                    version,
                    preview: &preview,
                }
            };
            self.store
                .append(&mut unit, conversation.id, conversation.contact, &append)
                .await?;
            let message = NewMessage {
                id: piece.id,
                conversation: conversation.id,
                contact: conversation.contact,
                channel: conversation.channel,
                direction: Direction::Outbound,
                author,
                author_name: Some(name.clone()),
                content: piece.content.clone(),
                client_id: if place == 0 {
                    input.client_id.clone()
                } else {
                    None
                },
                at: now,
                now,
                provider_id: None,
                attachments: i64::try_from(piece.files.len()).unwrap_or(0),
                state: Some(DeliveryState::Queued),
                aim: aim.clone(),
            };
            let kind = FeedKind::MessageCreated;
            self.store
                .feed_appended(&mut unit, kind, conversation.id, piece.id.bytes(), now);
            self.store.add_message(&mut unit, &message).await?;
            let decision = permitted(piece.id, permit, aim);
            self.store.add_decision(&mut unit, &decision);
            for (position, file) in piece.files.iter().enumerate() {
                let place = (conversation.contact, conversation.id, piece.id);
                let position = i64::try_from(position).unwrap_or(0);
                self.store
                    .place_attachment(&mut unit, file, place, position)
                    .await?;
            }
            let job = self.deliver_job(conversation.id, piece.id, now);
            self.store.add_job(&mut unit, &job);
        }
        Ok(unit)
    }

    pub(crate) fn deliver_job(
        &self,
        conversation: ConversationId,
        message: MessageId,
        now: Timestamp,
    ) -> NewJob {
        NewJob {
            id: JobId::from_bytes(self.fresh()),
            kind: JobKind::Deliver,
            lane: conversation.bytes(),
            subject: message.bytes(),
            now,
        }
    }
}

/// What is kept of the gate's yes.
fn permitted(message: MessageId, permit: &SendPermit, aim: &Aim) -> Decision {
    Decision {
        message,
        number: 0,
        at: permit.decided_at(),
        class: permit.class(),
        purpose: aim.purpose.clone(),
        reasons: Vec::new(),
        rule_version: permit.rule_version(),
        consent_events: permit.consent_events().to_vec(),
    }
}

/// A client id is the author's own, within one conversation.
fn scope(teammate: TeammateId, conversation: ConversationId) -> [u8; 16] {
    let mut scope = teammate.bytes();
    for (byte, other) in scope.iter_mut().zip(conversation.bytes()) {
        *byte ^= other.rotate_left(1);
    }
    scope
}

fn takes_caption(file: &StoredAttachment, able: &Capabilities) -> bool {
    able.media_rule(file.kind, &file.mime)
        .or_else(|| able.media_rule(MediaKind::File, &file.mime))
        .is_some_and(|rule| rule.caption)
}

/// Characters of a quoted text that are kept with the quote.
const QUOTE_CHARS: usize = 200;
pub(crate) const PREVIEW_CHARS: usize = 140;

pub(crate) fn quote_from(message: &StoredMessage) -> Quote {
    Quote {
        message_id: Some(message.id),
        provider_id: message.provider_id.clone(),
        text: message
            .content
            .text
            .as_ref()
            .map(|text| Pii::new(preview(text.expose(), QUOTE_CHARS))),
        author_name: message.author_name.clone(),
    }
}

fn outbound_preview(piece: &Piece, name: &Pii<String>, now: Timestamp) -> Preview {
    let text = match (&piece.content.text, &piece.content.template) {
        (Some(text), _) => preview(text.expose(), PREVIEW_CHARS),
        (None, Some(template)) => template.name.clone(),
        (None, None) => String::new(),
    };
    Preview {
        kind: PreviewKind::Outbound,
        text,
        author_name: Some(name.expose().clone()),
        attachments: i64::try_from(piece.files.len()).unwrap_or(0),
        at: now.0,
        about: piece.id.bytes(),
        attachment_kind: piece
            .files
            .first()
            .map(|file| file.kind.as_str().to_owned()),
        card: None,
        deleted: false,
    }
}
