//! The server: the routes of the registry inside the layers that no answer leaves out.
//!
//! **Invariant:** the layers around the routes are never left out; a route that changes something stands behind the
//! guard of own forms or asks for a token.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use super::door::identify;
use super::headers::protect;
use super::pages::{self, Pages};
use super::registry;
use super::transport::{Perimeter, enter};

/// The server's addresses, for this machine only.
pub fn router(source: Pages) -> Router {
    router_within(source, Perimeter::default())
}

/// The server's addresses within an edge.
pub fn router_within(source: Pages, perimeter: Perimeter) -> Router {
    let routes = registry::built(registry::routes(), &source)
        .fallback(pages::nowhere)
        .method_not_allowed_fallback(pages::not_for_reading)
        .layer(from_fn_with_state(source.clone(), identify))
        .with_state(source);
    layered(routes, perimeter)
}

/// Routes inside the layers.
pub fn layered(routes: Router, perimeter: Perimeter) -> Router {
    routes.layer(from_fn_with_state(Arc::new(perimeter), enter)).layer(from_fn(protect))
}
