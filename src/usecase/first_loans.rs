//! First loans over everything registered: judged when loans come and when they leave.
//!
//! **Invariant:** a coverage that is judged again keeps the rulebook that was frozen for it.

use crate::storage::find::book_rows;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::UseCaseError;
use super::breaker_facts::BreakerFacts;
use super::coverage::{Pledge, coverage_row};
use super::measures::Measures;
use crate::domain::credit_code::CreditCode;
use crate::domain::first_loan::{LoanRef, refuted};
use crate::domain::names::PartnerCode;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::loans::Borrowing;
use crate::storage::find::{Reach, loans};
use crate::storage::rows::loans::{CoverageRow, LoanRegistrationRow};
use crate::storage::{StoreError, Tx};

/// A declared first loan that an earlier loan at another bank refutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refutation {
    /// The refuted loan.
    pub loan_id: String,
    /// Contract of the earlier loan.
    pub earlier_contract: String,
    /// Its disbursement date.
    pub earlier_on: NaiveDate,
}

/// Which declared first loans are refuted, over the registered loans of these borrowers and new ones.
///
/// # Errors
/// Storage; `Corrupt` for a stored credit code that does not read.
pub fn judge(
    tx: &mut Tx<'_>,
    fund_id: &str,
    borrowers: &BTreeSet<&str>,
    new: &[&LoanRegistrationRow],
) -> Result<BTreeMap<String, Refutation>, UseCaseError> {
    let mut known = loans::borrowings(tx, fund_id, borrowers)?;
    known.extend(new.iter().map(|loan| Borrowing::of(loan)));
    let mut read = Vec::with_capacity(known.len());
    for row in &known {
        let code = CreditCode::parse(&row.credit_code).map_err(|_unreadable| StoreError::Corrupt {
            table: "loan_registrations",
            key: row.loan_id.clone(),
            what: "credit_code".to_owned(),
        })?;
        read.push((row, code, PartnerCode::new(&row.bank)));
    }
    let refs: Vec<LoanRef<'_>> = read
        .iter()
        .map(|(row, code, bank)| LoanRef {
            key: &row.loan_id,
            borrower: code,
            bank,
            disbursed_on: row.disbursed_on,
            first_loan_declared: row.first_loan_declared,
            contract: &row.contract,
        })
        .collect();
    Ok(refuted(&refs)
        .into_iter()
        .map(|found| {
            let loan_id = found.loan.key.to_owned();
            let refutation = Refutation {
                loan_id: loan_id.clone(),
                earlier_contract: found.earlier.contract.to_owned(),
                earlier_on: found.earlier.disbursed_on,
            };
            (loan_id, refutation)
        })
        .collect())
}

/// Judges a covered loan again as a first loan or not; `why` says what asked for it.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn revise(
    tx: &mut Tx<'_>,
    measures: &Measures,
    before: &CoverageRow,
    first_loan: bool,
    why: &str,
) -> Result<(), UseCaseError> {
    let fund_id = before.fund_id.clone();
    let reach = Reach::of_fund(&fund_id);
    let corrupt = || StoreError::Corrupt { table: "loans", key: before.loan_id.clone(), what: "missing".to_owned() };
    let loan = loans::registration(tx, &before.loan_id)?.ok_or_else(corrupt)?;
    let mut projected = loans::one(tx, &reach, &before.loan_id)?.ok_or_else(corrupt)?;
    let rights = loans::rights(tx, &loan.loan_id, loan.version)?;
    let measure = measures.version(&before.rulebook_id, &before.rulebook_version).ok_or_else(corrupt)?;
    let insured = loans::insurances(tx, &fund_id)?.iter().any(|row| row.loan_id == loan.loan_id);
    let guaranteed = loans::guarantees(tx, &fund_id)?.iter().any(|row| row.loan_id == loan.loan_id);
    let form = super::lives::registration::form_of(tx, &fund_id, &loan.loan_id)?;
    let pledge =
        Pledge { rights: &rights, insured, guaranteed, form: form.as_ref(), facts: BreakerFacts::kept(before)? };
    let version = before.version.saturating_add(1);
    let coverage = coverage_row(measure, &loan, pledge, first_loan, version, why)?;
    projected.first_loan = first_loan;
    projected.fund_rate_ppm = coverage.fund_rate_ppm;
    projected.coverage_version = version;
    let change = Change::new(Chain::Fund { fund_id }, "coverage.revised", before.loan_id.clone()).with(coverage);
    let change = super::queue::with_new_reserve(change, &mut projected, &measure.limits)?;
    tx.record(change)?;
    book_rows::project(tx, &[projected])?;
    Ok(())
}
