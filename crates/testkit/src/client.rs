//! One HTTP client for tests, and its answers.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: bytes::Bytes,
}

impl Answer {
    /// The body as JSON, if the status is the expected one.
    ///
    /// # Panics
    /// When it is another one, or the body is no JSON.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.bytes.is_empty() {
            return Value::Null;
        }
        self.json()
    }

    /// The problem's stable code, if the status is the expected one.
    ///
    /// # Panics
    /// When it is another one, or the body is no problem.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(body["status"], status);
        body["code"].as_str().expect("a code").to_owned()
    }

    /// # Panics
    /// When the body is no JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("not JSON ({}): {}", self.status, self.text()))
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A client that follows nothing, keeps nothing and asks no proxy.
///
/// # Panics
/// When the machine has no TLS at all.
#[must_use]
pub(crate) fn http_client() -> reqwest::Client {
    // The simulator's side has the same need, whoever is first installs the provider.
    // An error means that it was.
    _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are outside of the house, and so is their client"
    )]
    let builder = reqwest::Client::builder();
    builder
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client can be built")
}

/// Sends and reads to the end.
///
/// # Panics
/// When no answer comes.
pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    match try_send(request).await {
        Ok(answer) => answer,
        Err(error) => panic!("no answer: {error:?}"),
    }
}

pub(crate) async fn try_send(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        bytes: response.bytes().await?,
    })
}

pub(crate) fn request(
    client: &reqwest::Client,
    method: &str,
    url: String,
    body: Option<&Value>,
) -> reqwest::RequestBuilder {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = client.request(method, url);
    match body {
        None => request,
        Some(body) => request.json(body),
    }
}
