//! The OpenAPI document, from the code.

use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::{api, callbacks, chat, dto, health, me};

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let Some(components) = document.components.as_mut() else {
            return;
        };
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let cookie = |name: &str| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)));
        components.add_security_scheme("session_cookie", cookie(crate::request::SESSION_COOKIE));
        components.add_security_scheme("chat_cookie", cookie(crate::request::CHAT_COOKIE));
        components.add_security_scheme("my_cookie", cookie(me::MY_COOKIE));
    }
}

/// What is true of every operation is said once: problems have their own content type, any body
/// can be malformed, too large, of another type or too slow, and the house can be busy.
struct Problems;

const OF_A_BODY: [(&str, &str); 4] = [
    ("400", "The body is not what was expected."),
    ("408", "The body came too slowly."),
    ("413", "The body is too large."),
    ("415", "The body is of another type."),
];
const OF_ANYTHING: [(&str, &str); 2] = [
    ("503", "The house is busy; try again after `Retry-After`."),
    ("507", "The disk is full; nothing was written."),
];

impl Modify for Problems {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.put,
                &mut item.post,
                &mut item.delete,
                &mut item.patch,
            ];
            for operation in operations.into_iter().flatten() {
                let mut common: Vec<(&str, &str)> = OF_ANYTHING.to_vec();
                if operation.request_body.is_some() {
                    common.extend(OF_A_BODY);
                }
                for (status, description) in common {
                    operation
                        .responses
                        .responses
                        .entry(status.to_owned())
                        .or_insert_with(|| problem(description).into());
                }
                for (status, response) in &mut operation.responses.responses {
                    if let RefOr::T(response) = response
                        && status.starts_with(['4', '5'])
                    {
                        *response = problem(&response.description);
                    }
                }
            }
        }
    }
}

fn problem(description: &str) -> utoipa::openapi::Response {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", body)
        .build()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tresen",
        description = "Teammates' interface under /api/v1, customers' interface under /chat/v1, \
            a person's own data under /me/v1, providers' callbacks. JSON is snake_case, times \
            are RFC 3339 in UTC with milliseconds, ids are typed. Errors are RFC 9457 problems with a stable code.",
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    security(("token" = []), ("session_cookie" = [])),
    modifiers(&Security, &Problems),
    paths(
        api::setup::needed, api::setup::set_up,
        api::session::sign_in, api::session::show, api::session::sign_out,
        api::session::confirm, api::session::change_password, api::session::end_others,
        api::passkeys::list, api::passkeys::start, api::passkeys::finish,
        api::passkeys::start_sign_in, api::passkeys::finish_sign_in,
        api::passkeys::remove,
        api::teammates::list, api::teammates::change, api::teammates::tokens,
        api::teammates::revoke_token,
        api::company::show, api::company::change,
        api::channels::list, api::channels::create, api::channels::change,
        api::entries::list, api::entries::create, api::entries::change, api::entries::qr,
        api::conversations::list, api::conversations::counts, api::conversations::show,
        api::conversations::timeline, api::conversations::composer, api::conversations::change,
        api::conversations::read, api::conversations::send_my_data_link,
        api::messages::send, api::messages::react, api::messages::retry,
        api::notes::create,
        api::attachments::upload, api::attachments::content,
        api::consents::list, api::consents::ask, api::consents::withdraw, api::consents::package,
        api::consents::invite, api::consents::key, api::consents::sheet,
        api::objections::list, api::objections::settle,
        api::purposes::list, api::purposes::create,
        api::notices::list, api::notices::publish,
        me::door::begin, me::door::end, me::door::code, me::door::confirm,
        me::view::overview, me::view::export, me::view::show_export, me::view::content,
        me::wishes::correct, me::wishes::withdraw, me::wishes::restrict, me::wishes::lift,
        me::wishes::erase, me::wishes::keep,
        chat::consents::list, chat::consents::serve, chat::consents::request,
        chat::consents::confirm, chat::consents::withdraw,
        api::contacts::list, api::contacts::show, api::contacts::change,
        api::erasures::preview, api::erasures::begin, api::erasures::list, api::erasures::show,
        api::erasures::tombstones, api::erasures::hold, api::erasures::holds,
        api::erasures::agree, api::erasures::end_hold,
        api::restrictions::list, api::restrictions::restrict, api::restrictions::lift,
        api::exports::begin, api::exports::list, api::exports::show, api::exports::content,
        api::people::find,
        chat::entries::show, chat::entries::notice,
        chat::sessions::start, chat::sessions::show, chat::sessions::end,
        chat::messages::timeline, chat::messages::write, chat::messages::read,
        chat::attachments::upload, chat::attachments::content,
        callbacks::handshake, callbacks::take,
        health::healthz, health::readyz, health::metrics,
    ),
    components(schemas(
        dto::LiveFrame, dto::LiveEventDto, dto::ChatFrame, dto::ChatEventDto,
        dto::ChatConversationDto, dto::NoteDto, dto::ActivityDto, dto::MessageDto,
    ))
)]
struct Document;

/// The document as pretty JSON, always the same for the same code.
#[must_use]
pub fn text() -> String {
    let document = Document::openapi();
    let mut text = document
        .to_pretty_json()
        .unwrap_or_else(|_| "{}".to_owned());
    text.push('\n');
    text
}

/// Describes this interface.
pub async fn document() -> Response {
    (
        [(axum::http::header::CONTENT_TYPE, "application/json")],
        text(),
    )
        .into_response()
}
