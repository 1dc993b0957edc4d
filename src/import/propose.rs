//! A mapping proposed for a file that none fits, from its headers and values, to be confirmed by a person.
//!
//! Reading order: `rows` (what is taken of the file), `heading` (which rows are the header), `alias` and `values`
//! (what header and values say), `assign` (which column is what), `units`, `rights`, `lists`, then `build`, and
//! `correct` (what a person says of it). `keep` makes a mapping of it.
//! **Invariant:** the same file and corrections give the same proposal, and no file is read with a proposal.

use std::sync::Arc;

use thiserror::Error;

mod alias;
mod assign;
mod build;
pub mod correct;
mod heading;
mod keep;
mod lists;
pub mod reading;
mod rights;
pub mod rows;
mod units;
mod values;
pub mod view;

use super::field::FileKind;
use super::file_error::FileError;
use crate::domain::names::PartnerCode;
use crate::i18n::Lang;
use correct::{Correction, CorrectionError};
use rows::FirstRows;
use view::Proposal;

/// Why there is no proposal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProposeError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A correction.
    #[error(transparent)]
    Correction(#[from] CorrectionError),
}

impl ProposeError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ProposeError::File(error) => error.code(),
            ProposeError::Correction(error) => error.code(),
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        match self {
            ProposeError::File(error) => error.message(lang),
            ProposeError::Correction(error) => error.message(lang),
        }
    }
}

/// A proposal in the making: the first rows of a file, what has been said of them, and what is proposed.
#[derive(Debug, Clone)]
pub struct Draft {
    rows: Arc<FirstRows>,
    kind: FileKind,
    bank: Option<PartnerCode>,
    corrections: Vec<Correction>,
    /// What is proposed.
    pub proposal: Proposal,
}

impl Draft {
    /// Proposes a mapping for the first rows of a file.
    ///
    /// # Errors
    /// `HeaderUnknown` where no row of any sheet names anything of this kind.
    pub fn new(rows: FirstRows, kind: FileKind, bank: Option<PartnerCode>) -> Result<Draft, ProposeError> {
        Draft::corrected(Arc::new(rows), kind, bank, Vec::new())
    }

    /// The same file with further corrections; a later one replaces an earlier one.
    ///
    /// # Errors
    /// A correction that file or kind contradicts.
    pub fn correct(&self, corrections: &[Correction]) -> Result<Draft, ProposeError> {
        let all = self.corrections.iter().chain(corrections).cloned().collect();
        Draft::corrected(Arc::clone(&self.rows), self.kind, self.bank.clone(), all)
    }

    /// Proposes a mapping for the first rows of a file of which a person has said something.
    ///
    /// # Errors
    /// `HeaderUnknown`; a correction that file or kind contradicts.
    pub fn corrected(
        rows: Arc<FirstRows>,
        kind: FileKind,
        bank: Option<PartnerCode>,
        corrections: Vec<Correction>,
    ) -> Result<Draft, ProposeError> {
        let proposal = build::build(&rows, kind, bank.as_ref(), &corrections)?;
        Ok(Draft { rows, kind, bank, corrections, proposal })
    }

    /// What has been said of it.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        &self.corrections
    }
}
