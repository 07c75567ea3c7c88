//! The messenger's side of the wire, as much of it as a demo needs: takes messages, hands out
//! files and templates. It listens on loopback only and knows nothing of our connector.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ports::Ids;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::company::{FOOTER, TEMPLATES};
use super::pictures::Picture;
use super::voice;

/// The shop's account there. Secrets are new in every run: whoever reaches the demo over a
/// network must not be able to sign what he likes.
#[derive(Clone)]
pub struct Account {
    pub number: String,
    pub business: String,
    pub access_token: String,
    pub app_secret: String,
    pub verify_token: String,
}

impl Account {
    #[must_use]
    pub fn new(ids: &dyn Ids) -> Self {
        let secret = || ids.secret().iter().map(|b| format!("{b:02x}")).collect();
        Self {
            number: "100000000000001".to_owned(),
            business: "100000000000002".to_owned(),
            access_token: secret(),
            app_secret: secret(),
            verify_token: secret(),
        }
    }
}

/// Who hears what the company says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ear {
    /// Digits of a telephone number.
    Phone(String),
    /// A contact of the own chat.
    Visitor(String),
}

/// Something that the company said to a customer.
#[derive(Debug, Clone)]
pub struct Heard {
    pub ear: Ear,
    /// The provider's id of it.
    pub id: String,
    /// The house's own name of this try, to be handed back in receipts.
    pub reference: String,
    /// Its number in the conversation, on channels that tell.
    pub seq: i64,
    pub said: Said,
}

impl Heard {
    /// The house's own id of the message.
    pub fn message(&self) -> &str {
        self.reference
            .split_once('.')
            .map_or(&self.reference, |(message, _)| message)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Text(String),
    Picture(String),
    Template(String),
    Reaction,
}

struct Wire {
    account: Account,
    address: SocketAddr,
    heard: mpsc::Sender<Heard>,
    number: AtomicU64,
}

/// The running stub.
pub struct Graph {
    address: SocketAddr,
    served: tokio::task::JoinHandle<()>,
}

impl Graph {
    /// # Errors
    /// When no port of the loopback address is free.
    pub async fn start(account: Account, heard: mpsc::Sender<Heard>) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let wire = Arc::new(Wire {
            account,
            address,
            heard,
            number: AtomicU64::new(1),
        });
        let router = Router::new()
            .route("/{version}/{number}/messages", post(take_message))
            .route("/{version}/{number}/media", post(take_media))
            .route("/{version}/{account}/message_templates", get(templates))
            .route("/{version}/{media}", get(locate_media))
            .route("/files/{media}", get(media))
            .layer(DefaultBodyLimit::max(
                domain::limits::ATTACHMENT_MAX + 64 * 1024,
            ))
            .with_state(wire);
        let served = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(error = %error, "the demo's messenger ended");
            }
        });
        Ok(Self { address, served })
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn end(self) {
        self.served.abort();
    }
}

/// Whoever asks without the account's token.
struct Denied;

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "message": "Invalid OAuth access token", "code": 190 } });
        (StatusCode::UNAUTHORIZED, Json(body)).into_response()
    }
}

impl Wire {
    fn admit(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let wanted = format!("Bearer {}", self.account.access_token);
        let given = headers.get(header::AUTHORIZATION).map(|v| v.as_bytes());
        if given == Some(wanted.as_bytes()) {
            Ok(())
        } else {
            Err(Denied)
        }
    }

    fn fresh_id(&self) -> String {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        format!("wamid.DEMO.OUT.{number:08}")
    }
}

async fn take_message(
    State(wire): State<Arc<Wire>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Denied> {
    wire.admit(&headers)?;
    let text = |pointer: &str| {
        let found = body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or("").to_owned()
    };
    if body.get("status").is_some() {
        return Ok(Json(json!({ "success": true })).into_response());
    }
    let said = match text("/type").as_str() {
        "text" => Said::Text(text("/text/body")),
        "template" => Said::Template(text("/template/name")),
        "interactive" => Said::Text(text("/interactive/body/text")),
        "reaction" => Said::Reaction,
        kind => Said::Picture(text(&format!("/{kind}/caption"))),
    };
    let id = wire.fresh_id();
    let heard = Heard {
        ear: Ear::Phone(text("/to")),
        id: id.clone(),
        reference: text("/biz_opaque_callback_data"),
        seq: 0,
        said,
    };
    // A customer who is told more than it can take in answers less; nothing is lost by that.
    _ = wire.heard.try_send(heard);
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": text("/to"), "wa_id": text("/to") }],
        "messages": [{ "id": id }],
    }))
    .into_response())
}

/// What the company sends is looked at by nobody, so it is not kept.
async fn take_media(
    State(wire): State<Arc<Wire>>,
    headers: HeaderMap,
    _body: Bytes,
) -> Result<Response, Denied> {
    wire.admit(&headers)?;
    let number = wire.number.fetch_add(1, Ordering::Relaxed);
    Ok(Json(json!({ "id": format!("9{number:014}") })).into_response())
}

async fn templates(State(wire): State<Arc<Wire>>, headers: HeaderMap) -> Result<Response, Denied> {
    wire.admit(&headers)?;
    let list: Vec<Value> = TEMPLATES
        .iter()
        .map(|template| {
            let mut components = vec![
                json!({ "type": "BODY", "text": template.body }),
                json!({ "type": "FOOTER", "text": FOOTER }),
            ];
            if !template.buttons.is_empty() {
                let buttons = template.buttons.iter();
                let buttons: Vec<Value> = buttons
                    .map(|text| json!({ "type": "QUICK_REPLY", "text": text }))
                    .collect();
                components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
            }
            json!({
                "name": template.name, "language": "de", "status": "APPROVED",
                "category": template.category, "components": components,
            })
        })
        .collect();
    Ok(Json(json!({ "data": list })).into_response())
}

/// The sound or the picture that an id stands for.
fn file_of(media: &str) -> Option<(&'static str, Vec<u8>)> {
    if media == "voice" {
        return Some(("audio/wav", voice::wav()));
    }
    let picture = Picture::parse(&media.replacen('-', " ", 1))?;
    Some(("image/jpeg", picture.jpeg().ok()?))
}

async fn locate_media(
    State(wire): State<Arc<Wire>>,
    Path((_, media)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Denied> {
    wire.admit(&headers)?;
    let url = format!("http://{}/files/{media}", wire.address);
    Ok(Json(json!({ "messaging_product": "whatsapp", "id": media, "url": url })).into_response())
}

async fn media(
    State(wire): State<Arc<Wire>>,
    Path(media): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Denied> {
    wire.admit(&headers)?;
    let file = tokio::task::spawn_blocking(move || file_of(&media)).await;
    match file {
        Ok(Some((mime, bytes))) => Ok(([(header::CONTENT_TYPE, mime)], bytes).into_response()),
        _ => Ok(StatusCode::NOT_FOUND.into_response()),
    }
}
