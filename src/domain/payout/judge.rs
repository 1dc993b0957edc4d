//! Whether a condition holds for a case.
//!
//! **Invariant:** an unknown fact never decides: AND with a false is false, OR with a true is true, everything
//! else that needs it is unknown.

use std::cmp::Ordering;

use super::case::{RightFacts, When};
use super::observe::{
    age, count, day, flag, level_facts, money, npl_age, overdue, rate, right_day, set, span_end, word, word_shown,
};
use super::run::Scene;
use super::truth::{Evidence, Missing, Truth, Value};
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::names::Tier;
use crate::domain::rulebook::condition::{
    Bound, Comparison, Condition, DayBound, DayComparison, DayLimit, Leaf, Operand, Quantity, Rank, RightTest, SetTest,
    Span,
};
use crate::domain::rulebook::fact::{DateRef, Fact, LevelIx, MoneyFact, RankFact, RateFact, SetFact, SpanFact};
use crate::domain::rulebook::vocabulary::BorrowerSize;

/// Whether `condition` holds; what was looked at goes into `evidence`.
pub(super) fn judge(condition: &Condition, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    match condition {
        Condition::All(parts) => {
            let mut joined = evidence.all();
            for part in parts {
                joined.take(judge(part, scene, evidence));
            }
            joined.done(evidence)
        }
        Condition::Any(parts) => {
            let mut joined = evidence.any();
            for part in parts {
                joined.take(judge(part, scene, evidence));
            }
            joined.done(evidence)
        }
        Condition::Not(inner) => judge(inner, scene, evidence).negated(),
        Condition::Is { means, .. } => judge(means, scene, evidence),
        Condition::Leaf(leaf) => judge_leaf(leaf, scene, evidence),
        Condition::Unknown => evidence.lacks(Missing::Clause),
    }
}

fn judge_leaf(leaf: &Leaf, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let case = scene.case;
    match leaf {
        Leaf::Money(fact, bounds) => judge_money(fact.fact(), money(case, *fact), bounds, scene, evidence),
        Leaf::Rate(fact, bounds) => judge_rate(*fact, bounds, scene, evidence),
        Leaf::Count(fact, bounds) => match count(case, *fact) {
            Some(number) => {
                evidence.saw(fact.fact(), Value::Count(number));
                bounds.iter().all(|bound| bound.comparison.admits(number.cmp(&bound.limit))).into()
            }
            None => evidence.lacks_fact(fact.fact()),
        },
        Leaf::Span(fact, bounds) => judge_span(*fact, bounds, scene, evidence),
        Leaf::Day(of, bounds) => judge_day(of.fact(), day(scene.book, case, *of), bounds, scene, evidence),
        Leaf::Word(fact, choice) => match (word(case, *fact), word_shown(case, *fact)) {
            (Some(found), Some(shown)) => {
                evidence.saw(fact.fact(), shown);
                choice.holds(found).into()
            }
            _ => evidence.lacks_fact(fact.fact()),
        },
        Leaf::Rank(fact, bounds) => judge_rank(*fact, bounds, scene, evidence),
        Leaf::Flag(fact, wanted) => match flag(case, *fact) {
            Some(found) => {
                evidence.saw(fact.fact(), Value::Flag(found));
                (found == *wanted).into()
            }
            None => evidence.lacks_fact(fact.fact()),
        },
        Leaf::LevelRecognised(level, wanted) => judge_recognised(*level, *wanted, scene, evidence),
        Leaf::LevelPaid(level, bounds) => {
            let paid = match level_facts(scene.book, case, *level) {
                Some(Some(facts)) => facts.paid,
                Some(None) => Some(Fen::ZERO),
                None => None,
            };
            judge_money(Fact::LevelPaid, paid, bounds, scene, evidence)
        }
        Leaf::Set(fact, test) => judge_set(*fact, test, scene, evidence),
        Leaf::Rights(quantity, tests) => judge_rights(*quantity, tests, scene, evidence),
    }
}

