//! Computing what the fund owes on a claim, and setting the money aside.
//!
//! **Invariant:** a calculation is stored with its inputs, the rulebook's version and hash and every step; a new
//! one is stored only where the answer changes; the earmark of a claim replaces the reserve of its loan.

use serde_json::{Value, json};

use super::UseCaseError;
use super::claim_case::{Around, Purse, claim_case};
use super::coverage::reason_codes;
use super::lives;
use super::measures::{Measure, Measures};
use super::registrations::commitment;
use crate::domain::claim::Claim;
use crate::domain::loan_life::LoanLife;
use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::case::Case;
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::Outcome;
use crate::rulebook::quote_json::{case_to_json, outcome_text};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};
use crate::storage::rows::money::CommitmentRow;
use crate::storage::{Db, StoreError, Tx};

/// A calculation ready to be stored, with the earmark it brings.
#[derive(Debug, Clone)]
pub struct Computed {
    /// The calculation.
    pub calculation: CalculationRow,
    /// The earmark, where it changes.
    pub earmark: Option<CommitmentRow>,
}

/// Computes every open claim again, oldest first. Gives (looked at, changed).
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn compute_open(tx: &mut Tx<'_>, fund_id: &str) -> Result<(usize, usize), UseCaseError> {
    let mut changed = 0;
    let open = claims::open(tx, &Reach::of_fund(fund_id))?;
    for status in &open {
        let filing = filing_of(tx, &status.claim_id)?;
        if let Some(computed) = compute(tx, &filing)? {
            store(tx, status, computed)?;
            changed += 1;
        }
    }
    Ok((open.len(), changed))
}

/// A claim as filed.
///
/// # Errors
/// `Corrupt` where it is gone; storage.
pub fn filing_of(db: &mut Db, claim_id: &str) -> Result<ClaimRow, UseCaseError> {
    let corrupt = || StoreError::Corrupt { table: "claims", key: claim_id.to_owned(), what: "gone".to_owned() };
    Ok(claims::filing(db, claim_id)?.ok_or_else(corrupt)?)
}

/// Computes an open claim on the facts of the business date; nothing where the answer is the one stored.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn compute(tx: &mut Tx<'_>, filing: &ClaimRow) -> Result<Option<Computed>, UseCaseError> {
    let claim = lives::claim::load(tx, filing)?;
    compute_claim(tx, filing, &claim)
}

/// Computes an open claim that is read already.
///
/// # Errors
/// As `compute`.
pub fn compute_claim(tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim) -> Result<Option<Computed>, UseCaseError> {
    let life = life_of(tx, filing)?;
    compute_on(tx, filing, claim, &life)
}

/// Computes an open claim on its loan as acts leave it, of which the last may not be recorded yet.
///
/// # Errors
/// As `compute`.
pub fn compute_on(
    tx: &mut Tx<'_>,
    filing: &ClaimRow,
    claim: &Claim,
    life: &LoanLife,
) -> Result<Option<Computed>, UseCaseError> {
    let Some(row) = calculate_on(tx, filing, claim, life)? else { return Ok(None) };
    let earmark = new_promise(tx, &filing.fund_id, "earmarked", &filing.claim_id, Fen::try_new(row.earmark_fen)?)?;
    Ok(Some(Computed { calculation: row, earmark }))
}

/// Computes what is due in all on a claim that was paid; its own payments count as not made. Nothing is set aside.
///
/// # Errors
/// As `compute`.
pub fn compute_due(tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim) -> Result<CalculationRow, UseCaseError> {
    let computed = calculate(tx, filing, claim)?;
    let corrupt = || StoreError::Corrupt { table: "claims", key: filing.claim_id.clone(), what: "computed".to_owned() };
    let row = match computed {
        Some(row) => row,
        None => claims::last_calculation(tx, &filing.claim_id)?.ok_or_else(corrupt)?,
    };
    Ok(row)
}

/// The next calculation of a claim; nothing where it answers as the last one does.
///
/// # Errors
/// As `compute`.
pub fn calculate(tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim) -> Result<Option<CalculationRow>, UseCaseError> {
    let life = life_of(tx, filing)?;
    calculate_on(tx, filing, claim, &life)
}

/// The loan of a claim as its acts leave it.
///
/// # Errors
/// `Corrupt`; storage.
pub fn life_of(db: &mut Db, filing: &ClaimRow) -> Result<LoanLife, UseCaseError> {
    lives::loan::load(db, &filing.fund_id, &filing.loan_id)
}

