//! Rulebooks, reports, calendar, partners.
//!
//! **Invariant:** these pages show what holds for everybody; acts on it are forms of the act.

use crate::domain::access::Permission as P;
use crate::http::registry::{Access, Route};

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("/partners", Access::page(P::ReadPartners), "measures.partners"),
        Route::page("/partners/{code}", Access::bank(P::ReadPartners), "measures.partner"),
        Route::page("/scorecards", Access::page(P::ReadPartners), "measures.scorecards"),
        Route::page("/rulebooks", Access::page(P::ReadRulebooks), "measures.rulebooks"),
        Route::file_act("/rulebooks", Access::fund(P::IssueRulebooks), "measures.rulebooks"),
        Route::page("/rulebooks/{id}/{version}", Access::page(P::ReadRulebooks), "measures.rulebook"),
        Route::page("/reports", Access::fund(P::ReadReports), "measures.reports"),
        Route::page("/reports/{id}", Access::fund(P::ReadReports), "measures.report"),
        Route::page("/reports/{id}/html", Access::fund(P::ReadReports), "measures.report_html"),
        Route::page("/reports/{id}/workbook", Access::fund(P::ReadReports), "measures.report_xlsx"),
        Route::page("/calendar", Access::fund(P::ReadJobs), "measures.calendar"),
        Route::page("/portal", Access::fund(P::ReadRulebooks), "measures.portal"),
    ]
}
