//! Everybody who talks to the house: customers, teammates, the provider. No answer is an answer
//! of its own here, and never a reason to end.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::digest::signature;
use crate::error::{Result, failed};
use crate::ledger::Outcome;

/// Longer than the house takes for anything that is not broken.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// A development binary takes seconds to look at one picture, and six may wait for two cores.
const BROUGHT_MAX: Duration = Duration::from_secs(60);
const CONNECT_MAX: Duration = Duration::from_secs(2);

/// Who asks.
#[derive(Debug, Clone)]
pub enum Who {
    Nobody,
    Token(String),
    Session {
        cookie: String,
        csrf: String,
    },
    /// A customer with the cookie of the own chat, at an address of its own.
    Visitor {
        cookie: String,
        address: String,
    },
    /// Somebody at an address who has no cookie yet.
    Stranger {
        address: String,
    },
}

/// What came back.
#[derive(Debug, Clone)]
pub enum Told {
    Answer { status: u16, body: Value },
    Nothing(String),
}

impl Told {
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Answer { status, .. } => Some(*status),
            Self::Nothing(_) => None,
        }
    }

    /// The body of a good answer.
    ///
    /// # Errors
    /// When it was none.
    pub fn good(self, doing: &str) -> Result<Value> {
        match self {
            Self::Answer { status, body } if (200..300).contains(&status) => Ok(body),
            Self::Answer { status, body } => Err(failed(doing, format!("{status} {body}"))),
            Self::Nothing(why) => Err(failed(doing, why)),
        }
    }

    /// What it means for a write: a good answer is a promise, a refusal of the caller's mistake
    /// stays, and everything else says nothing about what was kept.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Answer { status, body } if (200..300).contains(status) => Outcome::Ack {
                seq: body["seq"].as_i64(),
                id: body["id"].as_str().map(str::to_owned),
            },
            Self::Answer { status, .. } if (400..500).contains(status) => {
                Outcome::Refused { status: *status }
            }
            Self::Answer { status, .. } => Outcome::Unknown {
                why: status.to_string(),
            },
            Self::Nothing(why) => Outcome::Unknown { why: why.clone() },
        }
    }
}

/// A client that follows nothing, keeps nothing and asks no proxy.
#[derive(Debug, Clone)]
pub struct Client {
    pub base: String,
    http: reqwest::Client,
}

impl Client {
    /// # Errors
    /// When the machine has no TLS at all.
    pub fn new(base: &str) -> Result<Self> {
        // An error means that the provider is installed already.
        _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        #[expect(
            clippy::disallowed_methods,
            reason = "drills stand outside of the house, and so does their client"
        )]
        let builder = reqwest::Client::builder();
        let http = builder
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .timeout(ANSWER_MAX)
            .build()
            .map_err(|error| failed("making a client", error))?;
        Ok(Self {
            base: base.to_owned(),
            http,
        })
    }

    fn request(&self, method: &str, path: &str, who: &Who) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET);
        let request = self.http.request(method, format!("{}{path}", self.base));
        match who {
            Who::Nobody => request,
            Who::Token(token) => request.bearer_auth(token),
            Who::Session { cookie, csrf } => request
                .header("cookie", format!("tresen_session={cookie}"))
                .header("x-csrf-token", csrf),
            Who::Visitor { cookie, address } => request
                .header("cookie", format!("tresen_chat={cookie}"))
                .header("x-forwarded-for", address),
            Who::Stranger { address } => request.header("x-forwarded-for", address),
        }
    }

    async fn send(request: reqwest::RequestBuilder) -> (Told, Option<String>) {
        let nothing =
            |error: reqwest::Error| (Told::Nothing(error.without_url().to_string()), None);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return nothing(error),
        };
        let status = response.status().as_u16();
        let cookie = response
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok())
            .and_then(|line| line.split_once('=')?.1.split(';').next())
            .map(str::to_owned);
        match response.bytes().await {
            Ok(bytes) => {
                let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
                (Told::Answer { status, body }, cookie)
            }
            Err(error) => nothing(error),
        }
    }

    pub async fn call(&self, method: &str, path: &str, who: &Who, body: Option<&Value>) -> Told {
        self.call_for_cookie(method, path, who, body).await.0
    }

    /// As [`Client::call`], with the value of the cookie that was set.
    pub async fn call_for_cookie(
        &self,
        method: &str,
        path: &str,
        who: &Who,
        body: Option<&Value>,
    ) -> (Told, Option<String>) {
        let mut request = self.request(method, path, who);
        if let Some(body) = body {
            request = request.json(body);
        }
        Self::send(request).await
    }

    pub async fn get(&self, path: &str, who: &Who) -> Told {
        self.call("GET", path, who, None).await
    }

    pub async fn post(&self, path: &str, who: &Who, body: &Value) -> Told {
        self.call("POST", path, who, Some(body)).await
    }

    /// Brings a file.
    pub async fn bring(&self, path: &str, who: &Who, kind: &str, bytes: &[u8]) -> Told {
        let request = self
            .request("POST", path, who)
            .header("content-type", kind)
            .timeout(BROUGHT_MAX)
            .body(bytes.to_vec());
        Self::send(request).await.0
    }

    /// Posts a callback under this signature.
    pub async fn callback(&self, path: &str, secret: &str, body: &[u8]) -> Told {
        let request = self
            .request("POST", path, &Who::Nobody)
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature(secret, body))
            .body(body.to_vec());
        Self::send(request).await.0
    }

    /// All items of a list, page by page.
    ///
    /// # Errors
    /// When a page is refused or there is no end.
    pub async fn pages(&self, path: &str, query: &str, who: &Who) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        for _ in 0..10_000 {
            let told = self.get(&format!("{path}?{query}{cursor}"), who).await;
            let mut page = told.good(path)?;
            if let Some(items) = page["items"].as_array_mut() {
                all.append(items);
            }
            match page["next_cursor"].as_str() {
                None => return Ok(all),
                Some(next) => cursor = format!("&cursor={next}"),
            }
        }
        Err(failed(path, "the list has no end"))
    }
}
