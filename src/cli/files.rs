//! Reading files named on the command line into what the import understands.
//!
//! **Invariant:** nothing is saved before every file of a call has been read.

use std::path::Path;
use std::sync::Arc;

use super::answer::Failure;
use crate::app::App;
use crate::config::Config;
use crate::domain::names::{PartnerCode, PartnerKind};
use crate::import::ReadRequest;
use crate::import::apart::{Apart, rest};
use crate::import::field::FileKind;
use crate::import::limits::Limits;
use crate::import::mapping::MappingSet;
use crate::storage::find::parties;
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

/// Codes of the partner banks of an installation.
///
/// # Errors
/// Storage.
pub fn known_banks(app: &App) -> Result<Vec<PartnerCode>, Failure> {
    let partners = parties::partners(&mut *app.store.read()?, app.fund_id())?;
    let banks = partners.into_iter().filter(|partner| partner.kind == PartnerKind::Bank.code());
    Ok(banks.map(|bank| PartnerCode::new(&bank.code)).collect())
}

/// The mappings of an installation: its own first, then those compiled in.
///
/// # Errors
/// A mapping file that does not read.
pub fn mappings(config: &Config) -> Result<MappingSet, Failure> {
    let folder = config.mappings_folder();
    let extra = folder.is_dir().then_some(folder.as_path());
    MappingSet::load(extra).map_err(|error| Failure::of_mapping(&error))
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
    let limits = Limits::default();
    let length = std::fs::metadata(path).map_err(|error| unreadable(&shown, &error))?.len();
    if length > u64::try_from(limits.bytes).unwrap_or(u64::MAX) {
        return Err(Failure::refused("TOO_LARGE", "import.TOO_LARGE_ON_DISK", &[("file", &shown)]));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&shown, &error))?;
    read_bytes(&shown, &bytes, reading, mappings, progress)
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
    let (reading, rest) = rest::open(&apart, path, Arc::from(bytes), &request, mappings, progress)
        .map_err(|e| Failure::of_file(path, &e))?;
    Ok(Incoming { path: path.to_owned(), reading, rest })
}

fn unreadable(path: &str, error: &std::io::Error) -> Failure {
    Failure::refused("FILE_UNREADABLE", "import.FILE_UNREADABLE", &[("file", path), ("detail", &error.to_string())])
}
