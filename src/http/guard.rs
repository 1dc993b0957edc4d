//! What keeps foreign pages from sending forms in a visitor's name.
//!
//! Owns two independent rules: the browser itself must say that a form comes from one of these pages, and the form
//! must hold the secret that only these pages know of this browser.
//! **Invariant:** a request that changes something passes both, or nothing is read of it.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::i18n;

/// Cookie with the secret.
pub const COOKIE: &str = "__Host-guard";
/// Characters of a secret: 128 bits, hexadecimal.
const CHARS: usize = 32;

/// A random text nobody can guess.
#[must_use]
pub fn random() -> String {
    crate::hash::hex(&rand::random::<[u8; CHARS / 2]>())
}

/// Whether a cookie holds what `random` makes.
#[must_use]
pub fn is_well_formed(secret: &str) -> bool {
    secret.len() == CHARS && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Refuses a changing request that does not come from a page of this server.
pub async fn only_own_forms(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || (comes_from_here(request.headers()) && is_form(request.headers())) {
        return next.run(request).await;
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::FORBIDDEN, kind, i18n::both("page.error.foreign_form", &[])).into_response()
}

/// Whether the body says that it is a form's: other kinds are what foreign scripts send without being asked first.
fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/x-www-form-urlencoded" | "multipart/form-data")
}

/// The browser must give one proof and contradict none: `Sec-Fetch-Site` where it knows it, else `Origin`.
fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    let host = text("host").unwrap_or("");
    let origin = text("origin").filter(|origin| *origin != "null");
    let own_origin = origin.map(|origin| {
        let name = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        !host.is_empty() && name.is_some_and(|name| name.eq_ignore_ascii_case(host))
    });
    match (site, own_origin) {
        (Some(site), own) => site == "same-origin" && own.unwrap_or(true),
        (None, own) => own.unwrap_or(false),
    }
}
