//! Taking loans on the register: checked against what is there, covered by the rulebook in force, counted
//! against the fund's capacity.
//!
//! **Invariant:** a loan is registered once; its coverage is frozen with the version of the rulebook and the
//! reasons, and the reserve it takes never exceeds what the fund may carry.

use crate::storage::find::book_rows;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::UseCaseError;
use super::breaker_facts::BreakerFacts;
use super::coverage::{Pledge, coverage_row, covers};
use super::first_loans::{self, Refutation};
use super::measures::{Measure, Measures};
use super::reserve::fund_money;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::PartnerCode;
use crate::domain::registration::Registration;
use crate::domain::registration_life::LoanForm;
use crate::domain::reserve::loan_reserve;
use crate::import::rows::Record;
use crate::storage::Tx;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::undos::{self, Used};
use crate::storage::find::{Reach, loans};
use crate::storage::rows::loans::{
    CoverageRow, LoanGuaranteeRow, LoanInsuranceRow, LoanRegistrationRow, LoanRightRow, LoanRow,
};
use crate::storage::rows::money::CommitmentRow;

/// One loan on its way to the register.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Registration.
    pub registration: LoanRegistrationRow,
    /// Rights.
    pub rights: Vec<LoanRightRow>,
    /// Insurance policies.
    pub insurances: Vec<LoanInsuranceRow>,
    /// Guarantees.
    pub guarantees: Vec<LoanGuaranteeRow>,
    /// The form, where a person wrote one.
    pub form: Option<LoanForm>,
    /// What breakers watch on the day of registration.
    pub facts: BreakerFacts,
}

impl Entry {
    /// Gives the registration and all that belongs to it a version number.
    pub fn number(&mut self, version: i64) {
        self.registration.version = version;
        self.rights.iter_mut().for_each(|row| row.version = version);
        self.insurances.iter_mut().for_each(|row| row.version = version);
        self.guarantees.iter_mut().for_each(|row| row.version = version);
    }

    /// What belongs to the registration besides its own row.
    #[must_use]
    pub fn pledge(&self) -> Pledge<'_> {
        Pledge {
            rights: &self.rights,
            insured: !self.insurances.is_empty(),
            guaranteed: !self.guarantees.is_empty(),
            form: self.form.as_ref(),
            facts: self.facts,
        }
    }

    /// Whether another registration says the same of the loan.
    #[must_use]
    pub fn says_the_same(&self, other: &LoanRegistrationRow) -> bool {
        let plain = |row: &LoanRegistrationRow| {
            let (business_date, recorded_at, event_id) = unstamped();
            LoanRegistrationRow {
                version: 1,
                import_id: String::new(),
                row_no: 0,
                timing: String::new(),
                business_date,
                recorded_at,
                event_id,
                ..row.clone()
            }
        };
        plain(&self.registration) == plain(other)
    }
}

/// Identifier of a loan: fund, bank, contract, and the drawdown where there is one.
#[must_use]
pub fn loan_id(fund_id: &str, bank: &str, contract: &str, drawdown: &str) -> String {
    if drawdown.is_empty() {
        format!("{fund_id}:{bank}:{contract}")
    } else {
        format!("{fund_id}:{bank}:{contract}:{drawdown}")
    }
}

/// The rows of one registered loan, without coverage.
#[must_use]
pub fn entry_of(fund_id: &str, bank: &PartnerCode, import_id: &str, record: &Record<Registration>) -> Entry {
    let loan = &record.value;
    let id = loan_id(fund_id, bank.as_str(), loan.contract.as_str(), &loan.drawdown);
    let (business_date, recorded_at, event_id) = unstamped();
    let registration = LoanRegistrationRow {
        fund_id: fund_id.to_owned(),
        loan_id: id.clone(),
        version: 1,
        bank: bank.as_str().to_owned(),
        contract: loan.contract.as_str().to_owned(),
        drawdown: loan.drawdown.clone(),
        credit_code: loan.borrower.credit_code.as_str().to_owned(),
        borrower_name: loan.borrower.name.clone(),
        founded_on: loan.borrower.founded_on,
        county: loan.borrower.county.clone(),
        industry: loan.borrower.industry.clone(),
        size_declared: loan.borrower.size_declared.code().to_owned(),
        employees: loan.borrower.employees.map(i64::from),
        revenue_fen: loan.borrower.revenue.map(Fen::get),
        first_loan_declared: loan.first_loan_declared,
        principal_fen: loan.principal.get(),
        rate_ppm: loan.annual_rate.get(),
        disbursed_on: loan.disbursed_on,
        matures_on: loan.matures_on,
        repayment: loan.repayment.code().to_owned(),
        ip_share_ppm: loan.ip_share.get(),
        appraised_fen: loan.appraised_total.map(Fen::get),
        appraiser: loan.appraiser.clone(),
        pledge_no: loan.pledge_no.clone(),
        pledge_registered_on: loan.pledge_registered_on,
        import_id: import_id.to_owned(),
        row_no: i64::from(record.row),
        timing: "migrated".to_owned(),
        business_date,
        recorded_at,
        event_id,
    };
    Entry {
        rights: rights_of(&registration, loan),
        insurances: insurances_of(&registration, loan),
        guarantees: guarantees_of(&registration, loan),
        form: None,
        facts: BreakerFacts::default(),
        registration,
    }
}

