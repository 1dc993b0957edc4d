//! What a business action refuses, and why.
//!
//! **Invariant:** every refusal has a stable code; the words a person reads come from the catalogue.

use thiserror::Error;

use crate::domain::money::MoneyError;
use crate::domain::names::DocumentKind;
use crate::export::error::ExportError;
use crate::i18n::{self, Lang};
use crate::import::file_error::FileError;
use crate::import::mapping::MappingError;
use crate::import::propose::ProposeError;
use crate::import::statement::fault::StatementFault;
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
    /// An import is not taken back.
    #[error("{}", .refusals.iter().map(|refusal| refusal.code).collect::<Vec<_>>().join(" "))]
    Undo {
        /// Every reason, at least one.
        refusals: Vec<Refusal>,
    },
    /// An act is refused.
    #[error("{}", .0.code)]
    Act(crate::usecase::lives::ActRefusal),
    /// A rulebook is not proposed, confirmed, rejected or withdrawn.
    #[error("{}", .0.code)]
    Issuing(Refusal),
    /// The books of an earlier moment cannot be told.
    #[error("{}", .0.code)]
    Known(Refusal),
    /// A statement, a match, a closing of a month or a voucher number is refused.
    #[error("{}", .0.code)]
    Books(Refusal),
    /// Nothing is sent, sent again or copied.
    #[error("{}", .0.code)]
    Upkeep(Refusal),
    /// A bank statement does not read or does not add up.
    #[error("{file}: {}", .fault.code.code())]
    Statement {
        /// File.
        file: String,
        /// What and where.
        fault: StatementFault,
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
    /// A file that leaves the product could not be written.
    #[error("{0}")]
    Export(#[from] ExportError),
    /// A list that holds no bank's data was asked for one bank.
    #[error("{list}")]
    ListOfFund {
        /// List.
        list: &'static str,
    },
    /// A sealed value cannot be read.
    #[error(transparent)]
    Sealed(#[from] crate::sealing::SealingError),
    /// A mail could not be composed.
    #[error("mail {recipient}: {reason}")]
    Mail {
        /// Recipient.
        recipient: String,
        /// What is wrong.
        reason: String,
    },
}

/// One reason why an import is not taken back or a rulebook not issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// How many things stand in the way.
    pub count: usize,
    /// The first few of them, by the name people know.
    pub named: Vec<String>,
}

/// Things named in a refusal.
const NAMED: usize = 5;

impl Refusal {
    /// A reason that names what stands in the way.
    #[must_use]
    pub fn new(code: &'static str, named: Vec<String>) -> Refusal {
        let count = named.len();
        Refusal { code, count, named: named.into_iter().take(NAMED).collect() }
    }

    /// The words a person reads.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        self.text_of("undo", lang)
    }

    /// The words a person reads, from one area of the catalogue.
    #[must_use]
    pub fn text_of(&self, area: &str, lang: Lang) -> String {
        let names = self.named.join(&i18n::text(lang, "import.separator", &[]));
        i18n::text(lang, &format!("{area}.{}", self.code), &[("count", &self.count.to_string()), ("names", &names)])
    }
}

impl From<Refusal> for UseCaseError {
    fn from(refusal: Refusal) -> UseCaseError {
        UseCaseError::Undo { refusals: vec![refusal] }
    }
}

impl From<crate::usecase::lives::ActRefusal> for UseCaseError {
    fn from(refusal: crate::usecase::lives::ActRefusal) -> UseCaseError {
        UseCaseError::Act(refusal)
    }
}

impl UseCaseError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            UseCaseError::Undo { refusals } => refusals.first().map_or("UNDO", |refusal| refusal.code),
            UseCaseError::Issuing(refusal)
            | UseCaseError::Known(refusal)
            | UseCaseError::Books(refusal)
            | UseCaseError::Upkeep(refusal) => refusal.code,
            UseCaseError::Act(refusal) => refusal.code,
            UseCaseError::Statement { fault, .. } => fault.code.code(),
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
            UseCaseError::Export(_) => "EXPORT",
            UseCaseError::ListOfFund { .. } => "LIST_OF_FUND",
            UseCaseError::Mail { .. } => "MAIL",
            UseCaseError::Sealed(_) => "SEALING",
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
                | UseCaseError::Undo { .. }
                | UseCaseError::Issuing(_)
                | UseCaseError::Act(_)
                | UseCaseError::Known(_)
                | UseCaseError::Books(_)
                | UseCaseError::Upkeep(_)
                | UseCaseError::Statement { .. }
                | UseCaseError::Unreadable { .. }
                | UseCaseError::RowsRefused { .. }
                | UseCaseError::Cancelled
                | UseCaseError::ListOfFund { .. }
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
            UseCaseError::Undo { refusals } => {
                let words: Vec<String> = refusals.iter().map(|refusal| refusal.text(lang)).collect();
                words.join(&i18n::text(lang, "undo.separator", &[]))
            }
            UseCaseError::Issuing(refusal) => refusal.text_of("issuing", lang),
            UseCaseError::Act(refusal) => {
                let told: Vec<(&str, String)> =
                    refusal.places.iter().map(|(place, value)| (*place, worded(lang, place, value))).collect();
                let places: Vec<(&str, &str)> = told.iter().map(|(place, value)| (*place, value.as_str())).collect();
                i18n::text(lang, &format!("act.{}", refusal.code), &places)
            }
            UseCaseError::Known(refusal) => refusal.text_of("known", lang),
            UseCaseError::Books(refusal) => refusal.text_of("books", lang),
            UseCaseError::Upkeep(refusal) => refusal.text_of("upkeep", lang),
            UseCaseError::Statement { file, fault } => format!("{file}: {}", fault.message(lang)),
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

/// A value of a refusal as people read it: stages, decisions, papers, sources and fields are named as pages name them,
/// everything else is itself.
fn worded(lang: Lang, place: &str, value: &str) -> String {
    let known = |key: String, value: &str| match i18n::texts(lang).contains_key(&key) {
        true => i18n::text(lang, &key, &[]),
        false => value.to_owned(),
    };
    let paper = |code: &str| {
        let kind = DocumentKind::ALL.iter().find(|kind| kind.code() == code || kind.rulebook_word() == code);
        kind.map_or_else(|| code.to_owned(), |kind| known(format!("screen.document.{}", kind.code()), code))
    };
    match place {
        "stage" | "decision" => known(format!("act.word.{value}"), value),
        "what" => known(format!("act.word.{value}"), &known(format!("page.acting.field.{value}"), value)),
        "source" => known(format!("screen.source.{value}"), value),
        "missing" => value.split('、').map(paper).collect::<Vec<_>>().join(&i18n::text(lang, "screen.list", &[])),
        _ => value.to_owned(),
    }
}
