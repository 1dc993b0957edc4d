//! The evaluation itself, in the fixed order: gate, breakers, loss, sharing, limits, timing, decision.
//!
//! **Invariant:** every step is made, also after a failure, so that all reasons are known at once; only
//! arithmetic that lacks a number stops.

use super::Rules;
use super::breakers::breakers;
use super::case::Case;
use super::gate::gate;
use super::limits::{Claimed, Limited, limited};
use super::loss::{Counted, counted};
use super::outcome::{CapStep, Decision, Outcome, StepKind};
use super::run::{Cited, Run};
use super::sharing::{Division, Shared, share};
use super::timing::{Paid, due};
use super::truth::Value;
use crate::domain::money::Fen;
use crate::domain::rulebook::{Name, Origin, PartyIx, Rulebook};
use crate::domain::split::{binding, carried, split};

/// What the rules make of `case`. Without a claim the case is an enrolment test.
#[must_use]
pub fn evaluate(rules: &Rules<'_>, case: &Case) -> Outcome {
    let mut run = Run::new(rules, case);
    gate(&mut run, rules.in_force);
    breakers(&mut run);
    let counted = counted(&mut run);
    let sum = if case.claim.is_some() { counted.base } else { counted.eligible };
    let shared = sum.map_or(Shared::Unknown, |sum| share(&mut run, sum));
    let limited = match (&shared, case.claim.as_ref().and(counted.base)) {
        (Shared::Known(division), Some(loss)) => {
            let claimed = Claimed { share: division.part(run.book.fund), loss, division: Some(division) };
            Some(limited(&mut run, claimed))
        }
        (Shared::Ambiguous(most), Some(loss)) => {
            Some(limited(&mut run, Claimed { share: *most, loss, division: None }))
        }
        _ => None,
    };
    run.hold_for_readings();
    conclude(run, counted, shared, limited)
}

/// Reject before hold before a provisional payment before pay, and who carries what.
fn conclude(mut run: Run<'_>, counted: Counted, shared: Shared, limited: Option<Limited>) -> Outcome {
    let amount = limited.as_ref().map_or(Fen::ZERO, |limited| limited.amount);
    let paid = match counted.base.filter(|_| limited.is_some()) {
        Some(loss) => due(&mut run, amount, loss),
        None => Paid::Final,
    };
    let division = match shared {
        Shared::Known(division) => Some(division),
        Shared::Unknown | Shared::Ambiguous(_) => None,
    };
    let decision = decided(&run, paid);
    let mut outcome = concluded(run, decision, counted.base, division, limited);
    outcome.eligible = counted.eligible;
    if let (Paid::Provisional(part), Decision::PayProvisional) = (paid, decision) {
        outcome.provisional = part;
    }
    outcome
}

/// The outcome of a decision: what is paid, and who carries what.
pub(super) fn concluded(
    mut run: Run<'_>,
    decision: Decision,
    loss_base: Option<Fen>,
    division: Option<Division>,
    limited: Option<Limited>,
) -> Outcome {
    let amount = limited.as_ref().map_or(Fen::ZERO, |limited| limited.amount);
    let pays = matches!(decision, Decision::Pay | Decision::PayProvisional);
    let payout = if pays { amount } else { Fen::ZERO };
    if pays {
        let none = Origin::NONE;
        let origin = run.book.timing.as_ref().map_or(&none, |timing| &timing.origin);
        run.step(StepKind::Payout, Cited::section("timing", origin), &[], &[], Some(payout));
    }
    let (book, claimed, held) = (run.book, run.case.claim.is_some(), decision == Decision::Hold);
    let borne = division.as_ref().filter(|_| claimed).and_then(|division| borne(book, division, payout));
    if let Some(borne) = borne.as_deref().filter(|_| pays) {
        inner(&mut run, borne);
    }
    let share = division.as_ref().map(|division| division.part(book.fund));
    let caps = limited.as_ref().filter(|_| division.is_some()).map(|limited| limited.caps.clone());
    let binding = match (decision, share, caps.as_deref()) {
        (Decision::Reject, ..) => Vec::new(),
        (_, Some(share), Some(caps)) => binding(&named(caps), share, amount),
        _ => Vec::new(),
    };
    Outcome {
        case: run.case.case.clone(),
        decision,
        reasons: run.reasons,
        notes: run.notes,
        eligible: None,
        loss_base,
        fund_rate: division.as_ref().map(|division| division.rate),
        shares: division.map(|division| ids(book, &division.shares)),
        caps,
        payout,
        provisional: Fen::ZERO,
        held: limited.filter(|_| held).map(|limited| limited.most),
        borne: borne.map(|borne| ids(book, &borne)),
        binding,
        trace: run.trace,
    }
}

fn decided(run: &Run<'_>, paid: Paid) -> Decision {
    match (run.rejected, run.waiting, run.case.claim.is_some()) {
        (true, _, true) => Decision::Reject,
        (true, _, false) => Decision::NoCover,
        (false, true, _) => Decision::Hold,
        (false, false, true) if paid != Paid::Final => Decision::PayProvisional,
        (false, false, true) => Decision::Pay,
        (false, false, false) => Decision::Cover,
    }
}

/// What each party carries after the payout: what the limits cut goes to the bearer.
fn borne(book: &Rulebook, division: &Division, payout: Fen) -> Option<Vec<(PartyIx, Fen)>> {
    let Some(fund) = book.fund.filter(|fund| division.shares.iter().any(|(party, _)| party == fund)) else {
        return Some(division.shares.clone());
    };
    carried(&division.shares, &fund, &division.bearer?, payout).ok()
}

/// Writes how a group divides its part among its members, where the measure says.
fn inner(run: &mut Run<'_>, borne: &[(PartyIx, Fen)]) {
    let book = run.book;
    if !run.traces() {
        return;
    }
    for (place, amount) in borne {
        let party = book.party(*place);
        let Some(Some(ratio)) = party.group.as_ref().and_then(|group| group.inner.known()) else {
            continue;
        };
        let weights: Vec<(Name, i128)> =
            ratio.iter().map(|(member, rate)| (member.clone(), i128::from(rate.get()))).collect();
        let cited = Cited::clause(&party.id, &party.origin);
        for (member, part) in
            split(*amount, &weights, crate::domain::split::Rounding::LargestRemainder).unwrap_or_default()
        {
            run.step(StepKind::Inner, cited, &[("party", Value::Name(member))], &[], Some(part));
        }
    }
}

fn ids(book: &Rulebook, parts: &[(PartyIx, Fen)]) -> Vec<(Name, Fen)> {
    parts.iter().map(|(party, fen)| (book.party(*party).id.clone(), *fen)).collect()
}

fn named(caps: &[CapStep]) -> Vec<(String, Fen)> {
    caps.iter().map(|cap| (cap.cap.code().to_owned(), cap.limit)).collect()
}
