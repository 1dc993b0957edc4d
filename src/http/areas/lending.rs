//! What a bank's people do: registrations, returns, follow-up.
//!
//! **Invariant:** whatever belongs to a bank is asked for with its own name in the address.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("/registrations", Access::page(P::ReadPortfolio), "lending.registrations"),
        Route::act("/registrations", Access::page(P::ActOnRegistrations), "lending.registrations"),
        Route::page("/registrations/{id}", Access::bank(P::ReadPortfolio), "lending.registration"),
        Route::page("/registrations/{id}/forms/{form}", Access::bank(P::ReadPortfolio), "lending.registration_form"),
        Route::page("/returns", Access::page(P::ReadPortfolio), "lending.returns"),
        Route::page("/returns/{bank}", Access::bank(P::EnterFiles), "lending.grid"),
        Route::act("/returns/{bank}", Access::bank(P::EnterFiles), "lending.grid"),
        Route::page("/imports/{id}/undo", Access::bank(P::ReadImports), "lending.undo"),
        Route::act("/imports/{id}/undo", Access::bank(P::AskUndo), "lending.undo"),
        Route::page("/scorecards", Access::page(P::ReadPartners), "lending.scorecards"),
        Route::page("/overdue", Access::page(P::ReadPortfolio), "lending.overdue"),
        Route::page("/reminders", Access::page(P::ReadPortfolio), "lending.reminders"),
    ]
}
