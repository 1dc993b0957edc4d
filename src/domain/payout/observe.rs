//! Looking facts up in a case by their name in the rulebook, and deriving those that follow from others.
//!
//! **Invariant:** a derived fact is unknown when anything it follows from is.

use std::cmp::Ordering;

use super::case::{Case, When};
use super::truth::{Observation, Value};
use crate::domain::calendar::full_months;
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::condition::{Bound, Comparison};
use crate::domain::rulebook::fact::{DateFact, Fact, MoneyFact};
use crate::domain::tier::overdue_days;

/// An amount.
pub(super) fn money(case: &Case, fact: MoneyFact) -> Option<Fen> {
    let claim = case.claim.as_ref();
    match fact {
        MoneyFact::LoanPrincipal => Some(case.loan.principal),
        MoneyFact::LoanIpAmount => case.loan.ip_amount,
        MoneyFact::ClaimPrincipalOutstanding => claim?.principal_outstanding,
        MoneyFact::ClaimInsurerPaid => claim?.insurer_paid,
        MoneyFact::ClaimGuarantorPaid => claim?.guarantor_paid,
        MoneyFact::ClaimCollateralGross => claim?.collateral_gross,
        MoneyFact::ClaimCollateralCost => claim?.collateral_cost,
    }
}

/// A day.
pub(super) fn day(case: &Case, fact: DateFact) -> Option<When> {
    let claim = case.claim.as_ref();
    match fact {
        DateFact::LoanDisbursedOn => case.loan.disbursed_on,
        DateFact::LoanMaturesOn => case.loan.matures_on,
        DateFact::LoanRegisteredOn => case.loan.registered_on,
        DateFact::BorrowerEstablishedOn => case.borrower.established_on,
        DateFact::ClaimFiledOn => claim?.filed_on,
        DateFact::ClaimOverdueSince => claim?.overdue_since,
        DateFact::ClaimNplSince => claim?.npl_since,
    }
}

/// Full months from founding to disbursement. `Err` names what is missing.
pub(super) fn age(case: &Case) -> Result<u32, Fact> {
    let Some(When::On(founded)) = case.borrower.established_on else {
        return Err(Fact::BorrowerEstablishedOn);
    };
    match case.loan.disbursed_on {
        Some(When::On(disbursed)) => Ok(full_months(founded, disbursed)),
        _ => Err(Fact::LoanDisbursedOn),
    }
}

/// Days overdue on the day of the claim, so that a claim filed too early stays too early however late it is
/// computed. A loan that is not overdue has none. `Err` names what is missing.
pub(super) fn overdue(case: &Case) -> Result<u32, Fact> {
    let claim = case.claim.as_ref();
    let since = match claim.and_then(|claim| claim.overdue_since) {
        Some(When::On(since)) => since,
        Some(When::NotYet) => return Ok(0),
        None => return Err(Fact::ClaimOverdueSince),
    };
    match claim.and_then(|claim| claim.filed_on) {
        Some(When::On(filed)) => Ok(overdue_days(since, filed)),
        _ => Err(Fact::ClaimFiledOn),
    }
}

/// Whether `ip_amount ÷ principal` is within `bound`, without dividing.
pub(super) fn share_holds(ip_amount: Fen, principal: Fen, bound: Bound<Ppm>) -> bool {
    let left = i128::from(ip_amount.get()).saturating_mul(i128::from(PPM_ONE));
    let right = i128::from(principal.get()).saturating_mul(i128::from(bound.limit.get()));
    match (bound.comparison, left.cmp(&right)) {
        (Comparison::AtLeast, order) => order != Ordering::Less,
        (Comparison::Over, order) => order == Ordering::Greater,
        (Comparison::UpTo, order) => order != Ordering::Greater,
        (Comparison::Below, order) => order == Ordering::Less,
    }
}

/// `ip_amount ÷ principal` rounded down to a millionth, for show only: a share just below a limit never looks
/// as if it reached it.
pub(super) fn share_shown(ip_amount: Fen, principal: Fen) -> Ppm {
    let scaled = i128::from(ip_amount.get()).saturating_mul(i128::from(PPM_ONE));
    let ppm = scaled.checked_div(i128::from(principal.get())).unwrap_or(0);
    i64::try_from(ppm).ok().and_then(|ppm| Ppm::try_new(ppm).ok()).unwrap_or(Ppm::ZERO)
}

/// An observation.
pub(super) fn saw(fact: Fact, value: Value) -> Vec<Observation> {
    vec![Observation { fact, value }]
}
