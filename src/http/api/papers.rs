//! The description of the interface, for programs and for people.
//!
//! **Invariant:** it tells what can be asked and nothing of what is stored, so that everyone may read it.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};

use super::gate;
use crate::http::error::{self, PageError};
use crate::http::pages::Pages;
use crate::http::visit::Visit;
use crate::views::api::guide::guide;
use crate::views::api::openapi::document;

/// The description (OpenAPI 3.1).
pub async fn description(headers: HeaderMap) -> Response {
    Json(document(gate::language(&headers))).into_response()
}

/// The page that tells it to people.
pub async fn told(State(pages): State<Pages>, visit: Visit) -> Response {
    match pages.renderer.render("pages/api.html", visit.lang, &guide(visit.lang)) {
        Ok(body) => Html(body).into_response(),
        Err(fault) => error::respond(&pages, &visit, &PageError::Internal { detail: format!("api.html: {fault:#}") }),
    }
}