fn judge_money(
    fact: Fact,
    value: Option<Fen>,
    bounds: &[Bound<Operand<Fen, MoneyFact>>],
    scene: &Scene<'_>,
    evidence: &mut Evidence,
) -> Truth {
    let Some(value) = value else {
        return evidence.lacks_fact(fact);
    };
    evidence.saw(fact, Value::Money(value));
    let mut joined = evidence.all();
    for bound in bounds {
        let other = |of: MoneyFact| money(scene.case, of).map(|fen| (fen.get(), Value::Money(fen)));
        let limit = scaled_limit(&bound.limit, Fen::get, MoneyFact::fact, other, evidence);
        joined.take(compared(value.get(), limit, bound.comparison));
    }
    joined.done(evidence)
}

fn judge_rate(
    fact: RateFact,
    bounds: &[Bound<Operand<Ppm, RateFact>>],
    scene: &Scene<'_>,
    evidence: &mut Evidence,
) -> Truth {
    let Some(shown) = rate(scene.case, fact) else {
        return evidence.lacks_fact(if fact == RateFact::LoanIpShare { Fact::LoanIpAmount } else { fact.fact() });
    };
    evidence.saw(fact.fact(), Value::Rate(shown));
    let mut joined = evidence.all();
    for bound in bounds {
        let truth = match (fact, bound.limit) {
            (RateFact::LoanIpShare, Operand::Constant(limit)) => {
                let part = scene.case.loan.ip_amount.map_or(0, Fen::get);
                let left = product(part, PPM_ONE);
                let right = product(scene.case.loan.principal.get(), limit.get());
                bound.comparison.admits(left.cmp(&right)).into()
            }
            _ => {
                let other = |of: RateFact| rate(scene.case, of).map(|ppm| (ppm.get(), Value::Rate(ppm)));
                let limit = scaled_limit(&bound.limit, Ppm::get, RateFact::fact, other, evidence);
                compared(shown.get(), limit, bound.comparison)
            }
        };
        joined.take(truth);
    }
    joined.done(evidence)
}

/// A limit × 1,000,000, so that a linear bound needs no division; `None` when something is unknown.
fn scaled_limit<T: Copy, F: Copy>(
    limit: &Operand<T, F>,
    get: fn(T) -> i64,
    fact: fn(F) -> Fact,
    other: impl Fn(F) -> Option<(i64, Value)>,
    evidence: &mut Evidence,
) -> Option<i128> {
    match limit {
        Operand::Constant(constant) => Some(product(get(*constant), PPM_ONE)),
        Operand::Unknown => {
            evidence.lacks(Missing::Clause);
            None
        }
        Operand::Linear { of, times, plus } => match other(*of) {
            Some((value, shown)) => {
                evidence.saw(fact(*of), shown);
                let plus = plus.map_or(0, |plus| product(get(plus), PPM_ONE));
                Some(product(value, times.get()).saturating_add(plus))
            }
            None => {
                evidence.lacks_fact(fact(*of));
                None
            }
        },
    }
}

fn compared(value: i64, limit: Option<i128>, comparison: Comparison) -> Truth {
    match limit {
        Some(limit) => comparison.admits(product(value, PPM_ONE).cmp(&limit)).into(),
        None => Truth::Unknown,
    }
}

/// Two i64 always fit.
fn product(a: i64, b: i64) -> i128 {
    i128::from(a).saturating_mul(i128::from(b))
}

fn judge_span(fact: SpanFact, bounds: &[Bound<Span>], scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let counted = match fact {
        SpanFact::LoanTenor => return judge_tenor(bounds, scene, evidence),
        SpanFact::BorrowerAge => age(scene.case).map(|months| (months, Value::Months(months))),
        SpanFact::ClaimNplAge => npl_age(scene.case).map(|months| (months, Value::Months(months))),
        SpanFact::ClaimOverdueDays => overdue(scene.case).map(|days| (days, Value::Days(days))),
    };
    match counted {
        Ok((number, shown)) => {
            evidence.saw(fact.fact(), shown);
            let holds = |bound: &Bound<Span>| {
                let (Span::Days(limit) | Span::WorkingDays(limit) | Span::Months(limit)) = bound.limit;
                bound.comparison.admits(number.cmp(&limit))
            };
            bounds.iter().all(holds).into()
        }
        Err(missing) => evidence.lacks_fact(missing),
    }
}

