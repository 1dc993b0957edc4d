//! The books beside the bank: statements, matches, reconciliation, closing of months, vouchers.
//!
//! Reading order: `statements` (a file comes in), `account` (both sides of one account), `matches`,
//! `reconciliation`, `trial_balance`, `periods`, `vouchers`, `journal`, `verify`.
//! **Invariant:** nothing here books; the ledger is read, and what is said about it is written as facts of its own.

pub mod account;
pub mod journal;
pub mod journal_accounts;
pub mod matches;
pub mod periods;
pub mod reconciliation;
pub mod statements;
pub mod trial_balance;
pub mod verify;
pub mod vouchers;

use chrono::NaiveDate;

use super::UseCaseError;
use super::error::Refusal;
use crate::domain::person::PersonName;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;

/// Longest reason or note taken, in characters.
const LONGEST_NOTE: usize = 500;

/// Who acts, what there is to say, and on which business date.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// Name of the person.
    pub by: &'a str,
    /// What there is to say.
    pub note: &'a str,
    /// Business date.
    pub on: NaiveDate,
}

impl Word<'_> {
    /// The person.
    fn person(&self) -> Result<PersonName, UseCaseError> {
        PersonName::read(self.by).ok_or_else(|| refused("BOOKS_NAME_MISSING", Vec::new()))
    }

    /// The note, which may have to be there.
    fn note(&self, is_needed: bool) -> Result<String, UseCaseError> {
        let note = self.note.trim();
        if (is_needed && note.is_empty()) || note.chars().count() > LONGEST_NOTE || note.contains('\0') {
            return Err(refused("BOOKS_NOTE_MISSING", Vec::new()));
        }
        Ok(note.to_owned())
    }
}

fn refused(code: &'static str, named: Vec<String>) -> UseCaseError {
    UseCaseError::Books(Refusal::new(code, named))
}

fn change(fund_id: &str, kind: &'static str, subject: &str) -> Change {
    Change::new(Chain::Fund { fund_id: fund_id.to_owned() }, kind, subject)
}

/// Whether an account of the ledger holds money at a bank.
#[must_use]
pub fn is_bank_account(account: &str) -> bool {
    account == "cash"
        || ["cash:", "bank_deposit:"].iter().any(|start| account.strip_prefix(start).is_some_and(|of| !of.is_empty()))
}
