//! What a visitor sees when a page cannot be shown.
//!
//! **Invariant:** the page tells the code and what to do; the inside goes to the log and nowhere else.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use super::pages::Pages;
use super::visit::Visit;
use crate::i18n;
use crate::views::Shell;

/// Why a page cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PageError {
    /// Nothing has this address or this identifier.
    #[error("nothing is here")]
    NotFound,
    /// The request wanted to change something here.
    #[error("this address is for reading only")]
    ReadOnly,
    /// Somebody is signed in, but no office allows this.
    #[error("not allowed")]
    Forbidden,
    /// Too many sign in at this moment.
    #[error("too many sign in at this moment")]
    Busy,
    /// A form that this server did not give to this browser.
    #[error("the form was not given to this browser")]
    StaleForm,
    /// The same; what was typed is kept for who sent it.
    #[error("the form was not given to this browser; what was typed is kept")]
    StaleKept,
    /// A form that cannot be read.
    #[error("the form cannot be read")]
    BadForm,
    /// More was sent than a form may hold.
    #[error("the form is too large")]
    TooLarge,
    /// What was sent came too slowly.
    #[error("the form came too slowly")]
    TooSlow,
    /// The database cannot be reached.
    #[error("the database cannot be reached: {detail}")]
    Unavailable {
        /// For the log.
        detail: String,
    },
    /// A fault of the program or a corrupt row.
    #[error("internal error: {detail}")]
    Internal {
        /// For the log.
        detail: String,
    },
}

/// The page of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ErrorView {
    /// Frame.
    pub shell: Shell,
    /// Status number.
    pub status: u16,
    /// Stable code; its words are `page.error.<code>` and `page.error.<code>_help`.
    pub code: String,
    /// Number of the request, for whoever looks into the log.
    pub request_id: String,
}

impl PageError {
    const fn parts(&self) -> (StatusCode, &'static str) {
        match self {
            PageError::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            PageError::ReadOnly => (StatusCode::METHOD_NOT_ALLOWED, "read_only"),
            PageError::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            PageError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            PageError::StaleForm => (StatusCode::FORBIDDEN, "stale_form"),
            PageError::StaleKept => (StatusCode::FORBIDDEN, "stale_kept"),
            PageError::BadForm => (StatusCode::BAD_REQUEST, "bad_form"),
            PageError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            PageError::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow"),
            PageError::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            PageError::Internal { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

/// Answers with the page of `error`; machines that ask for health get JSON.
#[must_use]
pub fn respond(pages: &Pages, visit: &Visit, error: &PageError) -> Response {
    let (status, code) = error.parts();
    if status.is_server_error() {
        tracing::error!(error = %error, path = %visit.path, "page not shown: {error}");
    }
    if visit.path == "/health" {
        return (status, Json(json!({ "status": "failing", "code": code }))).into_response();
    }
    let mut view = ErrorView { status: status.as_u16(), code: code.to_owned(), ..ErrorView::default() };
    view.request_id.clone_from(&visit.request_id);
    visit.frame(&mut view.shell, "");
    match pages.renderer.render("pages/error.html", visit.lang, &view) {
        Ok(body) => (status, visit.cookies(), Html(body)).into_response(),
        Err(broken) => {
            tracing::error!(error = %broken, "the error page itself is broken: {broken}");
            let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            let number = i18n::both("page.error.request_id", &[("id", &visit.request_id)]);
            (status, kind, [i18n::both(&format!("page.error.{code}"), &[]), number].join("\n")).into_response()
        }
    }
}
