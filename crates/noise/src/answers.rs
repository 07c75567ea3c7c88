//! What providers answer to what we ask: as foreign as what they send.

use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use connectors::{WHATSAPP, Whatsapp};
use domain::channel::{AddressKind, ChannelState, MediaKind};
use domain::gate::{Intent, Person, SendPermit, SendRequest, Standing, decide};
use domain::inbound::InboundMedia;
use domain::outbound::{Outbound, OutboundBody, Outcome, Recipient};
use domain::window::ReplyWindow;
use domain::{AttachmentId, ChannelId, ConversationId, MessageId, Timestamp};
use futures_util::FutureExt as _;
use ports::{Connector as _, Net, NetError, NetRequest, NetResponse, Settings, Upload, Uploads};

use crate::halves;

const FILE_BYTES_MAX: usize = 4_096;

/// Answers everything with the same status: first with the one body, then with the other.
struct Parrot {
    status: u16,
    bodies: Mutex<Vec<Bytes>>,
}

#[async_trait]
impl Net for Parrot {
    async fn call(&self, request: NetRequest) -> Result<NetResponse, NetError> {
        let next = self.bodies.lock().expect("nothing panics under it").pop();
        let Some(body) = next else {
            return Err(NetError::NoAnswer("there is no more".to_owned()));
        };
        if body.len() > request.response_bytes_max {
            let max = request.response_bytes_max;
            return Err(NetError::TooLarge { max });
        }
        Ok(NetResponse {
            status: self.status,
            headers: vec![("retry-after".to_owned(), "7".to_owned())],
            body,
        })
    }
}

struct NoFiles;

#[async_trait]
impl Uploads for NoFiles {
    async fn load(&self, _attachment: AttachmentId) -> Option<Upload> {
        None
    }
}

fn permit() -> SendPermit {
    let request = SendRequest {
        text_chars: 1,
        files: vec![],
        buttons: vec![],
        list_rows: vec![],
        template: None,
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
        template: None,
        marketing_stopped: false,
        person: Person::default(),
    };
    decide(&request, &standing).expect("the gate lets a plain text pass")
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    for (name, value) in [
        ("phone_number_id", "111"),
        ("business_account_id", "900"),
        ("access_token", "a token"),
        ("api_base", "https://graph.example"),
        ("graph_version", "v26.0"),
    ] {
        settings.set(name, vec![value.to_owned()]);
    }
    settings
}

/// A status, a body, and what lies behind the address in it. What was sent counts as taken only
/// where the answer names it.
pub fn provider_answer(input: &[u8]) {
    const STATUSES: [u16; 8] = [200, 200, 201, 204, 400, 401, 429, 500];
    let (&number, rest) = input.split_first().unwrap_or((&0, &[]));
    let status = STATUSES[usize::from(number) % STATUSES.len()];
    let (first, second) = halves(rest);
    let net = || Parrot {
        status,
        bodies: Mutex::new(vec![
            Bytes::copy_from_slice(second),
            Bytes::copy_from_slice(first),
        ]),
    };
    let settings = settings();
    let recipient = Recipient {
        kind: AddressKind::Phone,
        value: "+491713920010".into(),
    };
    let text = OutboundBody::Text("Guten Tag".into());
    let outbound = Outbound::new(
        permit(),
        MessageId::from_bytes([7; 16]),
        recipient,
        text,
        None,
    );
    let parrot = net();
    let sent = Whatsapp.execute(&parrot, &settings, &NoFiles, &outbound);
    let sent = sent.now_or_never().expect("nothing waits");
    if let Ok(Outcome::Accepted { provider_id }) = sent {
        assert!(status < 300 && !provider_id.expose().is_empty());
    }
    let media = InboundMedia {
        kind: MediaKind::Image,
        reference: "551".into(),
        mime: None,
        sha256: None,
        name: None,
    };
    let fetched = Whatsapp
        .fetch_media(&net(), &settings, &media, FILE_BYTES_MAX)
        .now_or_never();
    if let Ok(file) = fetched.expect("nothing waits") {
        assert!(file.bytes.len() <= FILE_BYTES_MAX);
    }
    let templates = Whatsapp.templates(&net(), &settings).now_or_never();
    _ = templates.expect("nothing waits");
}
