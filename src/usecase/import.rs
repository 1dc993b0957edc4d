//! Importing files: read first, then saved together in one transaction, or not at all.
//!
//! **Invariant:** a file that was taken in before changes nothing; what one call brings is judged together; a
//! refused file leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::json;

use super::checks::RegistrationChecks;
use super::enrol::Enrolment;
use super::findings::{finding_rows, stored_findings};
use super::first_loans::Refutation;
use super::punctuality::Deadlines;
use super::registrations::Register;
use super::servicing::Sending;
use super::{UseCaseError, claims, compensate, fund, measures, partners, queue, servicing};
use crate::app::App;
use crate::domain::filing::{ClaimFiling, FundRow};
use crate::import::apart::rest::Rest;
use crate::import::field::{Field, FileKind};
use crate::import::finding::{Finding, FindingCode};
use crate::import::rows::Record;
use crate::import::totals::TotalCheck;
use crate::import::{Body, FileReading};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{imports, loans};
use crate::storage::rows::parties::ImportRow;
use crate::storage::{Act, Scope, Tx};

pub use super::watch::{Cancelled, Unwatched, Watch};

/// One file of a call.
#[derive(Debug)]
pub struct Incoming {
    /// Path as given.
    pub path: String,
    /// What the reader made of it.
    pub reading: FileReading,
    /// Loans of a large book that are read on while it is saved.
    pub rest: Option<Rest>,
}

