//! Calls to the outside. One client holds the limits and the guard against calls into the inside.

use async_trait::async_trait;
use bytes::Bytes;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// One request. Headers may carry secrets, therefore no `Debug`.
pub struct NetRequest {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: NetBody,
    pub timeout_ms: u64,
    /// A longer answer is cut off and reported as [`NetError::TooLarge`].
    pub response_bytes_max: usize,
}

pub enum NetBody {
    Empty,
    Json(Vec<u8>),
    Multipart(Vec<Part>),
}

pub struct Part {
    pub name: String,
    pub body: PartBody,
}

pub enum PartBody {
    Text(String),
    File {
        name: String,
        mime: String,
        bytes: Bytes,
    },
}

pub struct NetResponse {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl NetResponse {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. The difference matters: only some of these are certain not to have
/// had an effect. Texts carry no URL, because a URL may carry a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Nothing was sent: no connection, no name, or the guard refused.
    #[error("the request was not sent: {0}")]
    NotSent(String),
    /// It was sent, wholly or in part, and no complete answer came.
    #[error("no answer came: {0}")]
    NoAnswer(String),
    #[error("the answer is larger than {max} bytes")]
    TooLarge { max: usize },
}

#[async_trait]
pub trait Net: Send + Sync + 'static {
    async fn call(&self, request: NetRequest) -> Result<NetResponse, NetError>;

    /// Whether an address may be called, as far as that can be told without asking anybody for
    /// its name. [`Net::call`] looks again.
    ///
    /// # Errors
    /// [`NetError::NotSent`] for an address that is never called.
    fn check(&self, _url: &str) -> Result<(), NetError> {
        Ok(())
    }
}
