//! Calls to the Graph API: what a request looks like and what an answer says.

use domain::limits::OUTBOUND_TIMEOUT_MS;
use domain::time::SECOND_MS;
use ports::{Method, Net, NetBody, NetError, NetRequest, NetResponse, Part};
use serde_json::Value;

use super::settings::Account;

/// Answers of the API are short; lists come in pages of about this size at most.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A server that asks for a longer pause is asked again anyway.
const RETRY_AFTER_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Why a call gave no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Certainly without effect.
    NotSent,
    /// Sent; whether it had an effect is not known.
    NoAnswer,
    /// The API said what is wrong.
    Graph {
        code: i64,
        subcode: Option<i64>,
        status: u16,
        retry_after_ms: Option<i64>,
    },
    /// Somebody on the way said no, without an error object.
    Status {
        status: u16,
        retry_after_ms: Option<i64>,
    },
    /// A good status with a body that is not what was asked for.
    Nonsense,
}

impl Failure {
    /// A short name for logs and errors; carries no personal data.
    pub(super) fn code(&self) -> String {
        match self {
            Self::NotSent => "not_sent".to_owned(),
            Self::NoAnswer => "no_answer".to_owned(),
            Self::Graph { code, .. } => code.to_string(),
            Self::Status { status, .. } => format!("http_{status}"),
            Self::Nonsense => "nonsense".to_owned(),
        }
    }
}

pub(super) fn get(account: &Account<'_>, path: &str) -> NetRequest {
    request(account, Method::Get, path, NetBody::Empty)
}

pub(super) fn post(account: &Account<'_>, path: &str, body: &Value) -> NetRequest {
    let json = body.to_string().into_bytes();
    request(account, Method::Post, path, NetBody::Json(json))
}

pub(super) fn post_parts(account: &Account<'_>, path: &str, parts: Vec<Part>) -> NetRequest {
    let mut request = request(account, Method::Post, path, NetBody::Multipart(parts));
    // Up to 100 MB must pass through a company's uplink.
    request.timeout_ms = 6 * OUTBOUND_TIMEOUT_MS;
    request
}

fn request(account: &Account<'_>, method: Method, path: &str, body: NetBody) -> NetRequest {
    NetRequest {
        method,
        url: account.url(path),
        headers: vec![account.bearer()],
        body,
        timeout_ms: OUTBOUND_TIMEOUT_MS,
        response_bytes_max: ANSWER_BYTES_MAX,
    }
}

pub(super) async fn call(net: &dyn Net, request: NetRequest) -> Result<Value, Failure> {
    match net.call(request).await {
        Ok(response) => read(&response),
        Err(NetError::NotSent(_)) => Err(Failure::NotSent),
        Err(NetError::NoAnswer(_) | NetError::TooLarge { .. }) => Err(Failure::NoAnswer),
    }
}

fn read(response: &NetResponse) -> Result<Value, Failure> {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    let error = body.as_ref().and_then(|body| body.get("error"));
    if let Some(code) = error.and_then(|error| integer(error, "code")) {
        return Err(Failure::Graph {
            code,
            subcode: error.and_then(|error| integer(error, "error_subcode")),
            status: response.status,
            retry_after_ms: retry_after_ms(response),
        });
    }
    match (response.status, body) {
        (200..=299, Some(body)) => Ok(body),
        (200..=299, None) => Err(Failure::Nonsense),
        (status, _) => Err(Failure::Status {
            status,
            retry_after_ms: retry_after_ms(response),
        }),
    }
}

fn integer(value: &Value, name: &str) -> Option<i64> {
    value.get(name).and_then(Value::as_i64)
}

/// Seconds only: a date would need a clock.
pub(super) fn retry_after_ms(response: &NetResponse) -> Option<i64> {
    let seconds: i64 = response.header("retry-after")?.trim().parse().ok()?;
    (seconds >= 0).then(|| seconds.min(RETRY_AFTER_SECONDS_MAX) * SECOND_MS)
}
