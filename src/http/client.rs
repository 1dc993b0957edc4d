//! Who is at the other end: addresses, networks, and what proxies say of whom they speak for.
//!
//! **Invariant:** what a proxy says counts only if the proxy itself is trusted, and only up to the first address that
//! is not: everything further left was written by strangers.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::HeaderMap;

/// The address a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A network: an address and how many of its first bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    length: u32,
}

/// A text is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Network, NotANetwork> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.trim().parse().map_err(|_unreadable| NotANetwork)?;
        let (whole, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let length = match length {
            Some(length) => length.trim().parse::<u32>().map_err(|_unreadable| NotANetwork)?,
            None => whole,
        };
        if length > whole {
            return Err(NotANetwork);
        }
        Ok(Network { bits: bits(address), length: length + offset })
    }
}

impl Network {
    /// Whether an address lies in it.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        let apart = self.bits ^ bits(address);
        self.length == 0 || apart.checked_shr(128 - self.length).unwrap_or(0) == 0
    }
}

/// An address as 128 bits; IPv4 in the place it has within IPv6.
fn bits(address: IpAddr) -> u128 {
    let wide: Ipv6Addr = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    };
    u128::from(wide)
}

/// The plain form of an address: IPv4 within IPv6 is IPv4.
#[must_use]
pub fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(wide) => wide.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// The client behind trusted proxies: the right-most address that is no trusted one.
#[must_use]
pub fn behind(peer: IpAddr, trusted: &[Network], headers: &HeaderMap) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let mut nearest = plain(peer);
    for told in last_first(headers, "x-forwarded-for") {
        if !is_trusted(nearest) {
            break;
        }
        let Some(address) = address_of(told) else { break };
        nearest = plain(address);
    }
    nearest
}

/// The last value of a list header, which the nearest proxy wrote.
#[must_use]
pub fn last<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
    last_first(headers, name).next()
}

fn last_first<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim)
}

/// An address with or without a port.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(address, _)| address);
    bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))
}
