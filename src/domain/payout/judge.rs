//! Whether a condition holds for a case.
//!
//! **Invariant:** an unknown fact never decides: AND with a false is false, OR with a true is true, everything
//! else that needs it is unknown.

use super::case::{Case, RightFacts, When};
use super::observe::{age, day, money, overdue, saw, share_holds, share_shown};
use super::truth::{Truth, Value, Verdict};
use crate::domain::rulebook::condition::{
    Bound, Choice, Condition, DayBound, DayComparison, DayLimit, Leaf, Quantity, RightTest,
};
use crate::domain::rulebook::fact::{DateFact, Fact};

/// Whether `condition` holds for `case`.
pub(super) fn judge(condition: &Condition, case: &Case) -> Verdict {
    match condition {
        Condition::All(parts) => Verdict::all(parts.iter().map(|part| judge(part, case))),
        Condition::Any(parts) => Verdict::any(parts.iter().map(|part| judge(part, case))),
        Condition::Not(inner) => judge(inner, case).negated(),
        Condition::Is { means, .. } => judge(means, case),
        Condition::Leaf(leaf) => judge_leaf(leaf, case),
    }
}

fn judge_leaf(leaf: &Leaf, case: &Case) -> Verdict {
    match leaf {
        Leaf::Money(fact, bounds) => match money(case, *fact) {
            Some(amount) => Verdict::of(within(bounds, &amount), saw(fact.fact(), Value::Money(amount))),
            None => Verdict::without(fact.fact()),
        },
        Leaf::IpShare(bounds) => judge_share(bounds, case),
        Leaf::Age(bounds) => match age(case) {
            Ok(months) => Verdict::of(within(bounds, &months), saw(Fact::BorrowerAge, Value::Months(months))),
            Err(missing) => Verdict::without(missing),
        },
        Leaf::OverdueDays(bounds) => match overdue(case) {
            Ok(days) => Verdict::of(within(bounds, &days), saw(Fact::ClaimOverdueDays, Value::Days(days))),
            Err(missing) => Verdict::without(missing),
        },
        Leaf::Day(fact, bounds) => judge_day(fact.fact(), day(case, *fact), bounds, case),
        Leaf::Route(choice) => word(Fact::LoanRoute, case.loan.route, choice, |route| route.code()),
        Leaf::PledgeMode(choice) => word(Fact::LoanPledgeMode, case.loan.pledge_mode, choice, |mode| mode.code()),
        Leaf::Size(choice) => word(Fact::BorrowerSize, case.borrower.size, choice, |size| size.code()),
        Leaf::Tier(choice) => {
            let tier = case.claim.as_ref().and_then(|claim| claim.tier);
            word(Fact::ClaimTier, tier, choice, |tier| tier.code())
        }
        Leaf::TierBounds(bounds) => match case.claim.as_ref().and_then(|claim| claim.tier) {
            Some(tier) => Verdict::of(within(bounds, &tier), saw(Fact::ClaimTier, Value::Word(tier.code()))),
            None => Verdict::without(Fact::ClaimTier),
        },
        Leaf::FirstLoan(wanted) => match case.borrower.first_loan {
            Some(first) => Verdict::of(first == *wanted, saw(Fact::BorrowerFirstLoan, Value::Flag(first))),
            None => Verdict::without(Fact::BorrowerFirstLoan),
        },
        Leaf::Rights(quantity, tests) => judge_rights(*quantity, tests, case),
    }
}

fn within<T: PartialOrd>(bounds: &[Bound<T>], value: &T) -> bool {
    bounds.iter().all(|bound| bound.holds(value))
}

fn word<T: Copy + PartialEq>(fact: Fact, value: Option<T>, choice: &Choice<T>, code: fn(T) -> &'static str) -> Verdict {
    match value {
        Some(value) => Verdict::of(choice.holds(&value), saw(fact, Value::Word(code(value)))),
        None => Verdict::without(fact),
    }
}