/// What a call asks for.
#[derive(Debug, Clone)]
pub struct ImportCall {
    /// Who imports.
    pub actor: String,
    /// Business date.
    pub on: NaiveDate,
    /// Show what would happen and save nothing.
    pub dry_run: bool,
    /// A month's report supersedes only the contracts it holds.
    pub partial: bool,
    /// A file with a refused record is refused whole, and with it everything in the call.
    pub whole: bool,
    /// Rows dated later have not arrived yet (claims and fund rows).
    pub until: Option<NaiveDate>,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOutcome {
    /// Path as given.
    pub file: String,
    /// Kind of file.
    pub kind: FileKind,
    /// Bank.
    pub bank: Option<String>,
    /// Month of a report.
    pub month: Option<String>,
    /// Version of a report.
    pub version: Option<i64>,
    /// Whether a later version of the month is known.
    pub superseded: bool,
    /// Sheet.
    pub sheet: Option<String>,
    /// Records in the file.
    pub records_total: u32,
    /// Records that stand, those known before included.
    pub records_accepted: u32,
    /// Records known before.
    pub records_unchanged: u32,
    /// Rows that carry a right, where a right has a row of its own.
    pub rights_rows: Option<u32>,
    /// Refused records.
    pub rejected: Vec<Finding>,
    /// Accepted records that want a look.
    pub warnings: Vec<Finding>,
    /// Hints on accepted records, for people; no part of the answer other programs rely on.
    pub notes: Vec<Finding>,
    /// The file's own totals beside the sums of its rows; for people too.
    pub totals: Vec<TotalCheck>,
}

/// A file while it is being saved.
pub(super) struct Saving {
    pub(super) outcome: FileOutcome,
    pub(super) import: ImportRow,
    known: bool,
}

/// Imports files that have been read. Gives an outcome a file, plus one for every earlier file that a warning
/// names.
///
/// # Errors
/// `File` for a report that misses loans; storage; nothing is saved then.
pub fn import(
    app: &App,
    call: &ImportCall,
    files: &[Incoming],
    watch: &dyn Watch,
) -> Result<Vec<FileOutcome>, UseCaseError> {
    let act = Act { actor: call.actor.clone(), on: call.on, lease: None, dry_run: call.dry_run };
    let held = Act { lease: watch.lease(), ..act.clone() };
    let outcomes = app.store.write(&scope_of(app, files), &held, |tx| {
        measures::open_fund(tx, &app.config.fund)?;
        let outcomes = save_all(app, tx, call, files, watch)?;
        watch.before_commit(tx, &outcomes)?;
        Ok::<_, UseCaseError>(outcomes)
    })?;
    if !call.dry_run {
        let fund_id = app.fund_id();
        app.store.write(&Scope::fund(fund_id), &act, |tx| {
            queue::release(tx, fund_id)?;
            compensate::compute_open(tx, fund_id)
        })?;
    }
    Ok(outcomes)
}

fn scope_of(app: &App, files: &[Incoming]) -> Scope {
    let fund_id = app.fund_id();
    let only_servicing = files.iter().all(|file| matches!(file.reading.body, Body::Servicing(_)));
    let banks: BTreeSet<&str> =
        files.iter().filter_map(|file| file.reading.bank.as_ref()).map(|bank| bank.as_str()).collect();
    let start =
        if only_servicing && !banks.is_empty() && fund_is_open(app) { None } else { Some(Scope::fund(fund_id)) };
    let scope = banks.into_iter().fold(start, |scope, bank| {
        let bank = Scope::bank(fund_id, bank);
        Some(scope.map_or_else(|| bank.clone(), |scope| scope.and(bank.clone())))
    });
    scope.unwrap_or_else(|| Scope::fund(fund_id))
}

fn fund_is_open(app: &App) -> bool {
    app.store.read().is_ok_and(|mut db| measures::is_open(&mut db, app.fund_id()).unwrap_or(false))
}

fn save_all(
    app: &App,
    tx: &mut Tx<'_>,
    call: &ImportCall,
    files: &[Incoming],
    watch: &dyn Watch,
) -> Result<Vec<FileOutcome>, UseCaseError> {
    let mut saving = Vec::new();
    let mut refuted = Vec::new();
    let mut register = None;
    let mut rows = 0_u64;
    for file in files {
        watch.rows(rows).map_err(|Cancelled| UseCaseError::Cancelled)?;
        rows = rows.saturating_add(u64::from(file.reading.records_total));
        let mut state = begin(app, tx, call, file)?;
        if !state.known {
            match &file.reading.body {
                Body::Registrations(_) => {
                    let (mut desk, mut checks) = match register.take() {
                        Some(both) => both,
                        None => (
                            Register::open(tx, app.fund_id())?,
                            RegistrationChecks::new(tx, app.fund_id(), &app.reference)?,
                        ),
                    };
                    let enrolment = Enrolment::new(app.fund_id(), file, &mut desk, &mut checks, watch)?;
                    refuted.extend(enrolment.run(tx, &mut state)?);
                    register = Some((desk, checks));
                }
                Body::Servicing(records) => receive(app, tx, call, file, &mut state, records)?,
                Body::Claims(records) => file_claims(app, tx, call, file, &mut state, records)?,
                Body::Fund(records) => book(app, tx, call, file, &mut state, records)?,
                Body::Partners(records) => {
                    for record in records {
                        let changed = partners::agree(tx, app.fund_id(), &state.import.import_id, &record.value)?;
                        state.count(changed);
                    }
                }
            }
        }
        saving.push(state);
    }
    let earlier = warn_refuted(app, tx, &mut saving, refuted)?;
    for state in &mut saving {
        finish(app, tx, state)?;
    }
    let mut outcomes: Vec<FileOutcome> = saving.into_iter().map(|state| state.outcome).collect();
    if call.whole && outcomes.iter().any(|outcome| !outcome.rejected.is_empty()) {
        return Err(UseCaseError::RowsRefused { outcomes });
    }
    mark_superseded(app, tx, &mut outcomes)?;
    outcomes.extend(earlier);
    Ok(outcomes)
}

impl Saving {
    /// Takes over what is known of a large file only behind its last row.
    pub(super) fn complete(&mut self, whole: &FileReading) {
        self.outcome.records_total = whole.records_total;
        self.outcome.rights_rows = whole.sheet_rows_with_rights;
        self.outcome.rejected.extend(whole.rejected.iter().cloned());
        self.outcome.warnings.extend(whole.warnings.iter().cloned());
        self.outcome.notes.extend(whole.notes.iter().cloned());
        self.outcome.totals.extend(whole.totals.iter().cloned());
        self.import.records_total = i64::from(whole.records_total);
        self.import.rights_rows = whole.sheet_rows_with_rights.map(i64::from);
    }

