//! The facts around an act on a claim.
//!
//! **Invariant:** everything is read inside the transaction that takes the act, after its scope is locked.

use crate::domain::claim::Claim;
use crate::domain::claim::checks::{Bearings, Computed};
use crate::domain::claim::clocks::last_day;
use crate::domain::claim::completeness::Completeness;
use crate::domain::claim::contradictions::LoanSide;
use crate::domain::claim::handling::{Handling, Level};
use crate::domain::money::{Fen, FenDelta};
use crate::domain::partner_life::SuspensionScope;
use crate::domain::payout::papers;
use crate::domain::reserve::FundMoney;
use crate::domain::rulebook::Open;
use crate::domain::rulebook::condition::Span;
use crate::domain::rulebook::vocabulary::DocumentGate;
use crate::reference;
use crate::rulebook::quote_json::case_from_text;
use crate::storage::find::{Reach, claims, loan_facts, loans, money};
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::rows::loans::LoanRow;
use crate::storage::{Db, StoreError, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::claim_case::{Around, Purse, claim_case, shares_pro_rata};
use crate::usecase::compensate::{compute_on, life_of};
use crate::usecase::lives::fund::{self, Channel};
use crate::usecase::lives::partner::{self, Payee};
use crate::usecase::lives::returns;
use crate::usecase::measures::{Measure, Measures};
use crate::usecase::reserve::fund_money;

/// What was read for an act.
#[derive(Debug)]
pub struct Gathered {
    /// What the checks see.
    pub told: Bearings,
    /// The loan.
    pub loan: LoanRow,
    /// The version that governs it.
    pub measure: Measure,
    /// How complete the file is.
    pub completeness: Completeness,
    /// The account of the bank.
    pub payee: Option<Payee>,
    /// The calculation that holds now, where it is not stored yet.
    pub fresh: Option<CalculationRow>,
    /// The calculation that holds now.
    pub last: Option<CalculationRow>,
}

/// Reads what an act needs.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`; `Corrupt`.
pub fn of(tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim) -> Result<Gathered, UseCaseError> {
    let fund_id = filing.fund_id.clone();
    let on = tx.on();
    let corrupt = || StoreError::Corrupt { table: "loans", key: filing.loan_id.clone(), what: "gone".to_owned() };
    let loan = loans::one(tx, &Reach::of_fund(&fund_id), &filing.loan_id)?.ok_or_else(corrupt)?;
    let coverage = loans::coverage(tx, &filing.loan_id)?.ok_or_else(corrupt)?;
    let measures = Measures::load(tx, &fund_id)?;
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).ok_or_else(corrupt)?.clone();
    let handling = handling_of(&measure);
    let life = life_of(tx, filing)?;
    let fresh = match claim.stage.is_open() && claim.figures_or_filed(!filing.import_id.is_empty()) {
        true => compute_on(tx, filing, claim, &life)?.map(|computed| computed.calculation),
        false => None,
    };
    let last = match &fresh {
        Some(row) => Some(row.clone()),
        None => claims::last_calculation(tx, &filing.claim_id)?,
    };
    let first_loan = coverage.first_loan;
    let around = Around { filing, claim, loan: &loan, measure: &measure, first_loan, purse: Purse::Real, life: &life };
    let completeness = completeness_of(tx, &measures, &around)?;
    let payee = partner::payee(tx, &fund_id, &filing.bank, on)?;
    let channel = fund::channel(tx, &fund_id)?;
    let suspended = partner::suspension(tx, &fund_id, &filing.bank, on)?;
    let told = Bearings {
        on,
        computed: last.as_ref().map(computed_of),
        missing_to_compute: completeness.missing(DocumentGate::Compute),
        missing_to_approve: completeness.missing(DocumentGate::Approve),
        loan: loan_side(tx, &loan)?,
        is_early_default: is_early_default(&handling, &loan, filing, claim),
        free_without: free_without(tx, &measure, filing)?,
        channel,
        payee: payee.as_ref().map(Payee::text),
        treasury_closed: channel == Channel::Treasury && fund::treasury_closed(on),
        returners: returns::makers(tx, &fund_id, &filing.bank)?,
        is_suspended: suspended.is_some_and(|(scope, _)| scope == SuspensionScope::Payments),
        handling,
    };
    Ok(Gathered { told, loan, measure, completeness, payee, fresh, last })
}

/// The process as a measure sets it. What a measure leaves open is taken the careful way: a closer look at every
/// amount, a countersignature, and no level that would decide alone.
#[must_use]
pub fn handling_of(measure: &Measure) -> Handling {
    let Some(told) = &measure.rulebook.handling else { return Handling::default() };
    let span = |value: &Option<Open<Span>>| value.as_ref().and_then(|open| open.known().copied());
    let levels = told.levels.iter().filter_map(|level| {
        let up_to = match &level.up_to {
            None => None,
            Some(open) => Some(*open.known()?),
        };
        let name = [level.name.zh.to_string(), level.name.en.to_string()];
        Some(Level { id: level.id.to_string(), name, up_to, is_meeting: level.meeting })
    });
    Handling {
        confirm_registration_within: span(&told.confirm_registration_within),
        accept_within: span(&told.accept_within),
        review_within: span(&told.review_within),
        amend_within: span(&told.amend_within),
        publicity: span(&told.publicity),
        pay_within: span(&told.pay_within),
        confirm_receipt_within: span(&told.confirm_receipt_within),
        appeal_within: span(&told.appeal_within),
        inspection_over: told.inspection_over.as_ref().map(|open| open.known().copied().unwrap_or(Fen::ZERO)),
        early_default_within: span(&told.early_default_within),
        countersign: told.countersign.as_ref().is_some_and(|open| open.known().copied().unwrap_or(true)),
        levels: levels.collect(),
    }
}

