//! Figures over whole books, for pages: kept while the books stand as they were.
//!
//! **Invariant:** a page shows what the books say now; where they stand is asked before any such figure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::desk::Desk;
use crate::http::error::PageError;
use crate::storage::find::board::{self, TierSum};
use crate::storage::find::loan_list::{self, LoanFilter, LoanSums};
use crate::storage::find::rights_list;
use crate::usecase::kept;
use crate::usecase::scorecards::{self, Card, Reading};

/// Where the books stand, asked once a page.
fn mark(desk: &mut Desk<'_>) -> Result<String, PageError> {
    if desk.mark.is_none() {
        desk.mark = Some(kept::mark(&mut desk.db)?);
    }
    Ok(desk.mark.clone().unwrap_or_default())
}

/// What a figure is asked of: the fund, or one bank.
fn asked(desk: &Desk<'_>, what: &str) -> String {
    format!("{}/{}/{what}", desk.app.fund_id(), desk.reach.bank().unwrap_or("*"))
}

/// The cards of every bank today.
pub(super) fn cards(desk: &mut Desk<'_>) -> Result<Arc<Vec<Card>>, PageError> {
    let (mark, fund_id, today) = (mark(desk)?, desk.app.fund_id(), desk.today);
    let asked = format!("{fund_id}/{today}");
    let db = &mut desk.db;
    let made = desk.app.figures.cards.figure(&asked, &mark, || scorecards::cards(db, fund_id, today).map(Arc::new));
    Ok(made?)
}

/// What the breakers show and propose today; nothing before the fund has a measure.
pub(super) fn readings(desk: &mut Desk<'_>) -> Result<Arc<Vec<Reading>>, PageError> {
    if desk.measures.iter().next().is_none() {
        return Ok(Arc::default());
    }
    let cards = cards(desk)?;
    let (mark, fund_id, today) = (mark(desk)?, desk.app.fund_id(), desk.today);
    let asked = format!("{fund_id}/{today}");
    let db = &mut desk.db;
    let make = || scorecards::readings(db, fund_id, today, &cards).map(Arc::new);
    Ok(desk.app.figures.readings.figure(&asked, &mark, make)?)
}

/// Sums over every matching loan within reach.
pub(super) fn loan_sums(desk: &mut Desk<'_>, filter: &LoanFilter<'_>) -> Result<LoanSums, PageError> {
    let mark = mark(desk)?;
    let asked = asked(desk, &format!("{:?}/{}/{}", filter.standing, filter.bank, filter.search));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.loans.figure(&asked, &mark, || loan_list::sums(db, reach, filter))?)
}

/// How many rights within reach have a number, title or owner that holds a text.
pub(super) fn rights(desk: &mut Desk<'_>, search: &str) -> Result<i64, PageError> {
    let mark = mark(desk)?;
    let asked = asked(desk, search);
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.rights.figure(&asked, &mark, || rights_list::count(db, reach, search))?)
}

/// Loans and borrowers with a balance in a month.
pub(super) fn borrowers(desk: &mut Desk<'_>, month: &str) -> Result<(i64, i64), PageError> {
    let mark = mark(desk)?;
    let asked = asked(desk, month);
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.borrowers.figure(&asked, &mark, || board::with_balance(db, reach, month))?)
}

/// Balances of months by tier. A month is summed anew when another report of it has come or was taken back.
pub(super) fn tier_sums(desk: &mut Desk<'_>, months: &[String]) -> Result<Vec<TierSum>, PageError> {
    let marks: BTreeMap<String, String> = board::reports_of_months(&mut desk.db, &desk.reach)?
        .into_iter()
        .map(|(month, count, last)| (month, format!("{count}/{last:?}")))
        .collect();
    let mut sums = Vec::new();
    for (month, mark) in months.iter().filter_map(|month| marks.get_key_value(month)) {
        let asked = asked(desk, month);
        let (db, reach) = (&mut desk.db, &desk.reach);
        let make = || board::tier_sums(db, reach, month);
        let of_month = desk.app.figures.tiers.figure(&asked, mark, make)?;
        sums.extend(of_month.into_iter().map(|(tier, balance)| TierSum { month: month.clone(), tier, balance }));
    }
    Ok(sums)
}
