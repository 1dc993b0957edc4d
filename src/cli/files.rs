//! Reading files named on the command line into what the import understands.
//!
//! **Invariant:** nothing is saved before every file of a call has been read.

use std::path::Path;
use std::sync::Arc;

use super::answer::Failure;
use crate::domain::names::PartnerCode;
use crate::import::ReadRequest;
use crate::import::apart::{Apart, rest};
use crate::import::field::FileKind;
use crate::import::file_error::FileError;
use crate::import::limits::Limits;
use crate::import::mapping::MappingSet;
use crate::import::propose::rows::FirstRows;
use crate::usecase::import::Incoming;

/// How files are to be read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Kind of files.
    pub kind: FileKind,
    /// Bank named by the caller.
    pub bank: Option<PartnerCode>,
    /// Mapping named by the caller.
    pub mapping: Option<String>,
    /// Partner banks, told from other words in a file name.
    pub known_banks: Vec<PartnerCode>,
}

/// Reads a file from disk.
///
/// # Errors
/// A file that is not there, too large, or refused by the reader.
pub fn read(
    path: &Path,
    reading: &Reading,
    mappings: &MappingSet,
    progress: &mut dyn FnMut(u64),
) -> Result<Incoming, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let bytes = bytes_of(path)?;
    read_bytes(&shown, &bytes, reading, mappings, progress)
}

/// The bytes of a file on disk.
fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let limits = Limits::default();
    let length = std::fs::metadata(path).map_err(|error| unreadable(&shown, &error))?.len();
    if length > u64::try_from(limits.bytes).unwrap_or(u64::MAX) {
        return Err(Failure::refused("TOO_LARGE", "import.TOO_LARGE_ON_DISK", &[("file", &shown)]));
    }
    std::fs::read(path).map_err(|error| unreadable(&shown, &error))
}

/// Reads bytes that are a file's.
///
/// # Errors
/// What the reader refuses.
pub fn read_bytes(
    path: &str,
    bytes: &[u8],
    reading: &Reading,
    mappings: &MappingSet,
    progress: &mut dyn FnMut(u64),
) -> Result<Incoming, Failure> {
    let request = ReadRequest {
        kind: reading.kind,
        bank: reading.bank.clone(),
        mapping: reading.mapping.clone(),
        limits: Limits::default(),
        known_banks: reading.known_banks.clone(),
    };
    let apart = Apart::of_this_program().map_err(|error| unreadable(path, &error))?;
    let kind = reading.kind.code();
    let (reading, rest) = rest::open(&apart, path, Arc::from(bytes), &request, mappings, progress)
        .map_err(|error| refused(path, kind, &error))?;
    Ok(Incoming { path: path.to_owned(), reading, rest })
}

/// The first rows of a file on disk, for a proposal.
///
/// # Errors
/// A file that is not there, too large, or refused by the reader.
pub fn first_rows(path: &Path) -> Result<FirstRows, Failure> {
    let shown = path.to_string_lossy().into_owned();
    let bytes = bytes_of(path)?;
    let apart = Apart::of_this_program().map_err(|error| unreadable(&shown, &error))?;
    apart.first_rows(&shown, &bytes, Limits::default()).map_err(|error| Failure::of_file(&shown, &error))
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

fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &[("file", path), ("detail", &error.to_string())])
}
