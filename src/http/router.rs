//! The server: the routes of the registry inside the layers that no answer leaves out.
//!
//! **Invariant:** the layers around the routes are never left out; a route that changes something stands behind the
//! guard of own forms or asks for a token.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use super::door::identify;
use super::headers::{only_this_machine, protect};
use super::pages::{self, Pages};
use super::registry;

/// The server's addresses.
pub fn router(source: Pages) -> Router {
    registry::built(registry::routes(), &source)
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(pages::not_for_reading)
        .layer(from_fn_with_state(source.clone(), identify))
        .with_state(source)
        .layer(from_fn(only_this_machine))
        .layer(from_fn(protect))
}
