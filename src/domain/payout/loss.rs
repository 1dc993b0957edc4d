//! What counts as the loss: the counted part of what is unpaid, less what came in before.
//!
//! **Invariant:** deductions enter at the same fraction as the principal and are rounded down once, on their sum,
//! except those the measure takes off whole.

use super::observe::money;
use super::outcome::{ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Evidence, Observation, Truth, Value};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::fact::{Fact, MoneyFact};
use crate::domain::rulebook::vocabulary::{
    Component, Deduction, Group, GroupState, LoanPart, LossLimitKind, LossLimitPlace,
};
use crate::domain::rulebook::{GroupAnswer, Loss, Money};
use crate::domain::split::{SplitError, fraction_floor};

/// What counts, and what of it is lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// The counted part, before deductions.
    pub eligible: Option<Fen>,
    /// What is shared; none at enrolment.
    pub base: Option<Fen>,
}

/// Finds the clause that applies and computes what counts under it.
pub(super) fn counted(run: &mut Run<'_>) -> Counted {
    let Some(clause) = applicable(run) else {
        return Counted::default();
    };
    let cited = Cited::clause(&clause.id, &clause.origin);
    run.stated(cited, &clause.read_on);
    let Some(part) = run.stated(cited, &clause.part) else {
        return Counted::default();
    };
    let Some(eligible) = eligible(run, clause, part) else {
        return Counted::default();
    };
    let Some(eligible) = limits(run, clause, LossLimitPlace::Eligible, eligible) else {
        return Counted::default();
    };
    if run.case.claim.is_none() {
        return Counted { eligible: Some(eligible), base: None };
    }
    let base = deducted(run, clause, part).map(|deducted| {
        let base = eligible.saturating_sub(deducted);
        let inputs = [("eligible", Value::Money(eligible)), ("deducted", Value::Money(deducted))];
        run.step(StepKind::LossBase, cited, &inputs, &[], Some(base));
        base
    });
    let base = base.and_then(|base| limits(run, clause, LossLimitPlace::Loss, base));
    Counted { eligible: Some(eligible), base }
}

/// The first clause that applies; an unknown before it stops the search.
fn applicable<'a>(run: &mut Run<'a>) -> Option<&'a Loss> {
    let book = run.book;
    let mut evidence = Evidence::default();
    for clause in &book.losses {
        match run.judge(&clause.when, &mut evidence) {
            Truth::True => return Some(clause),
            Truth::False => (),
            Truth::Unknown => {
                run.hold_for_missing(Cited::clause(&clause.id, &clause.origin), &evidence.missing);
                return None;
            }
        }
    }
    let known = |answer: &&GroupAnswer| matches!(answer.state, GroupState::Stated | GroupState::None);
    // Where the cover sheet says that the loss is not fully known, that is the reason already given.
    if book.group(Group::Loss).filter(known).is_some() {
        run.hold(ReasonCode::NoLossClause, Cited::section("loss", &book.head.origin), &[]);
    }
    None
}

/// The counted part of every component.
fn eligible(run: &mut Run<'_>, clause: &Loss, part: LoanPart) -> Option<Fen> {
    let cited = Cited::clause(&clause.id, &clause.origin);
    let components = run.stated(cited, &clause.components)?;
    if run.case.claim.is_none() {
        return component(run, cited, part, Fact::LoanPrincipal, Some(run.case.loan.principal));
    }
    let mut sum = Some(Fen::ZERO);
    for kind in components {
        let fact = match kind {
            Component::Principal => MoneyFact::ClaimPrincipalOutstanding,
            Component::Interest => MoneyFact::ClaimInterestOverdue,
            Component::Costs => MoneyFact::ClaimCosts,
        };
        if let (Component::Interest, Some(rule)) = (kind, clause.interest.as_ref()) {
            run.stated(cited, &rule.kinds);
            run.stated(cited, &rule.until);
        }
        let counted = component(run, cited, part, fact.fact(), money(run.case, fact));
        sum = match sum.zip(counted) {
            Some((sum, counted)) => run.fits(cited, sum.checked_add(counted).map_err(SplitError::from)),
            None => None,
        };
    }
    sum
}

/// The counted part of one amount.
fn component(run: &mut Run<'_>, cited: Cited<'_>, part: LoanPart, fact: Fact, amount: Option<Fen>) -> Option<Fen> {
    let amount = run.need(cited, fact, amount)?;
    let counted = fraction(run, cited, part, amount)?;
    let loan = &run.case.loan;
    let mut seen = vec![Observation { fact: Fact::LoanPrincipal, value: Value::Money(loan.principal) }];
    if let (LoanPart::Ip, Some(carried)) = (part, loan.ip_amount) {
        seen.push(Observation { fact: Fact::LoanIpAmount, value: Value::Money(carried) });
    }
    let inputs = [("component", Value::Word(fact.code())), ("principal", Value::Money(amount))];
    run.step(StepKind::Eligible, cited, &inputs, &seen, Some(counted));
    Some(counted)
}

