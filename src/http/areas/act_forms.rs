//! Forms of acts, for every life.
//!
//! **Invariant:** every act is asked for at one address, whatever page leads to it.

use crate::http::registry::Route;

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
