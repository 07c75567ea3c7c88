//! The customers' interface. Nothing is stored and no cookie is set before a session is asked
//! for, which the page does with the first tap.

pub mod attachments;
pub mod consents;
pub mod entries;
pub mod messages;
pub mod sessions;

use axum::Router;
use axum::routing::{get, post};

use crate::Http;

pub fn router() -> Router<Http> {
    Router::new()
        .route("/entries/{slug}", get(entries::show))
        .route("/notices/{version}", get(entries::notice))
        .route("/sessions", post(sessions::start))
        .route("/session", get(sessions::show).delete(sessions::end))
        .route("/timeline", get(messages::timeline))
        .route("/messages", post(messages::write))
        .route("/read", post(messages::read))
        .route("/consents", get(consents::list))
        .route("/consents/serve", post(consents::serve))
        .route("/consents/request", post(consents::request))
        .route("/consents/confirm", post(consents::confirm))
        .route("/consents/withdraw", post(consents::withdraw))
        .route("/attachments", post(attachments::upload))
        .route("/attachments/{id}/content", get(attachments::content))
        .route("/live", get(crate::live::chat))
}
