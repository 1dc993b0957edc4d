//! What a worker does with an upload it holds: the check, and the import after a person's decision.
//!
//! **Invariant:** the import, the upload's end and the proof of the lease are one transaction, so that a file is
//! in the books exactly if its upload says so.

use std::collections::BTreeMap;

use super::preview::Preview;
use super::running::{Progress, Stop};
use super::stored_words;
use crate::app::App;
use crate::domain::names::PartnerCode;
use crate::import::field::FileKind;
use crate::import::file_error::FileError;
use crate::storage::find::uploads::Ending;
use crate::storage::find::{imports, upload_work, uploads};
use crate::storage::rows::uploads::{UploadRow, state};
use crate::storage::{Act, Lease, Scope, StoreError, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::import::{Cancelled, FileOutcome, ImportCall, Incoming, Watch, import};
use crate::usecase::intake::{self, IntakeError, Request};

/// Code of the refusal of a month that leaves loans out.
const INCOMPLETE: &str = "MONTH_INCOMPLETE";
/// Code that stops an import whose outcome is not the one decided on.
const CHANGED: &str = "UPLOAD_CHANGED";

/// Why a step did not come to its end.
#[derive(Debug)]
enum Trouble {
    /// Somebody wants it stopped.
    Stopped,
    /// The file is refused.
    Refused { code: &'static str, text: String, preview: Option<Box<Preview>> },
    /// Somebody else goes on with it.
    Lost,
    /// Storage or the reader broke down; the same step may succeed later.
    Later(String),
    /// A fault that another try does not mend.
    Fault(UseCaseError),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        match error {
            StoreError::LeaseLost => Trouble::Lost,
            StoreError::Query(_) | StoreError::Unreachable { .. } => Trouble::Later(error.to_string()),
            other => Trouble::Fault(other.into()),
        }
    }
}

impl From<FileError> for Trouble {
    fn from(error: FileError) -> Trouble {
        match error {
            FileError::ReaderFailed { .. } | FileError::Stopped => Trouble::Later(error.to_string()),
            refused => {
                let text = stored_words(refused.code(), &[], |lang| refused.message(lang));
                Trouble::Refused { code: refused.code(), text, preview: None }
            }
        }
    }
}

impl From<UseCaseError> for Trouble {
    fn from(error: UseCaseError) -> Trouble {
        match error {
            UseCaseError::Cancelled => Trouble::Stopped,
            UseCaseError::Store(error) => error.into(),
            UseCaseError::Unreadable { error, .. } => error.into(),
            UseCaseError::File { code, ref places, .. } => {
                let places: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Trouble::Refused { code, text: stored_words(code, &places, |lang| error.text(lang)), preview: None }
            }
            other => Trouble::Fault(other),
        }
    }
}

impl From<IntakeError> for Trouble {
    fn from(error: IntakeError) -> Trouble {
        match error {
            IntakeError::Store(error) => error.into(),
            IntakeError::File(error) => error.into(),
            IntakeError::Cancelled => Trouble::Stopped,
            IntakeError::Installation(error) => (*error).into(),
        }
    }
}

/// Does the next step of an upload that is held, and records how it ended.
///
/// # Errors
/// Storage, where not even the end could be recorded: the lease runs out then, and somebody takes it again.
pub fn work(app: &App, row: &UploadRow, progress: &Progress) -> Result<(), StoreError> {
    let stepped = if row.state == state::COMMITTING { commit(app, row, progress) } else { check(app, row, progress) };
    let lease = &progress.lease;
    let act = Act::new(&row.actor, row.business_date);
    let system = Scope::system();
    match stepped {
        Ok(()) | Err(Trouble::Lost) => Ok(()),
        Err(Trouble::Stopped) => match progress.stopped() {
            Some(Stop::LeaseLost) => Ok(()),
            Some(Stop::ShuttingDown) => app.store.write(&system, &act, |tx| upload_work::give_back(tx, lease, false)),
            Some(Stop::Cancelled) | None => {
                let text = stored_words("CANCELLED", &[], |lang| UseCaseError::Cancelled.text(lang));
                end(app, row, progress, (state::CANCELLED, "CANCELLED", &text), None)
            }
        },
        Err(Trouble::Refused { code, text, preview }) => {
            end(app, row, progress, (state::REFUSED, code, &text), preview.as_deref())
        }
        Err(Trouble::Fault(error)) => {
            tracing::error!(upload = %row.upload_id, error = %error, "an upload failed: {error}");
            let text = stored_words(error.code(), &[], |lang| error.text(lang));
            end(app, row, progress, (state::FAILED, error.code(), &text), None)
        }
        Err(Trouble::Later(error)) => {
            tracing::warn!(upload = %row.upload_id, "an upload will be tried again: {error}");
            app.store.write(&system, &act, |tx| upload_work::give_back(tx, lease, true))
        }
    }
}

fn end(
    app: &App,
    row: &UploadRow,
    progress: &Progress,
    how: (&str, &str, &str),
    preview: Option<&Preview>,
) -> Result<(), StoreError> {
    let act = Act::new(&row.actor, row.business_date);
    let ending = Ending { state: how.0, code: how.1, text: how.2 };
    let found = preview.map(|preview| (preview.json(), preview.marks_json()));
    let found = found.as_ref().map(|(preview, marks)| (preview.as_str(), marks.as_str()));
    app.store.write(&Scope::system(), &act, |tx| upload_work::end(tx, &progress.lease, &ending, found))
}

/// Reads the file again: what was read for the check is long forgotten, in this process or another.
fn read(app: &App, row: &UploadRow, progress: &Progress) -> Result<Incoming, Trouble> {
    let bytes = uploads::content(&mut *app.store.read()?, &row.upload_id)?;
    let kind = FileKind::ALL.into_iter().find(|kind| kind.code() == row.kind);
    let (Some(bytes), Some(kind)) = (bytes, kind) else {
        let what = "its bytes or its kind are gone".to_owned();
        return Err(StoreError::Corrupt { table: "uploads", key: row.upload_id.clone(), what }.into());
    };
    let request = Request { kind, bank: row.bank.as_deref().map(PartnerCode::new), mapping: row.mapping.clone() };
    let incoming = intake::read(app, &row.file_name, &bytes, &request, &Following { progress })?;
    progress.saving(u64::from(incoming.reading.records_total));
    Ok(incoming)
}

/// Finds out what an import of the file would do, and saves nothing of it.
fn check(app: &App, row: &UploadRow, progress: &Progress) -> Result<(), Trouble> {
    let files = [read(app, row, progress)?];
    let preview = look(app, row, progress, &files)?;
    let act = Act::new(&row.actor, row.business_date);
    let lease = &progress.lease;
    if preview.known {
        let import = known(&mut *app.store.read()?, app, row)?;
        return Ok(app
            .store
            .write(&Scope::system(), &act, |tx| upload_work::done(tx, lease, &preview.json(), import.as_deref()))?);
    }
    if row.all_or_nothing && preview.rejected > 0 {
        let text = stored_words("UPLOAD_NOT_CLEAN", &[], |lang| super::own_words(lang, "UPLOAD_NOT_CLEAN", &[]));
        return Err(Trouble::Refused { code: "UPLOAD_NOT_CLEAN", text, preview: Some(Box::new(preview)) });
    }
    show(app, row, progress, &preview)
}

/// Lets a person decide, unless one has decided already that the file is not wanted.
fn show(app: &App, row: &UploadRow, progress: &Progress, preview: &Preview) -> Result<(), Trouble> {
    let act = Act::new(&row.actor, row.business_date);
    let lease = &progress.lease;
    let wanted = app.store.write(&Scope::system(), &act, |tx| {
        if upload_work::is_unwanted(tx, &row.upload_id)? {
            return Ok(false);
        }
        upload_work::keep_findings(tx, lease, &preview.marks_json())?;
        upload_work::checked(tx, lease, &preview.json())?;
        Ok::<_, StoreError>(true)
    })?;
    if wanted { Ok(()) } else { Err(Trouble::Stopped) }
}

/// Runs the import and takes it back. A month that leaves loans out is looked at as a correction of what it holds.
fn look(app: &App, row: &UploadRow, progress: &Progress, files: &[Incoming; 1]) -> Result<Preview, Trouble> {
    let [file] = files;
    let watch = Following { progress };
    let is_known = known(&mut *app.store.read()?, app, row)?.is_some();
    let mut missing = BTreeMap::new();
    let outcomes = match import(app, &call(row, &row.actor, true, false), files, &watch) {
        Err(UseCaseError::File { code: INCOMPLETE, places, .. }) => {
            missing = places.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            import(app, &call(row, &row.actor, true, true), files, &watch)?
        }
        other => other?,
    };
    Ok(Preview { known: is_known, missing, ..Preview::new(file, &outcomes) })
}

fn known(db: &mut crate::storage::Db, app: &App, row: &UploadRow) -> Result<Option<String>, StoreError> {
    let import = imports::known(db, app.fund_id(), &row.kind, &row.content_hash, None)?;
    Ok(import.map(|import| import.import_id))
}

fn call(row: &UploadRow, actor: &str, dry_run: bool, partial: bool) -> ImportCall {
    ImportCall { actor: actor.to_owned(), on: row.business_date, dry_run, partial, whole: false, until: None }
}

/// Imports the file as decided. Where the books have changed since the preview, so that something else would be
/// saved than what the person saw, nothing is saved and the new preview waits for a decision.
fn commit(app: &App, row: &UploadRow, progress: &Progress) -> Result<(), Trouble> {
    let files = [read(app, row, progress)?];
    let [file] = &files;
    let preview = Preview::of(row.preview.as_deref());
    let watch = Committing { app, row, progress, file, preview: &preview };
    let actor = row.decided_by.as_deref().unwrap_or(&row.actor);
    match import(app, &call(row, actor, false, row.is_partial), &files, &watch) {
        Ok(_saved) => Ok(()),
        Err(UseCaseError::File { code: CHANGED | INCOMPLETE, .. }) => {
            let now = Preview { changed: true, ..look(app, row, progress, &files)? };
            if !now.known {
                return show(app, row, progress, &now);
            }
            let act = Act::new(&row.actor, row.business_date);
            let lease = &progress.lease;
            Ok(app.store.write(&Scope::system(), &act, |tx| {
                let import = known(tx, app, row)?;
                upload_work::done(tx, lease, &now.json(), import.as_deref())
            })?)
        }
        Err(other) => Err(other.into()),
    }
}

/// Tells the rows and stops when asked.
struct Following<'a> {
    progress: &'a Progress,
}

