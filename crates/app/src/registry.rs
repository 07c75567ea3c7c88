//! The connectors this binary was built with, by channel kind.

use std::collections::HashMap;
use std::sync::Arc;

use domain::channel::ChannelKind;
use ports::Connector;

pub struct Registry {
    connectors: HashMap<ChannelKind, Arc<dyn Connector>>,
}

impl Registry {
    #[must_use]
    pub fn new(connectors: impl IntoIterator<Item = Arc<dyn Connector>>) -> Self {
        Self {
            connectors: connectors
                .into_iter()
                .map(|connector| (connector.kind(), connector))
                .collect(),
        }
    }

    #[must_use]
    pub fn get(&self, kind: ChannelKind) -> Option<&Arc<dyn Connector>> {
        self.connectors.get(&kind)
    }
}
