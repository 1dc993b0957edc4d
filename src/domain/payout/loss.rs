//! What counts as the loss: the counted part of the unpaid principal, less what came in before.
//!
//! **Invariant:** deductions enter at the same fraction as the principal and are rounded down once, on their sum.

use super::judge::judge;
use super::outcome::{ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Observation, Truth, Value};
use crate::domain::money::Fen;
use crate::domain::rulebook::Loss;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{Deduction, LoanPart};
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
    let cited = Cited { id: &clause.id, origin: &clause.origin };
    let (fact, amount) = match run.case.claim.as_ref() {
        Some(claim) => (Fact::ClaimPrincipalOutstanding, claim.principal_outstanding),
        None => (Fact::LoanPrincipal, Some(run.case.loan.principal)),
    };
    let principal = run.need(cited, fact, amount);
    let eligible = principal.and_then(|principal| part(run, clause, cited, principal));
    let (Some(principal), Some(eligible)) = (principal, eligible) else {
        return Counted::default();
    };
    let whole = Observation { fact: Fact::LoanPrincipal, value: Value::Money(run.case.loan.principal) };
    let part = run.case.loan.ip_amount.filter(|_| clause.part == LoanPart::Ip);
    let part = part.map(|fen| Observation { fact: Fact::LoanIpAmount, value: Value::Money(fen) });
    let seen: Vec<Observation> = std::iter::once(whole).chain(part).collect();
    run.step(StepKind::Eligible, cited, vec![("principal", Value::Money(principal))], &seen, Some(eligible));
    if run.case.claim.is_none() {
        return Counted { eligible: Some(eligible), base: None };
    }
    let base = deducted(run, clause, cited).map(|deducted| {
        let base = eligible.saturating_sub(deducted);
        let inputs = vec![("eligible", Value::Money(eligible)), ("deducted", Value::Money(deducted))];
        run.step(StepKind::LossBase, cited, inputs, &[], Some(base));
        base
    });
    Counted { eligible: Some(eligible), base }
}

/// The first clause that applies; an unknown before it stops the search.
fn applicable<'a>(run: &mut Run<'a>) -> Option<&'a Loss> {
    let book = run.book;
    for clause in &book.losses {
        let verdict = judge(&clause.when, run.case);
        match verdict.truth {
            Truth::True => return Some(clause),
            Truth::False => (),
            Truth::Unknown => {
                run.hold_for_missing(Cited { id: &clause.id, origin: &clause.origin }, &verdict);
                return None;
            }
        }
    }
    let cited = Cited { id: "loss", origin: &book.head.origin };
    run.hold(ReasonCode::NoLossClause, cited, &[]);
    None
}

/// The part of `amount` that counts.
fn part(run: &mut Run<'_>, clause: &Loss, cited: Cited<'_>, amount: Fen) -> Option<Fen> {
    match clause.part {
        LoanPart::Whole => Some(amount),
        LoanPart::Ip => {
            let ip_amount = run.need(cited, Fact::LoanIpAmount, run.case.loan.ip_amount)?;
            if run.case.loan.principal == Fen::ZERO {
                return None;
            }
            let counted = fraction_floor(amount, ip_amount, run.case.loan.principal);
            run.fits(cited, counted)
        }
    }
}

/// Everything that came in before, at the fraction that counts.
fn deducted(run: &mut Run<'_>, clause: &Loss, cited: Cited<'_>) -> Option<Fen> {
    let claim = run.case.claim.as_ref()?;
    let mut seen = Vec::new();
    let mut amounts = Vec::new();
    let mut read = |run: &mut Run<'_>, fact: Fact, amount: Option<Fen>| {
        let amount = run.need(cited, fact, amount);
        seen.extend(amount.map(|fen| Observation { fact, value: Value::Money(fen) }));
        amount
    };
    for deduction in &clause.deduct {
        amounts.push(match deduction {
            Deduction::Insurer => read(run, Fact::ClaimInsurerPaid, claim.insurer_paid),
            Deduction::Guarantor => read(run, Fact::ClaimGuarantorPaid, claim.guarantor_paid),
            Deduction::Collateral => {
                let gross = read(run, Fact::ClaimCollateralGross, claim.collateral_gross);
                let cost = read(run, Fact::ClaimCollateralCost, claim.collateral_cost);
                gross.zip(cost).map(|(gross, cost)| gross.saturating_sub(cost))
            }
        });
    }
    let amounts: Vec<Fen> = amounts.into_iter().collect::<Option<_>>()?;
    let sum = run.fits(cited, Fen::total(amounts).map_err(SplitError::from))?;
    let counted = part(run, clause, cited, sum)?;
    run.step(StepKind::Deducted, cited, vec![("sum", Value::Money(sum))], &seen, Some(counted));
    Some(counted)
}
