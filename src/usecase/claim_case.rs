//! The case of a claim: every fact that a measure may ask for, gathered on the business date.
//!
//! Owns what a claim is computed from, and how a fund that is short is shared.
//! **Invariant:** figures come from the last act that states them, otherwise from the file; a claim's own payments and
//! promises never count against itself.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::breaker_facts::{self, BreakerFacts};
use super::compensate::{filing_of, life_of};
use super::coverage::{Pledge, enrolment_case};
use super::lives;
use super::measures::{Measure, Measures};
use super::reserve::{fund_money, year_of};
use super::succession::Houses;
use crate::domain::batch::{Demand, Limits as BatchLimits, Method, batch};
use crate::domain::claim::Claim;
use crate::domain::loan_life::LoanLife;
use crate::domain::money::{Fen, MoneyError};
use crate::domain::names::Tier;
use crate::domain::partner_life::SuspensionScope;
use crate::domain::payout::case::{BankFacts, Case, ClaimFacts, FundFacts, LevelFacts, When};
use crate::domain::payout::evaluate::evaluate;
use crate::domain::right_history::{known_by, out_of_force_since};
use crate::domain::rulebook::CapRule;
use crate::domain::rulebook::vocabulary::Short;
use crate::domain::tier::{floor_for, npl_date, overdue_days};
use crate::storage::find::{Reach, claims, loans, money};
use crate::storage::rows::claims::ClaimRow;
use crate::storage::rows::loans::LoanRow;
use crate::storage::{StoreError, Tx};

/// What a claim is computed from.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// As filed.
    pub filing: &'a ClaimRow,
    /// As its acts leave it.
    pub claim: &'a Claim,
    /// Its loan.
    pub loan: &'a LoanRow,
    /// The version that governs it.
    pub measure: &'a Measure,
    /// Whether the first loan stands.
    pub first_loan: bool,
    /// What the fund is taken to hold.
    pub purse: Purse,
    /// The loan as its acts leave it.
    pub life: &'a LoanLife,
}

/// What the fund is taken to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purse {
    /// What it holds, less what stands for others.
    Real,
    /// More than anybody asks for: what would be paid if money were no matter.
    Endless,
}

/// More than any fund of a city holds.
const ENDLESS: Fen = Fen::MAX;

/// The case of a claim on the facts of the business date.
///
/// # Errors
/// Storage; `Corrupt`; `Overflow`.
pub fn claim_case(tx: &mut Tx<'_>, around: &Around<'_>) -> Result<Case, UseCaseError> {
    let Around { filing, claim, loan, .. } = *around;
    let on = tx.on();
    let corrupt = || StoreError::Corrupt { table: "loans", key: loan.loan_id.clone(), what: "facts".to_owned() };
    let registration = loans::registration(tx, &loan.loan_id)?.ok_or_else(corrupt)?;
    let rights = loans::rights(tx, &loan.loan_id, registration.version)?;
    let stated = Stated::of(filing, claim);
    let form = lives::registration::form_of(tx, &filing.fund_id, &loan.loan_id)?;
    let (insured, guaranteed) = (stated.insurer_paid > 0, stated.guarantor_paid > 0);
    let pledge = Pledge { rights: &rights, insured, guaranteed, form: form.as_ref(), facts: BreakerFacts::default() };
    let mut case = enrolment_case(&registration, pledge, around.first_loan, on)?;
    case.case.clone_from(&filing.claim_id);
    for right in case.ip_rights.iter_mut().flatten() {
        right.pledge_registered_on = stated.pledge_registered_on.map(When::On);
        right.lapsed_on = right.number.as_deref().map(|number| lapsed_on(around.life, number, filing.filed_on, on));
    }
    case.loan.matures_on = Some(When::On(around.life.matures_on));
    let holder = money::Holder::Borrower { credit_code: &loan.credit_code };
    case.borrower.paid_to_date = Some(used(tx, filing, &holder, claim.paid_net())?);
    // What the borrower's other loans took of the limit was fixed when this one was registered.
    if let Some(coverage) = loans::coverage(tx, &loan.loan_id)? {
        case.borrower.counted_elsewhere = BreakerFacts::kept(&coverage)?.counted_elsewhere;
    }
    case.claim = Some(claim_facts(tx, around, &stated)?);
    case.bank = bank_facts(tx, around)?;
    case.fund = fund_facts(tx, around)?;
    Ok(case)
}

