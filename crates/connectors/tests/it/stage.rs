//! What the tests share: settings, permits, a provider that answers from a script, files.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use connectors::WHATSAPP;
use domain::channel::{AddressKind, ChannelState};
use domain::content::{Template, TemplateCategory, TemplateParameter, TemplateUse, TemplateValue};
use domain::gate::{Intent, Person, SendPermit, SendRequest, Standing, TemplateUseFact, decide};
use domain::outbound::{Outbound, OutboundBody, Recipient};
use domain::window::ReplyWindow;
use domain::{AttachmentId, ChannelId, ConversationId, MessageId, Timestamp};
use ports::{
    Method, Net, NetBody, NetError, NetRequest, NetResponse, PartBody, Settings, Upload, Uploads,
};
use serde_json::Value;

pub const SECRET: &str = "app-secret-for-tests";
pub const TOKEN: &str = "token-for-tests";

pub fn settings() -> Settings {
    let mut settings = Settings::default();
    for (name, value) in [
        ("phone_number_id", "111"),
        ("business_account_id", "900"),
        ("access_token", TOKEN),
        ("app_secret", SECRET),
        ("verify_token", "verify-me"),
        ("api_base", "https://graph.example"),
        ("graph_version", "v26.0"),
    ] {
        settings.set(name, vec![value.to_owned()]);
    }
    settings
}

pub fn fixture(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/fixtures/whatsapp/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub const FIXTURES: [&str; 14] = [
    "account",
    "batch",
    "cards",
    "changes",
    "coexistence",
    "media",
    "odd",
    "other_number",
    "preferences",
    "statuses",
    "system",
    "taps",
    "text",
    "unsupported",
];

pub fn message_id() -> MessageId {
    MessageId::from_bytes([7; 16])
}

pub fn attachment_id() -> AttachmentId {
    AttachmentId::from_bytes([9; 16])
}

/// A permit as the gate gives it, for free text or for a template of this category.
pub fn permit(category: Option<TemplateCategory>) -> SendPermit {
    let template = category.map(|category| Template {
        name: "code".into(),
        language: "de".into(),
        category,
        status: "approved".into(),
        header: None,
        body: String::new(),
        footer: None,
        buttons: vec![],
        body_parameters: vec![],
        named: false,
    });
    let wanted = template.as_ref().map(|_| TemplateUseFact {
        name: "code".into(),
        language: "de".into(),
        header_parameters: 0,
        body_parameters: vec![],
        button_parameters: 0,
    });
    let request = SendRequest {
        text_chars: 1,
        files: vec![],
        buttons: vec![],
        list_rows: vec![],
        template: wanted.as_ref(),
        reaction: false,
        intent: Intent::default(),
    };
    let standing = Standing {
        now: Timestamp(1),
        channel: ChannelId::from_bytes([1; 16]),
        channel_state: ChannelState::Active,
        conversation: ConversationId::from_bytes([2; 16]),
        capabilities: &WHATSAPP,
        window: ReplyWindow::Unlimited,
        template: template.as_ref(),
        marketing_stopped: false,
        person: Person::default(),
    };
    decide(&request, &standing).expect("the gate lets this pass")
}

pub fn recipient(kind: AddressKind, value: &str) -> Recipient {
    Recipient {
        kind,
        value: value.into(),
    }
}

pub fn phone() -> Recipient {
    recipient(AddressKind::Phone, "+491713920010")
}

pub fn user_id() -> Recipient {
    recipient(AddressKind::WhatsappUserId, "DE.77aa")
}

pub fn outbound(recipient: Recipient, body: OutboundBody) -> Outbound {
    Outbound::new(permit(None), message_id(), recipient, body, None)
}

pub fn hello() -> Outbound {
    outbound(phone(), OutboundBody::Text("Guten Tag".into()))
}

pub fn code_template() -> TemplateUse {
    TemplateUse {
        name: "code".into(),
        language: "de".into(),
        header: vec![],
        body: vec![TemplateParameter {
            name: None,
            value: TemplateValue::Text("123456".into()),
        }],
        buttons: vec![],
    }
}

/// A request as the provider saw it.
pub struct Seen {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub json: Option<Value>,
    pub parts: Vec<(String, String)>,
    pub response_bytes_max: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A provider that gives prepared answers in order and keeps what it was asked.
#[derive(Default)]
pub struct Script {
    answers: Mutex<VecDeque<Result<NetResponse, NetError>>>,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub fn of(answers: Vec<Result<NetResponse, NetError>>) -> Self {
        Self {
            answers: Mutex::new(answers.into()),
            seen: Mutex::default(),
        }
    }

    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().expect("no test panicked"))
    }

    /// Everything that was prepared was also asked for.
    pub fn is_used_up(&self) -> bool {
        self.answers.lock().expect("no test panicked").is_empty()
    }
}

#[async_trait]
impl Net for Script {
    async fn call(&self, request: NetRequest) -> Result<NetResponse, NetError> {
        let (json, parts) = match request.body {
            NetBody::Empty => (None, vec![]),
            NetBody::Json(bytes) => (
                Some(serde_json::from_slice(&bytes).expect("we send JSON")),
                vec![],
            ),
            NetBody::Multipart(parts) => {
                let parts = parts.into_iter().map(|part| {
                    let body = match part.body {
                        PartBody::Text(text) => text,
                        PartBody::File { name, mime, bytes } => {
                            format!("{name}|{mime}|{}", bytes.len())
                        }
                    };
                    (part.name, body)
                });
                (None, parts.collect())
            }
        };
        self.seen.lock().expect("no test panicked").push(Seen {
            method: request.method,
            url: request.url,
            headers: request.headers,
            json,
            parts,
            response_bytes_max: request.response_bytes_max,
        });
        let next = self.answers.lock().expect("no test panicked").pop_front();
        next.expect("the script has an answer left")
    }
}

pub fn answer(status: u16, body: &Value) -> Result<NetResponse, NetError> {
    raw_answer(status, body.to_string())
}

pub fn raw_answer(status: u16, body: impl Into<Bytes>) -> Result<NetResponse, NetError> {
    Ok(NetResponse {
        status,
        headers: vec![],
        body: body.into(),
    })
}

pub fn with_header(
    answer: Result<NetResponse, NetError>,
    name: &str,
    value: &str,
) -> Result<NetResponse, NetError> {
    answer.map(|mut answer| {
        answer.headers.push((name.to_owned(), value.to_owned()));
        answer
    })
}

pub fn graph_error(status: u16, code: i64) -> Result<NetResponse, NetError> {
    answer(
        status,
        &serde_json::json!({"error": {"message": "x", "type": "OAuthException", "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": "y"}, "fbtrace_id": "z"}}),
    )
}

/// The files of one message.
pub struct Files(pub Option<(&'static str, &'static str, Bytes)>);

impl Files {
    pub const NONE: Self = Self(None);
}

#[async_trait]
impl Uploads for Files {
    async fn load(&self, attachment: AttachmentId) -> Option<Upload> {
        let (name, mime, bytes) = self.0.as_ref()?;
        (attachment == attachment_id()).then(|| Upload {
            name: (*name).into(),
            mime: (*mime).to_owned(),
            bytes: bytes.clone(),
        })
    }
}