/// The part of `amount` that counts, rounded down.
fn fraction(run: &mut Run<'_>, cited: Cited<'_>, part: LoanPart, amount: Fen) -> Option<Fen> {
    match part {
        LoanPart::Whole => Some(amount),
        LoanPart::Ip => {
            let carried = run.need(cited, Fact::LoanIpAmount, run.case.loan.ip_amount)?;
            if run.case.loan.principal == Fen::ZERO {
                return None;
            }
            run.fits(cited, fraction_floor(amount, carried, run.case.loan.principal))
        }
    }
}

/// Everything that came in before, at the fraction that counts.
fn deducted(run: &mut Run<'_>, clause: &Loss, part: LoanPart) -> Option<Fen> {
    let cited = Cited::clause(&clause.id, &clause.origin);
    let deductions = run.stated(cited, &clause.deduct)?;
    let mut seen = Vec::new();
    let (mut shared, mut whole, mut complete) = (Vec::new(), Vec::new(), true);
    for deduction in deductions {
        match came_in(run, cited, deduction, &mut seen) {
            Some(amount) if clause.deduct_whole.contains(&deduction) => whole.push(amount),
            Some(amount) => shared.push(amount),
            None => complete = false,
        }
    }
    if !complete {
        return None;
    }
    let shared = run.fits(cited, Fen::total(shared).map_err(SplitError::from))?;
    let whole = run.fits(cited, Fen::total(whole).map_err(SplitError::from))?;
    let counted = fraction(run, cited, part, shared)?;
    let counted = run.fits(cited, counted.checked_add(whole).map_err(SplitError::from))?;
    let sum = run.fits(cited, shared.checked_add(whole).map_err(SplitError::from))?;
    run.step(StepKind::Deducted, cited, &[("sum", Value::Money(sum))], &seen, Some(counted));
    Some(counted)
}

/// What came in on one ground.
fn came_in(run: &mut Run<'_>, cited: Cited<'_>, deduction: Deduction, seen: &mut Vec<Observation>) -> Option<Fen> {
    let mut read = |run: &mut Run<'_>, fact: MoneyFact| {
        let amount = run.need(cited, fact.fact(), money(run.case, fact));
        seen.extend(amount.map(|fen| Observation { fact: fact.fact(), value: Value::Money(fen) }));
        amount
    };
    match deduction {
        Deduction::Insurer => read(run, MoneyFact::ClaimInsurerPaid),
        Deduction::Guarantor => read(run, MoneyFact::ClaimGuarantorPaid),
        Deduction::IpDisposal => read(run, MoneyFact::ClaimIpDisposalNet),
        Deduction::Collateral => {
            let gross = read(run, MoneyFact::ClaimCollateralGross);
            let cost = read(run, MoneyFact::ClaimCollateralCost);
            gross.zip(cost).map(|(gross, cost)| gross.saturating_sub(cost))
        }
    }
}

/// The limits on what counts that stand at `place`, in order.
fn limits(run: &mut Run<'_>, clause: &Loss, place: LossLimitPlace, amount: Fen) -> Option<Fen> {
    let mut left = amount;
    for limit in clause.limits.iter().filter(|limit| limit.at == place) {
        let cited = Cited::clause(&limit.id, &limit.origin);
        let stated = run.stated(cited, &limit.limit)?;
        let most = stated_amount(run, cited, stated)?;
        let used = match limit.kind {
            LossLimitKind::PerLoan => Some(Fen::ZERO),
            LossLimitKind::PerBorrowerLife => run.need(cited, Fact::BorrowerBaseToDate, run.case.borrower.base_to_date),
            LossLimitKind::PerBorrowerLive => {
                run.need(cited, Fact::BorrowerCountedElsewhere, run.case.borrower.counted_elsewhere)
            }
        }?;
        let room = most.saturating_sub(used);
        let before = left;
        left = left.min(room);
        let inputs = [("limit", Value::Money(room)), ("before", Value::Money(before))];
        run.step(StepKind::LossLimit, cited, &inputs, &[], Some(left));
    }
    Some(left)
}

/// An amount as the rulebook states it, rounded down where it is a share of a fact.
pub(super) fn stated_amount(run: &mut Run<'_>, cited: Cited<'_>, stated: Money) -> Option<Fen> {
    match stated {
        Money::Amount(fen) => Some(fen),
        Money::Linear { of, times, plus } => {
            let value = run.need(cited, of.fact(), money(run.case, of))?;
            run.used(of.fact());
            let share = run.fits(cited, scaled(value, times))?;
            run.fits(cited, share.checked_add(plus).map_err(SplitError::from))
        }
    }
}

/// Floor of `value × times`; `times` may be above one.
fn scaled(value: Fen, times: Ppm) -> Result<Fen, SplitError> {
    let product = i128::from(value.get()).saturating_mul(i128::from(times.get()));
    let scaled = product.checked_div(i128::from(PPM_ONE)).ok_or(SplitError::Overflow)?;
    let fen = i64::try_from(scaled).map_err(|_too_large| SplitError::Overflow)?;
    Ok(Fen::try_new(fen)?)
}
