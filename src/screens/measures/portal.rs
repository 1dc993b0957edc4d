//! The portal of those who watch over the fund: the period's figures, and the way to rows and reports.
//!
//! **Invariant:** nothing on it changes anything, and it says so.

use crate::domain::access::Permission as P;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::{dashboard, fund};
use crate::views::parts::{Cell, PartsView};

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.portal" };
    let mut facts = Vec::new();
    if desk.may_for_fund(P::ReadFund) {
        let states = fund::states(desk)?;
        let lines = vec![
            ("cash", Cell::money(states.cash)),
            ("earmarked", Cell::money(states.earmarked)),
            ("ordered", Cell::money(states.ordered)),
            ("free", Cell::money(states.free)),
            ("reserved", Cell::money(states.reserved)),
            ("capacity", Cell::money(states.capacity)),
        ];
        facts.push(say.facts("fund", lines));
    }
    if desk.may_for_fund(P::ReadSummaries) {
        let portfolio = dashboard::book(desk)?;
        let lines = vec![
            ("balance", Cell::money(portfolio.balance)),
            ("borrowers", Cell::Count { count: i64::try_from(portfolio.borrowers).unwrap_or(i64::MAX) }),
            ("loans", Cell::Count { count: i64::try_from(portfolio.loans).unwrap_or(i64::MAX) }),
            ("npl", Cell::Ratio { ppm: portfolio.npl_ratio }),
            ("npl_balance", Cell::money(portfolio.npl_balance)),
            ("claims_open", Cell::Count { count: i64::try_from(portfolio.claims_open).unwrap_or(i64::MAX) }),
            ("claims_sum", Cell::money(portfolio.claims_sum)),
        ];
        facts.push(say.facts("book", lines));
    }
    let leads = [
        ("reports", "/reports", P::ReadReports),
        ("loans", "/loans", P::ReadPortfolio),
        ("claims", "/claims", P::ReadClaims),
        ("rights", "/rights", P::ReadRights),
        ("rulebooks", "/rulebooks", P::ReadRulebooks),
        ("audit", "/audit", P::ReadAudit),
    ];
    let open = leads.into_iter().filter(|(.., permission)| desk.asker.may(*permission));
    let actions = open.map(|(key, href, _)| say.action(key, href)).collect();
    let note = Some(("info", say.text("read_only")));
    show(desk, "portal", &PartsView { facts, actions, note, ..say.page() })
}
