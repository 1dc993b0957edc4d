//! Trial of a change: what stored loans and claims would be under a candidate, beside what they are.
//!
//! Each is computed from its stored input, under the version it keeps and under the candidate, as if that were in
//! force on the days looked at. A claim is taken by itself: what other claims would draw more or less under the
//! candidate does not change the balance or the yearly sums its input holds.
//!
//! **Invariant:** nothing is saved.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::coverage::covers;
use super::measures::{Limits, Measures, limits_of};
use super::queue::wanted;
use crate::domain::money::Ppm;
use crate::domain::payout::Rules;
use crate::domain::payout::case::{Case, When};
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::Outcome;
use crate::domain::rulebook::fact::DateFact;
use crate::domain::rulebook::{Open, Rulebook};
use crate::reference;
use crate::rulebook::quote_json::case_from_text;
use crate::storage::find::{Reach, claims, loans};
use crate::storage::rows::loans::LoanRow;
use crate::storage::{Db, StoreError};

/// What one side says of a loan or a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Decision.
    pub decision: String,
    /// The fund's part, in parts per million.
    pub rate_ppm: Option<i64>,
    /// Reserve of a loan or payout of a claim, in fen.
    pub amount_fen: i64,
}

/// A loan or a claim under both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Contract.
    pub contract: String,
    /// Bank.
    pub bank: String,
    /// Under the version it keeps.
    pub before: Side,
    /// Under the candidate.
    pub after: Side,
    /// Clauses that make the difference.
    pub clauses: Vec<String>,
}

impl Compared {
    /// Whether anything differs.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.before != self.after
    }

    /// What the fund reserves or pays more, in fen.
    #[must_use]
    pub const fn difference(&self) -> i64 {
        self.after.amount_fen.saturating_sub(self.before.amount_fen)
    }
}

/// Sums over some loans and claims, before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Loans looked at.
    pub loans: usize,
    /// Claims looked at.
    pub claims: usize,
    /// Covered loans.
    pub covered: [usize; 2],
    /// Reserve, in fen.
    pub reserve_fen: [i64; 2],
    /// Payout, in fen.
    pub payout_fen: [i64; 2],
    /// Decisions that change.
    pub decisions: usize,
    /// Loans covered only under the candidate, and only under the version they keep.
    pub borrowers: [usize; 2],
}

impl Sums {
    fn loan(&mut self, one: &Compared) {
        self.loans += 1;
        self.decisions += usize::from(one.before.decision != one.after.decision);
        let covered = [covers(&one.before.decision), covers(&one.after.decision)];
        for (side, (is_covered, told)) in covered.into_iter().zip([&one.before, &one.after]).enumerate() {
            self.covered[side] += usize::from(is_covered);
            self.reserve_fen[side] = self.reserve_fen[side].saturating_add(told.amount_fen);
        }
        self.borrowers[0] += usize::from(covered == [false, true]);
        self.borrowers[1] += usize::from(covered == [true, false]);
    }

    fn claim(&mut self, one: &Compared) {
        self.claims += 1;
        self.decisions += usize::from(one.before.decision != one.after.decision);
        for (side, told) in [&one.before, &one.after].into_iter().enumerate() {
            self.payout_fen[side] = self.payout_fen[side].saturating_add(told.amount_fen);
        }
    }
}

/// The whole trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The candidate, as `id@version`.
    pub candidate: String,
    /// Every loan looked at.
    pub loans: Vec<Compared>,
    /// Every claim looked at.
    pub claims: Vec<Compared>,
    /// Over all.
    pub total: Sums,
    /// By bank.
    pub banks: BTreeMap<String, Sums>,
}

/// Computes what lies between two days, both included.
///
/// # Errors
/// Storage; `Rulebook`; `Corrupt` for an input that does not read.
pub fn run(
    db: &mut Db,
    fund_id: &str,
    candidate: &Rulebook,
    days: (NaiveDate, NaiveDate),
) -> Result<Trial, UseCaseError> {
    let measures = Measures::load(db, fund_id)?;
    let book = in_force_throughout(candidate, days);
    let both = Both { measures: &measures, limits: limits_of(&book), book, days };
    let reach = Reach::of_fund(fund_id);
    let all: BTreeMap<String, LoanRow> =
        loans::all(db, &reach)?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect();
    let mut trial = Trial {
        candidate: candidate.name(),
        loans: Vec::new(),
        claims: Vec::new(),
        total: Sums::default(),
        banks: BTreeMap::new(),
    };
    for row in loans::coverages_in_force(db, fund_id)? {
        let Some(loan) = all.get(&row.loan_id) else { continue };
        let kept = (row.rulebook_id.as_str(), row.rulebook_version.as_str());
        let Some((case, before, after)) = both.outcomes(&row.loan_id, kept, &row.input)? else { continue };
        let limits = &both.kept(&row.loan_id, kept)?.limits;
        let one = Compared {
            contract: loan.contract.clone(),
            bank: loan.bank.clone(),
            before: side(&before, reserve(loan, &before, limits)?),
            after: side(&after, reserve(loan, &after, &both.limits)?),
            clauses: differing(&before, &after),
        };
        debug_assert!(case.claim.is_none(), "an enrolment has no claim");
        trial.total.loan(&one);
        trial.banks.entry(one.bank.clone()).or_default().loan(&one);
        trial.loans.push(one);
    }
    for status in claims::statuses(db, &reach)? {
        let Some(row) = claims::last_calculation(db, &status.claim_id)? else { continue };
        let kept = (row.rulebook_id.as_str(), row.rulebook_version.as_str());
        let Some((case, before, after)) = both.outcomes(&row.claim_id, kept, &row.input)? else { continue };
        let one = Compared {
            contract: case.loan.contract_no.clone().unwrap_or_default(),
            bank: status.bank.clone(),
            before: side(&before, before.payout.get()),
            after: side(&after, after.payout.get()),
            clauses: differing(&before, &after),
        };
        trial.total.claim(&one);
        trial.banks.entry(one.bank.clone()).or_default().claim(&one);
        trial.claims.push(one);
    }
    Ok(trial)
}

