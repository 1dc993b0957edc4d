//! Taking in a bank's month-end report: a new version of the bank and month, and what follows for each loan.
//!
//! **Invariant:** a report replaces the bank's whole month, unless it is said to be partial; nothing reported
//! before is overwritten, and a loan's reserve follows its latest reported balance.

pub mod carried;

use crate::storage::find::book_rows;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::measures::KeptLimits;
use super::queue::new_reserve;
use super::registrations::loan_id;
use super::{UseCaseError, checks};
use crate::domain::calendar::Month;
use crate::domain::filing::ServicingRow as Filed;
use crate::domain::loan_life::ZeroReason;
use crate::domain::names::Tier;
use crate::domain::tier::{effective, floor_for, overdue_days};
use crate::import::FileReading;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode};
use crate::import::rows::Record;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, loans, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::servicing::{LoanMonthRow, LoanTierRow, ServicingReportRow, ServicingRow};
use crate::storage::{StoreError, Tx};
use carried::{Unknown, carry, is_carried};

/// What the caller says of a report besides its rows.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// Fund.
    pub fund_id: &'a str,
    /// Bank.
    pub bank: &'a str,
    /// Month reported.
    pub month: Month,
    /// Instant (UTC) by which the month was due.
    pub due_at: NaiveDateTime,
    /// Only the contracts present are superseded.
    pub partial: bool,
}

/// What became of a report.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// Version given to it.
    pub version: i64,
    /// Rows taken.
    pub accepted: u32,
    /// Rows that say what is in force already.
    pub unchanged: u32,
    /// Rows refused.
    pub rejected: Vec<Finding>,
    /// Warnings.
    pub warnings: Vec<Finding>,
    /// Hints.
    pub notes: Vec<Finding>,
}

struct Taken {
    rows: Vec<ServicingRow>,
    tiers: Vec<LoanTierRow>,
    reserves: Vec<CommitmentRow>,
    loans: Vec<LoanRow>,
    /// Loans that were only carried on, and that this version leaves out.
    gone: Vec<String>,
}

/// Takes in a report.
///
/// # Errors
/// `File` with `MONTH_INCOMPLETE` when loans of the version before are missing; storage.
pub fn receive(
    tx: &mut Tx<'_>,
    sending: Sending<'_>,
    import: &ImportRow,
    reading: &FileReading,
    records: &[Record<Filed>],
) -> Result<Received, UseCaseError> {
    let reach = Reach::of_bank(sending.fund_id, sending.bank);
    let version =
        servicing::last_number(tx, sending.fund_id, sending.bank, &sending.month.to_string())?.saturating_add(1);
    let report_id = format!("{}:{}:{}:{version}", sending.fund_id, sending.bank, sending.month);
    let book: BTreeMap<String, LoanRow> =
        loans::all(tx, &reach)?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect();
    let last: BTreeMap<String, LoanMonthRow> = servicing::rows_of_month(tx, &reach, &sending.month.prev().to_string())?
        .into_iter()
        .map(|row| (row.loan_id.clone(), row))
        .collect();
    let mut received = Received { version, ..Received::default() };
    let mut rows = Vec::new();
    for record in records {
        let id = loan_id(sending.fund_id, sending.bank, record.value.contract.as_str(), &record.value.drawdown);
        if !book.contains_key(&id) {
            received.rejected.push(unknown_contract(reading, record));
            continue;
        }
        let row = row_of(sending, &report_id, &id, record)?;
        received.warnings.extend(findings_of(reading, record, &row, last.get(&id).map(|row| row.balance_fen))?);
        rows.push(row);
    }
    received.accepted = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let unknown = Unknown::of(reading.rejected.iter().chain(&received.rejected), reading);
    let open: BTreeMap<String, i64> =
        servicing::carried(tx, &reach, Some(sending.month))?.into_iter().map(|row| (row.loan_id, row.row_no)).collect();
    // What no row has named may be left out; what a refused row has named stays open until a row says it.
    let may_be_silent = |id: &str| {
        let is_refused_again = || book.get(id).is_some_and(|loan| unknown.holds(&loan.contract));
        open.get(id).is_some_and(|row_no| *row_no == 0 || is_refused_again())
    };
    refuse_incomplete(tx, sending, &reach, import, &rows, may_be_silent)?;
    if version > 1 && is_in_force(tx, sending, &reach, reading, (&rows, &open))? {
        received.version = version.saturating_sub(1);
        received.unchanged = received.accepted;
        return Ok(received);
    }
    let carried = carry(tx, (sending, &report_id), reading, (&unknown, &book), &rows)?;
    received.warnings.extend(carried.findings);
    let (month, partial, unknown) = (sending.month, sending.partial, &unknown);
    let report =
        checks::servicing::Report { reach: &reach, month, partial, reading, book: &book, last: &last, unknown };
    received.notes = checks::servicing::look(tx, report, &rows)?;
    rows.extend(carried.rows);
    let mut taken = follow(tx, sending, book, rows, unknown)?;
    if !sending.partial {
        let told: BTreeSet<&str> = taken.rows.iter().map(|row| row.loan_id.as_str()).collect();
        taken.gone = open.into_keys().filter(|id| !told.contains(id.as_str())).collect();
    }
    save(tx, sending, import, reading, &report_id, version, taken)?;
    Ok(received)
}

