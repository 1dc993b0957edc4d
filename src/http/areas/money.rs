//! The fund's money: payments, statements, months, reserve.
//!
//! **Invariant:** these pages are the fund's own; no bank has them.

use crate::http::registry::Route;

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