fn rights_of(row: &LoanRegistrationRow, loan: &Registration) -> Vec<LoanRightRow> {
    let (business_date, recorded_at, event_id) = unstamped();
    (1..)
        .zip(&loan.rights)
        .map(|(ordinal, right)| LoanRightRow {
            fund_id: row.fund_id.clone(),
            loan_id: row.loan_id.clone(),
            version: row.version,
            ordinal,
            kind: right.kind.code().to_owned(),
            number: right.number.as_str().to_owned(),
            title: right.title.clone(),
            appraised_fen: right.appraised.map(Fen::get),
            business_date,
            recorded_at,
            event_id: event_id.clone(),
        })
        .collect()
}

fn insurances_of(row: &LoanRegistrationRow, loan: &Registration) -> Vec<LoanInsuranceRow> {
    let (business_date, recorded_at, event_id) = unstamped();
    loan.insurance
        .iter()
        .map(|policy| LoanInsuranceRow {
            fund_id: row.fund_id.clone(),
            loan_id: row.loan_id.clone(),
            version: row.version,
            insurer: policy.insurer.clone(),
            product: policy.product.clone(),
            policy_no: policy.policy_no.clone(),
            insured_fen: policy.insured_sum.map(Fen::get),
            premium_fen: policy.premium.map(Fen::get),
            starts_on: policy.starts_on,
            ends_on: policy.ends_on,
            business_date,
            recorded_at,
            event_id: event_id.clone(),
        })
        .collect()
}

fn guarantees_of(row: &LoanRegistrationRow, loan: &Registration) -> Vec<LoanGuaranteeRow> {
    let (business_date, recorded_at, event_id) = unstamped();
    loan.guarantee
        .iter()
        .map(|part| LoanGuaranteeRow {
            fund_id: row.fund_id.clone(),
            loan_id: row.loan_id.clone(),
            version: row.version,
            guarantor: part.guarantor.clone(),
            share_ppm: part.share.get(),
            business_date,
            recorded_at,
            event_id: event_id.clone(),
        })
        .collect()
}

/// A loan with the coverage it gets if its declaration of a first loan stands.
#[derive(Debug)]
pub struct Prepared {
    /// Row of the file.
    pub row: u32,
    /// Its rows.
    pub entry: Entry,
    coverage: CoverageRow,
}

/// Works out the coverage of a loan, for which nothing needs to be read.
///
/// # Errors
/// `Rulebook`; `Overflow`.
pub fn prepare(measures: &Measures, mut entry: Entry, row: u32, on: NaiveDate) -> Result<Prepared, UseCaseError> {
    entry.registration.business_date = on;
    let loan = &entry.registration;
    let measure = measures.for_loan(loan.disbursed_on)?;
    let coverage = coverage_row(measure, loan, entry.pledge(), loan.first_loan_declared, 1, "registration")?;
    Ok(Prepared { row, entry, coverage })
}

/// What new loans are judged by, read once an import.
#[derive(Debug)]
pub struct Register {
    measures: Measures,
    room: Room,
    used: BTreeMap<String, Used>,
    /// Whether nothing was registered before the file, so that no other bank's loan can refute or be refuted.
    is_first_book: bool,
}