fn unknown_contract(reading: &FileReading, record: &Record<Filed>) -> Finding {
    let contract = record.value.contract.as_str();
    let column = reading.column(Field::Contract);
    Finding::new(record.row, column, FindingCode::ContractUnknown, Some(contract), &[("contract", contract)])
}

fn row_of(
    sending: Sending<'_>,
    report_id: &str,
    loan_id: &str,
    record: &Record<Filed>,
) -> Result<ServicingRow, UseCaseError> {
    let filed = &record.value;
    let days = filed.overdue_since.map_or(0, |since| overdue_days(since, filed.reported_on));
    let floor = floor_for(days);
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(ServicingRow {
        fund_id: sending.fund_id.to_owned(),
        report_id: report_id.to_owned(),
        loan_id: loan_id.to_owned(),
        bank: sending.bank.to_owned(),
        month: sending.month.to_string(),
        row_no: i64::from(record.row),
        balance_fen: filed.balance.get(),
        overdue_principal_fen: filed.overdue_principal.get(),
        overdue_interest_fen: filed.overdue_interest.get(),
        overdue_since: filed.overdue_since,
        overdue_days: i64::from(days),
        bank_tier: filed.bank_tier.code().to_owned(),
        floor_tier: floor.code().to_owned(),
        tier: effective(filed.bank_tier, floor).code().to_owned(),
        business_date,
        recorded_at,
        event_id,
    })
}

fn findings_of(
    reading: &FileReading,
    record: &Record<Filed>,
    row: &ServicingRow,
    balance_before: Option<i64>,
) -> Result<Vec<Finding>, UseCaseError> {
    let mut findings = Vec::new();
    let contract = Some(record.value.contract.as_str());
    let floor = tier_of(&row.floor_tier, "servicing_rows", &row.loan_id)?;
    if record.value.bank_tier < floor {
        let days = row.overdue_days.to_string();
        let args = [("grade", record.value.bank_tier.zh()), ("days", &*days), ("floor", floor.zh())];
        let column = reading.column(Field::Grade);
        findings.push(Finding::new(record.row, column, FindingCode::GradeBelowFloor, contract, &args));
    }
    if balance_before.is_some_and(|before| row.balance_fen > before) {
        let amount = record.value.balance.yuan();
        let column = reading.column(Field::Balance);
        let args = [("amount", &*amount)];
        findings.push(Finding::new(record.row, column, FindingCode::BalanceIncreased, contract, &args));
    }
    Ok(findings)
}

fn refuse_incomplete(
    tx: &mut Tx<'_>,
    sending: Sending<'_>,
    reach: &Reach,
    import: &ImportRow,
    rows: &[ServicingRow],
    may_be_silent: impl Fn(&str) -> bool,
) -> Result<(), UseCaseError> {
    if sending.partial {
        return Ok(());
    }
    let here: BTreeSet<&str> = rows.iter().map(|row| row.loan_id.as_str()).collect();
    let missing: Vec<String> = servicing::rows_of_month(tx, reach, &sending.month.to_string())?
        .into_iter()
        .filter(|row| !here.contains(row.loan_id.as_str()) && !may_be_silent(&row.loan_id))
        .map(|row| row.loan_id.rsplit(':').next().unwrap_or_default().to_owned())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.iter().take(5).cloned().collect::<Vec<_>>().join("、");
    Err(UseCaseError::File {
        file: import.file_name.clone(),
        code: "MONTH_INCOMPLETE",
        places: vec![("month", sending.month.to_string()), ("count", missing.len().to_string()), ("contracts", named)],
    })
}

