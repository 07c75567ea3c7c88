//! The company's own chat. Both ends are ours: what is committed is sent, so there is no
//! provider to call, no callback to verify and no setting to keep.

use async_trait::async_trait;
use domain::channel::{Capabilities, ChannelKind, WEBCHAT};
use domain::content::Template;
use domain::inbound::{InboundEvent, InboundMedia, ParseIssue};
use domain::outbound::{Outbound, Outcome, Recipient, Signal};
use ports::{
    Connector, FetchedMedia, MediaError, Net, Presented, Refusal, Rejected, SettingError, Settings,
    TemplateError, Uploads,
};

/// Connector of the own chat.
pub struct Webchat;

#[async_trait]
impl Connector for Webchat {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Webchat
    }

    fn capabilities(&self) -> &'static Capabilities {
        &WEBCHAT
    }

    fn takes_callbacks(&self) -> bool {
        false
    }

    fn check_settings(&self, settings: &Settings) -> Result<(), Vec<SettingError>> {
        let unknown: Vec<_> = settings
            .iter()
            .map(|(name, _)| SettingError {
                name: name.to_owned(),
                key: "setting-unknown",
            })
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(unknown)
        }
    }

    fn present_settings(&self, _settings: &Settings) -> Vec<(String, Presented)> {
        Vec::new()
    }

    fn handshake(&self, _settings: &Settings, _query: &[(String, String)]) -> Option<String> {
        None
    }

    fn precheck(&self, _headers: &[(String, String)]) -> Result<(), Rejected> {
        Err(Rejected::NotTaken)
    }

    fn verify(
        &self,
        _settings: &Settings,
        _headers: &[(String, String)],
        _body: &[u8],
    ) -> Result<(), Rejected> {
        Err(Rejected::NotTaken)
    }

    fn parse(&self, _settings: &Settings, _body: &[u8]) -> Vec<Result<InboundEvent, ParseIssue>> {
        vec![Err(ParseIssue {
            item: 0,
            what: "not_taken".to_owned(),
        })]
    }

    /// The customer's page reads the message from the feed; committing it was sending it.
    async fn execute(
        &self,
        _net: &dyn Net,
        _settings: &Settings,
        _uploads: &dyn Uploads,
        outbound: &Outbound,
    ) -> Result<Outcome, Refusal> {
        Ok(Outcome::Accepted {
            provider_id: outbound.message_id.to_string().into(),
        })
    }

    /// Typing and read marks travel over the live socket, not through a connector.
    async fn signal(
        &self,
        _net: &dyn Net,
        _settings: &Settings,
        _recipient: &Recipient,
        _signal: &Signal,
    ) {
    }

    /// Files of the own chat are stored when they are uploaded; there is nothing to fetch.
    async fn fetch_media(
        &self,
        _net: &dyn Net,
        _settings: &Settings,
        _media: &InboundMedia,
        _bytes_max: usize,
    ) -> Result<FetchedMedia, MediaError> {
        Err(MediaError::Gone)
    }

    async fn templates(
        &self,
        _net: &dyn Net,
        _settings: &Settings,
    ) -> Result<Vec<Template>, TemplateError> {
        Ok(Vec::new())
    }
}
