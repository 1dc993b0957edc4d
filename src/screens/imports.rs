//! Files taken in and what was wrong in them.
//!
//! **Invariant:** `accepted + refused` is the number of records shown.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::{Desk, span, unsigned};
use super::uploads;
use super::words::word;
use crate::http::error::PageError;
use crate::storage::find::{imports, undos};
use crate::storage::rows::parties::{ImportFindingRow, ImportRow};
use crate::usecase::findings::finding_of;
use crate::views::beijing;
use crate::views::imports::{FindingRow, ImportFile, ImportState, ImportsView, Severity};
use crate::views::query::PlainQuery;

/// Rows with findings, by import and severity.
type Found = BTreeMap<(String, String), i64>;

pub(super) fn load(desk: &mut Desk<'_>, query: &PlainQuery) -> Result<ImportsView, PageError> {
    let fund_id = desk.app.fund_id();
    let found: Found = imports::rows_with_findings(&mut desk.db, fund_id)?
        .into_iter()
        .map(|(import, severity, rows)| ((import, severity), rows))
        .collect();
    let undone = undos::undone(&mut desk.db, fund_id)?;
    let mut files = imports::all(&mut desk.db, fund_id)?;
    files.retain(|row| desk.reach.holds(row.bank.as_deref()));
    let total = unsigned(imports::count_findings(&mut desk.db, &desk.reach, &query.search)?);
    let findings = imports::findings_page(&mut desk.db, &desk.reach, &query.search, span(query.page, total))?;
    Ok(ImportsView {
        shell: desk.shell()?,
        form: uploads::form(desk),
        uploads: uploads::recent(desk)?,
        files: files.iter().rev().map(|row| file(desk, row, &found, &undone)).collect(),
        findings: findings.into_iter().map(|entry| finding(desk, entry)).collect(),
        total,
        ..ImportsView::default()
    })
}

fn file(desk: &Desk<'_>, row: &ImportRow, found: &Found, undone: &BTreeSet<String>) -> ImportFile {
    let rows = |severity: &str| found.get(&(row.import_id.clone(), severity.to_owned())).copied().map_or(0, unsigned);
    let accepted = unsigned(row.records_accepted);
    // A file read up to a day leaves later records for another time: they are neither accepted nor refused.
    let refused = match row.until {
        Some(_) => rows("rejected"),
        None => unsigned(row.records_total).saturating_sub(accepted),
    };
    ImportFile {
        id: row.import_id.clone(),
        name: row.file_name.clone(),
        kind: word(desk.lang, "screen.file_kind", &row.kind),
        bank: row.bank.as_deref().map(|code| desk.name(code)).unwrap_or_default(),
        on: Some(row.business_date),
        received: beijing(row.recorded_at),
        state: if undone.contains(&row.import_id) { ImportState::Undone } else { state(row, refused) },
        total: accepted.saturating_add(refused),
        accepted,
        refused,
        warned: rows("warning"),
        encoding: row.file_name.rsplit_once('.').map(|(_, end)| end.to_uppercase()).unwrap_or_default(),
    }
}

const fn state(row: &ImportRow, refused: u64) -> ImportState {
    if row.records_accepted == 0 && refused > 0 {
        ImportState::Refused
    } else if row.records_accepted > 0 && row.records_accepted == row.records_unchanged {
        ImportState::Unchanged
    } else {
        ImportState::Saved
    }
}

fn finding(desk: &Desk<'_>, entry: (ImportFindingRow, String, Option<String>)) -> FindingRow {
    let (row, file, sheet) = entry;
    FindingRow {
        file,
        sheet: sheet.unwrap_or_default(),
        row: unsigned(row.row_no),
        // A code this version does not know is shown without words rather than not at all.
        text: finding_of(&row).map_or_else(|| row.args.clone(), |finding| finding.reason(desk.lang)),
        column: row.column_name,
        contract: row.contract.unwrap_or_default(),
        severity: match row.severity.as_str() {
            "rejected" => Severity::Refused,
            "warning" => Severity::Warning,
            _ => Severity::Note,
        },
        code: row.code,
    }
}
