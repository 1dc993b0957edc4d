//! The marked workbook of an upload.
//!
//! **Invariant:** it marks what the last look at the file found, whether or not something of it was saved.

use super::preview::Found;
use crate::app::App;
use crate::domain::names::PartnerCode;
use crate::export::apart;
use crate::export::error::ExportError;
use crate::export::marked::{MarkedFindings, file_name};
use crate::i18n::Lang;
use crate::import::field::FileKind;
use crate::import::finding::Finding;
use crate::storage::find::uploads;
use crate::storage::rows::uploads::UploadRow;
use crate::usecase::UseCaseError;
use crate::usecase::intake::{Intake, IntakeError, Request};

/// The workbook and its name, as the fund's or a bank's people may read it; nothing where there is nothing to mark, or the file is kept no longer.
///
/// # Errors
/// `Export`; storage.
pub fn marked(
    app: &App,
    row: &UploadRow,
    lang: Lang,
    for_bank: bool,
) -> Result<Option<(String, Vec<u8>)>, UseCaseError> {
    let mut db = app.store.read()?;
    let stored = uploads::findings(&mut db, &row.upload_id)?;
    let bytes = uploads::content(&mut db, &row.upload_id)?;
    drop(db);
    let (Some(stored), Some(bytes)) = (stored, bytes) else { return Ok(None) };
    let found: Vec<Found> = serde_json::from_str(&stored).unwrap_or_default();
    let readable = |finding: Finding| if for_bank { finding.for_bank() } else { finding };
    let list = |severity: &str| -> Vec<Finding> {
        found.iter().filter(|one| one.severity == severity).filter_map(Found::finding).map(readable).collect()
    };
    let (rejected, warnings, notes) = (list("rejected"), list("warning"), list("note"));
    let kind = FileKind::ALL.into_iter().find(|kind| kind.code() == row.kind);
    let Some(kind) = kind.filter(|_| !rejected.is_empty() || !warnings.is_empty()) else { return Ok(None) };
    let request = Request { kind, bank: row.bank.as_deref().map(PartnerCode::new), mapping: row.mapping.clone() };
    let intake = Intake::open(app).map_err(|error| match error {
        IntakeError::Store(error) => UseCaseError::Store(error),
        IntakeError::Installation(error) => *error,
        IntakeError::File(error) => UseCaseError::Export(ExportError::File(error)),
        IntakeError::Cancelled => UseCaseError::Cancelled,
    })?;
    let findings = MarkedFindings { rejected: &rejected, warnings: &warnings, notes: &notes };
    let reading = intake.read_request(&request);
    let workbook = apart::marked(&row.file_name, &bytes, &reading, &intake.mappings, &findings, lang)?;
    Ok(Some((file_name(&row.file_name), workbook)))
}