/// A tenor is compared by its days: up to n months means maturity not after disbursement + n months.
fn judge_tenor(bounds: &[Bound<Span>], scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let loan = &scene.case.loan;
    let Some(When::On(from)) = loan.disbursed_on else {
        return evidence.lacks_fact(Fact::LoanDisbursedOn);
    };
    let Some(to) = loan.matures_on else {
        return evidence.lacks_fact(Fact::LoanMaturesOn);
    };
    evidence.saw(Fact::LoanDisbursedOn, Value::Day(from));
    evidence.saw(Fact::LoanMaturesOn, to.into());
    let mut joined = evidence.all();
    for bound in bounds {
        let truth = match span_end(scene.calendar, from, bound.limit) {
            Ok(end) => bound.comparison.admits(to.cmp(&When::On(end))).into(),
            Err(missing) => evidence.lacks(missing),
        };
        joined.take(truth);
    }
    joined.done(evidence)
}

fn judge_rank(fact: RankFact, bounds: &[Bound<Rank>], scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let case = scene.case;
    let found = match fact {
        RankFact::BorrowerSize => {
            case.borrower.size.map(|size| (BorrowerSize::RANKED.iter().position(|ranked| *ranked == size), size.code()))
        }
        RankFact::ClaimTier => case
            .claim
            .as_ref()
            .and_then(|claim| claim.tier)
            .map(|tier| (Tier::ALL.iter().position(|ranked| *ranked == tier), tier.code())),
    };
    let Some((place, shown)) = found else {
        return evidence.lacks_fact(fact.fact());
    };
    evidence.saw(fact.fact(), Value::Word(shown));
    // A word without a place in the order is within no bound.
    place.is_some_and(|place| bounds.iter().all(|bound| bound.comparison.admits(place.cmp(&bound.limit.place)))).into()
}

fn judge_recognised(level: LevelIx, wanted: bool, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    match day(scene.book, scene.case, DateRef::Recognised(level)) {
        Some(when) => {
            let recognised = when <= When::On(scene.case.on);
            evidence.saw(Fact::LevelRecognised, Value::Flag(recognised));
            (recognised == wanted).into()
        }
        None => evidence.lacks_fact(Fact::ClaimOtherLevels),
    }
}

fn judge_set(fact: SetFact, test: &SetTest, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let Some(found) = set(scene.case, fact) else {
        return evidence.lacks_fact(fact.fact());
    };
    let has = |word: &&crate::domain::rulebook::Name| found.iter().any(|tag| **word == tag.as_str());
    let named = || test.any.iter().chain(&test.all).chain(&test.none);
    let hit = named().find(has);
    evidence.saw(fact.fact(), hit.map_or(Value::Word("none"), |word| Value::Name(word.clone())));
    let any = test.any.is_empty() || test.any.iter().any(|word| has(&word));
    let all = test.all.iter().all(|word| has(&word));
    let none = !test.none.iter().any(|word| has(&word));
    (any && all && none).into()
}

fn judge_day(
    fact: Fact,
    value: Option<When>,
    bounds: &[DayBound],
    scene: &Scene<'_>,
    evidence: &mut Evidence,
) -> Truth {
    let Some(value) = value else {
        return evidence.lacks_fact(fact);
    };
    evidence.saw(fact, value.into());
    let mut joined = evidence.all();
    for bound in bounds {
        joined.take(judge_bound(value, *bound, scene, evidence));
    }
    joined.done(evidence)
}

