//! Breakers: a figure that stops payouts or new loans.
//!
//! **Invariant:** a breaker that the figures free is free at the next evaluation; nothing is remembered here.

use super::case::Case;
use super::observe::{money, rate, share_shown};
use super::outcome::{ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Evidence, Observation, Truth, Value};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::rulebook::condition::{Bound, Comparison};
use crate::domain::rulebook::vocabulary::BreakerEffect;
use crate::domain::rulebook::{Breaker, BreakerFigure, Open};

/// Looks at every breaker that concerns the stage.
pub(super) fn breakers(run: &mut Run<'_>) {
    let book = run.book;
    let mut evidence = Evidence::default();
    for breaker in &book.breakers {
        look(run, breaker, &mut evidence);
    }
}

/// What a breaker's figure says.
enum Figure {
    /// Whether it trips, and whether it should be told.
    Known { tripped: bool, warned: bool, shown: Ppm },
    /// Something is missing.
    Unknown,
}

fn look(run: &mut Run<'_>, breaker: &Breaker, evidence: &mut Evidence) {
    let cited = Cited::clause(&breaker.id, &breaker.origin);
    let Some(effects) = run.stated(cited, &breaker.effect) else {
        return;
    };
    let stops = if run.case.claim.is_some() { BreakerEffect::HoldPayments } else { BreakerEffect::StopNewLoans };
    let notices = effects.contains(&BreakerEffect::Notice);
    if !effects.contains(&stops) && !notices {
        return;
    }
    match run.judge(&breaker.when, evidence) {
        Truth::False => return,
        Truth::Unknown => {
            run.hold_for_missing(cited, &evidence.missing);
            return;
        }
        Truth::True => (),
    }
    let mut seen = Vec::new();
    match figure(run, breaker, cited, &mut seen, notices) {
        Figure::Known { tripped, warned, shown } => {
            let kind = if tripped { StepKind::BreakerTripped } else { StepKind::BreakerClear };
            run.step(kind, cited, &[("value", Value::Rate(shown))], &seen, None);
            if tripped && effects.contains(&stops) {
                run.hold(ReasonCode::Breaker, cited, &seen);
            } else if tripped || warned {
                run.note(ReasonCode::Breaker, cited, &seen);
            }
        }
        Figure::Unknown => run.step(StepKind::BreakerUnknown, cited, &[], &seen, None),
    }
}

/// The figure of a breaker; what is missing holds the case, unless the breaker only tells.
fn figure(
    run: &mut Run<'_>,
    breaker: &Breaker,
    cited: Cited<'_>,
    seen: &mut Vec<Observation>,
    only_told: bool,
) -> Figure {
    let Open::Known(trips) = breaker.trips else {
        run.stated(cited, &breaker.trips);
        return Figure::Unknown;
    };
    match breaker.figure {
        BreakerFigure::Unknown => {
            run.hold(ReasonCode::ClauseUnknown, cited, &[]);
            Figure::Unknown
        }
        BreakerFigure::Value(fact) => match rate(run.case, fact) {
            Some(value) => {
                run.used(fact.fact());
                seen.push(Observation { fact: fact.fact(), value: Value::Rate(value) });
                let against = |bound: Bound<Ppm>| bound.comparison.admits(value.cmp(&bound.limit));
                Figure::Known { tripped: against(trips), warned: breaker.warns.is_some_and(against), shown: value }
            }
            None => {
                if !only_told {
                    run.hold_for(ReasonCode::FactUnknown, cited, fact.fact());
                }
                Figure::Unknown
            }
        },
        BreakerFigure::Ratio(part, whole) => {
            let mut read = |run: &mut Run<'_>, fact: crate::domain::rulebook::fact::MoneyFact| {
                let value = money(run.case, fact);
                match value {
                    Some(fen) => seen.push(Observation { fact: fact.fact(), value: Value::Money(fen) }),
                    None if only_told => (),
                    None => run.hold_for(ReasonCode::FactUnknown, cited, fact.fact()),
                }
                value
            };
            let (part, whole) = (read(run, part), read(run, whole));
            let Some((part, whole)) = part.zip(whole) else {
                return Figure::Unknown;
            };
            let against = |bound: Bound<Ppm>| trips_at(part, whole, bound);
            let shown = share_shown(part, whole);
            Figure::Known { tripped: against(trips), warned: breaker.warns.is_some_and(against), shown }
        }
    }
}

/// A breaker on bare facts, outside any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauge {
    /// It trips.
    pub tripped: bool,
    /// It should be told.
    pub warned: bool,
    /// It is below the bound that is told, or that trips where none is told.
    pub calm: bool,
    /// The figure, rounded down to a millionth.
    pub shown: Ppm,
}

/// What a breaker shows on the facts of a bank and of the fund; none where a fact is missing or the measure leaves the
/// breaker open.
#[must_use]
pub fn gauge(breaker: &Breaker, case: &Case) -> Option<Gauge> {
    let trips = *breaker.trips.known()?;
    let seen = |against: &dyn Fn(Bound<Ppm>) -> bool, shown: Ppm| {
        let (tripped, warned) = (against(trips), breaker.warns.is_some_and(against));
        Gauge { tripped, warned, calm: !tripped && !warned, shown }
    };
    match breaker.figure {
        BreakerFigure::Unknown => None,
        BreakerFigure::Value(fact) => {
            let value = rate(case, fact)?;
            Some(seen(&|bound| bound.comparison.admits(value.cmp(&bound.limit)), value))
        }
        BreakerFigure::Ratio(part, whole) => {
            let (part, whole) = (money(case, part)?, money(case, whole)?);
            Some(seen(&|bound| trips_at(part, whole, bound), share_shown(part, whole)))
        }
    }
}

/// Whether `part ÷ whole` is within the bound, without dividing. Nothing out of nothing is 0 %; something out of
/// nothing is above every bound.
fn trips_at(part: Fen, whole: Fen, bound: Bound<Ppm>) -> bool {
    if whole == Fen::ZERO && part != Fen::ZERO {
        return matches!(bound.comparison, Comparison::AtLeast | Comparison::Over);
    }
    if whole == Fen::ZERO {
        return bound.comparison.admits(Ppm::ZERO.cmp(&bound.limit));
    }
    let left = i128::from(part.get()).saturating_mul(i128::from(PPM_ONE));
    let right = i128::from(whole.get()).saturating_mul(i128::from(bound.limit.get()));
    bound.comparison.admits(left.cmp(&right))
}
