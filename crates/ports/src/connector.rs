//! What every channel kind must be able to do. `verify`, `parse` and the checks are pure; only
//! `execute`, `signal`, `fetch_media` and `templates` talk to the provider, through [`Net`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use domain::channel::{Capabilities, ChannelKind};
use domain::content::Template;
use domain::delivery::DeliveryError;
use domain::inbound::{InboundEvent, InboundMedia, ParseIssue};
use domain::outbound::{Outbound, Outcome, Recipient, Signal};
use domain::{AttachmentId, Pii};

use crate::net::Net;

/// A channel's settings: names with one or several values (several secrets during a rotation).
/// They hold secrets, therefore no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, Vec<Pii<String>>>);

impl Settings {
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0
            .get(name)
            .into_iter()
            .flatten()
            .map(|value| value.expose().as_str())
    }

    pub fn set(&mut self, name: impl Into<String>, values: Vec<String>) {
        self.0
            .insert(name.into(), values.into_iter().map(Pii::new).collect());
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.0.iter().map(|(name, values)| {
            (
                name.as_str(),
                values.iter().map(|value| value.expose().as_str()).collect(),
            )
        })
    }
}

/// A setting that is missing, unknown or malformed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError {
    pub name: String,
    /// Catalogue key of the explanation: `setting-missing`, `setting-unknown`,
    /// `setting-malformed`.
    pub key: &'static str,
}

/// A setting as it may be shown: secrets only as "set".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    Plain(String),
    Secret,
}

/// A callback that does not prove where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error("the signature is missing")]
    SignatureMissing,
    #[error("the signature does not match")]
    SignatureWrong,
    #[error("this channel takes no callbacks")]
    NotTaken,
}

/// Something this channel cannot send although the gate had nothing against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub DeliveryError);

/// Bytes of a file that is to be sent.
pub struct Upload {
    pub name: Pii<String>,
    pub mime: String,
    pub bytes: Bytes,
}

/// Gives a connector the files its message names.
#[async_trait]
pub trait Uploads: Send + Sync {
    async fn load(&self, attachment: AttachmentId) -> Option<Upload>;
}

/// A file as the provider handed it over.
pub struct FetchedMedia {
    pub bytes: Bytes,
    pub mime: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The provider no longer has it.
    #[error("the provider no longer has the file")]
    Gone,
    #[error("the file is larger than {max} bytes")]
    TooLarge { max: usize },
    #[error("the file does not match its checksum")]
    Damaged,
    #[error("the provider did not answer properly ({code})")]
    Retry { code: String },
    /// Our access is not accepted any more.
    #[error("the provider refused our access")]
    Account,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("the provider did not answer properly ({code})")]
    Retry { code: String },
    #[error("the provider refused our access")]
    Account,
}

/// One channel kind.
#[async_trait]
pub trait Connector: Send + Sync + 'static {
    fn kind(&self) -> ChannelKind;
    fn capabilities(&self) -> &'static Capabilities;
    /// Whether the provider calls us back.
    fn takes_callbacks(&self) -> bool;

    /// Checks settings as a person entered them.
    fn check_settings(&self, settings: &Settings) -> Result<(), Vec<SettingError>>;
    /// Settings as they may be shown: no secret ever comes back.
    fn present_settings(&self, settings: &Settings) -> Vec<(String, Presented)>;

    /// Where this channel's calls go, and the setting that goes there as proof: who sends it
    /// somewhere else has to know it.
    fn destination(&self, _settings: &Settings) -> Option<(String, &'static str)> {
        None
    }

    /// Answers the provider's question whether this address is ours: the body to answer with,
    /// or `None` to refuse.
    fn handshake(&self, settings: &Settings, query: &[(String, String)]) -> Option<String>;
    /// Whether the headers carry a proof of the right form: what has none is not even read.
    ///
    /// # Errors
    /// [`Rejected`] when no body could make the proof right.
    fn precheck(&self, headers: &[(String, String)]) -> Result<(), Rejected>;
    /// Checks the proof over the raw bytes, in constant time, before anything is parsed. Header
    /// names are in lower case.
    fn verify(
        &self,
        settings: &Settings,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<(), Rejected>;
    /// Total: every input gives a list, in the order of the items; never panics.
    fn parse(&self, settings: &Settings, body: &[u8]) -> Vec<Result<InboundEvent, ParseIssue>>;

    /// One attempt. `Err` means that the message cannot be put into this channel's form at all.
    async fn execute(
        &self,
        net: &dyn Net,
        settings: &Settings,
        uploads: &dyn Uploads,
        outbound: &Outbound,
    ) -> Result<Outcome, Refusal>;
    /// Best effort; a lost signal is no loss.
    async fn signal(
        &self,
        net: &dyn Net,
        settings: &Settings,
        recipient: &Recipient,
        signal: &Signal,
    );
    async fn fetch_media(
        &self,
        net: &dyn Net,
        settings: &Settings,
        media: &InboundMedia,
        bytes_max: usize,
    ) -> Result<FetchedMedia, MediaError>;
    async fn templates(
        &self,
        net: &dyn Net,
        settings: &Settings,
    ) -> Result<Vec<Template>, TemplateError>;
}
