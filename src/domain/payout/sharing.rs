//! Who bears which part: the first rule that applies, additions, ceiling, and the split itself.
//!
//! **Invariant:** the ratio always sums to 100 %; an addition takes from the bearer exactly what it gives.

use super::judge::judge;
use super::outcome::{ReasonCode, StepKind};
use super::run::{Cited, Run};
use super::truth::{Truth, Value, Verdict};
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::vocabulary::NoMatch;
use crate::domain::rulebook::{Bonus, SharingRule};
use crate::domain::split::{amount_of, split};

/// A ratio in tie order.
type Ratio = Vec<(String, Ppm)>;

/// How a sum was divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Division {
    /// The fund's part of the ratio.
    pub rate: Ppm,
    /// Each party's part, in the order of the rulebook.
    pub shares: Vec<(String, Fen)>,
    /// Who carries what limits cut.
    pub bearer: String,
}

/// What could be said of the sharing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shared {
    /// Nothing.
    Unknown,
    /// One answer.
    Known(Division),
    /// Several answers, depending on what is not known; this is the most the fund may have to bear.
    Ambiguous(Fen),
}

/// Divides `sum` under the rule that applies.
pub(super) fn share(run: &mut Run<'_>, sum: Fen) -> Shared {
    let Some(rule) = applicable(run) else {
        return Shared::Unknown;
    };
    let cited = Cited { id: &rule.id, origin: &rule.origin };
    let base = rate_of(&rule.shares, &run.book.fund);
    run.step(StepKind::BaseRate, cited, vec![("rate", Value::Rate(base))], &[], None);
    let (certain, unknown) = additions(run, rule);
    let mut divisions: Vec<Division> = Vec::new();
    for ratio in ratios(run, rule, &certain, &unknown) {
        let Some(division) = divide(run, rule, &ratio, sum) else {
            return Shared::Unknown;
        };
        if divisions.iter().all(|known| known.shares != division.shares) {
            divisions.push(division);
        }
    }
    if divisions.len() > 1 {
        return ambiguous(run, &divisions, &unknown);
    }
    match divisions.pop() {
        Some(division) => {
            written(run, cited, &division);
            Shared::Known(division)
        }
        None => Shared::Unknown,
    }
}

/// The first rule that applies; an unknown before it stops the search.
fn applicable<'a>(run: &mut Run<'a>) -> Option<&'a SharingRule> {
    let sharing = &run.book.sharing;
    for rule in &sharing.rules {
        let verdict = judge(&rule.when, run.case);
        match verdict.truth {
            Truth::True => return Some(rule),
            Truth::False => (),
            Truth::Unknown => {
                run.hold_for_missing(Cited { id: &rule.id, origin: &rule.origin }, &verdict);
                return None;
            }
        }
    }
    let cited = Cited { id: "sharing", origin: &sharing.origin };
    match sharing.no_match {
        NoMatch::Reject => run.reject(ReasonCode::NoRule, cited, &[]),
        NoMatch::Hold => run.hold(ReasonCode::NoRule, cited, &[]),
    }
    None
}

/// The additions that hold, and those that cannot be answered, with what is missing.
fn additions<'a>(run: &mut Run<'a>, rule: &SharingRule) -> (Vec<&'a Bonus>, Vec<(&'a Bonus, Verdict)>) {
    let mut certain = Vec::new();
    let mut unknown = Vec::new();
    for bonus in run.book.sharing.bonuses.iter().filter(|bonus| bonus.rules.contains(&rule.id)) {
        let verdict = judge(&bonus.when, run.case);
        let kind = match verdict.truth {
            Truth::True => StepKind::Bonus,
            Truth::False => StepKind::BonusOff,
            Truth::Unknown => StepKind::BonusUnknown,
        };
        let inputs = vec![("points", Value::Points(bonus.points))];
        run.step(kind, Cited { id: &bonus.id, origin: &bonus.origin }, inputs, &verdict.seen, None);
        match verdict.truth {
            Truth::True => certain.push(bonus),
            Truth::False => (),
            Truth::Unknown => unknown.push((bonus, verdict)),
        }
    }
    (certain, unknown)
}

/// Every ratio that is possible, whichever of the unknown additions hold.
fn ratios(run: &Run<'_>, rule: &SharingRule, certain: &[&Bonus], unknown: &[(&Bonus, Verdict)]) -> Vec<Ratio> {
    let mut sets: Vec<Vec<&Bonus>> = vec![certain.to_vec()];
    for (bonus, _) in unknown {
        let with: Vec<Vec<&Bonus>> = sets.iter().map(|set| set.iter().copied().chain([*bonus]).collect()).collect();
        sets.extend(with);
    }
    let mut ratios: Vec<Ratio> = Vec::new();
    for set in sets {
        let ratio = raised(run, rule, &set);
        if !ratios.contains(&ratio) {
            ratios.push(ratio);
        }
    }
    ratios
}

