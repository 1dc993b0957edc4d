//! The close of a day: days overdue go on between two reports, and loans that pass a limit move to the next tier.
//!
//! **Invariant:** the close only makes a tier worse; a better one comes with the bank's next report.

use crate::storage::find::book_rows;
use std::collections::BTreeMap;

use super::UseCaseError;
use super::servicing::{next_tier, tier_of};
use crate::domain::tier::{effective, floor_for, overdue_days};
use crate::storage::Tx;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, loans};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::servicing::LoanTierRow;

/// What a close did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closed {
    /// Loans in arrears looked at.
    pub looked_at: usize,
    /// Loans that moved to a worse tier.
    pub moved: usize,
}

/// Closes the business date of the act for one bank.
///
/// # Errors
/// Storage; `Corrupt` for a stored tier that is none.
pub fn close(tx: &mut Tx<'_>, fund_id: &str, bank: &str) -> Result<Closed, UseCaseError> {
    let on = tx.on();
    let mut closed = Closed::default();
    let mut tiers: Vec<LoanTierRow> = Vec::new();
    let mut moved: BTreeMap<String, LoanRow> = BTreeMap::new();
    for mut loan in loans::in_arrears(tx, &Reach::of_bank(fund_id, bank))? {
        let (Some(since), Some(tier)) = (loan.overdue_since, loan.tier.clone()) else { continue };
        closed.looked_at += 1;
        let tier = tier_of(&tier, "loans", &loan.loan_id)?;
        let days = overdue_days(since, on);
        let now = effective(tier, floor_for(days));
        if now == tier {
            continue;
        }
        loan.tier = Some(now.code().to_owned());
        loan.overdue_days = i64::from(days);
        if now.is_npl() {
            loan.servicing = "non_performing".to_owned();
        }
        tiers.push(next_tier(tx, &loan, "day_floor", on)?);
        moved.insert(loan.loan_id.clone(), loan);
    }
    closed.moved = moved.len();
    if !tiers.is_empty() {
        let chain = Chain::Bank { fund_id: fund_id.to_owned(), bank: bank.to_owned() };
        tx.record(Change::new(chain, "tiers.closed", on.to_string()).with_all(tiers))?;
        book_rows::project(tx, &moved.into_values().collect::<Vec<_>>())?;
    }
    Ok(closed)
}
