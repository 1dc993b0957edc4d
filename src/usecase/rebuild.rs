//! The projections as the facts make them: one function a table, for proof and for copies of the books.
//!
//! **Invariant:** nothing here reads a projection; a row whose facts are incomplete is left out, so that whoever
//! compares finds it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::UseCaseError;
use super::lives::claim::bearings::handling_of;
use super::lives::claim::projection;
use super::lives::{self};
use super::measures::Measures;
use super::queue::EXPIRED;
use super::registrations::projected;
use super::servicing::carried::stays;
use super::servicing::month_row;
use super::standing::Standing;
use crate::storage::copy::FactCopy;
use crate::storage::facts::Fact;
use crate::storage::find::{Reach, claims, loans, money, servicing, undos};
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};
use crate::storage::rows::loans::{CoverageRow, LoanRegistrationRow, LoanRow};
use crate::storage::rows::money::CommitmentRow;
use crate::storage::rows::servicing::{LoanMonthRow, ServicingReportRow, ServicingRow};
use crate::storage::{Db, StoreError};

/// What the promise for a loan says while the loan waits for room.
const QUEUED: &str = "queued";

/// Rebuilds every projection of a copy from the facts it holds.
///
/// # Errors
/// Storage.
pub fn rebuild(copy: &FactCopy, fund_id: &str) -> Result<(), UseCaseError> {
    let mut db = copy.store().read()?;
    copy.put_loans(&loan_rows(&mut db, fund_id)?)?;
    copy.put_months(&month_rows(&mut db, fund_id)?)?;
    copy.put_claims(&claim_rows(&mut db, fund_id)?)?;
    Ok(())
}

/// The coverage in force of each loan, by facts alone.
///
/// # Errors
/// Storage.
pub fn coverages(db: &mut Db, fund_id: &str) -> Result<BTreeMap<String, CoverageRow>, UseCaseError> {
    let mut newest: BTreeMap<String, CoverageRow> = BTreeMap::new();
    for row in CoverageRow::load_all(db).map_err(StoreError::from)?.into_iter().filter(|row| row.fund_id == fund_id) {
        if newest.get(&row.loan_id).is_none_or(|known| known.version < row.version) {
            newest.insert(row.loan_id.clone(), row);
        }
    }
    Ok(newest)
}

/// The list of loans, by identifier.
///
/// # Errors
/// Storage; `Corrupt` for a stored month that is none.
pub fn loan_rows(db: &mut Db, fund_id: &str) -> Result<Vec<LoanRow>, UseCaseError> {
    let coverages = coverages(db, fund_id)?;
    let promises: BTreeMap<String, CommitmentRow> = money::commitments_in_force(db, fund_id, "reserved")?
        .into_iter()
        .map(|row| (row.subject.clone(), row))
        .collect();
    let claimed = claimed_loans(db, fund_id)?;
    let ended = lives::registration::ended(db, fund_id)?;
    let standing = Standing::load(db, &Reach::of_fund(fund_id), None)?;
    // Newest version last, so that it is the one kept.
    let mut registrations: BTreeMap<String, LoanRegistrationRow> = BTreeMap::new();
    let mut since: BTreeMap<String, NaiveDate> = BTreeMap::new();
    for row in loans::registrations(db, fund_id)? {
        since.entry(row.loan_id.clone()).or_insert(row.business_date);
        registrations.insert(row.loan_id.clone(), row);
    }
    let mut rows = Vec::with_capacity(registrations.len());
    for (loan_id, registration) in &registrations {
        let (Some(coverage), Some(promise)) = (coverages.get(loan_id), promises.get(loan_id)) else { continue };
        let mut row = projected(registration, coverage, promise, promise.basis == QUEUED);
        row.claimed = claimed.contains(loan_id);
        // An amended loan is on the register since its first version.
        row.registered_on = since.get(loan_id).copied().unwrap_or(row.registered_on);
        let expired = (promise.basis == EXPIRED).then_some(EXPIRED);
        row.ended = ended.get(loan_id).copied().or(expired).map(str::to_owned);
        rows.push(standing.replay(&row, registration));
    }
    Ok(rows)
}