fn judge_bound(value: When, bound: DayBound, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let (comparison, limit) = match bound {
        DayBound::Compared(comparison, DayLimit::Day(limit)) => (comparison, When::On(limit)),
        DayBound::Compared(_, DayLimit::Unknown) => return evidence.lacks(Missing::Clause),
        DayBound::Compared(comparison, DayLimit::Fact(of)) => match seen_day(of, scene, evidence) {
            Some(limit) => (comparison, limit),
            None => return Truth::Unknown,
        },
        DayBound::Within(span, of) => match seen_day(of, scene, evidence) {
            Some(When::NotYet) => (DayComparison::OnOrBefore, When::NotYet),
            Some(When::On(from)) => match span_end(scene.calendar, from, span) {
                Ok(end) => (DayComparison::OnOrBefore, When::On(end)),
                Err(missing) => return evidence.lacks(missing),
            },
            None => return Truth::Unknown,
        },
    };
    let order = value.cmp(&limit);
    match comparison {
        DayComparison::OnOrBefore => order != Ordering::Greater,
        DayComparison::OnOrAfter => order != Ordering::Less,
        DayComparison::Before => order == Ordering::Less,
        DayComparison::After => order == Ordering::Greater,
    }
    .into()
}

/// A day that another is compared with.
fn seen_day(of: DateRef, scene: &Scene<'_>, evidence: &mut Evidence) -> Option<When> {
    let found = day(scene.book, scene.case, of);
    match found {
        Some(when) => evidence.saw(of.fact(), when.into()),
        None => {
            evidence.lacks_fact(of.fact());
        }
    }
    found
}

fn judge_rights(quantity: Quantity, tests: &[RightTest], scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let Some(rights) = scene.case.ip_rights.as_ref() else {
        return evidence.lacks_fact(Fact::IpRights);
    };
    evidence.saw(Fact::IpRights, Value::Count(u32::try_from(rights.len()).unwrap_or(u32::MAX)));
    let mut joined = match quantity {
        Quantity::Every if rights.is_empty() => return Truth::False,
        Quantity::Every => evidence.all(),
        Quantity::Some => evidence.any(),
    };
    for right in rights {
        let mut every = evidence.all();
        for test in tests {
            every.take(judge_right(right, test, scene, evidence));
        }
        let holds = every.done(evidence);
        joined.take(holds);
    }
    joined.done(evidence)
}

fn judge_right(right: &RightFacts, test: &RightTest, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    match test {
        RightTest::Kind(choice) => match right.kind {
            Some(kind) => {
                evidence.saw(Fact::IpKind, Value::Word(kind.code()));
                choice.holds(kind.code()).into()
            }
            None => evidence.lacks_fact(Fact::IpKind),
        },
        RightTest::Day(fact, bounds) => judge_day(fact.fact(), right_day(right, *fact), bounds, scene, evidence),
        RightTest::ValidOn(of) => judge_validity(right, *of, scene, evidence),
    }
}

/// In force on a day: pledged by then, inside its term, and no lapse in effect by then.
fn judge_validity(right: &RightFacts, of: DateRef, scene: &Scene<'_>, evidence: &mut Evidence) -> Truth {
    let Some(When::On(on)) = day(scene.book, scene.case, of) else {
        return evidence.lacks_fact(of.fact());
    };
    let by = When::On(on);
    let in_term = right.term_end.as_ref().and_then(|end| end.in_term_on(on));
    let parts = [
        (right.pledge_registered_on.map(|registered| registered <= by), Fact::IpPledgeRegisteredOn),
        (in_term, Fact::IpExpiresOn),
        (right.lapsed_on.map(|lapsed| lapsed > by), Fact::IpLapsedOn),
    ];
    let mut joined = evidence.all();
    for (known, missing) in parts {
        let truth = known.map_or_else(|| evidence.lacks_fact(missing), Truth::from);
        joined.take(truth);
    }
    let truth = joined.done(evidence);
    if truth != Truth::Unknown {
        evidence.saw(Fact::IpValidOn, Value::Flag(truth == Truth::True));
    }
    truth
}
