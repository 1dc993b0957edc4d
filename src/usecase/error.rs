//! What a business action refuses, and why.
//!
//! **Invariant:** every refusal has a stable code; the words a person reads come from the catalogue.

use thiserror::Error;

use crate::domain::money::MoneyError;
use crate::i18n::{self, Lang};
use crate::import::file_error::FileError;
use crate::import::mapping::MappingError;
use crate::import::propose::ProposeError;
use crate::storage::StoreError;
use crate::storage::error::CarriesStoreError;
use crate::usecase::import::FileOutcome;

/// A refused or failed action.
#[derive(Debug, Error)]
pub enum UseCaseError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A whole file is refused.
    #[error("{file}: {code}")]
    File {
        /// File.
        file: String,
        /// Stable code.
        code: &'static str,
        /// Places of its text in the catalogue.
        places: Vec<(&'static str, String)>,
    },
    /// A mapping does not read or contradicts itself.
    #[error(transparent)]
    MappingBroken(#[from] MappingError),
    /// Nothing can be proposed, or a correction is wrong.
    #[error(transparent)]
    Propose(#[from] ProposeError),
    /// A mapping cannot be saved or retired.
    #[error("mapping {name}: {code}")]
    Mapping {
        /// Name.
        name: String,
        /// Stable code.
        code: &'static str,
        /// Places of its text in either language.
        places: Vec<(&'static str, [String; 2])>,
    },
    /// A file is refused while it is being saved.
    #[error("{file}: {error}")]
    Unreadable {
        /// File.
        file: String,
        /// Why.
        error: FileError,
    },
    /// Records are refused, and the call wanted all or nothing.
    #[error("records are refused")]
    RowsRefused {
        /// What would have become of the files.
        outcomes: Vec<FileOutcome>,
    },
    /// The person who asked for it does not want it any more.
    #[error("cancelled")]
    Cancelled,
    /// A stored or shipped rulebook does not read.
    #[error("rulebook {name}: {reason}")]
    Rulebook {
        /// Rulebook.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A report could not be made.
    #[error("report {name}: {reason}")]
    Report {
        /// Report.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A mail could not be composed.
    #[error("mail {recipient}: {reason}")]
    Mail {
        /// Recipient.
        recipient: String,
        /// What is wrong.
        reason: String,
    },
}

impl UseCaseError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            UseCaseError::Store(error) => error.code(),
            UseCaseError::Money(_) => "MONEY",
            UseCaseError::File { code, .. } => code,
            UseCaseError::MappingBroken(error) => error.code(),
            UseCaseError::Propose(error) => error.code(),
            UseCaseError::Mapping { code, .. } => code,
            UseCaseError::Unreadable { error, .. } => error.code(),
            UseCaseError::RowsRefused { .. } => "ROWS_REFUSED",
            UseCaseError::Cancelled => "CANCELLED",
            UseCaseError::Rulebook { .. } => "RULEBOOK",
            UseCaseError::Report { .. } => "REPORT",
            UseCaseError::Mail { .. } => "MAIL",
        }
    }

    /// Whether the caller's input is at fault, so that nothing is wrong with the product.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            UseCaseError::File { .. }
                | UseCaseError::MappingBroken(_)
                | UseCaseError::Propose(_)
                | UseCaseError::Mapping { .. }
                | UseCaseError::Unreadable { .. }
                | UseCaseError::RowsRefused { .. }
                | UseCaseError::Cancelled
                | UseCaseError::Store(
                    StoreError::Unreachable { .. }
                        | StoreError::UrlRefused
                        | StoreError::NewerSchema { .. }
                        | StoreError::OlderSchema
                        | StoreError::UnsafeDurability { .. }
                )
        )
    }

    /// The words a person reads.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let detail = self.to_string();
        match self {
            UseCaseError::File { file, code, places } => {
                let mut all: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
                all.push(("file", file));
                i18n::text(lang, &format!("import.{code}"), &all)
            }
            UseCaseError::MappingBroken(error) => error.message(lang),
            UseCaseError::Propose(error) => error.message(lang),
            UseCaseError::Mapping { name, code, places } => {
                let text = |[zh, en]: &'_ [String; 2]| if lang == Lang::Zh { zh.clone() } else { en.clone() };
                let told: Vec<(&str, String)> = places.iter().map(|(place, both)| (*place, text(both))).collect();
                let mut all: Vec<(&str, &str)> = told.iter().map(|(place, value)| (*place, value.as_str())).collect();
                all.push(("name", name));
                i18n::text(lang, &format!("mapping.{code}"), &all)
            }
            UseCaseError::Unreadable { file, error } => format!("{file}: {}", error.message(lang)),
            other => i18n::text(lang, &format!("error.{}", other.code()), &[("detail", &detail)]),
        }
    }
}

impl CarriesStoreError for UseCaseError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            UseCaseError::Store(error) => Some(error),
            _ => None,
        }
    }
}
