//! The loans of one file on their way to the register, batch by batch.
//!
//! **Invariant:** a loan that is registered already is left as it is; one that says something else is refused; however
//! large the file, no more than a batch of it is held.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::breaker_facts::BreakerFacts;
use super::checks::RegistrationChecks;
use super::first_loans::Refutation;
use super::import::{Cancelled, Incoming, Saving, Watch};
use super::measures::Measures;
use super::registrations::{Entry, Prepared, Register, entry_of, prepare};
use super::succession::{Stopped, Stops};
use crate::domain::names::PartnerCode;
use crate::domain::registration::Registration;
use crate::import::apart::rest::BATCH;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode, WORDING};
use crate::import::rows::Record;
use crate::import::{Body, FileReading};
use crate::storage::Tx;
use crate::storage::find::loans;
use crate::storage::rows::loans::LoanRegistrationRow;

/// One file being enrolled.
pub(super) struct Enrolment<'a, 'c> {
    fund_id: &'a str,
    file: &'a Incoming,
    bank: &'a PartnerCode,
    register: &'a mut Register,
    checks: &'a mut RegistrationChecks<'c>,
    watch: &'a dyn Watch,
    stops: Stops,
    taken: u64,
}

/// What turns records into rows, without reading anything.
struct Desk<'d> {
    fund_id: &'d str,
    bank: &'d PartnerCode,
    import_id: &'d str,
    on: NaiveDate,
    facts: BreakerFacts,
}

impl Desk<'_> {
    fn prepare(&self, measures: &Measures, batch: &[Record<Registration>]) -> Result<Vec<Prepared>, UseCaseError> {
        let rows = batch.iter().map(|record| {
            let mut entry = entry_of(self.fund_id, self.bank, self.import_id, record);
            entry.facts = self.facts;
            prepare(measures, entry, record.row, self.on)
        });
        rows.collect()
    }
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
        Ok(Enrolment { fund_id, file, bank, register, checks, watch, stops: Stops::default(), taken: 0 })
    }

    /// Takes every loan of the file. Gives the declared first loans that are refuted now.
    ///
    /// # Errors
    /// `Unreadable` when the rest of the file is refused; `Cancelled`; storage; `Rulebook`; `Overflow`.
    pub(super) fn run(mut self, tx: &mut Tx<'_>, state: &mut Saving) -> Result<Vec<Refutation>, UseCaseError> {
        self.register.begin(tx, self.fund_id)?;
        let on = tx.on();
        self.stops = Stops::of(tx, self.fund_id, self.bank.as_str(), on)?;
        let facts = BreakerFacts::for_loans(tx, self.fund_id, self.bank.as_str(), on)?;
        self.checks.begin(tx, self.bank.as_str(), &self.file.reading.columns)?;
        let mut refuted = Vec::new();
        let held: &[Record<Registration>] = match &self.file.reading.body {
            Body::Registrations(records) => records,
            _ => &[],
        };
        let measures = self.register.measures().clone();
        let import_id = &state.import.import_id.clone();
        let desk = Desk { fund_id: self.fund_id, bank: self.bank, import_id, on, facts };
        for batch in held.chunks(BATCH) {
            refuted.extend(self.take(tx, state, desk.prepare(&measures, batch)?)?);
        }
        let Some(rest) = &self.file.rest else {
            self.checks.finish(tx, &mut state.outcome)?;
            return Ok(refuted);
        };
        let mut whole = FileReading::begun(self.file.reading.head(), Body::Registrations(Vec::new()));
        let read =
            rest.each::<_, UseCaseError>(&mut whole, &|loans| desk.prepare(&measures, &loans), &mut |batch| {
                refuted.extend(self.take(tx, state, batch?)?);
                Ok(())
            })?;
        read.map_err(|error| UseCaseError::Unreadable { file: self.file.path.clone(), error })?;
        state.complete(&whole);
        self.checks.finish(tx, &mut state.outcome)?;
        Ok(refuted)
    }

    /// Takes one batch: known loans are left, contradicting ones refused, new ones registered.
    fn take(
        &mut self,
        tx: &mut Tx<'_>,
        state: &mut Saving,
        batch: Vec<Prepared>,
    ) -> Result<Vec<Refutation>, UseCaseError> {
        self.watch.rows(self.taken).map_err(|Cancelled| UseCaseError::Cancelled)?;
        self.taken = self.taken.saturating_add(u64::try_from(batch.len()).unwrap_or(u64::MAX));
        let ids: Vec<&str> = batch.iter().map(|one| one.entry.registration.loan_id.as_str()).collect();
        let known: BTreeMap<String, LoanRegistrationRow> =
            loans::registrations_of(tx, &ids)?.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
        let mut fresh = Vec::with_capacity(batch.len());
        for one in batch {
            match known.get(&one.entry.registration.loan_id) {
                None => match self.stops.stop(one.entry.registration.disbursed_on) {
                    Some(stopped) => {
                        state.outcome.rejected.push(self.stopped(one.row, &one.entry.registration, stopped))
                    }
                    None => {
                        state.count(true);
                        fresh.push(one);
                    }
                },
                Some(known) if one.entry.says_the_same(known) => state.count(false),
                Some(known) => state.outcome.rejected.push(self.conflict(one.row, &one.entry.registration, known)),
            }
        }
        let new: Vec<&Entry> = fresh.iter().map(|one| &one.entry).collect();
        self.checks.look(tx, &new)?;
        self.register.take(tx, &state.import.import_id, fresh)
    }

    fn stopped(&self, row: u32, said: &LoanRegistrationRow, stopped: Stopped) -> Finding {
        let contract = said.contract.as_str();
        let column = self.file.reading.column(Field::Contract);
        let (code, since) = match stopped {
            Stopped::Suspended(since) => (FindingCode::BankSuspended, since.to_string()),
            Stopped::Succeeded => (FindingCode::BankSucceeded, String::new()),
        };
        let mut args = vec![("contract", contract)];
        if !since.is_empty() {
            args.push(("since", &since));
        }
        Finding::new(row, column, code, Some(contract), &args)
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
