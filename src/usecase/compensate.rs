//! Computing what the fund owes on a claim, and setting the money aside.
//!
//! **Invariant:** a calculation is stored with its inputs, the rulebook's version and hash and every step; a new
//! one is stored only where the answer changes; the earmark of a claim replaces the reserve of its loan.

use serde_json::{Value, json};

use super::UseCaseError;
use super::coverage::{Pledge, enrolment_case, reason_codes};
use super::measures::{Measure, Measures};
use super::registrations::commitment;
use super::reserve::{fund_money, year_of};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{DocumentKind, Tier};
use crate::domain::payout::case::{BankFacts, Case, ClaimFacts, FundFacts, When};
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::Outcome;
use crate::domain::tier::{floor_for, npl_date, overdue_days};
use crate::rulebook::quote_json::{case_to_json, outcome_text};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::CommitmentRow;
use crate::storage::{StoreError, Tx};

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
    let open = claims::statuses(tx, &Reach::of_fund(fund_id))?;
    let open: Vec<ClaimStatusRow> = open.into_iter().filter(|claim| claim.state == "submitted").collect();
    for status in &open {
        let corrupt = || StoreError::Corrupt { table: "claims", key: status.claim_id.clone(), what: "gone".to_owned() };
        let filing = claims::filing(tx, &status.claim_id)?.ok_or_else(corrupt)?;
        if let Some(computed) = compute(tx, &filing)? {
            store(tx, status, computed)?;
            changed += 1;
        }
    }
    Ok((open.len(), changed))
}

/// Computes a claim on the facts of the business date; nothing where the answer is the one stored.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`.
pub fn compute(tx: &mut Tx<'_>, filing: &ClaimRow) -> Result<Option<Computed>, UseCaseError> {
    let fund_id = filing.fund_id.clone();
    let corrupt = || StoreError::Corrupt { table: "loans", key: filing.loan_id.clone(), what: "gone".to_owned() };
    let loan = loans::one(tx, &Reach::of_fund(&fund_id), &filing.loan_id)?.ok_or_else(corrupt)?;
    let coverage = loans::coverage(tx, &filing.loan_id)?.ok_or_else(corrupt)?;
    let measures = Measures::load(tx, &fund_id)?;
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).ok_or_else(corrupt)?;
    let case = claim_case(tx, filing, &loan, measure, coverage.first_loan)?;
    let outcome = evaluate(&measures.rules_for(measure, &case), &case);
    let before = claims::last_calculation(tx, &filing.claim_id)?;
    let row = calculation_row(filing, measure, &case, &outcome, before.as_ref().map_or(1, |row| row.version + 1));
    if before.is_some_and(|before| same_answer(&before, &row)) {
        return Ok(None);
    }
    let amount = Fen::try_new(row.earmark_fen)?;
    let last = money::commitment(tx, "earmarked", &filing.claim_id)?;
    let earmark = match last {
        Some(last) if last.amount_fen == amount.get() => None,
        last => {
            let version = last.map_or(1, |last| last.version.saturating_add(1));
            Some(commitment(&fund_id, "earmarked", &filing.claim_id, version, amount, "calculation"))
        }
    };
    Ok(Some(Computed { calculation: row, earmark }))
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
        ..status.clone()
    }
}