impl Register {
    /// Opens the register of a fund.
    ///
    /// # Errors
    /// Storage; `Rulebook`; `Overflow`.
    pub fn open(tx: &mut Tx<'_>, fund_id: &str) -> Result<Register, UseCaseError> {
        Ok(Register {
            measures: Measures::load(tx, fund_id)?,
            room: Room::now(tx, fund_id)?,
            used: undos::used_versions(tx, fund_id)?,
            is_first_book: false,
        })
    }

    /// Begins with another file, which is of one bank.
    ///
    /// # Errors
    /// Storage.
    pub fn begin(&mut self, tx: &mut Tx<'_>, fund_id: &str) -> Result<(), UseCaseError> {
        self.is_first_book = loans::count(tx, &Reach::of_fund(fund_id))? == 0;
        Ok(())
    }

    /// The rulebooks of the fund.
    #[must_use]
    pub const fn measures(&self) -> &Measures {
        &self.measures
    }

    /// Puts new loans of one bank on the register, in the order given, under one event of `subject`. A loan that
    /// would go beyond the fund's capacity is queued. Gives the declared first loans that are refuted now: new ones,
    /// and old ones by a new loan.
    ///
    /// # Errors
    /// Storage; `Rulebook`; `Overflow`; `Corrupt` for a stored credit code that does not read.
    pub fn take(
        &mut self,
        tx: &mut Tx<'_>,
        subject: &str,
        prepared: Vec<Prepared>,
    ) -> Result<Vec<Refutation>, UseCaseError> {
        let Some(first) = prepared.first().map(|one| &one.entry.registration) else {
            return Ok(Vec::new());
        };
        let (fund_id, bank) = (first.fund_id.clone(), first.bank.clone());
        let loans: Vec<&LoanRegistrationRow> = prepared.iter().map(|one| &one.entry.registration).collect();
        let fresh: BTreeSet<String> = loans.iter().map(|loan| loan.loan_id.clone()).collect();
        let borrowers: BTreeSet<&str> = loans.iter().map(|loan| loan.credit_code.as_str()).collect();
        let refutations =
            if self.is_first_book { BTreeMap::new() } else { first_loans::judge(tx, &fund_id, &borrowers, &loans)? };
        let mut taken = Taken::default();
        for one in prepared {
            let refuted = refutations.contains_key(&one.entry.registration.loan_id);
            self.add(&mut taken, one, refuted)?;
        }
        let change = Change::new(Chain::Bank { fund_id: fund_id.clone(), bank }, "loans.registered", subject)
            .with_all(taken.registrations)
            .with_all(taken.rights)
            .with_all(taken.insurances)
            .with_all(taken.guarantees)
            .with_all(taken.coverages)
            .with_all(taken.commitments);
        tx.record(change)?;
        book_rows::project_new(tx, &taken.projected)?;
        self.refute(tx, &fresh, refutations)
    }

    fn add(&mut self, taken: &mut Taken, one: Prepared, refuted: bool) -> Result<(), UseCaseError> {
        let Prepared { mut entry, mut coverage, .. } = one;
        let used = self.used.get(&entry.registration.loan_id).copied().unwrap_or_default();
        entry.number(used.registration.saturating_add(1));
        let row = &entry.registration;
        let measure = self.measures.for_loan(row.disbursed_on)?;
        let version = used.coverage.saturating_add(1);
        if refuted {
            coverage = coverage_row(measure, row, entry.pledge(), false, version, "registration")?;
        }
        coverage.version = version;
        let reserve = reserve_of(measure, &coverage, row)?;
        let queued = covers(&coverage.decision) && !self.room.take(reserve)?;
        let reserve = if queued { Fen::ZERO } else { reserve };
        let basis = if queued { "queued" } else { "principal" };
        let version = used.reserve.saturating_add(1);
        let promise = commitment(&row.fund_id, "reserved", &row.loan_id, version, reserve, basis);
        taken.projected.push(projected(row, &coverage, &promise, queued));
        taken.commitments.push(promise);
        taken.coverages.push(coverage);
        taken.registrations.push(entry.registration);
        taken.rights.extend(entry.rights);
        taken.insurances.extend(entry.insurances);
        taken.guarantees.extend(entry.guarantees);
        Ok(())
    }

