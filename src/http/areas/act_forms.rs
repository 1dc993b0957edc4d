//! Forms of acts, for every life; things to do; search.
//!
//! **Invariant:** every act is asked for at one address, whatever page leads to it.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    let mut all = vec![
        Route::page("/todo", Access::page(P::ReadClaims), "act_forms.todo"),
        Route::page("/papers/{life}/{subject}", Access::page(P::ReadAttachments), "act_forms.papers"),
        Route::file_act("/papers/{life}/{subject}", Access::page(P::AddAttachments), "act_forms.papers"),
        Route::page("/papers/{life}/{subject}/{paper}", Access::page(P::ReadAttachments), "act_forms.paper"),
        Route::page("/claims/{id}/forms/{form}", Access::bank(P::ReadClaims), "act_forms.claim_form"),
        Route::page("/claims/{id}/pack", Access::bank(P::ReadAttachments), "act_forms.pack"),
        Route::page("/search", Access::page(P::ReadPortfolio), "act_forms.search"),
    ];
    for (path, access, name) in [
        ("/acts/claim/{subject}/{act}", Access::bank(P::ActOnClaims), "act_forms.claim"),
        ("/acts/registration/{subject}/{act}", Access::bank(P::ActOnRegistrations), "act_forms.registration"),
        ("/acts/loan/{subject}/{act}", Access::bank(P::ActOnLoans), "act_forms.loan"),
        ("/acts/partner/{subject}/{act}", Access::fund(P::ActOnPartners), "act_forms.partner"),
        ("/acts/person/{subject}/{act}", Access::fund(P::KeepPersons), "act_forms.person"),
        ("/acts/fund/{subject}/{act}", Access::fund(P::ActOnFund), "act_forms.fund"),
        ("/acts/exemption/{subject}/{act}", Access::fund(P::ActOnExemptions), "act_forms.exemption"),
    ] {
        all.push(Route::page(path, access, name));
        all.push(Route::act(path, access, name));
    }
    all
}