/// The case of a claim on the facts of the business date.
///
/// # Errors
/// Storage; `Corrupt`; `Overflow`.
pub fn claim_case(
    tx: &mut Tx<'_>,
    filing: &ClaimRow,
    loan: &LoanRow,
    measure: &Measure,
    first_loan: bool,
) -> Result<Case, UseCaseError> {
    let on = tx.on();
    let corrupt = || StoreError::Corrupt { table: "loans", key: loan.loan_id.clone(), what: "facts".to_owned() };
    let registration = loans::registration(tx, &loan.loan_id)?.ok_or_else(corrupt)?;
    let rights = loans::rights(tx, &loan.loan_id, registration.version)?;
    let pledge =
        Pledge { rights: &rights, insured: filing.insurer_paid_fen > 0, guaranteed: filing.guarantor_paid_fen > 0 };
    let mut case = enrolment_case(&registration, pledge, first_loan, on)?;
    case.case.clone_from(&filing.claim_id);
    for right in case.ip_rights.iter_mut().flatten() {
        right.pledge_registered_on = filing.pledge_registered_on.map(When::On);
    }
    let holder = money::Holder::Borrower { credit_code: &loan.credit_code };
    let paid_to_borrower = money::compensation_paid(tx, &filing.fund_id, &holder)?;
    case.borrower.paid_to_date = Some(Fen::try_new(paid_to_borrower)?);
    case.claim = Some(claim_facts(filing, loan)?);
    case.bank = bank_facts(tx, filing)?;
    case.fund = fund_facts(tx, filing, measure)?;
    Ok(case)
}

fn claim_facts(filing: &ClaimRow, loan: &LoanRow) -> Result<ClaimFacts, UseCaseError> {
    let days = overdue_days(filing.overdue_since, filing.filed_on);
    let reported = loan.tier.as_deref().and_then(Tier::from_code).unwrap_or(Tier::Normal);
    let documents: Vec<String> = serde_json::from_str(&filing.documents).unwrap_or_default();
    let documents = documents
        .into_iter()
        .map(|code| DocumentKind::from_code(&code).map_or(code, |kind| kind.rulebook_word().to_owned()))
        .collect();
    Ok(ClaimFacts {
        filed_on: Some(When::On(filing.filed_on)),
        overdue_since: Some(When::On(filing.overdue_since)),
        tier: Some(reported.max(floor_for(days))),
        npl_since: Some(When::On(npl_date(filing.overdue_since))),
        principal_outstanding: Some(Fen::try_new(filing.outstanding_fen)?),
        interest_overdue: Some(Fen::try_new(filing.overdue_interest_fen)?),
        costs: Some(Fen::ZERO),
        insurer_paid: Some(Fen::try_new(filing.insurer_paid_fen)?),
        guarantor_paid: Some(Fen::try_new(filing.guarantor_paid_fen)?),
        collateral_gross: Some(Fen::try_new(filing.collateral_gross_fen)?),
        collateral_cost: Some(Fen::try_new(filing.collateral_cost_fen)?),
        documents: Some(documents),
        ..ClaimFacts::default()
    })
}

fn bank_facts(tx: &mut Tx<'_>, filing: &ClaimRow) -> Result<BankFacts, UseCaseError> {
    let (from, to) = year_of(tx.on());
    let holder = money::Holder::BankYear { bank: &filing.bank, from, to };
    let paid = money::compensation_paid(tx, &filing.fund_id, &holder)?;
    Ok(BankFacts { paid_this_year: Some(Fen::try_new(paid)?), suspended: Some(false), ..BankFacts::default() })
}

/// What the fund can pay on this claim: cash less what stands for other claims and for orders.
fn fund_facts(tx: &mut Tx<'_>, filing: &ClaimRow, measure: &Measure) -> Result<FundFacts, UseCaseError> {
    let state = fund_money(tx, &filing.fund_id, &measure.limits)?;
    let own = money::commitment(tx, "earmarked", &filing.claim_id)?.map_or(0, |row| row.amount_fen);
    let others = state.earmarked.saturating_sub(Fen::try_new(own)?);
    let balance = state.cash.saturating_sub(others).saturating_sub(state.ordered);
    Ok(FundFacts {
        balance: Some(balance),
        total: Some(Fen::try_new(money::paid_in(tx, &filing.fund_id)?)?),
        floor: Some(state.floor),
        ..FundFacts::default()
    })
}

fn calculation_row(
    filing: &ClaimRow,
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
        fund_id: filing.fund_id.clone(),
        claim_id: filing.claim_id.clone(),
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
