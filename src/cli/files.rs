//! Reading files named on the command line.
//!
//! **Invariant:** nothing is saved before every file of a call has been read.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::answer::Failure;
use crate::import::file_error::FileError;
use crate::import::limits::Limits;
use crate::import::propose::rows::FirstRows;
use crate::usecase::import::{Incoming, Watch};
use crate::usecase::intake::{self, Intake, IntakeError, Request};

/// Reads a file from disk.
///
/// # Errors
/// A file that is not there, too large, or refused by the reader.
pub fn read(path: &Path, intake: &Intake, request: &Request, watch: &dyn Watch) -> Result<Incoming, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let bytes = bytes_of(path)?;
    intake.read(&shown, &bytes, request, watch).map_err(|error| match error {
        IntakeError::File(error) => refused(&shown, request.kind.code(), &error),
        other => Failure::of_intake(&shown, other),
    })
}

/// The bytes of a file on disk.
///
/// # Errors
/// A file that is not there or too large.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let limits = Limits::default();
    let length = std::fs::metadata(path).map_err(|error| unreadable(&shown, &error))?.len();
    if length > u64::try_from(limits.bytes).unwrap_or(u64::MAX) {
        return Err(Failure::refused("TOO_LARGE", "import.TOO_LARGE_ON_DISK", &[("file", &shown)]));
    }
    std::fs::read(path).map_err(|error| unreadable(&shown, &error))
}

/// The first rows of a file on disk, for a proposal.
///
/// # Errors
/// A file that is not there, too large, or refused by the reader.
pub fn first_rows(path: &Path) -> Result<FirstRows, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let bytes = bytes_of(path)?;
    intake::first_rows(&shown, &bytes).map_err(|error| Failure::of_file(&shown, &error))
}

/// A refused file; where no mapping fits, with the command that proposes one.
fn refused(path: &str, kind: &str, error: &FileError) -> Failure {
    let failure = Failure::of_file(path, error);
    match error {
        FileError::HeaderUnknown { .. } | FileError::HeaderMissing { .. } | FileError::SheetNotFound { .. } => {
            failure.with_hint("cli.propose_hint", &[("file", path), ("kind", kind)])
        }
        _ => failure,
    }
}

/// A file that is not there or cannot be read.
pub fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &[("file", path), ("detail", &error.to_string())])
}

/// Writes a file whole or not at all: under another name first, then renamed.
///
/// # Errors
/// What `write` gives; a place that cannot be written.
pub fn write_whole<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let failed = |error: &std::io::Error| {
        let places = [("file", &*path.to_string_lossy().into_owned()), ("detail", &*error.to_string())];
        Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places)
    };
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = Path::new(&unfinished);
    let mut out = BufWriter::new(File::create(unfinished).map_err(|error| failed(&error))?);
    let written = write(&mut out)
        .and_then(|told| out.flush().map(|()| told).map_err(|error| failed(&error)))
        .and_then(|told| std::fs::rename(unfinished, path).map(|()| told).map_err(|error| failed(&error)));
    if written.is_err() {
        let _removed = std::fs::remove_file(unfinished);
    }
    written
}