    /// Takes the first-loan points back from covered loans that a newer registration refutes.
    fn refute(
        &self,
        tx: &mut Tx<'_>,
        fresh: &BTreeSet<String>,
        refutations: BTreeMap<String, Refutation>,
    ) -> Result<Vec<Refutation>, UseCaseError> {
        let mut now = Vec::new();
        for (loan_id, refutation) in refutations {
            if fresh.contains(&loan_id) {
                now.push(refutation);
                continue;
            }
            let Some(before) = loans::coverage(tx, &loan_id)? else { continue };
            if before.first_loan {
                first_loans::revise(tx, &self.measures, &before, false, "first_loan_refuted")?;
                now.push(refutation);
            }
        }
        Ok(now)
    }
}

/// Rows of one batch of new loans.
#[derive(Debug, Default)]
struct Taken {
    registrations: Vec<LoanRegistrationRow>,
    rights: Vec<LoanRightRow>,
    insurances: Vec<LoanInsuranceRow>,
    guarantees: Vec<LoanGuaranteeRow>,
    coverages: Vec<CoverageRow>,
    commitments: Vec<CommitmentRow>,
    projected: Vec<LoanRow>,
}

/// What is left of the fund's capacity while loans are taken on.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    reserved: Fen,
    capacity: Fen,
}

impl Room {
    /// The room there is now.
    ///
    /// # Errors
    /// Storage; `Rulebook`; `Overflow`.
    pub fn now(tx: &mut Tx<'_>, fund_id: &str) -> Result<Room, UseCaseError> {
        let governing = super::measures::governing_fund(tx, fund_id)?;
        let state = fund_money(tx, fund_id, &governing.limits)?;
        Ok(Room { reserved: state.reserved, capacity: state.capacity(governing.limits.multiple)? })
    }

    /// Takes `reserve` out of the room, if it fits.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn take(&mut self, reserve: Fen) -> Result<bool, UseCaseError> {
        let after = self.reserved.checked_add(reserve)?;
        if after > self.capacity {
            return Ok(false);
        }
        self.reserved = after;
        Ok(true)
    }
}

/// The reserve of a loan that has not been reported yet.
///
/// # Errors
/// `Overflow`.
pub fn reserve_of(measure: &Measure, coverage: &CoverageRow, loan: &LoanRegistrationRow) -> Result<Fen, UseCaseError> {
    if !covers(&coverage.decision) {
        return Ok(Fen::ZERO);
    }
    let rate = Ppm::try_new(coverage.fund_rate_ppm.unwrap_or(0))?;
    let base = Fen::try_new(loan.principal_fen)?;
    Ok(loan_reserve(base, Ppm::try_new(loan.ip_share_ppm)?, rate, measure.limits.per_loan)?)
}

/// The row of the loan list that a new registration becomes.
#[must_use]
pub fn projected(row: &LoanRegistrationRow, coverage: &CoverageRow, reserve: &CommitmentRow, queued: bool) -> LoanRow {
    LoanRow {
        loan_id: row.loan_id.clone(),
        fund_id: row.fund_id.clone(),
        bank: row.bank.clone(),
        contract: row.contract.clone(),
        drawdown: row.drawdown.clone(),
        credit_code: row.credit_code.clone(),
        borrower_name: row.borrower_name.clone(),
        county: row.county.clone(),
        industry: row.industry.clone(),
        principal_fen: row.principal_fen,
        rate_ppm: row.rate_ppm,
        disbursed_on: row.disbursed_on,
        matures_on: row.matures_on,
        ip_share_ppm: row.ip_share_ppm,
        registered_on: row.business_date,
        state: if queued { "queued" } else { "registered" }.to_owned(),
        covered: covers(&coverage.decision),
        fund_rate_ppm: coverage.fund_rate_ppm,
        first_loan: coverage.first_loan,
        start_up: coverage.start_up,
        last_month: None,
        balance_fen: None,
        servicing: "unreported".to_owned(),
        tier: None,
        overdue_since: None,
        overdue_days: 0,
        reserved_fen: reserve.amount_fen,
        claimed: false,
        coverage_version: coverage.version,
        reserve_version: reserve.version,
        ended: None,
    }
}

/// A promise out of the fund, as a row.
#[must_use]
pub fn commitment(fund_id: &str, kind: &str, subject: &str, version: i64, amount: Fen, basis: &str) -> CommitmentRow {
    let (business_date, recorded_at, event_id) = unstamped();
    CommitmentRow {
        fund_id: fund_id.to_owned(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        version,
        amount_fen: amount.get(),
        basis: basis.to_owned(),
        business_date,
        recorded_at,
        event_id,
    }
}
