//! The evaluation itself, in the fixed order: version, cover sheet, tests, loss, sharing, limits, decision.
//!
//! **Invariant:** every step is made, also after a failure, so that all reasons are known at once; only
//! arithmetic that lacks a number stops.

use super::case::{Case, When};
use super::judge::judge;
use super::limits::{Limited, limited};
use super::loss::{Counted, counted};
use super::observe::day;
use super::outcome::{CapStep, Decision, Outcome, ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::sharing::{Shared, share};
use super::truth::{Observation, Truth, Value, Verdict};
use crate::domain::money::Fen;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{GroupState, Otherwise};
use crate::domain::rulebook::{Rulebook, Stage, Test};
use crate::domain::split::{amount_of, binding, carried};

/// What `book` makes of `case`. Without a claim the case is an enrolment test.
#[must_use]
pub fn evaluate(book: &Rulebook, case: &Case) -> Outcome {
    let mut run = Run::new(book, case);
    version(&mut run);
    cover_sheet(&mut run);
    contradictions(&mut run);
    for test in &book.tests {
        make_test(&mut run, test);
    }
    suspension(&mut run);
    let counted = counted(&mut run);
    let sum = if case.claim.is_some() { counted.base } else { counted.eligible };
    let shared = sum.map_or(Shared::Unknown, |sum| share(&mut run, sum));
    let limited = match (&shared, case.claim.is_some()) {
        (_, false) | (Shared::Unknown, true) => None,
        (Shared::Known(division), true) => {
            let part = amount_of(&division.shares, &book.fund).unwrap_or(Fen::ZERO);
            Some(limited(&mut run, part))
        }
        (Shared::Ambiguous(most), true) => Some(limited(&mut run, *most)),
    };
    conclude(run, counted, shared, limited)
}

/// Step 1: the day that picks the version lies in its validity.
fn version(run: &mut Run<'_>) {
    let head = &run.book.head;
    let cited = Cited { id: "rulebook", origin: &head.origin };
    let Some(When::On(governed)) = day(run.case, head.governs) else {
        run.hold_for(ReasonCode::VersionUnknown, cited, head.governs.fact());
        return;
    };
    let seen = [Observation { fact: head.governs.fact(), value: Value::Day(governed) }];
    let repealed = head.repealed_from.is_some_and(|from| governed >= from);
    if governed < head.effective_from || governed > head.effective_to || repealed {
        run.reject(ReasonCode::NotGoverned, cited, &seen);
    }
    let inputs = vec![
        ("rulebook", Value::Name(run.book.name())),
        ("from", Value::Day(head.effective_from)),
        ("to", Value::Day(head.effective_to)),
    ];
    run.step(StepKind::Version, cited, inputs, &seen, None);
}

/// Step 2: a group that decides over payouts must be fully known.
fn cover_sheet(run: &mut Run<'_>) {
    let book = run.book;
    for answer in &book.groups {
        let open = matches!(answer.state, GroupState::Unknown | GroupState::Partly);
        if open && answer.group.gates_payout() {
            let cited = Cited { id: answer.group.code(), origin: &answer.origin };
            run.hold(ReasonCode::ClauseUnknown, cited, &[]);
        }
    }
}

/// Amounts that cannot all be true hold the case instead of being computed with.
fn contradictions(run: &mut Run<'_>) {
    let cited = Cited { id: "case", origin: &run.book.head.origin };
    let principal = run.case.loan.principal;
    let outstanding = run.case.claim.as_ref().and_then(|claim| claim.principal_outstanding);
    if principal == Fen::ZERO {
        run.hold_for(ReasonCode::FactContradicts, cited, Fact::LoanPrincipal);
    }
    if run.case.loan.ip_amount.is_some_and(|part| part > principal) {
        run.hold_for(ReasonCode::FactContradicts, cited, Fact::LoanIpAmount);
    }
    if outstanding.is_some_and(|unpaid| unpaid > principal) {
        run.hold_for(ReasonCode::FactContradicts, cited, Fact::ClaimPrincipalOutstanding);
    }
}

/// Step 3: one test. It holds when it does not apply or what it requires is so.
fn make_test(run: &mut Run<'_>, test: &Test) {
    let cited = Cited { id: &test.id, origin: &test.origin };
    if test.stage == Stage::Claim && run.case.claim.is_none() {
        run.step(StepKind::NotYet, cited, Vec::new(), &[], None);
        return;
    }
    let applies = judge(&test.when, run.case);
    if applies.truth == Truth::False {
        run.step(StepKind::TestSkipped, cited, Vec::new(), &applies.seen, None);
        return;
    }
    let verdict = Verdict::any([applies.negated(), judge(&test.require, run.case)]);
    match verdict.truth {
        Truth::True => run.step(StepKind::TestPassed, cited, Vec::new(), &verdict.seen, None),
        Truth::False => {
            run.step(StepKind::TestFailed, cited, Vec::new(), &verdict.seen, None);
            let code = test.code.map_or(ReasonCode::TestFailed, ReasonCode::from);
            match test.otherwise {
                Otherwise::Reject => run.reject(code, cited, &verdict.seen),
                Otherwise::Hold => run.hold(code, cited, &verdict.seen),
                Otherwise::Note => (),
            }
        }
        Truth::Unknown => {
            run.step(StepKind::TestUnknown, cited, Vec::new(), &verdict.seen, None);
            if test.otherwise != Otherwise::Note {
                run.hold_for_missing(cited, &verdict);
            }
        }
    }
}

/// A bank whose payouts are suspended waits with its claims.
fn suspension(run: &mut Run<'_>) {
    if run.case.claim.is_some() && run.case.bank.suspended == Some(true) {
        let seen = [Observation { fact: Fact::BankSuspended, value: Value::Flag(true) }];
        let cited = Cited { id: "bank", origin: &run.book.head.origin };
        run.hold(ReasonCode::BankSuspended, cited, &seen);
    }
}

/// Step 9: reject before hold before pay, and who carries what.
fn conclude(mut run: Run<'_>, counted: Counted, shared: Shared, limited: Option<Limited>) -> Outcome {
    let decision = decided(&run);
    let amount = limited.as_ref().map_or(Fen::ZERO, |limited| limited.amount);
    let payout = if decision == Decision::Pay { amount } else { Fen::ZERO };
    if decision == Decision::Pay {
        let cited = Cited { id: "timing", origin: &run.book.timing.origin };
        run.step(StepKind::Payout, cited, Vec::new(), &[], Some(payout));
    }
    let fund = run.book.fund.clone();
    let division = match shared {
        Shared::Known(division) => Some(division),
        Shared::Unknown | Shared::Ambiguous(_) => None,
    };
    let (claimed, held) = (run.case.claim.is_some(), decision == Decision::Hold);
    let borne = division
        .as_ref()
        .filter(|_| claimed)
        .and_then(|division| carried(&division.shares, &fund, &division.bearer, payout).ok());
    let share = division.as_ref().and_then(|division| amount_of(&division.shares, &fund));
    let caps = limited.as_ref().filter(|_| division.is_some()).map(|limited| limited.caps.clone());
    let binding = match (decision, share, caps.as_deref()) {
        (Decision::Pay | Decision::Hold, Some(share), Some(caps)) => binding(&named(caps), share, amount),
        _ => Vec::new(),
    };
    Outcome {
        case: run.case.case.clone(),
        decision,
        reasons: run.reasons,
        eligible: counted.eligible,
        loss_base: counted.base,
        fund_rate: division.as_ref().map(|division| division.rate),
        shares: division.map(|division| division.shares),
        caps,
        payout,
        provisional: Fen::ZERO,
        held: limited.filter(|_| held).map(|limited| limited.most),
        borne,
        binding,
        trace: run.trace,
    }
}

fn decided(run: &Run<'_>) -> Decision {
    match (run.rejected, run.waiting, run.case.claim.is_some()) {
        (true, _, true) => Decision::Reject,
        (true, _, false) => Decision::NoCover,
        (false, true, _) => Decision::Hold,
        (false, false, true) => Decision::Pay,
        (false, false, false) => Decision::Cover,
    }
}

fn named(caps: &[CapStep]) -> Vec<(String, Fen)> {
    caps.iter().map(|cap| (cap.cap.code().to_owned(), cap.limit)).collect()
}
