//! The loans of one file on their way to the register, batch by batch.
//!
//! **Invariant:** a loan that is registered already is left as it is; one that says something else is refused; however
//! large the file, no more than a batch of it is held.

use std::collections::BTreeMap;

use super::UseCaseError;
use super::checks::RegistrationChecks;
use super::import::{Cancelled, Incoming, Saving, Watch};
use super::registrations::{Entry, Refutation, Register, entry_of};
use crate::domain::names::PartnerCode;
use crate::domain::registration::Registration;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode, WORDING};
use crate::import::rows::Record;
use crate::import::{Body, FileReading};
use crate::storage::Tx;
use crate::storage::find::loans;
use crate::storage::rows::loans::LoanRegistrationRow;

/// Loans that are looked up, judged and written together.
const BATCH: usize = 500;

/// One file being enrolled.
pub(super) struct Enrolment<'a, 'c> {
    fund_id: &'a str,
    file: &'a Incoming,
    bank: &'a PartnerCode,
    register: &'a mut Register,
    checks: &'a mut RegistrationChecks<'c>,
    watch: &'a dyn Watch,
    taken: u64,
}

impl<'a, 'c> Enrolment<'a, 'c> {
    /// The enrolment of a file.
    ///
    /// # Errors
    /// `File` with `BANK_UNKNOWN`.
    pub(super) fn new(
        fund_id: &'a str,
        file: &'a Incoming,
        register: &'a mut Register,
        checks: &'a mut RegistrationChecks<'c>,
        watch: &'a dyn Watch,
    ) -> Result<Enrolment<'a, 'c>, UseCaseError> {
        let unknown = || UseCaseError::File { file: file.path.clone(), code: "BANK_UNKNOWN", places: Vec::new() };
        let bank = file.reading.bank.as_ref().ok_or_else(unknown)?;
        Ok(Enrolment { fund_id, file, bank, register, checks, watch, taken: 0 })
    }

    /// Takes every loan of the file. Gives the declared first loans that are refuted now.
    ///
    /// # Errors
    /// `Unreadable` when the rest of the file is refused; `Cancelled`; storage; `Rulebook`; `Overflow`.
    pub(super) fn run(mut self, tx: &mut Tx<'_>, state: &mut Saving) -> Result<Vec<Refutation>, UseCaseError> {
        self.checks.begin(tx, self.bank.as_str(), &self.file.reading.columns)?;
        let mut refuted = Vec::new();
        let held: &[Record<Registration>] = match &self.file.reading.body {
            Body::Registrations(records) => records,
            _ => &[],
        };
        for batch in held.chunks(BATCH) {
            refuted.extend(self.take(tx, state, batch)?);
        }
        let Some(rest) = &self.file.rest else {
            self.checks.finish(tx, &mut state.outcome)?;
            return Ok(refuted);
        };
        let mut whole = FileReading::begun(self.file.reading.head(), Body::Registrations(Vec::new()));
        let mut batch: Vec<Record<Registration>> = Vec::with_capacity(BATCH);
        let read = rest.each::<UseCaseError>(&mut whole, &mut |loans| {
            batch.extend(loans);
            if batch.len() >= BATCH {
                refuted.extend(self.take(tx, state, &batch)?);
                batch.clear();
            }
            Ok(())
        })?;
        read.map_err(|error| UseCaseError::Unreadable { file: self.file.path.clone(), error })?;
        refuted.extend(self.take(tx, state, &batch)?);
        state.complete(&whole);
        self.checks.finish(tx, &mut state.outcome)?;
        Ok(refuted)
    }

    /// Takes one batch: known loans are left, contradicting ones refused, new ones registered.
    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        state: &mut Saving,
        batch: &[Record<Registration>],
    ) -> Result<Vec<Refutation>, UseCaseError> {
        self.watch.rows(self.taken).map_err(|Cancelled| UseCaseError::Cancelled)?;
        self.taken = self.taken.saturating_add(u64::try_from(batch.len()).unwrap_or(u64::MAX));
        let entries: Vec<(u32, Entry)> = batch
            .iter()
            .map(|record| (record.row, entry_of(self.fund_id, self.bank, &state.import.import_id, record)))
            .collect();
        let ids: Vec<&str> = entries.iter().map(|(_, entry)| entry.registration.loan_id.as_str()).collect();
        let known: BTreeMap<String, LoanRegistrationRow> =
            loans::registrations_of(tx, &ids)?.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
        let mut fresh = Vec::with_capacity(entries.len());
        for (row, entry) in entries {
            match known.get(&entry.registration.loan_id) {
                None => {
                    state.count(true);
                    fresh.push(entry);
                }
                Some(known) if entry.says_the_same(known) => state.count(false),
                Some(known) => state.outcome.rejected.push(self.conflict(row, &entry.registration, known)),
            }
        }
        let new: Vec<&Entry> = fresh.iter().collect();
        self.checks.look(tx, &new)?;
        self.register.take(tx, &state.import.import_id, fresh)
    }

    fn conflict(&self, row: u32, said: &LoanRegistrationRow, known: &LoanRegistrationRow) -> Finding {
        let contract = said.contract.as_str();
        let first = known.row_no.to_string();
        let mut args = vec![("contract", contract), ("first", &*first)];
        if known.principal_fen == said.principal_fen {
            args.push((WORDING, "content"));
        }
        let column = self.file.reading.column(Field::Contract);
        Finding::new(row, column, FindingCode::ContractConflict, Some(contract), &args)
    }
}
