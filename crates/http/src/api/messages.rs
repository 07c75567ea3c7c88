//! Messages to the contact.

use app::{SendInput, TemplateRequest};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::content::{Choice, Choices, Section};
use domain::teammate::Right;
use domain::{ConversationId, MessageId, Pii};
use i18n::Language;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Http;
use crate::api::choice;
use crate::api::own_words;
use crate::dto::{ChoiceSet, NewMessageDto, TimelineItemDto, Viewer};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Who, idempotency_key};

fn choices_of(set: ChoiceSet, lang: Language) -> Result<Choices, Problem> {
    let items = set
        .items
        .into_iter()
        .map(|item| Choice {
            id: item.id,
            title: item.title,
            description: item.description,
        })
        .collect();
    match set.kind.as_str() {
        "buttons" => Ok(Choices::Buttons(items)),
        "list" => Ok(Choices::List {
            open: set.open.unwrap_or_default(),
            sections: vec![Section {
                title: None,
                rows: items,
            }],
        }),
        _ => Err(choice("choices.kind", "buttons, list", lang)),
    }
}

fn input_of(new: NewMessageDto, key: Option<&str>, lang: Language) -> Result<SendInput, Problem> {
    let mut attachments = Vec::new();
    for (place, id) in new.attachments.iter().enumerate() {
        let field = format!("attachments.{place}");
        attachments.push(
            id.parse()
                .map_err(|_| Problem::field(&field, "field-id", lang))?,
        );
    }
    let quote = match new.quote {
        None => None,
        Some(id) => Some(
            id.parse()
                .map_err(|_| Problem::field("quote", "field-id", lang))?,
        ),
    };
    let texts = |values: Vec<String>| values.into_iter().map(Pii::new).collect();
    let template = new.template.map(|template| TemplateRequest {
        name: template.name,
        language: template.language,
        header: texts(template.parameters.header),
        body: texts(template.parameters.body),
        buttons: texts(template.parameters.buttons),
    });
    let choices = match new.choices {
        None => None,
        Some(set) => Some(choices_of(set, lang)?),
    };
    Ok(SendInput {
        client_id: new.client_id.or_else(|| key.map(str::to_owned)),
        text: new.text.map(Pii::new),
        attachments,
        quote,
        template,
        choices,
        purpose: new.purpose,
    })
}

impl Http {
    /// A message in the reader's words, as the timeline shows it.
    pub(crate) async fn message_dto(
        &self,
        conversation: ConversationId,
        message: MessageId,
        access: &domain::access::Access,
        lang: Language,
        viewer: Viewer,
    ) -> Result<TimelineItemDto, Problem> {
        let item = self.app.message_item(access, conversation, message).await;
        let item = item.map_err(|error| Problem::of(error, lang))?;
        Ok(TimelineItemDto::of(&item, lang, viewer))
    }
}

/// Writes to the contact. The gate decides; its reasons come back with 409.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/messages", tag = "messages",
    params(("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Serves as `client_id` where the body has none.")),
    request_body = NewMessageDto,
    responses((status = 201, body = TimelineItemDto), (status = 200, body = TimelineItemDto),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn send(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ConversationId>,
    headers: HeaderMap,
    Json(new): Json<NewMessageDto>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let key = idempotency_key(&headers, who.lang)?;
    let input = input_of(new, key.as_deref(), who.lang)?;
    // The answer shows what was written, which needs no right to read; what it quotes does.
    if input.quote.is_some() {
        who.may(Right::ReadConversations)?;
    }
    let name = &who.identity.teammate.name;
    let sent = http
        .app
        .send(&access, id, name, &input)
        .await
        .map_err(who.problem())?;
    let body = http
        .message_dto(
            sent.conversation,
            sent.message,
            &own_words(),
            who.lang,
            Viewer::Desk,
        )
        .await?;
    let status = if sent.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(body)).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReactWith {
    /// One emoji; `null` takes the reaction back.
    pub emoji: Option<String>,
}

/// Reacts to a message of the contact, or takes the reaction back.
#[utoipa::path(put, path = "/api/v1/messages/{id}/reaction", tag = "messages",
    params(("id" = String, Path)), request_body = ReactWith,
    responses((status = 200, body = TimelineItemDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn react(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<MessageId>,
    Json(reaction): Json<ReactWith>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let reader = who.may(Right::ReadConversations)?;
    let emoji = reaction.emoji.map(Pii::new);
    let message = http
        .app
        .react(&access, id, emoji)
        .await
        .map_err(who.problem())?;
    let body = http
        .message_dto(message.conversation, id, &reader, who.lang, Viewer::Desk)
        .await?;
    Ok(axum::Json(body).into_response())
}

/// Sends a failed or unknown message again. Only a person decides that.
#[utoipa::path(post, path = "/api/v1/messages/{id}/retry", tag = "messages",
    params(("id" = String, Path)),
    responses((status = 200, body = TimelineItemDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub async fn retry(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<MessageId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::WriteMessages)?;
    let message = http
        .app
        .send_again(&access, id)
        .await
        .map_err(who.problem())?;
    let body = http
        .message_dto(
            message.conversation,
            id,
            &own_words(),
            who.lang,
            Viewer::Desk,
        )
        .await?;
    Ok(axum::Json(body).into_response())
}
