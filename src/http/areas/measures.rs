//! Rulebooks, reports, calendar, partners.
//!
//! **Invariant:** these pages show what holds for everybody; acts on it are forms of the act.

use crate::http::registry::Route;

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
