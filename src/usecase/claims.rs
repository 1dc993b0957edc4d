//! Taking in claims: matched to their loan, recorded as submitted, computed at once.
//!
//! **Invariant:** a claim is a loan and a day; the same claim again changes nothing, another content is refused.

use crate::storage::find::book_rows;
use serde_json::json;

use super::UseCaseError;
use super::compensate::{compute, status_after};
use super::lives::claim::bearings::handling_of;
use super::measures;
use crate::domain::claim::Claim;
use crate::domain::claim::clocks::due_on;
use crate::domain::filing::ClaimFiling;
use crate::import::FileReading;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode};
use crate::import::rows::Record;
use crate::reference;
use crate::storage::Tx;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, claims, imports, loans};
use crate::storage::rows::claims::{ClaimRow, ClaimStatusRow};
use crate::storage::rows::loans::LoanRow;

/// What became of a claim row.
#[derive(Debug)]
pub enum Filed {
    /// Taken in.
    New,
    /// Known with the same content.
    Unchanged,
    /// Refused.
    Refused(Finding),
}

/// Takes in one claim.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn file(
    tx: &mut Tx<'_>,
    fund_id: &str,
    import_id: &str,
    reading: &FileReading,
    record: &Record<ClaimFiling>,
) -> Result<Filed, UseCaseError> {
    let loan = match one_loan(tx, fund_id, reading, record)? {
        Ok(loan) => loan,
        Err(finding) => return Ok(Filed::Refused(finding)),
    };
    let arrival = claims::last_arrival(tx, fund_id)?.saturating_add(1);
    let mut row = claim_row(&loan, import_id, record, arrival);
    if let Some(known) = standing_or_new_id(tx, &mut row)? {
        if says_the_same(&known, &row) {
            return Ok(Filed::Unchanged);
        }
        let day = row.filed_on.to_string();
        return Ok(Filed::Refused(finding(reading, record, FindingCode::ClaimConflict, &[("date", &day)])));
    }
    save(tx, loan, row)?;
    Ok(Filed::New)
}

/// The standing claim of the same loan and day. Where there is none, the row gets an identifier that no claim
/// taken back has used.
fn standing_or_new_id(tx: &mut Tx<'_>, row: &mut ClaimRow) -> Result<Option<ClaimRow>, UseCaseError> {
    let plain = row.claim_id.clone();
    let mut nth = 1;
    while let Some(known) = claims::filing(tx, &row.claim_id)? {
        if imports::stands(tx, &known.import_id)? {
            row.claim_id.clone_from(&plain);
            return Ok(Some(ClaimRow { claim_id: plain, ..known }));
        }
        nth += 1;
        row.claim_id = format!("{plain}~{nth}");
    }
    Ok(None)
}

fn finding(reading: &FileReading, record: &Record<ClaimFiling>, code: FindingCode, more: &[(&str, &str)]) -> Finding {
    let contract = record.value.contract.as_str();
    let mut args = vec![("contract", contract)];
    args.extend(more);
    Finding::new(record.row, reading.column(Field::Contract), code, Some(contract), &args)
}

/// The one loan of a row: of the file's bank where it has one, otherwise over all banks.
fn one_loan(
    tx: &mut Tx<'_>,
    fund_id: &str,
    reading: &FileReading,
    record: &Record<ClaimFiling>,
) -> Result<Result<LoanRow, Finding>, UseCaseError> {
    let reach = match &reading.bank {
        Some(bank) => Reach::of_bank(fund_id, bank.as_str()),
        None => Reach::of_fund(fund_id),
    };
    let mut found = loans::by_contract(tx, &reach, &record.value.contract)?;
    found.retain(|loan| loan.drawdown == record.value.drawdown);
    let banks = found.iter().map(|loan| loan.bank.as_str()).collect::<Vec<_>>().join("、");
    Ok(match (found.pop(), found.is_empty()) {
        (None, _) => Err(finding(reading, record, FindingCode::ContractUnknown, &[])),
        (Some(_), false) => Err(finding(reading, record, FindingCode::ContractAmbiguous, &[("banks", &banks)])),
        (Some(loan), true) => Ok(loan),
    })
}

fn claim_row(loan: &LoanRow, import_id: &str, record: &Record<ClaimFiling>, arrival: i64) -> ClaimRow {
    let filed = &record.value;
    let documents: Vec<&str> = filed.documents.iter().map(|kind| kind.code()).collect();
    let (business_date, recorded_at, event_id) = unstamped();
    ClaimRow {
        fund_id: loan.fund_id.clone(),
        claim_id: format!("{}@{}", loan.loan_id, filed.filed_on),
        loan_id: loan.loan_id.clone(),
        bank: loan.bank.clone(),
        filed_on: filed.filed_on,
        arrival,
        outstanding_fen: filed.outstanding_principal.get(),
        overdue_interest_fen: filed.overdue_interest.get(),
        overdue_since: filed.overdue_since,
        pledge_registered_on: filed.pledge_registered_on,
        insurer_paid_fen: filed.insurer_paid.get(),
        guarantor_paid_fen: filed.guarantor_paid.get(),
        collateral_gross_fen: filed.collateral_gross.get(),
        collateral_cost_fen: filed.collateral_cost.get(),
        documents: json!(documents).to_string(),
        import_id: import_id.to_owned(),
        row_no: i64::from(record.row),
        business_date,
        recorded_at,
        event_id,
    }
}

fn says_the_same(known: &ClaimRow, row: &ClaimRow) -> bool {
    let plain = |row: &ClaimRow| {
        let (business_date, recorded_at, event_id) = unstamped();
        ClaimRow {
            arrival: 0,
            import_id: String::new(),
            row_no: 0,
            business_date,
            recorded_at,
            event_id,
            ..row.clone()
        }
    };
    plain(known) == plain(row)
}

/// Records the claim, its first calculation and earmark, and takes the loan's reserve back: all in one event.
fn save(tx: &mut Tx<'_>, mut loan: LoanRow, row: ClaimRow) -> Result<(), UseCaseError> {
    let status = ClaimStatusRow {
        claim_id: row.claim_id.clone(),
        fund_id: row.fund_id.clone(),
        bank: row.bank.clone(),
        loan_id: row.loan_id.clone(),
        credit_code: loan.credit_code.clone(),
        filed_on: row.filed_on,
        arrival: row.arrival,
        state: "submitted".to_owned(),
        decision: None,
        payout_fen: None,
        calculation_version: 0,
        act_version: 0,
        due_on: None,
        earmarked_fen: 0,
        approved_fen: 0,
        paid_fen: 0,
        recovered_fen: 0,
    };
    let computed = compute(tx, &row)?;
    let measure = measures::kept_by(tx, &row.fund_id, &loan.loan_id)?;
    let limits = &measure.limits;
    loan.claimed = true;
    let first_due =
        due_on(&Claim::filed(&row.bank, "", row.filed_on), &handling_of(&measure), reference::work_calendar());
    let chain = Chain::Fund { fund_id: row.fund_id.clone() };
    let mut change = Change::new(chain, "claim.submitted", row.claim_id.clone()).with(row);
    let mut after = status;
    let reserve = super::queue::new_reserve(&mut loan, limits)?;
    let mut commitments: Vec<_> = reserve.into_iter().collect();
    if let Some(computed) = computed {
        after = status_after(&after, &computed.calculation);
        after.due_on = first_due;
        commitments.extend(computed.earmark);
        change = change.with(computed.calculation);
    }
    tx.record(change.with_all(commitments))?;
    claims::project(tx, &after)?;
    book_rows::project(tx, &[loan])?;
    Ok(())
}