/// Since when a right is out of force: on the day of filing, otherwise by now. A lapse that was over when the claim was
/// filed is none, whenever it became known.
fn lapsed_on(life: &LoanLife, right: &str, filed_on: NaiveDate, on: NaiveDate) -> When {
    let known = known_by(&life.rights, on);
    let since = |day: NaiveDate| out_of_force_since(&known, right, day);
    since(filed_on).or_else(|| since(on)).map_or(When::NotYet, When::On)
}

/// The figures of a claim: those of the last act that states them, otherwise those of the file.
#[derive(Debug)]
struct Stated {
    outstanding: i64,
    overdue_interest: i64,
    overdue_since: NaiveDate,
    pledge_registered_on: Option<NaiveDate>,
    insurer_paid: i64,
    guarantor_paid: i64,
    collateral_gross: i64,
    collateral_cost: i64,
}

impl Stated {
    fn of(filing: &ClaimRow, claim: &Claim) -> Stated {
        let fen = |amount: Option<Fen>| amount.map_or(0, Fen::get);
        match &claim.figures {
            None => Stated {
                outstanding: filing.outstanding_fen,
                overdue_interest: filing.overdue_interest_fen,
                overdue_since: filing.overdue_since,
                pledge_registered_on: filing.pledge_registered_on,
                insurer_paid: filing.insurer_paid_fen,
                guarantor_paid: filing.guarantor_paid_fen,
                collateral_gross: filing.collateral_gross_fen,
                collateral_cost: filing.collateral_cost_fen,
            },
            Some(figures) => Stated {
                outstanding: figures.outstanding.get(),
                overdue_interest: fen(figures.overdue_interest),
                overdue_since: figures.overdue_since,
                pledge_registered_on: figures.pledge_registered_on.or(filing.pledge_registered_on),
                insurer_paid: fen(figures.insurer_paid),
                guarantor_paid: fen(figures.guarantor_paid),
                collateral_gross: fen(figures.collateral_gross),
                collateral_cost: fen(figures.collateral_cost),
            },
        }
    }
}

fn claim_facts(tx: &mut Tx<'_>, around: &Around<'_>, stated: &Stated) -> Result<ClaimFacts, UseCaseError> {
    let Around { filing, claim, loan, .. } = *around;
    let days = overdue_days(stated.overdue_since, filing.filed_on);
    let reported = loan.tier.as_deref().and_then(Tier::from_code).unwrap_or(Tier::Normal);
    let documents = lives::claim::documents_there(tx, filing, claim)?;
    let figures = claim.figures.as_ref();
    let was_paid = !claim.payments.is_empty();
    Ok(ClaimFacts {
        filed_on: Some(When::On(filing.filed_on)),
        overdue_since: Some(When::On(stated.overdue_since)),
        tier: Some(reported.max(floor_for(days))),
        npl_since: Some(When::On(npl_date(stated.overdue_since))),
        principal_outstanding: Some(Fen::try_new(stated.outstanding)?),
        interest_overdue: Some(Fen::try_new(stated.overdue_interest)?),
        costs: Some(Fen::ZERO),
        insurer_paid: Some(Fen::try_new(stated.insurer_paid)?),
        guarantor_paid: Some(Fen::try_new(stated.guarantor_paid)?),
        collateral_gross: Some(Fen::try_new(stated.collateral_gross)?),
        collateral_cost: Some(Fen::try_new(stated.collateral_cost)?),
        ip_disposal_net: figures.map(|figures| figures.ip_disposal_net.unwrap_or_default()),
        other_policy_paid: figures.map(|figures| figures.other_policy_paid.unwrap_or_default()),
        other_levels: other_levels(around)?,
        advance_paid: was_paid.then(|| claim.paid_net()),
        court_accepted_on: figures.map(|figures| figures.court_accepted_on.map_or(When::NotYet, When::On)),
        written_off_on: figures.map(|figures| figures.written_off_on.map_or(When::NotYet, When::On)),
        documents: Some(documents.into_iter().collect()),
    })
}

