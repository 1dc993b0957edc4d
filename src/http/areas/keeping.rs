//! Persons, machines, settings, audit: what keeps the house.
//!
//! **Invariant:** none of these pages shows a bank's business.

use crate::http::registry::Route;

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
