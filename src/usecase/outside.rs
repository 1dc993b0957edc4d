//! Asking and telling other systems over HTTP.
//!
//! Owns the connection: where it may go and how long it may take.
//! **Invariant:** the network address that was judged is the one that is connected to; no redirection is followed.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::domain::outgoing::is_public;

/// How far a connection may reach.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Whether plain HTTP is taken.
    pub plain_http: bool,
    /// Whether addresses of this machine and of private networks are taken.
    pub private_addresses: bool,
    /// Time for connection and answer together.
    pub patience: Duration,
    /// What the product calls itself to the other side.
    pub calls_itself: &'static str,
    /// Code of the fault for an address that is not taken.
    pub refusal: &'static str,
}

/// A client that follows no redirection and connects to judged addresses only; it hands out every status as it is.
#[must_use]
pub fn agent(reach: Reach) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(reach.patience))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .https_only(!reach.plain_http)
        .proxy(None)
        .user_agent(reach.calls_itself)
        .build();
    let judge =
        JudgedResolver { private: reach.private_addresses, refusal: reach.refusal, inner: DefaultResolver::default() };
    ureq::Agent::with_parts(config, DefaultConnector::default(), judge)
}

/// Looks names up and refuses addresses that are nobody's outside.
#[derive(Debug)]
struct JudgedResolver {
    private: bool,
    refusal: &'static str,
    inner: DefaultResolver,
}

impl Resolver for JudgedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let is_refused = |address: &SocketAddr| !self.private && !is_public(address.ip());
        if found.iter().any(is_refused) {
            return Err(ureq::Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, self.refusal)));
        }
        Ok(found)
    }
}