/// Whether a report says nothing but what is in force, so that it is no new version: the same rows as the whole month,
/// some of them where it is partial, or a nil return once more. A row that brings what was only carried on says
/// something new, even where the figures stay.
fn is_in_force(
    tx: &mut Tx<'_>,
    sending: Sending<'_>,
    reach: &Reach,
    reading: &FileReading,
    (rows, open): (&[ServicingRow], &BTreeMap<String, i64>),
) -> Result<bool, UseCaseError> {
    if rows.iter().any(|row| open.contains_key(&row.loan_id)) {
        return Ok(false);
    }
    let month = sending.month.to_string();
    let plain = |row: LoanMonthRow| LoanMonthRow { report_id: String::new(), ..row };
    let known: BTreeMap<String, LoanMonthRow> =
        servicing::rows_of_month(tx, reach, &month)?.into_iter().map(|row| (row.loan_id.clone(), plain(row))).collect();
    if rows.is_empty() {
        let last = servicing::reports(tx, sending.fund_id)?;
        let mut last = last.into_iter().filter(|report| report.bank == sending.bank && report.month == month);
        return Ok(reading.nil_return && known.is_empty() && last.next_back().is_some_and(|report| report.nil_return));
    }
    let says_the_same = rows.iter().all(|row| known.get(&row.loan_id) == Some(&plain(month_row(row))));
    Ok(says_the_same && (sending.partial || rows.len() == known.len()))
}

/// Works out what the rows mean for tiers, reserves and the projection of each loan of the bank.
fn follow(
    tx: &mut Tx<'_>,
    sending: Sending<'_>,
    mut book: BTreeMap<String, LoanRow>,
    rows: Vec<ServicingRow>,
    unknown: &Unknown,
) -> Result<Taken, UseCaseError> {
    let month = sending.month.to_string();
    let latest = servicing::last_month(tx, sending.fund_id, sending.bank)?.unwrap_or_default();
    let limits = KeptLimits::load(tx, &Reach::of_bank(sending.fund_id, sending.bank))?;
    let mut taken = Taken { rows, tiers: Vec::new(), reserves: Vec::new(), loans: Vec::new(), gone: Vec::new() };
    if month < latest {
        return Ok(taken);
    }
    let by_loan: BTreeMap<&str, &ServicingRow> = taken.rows.iter().map(|row| (row.loan_id.as_str(), row)).collect();
    for loan in book.values_mut() {
        let before = loan.clone();
        match by_loan.get(loan.loan_id.as_str()) {
            Some(row) => {
                if let Some(tier) = report(tx, loan, row, sending.month.last_day())? {
                    taken.tiers.push(tier);
                }
            }
            None if !sending.partial
                && loan.disbursed_on <= sending.month.last_day()
                && !unknown.holds(&loan.contract) =>
            {
                absent(loan, &month);
            }
            None => {}
        }
        taken.reserves.extend(new_reserve(loan, limits.of(&loan.loan_id)?)?);
        if *loan != before {
            taken.loans.push(loan.clone());
        }
    }
    Ok(taken)
}

/// Lets a loan take over what its row says; gives the change of its tier, if there is one.
fn report(
    tx: &mut Tx<'_>,
    loan: &mut LoanRow,
    row: &ServicingRow,
    on: NaiveDate,
) -> Result<Option<LoanTierRow>, UseCaseError> {
    if !take_over(loan, row) {
        return Ok(None);
    }
    Ok(Some(next_tier(tx, loan, "report", on)?))
}

/// Lets a loan take over what its row says; gives whether its tier changes.
pub fn take_over(loan: &mut LoanRow, row: &ServicingRow) -> bool {
    let was_npl = is_npl(loan.tier.as_deref());
    loan.last_month = Some(row.month.clone());
    loan.balance_fen = Some(row.balance_fen);
    loan.overdue_since = row.overdue_since;
    loan.overdue_days = row.overdue_days;
    let is_explained = row.balance_fen == 0 && ZeroReason::explains(&loan.servicing);
    // Why a balance is gone was asked once; a later month that says 0.00 again does not ask anew.
    if !is_explained {
        loan.servicing = servicing_word(row, was_npl || loan.servicing == "to_verify").to_owned();
    }
    let changes = loan.tier.as_deref() != Some(row.tier.as_str());
    loan.tier = Some(row.tier.clone());
    changes
}

