//! The edge: the teammates' interface, the customers' interface, providers' callbacks, live
//! sockets and the embedded pages. Business rules live below, in `app`.

pub mod api;
mod body;
mod budget;
pub mod callbacks;
pub mod chat;
pub mod dto;
pub mod edge;
mod files;
mod headers;
mod health;
mod live;
mod me;
mod measure;
#[cfg(feature = "noise")]
pub mod noise;
pub mod openapi;
mod package;
mod pages;
pub mod peer;
pub mod problem;
mod rates;
pub mod request;

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::get;
use i18n::Language;
use telemetry::Metrics;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use budget::Budget;
use domain::limits;
use edge::EdgeLimits;
use peer::Network;
use problem::Problem;
use rates::{Places, Rates};

/// Who may read the figures at `/metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MetricsAccess {
    Nobody,
    /// Programs on this machine, asking without a proxy.
    #[default]
    ThisMachine,
    Everybody,
}

/// What the operator decides about the edge.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Proxies whose word about who asks is believed.
    pub trusted_proxies: Vec<Network>,
    /// Connections that the edge takes; customers' live sockets never fill them all.
    pub connections_max: usize,
    pub metrics: MetricsAccess,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: Network::own_machine(),
            connections_max: EdgeLimits::default().connections_max,
            metrics: MetricsAccess::default(),
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
    /// Bodies of callbacks and JSON.
    pub(crate) bodies: Budget,
    pub(crate) chat_uploads: Budget,
    pub(crate) desk_uploads: Budget,
    pub(crate) downloads: Budget,
    pub(crate) rates: Arc<Rates>,
    pub(crate) uploading: Places,
    pub(crate) downloading: Places,
    pub(crate) watching: Places,
    /// Live sockets of customers.
    chat_seats: Arc<Semaphore>,
    /// Uploads that are cleaned and sealed.
    workbench: Arc<Semaphore>,
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
            chat_seats: Arc::new(Semaphore::new(chat_seats(&HttpSettings::default()))),
            settings: Arc::default(),
            bodies: Budget::new(limits::BODIES_IN_MEMORY_MAX),
            chat_uploads: Budget::new(limits::CHAT_UPLOADS_IN_MEMORY_MAX),
            desk_uploads: Budget::new(limits::UPLOADS_IN_MEMORY_MAX),
            downloads: Budget::new(limits::DOWNLOADS_IN_MEMORY_MAX),
            rates: Arc::new(Rates::new(limits::RATES_REMEMBERED_MAX)),
            uploading: Places::default(),
            downloading: Places::default(),
            watching: Places::default(),
            workbench: Arc::new(Semaphore::new(limits::UPLOADS_WORKED_ON_AT_ONCE)),
        }))
    }

    /// The same house with other decisions of its operator.
    #[must_use]
    pub fn with(mut self, settings: HttpSettings) -> Self {
        let shared = Arc::make_mut(&mut self.0);
        shared.chat_seats = Arc::new(Semaphore::new(chat_seats(&settings)));
        shared.settings = Arc::new(settings);
        self
    }

    /// All routes.
    pub fn router(self) -> Router {
        Router::new()
            .nest("/api/v1", api::router())
            .nest("/chat/v1", chat::router())
            .nest("/me/v1", me::router())
            .route(
                "/callbacks/{channel_id}",
                get(callbacks::handshake).post(callbacks::take),
            )
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .route("/metrics", get(health::metrics))
            .route("/notices/{version}", get(chat::entries::notice_page))
            .route("/chat.js", get(pages::loader))
            .route("/verify", get(pages::verify))
            .route("/c/sw.js", get(pages::service_worker))
            .route("/c/{slug}", get(pages::chat))
            .route("/c/{slug}/manifest.webmanifest", get(pages::manifest))
            .route("/me", get(pages::me))
            .route("/me/plain", get(me::plain))
            .route("/_me/{*path}", get(pages::me_asset))
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
    /// A request that names its host twice means both.
    pub(crate) fn knows_host(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let Some(host) = headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
        else {
            return false;
        };
        let named = uri.authority().map(axum::http::uri::Authority::as_str);
        self.is_own_name(host) && named.is_none_or(|named| self.is_own_name(named))
    }

    fn is_own_name(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|b| b.is_ascii_digit()) {
                name
            } else {
                host
            }
        });
        let public = &self.app.settings().public_url;
        let own = public.split_once("://").map_or("", |(_, rest)| rest);
        let own = own.rsplit_once(':').map_or(
            own,
            |(name, port)| {
                if port.ends_with(']') { own } else { name }
            },
        );
        let six = name
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        name.eq_ignore_ascii_case(own)
            || name.eq_ignore_ascii_case("localhost")
            || name.parse::<std::net::Ipv4Addr>().is_ok()
            || six.is_some_and(|six| six.parse::<std::net::Ipv6Addr>().is_ok())
    }

    /// A seat for one more live socket of a customer.
    pub(crate) fn chat_seat(&self, lang: Language) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.chat_seats)
            .try_acquire_owned()
            .map_err(|_| Problem::busy(lang))
    }

    /// Waits for a place to work on a file that is here already.
    pub(crate) async fn workbench(&self, lang: Language) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.workbench)
            .acquire_owned()
            .await
            .map_err(|_| Problem::busy(lang))
    }
}

/// A quarter of all connections, and some seats, stay for everybody else.
fn chat_seats(settings: &HttpSettings) -> usize {
    let most = limits::LIVE_SOCKETS_MAX - limits::LIVE_SOCKETS_KEPT_FOR_DESK;
    (settings.connections_max / 4 * 3).clamp(1, most)
}

async fn method_not_allowed(request::Lang(lang): request::Lang) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", lang)
}
