//! Persons, machines, settings, audit: what keeps the house.
//!
//! **Invariant:** none of these pages shows a bank's business.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("/persons", Access::fund(P::ReadPersons), "keeping.persons"),
        Route::act("/persons", Access::fund(P::KeepPersons), "keeping.persons"),
        Route::page("/persons/{key}", Access::fund(P::ReadPersons), "keeping.person"),
        Route::act("/persons/{key}", Access::fund(P::KeepPersons), "keeping.person"),
        Route::page("/machines", Access::fund(P::KeepTokens), "keeping.machines"),
        Route::act("/machines", Access::fund(P::KeepTokens), "keeping.machines"),
        Route::page("/audit", Access::fund(P::ReadAudit), "keeping.audit"),
        Route::page("/audit/verification", Access::fund(P::ReadAudit), "keeping.verification"),
        Route::page("/settings", Access::fund(P::KeepSettings), "keeping.settings"),
        Route::page("/settings/mail", Access::fund(P::KeepSettings), "keeping.mail"),
        Route::act("/settings/mail", Access::fund(P::KeepSettings), "keeping.mail"),
    ]
}
