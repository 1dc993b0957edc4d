//! When the money is paid: in full, or provisionally until the loss is final.
//!
//! **Invariant:** a provisional payment is never above what is payable.

use super::case::When;
use super::observe::day;
use super::outcome::StepKind;
use super::run::{Cited, Run};
use super::truth::Value;
use crate::domain::money::Fen;
use crate::domain::rulebook::vocabulary::AdvanceOf;
use crate::domain::rulebook::{Open, Provisional};
use crate::domain::split::SplitError;

/// What is paid now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paid {
    /// All of it.
    Final,
    /// This much; the rest later.
    Provisional(Fen),
}

/// What of `amount` is paid now.
pub(super) fn due(run: &mut Run<'_>, amount: Fen, loss: Fen) -> Paid {
    let Some(timing) = run.book.timing.as_ref() else {
        return Paid::Final;
    };
    let cited = Cited::section("timing", &timing.origin);
    if !timing.mode_known {
        run.stated::<bool>(cited, &Open::Unknown);
        return Paid::Final;
    }
    let Some(provisional) = timing.provisional else {
        return Paid::Final;
    };
    let Some(settle_on) = run.stated(cited, &provisional.settle_on) else {
        return Paid::Final;
    };
    match run.need(cited, settle_on.fact(), day(run.book, run.case, settle_on)) {
        Some(when) if when <= When::On(run.case.on) => settle(run, cited, amount),
        Some(_) => advance(run, cited, provisional, amount, loss),
        None => Paid::Final,
    }
}

/// The part that is paid before the loss is final.
fn advance(run: &mut Run<'_>, cited: Cited<'_>, provisional: Provisional, amount: Fen, loss: Fen) -> Paid {
    let rate = run.stated(cited, &provisional.advance);
    let of = run.stated(cited, &provisional.of);
    let Some((rate, of)) = rate.zip(of) else {
        return Paid::Final;
    };
    let base = match of {
        AdvanceOf::Payout => amount,
        AdvanceOf::LossBase => loss,
    };
    let Some(part) = run.fits(cited, base.part_floor(rate).map_err(SplitError::from)) else {
        return Paid::Final;
    };
    let paid = part.min(amount);
    run.step(StepKind::Provisional, cited, &[("rate", Value::Rate(rate))], &[], Some(paid));
    Paid::Provisional(paid)
}

/// The final amount against what was paid before: the rest is paid, or what was too much is given back.
fn settle(run: &mut Run<'_>, cited: Cited<'_>, amount: Fen) -> Paid {
    let fact = crate::domain::rulebook::fact::Fact::ClaimAdvancePaid;
    let before = run.case.claim.as_ref().and_then(|claim| claim.advance_paid);
    if let Some(before) = run.need(cited, fact, before) {
        let (kind, rest) = if before > amount {
            (StepKind::ClawBack, before.saturating_sub(amount))
        } else {
            (StepKind::Advance, amount.saturating_sub(before))
        };
        run.step(kind, cited, &[("before", Value::Money(before))], &[], Some(rest));
    }
    Paid::Final
}
