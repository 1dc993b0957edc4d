//! The fund's money: payments, statements, months, reserve.
//!
//! **Invariant:** these pages are the fund's own; a bank has those of its payments, cut to its claims, because it confirms
//! their receipt.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("/payments", Access::page(P::ReadClaims), "money.payments"),
        Route::page("/payments/batch", Access::page(P::ActOnClaims), "money.batch"),
        Route::act("/payments/batch", Access::page(P::ActOnClaims), "money.batch"),
        Route::page("/payments/batch/{key}", Access::page(P::ReadClaims), "money.batch_list"),
        Route::page("/statements", Access::fund(P::ReadBooks), "money.statements"),
        Route::file_act("/statements", Access::fund(P::KeepBooks), "money.statements"),
        Route::page("/statements/reconciliation", Access::fund(P::ReadBooks), "money.reconciliation"),
        Route::page("/statements/{id}", Access::fund(P::ReadBooks), "money.statement"),
        Route::act("/statements/{id}", Access::fund(P::KeepBooks), "money.statement"),
        Route::page("/periods", Access::fund(P::ReadBooks), "money.periods"),
        Route::act("/periods", Access::fund(P::ActOnFund), "money.periods"),
        Route::page("/periods/vouchers", Access::fund(P::ReadBooks), "money.vouchers"),
        Route::act("/periods/vouchers", Access::fund(P::KeepBooks), "money.vouchers"),
        Route::page("/periods/journal/{file}", Access::fund(P::ReadBooks), "money.journal"),
        Route::page("/reserve", Access::fund(P::ReadReserve), "money.reserve"),
    ]
}