/// The papers of a claim against what its measure asks for.
///
/// # Errors
/// As `of`.
pub fn completeness_of(
    tx: &mut Tx<'_>,
    measures: &Measures,
    around: &Around<'_>,
) -> Result<Completeness, UseCaseError> {
    let case = claim_case(tx, around)?;
    let there = super::documents_there(tx, around.filing, around.claim)?;
    Ok(Completeness::of(papers::asked(&measures.rules_for(around.measure, &case), &case), &there))
}

/// The papers of a claim that is stored, against what its measure asked for when it was computed last.
///
/// # Errors
/// Storage; `Rulebook`; `Corrupt`.
pub fn completeness_stored(
    db: &mut Db,
    filing: &ClaimRow,
    claim: &Claim,
) -> Result<Option<Completeness>, UseCaseError> {
    let Some(last) = claims::last_calculation(db, &filing.claim_id)? else { return Ok(None) };
    let corrupt =
        || StoreError::Corrupt { table: "calculations", key: filing.claim_id.clone(), what: "input".to_owned() };
    let measures = Measures::load(db, &filing.fund_id)?;
    let measure = measures.version(&last.rulebook_id, &last.rulebook_version).ok_or_else(corrupt)?;
    let case = case_from_text(&last.input).map_err(|_unreadable| corrupt())?;
    let there = super::documents_there(db, filing, claim)?;
    Ok(Some(Completeness::of(papers::asked(&measures.rules_for(measure, &case), &case), &there)))
}

/// What is paid now by a calculation.
fn computed_of(row: &CalculationRow) -> Computed {
    Computed {
        decision: row.decision.clone(),
        payable: payable(row),
        version: u32::try_from(row.version).unwrap_or_default(),
    }
}

/// What a calculation grants now: the payout, or the provisional part of it.
#[must_use]
pub fn payable(row: &CalculationRow) -> Fen {
    let outcome: serde_json::Value = serde_json::from_str(&row.outcome).unwrap_or_default();
    let named = if row.decision == "pay_provisional" { "provisional" } else { "payout" };
    outcome[named].as_str().and_then(|text| Fen::from_yuan(text).ok()).unwrap_or_default()
}

fn loan_side(db: &mut Db, loan: &LoanRow) -> Result<LoanSide, UseCaseError> {
    let corrupt = || StoreError::Corrupt { table: "loans", key: loan.loan_id.clone(), what: "facts".to_owned() };
    let registration = loans::registration(db, &loan.loan_id)?.ok_or_else(corrupt)?;
    Ok(LoanSide {
        principal: Fen::try_new(loan.principal_fen)?,
        disbursed_on: loan.disbursed_on,
        balance: loan.balance_fen.map(Fen::try_new).transpose()?,
        overdue_since: loan.overdue_since,
        insured: loan_facts::has_insurance(db, &loan.loan_id, registration.version)?,
        guaranteed: loan_facts::has_guarantee(db, &loan.loan_id, registration.version)?,
        pledge_registered_on: registration.pledge_registered_on,
    })
}

fn is_early_default(handling: &Handling, loan: &LoanRow, filing: &ClaimRow, claim: &Claim) -> bool {
    let since = claim.figures.as_ref().map_or(filing.overdue_since, |figures| figures.overdue_since);
    let within = handling.early_default_within;
    within.is_some_and(|span| since <= last_day(reference::work_calendar(), loan.disbursed_on, span))
}

/// What would be free for this claim: nothing stands for itself, and those behind it in line do not count.
fn free_without(db: &mut Db, measure: &Measure, filing: &ClaimRow) -> Result<FenDelta, UseCaseError> {
    let state = fund_money(db, &filing.fund_id, &measure.limits)?;
    let mut own = |kind: &str| -> Result<Fen, UseCaseError> {
        Ok(Fen::try_new(money::commitment(db, kind, &filing.claim_id)?.map_or(0, |row| row.amount_fen))?)
    };
    let (own_earmark, own_order) = (own("earmarked")?, own("ordered")?);
    let earmarked = match shares_pro_rata(measure) {
        true => state.earmarked.saturating_sub(own_earmark),
        false => claims::earmarked_ahead(db, &filing.fund_id, filing.arrival)?,
    };
    let ordered = state.ordered.saturating_sub(own_order);
    Ok(FundMoney { earmarked, ordered, ..state }.free()?)
}
