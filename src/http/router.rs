//! Every address of the server, on one screen.
//!
//! **Invariant:** the layers around the routes are never left out; a route that changes something stands behind the
//! guard of own forms.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use super::guard::only_own_forms;
use super::headers::{only_this_machine, protect};
use super::pages::{self, Pages};
use super::{acts, forms};

/// The server's addresses.
pub fn router(source: Pages) -> Router {
    Router::new()
        .route("/", get(pages::dashboard))
        .route("/loans", get(pages::loans))
        .route("/loans/{id}", get(pages::loan))
        .route("/claims", get(pages::claims))
        .route("/claims/{id}", get(pages::claim))
        .route("/claims/{id}/sheet", get(pages::sheet))
        .route("/claims/{id}/sheet.json", get(pages::signed_sheet))
        .route("/fund", get(pages::fund))
        .route("/jobs", get(pages::jobs))
        .route("/mails", get(pages::mails))
        .route("/mails/{id}", get(pages::mail))
        .route("/mails/{id}/body", get(pages::mail_body))
        .route("/mails/{id}/eml", get(pages::mail_raw))
        .route("/imports", get(pages::imports))
        .route("/imports/uploads/{id}", get(pages::upload))
        .route("/imports/uploads/{id}/marked", get(pages::marked))
        .route("/imports/templates/{kind}", get(pages::template))
        .route("/lists/{file}", get(pages::list))
        .merge(changing())
        .route("/health", get(pages::health))
        .route("/static/{*path}", get(pages::asset))
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(pages::not_for_reading)
        .with_state(source)
        .layer(from_fn(only_this_machine))
        .layer(from_fn(protect))
}

/// The addresses of forms.
fn changing() -> Router<Pages> {
    let plain = Router::new()
        .route("/imports/uploads/{id}/decision", post(acts::decide))
        .route("/imports/uploads/{id}/cancel", post(acts::cancel))
        .route("/imports/uploads/{id}/mapping", get(pages::layout).post(acts::layout))
        .route_layer(forms::plain_limit());
    Router::new()
        // The form counts for itself, so that its sender gets to read what was too large.
        .route("/imports/uploads", post(acts::upload).layer(DefaultBodyLimit::disable()))
        .merge(plain)
        .route_layer(from_fn(only_own_forms))
}