/// What other public levels paid, as the claim states it: to the first level that the measure names.
fn other_levels(around: &Around<'_>) -> Result<Option<Vec<LevelFacts>>, UseCaseError> {
    let Some(paid) = around.claim.figures.as_ref().and_then(|figures| figures.other_levels_paid) else {
        return Ok(None);
    };
    let first = around.measure.rulebook.levels.first().filter(|_| paid > Fen::ZERO);
    Ok(Some(
        first
            .into_iter()
            .map(|level| LevelFacts {
                level: Some(level.id.to_string()),
                recognised_on: Some(When::On(around.filing.filed_on)),
                paid: Some(paid),
            })
            .collect(),
    ))
}

/// What of a holder's cap is used by other claims: what they were paid, what is granted on them, and what is set aside
/// for those that came before, so that no two claims are promised the same room.
fn used(tx: &mut Tx<'_>, filing: &ClaimRow, holder: &money::Holder<'_>, own: Fen) -> Result<Fen, UseCaseError> {
    // What is taken back of an earlier year's payment leaves nothing used of this year, never less.
    let paid = Fen::try_new(money::compensation_paid(tx, &filing.fund_id, holder)?.max(0))?.saturating_sub(own);
    let own = (filing.claim_id.as_str(), filing.arrival);
    let promised = claims::promised_beside(tx, &filing.fund_id, holder, own)?;
    Ok(paid.checked_add(Fen::try_new(promised)?)?)
}

/// What of a claim's own payments counts since a day.
fn own_since(claim: &Claim, from: NaiveDate) -> Result<Fen, UseCaseError> {
    let own = claim.payments.iter().filter(|payment| !payment.bounced && from <= payment.paid_on);
    Ok(Fen::total(own.map(|payment| payment.amount))?.saturating_sub(claim.clawed_back))
}

fn bank_facts(tx: &mut Tx<'_>, around: &Around<'_>) -> Result<BankFacts, UseCaseError> {
    let Around { filing, claim, measure, .. } = *around;
    let on = tx.on();
    let (from, to) = year_of(tx.on());
    // After a succession the cap of a year counts what was paid to any bank of the house.
    let banks = Houses::on(tx, &filing.fund_id, on)?.together(&filing.bank);
    let holder = money::Holder::BankYear { banks: &banks, from, to };
    let paid_this_year = Some(used(tx, filing, &holder, own_since(claim, from)?)?);
    let held = lives::partner::suspension(tx, &filing.fund_id, &filing.bank, on)?;
    // What is due on a claim that was paid is due whatever holds the bank's payments: what it owes back is asked for, and
    // a further payment waits with its order.
    let waits = held.is_some_and(|(scope, _)| scope == SuspensionScope::Payments);
    let suspended = Some(waits && claim.payments.is_empty());
    let mut facts = BankFacts { paid_this_year, suspended, ..BankFacts::default() };
    if breaker_facts::watches(measure, true) {
        let others = breaker_facts::claims_net(tx, &filing.fund_id, &banks, Some(&filing.claim_id))?;
        facts.claims_net_to_date = Some(others);
        facts.registered_ip_to_date = Some(breaker_facts::registered_ip(tx, &filing.fund_id, &banks)?);
    }
    Ok(facts)
}

