//! Where the product may send something by itself, and when it tries again.
//!
//! Owns the reading of a target's address and the judgement of the network addresses its name stands for. Nothing is
//! looked up or sent here.
//! **Invariant:** nothing is sent to a host that the administrator has not named, nor to an address that only this
//! machine or its neighbours can reach, unless the settings say so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;

/// Longest address taken, in characters.
const LONGEST: usize = 2_000;
/// Minutes until the next try, by number of tries that failed.
const WAIT_MINUTES: [i64; 11] = [1, 2, 5, 15, 30, 60, 120, 240, 360, 480, 720];

/// What the settings allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Hosts, each with a port where it is not that of HTTPS: `core.bank.example`, `core.bank.example:8443`.
    pub hosts: Vec<String>,
    /// Whether plain HTTP is taken.
    pub plain_http: bool,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TargetFault {
    /// It does not read as an address.
    #[error("unreadable")]
    Unreadable,
    /// It is not HTTPS.
    #[error("scheme")]
    Scheme,
    /// It carries a name, a password or a fragment.
    #[error("credentials")]
    Credentials,
    /// Its host is not on the list.
    #[error("host")]
    Host,
}

impl TargetFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            TargetFault::Unreadable => "WEBHOOK_URL",
            TargetFault::Scheme => "WEBHOOK_SCHEME",
            TargetFault::Credentials => "WEBHOOK_CREDENTIALS",
            TargetFault::Host => "WEBHOOK_HOST",
        }
    }
}

/// Refuses an address to which nothing may be sent. Precedence: readable, scheme, credentials, host.
///
/// # Errors
/// `TargetFault`.
pub fn check_target(address: &str, allowed: &Allowed) -> Result<(), TargetFault> {
    let (host, default_port) = host_of(address, allowed.plain_http)?;
    let is_named = allowed.hosts.iter().any(|named| {
        let named = named.trim().to_ascii_lowercase();
        named.strip_suffix(default_port).unwrap_or(&named) == host
    });
    if is_named { Ok(()) } else { Err(TargetFault::Host) }
}

/// The host of an address in small letters, with its port where it is not the usual one, and the usual one.
///
/// # Errors
/// `TargetFault`: unreadable, scheme, credentials.
pub fn host_of(address: &str, plain_http: bool) -> Result<(String, &'static str), TargetFault> {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>' | '`' | '{' | '}' | '|' | '^');
    if address.chars().count() > LONGEST || !address.chars().all(is_plain) {
        return Err(TargetFault::Unreadable);
    }
    let (scheme, rest) = address.split_once("://").ok_or(TargetFault::Unreadable)?;
    let default_port = match scheme {
        "https" => ":443",
        "http" if plain_http => ":80",
        _ => return Err(TargetFault::Scheme),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') || address.contains('#') {
        return Err(TargetFault::Credentials);
    }
    let host = authority.to_ascii_lowercase();
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    if host.is_empty() || host.ends_with('.') || host.ends_with(':') {
        return Err(TargetFault::Unreadable);
    }
    Ok((host.to_owned(), default_port))
}

/// Whether an address is one of the public internet: not of this machine, its neighbours, a private network, a group,
/// or reserved for something else (RFC 6890 and the registries it names).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let relay = a == 192 && b == 88 && c == 99;
    let benchmark = a == 198 && (b == 18 || b == 19);
    let special = shared || protocol || relay || benchmark || a == 0 || a >= 224;
    !(special
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_broadcast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let unique_local = first & 0xfe00 == 0xfc00;
    let link_local = first & 0xffc0 == 0xfe80;
    let site_local = first & 0xffc0 == 0xfec0;
    let documentation = (first == 0x2001 && second == 0x0db8) || first == 0x3fff;
    let protocol = first == 0x2001 && second < 0x0200;
    let discard = first == 0x0100;
    let routed = first & 0xe000 == 0x2000;
    routed && !(unique_local || link_local || site_local || documentation || protocol || discard)
}

/// The IPv4 address inside an IPv6 address: mapped, compatible, NAT64 (RFC 6052) or 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [first, second, third, fourth, fifth, sixth, ..] = address.segments();
    let octets = address.octets();
    let at = |from: usize| -> Option<Ipv4Addr> {
        let four: [u8; 4] = octets.get(from..from.checked_add(4)?)?.try_into().ok()?;
        Some(Ipv4Addr::from(four))
    };
    let leading = [first, second, third, fourth, fifth] == [0; 5];
    let translated = first == 0x64 && (second == 0xff9b);
    if (leading && (sixth == 0 || sixth == 0xffff)) || translated {
        return at(12);
    }
    if first == 0x2002 { at(2) } else { None }
}

/// Minutes until the next try after so many failed; nothing where it is given up, after about a day and a half.
#[must_use]
pub fn wait_minutes(failed: i64) -> Option<i64> {
    let nth = usize::try_from(failed.checked_sub(1)?).ok()?;
    WAIT_MINUTES.get(nth).copied()
}
