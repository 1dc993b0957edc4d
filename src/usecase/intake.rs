//! From the bytes of a bank file to what the import understands.
//!
//! Owns the one way in for commands, the demo and the server alike: mappings and partner banks of the installation
//! come together with the reader here.
//! **Invariant:** nothing is saved here, and a file is read whole or refused whole.

use std::sync::Arc;

use super::import::{Cancelled, Incoming, Watch};
use super::{UseCaseError, mappings};
use crate::app::App;
use crate::domain::names::PartnerCode;
use crate::i18n::Lang;
use crate::import::ReadRequest;
use crate::import::apart::{Apart, rest};
use crate::import::field::FileKind;
use crate::import::file_error::FileError;
use crate::import::limits::Limits;
use crate::import::mapping::MappingSet;
use crate::import::propose::rows::FirstRows;
use crate::storage::StoreError;

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Request {
    /// Kind of file.
    pub kind: FileKind,
    /// Bank named by the caller.
    pub bank: Option<PartnerCode>,
    /// Mapping named by the caller.
    pub mapping: Option<String>,
}

/// Why a file was not read.
#[derive(Debug)]
pub enum IntakeError {
    /// The file is refused.
    File(FileError),
    /// What the installation reads files with cannot be used.
    Installation(Box<UseCaseError>),
    /// Storage.
    Store(StoreError),
    /// Not wanted any more.
    Cancelled,
}

impl From<StoreError> for IntakeError {
    fn from(error: StoreError) -> IntakeError {
        IntakeError::Store(error)
    }
}

impl From<UseCaseError> for IntakeError {
    fn from(error: UseCaseError) -> IntakeError {
        match error {
            UseCaseError::Store(error) => IntakeError::Store(error),
            other => IntakeError::Installation(Box::new(other)),
        }
    }
}

impl From<FileError> for IntakeError {
    fn from(error: FileError) -> IntakeError {
        IntakeError::File(error)
    }
}

impl IntakeError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            IntakeError::File(error) => error.code(),
            IntakeError::Installation(error) => error.code(),
            IntakeError::Store(error) => error.code(),
            IntakeError::Cancelled => UseCaseError::Cancelled.code(),
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            IntakeError::File(error) => error.message(lang),
            IntakeError::Installation(error) => error.text(lang),
            IntakeError::Store(error) => {
                crate::i18n::text(lang, &format!("error.{}", error.code()), &[("detail", &error.to_string())])
            }
            IntakeError::Cancelled => UseCaseError::Cancelled.text(lang),
        }
    }
}

/// What reading rests on besides the file.
#[derive(Debug)]
pub struct Intake {
    /// Partner banks, so that their codes in a file name are told from other words.
    pub known_banks: Vec<PartnerCode>,
    /// The mappings of the installation: its own first, then those compiled in.
    pub mappings: MappingSet,
}

impl Intake {
    /// What an installation reads files with now.
    ///
    /// # Errors
    /// Storage; a mapping file that does not read.
    pub fn open(app: &App) -> Result<Intake, IntakeError> {
        Ok(Intake { known_banks: mappings::known_banks(app)?, mappings: mappings::set_for(app)? })
    }

    /// As the reader is asked.
    #[must_use]
    pub fn read_request(&self, request: &Request) -> ReadRequest {
        ReadRequest {
            kind: request.kind,
            bank: request.bank.clone(),
            mapping: request.mapping.clone(),
            limits: Limits::default(),
            known_banks: self.known_banks.clone(),
        }
    }

    /// Reads one file. `name` is its name, with or without folders.
    ///
    /// # Errors
    /// What the reader refuses, or that the watcher stops it.
    pub fn read(
        &self,
        name: &str,
        bytes: &[u8],
        request: &Request,
        watch: &dyn Watch,
    ) -> Result<Incoming, IntakeError> {
        let request = self.read_request(request);
        let mut wanted = Ok(());
        let mut progress = |rows| wanted = wanted.and(watch.rows(rows));
        let (reading, rest) = rest::open(&reader()?, name, Arc::from(bytes), &request, &self.mappings, &mut progress)?;
        wanted.map_err(|Cancelled| IntakeError::Cancelled)?;
        Ok(Incoming { path: name.to_owned(), reading, rest })
    }
}

/// Reads one file for an installation.
///
/// # Errors
/// As `Intake::open` and `Intake::read`.
pub fn read(
    app: &App,
    name: &str,
    bytes: &[u8],
    request: &Request,
    watch: &dyn Watch,
) -> Result<Incoming, IntakeError> {
    Intake::open(app)?.read(name, bytes, request, watch)
}

/// The first rows of a file, for a proposal of how to read it.
///
/// # Errors
/// Every way in which a whole file is refused before its columns are looked for.
pub fn first_rows(name: &str, bytes: &[u8]) -> Result<FirstRows, FileError> {
    reader()?.first_rows(name, bytes, Limits::default())
}

/// Files are read by a process of their own.
fn reader() -> Result<Apart, FileError> {
    Apart::of_this_program().map_err(|error| FileError::ReaderFailed { detail: error.to_string() })
}