fn judge_share(bounds: &[Bound<crate::domain::money::Ppm>], case: &Case) -> Verdict {
    let Some(ip_amount) = case.loan.ip_amount else {
        return Verdict::without(Fact::LoanIpAmount);
    };
    let principal = case.loan.principal;
    let holds = bounds.iter().all(|bound| share_holds(ip_amount, principal, *bound));
    Verdict::of(holds, saw(Fact::LoanIpShare, Value::Rate(share_shown(ip_amount, principal))))
}

fn judge_day(fact: Fact, value: Option<When>, bounds: &[DayBound], case: &Case) -> Verdict {
    let Some(value) = value else {
        return Verdict::without(fact);
    };
    let seen = Verdict::of(true, saw(fact, value.into()));
    Verdict::all(std::iter::once(seen).chain(bounds.iter().map(|bound| judge_bound(value, *bound, case))))
}

fn judge_bound(value: When, bound: DayBound, case: &Case) -> Verdict {
    let (limit, seen) = match bound.limit {
        DayLimit::Day(limit) => (When::On(limit), Vec::new()),
        DayLimit::Fact(fact) => match day(case, fact) {
            Some(limit) => (limit, saw(fact.fact(), limit.into())),
            None => return Verdict::without(fact.fact()),
        },
    };
    let holds = match bound.comparison {
        DayComparison::OnOrBefore => value <= limit,
        DayComparison::OnOrAfter => value >= limit,
        DayComparison::Before => value < limit,
        DayComparison::After => value > limit,
    };
    Verdict::of(holds, seen)
}

fn judge_rights(quantity: Quantity, tests: &[RightTest], case: &Case) -> Verdict {
    let Some(rights) = case.ip_rights.as_ref() else {
        return Verdict::without(Fact::IpRights);
    };
    let counted = saw(Fact::IpRights, Value::Count(rights.len()));
    let mut verdict = match quantity {
        Quantity::Every if rights.is_empty() => Verdict::of(false, Vec::new()),
        Quantity::Every => Verdict::all(rights.iter().map(|right| judge_right(right, tests, case))),
        Quantity::Some => Verdict::any(rights.iter().map(|right| judge_right(right, tests, case))),
    };
    verdict.seen.splice(0..0, counted);
    verdict
}

fn judge_right(right: &RightFacts, tests: &[RightTest], case: &Case) -> Verdict {
    Verdict::all(tests.iter().map(|test| match test {
        RightTest::Kind(choice) => word(Fact::IpKind, right.kind, choice, |kind| kind.code()),
        RightTest::PledgeRegistered(bounds) => {
            judge_day(Fact::IpPledgeRegisteredOn, right.pledge_registered_on, bounds, case)
        }
        RightTest::ValidOn(fact) => judge_validity(right, *fact, case),
    }))
}

/// In force on a day: pledged by then, inside its term, and no lapse in effect by then.
fn judge_validity(right: &RightFacts, fact: DateFact, case: &Case) -> Verdict {
    let Some(When::On(on)) = day(case, fact) else {
        return Verdict::without(fact.fact());
    };
    let by = When::On(on);
    let pledged = match right.pledge_registered_on {
        Some(registered) => (registered <= by).into(),
        None => Truth::Unknown,
    };
    let in_term = match right.term_end.as_ref() {
        Some(end) => end.in_term_on(on).map_or(Truth::Unknown, Truth::from),
        None => Truth::Unknown,
    };
    let in_force = match right.lapsed_on {
        Some(lapsed) => (lapsed > by).into(),
        None => Truth::Unknown,
    };
    let parts = [(pledged, Fact::IpPledgeRegisteredOn), (in_term, Fact::IpValidOn), (in_force, Fact::IpValidOn)];
    let verdict = Verdict::all(parts.map(|(truth, missing)| match truth {
        Truth::Unknown => Verdict::without(missing),
        known => Verdict::of(known == Truth::True, Vec::new()),
    }));
    match verdict.truth {
        Truth::Unknown => verdict,
        known => Verdict::of(known == Truth::True, saw(Fact::IpValidOn, Value::Flag(known == Truth::True))),
    }
}
