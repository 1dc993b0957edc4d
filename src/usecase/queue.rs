//! What a loan takes of the fund's capacity as it goes on, when its cover is over, and who waits for room.
//!
//! That cover is over is recorded by a promise of nothing with a basis of its own (`EXPIRED`), so that the books tell it
//! from facts alone.
//! **Invariant:** reserve = min(per-loan cap, frozen share × IP part of the latest reported balance), nothing
//! while a claim stands, while the loan is queued, when it is not covered, or after the last day for a claim.

use chrono::{Days, NaiveDate};

use super::UseCaseError;
use super::measures::{KeptLimits, Limits, Measure};
use super::registrations::{Room, commitment};
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::cover_end::cover_until;
use crate::domain::reserve::loan_reserve;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::book_rows;
use crate::storage::find::{Reach, loan_list, loans};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::{Db, Tx};

/// What ended the cover of a loan on which no claim can be filed any more: basis of its promise, and its end in the list.
pub const EXPIRED: &str = "expired";
/// Days after maturity from which silence about a loan is pointed out: it would be non-performing if it were not paid.
const SILENT_DAYS: u64 = 90;

/// The reserve a loan would take if it had room, with the word for what it is computed on.
///
/// # Errors
/// `Overflow`.
pub fn wanted(loan: &LoanRow, limits: &Limits) -> Result<(Fen, &'static str), UseCaseError> {
    if !loan.covered {
        return Ok((Fen::ZERO, "not_covered"));
    }
    if loan.claimed {
        return Ok((Fen::ZERO, "claimed"));
    }
    if loan.ended.is_some() {
        return Ok((Fen::ZERO, "ended"));
    }
    let (base, basis) = match loan.balance_fen {
        Some(balance) => (balance, "balance"),
        None => (loan.principal_fen, "principal"),
    };
    let rate = Ppm::try_new(loan.fund_rate_ppm.unwrap_or(0))?;
    let share = Ppm::try_new(loan.ip_share_ppm)?;
    Ok((loan_reserve(Fen::try_new(base)?, share, rate, limits.per_loan)?, basis))
}

/// The next version of a loan's reserve, where it changes.
///
/// # Errors
/// `Overflow`.
pub fn new_reserve(loan: &mut LoanRow, limits: &Limits) -> Result<Option<CommitmentRow>, UseCaseError> {
    if loan.state == "queued" {
        return Ok(None);
    }
    let (amount, basis) = wanted(loan, limits)?;
    if amount.get() == loan.reserved_fen {
        return Ok(None);
    }
    Ok(Some(next_promise(loan, amount, basis)))
}

/// The next version of a loan's reserve, whether it changes or not.
fn next_promise(loan: &mut LoanRow, amount: Fen, basis: &str) -> CommitmentRow {
    loan.reserve_version = loan.reserve_version.saturating_add(1);
    loan.reserved_fen = amount.get();
    commitment(&loan.fund_id, "reserved", &loan.loan_id, loan.reserve_version, amount, basis)
}

/// Adds the next version of a loan's reserve to a change, where it changes.
///
/// # Errors
/// `Overflow`.
pub fn with_new_reserve(change: Change, loan: &mut LoanRow, limits: &Limits) -> Result<Change, UseCaseError> {
    Ok(match new_reserve(loan, limits)? {
        Some(row) => change.with(row),
        None => change,
    })
}

/// Whether the last day for a claim on a loan lies before a day, by the measure it keeps.
fn is_over(loan: &LoanRow, measure: &Measure, on: NaiveDate) -> bool {
    cover_until(&measure.rules(), loan.matures_on, loan.overdue_since).is_some_and(|last| last < on)
}

