//! The edge of the server: what is found out about a request, and refused, before anything else sees it.
//!
//! Owns who may be believed (trusted proxies), by which names the server answers, the number of a request, and what
//! happens when an answer breaks off.
//! **Invariant:** behind this edge the headers about proxies are gone, `Host` is a name of this server, and no panic
//! goes further than to one answer.

use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use super::blocking::{self, Statements};
use super::client::{self, ClientAddress, Network};
use super::request_id::{self, RequestId};
use super::serve::ListenError;
use crate::config::ServerConfig;
use crate::i18n;

/// Headers by which proxies tell of whom they speak for.
const TOLD: [&str; 6] =
    ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "forwarded", "x-real-ip"];
/// Two years: what the lists of browsers ask for.
const STAY_SECURE: &str = "max-age=63072000; includeSubDomains";

/// Whom the server believes and by which names it answers.
#[derive(Debug, Clone, Default)]
pub struct Perimeter {
    proxies: Vec<Network>,
    hosts: Vec<String>,
    has_tls: bool,
}

/// The request came over an encrypted connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsSecure(pub bool);

impl Perimeter {
    /// The edge the settings draw.
    ///
    /// # Errors
    /// `BadSetting`.
    pub fn of(settings: &ServerConfig) -> Result<Perimeter, ListenError> {
        let bad = |key, found: &str| ListenError::BadSetting { key, found: found.to_owned() };
        let network = |text: &String| text.parse::<Network>().map_err(|_bad| bad("server.trusted_proxies", text));
        let proxies = settings.trusted_proxies.iter().map(network).collect::<Result<Vec<_>, _>>()?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']');
        if let Some(host) = settings.public_hosts.iter().find(|host| host.is_empty() || !host.chars().all(is_name)) {
            return Err(bad("server.public_hosts", host));
        }
        let hosts = settings.public_hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        Ok(Perimeter { proxies, hosts, has_tls: !settings.tls_certificate.as_os_str().is_empty() })
    }

    /// Whether other machines may reach the server: it has a name, and nobody can listen in on the way.
    #[must_use]
    pub fn may_be_reached(&self) -> bool {
        !self.hosts.is_empty() && (self.has_tls || !self.proxies.is_empty())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.holds(address))
    }

    /// Whether a `Host` header names this server.
    fn answers_to(&self, host: &str) -> bool {
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map_or(rest, |(address, _)| address),
            None => host.rsplit_once(':').map_or(host, |(name, _)| name),
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let is_this_machine = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        is_this_machine || self.hosts.iter().any(|known| *known == name || *known == host)
    }
}

/// Finds out who asks, refuses who asks for another server, and answers whatever happens.
pub async fn enter(State(perimeter): State<Arc<Perimeter>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let peer = client::plain(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
    let is_proxy = perimeter.trusts(peer);
    let told = if is_proxy { request.headers().clone() } else { HeaderMap::new() };
    let address = client::behind(peer, &perimeter.proxies, &told);
    let is_secure = perimeter.has_tls || client::last(&told, "x-forwarded-proto") == Some("https");
    let given = client::last(&told, request_id::HEADER).and_then(RequestId::read);
    let id = given.unwrap_or_else(RequestId::new_random);
    for name in TOLD.into_iter().chain([request_id::HEADER]) {
        request.headers_mut().remove(name);
    }
    if let Some(host) = client::last(&told, "x-forwarded-host").and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
    // Above the level that is shown by default, so that no line of the log is without the number.
    let span = tracing::error_span!("request", request_id = %id.0, method = %request.method(),
        path = %request.uri().path(), client = %address);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(ClientAddress(address));
    request.extensions_mut().insert(IsSecure(is_secure));
    // A body without a stated length ends the connection: what follows it is then nobody's request.
    let ends = request.headers().contains_key(header::TRANSFER_ENCODING);
    let wants_json = wants_json(&request);
    let (mut response, statements) = match refusal(&perimeter, &request) {
        Some(refused) => (refused, Statements(0)),
        None => blocking::counted(answer(request, next, &id, wants_json).instrument(span.clone())).await,
    };
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), queries = statements.0, "answered"));
    response.extensions_mut().insert(statements);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(HeaderName::from_static(request_id::HEADER), id);
    }
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STAY_SECURE));
    }
    if ends {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The answer behind the edge; a panic becomes one that tells nothing but the number.
async fn answer(request: Request, next: Next, id: &RequestId, wants_json: bool) -> Response {
    let mut running = Box::pin(next.run(request));
    let done = poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            // The place was logged when it happened; what was thrown may hold what nobody should read.
            Err(_thrown) => Poll::Ready(None),
        }
    });
    match done.await {
        Some(response) => response,
        None => broken(id, wants_json),
    }
}

/// The answer where no page could be made: both languages, and nothing of the inside.
fn broken(id: &RequestId, wants_json: bool) -> Response {
    let number = i18n::both("page.error.request_id", &[("id", &id.0)]);
    if wants_json {
        let body = serde_json::json!({
            "type": "about:blank", "status": 500, "code": "internal", "request_id": id.0,
            "title": i18n::both("page.error.internal", &[]),
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        return (StatusCode::INTERNAL_SERVER_ERROR, kind, body.to_string()).into_response();
    }
    let texts = [i18n::both("page.error.internal", &[]), i18n::both("page.error.internal_help", &[]), number];
    plain(StatusCode::INTERNAL_SERVER_ERROR, &texts.join("\n"))
}

/// What is not a request to this server.
fn refusal(perimeter: &Perimeter, request: &Request) -> Option<Response> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let named = request.uri().authority().map(axum::http::uri::Authority::as_str);
    let is_old = request.version() < Version::HTTP_11;
    let bad = || Some(plain(StatusCode::BAD_REQUEST, &i18n::both("page.error.bad_host", &[])));
    let foreign = || Some(plain(StatusCode::FORBIDDEN, &i18n::both("page.error.foreign_host", &[])));
    let host = match first.map(HeaderValue::to_str) {
        _ if second.is_some() => return bad(),
        None if is_old => None,
        None | Some(Err(_)) => return bad(),
        Some(Ok(host)) => Some(host),
    };
    let all_ours = host.into_iter().chain(named).all(|name| perimeter.answers_to(name));
    if all_ours { None } else { foreign() }
}

fn wants_json(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    request.uri().path().starts_with("/api/") || accept.starts_with("application/json")
}

fn plain(status: StatusCode, text: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.to_owned()).into_response()
}
