//! Calls to our own house, as any customer's browser, provider or desk would make them. It only
//! ever goes to the address that this process listens at.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{CONTENT_TYPE, HOST, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

const TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a call had no effect, or none that is known. No path is named: it may lead to a person.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("the house does not answer: {0}")]
    Unreachable(String),
    #[error("the house refuses ({status}): {code}")]
    Refused { status: u16, code: String },
    #[error("an answer of the house lacks {0}")]
    Lacks(&'static str),
    #[error("a picture could not be drawn")]
    Picture,
    #[error("the provider never got the message")]
    Unheard,
}

impl CallError {
    #[must_use]
    pub const fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }
}

pub enum Body {
    Empty,
    Json(Value),
    Bytes { mime: &'static str, bytes: Vec<u8> },
}

pub struct Answer {
    pub body: Value,
    /// The first cookie it sets, as `name=value`.
    pub cookie: Option<String>,
}

impl Answer {
    /// A text in the answer; the pointer also names what is missing.
    ///
    /// # Errors
    /// [`CallError::Lacks`].
    pub fn text(&self, pointer: &'static str) -> Result<String, CallError> {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or(CallError::Lacks(pointer))
    }
}

/// Calls one house.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    address: SocketAddr,
}

impl Caller {
    /// `bound` is where the house listens; one that listens everywhere is called at home.
    #[must_use]
    pub fn to(bound: SocketAddr) -> Self {
        let home: IpAddr = match bound.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        Self {
            address: SocketAddr::new(home, bound.port()),
        }
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// # Errors
    /// [`CallError`], also for every status from 400 on.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Answer, CallError> {
        tokio::time::timeout(TIMEOUT, self.exchange(method, path, headers, body))
            .await
            .map_err(|_| CallError::Unreachable("it took too long".to_owned()))?
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Answer, CallError> {
        let lost = |error: &dyn std::error::Error| CallError::Unreachable(error.to_string());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string())
            .header("accept-language", "de");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = match body {
            Body::Empty => Bytes::new(),
            Body::Json(json) => {
                request = request.header(CONTENT_TYPE, "application/json");
                Bytes::from(json.to_string())
            }
            Body::Bytes { mime, bytes } => {
                request = request.header(CONTENT_TYPE, mime);
                Bytes::from(bytes)
            }
        };
        let request = request.body(Full::new(bytes)).map_err(|e| lost(&e))?;
        let stream = TcpStream::connect(self.address)
            .await
            .map_err(|e| lost(&e))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| lost(&e))?;
        let connection = tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(|e| lost(&e))?;
        let status = answer.status().as_u16();
        let cookie = answer
            .headers()
            .get(SET_COOKIE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(str::to_owned);
        let bytes = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| CallError::Unreachable(error.to_string()))?
            .to_bytes();
        connection.abort();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status >= 400 {
            let code = body.get("code").and_then(Value::as_str).unwrap_or("");
            return Err(CallError::Refused {
                status,
                code: code.to_owned(),
            });
        }
        Ok(Answer { body, cookie })
    }
}
