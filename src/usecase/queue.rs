//! What a loan takes of the fund's capacity as it goes on, and who waits for room.
//!
//! **Invariant:** reserve = min(per-loan cap, frozen share × IP part of the latest reported balance), nothing
//! while a claim stands, while the loan is queued, or when it is not covered.

use super::UseCaseError;
use super::measures::{KeptLimits, Limits};
use super::registrations::{Room, commitment};
use crate::domain::money::{Fen, Ppm};
use crate::domain::reserve::loan_reserve;
use crate::storage::Tx;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::book_rows;
use crate::storage::find::{Reach, loans};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;

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
    loan.reserve_version = loan.reserve_version.saturating_add(1);
    loan.reserved_fen = amount.get();
    Ok(Some(commitment(&loan.fund_id, "reserved", &loan.loan_id, loan.reserve_version, amount, basis)))
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
        loan.reserve_version = loan.reserve_version.saturating_add(1);
        loan.reserved_fen = amount.get();
        let promise = commitment(fund_id, "reserved", &loan.loan_id, loan.reserve_version, amount, basis);
        tx.record(change.with(promise))?;
        book_rows::project(tx, std::slice::from_ref(loan))?;
        released += 1;
    }
    Ok(released)
}
