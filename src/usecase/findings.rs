//! Findings of an import as they are kept and read again.
//!
//! **Invariant:** a finding read again has the code, place and arguments it was kept with.

use serde_json::json;

use super::UseCaseError;
use crate::import::finding::{Finding, FindingCode};
use crate::storage::Tx;
use crate::storage::facts::unstamped;
use crate::storage::find::imports;
use crate::storage::rows::parties::{ImportFindingRow, ImportRow};

/// Findings of one severity as rows, numbered from `first`.
pub(super) fn finding_rows(
    import: &ImportRow,
    first: i64,
    findings: &[Finding],
    severity: &str,
) -> Vec<ImportFindingRow> {
    let (business_date, recorded_at, event_id) = unstamped();
    (first..)
        .zip(findings)
        .map(|(ordinal, finding)| ImportFindingRow {
            fund_id: import.fund_id.clone(),
            import_id: import.import_id.clone(),
            ordinal,
            severity: severity.to_owned(),
            row_no: i64::from(finding.row),
            column_name: finding.column.clone(),
            code: finding.code.code().to_owned(),
            contract: finding.contract.clone(),
            args: json!(finding.args).to_string(),
            business_date,
            recorded_at,
            event_id: event_id.clone(),
        })
        .collect()
}

/// The stored findings of one severity.
///
/// # Errors
/// Storage.
pub(super) fn stored_findings(tx: &mut Tx<'_>, import_id: &str, severity: &str) -> Result<Vec<Finding>, UseCaseError> {
    let rows = imports::findings(tx, import_id)?;
    Ok(rows.iter().filter(|row| row.severity == severity).filter_map(finding_of).collect())
}

/// A stored finding, readable again.
#[must_use]
pub fn finding_of(row: &ImportFindingRow) -> Option<Finding> {
    Some(Finding {
        row: u32::try_from(row.row_no).ok()?,
        column: row.column_name.clone(),
        code: FindingCode::from_code(&row.code)?,
        contract: row.contract.clone(),
        args: serde_json::from_str(&row.args).ok()?,
    })
}
