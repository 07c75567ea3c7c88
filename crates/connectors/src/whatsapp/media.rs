//! Files in both directions. Down: ask for the address, then fetch it; up: one multipart call.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::inbound::InboundMedia;
use domain::limits::OUTBOUND_TIMEOUT_MS;
use ports::{
    FetchedMedia, MediaError, Method, Net, NetBody, NetError, NetRequest, Part, PartBody, Settings,
    Upload,
};
use serde_json::Value;

use super::graph::{self, Failure};
use super::parse::is_media_reference;
use super::plan::{essence, shown_name};
use super::settings::Account;
use super::verify::decode_hex;

/// The host of the files turns nameless clients away.
const USER_AGENT: &str = concat!("Tresen/", env!("CARGO_PKG_VERSION"));
/// "Object does not exist, or may not be seen": a file whose days are over.
const CODE_PARAMETER: i64 = 100;
const SUBCODE_NO_OBJECT: i64 = 33;

/// Uploads a file and gives its id.
pub(super) async fn upload(
    net: &dyn Net,
    account: &Account<'_>,
    file: &Upload,
) -> Result<String, Failure> {
    let mime = essence(&file.mime);
    let text = |name: &str, value: &str| Part {
        name: name.to_owned(),
        body: PartBody::Text(value.to_owned()),
    };
    let parts = vec![
        text("messaging_product", "whatsapp"),
        text("type", &mime),
        Part {
            name: "file".to_owned(),
            body: PartBody::File {
                name: shown_name(&file.name),
                mime,
                bytes: file.bytes.clone(),
            },
        },
    ];
    let path = format!("{}/media", account.phone_number_id);
    let answer = graph::call(net, graph::post_parts(account, &path, parts)).await?;
    match answer.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => Err(Failure::Nonsense),
    }
}

/// What the first step answers.
struct Located {
    url: String,
    mime: Option<String>,
    sha256: Option<String>,
}

pub(super) async fn fetch(
    net: &dyn Net,
    settings: &Settings,
    media: &InboundMedia,
    bytes_max: usize,
) -> Result<FetchedMedia, MediaError> {
    let account = Account::of(settings).ok_or(MediaError::Account)?;
    if !is_media_reference(media.reference.expose()) {
        return Err(MediaError::Gone);
    }
    let mut tries_left = 2;
    loop {
        tries_left -= 1;
        let located = locate(net, &account, media, bytes_max).await?;
        match download(net, &account, &located, bytes_max).await {
            // Addresses live for minutes only: ask for a fresh one, once.
            Err(MediaError::Gone) if tries_left > 0 => {}
            Err(error) => return Err(error),
            Ok(fetched) => {
                let said = [media.sha256.as_deref(), located.sha256.as_deref()];
                check_sum(&fetched.bytes, &said)?;
                return Ok(fetched);
            }
        }
    }
}

async fn locate(
    net: &dyn Net,
    account: &Account<'_>,
    media: &InboundMedia,
    bytes_max: usize,
) -> Result<Located, MediaError> {
    let request = graph::get(account, media.reference.expose());
    let answer = graph::call(net, request)
        .await
        .map_err(|failure| locate_error(&failure))?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let size = answer.get("file_size").and_then(|size| match size {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    });
    if size.is_some_and(|size| size > bytes_max as u64) {
        return Err(MediaError::TooLarge { max: bytes_max });
    }
    let url = text("url").filter(|url| {
        url.starts_with("https://") || (account.is_plain() && url.starts_with("http://"))
    });
    Ok(Located {
        url: url.ok_or_else(|| retry("no_url"))?,
        mime: text("mime_type"),
        sha256: text("sha256"),
    })
}

fn retry(code: &str) -> MediaError {
    MediaError::Retry {
        code: code.to_owned(),
    }
}

fn locate_error(failure: &Failure) -> MediaError {
    match failure {
        Failure::Graph {
            code: CODE_PARAMETER,
            subcode: Some(SUBCODE_NO_OBJECT),
            ..
        }
        | Failure::Graph {
            status: 404 | 410, ..
        }
        | Failure::Status {
            status: 404 | 410, ..
        } => MediaError::Gone,
        Failure::Graph {
            code: 0 | 3 | 10 | 190 | 200..=299,
            ..
        }
        | Failure::Status {
            status: 401 | 403, ..
        } => MediaError::Account,
        other => retry(&other.code()),
    }
}

/// The address was given to us by the API over its own connection, therefore it gets our token;
/// that it does not point into the inside is `Net`'s guard.
async fn download(
    net: &dyn Net,
    account: &Account<'_>,
    located: &Located,
    bytes_max: usize,
) -> Result<FetchedMedia, MediaError> {
    let request = NetRequest {
        method: Method::Get,
        url: located.url.clone(),
        headers: vec![
            account.bearer(),
            ("user-agent".to_owned(), USER_AGENT.to_owned()),
        ],
        body: NetBody::Empty,
        timeout_ms: 6 * OUTBOUND_TIMEOUT_MS,
        response_bytes_max: bytes_max,
    };
    let response = net.call(request).await.map_err(|error| match error {
        NetError::NotSent(_) => retry("not_sent"),
        NetError::NoAnswer(_) => retry("no_answer"),
        NetError::TooLarge { .. } => MediaError::TooLarge { max: bytes_max },
    })?;
    match response.status {
        200..=299 if response.body.len() > bytes_max => {
            Err(MediaError::TooLarge { max: bytes_max })
        }
        200..=299 => Ok(FetchedMedia {
            mime: located
                .mime
                .clone()
                .or_else(|| response.header("content-type").map(str::to_owned)),
            bytes: response.body,
        }),
        404 | 410 => Err(MediaError::Gone),
        status => Err(retry(&format!("http_{status}"))),
    }
}

/// Every checksum that was given must match; one that is written in no known way proves nothing
/// and is passed over.
fn check_sum(bytes: &[u8], given: &[Option<&str>]) -> Result<(), MediaError> {
    let actual = digest::digest(&digest::SHA256, bytes);
    let mut expected = given.iter().flatten().filter_map(|text| decode_sum(text));
    if expected.all(|sum| sum == actual.as_ref()) {
        Ok(())
    } else {
        Err(MediaError::Damaged)
    }
}

/// Callbacks write checksums in base64, the first step in hexadecimal.
fn decode_sum(text: &str) -> Option<Vec<u8>> {
    decode_hex(&text.to_ascii_lowercase())
        .map(Vec::from)
        .or_else(|| STANDARD.decode(text).ok())
        .filter(|sum| sum.len() == 32)
}
