//! Which addresses are outside. The check is made on the very addresses that are connected to,
//! so a name that changes its mind between the check and the call gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

pub const REFUSED: &str = "the address is not a public one";

/// Who knows the addresses of names.
#[async_trait]
pub trait Names: Send + Sync {
    /// # Errors
    /// When the name has none, or nobody answers.
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Who is asked about names, and which addresses are outside.
#[derive(Clone)]
pub struct Guard {
    names: Arc<dyn Names>,
    is_outside: fn(IpAddr) -> bool,
}

impl Guard {
    pub fn new(names: Arc<dyn Names>, is_outside: fn(IpAddr) -> bool) -> Self {
        Self { names, is_outside }
    }

    pub(super) fn is_outside(&self, address: IpAddr) -> bool {
        (self.is_outside)(address)
    }
}

impl Default for Guard {
    /// The machine's resolver, and the public internet.
    fn default() -> Self {
        Self::new(Arc::new(SystemNames), is_public)
    }
}

/// Resolves names to their addresses outside and hides all others. The client connects to what
/// this answers and asks nobody again.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = guard.names.addresses(name.as_str()).await?;
            let outside: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| guard.is_outside(*address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if outside.is_empty() {
                return Err(REFUSED.into());
            }
            Ok(Box::new(outside.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet (IANA special-purpose registries, as of
/// 2026).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 31, 196)
            | (192, 52, 193)
            | (192, 88, 99)
            | (192, 168, _)
            | (192, 175, 48)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // An IPv4 address in IPv6 clothes is judged as what it is (mapped, NAT64, 6to4).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        [0x2002, high, low, ..] => embedded(high, low),
        // Protocol assignments with Teredo, documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // Only 2000::/3 is global unicast.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}
