//! New loans of a file beside each other and beside the register.
//!
//! Owns the order in which they are looked at and what is kept of them. **Invariant:** a batch costs
//! at most three queries, whatever its size up to a thousand; an empty register costs none.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::firms::Firms;
use super::pledges::Pledges;
use super::{dates, sizes, suggestions, units};
use crate::domain::money::Fen;
use crate::import::few::Few;
use crate::import::field::Field;
use crate::import::finding::{Arguments, Finding, FindingCode, arguments};
use crate::reference::Reference;
use crate::storage::Tx;
use crate::storage::find::{Reach, loans};
use crate::storage::rows::loans::LoanRegistrationRow;
use crate::usecase::UseCaseError;
use crate::usecase::import::FileOutcome;
use crate::usecase::measures::Measures;
use crate::usecase::registrations::Entry;

/// Loans compared in one go; a database takes so many values in one query.
const BATCH: usize = 1_000;

/// The checks of one call.
#[derive(Debug)]
pub struct RegistrationChecks<'a> {
    fund_id: &'a str,
    reference: &'a Reference,
    measures: Measures,
    on: NaiveDate,
    /// Whether there was anything to compare with before the file.
    register_holds: bool,
    firms: Firms,
    pledges: Pledges,
    file: File,
}

/// The file that is looked at.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Its bank.
    pub bank: String,
    /// Header of each field as the file writes it.
    columns: BTreeMap<Field, String>,
    /// Middle principal of the bank's loans on the register.
    usual: Option<Fen>,
    notes: Few,
}

impl File {
    /// Notes something about a loan.
    pub fn note(&mut self, loan: &LoanRegistrationRow, field: Field, code: FindingCode, args: &[(&str, &str)]) {
        self.note_with(loan, field, code, arguments(args));
    }

    fn note_with(&mut self, loan: &LoanRegistrationRow, field: Field, code: FindingCode, args: Arguments) {
        let column = self.columns.get(&field).cloned().unwrap_or_default();
        let row = u32::try_from(loan.row_no).unwrap_or(0);
        self.notes.push(Finding { row, column, code, contract: Some(loan.contract.clone()), args });
    }
}

impl<'a> RegistrationChecks<'a> {
    /// Checks for one call.
    ///
    /// # Errors
    /// Storage; `Rulebook`.
    pub fn new(tx: &mut Tx<'_>, fund_id: &'a str, reference: &'a Reference) -> Result<Self, UseCaseError> {
        Ok(RegistrationChecks {
            fund_id,
            reference,
            measures: Measures::load(tx, fund_id)?,
            on: tx.on(),
            register_holds: false,
            firms: Firms::default(),
            pledges: Pledges::default(),
            file: File::default(),
        })
    }

    /// Begins with a file of a bank.
    ///
    /// # Errors
    /// Storage.
    pub fn begin(
        &mut self,
        tx: &mut Tx<'_>,
        bank: &str,
        columns: &BTreeMap<Field, String>,
    ) -> Result<(), UseCaseError> {
        let usual = units::usual(tx, &Reach::of_bank(self.fund_id, bank))?;
        self.register_holds = loans::count(tx, &Reach::of_fund(self.fund_id))? > 0;
        self.file = File { bank: bank.to_owned(), columns: columns.clone(), usual, notes: Few::default() };
        self.firms.begin();
        self.pledges.begin();
        Ok(())
    }

    /// Looks at new loans of the file, before they are on the register.
    ///
    /// # Errors
    /// Storage.
    pub fn look(&mut self, tx: &mut Tx<'_>, entries: &[&Entry]) -> Result<(), UseCaseError> {
        let reach = Reach::of_fund(self.fund_id);
        for batch in entries.chunks(BATCH) {
            let known = self.register_holds.then_some(&reach);
            self.firms.look(tx, known, &mut self.file, batch)?;
            self.pledges.look(tx, known, &mut self.file, batch)?;
            for entry in batch {
                let loan = &entry.registration;
                units::look(&mut self.file, loan)?;
                dates::look(&mut self.file, loan, self.on, &self.measures);
                sizes::look(&mut self.file, loan, self.reference);
            }
        }
        Ok(())
    }

    /// Ends the file: adds the notes that its warnings and notes do not say already, and lets its refusals name what
    /// the register knows.
    ///
    /// # Errors
    /// Storage.
    pub fn finish(&mut self, tx: &mut Tx<'_>, outcome: &mut FileOutcome) -> Result<(), UseCaseError> {
        let reach = Reach::of_fund(self.fund_id);
        suggestions::improve(tx, &reach, &self.file, &self.firms, &mut outcome.rejected)?;
        let told: BTreeSet<(u32, String, FindingCode)> =
            outcome.warnings.iter().chain(&outcome.notes).map(place).collect();
        let notes = std::mem::take(&mut self.file.notes).into_findings();
        outcome.notes.extend(notes.into_iter().filter(|note| !told.contains(&place(note))));
        Ok(())
    }
}

/// Where a finding stands and what it says.
fn place(finding: &Finding) -> (u32, String, FindingCode) {
    (finding.row, finding.column.clone(), says(finding.code))
}

impl File {
    /// The middle principal of the bank's loans on the register.
    pub const fn usual(&self) -> Option<Fen> {
        self.usual
    }
}

/// The code that says the same of a row: a name that differs in the file differs from the register too.
const fn says(code: FindingCode) -> FindingCode {
    match code {
        FindingCode::NameDiffers => FindingCode::FirmRenamed,
        other => other,
    }
}
