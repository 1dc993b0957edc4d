//! Reading files named on the command line.
//!
//! **Invariant:** nothing is saved before every file of a call has been read.

use std::path::Path;

use super::answer::Failure;
use crate::import::limits::Limits;
use crate::usecase::import::{Incoming, Watch};
use crate::usecase::intake::{Intake, Request};

/// Reads a file from disk.
///
/// # Errors
/// A file that is not there, too large, or refused by the reader.
pub fn read(path: &Path, intake: &Intake, request: &Request, watch: &dyn Watch) -> Result<Incoming, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let limits = Limits::default();
    let length = std::fs::metadata(path).map_err(|error| unreadable(&shown, &error))?.len();
    if length > u64::try_from(limits.bytes).unwrap_or(u64::MAX) {
        return Err(Failure::refused("TOO_LARGE", "import.TOO_LARGE_ON_DISK", &[("file", &shown)]));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&shown, &error))?;
    intake.read(&shown, &bytes, request, watch).map_err(|error| Failure::of_intake(&shown, error))
}

fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &[("file", path), ("detail", &error.to_string())])
}