/// The same as `with_new_reserve` where the last day of the loan may have moved: cover that was over runs again if a claim
/// can come again.
///
/// # Errors
/// `Overflow`.
pub fn with_moved_end(
    change: Change,
    loan: &mut LoanRow,
    measure: &Measure,
    on: NaiveDate,
) -> Result<Change, UseCaseError> {
    if loan.ended.as_deref() != Some(EXPIRED) || is_over(loan, measure, on) {
        return with_new_reserve(change, loan, &measure.limits);
    }
    loan.ended = None;
    let (amount, basis) = wanted(loan, &measure.limits)?;
    // Recorded even where nothing is taken: its promise is what tells that the cover runs again.
    Ok(change.with(next_promise(loan, amount, basis)))
}

/// Frees the cover of loans on which no claim can be filed any more, also of those that wait for it. Gives how many.
///
/// # Errors
/// Storage; `Rulebook`.
pub fn expire(tx: &mut Tx<'_>, fund_id: &str) -> Result<usize, UseCaseError> {
    let on = tx.on();
    let reach = Reach::of_fund(fund_id);
    let mut matured = loans::matured_with_cover(tx, &reach, on)?;
    if matured.is_empty() {
        return Ok(0);
    }
    let kept = KeptLimits::load(tx, &reach)?;
    let mut expired = 0;
    for loan in &mut matured {
        if !is_over(loan, kept.measure(&loan.loan_id)?, on) {
            continue;
        }
        loan.ended = Some(EXPIRED.to_owned());
        // It leaves the line too.
        loan.state = "registered".to_owned();
        let chain = Chain::Fund { fund_id: fund_id.to_owned() };
        let promise = next_promise(loan, Fen::ZERO, EXPIRED);
        tx.record(Change::new(chain, "loan.expired", loan.loan_id.clone()).with(promise))?;
        book_rows::project(tx, std::slice::from_ref(loan))?;
        expired += 1;
    }
    Ok(expired)
}

/// Loans that hold cover though they matured long ago, of which the bank has told nothing since and whose measure names no
/// day on which the cover ends: somebody has to ask. Those that matured first come first.
///
/// # Errors
/// Storage; `Rulebook`.
pub fn silent(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Vec<LoanRow>, UseCaseError> {
    let reach = Reach::of_fund(fund_id);
    let long_ago = on.checked_sub_days(Days::new(SILENT_DAYS)).unwrap_or(on);
    // Whoever reported the month of that day or a later one has told of every loan that matured before it.
    let mut matured = loan_list::silent(db, &reach, long_ago, &Month::of(long_ago).to_string())?;
    matured.retain(|loan| {
        let matured_in = Month::of(loan.matures_on).to_string();
        loan.last_month.as_deref().is_none_or(|month| month < matured_in.as_str())
    });
    if matured.is_empty() {
        return Ok(matured);
    }
    let kept = KeptLimits::load(db, &reach)?;
    let mut found = Vec::new();
    for loan in matured {
        let rules = kept.measure(&loan.loan_id)?.rules();
        if cover_until(&rules, loan.matures_on, loan.overdue_since).is_none() {
            found.push(loan);
        }
    }
    found.sort_by_key(|loan| loan.matures_on);
    Ok(found)
}

/// Registers queued loans for which there is room now, first come first served. Gives how many.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn release(tx: &mut Tx<'_>, fund_id: &str) -> Result<usize, UseCaseError> {
    let mut waiting = loans::queued(tx, &Reach::of_fund(fund_id))?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let kept = KeptLimits::load(tx, &Reach::of_fund(fund_id))?;
    let mut room = Room::now(tx, fund_id)?;
    let mut released = 0;
    for loan in &mut waiting {
        let limits = kept.of(&loan.loan_id)?;
        let (amount, basis) = wanted(loan, limits)?;
        if !room.take(amount)? {
            break;
        }
        loan.state = "registered".to_owned();
        let chain = Chain::Fund { fund_id: fund_id.to_owned() };
        let change = Change::new(chain, "loan.released", loan.loan_id.clone());
        // Recorded even where nothing is taken: its promise is what tells that the loan no longer waits.
        let promise = next_promise(loan, amount, basis);
        tx.record(change.with(promise))?;
        book_rows::project(tx, std::slice::from_ref(loan))?;
        released += 1;
    }
    Ok(released)
}