/// The ratio of `rule` with `bonuses` added: for each party the sum of its points, of one `once` set only the
/// largest, not above the ceiling and not more than the bearer has.
fn raised(run: &Run<'_>, rule: &SharingRule, bonuses: &[&Bonus]) -> Ratio {
    let mut ratio = rule.shares.clone();
    for party in run.book.parties.iter().map(|party| &party.id).filter(|party| **party != rule.bearer) {
        let own: Vec<&Bonus> = bonuses.iter().copied().filter(|bonus| bonus.to == *party).collect();
        let room = rate_of(&ratio, &rule.bearer);
        let before = rate_of(&ratio, party);
        let added = points(&own).min(room).min(below_ceiling(run, rule, party, before));
        for (name, rate) in &mut ratio {
            if name == party {
                *rate = rate.checked_add(added).unwrap_or(*rate);
            } else if *name == rule.bearer {
                *rate = rate.saturating_sub(added);
            }
        }
    }
    ratio
}

/// The points of one party: all without a set, and of each set the largest.
fn points(bonuses: &[&Bonus]) -> Ppm {
    let counts = |place: usize, bonus: &Bonus| {
        bonus.once.is_none()
            || bonuses.iter().enumerate().all(|(other_place, other)| {
                other.once != bonus.once
                    || other.points < bonus.points
                    || (other.points == bonus.points && other_place >= place)
            })
    };
    let counted = bonuses.iter().enumerate().filter(|(place, bonus)| counts(*place, bonus));
    let sum = counted.fold(0_i64, |sum, (_, bonus)| sum.saturating_add(bonus.points.get()));
    Ppm::try_new(sum).unwrap_or(Ppm::ZERO)
}

/// How much a ceiling leaves above `rate`; a rate already above it is not lowered.
fn below_ceiling(run: &Run<'_>, rule: &SharingRule, party: &str, rate: Ppm) -> Ppm {
    match run.book.sharing.ceiling.as_ref() {
        Some(ceiling) if ceiling.party == party && ceiling.rules.contains(&rule.id) => {
            ceiling.rate.saturating_sub(rate)
        }
        _ => Ppm::ONE,
    }
}

/// Divides `sum` in `ratio`.
fn divide(run: &mut Run<'_>, rule: &SharingRule, ratio: &Ratio, sum: Fen) -> Option<Division> {
    let cited = Cited { id: &rule.id, origin: &rule.origin };
    let weights: Vec<(String, i128)> =
        ratio.iter().map(|(party, rate)| (party.clone(), i128::from(rate.get()))).collect();
    let parts = run.fits(cited, split(sum, &weights, run.book.sharing.rounding))?;
    let shares = run.book.parties.iter();
    let shares = shares.filter_map(|party| amount_of(&parts, &party.id).map(|fen| (party.id.clone(), fen))).collect();
    Some(Division { rate: rate_of(ratio, &run.book.fund), shares, bearer: rule.bearer.clone() })
}

/// Writes the one answer into the trace.
fn written(run: &mut Run<'_>, cited: Cited<'_>, division: &Division) {
    let ceiling = run.book.sharing.ceiling.as_ref();
    let ceiling =
        ceiling.filter(|ceiling| ceiling.party == run.book.fund && ceiling.rules.iter().any(|r| r == cited.id));
    let rate_cited = ceiling.map_or(cited, |ceiling| Cited { id: cited.id, origin: &ceiling.origin });
    run.step(StepKind::Rate, rate_cited, vec![("rate", Value::Rate(division.rate))], &[], None);
    let book = run.book;
    for (id, part) in &division.shares {
        let kind = book.parties.iter().find(|party| party.id == *id).map(|party| Value::Word(party.kind.code()));
        let inputs = std::iter::once(("party", Value::Name(id.clone()))).chain(kind.map(|kind| ("kind", kind)));
        run.step(StepKind::Sharing, cited, inputs.collect(), &[], Some(*part));
    }
}

/// Waits for what would settle the answer and lists what it may be.
fn ambiguous(run: &mut Run<'_>, divisions: &[Division], unknown: &[(&Bonus, Verdict)]) -> Shared {
    let fund = run.book.fund.clone();
    let mut most = Fen::ZERO;
    for division in divisions {
        let cited = Cited { id: "sharing", origin: &run.book.sharing.origin };
        let part = amount_of(&division.shares, &fund).unwrap_or(Fen::ZERO);
        run.step(StepKind::Alternative, cited, vec![("rate", Value::Rate(division.rate))], &[], Some(part));
        most = most.max(part);
    }
    for (bonus, verdict) in unknown {
        run.hold_for_missing(Cited { id: &bonus.id, origin: &bonus.origin }, verdict);
    }
    Shared::Ambiguous(most)
}

fn rate_of(ratio: &Ratio, party: &str) -> Ppm {
    ratio.iter().find(|(name, _)| name == party).map_or(Ppm::ZERO, |(_, rate)| *rate)
}
