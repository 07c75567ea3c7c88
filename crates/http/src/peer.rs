//! Who asks: the address at the other end of the line, seen through the proxies that stand before
//! us and through no others.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// A network in the usual notation: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is neither an IP address nor a network")]
pub struct InvalidNetwork;

impl Network {
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, plain(address)) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                base.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                base.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }

    /// The proxies of a house that named none: those on its own machine.
    #[must_use]
    pub fn own_machine() -> Vec<Self> {
        [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ]
        .map(Self::from)
        .to_vec()
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let base = plain(address);
        Self {
            base,
            prefix: bits(base),
        }
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let Some((base, prefix)) = text.split_once('/') else {
            return text.parse().map(IpAddr::into).map_err(|_| InvalidNetwork);
        };
        let base: IpAddr = base.parse().map_err(|_| InvalidNetwork)?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u8 = prefix.parse().map_err(|_| InvalidNetwork)?;
        if digits && prefix <= bits(base) {
            Ok(Self { base, prefix })
        } else {
            Err(InvalidNetwork)
        }
    }
}

const fn bits(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// A listener for both families sees IPv4 peers in the clothes of IPv6.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// A line of IPv6 has 2^64 addresses, so all of them are one.
pub(crate) fn counted_as(address: IpAddr) -> IpAddr {
    match plain(address) {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The other end of the line. A handler takes it as an argument; it is never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peer {
    /// Who asks, as far as it can be known: the other end of the socket, or whom a trusted proxy
    /// names. `None` when a trusted proxy names nobody.
    pub address: Option<IpAddr>,
    /// The other end of the socket.
    pub direct: Option<IpAddr>,
    /// Somebody says that the request was passed on, believed or not.
    pub forwarded: bool,
}

impl Peer {
    /// What attempts are counted by.
    #[must_use]
    pub fn counted_as(&self) -> Option<IpAddr> {
        self.address.map(counted_as)
    }

    /// The request was made on this very machine, and nobody passed it on.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        !self.forwarded && self.direct.is_some_and(|address| address.is_loopback())
    }

    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let forwarded = headers.contains_key(FORWARDED_FOR) || headers.contains_key("forwarded");
        let direct = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| plain(peer.ip()));
        let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(address));
        let address = match direct {
            Some(direct) if is_trusted(direct) => named(headers, is_trusted),
            direct => direct,
        };
        Self {
            address,
            direct,
            forwarded,
        }
    }
}

/// The last hop that is not one of our own: everything before it is what the asker wrote itself.
fn named(headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let mut last = None;
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        for hop in line.to_str().ok()?.rsplit(',') {
            let address = hop_address(hop.trim())?;
            last = Some(address);
            if !is_trusted(address) {
                return last;
            }
        }
    }
    last
}

/// Some proxies add the port, and brackets around IPv6.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().ok();
    let with_port = || hop.parse().ok().map(|peer: SocketAddr| peer.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    address.or_else(with_port).or_else(in_brackets).map(plain)
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(direct: &str, forwarded: &[&str], trusted: &[&str]) -> Peer {
        let mut extensions = Extensions::new();
        let socket: SocketAddr = direct.parse().unwrap();
        extensions.insert(ConnectInfo(socket));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        Peer::of(&extensions, &headers, &trusted)
    }

    fn asks(direct: &str, forwarded: &[&str], trusted: &[&str]) -> Option<String> {
        let address = peer(direct, forwarded, trusted).address;
        address.map(|address| address.to_string())
    }

    // Case: PR06
    #[test]
    fn only_trusted_proxies_name_somebody() {
        let proxies = ["127.0.0.1", "::1", "10.0.0.0/8"];
        let from = |direct, lines: &[&str]| asks(direct, lines, &proxies);
        let line = ["198.51.100.7"];
        assert_eq!(from("203.0.113.9:4", &line).as_deref(), Some("203.0.113.9"));
        assert_eq!(from("127.0.0.1:4", &line).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("[::1]:4", &line).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("127.0.0.1:4", &[]), None);
        assert_eq!(
            asks("127.0.0.1:4", &line, &[]).as_deref(),
            Some("127.0.0.1")
        );
        // What stands before the last foreign hop was written by the asker.
        let spoofed = ["192.0.2.1, 198.51.100.7, 10.1.2.3"];
        assert_eq!(
            from("10.9.9.9:4", &spoofed).as_deref(),
            Some("198.51.100.7")
        );
        let lines = ["192.0.2.1", "198.51.100.7"];
        assert_eq!(from("127.0.0.1:4", &lines).as_deref(), Some("198.51.100.7"));
        assert_eq!(from("127.0.0.1:4", &["192.0.2.1, who knows"]), None);
    }

    // Case: DO06
    #[test]
    fn addresses_have_one_spelling() {
        let from = |hop: &str| asks("127.0.0.1:4", &[hop], &["127.0.0.1"]);
        for hop in ["198.51.100.7:55", "::ffff:198.51.100.7", "198.51.100.7"] {
            assert_eq!(from(hop).as_deref(), Some("198.51.100.7"), "{hop}");
        }
        assert_eq!(from("[2001:db8::1]").as_deref(), Some("2001:db8::1"));
        assert_eq!(from("[2001:db8::1]:9").as_deref(), Some("2001:db8::1"));
        assert_eq!(
            asks("[::ffff:203.0.113.9]:4", &[], &[]).as_deref(),
            Some("203.0.113.9")
        );
        let one = peer("[2001:db8:1:2::a]:4", &[], &[]).counted_as();
        assert_eq!(one, peer("[2001:db8:1:2:ff::b]:4", &[], &[]).counted_as());
        assert_ne!(one, peer("[2001:db8:1:3::a]:4", &[], &[]).counted_as());
    }

    #[test]
    fn this_machine_is_told_from_a_proxy_on_it() {
        let own = ["127.0.0.1"];
        assert!(peer("127.0.0.1:4", &[], &own).is_on_this_machine());
        assert!(!peer("127.0.0.1:4", &["198.51.100.7"], &own).is_on_this_machine());
        assert!(!peer("127.0.0.1:4", &["127.0.0.1"], &own).is_on_this_machine());
        assert!(!peer("203.0.113.9:4", &[], &own).is_on_this_machine());
    }

    #[test]
    fn networks_are_read_and_hold_their_addresses() {
        let holds = |net: &str, address: &str| {
            net.parse::<Network>()
                .unwrap()
                .contains(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(holds("fd00::/8", "fd12::1"));
        assert!(holds("192.0.2.1", "::ffff:192.0.2.1"));
        for odd in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "localhost",
        ] {
            assert_eq!(odd.parse::<Network>(), Err(InvalidNetwork), "{odd}");
        }
    }
}
