//! Connectors: one folder a channel kind, each the only place that speaks its provider's words.
//! Everything a provider says becomes neutral events of `domain`, everything the house sends
//! arrives here as a permitted [`domain::outbound::Outbound`]. Nothing here stores, retries,
//! decides or logs content.

use std::sync::Arc;

use domain::channel::ChannelKind;
use ports::Connector;

mod webchat;
mod whatsapp;

pub use webchat::Webchat;
pub use whatsapp::{Whatsapp, capabilities::WHATSAPP, errors::explained_codes};

/// All connectors, in the order of [`ChannelKind::ALL`].
#[must_use]
pub fn registry() -> Vec<Arc<dyn Connector>> {
    ChannelKind::ALL.into_iter().map(connector).collect()
}

/// The connector of one kind. A new kind does not compile until it has one.
#[must_use]
pub fn connector(kind: ChannelKind) -> Arc<dyn Connector> {
    match kind {
        ChannelKind::Webchat => Arc::new(Webchat),
        ChannelKind::Whatsapp => Arc::new(Whatsapp),
    }
}
