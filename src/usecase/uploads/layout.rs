//! A layout for an uploaded file that no mapping fits: proposed, corrected, kept, and the file checked again with it.
//!
//! **Invariant:** the file that was sent back stays as it is; what is checked with the new layout is an upload of its own.

use super::Sent;
use crate::app::App;
use crate::domain::names::PartnerCode;
use crate::import::field::FileKind;
use crate::import::propose::Draft;
use crate::import::propose::ProposeError;
use crate::import::propose::correct::Correction;
use crate::storage::Act;
use crate::storage::find::uploads;
use crate::storage::rows::uploads::{UploadRow, state};
use crate::usecase::mappings::{self, Saving};
use crate::usecase::{UseCaseError, intake};

/// How a person wants a layout kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep<'a> {
    /// Name.
    pub name: &'a str,
    /// Whether guesses are right as they stand.
    pub accept_guesses: bool,
    /// Who keeps it.
    pub by: &'a str,
}

/// Whether a new layout may help a file: it was sent back because none fits.
#[must_use]
pub fn may_help(row: &UploadRow) -> bool {
    let code = row.error_code.as_deref().unwrap_or_default();
    row.state == state::REFUSED && matches!(code, "HEADER_UNKNOWN" | "HEADER_MISSING" | "SHEET_NOT_FOUND")
}

/// Proposes a layout for a file of which a person has said something.
///
/// # Errors
/// `Propose`, where the file gives none or contradicts what was said; storage.
pub fn propose(
    app: &App,
    row: &UploadRow,
    bank: Option<PartnerCode>,
    said: &[Correction],
) -> Result<Draft, UseCaseError> {
    let (kind, bytes) = (kind_of(row), bytes_of(app, row)?);
    let rows = intake::first_rows(&row.file_name, &bytes).map_err(ProposeError::from)?;
    let draft = mappings::propose(app, &row.file_name, rows, kind, bank)?;
    mappings::correct(&draft, said)
}

/// Keeps a layout and has the file checked again with it. Gives the identifier of the new upload.
///
/// # Errors
/// `Mapping`, where something is open; storage.
pub fn keep(app: &App, row: &UploadRow, draft: &Draft, keep: &Keep<'_>) -> Result<String, UseCaseError> {
    let act = Act::new(keep.by, row.business_date);
    let saving = Saving { act, name: keep.name.to_owned(), accept_guesses: keep.accept_guesses };
    let saved = mappings::save(app, &saving, &draft.proposal)?;
    super::receive(
        app,
        Sent {
            name: row.file_name.clone(),
            bytes: bytes_of(app, row)?,
            kind: kind_of(row),
            bank: draft.proposal.bank.as_deref().map(PartnerCode::new),
            mapping: Some(keep.name.trim().to_owned()),
            on: row.business_date,
            all_or_nothing: row.all_or_nothing,
            actor: keep.by.to_owned(),
            // The same version of the same layout for the same file is the same upload, however often it is sent.
            token: format!("{}@{} of {}", keep.name.trim(), saved.version, row.upload_id),
        },
    )
}

fn kind_of(row: &UploadRow) -> FileKind {
    FileKind::ALL.into_iter().find(|kind| kind.code() == row.kind).unwrap_or(FileKind::Registrations)
}

fn bytes_of(app: &App, row: &UploadRow) -> Result<Vec<u8>, UseCaseError> {
    let bytes = uploads::content(&mut *app.store.read()?, &row.upload_id)?;
    bytes.ok_or_else(|| UseCaseError::File {
        file: row.file_name.clone(),
        code: "UPLOAD_FORGOTTEN",
        places: Vec::new(),
    })
}
