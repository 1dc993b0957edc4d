//! Rulebooks, reports, calendar, partners.
//!
//! **Invariant:** these pages show what holds for everybody; acts on it are forms of the act.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    let mut all = partners();
    all.extend(rulebooks());
    all.extend(reports());
    all.push(Route::page("/portal", Access::fund(P::ReadRights), "measures.portal"));
    all.push(Route::page("/glossary", Access::OWN, "measures.glossary"));
    all.push(Route::page("/calendar", Access::OWN, "measures.calendar"));
    all.push(Route::page("/jobs/{id}/run", Access::fund(P::RunJobs), "measures.run"));
    all.push(Route::act("/jobs/{id}/run", Access::fund(P::RunJobs), "measures.run"));
    all
}

fn partners() -> Vec<Route> {
    vec![
        Route::page("/partners", Access::page(P::ReadPartners), "measures.partners"),
        Route::page("/partners/{id}", Access::bank(P::ReadPartners), "measures.partner"),
    ]
}

fn rulebooks() -> Vec<Route> {
    let reads = Access::page(P::ReadRulebooks);
    let issues = Access::fund(P::IssueRulebooks);
    vec![
        Route::page("/rulebooks", reads, "measures.rulebooks"),
        Route::file_act("/rulebooks", issues, "measures.propose"),
        Route::page("/rulebooks/compare", reads, "measures.compare"),
        Route::page("/rulebooks/{id}/{version}", reads, "measures.rulebook"),
        Route::page("/rulebooks/{id}/{version}/file", reads, "measures.rulebook_file"),
        Route::page("/rulebooks/{id}/{version}/try", reads, "measures.try"),
        Route::page("/rulebook-proposals/{id}", issues, "measures.proposal"),
        Route::act("/rulebook-proposals/{id}", issues, "measures.answer"),
    ]
}

fn reports() -> Vec<Route> {
    let reads = Access::fund(P::ReadReports);
    vec![
        Route::page("/reports", reads, "measures.reports"),
        Route::page("/reports/{id}", reads, "measures.report"),
        Route::act("/reports/{id}", Access::fund(P::SendReports), "measures.send_report"),
        Route::act("/mails/{id}", Access::fund(P::SendReports), "measures.send_mail"),
        Route::page("/reports/{id}/page", reads, "measures.report_page"),
        Route::page("/reports/{id}/file/{kind}", reads, "measures.report_file"),
    ]
}
