//! Every address of the server, on one screen.
//!
//! **Invariant:** all routes read; the two layers around them are never left out.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use super::headers::{only_this_machine, protect};
use super::pages::{self, Pages};

/// The server's addresses.
pub fn router(source: Pages) -> Router {
    Router::new()
        .route("/", get(pages::dashboard))
        .route("/loans", get(pages::loans))
        .route("/loans/{id}", get(pages::loan))
        .route("/claims", get(pages::claims))
        .route("/claims/{id}", get(pages::claim))
        .route("/fund", get(pages::fund))
        .route("/jobs", get(pages::jobs))
        .route("/mails", get(pages::mails))
        .route("/mails/{id}", get(pages::mail))
        .route("/mails/{id}/body", get(pages::mail_body))
        .route("/mails/{id}/eml", get(pages::mail_raw))
        .route("/imports", get(pages::imports))
        .route("/health", get(pages::health))
        .route("/static/{*path}", get(pages::asset))
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(pages::not_for_reading)
        .with_state(source)
        .layer(from_fn(only_this_machine))
        .layer(from_fn(protect))
}
