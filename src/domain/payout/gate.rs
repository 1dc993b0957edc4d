//! What must be so before anything is computed: version, cover sheet, voids, tests, papers, suspension.
//!
//! **Invariant:** every test is made, also after a failure, so that all reasons are known at once.

use super::case::When;
use super::observe::{date, span_end};
use super::outcome::{ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Evidence, Observation, Truth, Value};
use crate::domain::money::Fen;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{DocumentGate, Group, GroupState, Otherwise, VoidEffect};
use crate::domain::rulebook::{Document, Name, Open, Rulebook, Stage, Test, VoidGround};

/// Makes every test of the stage.
pub(super) fn gate(run: &mut Run<'_>, in_force: Option<&Rulebook>) {
    version(run);
    cover_sheet(run);
    contradictions(run);
    closed(run);
    let mut evidence = Evidence::default();
    voids(run, &mut evidence);
    let book = run.book;
    let later = in_force.filter(|_| run.case.claim.is_some());
    for test in &book.tests {
        if later.is_none() || !book.head.retest.contains(&test.group) {
            make_test(run, test, &mut evidence);
        }
    }
    if let Some(later) = later {
        for test in later.tests.iter().filter(|test| book.head.retest.contains(&test.group)) {
            let named = [("rulebook", Value::Name(Name::from(later.name())))];
            run.step(StepKind::Retested, Cited::clause(&test.id, &test.origin), &named, &[], None);
            make_test(run, test, &mut evidence);
        }
    }
    for document in &book.documents {
        paper(run, document, &mut evidence);
    }
    suspension(run);
}

/// The day that picks the version lies in its validity.
fn version(run: &mut Run<'_>) {
    let book = run.book;
    let head = &book.head;
    let cited = Cited::section("rulebook", &head.origin);
    let (Some(governs), Some(from), Some(to)) =
        (head.governs.known(), head.effective_from.known(), head.effective_to.known())
    else {
        run.hold(ReasonCode::VersionUnknown, cited, &[]);
        return;
    };
    let Some(When::On(governed)) = date(run.case, *governs) else {
        run.hold_for(ReasonCode::VersionUnknown, cited, governs.fact());
        return;
    };
    let seen = [Observation { fact: governs.fact(), value: Value::Day(governed) }];
    let repealed = head.repealed_from.is_some_and(|from| governed >= from);
    if governed < *from || governed > *to || repealed {
        run.reject(ReasonCode::NotGoverned, cited, &seen);
    }
    if run.traces() {
        let inputs =
            [("rulebook", Value::Name(Name::from(book.name()))), ("from", Value::Day(*from)), ("to", Value::Day(*to))];
        run.step(StepKind::Version, cited, &inputs, &seen, None);
    }
}

/// A group that decides over payouts must be fully known; a measure without sharing pays nothing loan by loan.
fn cover_sheet(run: &mut Run<'_>) {
    let book = run.book;
    for answer in &book.groups {
        let cited = Cited::section(answer.group.code(), &answer.origin);
        match answer.state {
            GroupState::Unknown | GroupState::Partly if answer.group.gates_payout() => {
                run.hold(ReasonCode::ClauseUnknown, cited, &[]);
            }
            GroupState::None if answer.group == Group::Sharing && book.portfolio.is_some() => {
                run.hold(ReasonCode::SettledAtYearEnd, cited, &[]);
            }
            GroupState::None if answer.group == Group::Sharing => run.reject(ReasonCode::NoSharing, cited, &[]),
            _ => (),
        }
    }
}

