//! The one HTTP client. Whatever an outsider can make us call (a media link, a webhook) goes
//! through here: no redirects, no proxies, bounded time and size, and nothing inside the house's
//! own network unless a person allowed that very place.

mod guard;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use ports::{Method, Net, NetBody, NetError, NetRequest, NetResponse, Part, PartBody};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::multipart::{self, Form};
use reqwest::{Client, RequestBuilder, Response, Url};

pub use guard::{Guard, Names, is_public};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_PER_HOST_MAX: usize = 8;

/// The client with its guard.
pub struct HttpNet {
    /// Connects to public addresses only.
    public: Client,
    /// Connects anywhere; used only for places that a person allowed.
    trusted: Client,
    guard: Guard,
    allowed: HashSet<(String, u16)>,
}

#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct NetSetupError(String);

impl HttpNet {
    /// `allowed` are the private places that may be called, as host and port; there, plain http
    /// is accepted as well.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new(allowed: impl IntoIterator<Item = (String, u16)>) -> Result<Self, NetSetupError> {
        Self::guarded(allowed, Guard::default())
    }

    /// The same with another idea of names and of what is outside.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn guarded(
        allowed: impl IntoIterator<Item = (String, u16)>,
        guard: Guard,
    ) -> Result<Self, NetSetupError> {
        // An error means that it was installed before, which is just as well.
        _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Ok(Self {
            public: client(Some(Arc::new(guard.clone())))?,
            trusted: client(None)?,
            guard,
            allowed: allowed
                .into_iter()
                .map(|(host, port)| (host.to_ascii_lowercase(), port))
                .collect(),
        })
    }

    /// The client for this address, if it may be called at all.
    fn admit(&self, url: &Url) -> Result<&Client, NetError> {
        let refuse = |why: &str| Err(NetError::NotSent(why.to_owned()));
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return refuse("the address has no host");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("an address with a user name is not called");
        }
        let name = match &host {
            url::Host::Domain(name) => (*name).to_owned(),
            url::Host::Ipv4(address) => address.to_string(),
            url::Host::Ipv6(address) => address.to_string(),
        };
        if self.allowed.contains(&(name, port)) && matches!(url.scheme(), "http" | "https") {
            return Ok(&self.trusted);
        }
        if url.scheme() != "https" {
            return refuse("only https is called");
        }
        // A literal address is connected to without asking the resolver.
        let public = match host {
            url::Host::Domain(_) => true,
            url::Host::Ipv4(address) => self.guard.is_outside(address.into()),
            url::Host::Ipv6(address) => self.guard.is_outside(address.into()),
        };
        if public {
            Ok(&self.public)
        } else {
            refuse(guard::REFUSED)
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one HTTP client of the house"
)]
fn client(resolver: Option<Arc<Guard>>) -> Result<Client, NetSetupError> {
    let builder = Client::builder()
        .user_agent(concat!("Tresen/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX);
    let builder = match resolver {
        Some(resolver) => builder.dns_resolver(resolver),
        None => builder,
    };
    builder
        .build()
        .map_err(|error| NetSetupError(root_cause(&error)))
}

#[async_trait]
impl Net for HttpNet {
    async fn call(&self, request: NetRequest) -> Result<NetResponse, NetError> {
        let max = request.response_bytes_max;
        let response = self.build(request)?.send().await.map_err(not_answered)?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        Ok(NetResponse {
            status,
            headers,
            body: read_body(response, max).await?,
        })
    }

    fn check(&self, url: &str) -> Result<(), NetError> {
        let url = parse(url)?;
        let client = self.admit(&url)?;
        let own_machine = url.domain().is_some_and(|name| {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        });
        if own_machine && std::ptr::eq(client, &self.public) {
            return Err(NetError::NotSent(guard::REFUSED.to_owned()));
        }
        Ok(())
    }
}

fn parse(url: &str) -> Result<Url, NetError> {
    Url::parse(url).map_err(|_| NetError::NotSent("the address is not a URL".to_owned()))
}

impl HttpNet {
    fn build(&self, request: NetRequest) -> Result<RequestBuilder, NetError> {
        let url = parse(&request.url)?;
        let client = self.admit(&url)?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = client
            .request(method, url)
            .timeout(Duration::from_millis(request.timeout_ms));
        for (name, value) in &request.headers {
            let (name, value) = header(name, value)?;
            builder = builder.header(name, value);
        }
        Ok(match request.body {
            NetBody::Empty => builder,
            NetBody::Json(json) => builder
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(json),
            NetBody::Multipart(parts) => builder.multipart(form(parts)?),
        })
    }
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), NetError> {
    let wrong = || NetError::NotSent("a header cannot be written".to_owned());
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn form(parts: Vec<Part>) -> Result<Form, NetError> {
    parts.into_iter().try_fold(Form::new(), |form, part| {
        let body = match part.body {
            PartBody::Text(text) => multipart::Part::text(text),
            PartBody::File { name, mime, bytes } => {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                multipart::Part::stream_with_length(bytes, length)
                    .file_name(name)
                    .mime_str(&mime)
                    .map_err(|_| NetError::NotSent("the file has no proper type".to_owned()))?
            }
        };
        Ok(form.part(part.name, body))
    })
}

async fn read_body(response: Response, max: usize) -> Result<Bytes, NetError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > max) {
        return Err(NetError::TooLarge { max });
    }
    let mut body = BytesMut::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        // The request was sent and worked on: whatever breaks now, it may have had its effect.
        let chunk = chunk.map_err(|error| NetError::NoAnswer(describe(&error)))?;
        if body.len() + chunk.len() > max {
            return Err(NetError::TooLarge { max });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Only what failed before or while connecting is certain not to have had an effect.
fn not_answered(error: reqwest::Error) -> NetError {
    let why = describe(&error);
    if error.is_connect() || error.is_builder() {
        NetError::NotSent(why)
    } else {
        NetError::NoAnswer(why)
    }
}

/// What happened, without the URL.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "it took too long".to_owned()
    } else {
        root_cause(error)
    }
}

/// The innermost cause: the outer ones repeat the URL and say nothing more.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    match cause.downcast_ref::<reqwest::Error>() {
        Some(_) => "the request could not be made".to_owned(),
        None => cause.to_string(),
    }
}
