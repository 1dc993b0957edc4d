//! The months a bank still has to report, and the loans that a month-end report has to speak of.
//!
//! **Invariant:** a loan that was outstanding when last reported, or was disbursed since, is never left out; no month is
//! asked for before it is over.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::UseCaseError;
use crate::domain::calendar::Month;
use crate::domain::names::Tier;
use crate::export::template::ExpectedLoan;
use crate::storage::Db;
use crate::storage::find::{Reach, loans, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::parties::PartnerRow;
use crate::storage::rows::servicing::LoanMonthRow;

/// The month after the last one that a bank has reported; `first` where it has reported none.
///
/// # Errors
/// Storage.
pub fn next_month(db: &mut Db, fund_id: &str, bank: &str, first: Month) -> Result<Month, UseCaseError> {
    let last = servicing::last_month(db, fund_id, bank)?.and_then(|month| Month::parse(&month).ok());
    Ok(last.map_or(first, Month::next))
}

/// The months that are over, that a bank's agreement touches and that it has not reported, oldest first.
///
/// # Errors
/// Storage.
pub fn open_months(db: &mut Db, bank: &PartnerRow, first: Month, today: NaiveDate) -> Result<Vec<Month>, UseCaseError> {
    let reports = servicing::reports(db, &bank.fund_id)?;
    let reported: BTreeSet<String> =
        reports.into_iter().filter(|report| report.bank == bank.code).map(|report| report.month).collect();
    let mut open = Vec::new();
    let mut month = first;
    while month.last_day() <= today {
        let is_agreed = bank.agreed_from <= month.last_day() && month.first_day() <= bank.agreed_to;
        if is_agreed && !reported.contains(&month.to_string()) {
            open.push(month);
        }
        month = month.next();
    }
    Ok(open)
}

/// The loans within reach that the report of `month` has to speak of, with what was reported the month before.
///
/// # Errors
/// Storage.
pub fn expected_loans(db: &mut Db, reach: &Reach, month: Month) -> Result<Vec<ExpectedLoan>, UseCaseError> {
    if reach.bank().is_some() {
        let months: BTreeSet<String> = reported_months(db, reach)?;
        if months.last().is_some_and(|last| *last > month.to_string()) {
            return expected_in_a_gap(db, reach, month, &months);
        }
    }
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
        expected.push(expected_loan(loan, balance_fen, row));
    }
    Ok(expected)
}

fn expected_loan(loan: LoanRow, balance_fen: Option<i64>, before: Option<&LoanMonthRow>) -> ExpectedLoan {
    let grade = before.and_then(|row| Tier::from_code(&row.bank_tier));
    ExpectedLoan {
        contract: loan.contract,
        drawdown: loan.drawdown,
        borrower: loan.borrower_name,
        balance_fen,
        grade: grade.map(|tier| tier.zh().to_owned()).unwrap_or_default(),
    }
}

fn reported_months(db: &mut Db, reach: &Reach) -> Result<BTreeSet<String>, UseCaseError> {
    let reports = servicing::reports(db, reach.fund_id())?;
    Ok(reports.into_iter().filter(|report| reach.holds(Some(&report.bank))).map(|report| report.month).collect())
}

/// The loans of a month that was skipped while later ones came. What the loans are today says nothing of it: the months
/// on either side do.
fn expected_in_a_gap(
    db: &mut Db,
    reach: &Reach,
    month: Month,
    months: &BTreeSet<String>,
) -> Result<Vec<ExpectedLoan>, UseCaseError> {
    let asked = month.to_string();
    let last_reported = months.range(..asked.clone()).next_back();
    let mut before: BTreeMap<String, LoanMonthRow> = BTreeMap::new();
    let mut after: BTreeSet<String> = BTreeSet::new();
    for row in servicing::all_months(db, reach)? {
        if row.month < asked {
            before.insert(row.loan_id.clone(), row);
        } else if row.month > asked {
            after.insert(row.loan_id);
        }
    }
    let mut expected = Vec::new();
    for loan in loans::all(db, reach)?.into_iter().filter(|loan| loan.disbursed_on <= month.last_day()) {
        let row = before.get(&loan.loan_id).filter(|row| last_reported.is_none_or(|last| *last == row.month));
        let was_outstanding = row.is_some_and(|row| row.balance_fen > 0);
        let is_new = !before.contains_key(&loan.loan_id);
        let comes_later = is_new && (after.contains(&loan.loan_id) || loan.last_month.is_none());
        if was_outstanding || comes_later {
            let balance_fen = row.map(|row| row.balance_fen);
            expected.push(expected_loan(loan, balance_fen, row));
        }
    }
    Ok(expected)
}
