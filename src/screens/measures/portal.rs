//! The portal of those who watch: nothing can be changed from here.
//!
//! **Invariant:** figures of a period are the frozen report's; what leads on is what the reader may open.

use super::reports::{kind_of, rows};
use crate::domain::access::Permission;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::screens::desk::{Desk, unsigned};
use crate::screens::{dashboard, drawn, figures, named};
use crate::storage::find::claim_list::{self, ClaimFilter};
use crate::storage::find::loan_list::LoanFilter;
use crate::storage::find::report_list::{self, ReportFilter};
use crate::views::charts::{Picture, ageing, banks, holdings, months};
use crate::views::measures::portal::{PortalView, Way};

/// Reports of one period.
const MOST: i64 = 20;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let mut view = PortalView { ways: ways(desk)?, pictures: pictures(desk)?, ..PortalView::default() };
    if desk.may_for_fund(Permission::ReadReports) {
        reported(desk, asked, &mut view)?;
    }
    named::page(desk, "measures_portal", "portal", &view)
}

/// The reports of the period asked for, or of the newest one.
fn reported(desk: &mut Desk<'_>, asked: &Named, view: &mut PortalView) -> Result<(), PageError> {
    let fund_id = desk.app.fund_id();
    view.reads_reports = true;
    let mut periods: Vec<String> =
        report_list::kinds(&mut desk.db, fund_id)?.into_iter().map(|(_, period)| period).collect();
    periods.dedup();
    let wanted = asked.parameter("period");
    let known = periods.iter().find(|period| *period == wanted).or_else(|| periods.first());
    view.period = known.cloned().unwrap_or_default();
    view.periods = periods;
    if view.period.is_empty() {
        return Ok(());
    }
    let kind = kind_of(desk, "");
    let filter = ReportFilter { name: &kind, period: &view.period };
    let lines = report_list::page(&mut desk.db, fund_id, filter, (0, MOST))?;
    view.reports = rows(desk, lines)?.into_iter().filter(|row| !row.is_replaced).collect();
    let shown = view.reports.iter().find(|row| row.id == asked.parameter("report"));
    let shown = shown.or_else(|| view.reports.iter().find(|row| row.code == "regulator_summary"));
    view.shown = shown.or_else(|| view.reports.first()).map(|row| row.id.clone()).unwrap_or_default();
    Ok(())
}

/// The book, the claims and the banks as they stand now, as far as the reader reads them one by one.
fn pictures(desk: &mut Desk<'_>) -> Result<Vec<Picture>, PageError> {
    let lang = desk.lang;
    let mut all = Vec::new();
    if desk.may_for_fund(Permission::ReadPortfolio) {
        all.push(months::tiers(&dashboard::months(desk)?, lang));
    }
    if desk.may_for_fund(Permission::ReadClaims) {
        all.push(ageing::picture(&drawn::ageing(desk)?, lang));
    }
    if desk.may_for_fund(Permission::ReadPartners) {
        all.push(banks::picture(&drawn::banks(desk)?.0, lang));
    }
    if desk.may_for_fund(Permission::ReadPortfolio) {
        all.push(holdings::borrowers(&drawn::borrowers(desk)?, lang));
        all.push(holdings::industries(&drawn::industries(desk)?, lang));
    }
    Ok(all)
}

/// What leads on from here, with how much there is.
fn ways(desk: &mut Desk<'_>) -> Result<Vec<Way>, PageError> {
    let way =
        |code: &str, count: i64, amount: Option<i64>| Way { code: code.to_owned(), count: unsigned(count), amount };
    let mut all = Vec::new();
    if desk.may_for_fund(Permission::ReadPortfolio) {
        let sums = figures::loan_sums(desk, &LoanFilter { search: "", bank: "", standing: None })?;
        all.push(way("loans", sums.loans, Some(sums.balance)));
    }
    if desk.may_for_fund(Permission::ReadClaims) {
        let sums = claim_list::sums(&mut desk.db, &desk.reach, &ClaimFilter::default())?;
        all.push(way("claims", sums.claims, Some(sums.payout)));
    }
    all.push(way("rights", figures::rights(desk, "")?.count(), None));
    Ok(all)
}