/// A copy that is in force on the days looked at, picked by a day that every loan has.
fn in_force_throughout(candidate: &Rulebook, (from, to): (NaiveDate, NaiveDate)) -> Rulebook {
    let mut book = candidate.clone();
    book.head.effective_from = Open::Known(from);
    book.head.effective_to = Open::Known(to);
    book.head.repealed_from = None;
    if !matches!(book.head.governs, Open::Known(DateFact::LoanDisbursedOn | DateFact::LoanRegisteredOn)) {
        book.head.governs = Open::Known(DateFact::LoanDisbursedOn);
    }
    book
}

struct Both<'a> {
    measures: &'a Measures,
    book: Rulebook,
    limits: Limits,
    days: (NaiveDate, NaiveDate),
}

impl Both<'_> {
    fn kept(&self, key: &str, (id, version): (&str, &str)) -> Result<&super::measures::Measure, UseCaseError> {
        let corrupt = || StoreError::Corrupt { table: "rulebooks", key: key.to_owned(), what: "gone".to_owned() };
        Ok(self.measures.version(id, version).ok_or_else(corrupt)?)
    }

    /// The case with both outcomes, where its day lies in the range.
    fn outcomes(
        &self,
        key: &str,
        kept: (&str, &str),
        input: &str,
    ) -> Result<Option<(Case, Outcome, Outcome)>, UseCaseError> {
        let corrupt =
            |_unreadable| StoreError::Corrupt { table: "inputs", key: key.to_owned(), what: "input".to_owned() };
        let case = case_from_text(input).map_err(corrupt)?;
        let governs = match self.book.head.governs {
            Open::Known(DateFact::LoanRegisteredOn) => case.loan.registered_on,
            _ => case.loan.disbursed_on,
        };
        let Some(When::On(day)) = governs else { return Ok(None) };
        if day < self.days.0 || self.days.1 < day {
            return Ok(None);
        }
        let measure = self.kept(key, kept)?;
        let before = evaluate(&self.measures.rules_for(measure, &case).untraced(), &case);
        let after = evaluate(&Rules::of(&self.book, reference::work_calendar()).untraced(), &case);
        Ok(Some((case, before, after)))
    }
}

fn side(outcome: &Outcome, amount_fen: i64) -> Side {
    Side { decision: outcome.decision.code().to_owned(), rate_ppm: outcome.fund_rate.map(Ppm::get), amount_fen }
}

/// The reserve that a loan would have, by the formula of the loan list.
fn reserve(loan: &LoanRow, outcome: &Outcome, limits: &Limits) -> Result<i64, UseCaseError> {
    if loan.state == "queued" {
        return Ok(0);
    }
    let covered = covers(outcome.decision.code());
    let loan = LoanRow { covered, fund_rate_ppm: outcome.fund_rate.map(Ppm::get), ..loan.clone() };
    Ok(wanted(&loan, limits)?.0.get())
}

/// Clauses whose reasons, ratio or limits differ.
fn differing(before: &Outcome, after: &Outcome) -> Vec<String> {
    let reasons =
        |outcome: &Outcome| -> Vec<String> { outcome.reasons.iter().map(|reason| reason.clause.to_string()).collect() };
    let (old, new) = (reasons(before), reasons(after));
    let only = |a: &[String], b: &[String]| a.iter().find(|clause| !b.contains(clause)).cloned();
    let mut found: Vec<String> = only(&old, &new).into_iter().chain(only(&new, &old)).collect();
    if before.fund_rate != after.fund_rate {
        found.push("sharing".to_owned());
    }
    let cuts = |outcome: &Outcome| -> Vec<(String, i64)> {
        let caps = outcome.caps.iter().flatten().filter(|cap| cap.before != cap.after);
        caps.map(|cap| (cap.id.to_string(), cap.limit.get())).collect()
    };
    let (old, new) = (cuts(before), cuts(after));
    found.extend(old.iter().filter(|cut| !new.contains(cut)).map(|(id, _)| id.clone()));
    found.extend(new.iter().filter(|cut| !old.contains(cut)).map(|(id, _)| id.clone()));
    found.sort();
    found.dedup();
    found
}
