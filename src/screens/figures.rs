//! Figures over whole books, for pages: kept while the books stand as they were.
//!
//! **Invariant:** a page shows what the books say now; where they stand is asked before any such figure.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::desk::Desk;
use crate::domain::reserve::FundMoney;
use crate::http::error::PageError;
use crate::storage::find::board::{self, TierSum};
use crate::storage::find::loan_list::{self, Few, LoanFilter, LoanSums};
use crate::storage::find::rights_list::Found;
use crate::storage::find::spread::{self, BankTier, Lot};
use crate::storage::find::{money, rulebook_list};
use crate::usecase::bank_sums::{self, BankSum};
use crate::usecase::kept::{self, Booking, OfRulebook, Waiting};
use crate::usecase::reserve;
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

/// The loans that a search finds, where they are few.
pub(super) fn few_loans(desk: &mut Desk<'_>, filter: &LoanFilter<'_>) -> Result<Option<Few>, PageError> {
    let mark = mark(desk)?;
    let asked = asked(desk, &format!("{:?}/{}/{}", filter.standing, filter.bank, filter.search));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.few_loans.figure(&asked, &mark, || Few::find(db, reach, filter))?)
}

/// The rights within reach that have a number, title or owner that holds a text.
pub(super) fn rights(desk: &mut Desk<'_>, search: &str) -> Result<Found, PageError> {
    let mark = mark(desk)?;
    let asked = asked(desk, search);
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.rights.figure(&asked, &mark, || Found::find(db, reach, search))?)
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

/// Borrowers that are shown one by one.
pub(super) const LARGEST: usize = 10;

/// The largest borrowers within reach.
pub(super) fn largest_borrowers(desk: &mut Desk<'_>) -> Result<Arc<Vec<Lot>>, PageError> {
    let most = i64::try_from(LARGEST).unwrap_or(i64::MAX);
    let (mark, asked) = (mark(desk)?, asked(desk, "borrowers"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    let make = || spread::largest_borrowers(db, reach, most).map(Arc::new);
    Ok(desk.app.figures.lots.figure(&asked, &mark, make)?)
}

/// The industries within reach, the largest first.
pub(super) fn industries(desk: &mut Desk<'_>) -> Result<Arc<Vec<Lot>>, PageError> {
    let (mark, asked) = (mark(desk)?, asked(desk, "industries"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.lots.figure(&asked, &mark, || spread::industries(db, reach).map(Arc::new))?)
}

/// Loans that count, their borrowers, their balance and their cover.
pub(super) fn whole(desk: &mut Desk<'_>) -> Result<(i64, i64, i64, i64), PageError> {
    let (mark, asked) = (mark(desk)?, asked(desk, "whole"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.whole.figure(&asked, &mark, || spread::whole(db, reach))?)
}

/// The book within reach by bank, month, tier and cover.
pub(super) fn tiers_of_banks(desk: &mut Desk<'_>) -> Result<Arc<Vec<BankTier>>, PageError> {
    let (mark, asked) = (mark(desk)?, asked(desk, "tiers"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    let make = || spread::by_bank_and_tier(db, reach).map(Arc::new);
    Ok(desk.app.figures.tiers_of_banks.figure(&asked, &mark, make)?)
}

/// Banks beside one another today.
pub(super) fn banks(desk: &mut Desk<'_>) -> Result<Arc<BTreeMap<String, BankSum>>, PageError> {
    let (mark, fund_id, today) = (mark(desk)?, desk.app.fund_id(), desk.today);
    let db = &mut desk.db;
    let make = || bank_sums::bank_sums(db, fund_id, today).map(Arc::new);
    Ok(desk.app.figures.banks.figure(&format!("{fund_id}/{today}"), &mark, make)?)
}

/// Claims in progress within reach by the day they were handed in, oldest first: day, claims, computed compensation.
pub(super) fn waiting(desk: &mut Desk<'_>) -> Result<Arc<Vec<Waiting>>, PageError> {
    let (mark, asked) = (mark(desk)?, asked(desk, "waiting"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.waiting.figure(&asked, &mark, || spread::waiting(db, reach).map(Arc::new))?)
}

/// The fund's money by state; nothing before the fund has a measure.
pub(super) fn fund_money(desk: &mut Desk<'_>) -> Result<Option<FundMoney>, PageError> {
    let mark = mark(desk)?;
    let Some(measure) = &desk.governing else { return Ok(None) };
    let (db, fund_id) = (&mut desk.db, desk.app.fund_id());
    let make = || reserve::fund_money(db, fund_id, &measure.limits);
    Ok(Some(desk.app.figures.money.figure(fund_id, &mark, make)?))
}

/// Day of the last promise of a kind.
pub(super) fn promised_on(desk: &mut Desk<'_>, kind: &str) -> Result<Option<NaiveDate>, PageError> {
    let (mark, fund_id) = (mark(desk)?, desk.app.fund_id());
    let db = &mut desk.db;
    let make = || money::last_promise_on(db, fund_id, kind);
    Ok(desk.app.figures.promised_on.figure(&format!("{fund_id}/{kind}"), &mark, make)?)
}

/// The fund's bookings, oldest first.
pub(super) fn bookings(desk: &mut Desk<'_>) -> Result<Arc<Vec<Booking>>, PageError> {
    let (mark, fund_id) = (mark(desk)?, desk.app.fund_id());
    let db = &mut desk.db;
    Ok(desk.app.figures.bookings.figure(fund_id, &mark, || kept::bookings(db, fund_id).map(Arc::new))?)
}

/// Loans within reach by the rulebook they keep.
pub(super) fn loans_of_rulebooks(desk: &mut Desk<'_>) -> Result<Arc<Vec<OfRulebook>>, PageError> {
    let (mark, asked) = (mark(desk)?, asked(desk, "rulebooks"));
    let (db, reach) = (&mut desk.db, &desk.reach);
    Ok(desk.app.figures.rulebooks.figure(&asked, &mark, || rulebook_list::kept(db, reach).map(Arc::new))?)
}