/// Loans whose cover a claim holds.
///
/// # Errors
/// Storage; `Corrupt` for acts that do not fold.
pub fn claimed_loans(db: &mut Db, fund_id: &str) -> Result<BTreeSet<String>, UseCaseError> {
    let mut claimed = BTreeSet::new();
    for filing in claims::filings(db, fund_id)? {
        if lives::claim::load(db, &filing)?.stage.holds_cover() {
            claimed.insert(filing.loan_id);
        }
    }
    Ok(claimed)
}

/// The reported rows in force, by month and loan: of each loan and month the row of the latest version that stands.
///
/// # Errors
/// Storage.
pub fn month_rows(db: &mut Db, fund_id: &str) -> Result<Vec<LoanMonthRow>, UseCaseError> {
    let versions: BTreeMap<String, ServicingReportRow> =
        servicing::reports(db, fund_id)?.into_iter().map(|report| (report.report_id.clone(), report)).collect();
    let mut whole: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for report in versions.values().filter(|report| !report.is_partial) {
        let last = whole.entry((&report.bank, &report.month)).or_default();
        *last = report.version.max(*last);
    }
    let mut latest: BTreeMap<(String, String), (i64, LoanMonthRow)> = BTreeMap::new();
    for row in ServicingRow::load_all(db).map_err(StoreError::from)? {
        let Some(version) = versions.get(&row.report_id).map(|report| report.version) else { continue };
        if !stays(&row, version, whole.get(&(row.bank.as_str(), row.month.as_str())).copied()) {
            continue;
        }
        let key = (row.month.clone(), row.loan_id.clone());
        if latest.get(&key).is_none_or(|(known, _)| *known < version) {
            latest.insert(key, (version, month_row(&row)));
        }
    }
    Ok(latest.into_values().map(|(_, row)| row).collect())
}

/// How the claims stand, by identifier: what their acts make of them; a claim whose import was taken back is withdrawn.
///
/// # Errors
/// Storage; `Rulebook`; `Corrupt` for acts that do not fold.
pub fn claim_rows(db: &mut Db, fund_id: &str) -> Result<Vec<ClaimStatusRow>, UseCaseError> {
    let undone = undos::undone(db, fund_id)?;
    let measures = Measures::load(db, fund_id)?;
    let mut registrations: BTreeMap<String, Vec<LoanRegistrationRow>> = BTreeMap::new();
    for row in LoanRegistrationRow::load_all(db).map_err(StoreError::from)? {
        registrations.entry(row.loan_id.clone()).or_default().push(row);
    }
    let mut answers: BTreeMap<String, CalculationRow> = BTreeMap::new();
    for row in CalculationRow::load_all(db).map_err(StoreError::from)? {
        if answers.get(&row.claim_id).is_none_or(|known| known.version < row.version) {
            answers.insert(row.claim_id.clone(), row);
        }
    }
    let mut rows = BTreeMap::new();
    let filings = ClaimRow::load_all(db).map_err(StoreError::from)?;
    for filing in filings.into_iter().filter(|row| row.fund_id == fund_id) {
        let of_loan = registrations.get(&filing.loan_id).map_or(&[][..], Vec::as_slice);
        let Some(loan) = registered_when_filed(of_loan, &filing) else { continue };
        let answer = answers.get(&filing.claim_id);
        let claim = lives::claim::load(db, &filing)?;
        let governing = answer.and_then(|row| measures.version(&row.rulebook_id, &row.rulebook_version));
        let handling = governing.map(handling_of).unwrap_or_default();
        let mut row = projection::row(&filing, &loan.credit_code, &claim, &handling, answer);
        if undone.contains(&filing.import_id) {
            claims::WITHDRAWN.clone_into(&mut row.state);
        }
        rows.insert(filing.claim_id.clone(), row);
    }
    Ok(rows.into_values().collect())
}

/// The registration a claim was filed on: a loan that was taken back and registered again has several.
fn registered_when_filed<'a>(
    registrations: &'a [LoanRegistrationRow],
    filing: &ClaimRow,
) -> Option<&'a LoanRegistrationRow> {
    let known = registrations.iter().filter(|row| row.recorded_at <= filing.recorded_at);
    known.max_by_key(|row| row.version)
}
