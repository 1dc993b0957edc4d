//! Where a telling may go: hosts that the administrator lists, at addresses that are no inner ones.
//!
//! The addresses of a name are looked at when the connection is made, and the connection is made to exactly those: a
//! name that answers differently the second time gains nothing.
//! **Invariant:** whatever stands in a URL, no connection is made to an address that the settings do not allow.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use crate::config::WebhooksConfig;

/// A target that may be told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Host as the certificate must name it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path and query.
    pub path: String,
}

/// Why a target is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetFault {
    /// Not a URL of the form `https://host[:port]/path`.
    Url,
    /// The host is not on the list.
    Host,
    /// Plain text to somewhere else than this machine.
    Plain,
    /// The name has no address.
    Unknown,
    /// The address is an inner one.
    Address,
}

impl TargetFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            TargetFault::Url => "WEBHOOK_URL",
            TargetFault::Host => "WEBHOOK_HOST",
            TargetFault::Plain => "WEBHOOK_PLAIN",
            TargetFault::Unknown => "WEBHOOK_UNKNOWN_HOST",
            TargetFault::Address => "WEBHOOK_ADDRESS",
        }
    }
}

/// Finds the addresses of a name.
pub trait Resolve {
    /// The addresses.
    fn addresses(&self, host: &str, port: u16) -> Vec<SocketAddr>;
}

/// As the system finds them.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Resolve for System {
    fn addresses(&self, host: &str, port: u16) -> Vec<SocketAddr> {
        (host, port).to_socket_addrs().map(Iterator::collect).unwrap_or_default()
    }
}

/// Longest URL taken.
const LONGEST: usize = 2_000;

/// Reads a URL and holds it against the list of hosts.
///
/// # Errors
/// `Url`, `Host`, `Plain`.
pub fn read(url: &str, settings: &WebhooksConfig) -> Result<Target, TargetFault> {
    let printable = url.len() <= LONGEST && url.bytes().all(|byte| byte.is_ascii_graphic());
    if !printable || url.contains(['\\', '#', '"', '<', '>']) {
        return Err(TargetFault::Url);
    }
    let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(TargetFault::Url),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let (host, port) = host_and_port(authority, if tls { 443 } else { 80 }).ok_or(TargetFault::Url)?;
    let target = Target { tls, host, port, path };
    let is_default = target.port == if tls { 443 } else { 80 };
    let full = format!("{}:{}", target.host, target.port);
    if !settings.allowed_hosts.iter().any(|host| *host == full || (is_default && *host == target.host)) {
        return Err(TargetFault::Host);
    }
    if !tls && !settings.allow_loopback {
        return Err(TargetFault::Plain);
    }
    Ok(target)
}

fn host_and_port(authority: &str, default: u16) -> Option<(String, u16)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            let address: Ipv6Addr = inside.parse().ok()?;
            (address.to_string(), after)
        }
        None => {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (name(host)?, port)
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0)?
        }
        None if port.is_empty() => default,
        _ => return None,
    };
    Some((host, port))
}

/// A name of letters, or an address in its usual form; numbers that some systems take for addresses are neither.
fn name(host: &str) -> Option<String> {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    let label = |part: &str| {
        let known = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(known)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let last = host.rsplit('.').next()?;
    let numeric = last.bytes().all(|c| c.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    (host.len() <= 253 && host.split('.').all(label) && !numeric).then(|| host.to_ascii_lowercase())
}

/// The addresses to connect to.
///
/// # Errors
/// `Unknown`; `Address` where any of them is not allowed; `Plain` for plain text that would leave this machine.
pub fn addresses(
    target: &Target,
    settings: &WebhooksConfig,
    resolve: &dyn Resolve,
) -> Result<Vec<SocketAddr>, TargetFault> {
    let found = resolve.addresses(&target.host, target.port);
    if found.is_empty() {
        return Err(TargetFault::Unknown);
    }
    if !found.iter().all(|address| allowed(address.ip(), settings)) {
        return Err(TargetFault::Address);
    }
    if !target.tls && !found.iter().all(|address| plain(address.ip()).is_loopback()) {
        return Err(TargetFault::Plain);
    }
    Ok(found)
}

/// Whether a connection may be made to an address.
#[must_use]
pub fn allowed(address: IpAddr, settings: &WebhooksConfig) -> bool {
    let address = plain(address);
    if address.is_loopback() {
        return settings.allow_loopback;
    }
    match address {
        IpAddr::V4(address) if address.is_private() => settings.allow_private,
        IpAddr::V6(address) if (address.segments()[0] & 0xfe00) == 0xfc00 => settings.allow_private,
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// An address of the old form that is written in the new one, in the old form.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(wide) = address else { return address };
    let s = wide.segments();
    let [.., high, low] = s;
    let carried = || {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0x0064, 0xff9b, 0, 0, 0, 0, _, _] => carried(),
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0, _, _] => carried(),
        _ => address,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let inner = address.is_unspecified()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation();
    let reserved = match address.octets() {
        [0 | 240..=255, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] | [192, 88, 99, _] => true,
        [100, second, ..] => (64..128).contains(&second),
        _ => false,
    };
    !inner && !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only what is handed out to the public, without tunnels that carry other addresses, and without examples.
    match address.segments() {
        [0x2002, ..] | [0x2001, 0..=0x01ff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, ..] => false,
        [first, ..] => (first & 0xe000) == 0x2000,
    }
}