impl Watch for Following<'_> {
    fn rows(&self, rows: u64) -> Result<(), Cancelled> {
        self.progress.at(rows);
        match self.progress.stopped() {
            Some(_why) => Err(Cancelled),
            None => Ok(()),
        }
    }
}

/// As `Following`, and ends the upload together with the import.
struct Committing<'a> {
    app: &'a App,
    row: &'a UploadRow,
    progress: &'a Progress,
    file: &'a Incoming,
    preview: &'a Preview,
}

impl Watch for Committing<'_> {
    fn rows(&self, rows: u64) -> Result<(), Cancelled> {
        Following { progress: self.progress }.rows(rows)
    }

    fn lease(&self) -> Option<Lease> {
        Some(Lease::Upload(self.progress.lease.clone()))
    }

    fn before_commit(&self, tx: &mut Tx<'_>, outcomes: &[FileOutcome]) -> Result<(), UseCaseError> {
        if self.progress.stopped().is_some() || upload_work::is_unwanted(tx, &self.row.upload_id)? {
            return Err(UseCaseError::Cancelled);
        }
        let now = Preview::new(self.file, outcomes);
        let refused = self.row.decision.as_deref() == Some("all") && now.rejected > 0;
        if refused || !self.preview.promised(&now) {
            return Err(UseCaseError::File { file: self.row.file_name.clone(), code: CHANGED, places: Vec::new() });
        }
        let import = known(tx, self.app, self.row)?;
        upload_work::keep_findings(tx, &self.progress.lease, &now.marks_json())?;
        upload_work::done(tx, &self.progress.lease, &now.json(), import.as_deref())?;
        Ok(())
    }
}