/// What the fund can pay on this claim: cash less what is ordered, and what is set aside for the claims that stand
/// before it in line (article 22: who was accepted first is paid first).
fn fund_facts(tx: &mut Tx<'_>, around: &Around<'_>) -> Result<FundFacts, UseCaseError> {
    let Around { filing, claim, measure, .. } = *around;
    let state = fund_money(tx, &filing.fund_id, &measure.limits)?;
    let promised = |kind: &str, tx: &mut Tx<'_>| -> Result<Fen, UseCaseError> {
        let own = money::commitment(tx, kind, &filing.claim_id)?.map_or(0, |row| row.amount_fen);
        Ok(Fen::try_new(own)?)
    };
    let earmarked = match shares_pro_rata(measure) {
        true => state.earmarked.saturating_sub(promised("earmarked", tx)?),
        false => claims::earmarked_ahead(tx, &filing.fund_id, filing.arrival)?,
    };
    let ordered = state.ordered.saturating_sub(promised("ordered", tx)?);
    let mut balance = state.cash.saturating_sub(earmarked).saturating_sub(ordered).checked_add(claim.paid_net())?;
    if around.purse == Purse::Endless {
        balance = ENDLESS;
    } else if shares_pro_rata(measure) && claim.stage.is_open() {
        let whole = state.cash.saturating_sub(ordered);
        balance = pro_rata(tx, around, whole, state.floor)?;
    }
    let (from, to) = year_of(tx.on());
    let mut yearly = FundFacts::default();
    if measure.rulebook.caps.iter().any(|cap| matches!(cap.rule, CapRule::PerSchemeYear(_))) {
        let before = from.pred_opt().unwrap_or(from);
        let at_start = Fen::try_new(money::in_hand_on(tx, &filing.fund_id, before)?)?;
        let holder = money::Holder::FundYear { from, to };
        yearly.balance_at_year_start = Some(at_start);
        yearly.paid_this_year = Some(used(tx, filing, &holder, own_since(claim, from)?)?);
    }
    Ok(FundFacts {
        balance: Some(balance),
        total: Some(Fen::try_new(money::paid_in(tx, &filing.fund_id)?)?),
        floor: Some(state.floor),
        ..yearly
    })
}

/// Whether a measure cuts all claims alike when the fund is short.
#[must_use]
pub fn shares_pro_rata(measure: &Measure) -> bool {
    let timing = measure.rulebook.timing.as_ref();
    timing.is_some_and(|timing| timing.short.known() == Some(&Short::ProRata))
}

/// The balance that leaves a claim its part of a fund that is short: all open claims are cut alike over what each would
/// get if money were no matter (R3, pro rata); its part and the floor where the fund is not short.
fn pro_rata(tx: &mut Tx<'_>, around: &Around<'_>, whole: Fen, floor: Fen) -> Result<Fen, UseCaseError> {
    let fund_id = around.filing.fund_id.clone();
    let mut demands: Vec<Demand<String, String, String>> = Vec::new();
    let mut asks = |tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim| -> Result<(), UseCaseError> {
        let demand = demand_of(tx, filing, claim)?;
        demands.push(Demand {
            claim: filing.claim_id.clone(),
            approved: filing.arrival,
            borrower: String::new(),
            bank: String::new(),
            demand,
        });
        Ok(())
    };
    asks(tx, around.filing, around.claim)?;
    for status in claims::open(tx, &Reach::of_fund(&fund_id))? {
        if status.claim_id != around.filing.claim_id {
            let filing = filing_of(tx, &status.claim_id)?;
            let claim = lives::claim::load(tx, &filing)?;
            asks(tx, &filing, &claim)?;
        }
    }
    let limits =
        BatchLimits { available: whole.saturating_sub(floor), borrowers: BTreeMap::new(), banks: BTreeMap::new() };
    let shared = batch(&demands, &limits, Method::ProRata).map_err(|_too_large| MoneyError::Overflow)?;
    let own = shared.claims.into_iter().find(|paid| paid.claim == around.filing.claim_id);
    Ok(own.map_or(Fen::ZERO, |paid| paid.paid).checked_add(floor)?)
}

/// What a claim would be paid if money were no matter.
fn demand_of(tx: &mut Tx<'_>, filing: &ClaimRow, claim: &Claim) -> Result<Fen, UseCaseError> {
    let corrupt = || StoreError::Corrupt { table: "loans", key: filing.loan_id.clone(), what: "gone".to_owned() };
    let loan = loans::one(tx, &Reach::of_fund(&filing.fund_id), &filing.loan_id)?.ok_or_else(corrupt)?;
    let coverage = loans::coverage(tx, &filing.loan_id)?.ok_or_else(corrupt)?;
    let measures = Measures::load(tx, &filing.fund_id)?;
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).ok_or_else(corrupt)?;
    let first_loan = coverage.first_loan;
    let life = life_of(tx, filing)?;
    let around = Around { filing, claim, loan: &loan, measure, first_loan, purse: Purse::Endless, life: &life };
    let case = claim_case(tx, &around)?;
    Ok(evaluate(&measures.rules_for(measure, &case).untraced(), &case).payout)
}