/// The next entry of a loan's tier history.
///
/// # Errors
/// Storage.
pub fn next_tier(tx: &mut Tx<'_>, loan: &LoanRow, source: &str, on: NaiveDate) -> Result<LoanTierRow, StoreError> {
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(LoanTierRow {
        fund_id: loan.fund_id.clone(),
        loan_id: loan.loan_id.clone(),
        version: servicing::last_tier_version(tx, &loan.loan_id)?.saturating_add(1),
        tier: loan.tier.clone().unwrap_or_default(),
        overdue_days: loan.overdue_days,
        source: source.to_owned(),
        effective_on: on,
        business_date,
        recorded_at,
        event_id,
    })
}

/// A balance of zero is repayment only where the loan was performing; otherwise it is a question 待核实.
fn servicing_word(row: &ServicingRow, was_npl: bool) -> &'static str {
    match (row.balance_fen, row.overdue_since) {
        (0, _) if was_npl => "to_verify",
        (0, _) => "settled",
        _ if is_npl(Some(&row.tier)) => "non_performing",
        (_, Some(_)) => "overdue",
        _ => "performing",
    }
}

/// A loan that a full report leaves out is no longer in the bank's book.
pub fn absent(loan: &mut LoanRow, month: &str) {
    loan.last_month = Some(month.to_owned());
    loan.balance_fen = Some(0);
    if matches!(loan.servicing.as_str(), "unreported" | "performing" | "overdue") {
        loan.servicing = "settled".to_owned();
    } else if loan.servicing == "non_performing" {
        loan.servicing = "to_verify".to_owned();
    }
}

/// Whether a stored tier is a non-performing one.
#[must_use]
pub fn is_npl(tier: Option<&str>) -> bool {
    tier.and_then(Tier::from_code).is_some_and(Tier::is_npl)
}

/// The tier with a stored code.
///
/// # Errors
/// `Corrupt`.
pub fn tier_of(code: &str, table: &'static str, key: &str) -> Result<Tier, StoreError> {
    Tier::from_code(code).ok_or_else(|| StoreError::Corrupt { table, key: key.to_owned(), what: code.to_owned() })
}

fn save(
    tx: &mut Tx<'_>,
    sending: Sending<'_>,
    import: &ImportRow,
    reading: &FileReading,
    report_id: &str,
    version: i64,
    taken: Taken,
) -> Result<(), UseCaseError> {
    let (business_date, recorded_at, event_id) = unstamped();
    let report = ServicingReportRow {
        fund_id: sending.fund_id.to_owned(),
        report_id: report_id.to_owned(),
        bank: sending.bank.to_owned(),
        month: sending.month.to_string(),
        version,
        import_id: import.import_id.clone(),
        is_partial: sending.partial,
        nil_return: reading.nil_return,
        row_count: i64::try_from(taken.rows.iter().filter(|row| !is_carried(row.row_no)).count()).unwrap_or(i64::MAX),
        arrived_at: tx.now(),
        on_time: tx.now() <= sending.due_at,
        business_date,
        recorded_at,
        event_id,
    };
    let in_force: Vec<LoanMonthRow> = taken.rows.iter().map(month_row).collect();
    let chain = Chain::Bank { fund_id: sending.fund_id.to_owned(), bank: sending.bank.to_owned() };
    let change = Change::new(chain, "servicing.reported", report_id.to_owned())
        .with(report)
        .with_all(taken.rows)
        .with_all(taken.tiers)
        .with_all(taken.reserves);
    tx.record(change)?;
    let gone: Vec<&str> = taken.gone.iter().map(String::as_str).collect();
    book_rows::let_go(tx, (sending.fund_id, sending.bank), sending.month, &gone)?;
    book_rows::put_in_force(tx, &in_force)?;
    book_rows::project(tx, &taken.loans)?;
    Ok(())
}

/// The row of the projection that a reported row becomes.
#[must_use]
pub fn month_row(row: &ServicingRow) -> LoanMonthRow {
    LoanMonthRow {
        loan_id: row.loan_id.clone(),
        month: row.month.clone(),
        fund_id: row.fund_id.clone(),
        bank: row.bank.clone(),
        report_id: row.report_id.clone(),
        balance_fen: row.balance_fen,
        overdue_principal_fen: row.overdue_principal_fen,
        overdue_interest_fen: row.overdue_interest_fen,
        overdue_since: row.overdue_since,
        overdue_days: row.overdue_days,
        bank_tier: row.bank_tier.clone(),
        floor_tier: row.floor_tier.clone(),
        tier: row.tier.clone(),
    }
}
