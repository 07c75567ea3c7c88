//! The edge: the teammates' interface, the customers' interface, providers' callbacks, live
//! sockets and the embedded pages. Business rules live below, in `app`.

pub mod api;
pub mod callbacks;
pub mod chat;
pub mod dto;
pub mod edge;
mod files;
mod health;
mod live;
mod measure;
pub mod openapi;
mod pages;
pub mod peer;
pub mod problem;
pub mod request;

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use i18n::Language;
use telemetry::Metrics;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use peer::Network;
use problem::Problem;

/// Uploads taken at once: each may hold its whole file in memory for a moment.
const UPLOADS_AT_ONCE: usize = 4;

/// What the operator decides about the edge.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Proxies whose word about who asks is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: Network::own_machine(),
        }
    }
}

/// What every handler needs. Cloned several times a request, so a clone is one counter.
#[derive(Clone)]
pub struct Http(Arc<Shared>);

impl std::ops::Deref for Http {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What all clones of [`Http`] share.
#[derive(Clone)]
pub struct Shared {
    pub(crate) app: App,
    pub(crate) hub: Arc<live::Hub>,
    pub(crate) metrics: Option<Metrics>,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) settings: Arc<HttpSettings>,
    uploads: Arc<Semaphore>,
}

impl Http {
    /// `stopping` turns true when the process wants to end: live sockets are closed then.
    #[must_use]
    pub fn new(app: App, metrics: Option<Metrics>, stopping: watch::Receiver<bool>) -> Self {
        let hub = live::Hub::start(app.clone(), stopping.clone());
        Self(Arc::new(Shared {
            app,
            hub,
            metrics,
            stopping,
            settings: Arc::default(),
            uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)),
        }))
    }

    /// The same house with other decisions of its operator.
    #[must_use]
    pub fn with(mut self, settings: HttpSettings) -> Self {
        Arc::make_mut(&mut self.0).settings = Arc::new(settings);
        self
    }

    /// All routes.
    pub fn router(self) -> Router {
        Router::new()
            .nest("/api/v1", api::router())
            .nest("/chat/v1", chat::router())
            .route(
                "/callbacks/{channel_id}",
                get(callbacks::handshake).post(callbacks::take),
            )
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .route("/metrics", get(health::metrics))
            .route("/notices/{version}", get(chat::entries::notice_page))
            .route("/chat.js", get(pages::loader))
            .route("/c/sw.js", get(pages::service_worker))
            .route("/c/{slug}", get(pages::chat))
            .route("/c/{slug}/manifest.webmanifest", get(pages::manifest))
            .route("/_desk/{*path}", get(pages::desk_asset))
            .route("/_chat/{*path}", get(pages::chat_asset))
            .fallback(pages::desk)
            .method_not_allowed_fallback(method_not_allowed)
            .layer(axum::middleware::from_fn(measure::measure))
            .layer(axum::middleware::from_fn_with_state(
                self.clone(),
                pages::harden,
            ))
            .with_state(self)
    }

    /// Cookies travel only encrypted where the outside reaches us encrypted.
    pub(crate) fn secure_cookies(&self) -> bool {
        self.app.settings().public_url.starts_with("https://")
    }

    /// Answers only to names it was given: a foreign name that points here is somebody's trick.
    /// Addresses of digits and `localhost` cannot be pointed anywhere.
    pub(crate) fn knows_host(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
        else {
            return false;
        };
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|b| b.is_ascii_digit()) {
                name
            } else {
                host
            }
        });
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let public = &self.app.settings().public_url;
        let own = public.split_once("://").map_or("", |(_, rest)| rest);
        let own = own.rsplit_once(':').map_or(own, |(name, _)| name);
        bare.eq_ignore_ascii_case(own)
            || bare.eq_ignore_ascii_case("localhost")
            || bare.parse::<std::net::IpAddr>().is_ok()
    }

    /// Waits for a place to take an upload in.
    pub(crate) async fn upload_place(
        &self,
        lang: Language,
    ) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.uploads)
            .acquire_owned()
            .await
            .map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", lang))
    }
}

async fn method_not_allowed(request::Lang(lang): request::Lang) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", lang)
}
