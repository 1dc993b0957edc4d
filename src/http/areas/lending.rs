//! What a bank's people do: registrations, returns, follow-up.
//!
//! **Invariant:** whatever belongs to a bank is asked for with its own name in the address.

use crate::http::registry::Route;

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
