//! The loans that a bank's next month-end report has to speak of.
//!
//! **Invariant:** a loan that was outstanding when last reported, or was disbursed since, is never left out.

use std::collections::BTreeMap;

use super::super::UseCaseError;
use crate::domain::calendar::Month;
use crate::domain::names::Tier;
use crate::export::template::ExpectedLoan;
use crate::storage::Db;
use crate::storage::find::{Reach, loans, servicing};
use crate::storage::rows::servicing::LoanMonthRow;

/// The month after the last one that a bank has reported; `first` where it has reported none.
///
/// # Errors
/// Storage.
pub fn next_month(db: &mut Db, fund_id: &str, bank: &str, first: Month) -> Result<Month, UseCaseError> {
    let last = servicing::last_month(db, fund_id, bank)?.and_then(|month| Month::parse(&month).ok());
    Ok(last.map_or(first, Month::next))
}

/// The loans within reach that the report of `month` has to speak of, with what was reported the month before.
///
/// # Errors
/// Storage.
pub fn expected_loans(db: &mut Db, reach: &Reach, month: Month) -> Result<Vec<ExpectedLoan>, UseCaseError> {
    let before = month.prev().to_string();
    let reported: BTreeMap<String, LoanMonthRow> =
        servicing::rows_of_month(db, reach, &before)?.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
    let mut expected = Vec::new();
    for loan in loans::all(db, reach)? {
        let row = reported.get(&loan.loan_id);
        let balance_fen = row.map(|row| row.balance_fen).or(loan.balance_fen);
        // A loan that a later report left out is off the bank's book.
        let left_out = row.is_none() && loan.last_month.as_deref().is_some_and(|last| last >= before.as_str());
        if left_out || balance_fen == Some(0) || loan.disbursed_on > month.last_day() {
            continue;
        }
        let grade = row.and_then(|row| Tier::from_code(&row.bank_tier));
        expected.push(ExpectedLoan {
            contract: loan.contract,
            drawdown: loan.drawdown,
            borrower: loan.borrower_name,
            balance_fen,
            grade: grade.map(|tier| tier.zh().to_owned()).unwrap_or_default(),
        });
    }
    Ok(expected)
}