/// Amounts that cannot all be true hold the case instead of being computed with.
fn contradictions(run: &mut Run<'_>) {
    let cited = Cited::section("case", &run.book.head.origin);
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

/// A scheme that has closed takes no new loans, and covers old ones only as long as it says.
fn closed(run: &mut Run<'_>) {
    let book = run.book;
    let Some(closeout) = book.closeout.as_ref() else {
        return;
    };
    let Open::Known(Some(last)) = closeout.no_new_loans_after else {
        return;
    };
    let cited = Cited::section("closeout", &closeout.origin);
    match run.case.loan.registered_on {
        Some(When::On(registered)) if registered > last => {
            let seen = [Observation { fact: Fact::LoanRegisteredOn, value: Value::Day(registered) }];
            run.reject(ReasonCode::SchemeClosed, cited, &seen);
        }
        None if run.case.on > last => run.hold_for(ReasonCode::FactUnknown, cited, Fact::LoanRegisteredOn),
        _ => (),
    }
    let filed = run.case.claim.as_ref().and_then(|claim| claim.filed_on);
    let (Some(When::On(filed)), Some(When::On(matures)), Some(Open::Known(run_off))) =
        (filed, run.case.loan.matures_on, closeout.run_off)
    else {
        return;
    };
    let over = span_end(run.scene.calendar, matures, run_off).is_ok_and(|end| filed > end);
    if filed > last && over {
        let seen = [Observation { fact: Fact::ClaimFiledOn, value: Value::Day(filed) }];
        run.reject(ReasonCode::SchemeClosed, cited, &seen);
    }
}

/// What voids cover, where the case itself shows it.
fn voids(run: &mut Run<'_>, evidence: &mut Evidence) {
    let book = run.book;
    for void in &book.voids {
        let VoidGround::When(when) = &void.ground else {
            continue;
        };
        let cited = Cited::clause(&void.id, &void.origin);
        match run.judge(when, evidence) {
            Truth::True => {
                let only_refunds = void.effect.known().is_some_and(|effects| *effects == [VoidEffect::Refund]);
                if only_refunds {
                    run.note(ReasonCode::CoverVoid, cited, &evidence.seen);
                } else {
                    run.reject(ReasonCode::CoverVoid, cited, &evidence.seen);
                }
                run.step(StepKind::TestFailed, cited, &[], &evidence.seen, None);
            }
            Truth::False => run.step(StepKind::TestPassed, cited, &[], &evidence.seen, None),
            Truth::Unknown => {
                run.hold_for_missing(cited, &evidence.missing);
                run.step(StepKind::TestUnknown, cited, &[], &evidence.seen, None);
            }
        }
    }
}

/// One test. It holds when it does not apply or what it requires is so.
fn make_test(run: &mut Run<'_>, test: &Test, evidence: &mut Evidence) {
    let cited = Cited::clause(&test.id, &test.origin);
    if test.stage == Stage::Claim && run.case.claim.is_none() {
        run.step(StepKind::NotYet, cited, &[], &[], None);
        return;
    }
    evidence.clear();
    let mut either = evidence.any();
    let applies = run.judge_also(&test.when, evidence);
    if applies == Truth::False {
        run.step(StepKind::TestSkipped, cited, &[], &evidence.seen, None);
        return;
    }
    either.take(applies.negated());
    either.take(run.judge_also(&test.require, evidence));
    let truth = either.done(evidence);
    decide(run, test, cited, truth, evidence);
}

fn decide(run: &mut Run<'_>, test: &Test, cited: Cited<'_>, truth: Truth, evidence: &Evidence) {
    let code = test.code.unwrap_or(ReasonCode::TestFailed);
    match truth {
        Truth::True => run.step(StepKind::TestPassed, cited, &[], &evidence.seen, None),
        Truth::False => match test.otherwise {
            Open::Known(Otherwise::Note) => {
                run.note(code, cited, &evidence.seen);
                run.step(StepKind::TestNoted, cited, &[], &evidence.seen, None);
            }
            Open::Known(Otherwise::Reject) => {
                run.step(StepKind::TestFailed, cited, &[], &evidence.seen, None);
                run.reject(code, cited, &evidence.seen);
            }
            Open::Known(Otherwise::Hold) => {
                run.step(StepKind::TestFailed, cited, &[], &evidence.seen, None);
                run.hold(code, cited, &evidence.seen);
            }
            Open::Unknown => {
                run.step(StepKind::TestFailed, cited, &[], &evidence.seen, None);
                run.hold(ReasonCode::ClauseUnknown, cited, &evidence.seen);
            }
        },
        Truth::Unknown => {
            run.step(StepKind::TestUnknown, cited, &[], &evidence.seen, None);
            if test.otherwise != Open::Known(Otherwise::Note) {
                run.hold_for_missing(cited, &evidence.missing);
            }
        }
    }
}

/// One needed paper.
fn paper(run: &mut Run<'_>, document: &Document, evidence: &mut Evidence) {
    if document.gate == DocumentGate::Approve {
        return;
    }
    let cited = Cited::named(&document.id, &document.name, &document.origin);
    let Some(claim) = run.case.claim.as_ref() else {
        run.step(StepKind::NotYet, cited, &[], &[], None);
        return;
    };
    match run.judge(&document.when, evidence) {
        Truth::False => return,
        Truth::Unknown => {
            run.hold_for_missing(cited, &evidence.missing);
            return;
        }
        Truth::True => (),
    }
    let Some(there) = claim.documents.as_ref() else {
        run.hold_for(ReasonCode::FactUnknown, cited, Fact::ClaimDocuments);
        return;
    };
    if document.any_of.iter().any(|code| there.iter().any(|word| word == code.code())) {
        run.step(StepKind::DocumentThere, cited, &[], &[], None);
    } else {
        run.step(StepKind::DocumentMissing, cited, &[], &[], None);
        run.hold(document.code.unwrap_or(ReasonCode::DocumentMissing), cited, &[]);
    }
}

/// A bank whose payouts are suspended waits with its claims.
fn suspension(run: &mut Run<'_>) {
    if run.case.claim.is_some() && run.case.bank.suspended == Some(true) {
        let seen = [Observation { fact: Fact::BankSuspended, value: Value::Flag(true) }];
        let cited = Cited::section("bank", &run.book.head.origin);
        run.hold(ReasonCode::BankSuspended, cited, &seen);
    }
}