    /// Counts a record that stands.
    pub(super) fn count(&mut self, changed: bool) {
        self.outcome.records_accepted += 1;
        if !changed {
            self.outcome.records_unchanged += 1;
        }
    }
}

/// Starts a file: one that is known gives its stored outcome.
fn begin(app: &App, tx: &mut Tx<'_>, call: &ImportCall, file: &Incoming) -> Result<Saving, UseCaseError> {
    let reading = &file.reading;
    let kind = reading.kind;
    let dated = matches!(kind, FileKind::Claims | FileKind::Fund);
    let until = call.until.filter(|_| dated);
    let known = imports::known(tx, app.fund_id(), kind.code(), &reading.content_hash_hex, until)?;
    let mut outcome = FileOutcome {
        file: file.path.clone(),
        kind,
        bank: reading.bank.as_ref().map(|bank| bank.as_str().to_owned()),
        month: reading.month.map(|month| month.to_string()),
        version: None,
        superseded: false,
        sheet: reading.sheet.clone(),
        records_total: reading.records_total,
        records_accepted: 0,
        records_unchanged: 0,
        rights_rows: reading.sheet_rows_with_rights,
        rejected: reading.rejected.clone(),
        warnings: reading.warnings.clone(),
        notes: reading.notes.clone(),
        totals: reading.totals.clone(),
    };
    if let Some(import) = known {
        let accepted = u32::try_from(import.records_accepted).unwrap_or(u32::MAX);
        // A large book is not read to its end where it is known.
        outcome.records_total = u32::try_from(import.records_total).unwrap_or(u32::MAX);
        outcome.rights_rows = import.rights_rows.map(|rows| u32::try_from(rows).unwrap_or(u32::MAX));
        outcome.version = import.version;
        outcome.records_accepted = accepted;
        outcome.records_unchanged = accepted;
        outcome.rejected = stored_findings(tx, &import.import_id, "rejected")?;
        outcome.warnings = stored_findings(tx, &import.import_id, "warning")?;
        outcome.notes = stored_findings(tx, &import.import_id, "note")?;
        return Ok(Saving { outcome, import, known: true });
    }
    let number = imports::count(tx, app.fund_id(), kind.code())?.saturating_add(1);
    let (business_date, recorded_at, event_id) = unstamped();
    let names: BTreeMap<&str, &str> =
        reading.columns.iter().map(|(field, column)| (field.code(), column.as_str())).collect();
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path).to_owned();
    let import = ImportRow {
        fund_id: app.fund_id().to_owned(),
        import_id: format!("{}:{}:{number}:{}", app.fund_id(), kind.code(), short(&reading.content_hash_hex)),
        kind: kind.code().to_owned(),
        bank: outcome.bank.clone(),
        month: outcome.month.clone(),
        version: None,
        file_name: name,
        content_hash: reading.content_hash_hex.clone(),
        until,
        mapping: reading.mapping.clone(),
        sheet: reading.sheet.clone(),
        column_names: json!(names).to_string(),
        records_total: i64::from(reading.records_total),
        records_accepted: 0,
        records_unchanged: 0,
        rights_rows: reading.sheet_rows_with_rights.map(i64::from),
        nil_return: reading.nil_return,
        is_partial: call.partial || reading.marked,
        business_date,
        recorded_at,
        event_id,
    };
    Ok(Saving { outcome, import, known: false })
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn receive(
    app: &App,
    tx: &mut Tx<'_>,
    call: &ImportCall,
    file: &Incoming,
    state: &mut Saving,
    records: &[Record<crate::domain::filing::ServicingRow>],
) -> Result<(), UseCaseError> {
    let refuse = |code: &'static str| UseCaseError::File { file: file.path.clone(), code, places: Vec::new() };
    let bank = file.reading.bank.as_ref().ok_or_else(|| refuse("BANK_UNKNOWN"))?;
    let month = file.reading.month.ok_or_else(|| refuse("MONTH_UNKNOWN"))?;
    let sending = Sending {
        fund_id: app.fund_id(),
        bank: bank.as_str(),
        month,
        due_at: Deadlines::of(app).due_at(month),
        partial: call.partial || file.reading.marked,
    };
    let received = servicing::receive(tx, sending, &state.import, &file.reading, records)?;
    state.outcome.version = Some(received.version);
    state.import.version = Some(received.version);
    state.outcome.records_accepted = received.accepted;
    state.outcome.records_unchanged = received.unchanged;
    state.outcome.rejected.extend(received.rejected);
    state.outcome.warnings.extend(received.warnings);
    state.outcome.notes.extend(received.notes);
    Ok(())
}

fn file_claims(
    app: &App,
    tx: &mut Tx<'_>,
    call: &ImportCall,
    file: &Incoming,
    state: &mut Saving,
    records: &[Record<ClaimFiling>],
) -> Result<(), UseCaseError> {
    for record in records {
        if call.until.is_some_and(|until| record.value.filed_on > until) {
            continue;
        }
        match claims::file(tx, app.fund_id(), &state.import.import_id, &file.reading, record)? {
            claims::Filed::New => state.count(true),
            claims::Filed::Unchanged => state.count(false),
            claims::Filed::Refused(finding) => state.outcome.rejected.push(finding),
        }
    }
    Ok(())
}

fn book(
    app: &App,
    tx: &mut Tx<'_>,
    call: &ImportCall,
    file: &Incoming,
    state: &mut Saving,
    records: &[Record<FundRow>],
) -> Result<(), UseCaseError> {
    for (nth, record) in fund::numbered(records) {
        if call.until.is_some_and(|until| record.value.on > until) {
            continue;
        }
        match fund::book(tx, (&app.sealer, app.fund_id()), &state.import.import_id, &file.reading, record, nth)? {
            fund::Booked::New => state.count(true),
            fund::Booked::Unchanged => state.count(false),
            fund::Booked::Refused(finding) => state.outcome.rejected.push(finding),
        }
    }
    Ok(())
}

/// Puts a warning at the row of each refuted first loan; rows of earlier calls' files come back as files of
/// their own.
fn warn_refuted(
    app: &App,
    tx: &mut Tx<'_>,
    saving: &mut [Saving],
    refuted: Vec<Refutation>,
) -> Result<Vec<FileOutcome>, UseCaseError> {
    let mut earlier: BTreeMap<String, (ImportRow, Vec<Finding>)> = BTreeMap::new();
    for refutation in refuted {
        let Some(loan) = loans::registration(tx, &refutation.loan_id)? else { continue };
        let Some(import) = imports::one_or(tx, &loan.import_id, saving.iter().map(|state| &state.import))? else {
            continue;
        };
        let names: BTreeMap<String, String> = serde_json::from_str(&import.column_names).unwrap_or_default();
        let column = names.get(Field::FirstLoan.code()).cloned().unwrap_or_default();
        let row = u32::try_from(loan.row_no).unwrap_or(0);
        let day = refutation.earlier_on.to_string();
        let args = [("contract", &*refutation.earlier_contract), ("date", &*day)];
        let code = FindingCode::FirstLoanContradicted;
        let finding = Finding::new(row, &column, code, Some(&loan.contract), &args);
        match saving.iter_mut().find(|state| state.import.import_id == import.import_id) {
            Some(state) => state.outcome.warnings.push(finding),
            None => earlier.entry(import.import_id.clone()).or_insert((import, Vec::new())).1.push(finding),
        }
    }
    earlier.into_values().map(|(import, findings)| later_findings(app, tx, &import, findings)).collect()
}

fn later_findings(
    app: &App,
    tx: &mut Tx<'_>,
    import: &ImportRow,
    findings: Vec<Finding>,
) -> Result<FileOutcome, UseCaseError> {
    let told = stored_findings(tx, &import.import_id, "warning")?;
    let findings: Vec<Finding> = findings.into_iter().filter(|finding| !told.contains(finding)).collect();
    let first = imports::last_ordinal(tx, &import.import_id)?.saturating_add(1);
    let rows = finding_rows(import, first, &findings, "warning");
    let chain = Chain::Fund { fund_id: app.fund_id().to_owned() };
    tx.record(Change::new(chain, "file.judged_again", import.import_id.clone()).with_all(rows))?;
    let to_u32 = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(FileOutcome {
        file: import.file_name.clone(),
        kind: FileKind::ALL.into_iter().find(|kind| kind.code() == import.kind).unwrap_or(FileKind::Registrations),
        bank: import.bank.clone(),
        month: import.month.clone(),
        version: import.version,
        superseded: false,
        sheet: import.sheet.clone(),
        records_total: to_u32(import.records_total),
        records_accepted: to_u32(import.records_accepted),
        records_unchanged: to_u32(import.records_accepted),
        rights_rows: import.rights_rows.map(to_u32),
        rejected: stored_findings(tx, &import.import_id, "rejected")?,
        warnings: stored_findings(tx, &import.import_id, "warning")?,
        notes: stored_findings(tx, &import.import_id, "note")?,
        totals: Vec::new(),
    })
}

/// Sorts the findings and records the file with them.
fn finish(app: &App, tx: &mut Tx<'_>, state: &mut Saving) -> Result<(), UseCaseError> {
    let by_row = |finding: &Finding| (finding.row, finding.column.clone());
    state.outcome.rejected.sort_by_key(by_row);
    state.outcome.warnings.sort_by_key(by_row);
    state.outcome.notes.sort_by_key(by_row);
    if state.known {
        return Ok(());
    }
    state.import.records_accepted = i64::from(state.outcome.records_accepted);
    state.import.records_unchanged = i64::from(state.outcome.records_unchanged);
    let mut rows = finding_rows(&state.import, 1, &state.outcome.rejected, "rejected");
    for (findings, severity) in [(&state.outcome.warnings, "warning"), (&state.outcome.notes, "note")] {
        let next = i64::try_from(rows.len()).unwrap_or(i64::MAX).saturating_add(1);
        rows.extend(finding_rows(&state.import, next, findings, severity));
    }
    let fund_id = app.fund_id().to_owned();
    let chain = match &state.import.bank {
        Some(bank) => Chain::Bank { fund_id, bank: bank.clone() },
        None => Chain::Fund { fund_id },
    };
    let change = Change::new(chain, "file.imported", state.import.import_id.clone());
    tx.record(change.with(state.import.clone()).with_all(rows))?;
    Ok(())
}

fn mark_superseded(app: &App, tx: &mut Tx<'_>, outcomes: &mut [FileOutcome]) -> Result<(), UseCaseError> {
    for outcome in outcomes {
        let (Some(bank), Some(month), Some(version)) = (&outcome.bank, &outcome.month, outcome.version) else {
            continue;
        };
        let last = crate::storage::find::servicing::last_version(tx, app.fund_id(), bank, month)?;
        outcome.superseded = version < last;
    }
    Ok(())
}
