//! Bank statements: CSV and ISO 20022 camt.053 into statements that add up.
//!
//! Reading order: `fault` (why a file is refused), `values` (days and amounts), `csv`, `camt`.
//! **Invariant:** a file gives every statement in it or a fault with a stable code and its place; nothing is guessed,
//! and no file is read beyond the limits of `limits`.

pub mod camt;
pub mod csv;
mod entries;
pub mod fault;
mod values;

use chrono::NaiveDate;

use self::fault::{FaultCode, Place, StatementFault};
use super::encoding;
use super::limits::Limits;
use crate::domain::money::FenDelta;
use crate::domain::statement::Statement;

/// The form of a statement file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementForm {
    /// Comma-separated text.
    Csv,
    /// ISO 20022 bank-to-customer statement.
    Camt053,
}

impl StatementForm {
    /// Stable text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            StatementForm::Csv => "csv",
            StatementForm::Camt053 => "camt.053",
        }
    }
}

/// What the caller knows of a file. A CSV file names neither account nor, without a balance column, balances.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Number of the account.
    pub account: String,
    /// Balance before the first line.
    pub opening: Option<FenDelta>,
    /// Balance after the last line.
    pub closing: Option<FenDelta>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementFile {
    /// Its form.
    pub form: StatementForm,
    /// Its statements, in their order.
    pub statements: Vec<Statement>,
    /// Entries that the bank has not booked yet and that therefore count nowhere.
    pub unbooked: usize,
}

/// Reads a file.
///
/// # Errors
/// `StatementFault`.
pub fn read(bytes: &[u8], told: &Told, limits: &Limits) -> Result<StatementFile, StatementFault> {
    if bytes.len() > limits.bytes {
        let limit = (limits.bytes >> 20).to_string();
        return Err(StatementFault::new(FaultCode::TooLarge, Place::File, &limit));
    }
    let (text, _) =
        encoding::decode(bytes).map_err(|error| StatementFault::new(FaultCode::Encoding, Place::File, error.code()))?;
    if text.trim_start().starts_with('<') { camt::read(&text, told, limits) } else { csv::read(&text, told, limits) }
}

/// An account number without the spaces and marks people put into it.
#[must_use]
pub fn account_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}
