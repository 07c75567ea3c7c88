//! The teammates' interface, one file a noun.

pub mod attachments;
pub mod channels;
pub mod company;
pub mod consents;
pub mod contacts;
pub mod conversations;
pub mod entries;
pub mod erasures;
pub mod exports;
pub mod messages;
pub mod notes;
pub mod notices;
pub mod objections;
pub mod passkeys;
pub mod people;
pub mod purposes;
pub mod restrictions;
pub mod session;
pub mod setup;
pub mod teammates;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};
use domain::access::Access;
use domain::teammate::Right;

use crate::Http;

pub fn router() -> Router<Http> {
    Router::new()
        .route("/setup", get(setup::needed).post(setup::set_up))
        .route(
            "/session",
            get(session::show)
                .post(session::sign_in)
                .delete(session::sign_out),
        )
        .route("/session/confirm", post(session::confirm))
        .route("/session/password", put(session::change_password))
        .route("/session/others", delete(session::end_others))
        .route("/session/passkey/start", post(passkeys::start_sign_in))
        .route("/session/passkey/finish", post(passkeys::finish_sign_in))
        .route("/passkeys", get(passkeys::list))
        .route("/passkeys/start", post(passkeys::start))
        .route("/passkeys/finish", post(passkeys::finish))
        .route("/passkeys/{id}", delete(passkeys::remove))
        .route("/teammates", get(teammates::list))
        .route("/teammates/{id}", patch(teammates::change))
        .route("/tokens", get(teammates::tokens))
        .route("/tokens/{id}", delete(teammates::revoke_token))
        .route("/company", get(company::show).patch(company::change))
        .route("/channels", get(channels::list).post(channels::create))
        .route("/channels/{id}", patch(channels::change))
        .route("/entries", get(entries::list).post(entries::create))
        .route("/entries/{id}", patch(entries::change))
        .route("/entries/{id}/qr.svg", get(entries::qr))
        .route("/conversations", get(conversations::list))
        .route("/conversations/counts", get(conversations::counts))
        .route(
            "/conversations/{id}",
            get(conversations::show).patch(conversations::change),
        )
        .route("/conversations/{id}/timeline", get(conversations::timeline))
        .route("/conversations/{id}/composer", get(conversations::composer))
        .route("/conversations/{id}/read", post(conversations::read))
        .route("/conversations/{id}/messages", post(messages::send))
        .route(
            "/conversations/{id}/my-data-link",
            post(conversations::send_my_data_link),
        )
        .route("/conversations/{id}/notes", post(notes::create))
        .route("/messages/{id}/reaction", put(messages::react))
        .route("/messages/{id}/retry", post(messages::retry))
        .route("/attachments", post(attachments::upload))
        .route("/attachments/{id}/content", get(attachments::content))
        .route("/contacts", get(contacts::list))
        .route(
            "/contacts/{id}",
            get(contacts::show).patch(contacts::change),
        )
        .route("/live", get(crate::live::desk))
        .route("/openapi.json", get(crate::openapi::document))
        .merge(data_protection())
}

/// What people agreed to, what they may ask for, and what was erased.
fn data_protection() -> Router<Http> {
    Router::new()
        .route("/contacts/{id}/erasure", get(erasures::preview))
        .route(
            "/contacts/{id}/restrictions",
            get(restrictions::list).post(restrictions::restrict),
        )
        .route("/contacts/{id}/restrictions/lift", post(restrictions::lift))
        .route("/people", post(people::find))
        .route("/contacts/{id}/exports", post(exports::begin))
        .route("/exports", get(exports::list))
        .route("/exports/{id}", get(exports::show))
        .route("/exports/{id}/content", get(exports::content))
        .route("/erasures", get(erasures::list).post(erasures::begin))
        .route("/erasures/{id}", get(erasures::show))
        .route("/tombstones", get(erasures::tombstones))
        .route("/holds", get(erasures::holds).post(erasures::hold))
        .route("/holds/{id}/agree", post(erasures::agree))
        .route("/holds/{id}", delete(erasures::end_hold))
        .route(
            "/contacts/{id}/consents",
            get(consents::list).post(consents::ask),
        )
        .route("/contacts/{id}/consents/withdraw", post(consents::withdraw))
        .route("/contacts/{id}/consents/package", get(consents::package))
        .route("/contacts/{id}/consents/sheet", get(consents::sheet))
        .route("/consents/invitations", post(consents::invite))
        .route("/consents/key", get(consents::key))
        .route("/objections", get(objections::list))
        .route("/contacts/{id}/objections", post(objections::settle))
        .route("/purposes", get(purposes::list).post(purposes::create))
        .route("/notices", get(notices::list).post(notices::publish))
}

/// Who wrote something is shown what it wrote, also where it may read nothing else.
fn own_words() -> Access {
    Access::house(Right::ReadConversations)
}

/// A value that is none of the possible ones.
#[must_use]
pub fn choice(field: &str, choices: &str, lang: i18n::Language) -> crate::problem::Problem {
    let problem = app::FieldProblem::new(field, "field-choice").with("choices", choices);
    crate::problem::Problem::invalid(&[problem], lang)
}
