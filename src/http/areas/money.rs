//! The fund's money: payments, statements, months, reserve.
//!
//! **Invariant:** these pages are the fund's own; no bank has them.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("/payments", Access::fund(P::ReadFund), "money.payments"),
        Route::page("/statements", Access::fund(P::ReadBooks), "money.statements"),
        Route::file_act("/statements", Access::fund(P::KeepBooks), "money.statements"),
        Route::page("/periods", Access::fund(P::ReadBooks), "money.periods"),
        Route::act("/periods", Access::fund(P::ActOnFund), "money.periods"),
        Route::page("/reserve", Access::fund(P::ReadReserve), "money.reserve"),
    ]
}
