//! WhatsApp Business Platform, Cloud API. The facts this is built from, and every deviation, are
//! in this folder's README.

use async_trait::async_trait;
use domain::channel::{Capabilities, ChannelKind};
use domain::content::Template;
use domain::inbound::{InboundEvent, InboundMedia, ParseIssue};
use domain::outbound::{Outbound, Outcome, Recipient, Signal};
use ports::{
    Connector, FetchedMedia, MediaError, Net, Presented, Refusal, Rejected, SettingError, Settings,
    TemplateError, Uploads,
};

pub mod capabilities;
pub mod errors;
mod execute;
mod graph;
mod media;
mod parse;
mod plan;
mod settings;
mod templates;
mod verify;

/// Connector of WhatsApp.
pub struct Whatsapp;

#[async_trait]
impl Connector for Whatsapp {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Whatsapp
    }

    fn capabilities(&self) -> &'static Capabilities {
        &capabilities::WHATSAPP
    }

    fn takes_callbacks(&self) -> bool {
        true
    }

    fn check_settings(&self, settings: &Settings) -> Result<(), Vec<SettingError>> {
        settings::check(settings)
    }

    fn present_settings(&self, settings: &Settings) -> Vec<(String, Presented)> {
        settings::present(settings)
    }

    fn destination(&self, settings: &Settings) -> Option<(String, &'static str)> {
        let base = settings
            .first("api_base")
            .unwrap_or(settings::API_BASE_DEFAULT);
        Some((base.to_owned(), "access_token"))
    }

    fn handshake(&self, settings: &Settings, query: &[(String, String)]) -> Option<String> {
        verify::handshake(settings, query)
    }

    fn precheck(&self, headers: &[(String, String)]) -> Result<(), Rejected> {
        verify::signature(headers).map(|_| ())
    }

    fn verify(
        &self,
        settings: &Settings,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<(), Rejected> {
        verify::verify(settings, headers, body)
    }

    fn parse(&self, settings: &Settings, body: &[u8]) -> Vec<Result<InboundEvent, ParseIssue>> {
        parse::parse(settings, body)
    }

    async fn execute(
        &self,
        net: &dyn Net,
        settings: &Settings,
        uploads: &dyn Uploads,
        outbound: &Outbound,
    ) -> Result<Outcome, Refusal> {
        execute::execute(net, settings, uploads, outbound).await
    }

    async fn signal(
        &self,
        net: &dyn Net,
        settings: &Settings,
        _recipient: &Recipient,
        signal: &Signal,
    ) {
        execute::signal(net, settings, signal).await;
    }

    async fn fetch_media(
        &self,
        net: &dyn Net,
        settings: &Settings,
        media: &InboundMedia,
        bytes_max: usize,
    ) -> Result<FetchedMedia, MediaError> {
        media::fetch(net, settings, media, bytes_max).await
    }

    async fn templates(
        &self,
        net: &dyn Net,
        settings: &Settings,
    ) -> Result<Vec<Template>, TemplateError> {
        templates::list(net, settings).await
    }
}