/// The next calculation of a claim on its loan as acts leave it.
///
/// # Errors
/// As `compute`.
pub fn calculate_on(
    tx: &mut Tx<'_>,
    filing: &ClaimRow,
    claim: &Claim,
    life: &LoanLife,
) -> Result<Option<CalculationRow>, UseCaseError> {
    let fund_id = filing.fund_id.clone();
    let corrupt = || StoreError::Corrupt { table: "loans", key: filing.loan_id.clone(), what: "gone".to_owned() };
    let loan = loans::one(tx, &Reach::of_fund(&fund_id), &filing.loan_id)?.ok_or_else(corrupt)?;
    let coverage = loans::coverage(tx, &filing.loan_id)?.ok_or_else(corrupt)?;
    let measures = Measures::load(tx, &fund_id)?;
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).ok_or_else(corrupt)?;
    let first_loan = coverage.first_loan;
    let around = Around { filing, claim, loan: &loan, measure, first_loan, purse: Purse::Real, life };
    let case = claim_case(tx, &around)?;
    let outcome = evaluate(&measures.rules_for(measure, &case), &case);
    let before = claims::last_calculation(tx, &filing.claim_id)?;
    let version = before.as_ref().map_or(1, |row| row.version + 1);
    let row = calculation_row((&filing.fund_id, &filing.claim_id), measure, &case, &outcome, version);
    Ok(if before.is_some_and(|before| same_answer(&before, &row)) { None } else { Some(row) })
}

/// The next version of a promise out of cash, where its amount changes.
///
/// # Errors
/// Storage.
pub fn new_promise(
    tx: &mut Tx<'_>,
    fund_id: &str,
    kind: &str,
    claim_id: &str,
    amount: Fen,
) -> Result<Option<CommitmentRow>, UseCaseError> {
    Ok(match money::commitment(tx, kind, claim_id)? {
        Some(last) if last.amount_fen == amount.get() => None,
        None if amount == Fen::ZERO => None,
        last => {
            let version = last.map_or(1, |last| last.version.saturating_add(1));
            Some(commitment(fund_id, kind, claim_id, version, amount, "calculation"))
        }
    })
}

/// Stores a calculation with its earmark and moves the claim's projection.
///
/// # Errors
/// Storage.
pub fn store(tx: &mut Tx<'_>, status: &ClaimStatusRow, computed: Computed) -> Result<(), UseCaseError> {
    let after = status_after(status, &computed.calculation);
    let chain = Chain::Fund { fund_id: status.fund_id.clone() };
    let mut change = Change::new(chain, "claim.computed", status.claim_id.clone()).with(computed.calculation);
    if let Some(earmark) = computed.earmark {
        change = change.with(earmark);
    }
    tx.record(change)?;
    claims::project(tx, &after)?;
    Ok(())
}

/// How a claim stands after a calculation.
#[must_use]
pub fn status_after(status: &ClaimStatusRow, calculation: &CalculationRow) -> ClaimStatusRow {
    ClaimStatusRow {
        decision: Some(calculation.decision.clone()),
        payout_fen: Some(calculation.payout_fen),
        calculation_version: calculation.version,
        earmarked_fen: calculation.earmark_fen,
        ..status.clone()
    }
}

/// The row a calculation is kept or shown as; the door stamps it.
///
/// `claim_id` is empty and `version` zero for a case that is only tried.
#[must_use]
pub fn calculation_row(
    (fund_id, claim_id): (&str, &str),
    measure: &Measure,
    case: &Case,
    outcome: &Outcome,
    version: i64,
) -> CalculationRow {
    let shares: Vec<Value> = outcome
        .shares
        .iter()
        .flatten()
        .map(|(party, amount)| json!({ "party": party.as_str(), "fen": amount.get() }))
        .collect();
    let earmark = outcome.held.unwrap_or(outcome.payout);
    let (business_date, recorded_at, event_id) = unstamped();
    CalculationRow {
        fund_id: fund_id.to_owned(),
        claim_id: claim_id.to_owned(),
        version,
        decision: outcome.decision.code().to_owned(),
        reasons: json!(reason_codes(outcome)).to_string(),
        rulebook_id: measure.id.clone(),
        rulebook_version: measure.version.clone(),
        rulebook_hash: measure.hash.clone(),
        loss_base_fen: outcome.loss_base.map(Fen::get),
        fund_rate_ppm: outcome.fund_rate.map(Ppm::get),
        payout_fen: outcome.payout.get(),
        earmark_fen: earmark.get(),
        shares: Value::Array(shares).to_string(),
        input: case_to_json(case).to_string(),
        outcome: outcome_text(outcome),
        business_date,
        recorded_at,
        event_id,
    }
}

/// Whether two calculations give the same answer: inputs that change daily, such as the balance, do not count.
fn same_answer(a: &CalculationRow, b: &CalculationRow) -> bool {
    let answer = |row: &CalculationRow| {
        let figures = (row.loss_base_fen, row.fund_rate_ppm, row.payout_fen, row.earmark_fen);
        (row.decision.clone(), row.reasons.clone(), row.rulebook_hash.clone(), row.shares.clone(), figures)
    };
    answer(a) == answer(b)
}
