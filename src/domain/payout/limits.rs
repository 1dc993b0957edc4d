//! The limits on a payout, in the order of the rulebook.
//!
//! **Invariant:** the amount never rises on its way through the limits and never exceeds what one leaves.

use super::judge::judge;
use super::outcome::{CapStep, ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Observation, Truth, Value};
use crate::domain::money::Fen;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::{Cap, CapLimit};

/// An amount after its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limited {
    /// The limits as applied.
    pub caps: Vec<CapStep>,
    /// What they leave.
    pub amount: Fen,
    /// The most that may become payable: without the limits that are not known, and without the balance of a
    /// fund that has run dry, because such a claim waits with its whole amount.
    pub most: Fen,
}

/// Applies every limit to `share`.
pub(super) fn limited(run: &mut Run<'_>, share: Fen) -> Limited {
    let mut result = Limited { caps: Vec::new(), amount: share, most: share };
    let book = run.book;
    for cap in &book.caps {
        let cited = Cited { id: &cap.id, origin: &cap.origin };
        let verdict = judge(&cap.when, run.case);
        match verdict.truth {
            Truth::False => continue,
            Truth::Unknown => {
                run.hold_for_missing(cited, &verdict);
                run.step(StepKind::CapUnknown, cited, kind_of(cap), &verdict.seen, None);
                continue;
            }
            Truth::True => (),
        }
        match room(run, cap.limit) {
            Ok((room, seen)) => apply(run, cap, room, &seen, &mut result),
            Err(missing) => {
                run.hold_for(ReasonCode::FactUnknown, cited, missing);
                run.step(StepKind::CapUnknown, cited, kind_of(cap), &[], None);
            }
        }
    }
    result
}

/// Applies one limit that leaves `room`.
fn apply(run: &mut Run<'_>, cap: &Cap, room: Fen, seen: &[Observation], result: &mut Limited) {
    let cited = Cited { id: &cap.id, origin: &cap.origin };
    let before = result.amount;
    let after = before.min(room);
    result.amount = after;
    result.caps.push(CapStep { cap: cap.limit.kind(), limit: room, before, after });
    let mut inputs = kind_of(cap);
    inputs.extend([("limit", Value::Money(room)), ("before", Value::Money(before))]);
    run.step(StepKind::Cap, cited, inputs, seen, Some(after));
    if cap.limit != CapLimit::FundBalance {
        result.most = result.most.min(room);
        return;
    }
    let queue = Cited { id: "timing", origin: &run.book.timing.origin };
    if after == Fen::ZERO && before > Fen::ZERO {
        run.hold(ReasonCode::FundShort, queue, seen);
        return;
    }
    result.most = result.most.min(room);
    if after < before {
        let inputs = vec![("paid", Value::Money(after))];
        run.step(StepKind::Deferred, queue, inputs, &[], Some(before.saturating_sub(after)));
    }
}

/// What a limit leaves: its amount less what is used of it.
fn room(run: &Run<'_>, limit: CapLimit) -> Result<(Fen, Vec<Observation>), Fact> {
    let case = run.case;
    let less = |limit: Fen, fact: Fact, used: Option<Fen>| {
        let used = used.ok_or(fact)?;
        Ok((limit.saturating_sub(used), vec![Observation { fact, value: Value::Money(used) }]))
    };
    match limit {
        CapLimit::PerLoan(limit) => Ok((limit, Vec::new())),
        CapLimit::PerBorrowerLife(limit) => less(limit, Fact::BorrowerPaidToDate, case.borrower.paid_to_date),
        CapLimit::PerBankYear(limit) => less(limit, Fact::BankPaidThisYear, case.bank.paid_this_year),
        CapLimit::FundBalance => {
            let balance = case.fund.balance.ok_or(Fact::FundBalance)?;
            let floor = case.fund.floor.unwrap_or(run.book.sources.floor);
            let seen = vec![Observation { fact: Fact::FundBalance, value: Value::Money(balance) }];
            Ok((balance.saturating_sub(floor), seen))
        }
    }
}

fn kind_of(cap: &Cap) -> Vec<(&'static str, Value)> {
    vec![("cap", Value::Word(cap.limit.kind().code()))]
}
