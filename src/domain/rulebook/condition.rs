//! Conditions of a rulebook: typed comparisons of facts, joined by all, any and not.
//!
//! **Invariant:** a condition holds only comparisons that fit the type of their fact; there is no text to interpret.

use chrono::NaiveDate;

use super::fact::{DateFact, Fact, MoneyFact};
use super::vocabulary::{PledgeMode, Route, closed_list};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{IpKind, SizeClass, Tier};

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every one of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A named definition, with its meaning.
    Is {
        /// Its id.
        id: String,
        /// What it means.
        means: Box<Condition>,
    },
    /// One comparison.
    Leaf(Leaf),
}

/// One comparison of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// An amount within all bounds.
    Money(MoneyFact, Vec<Bound<Fen>>),
    /// `loan.ip_share`, compared by cross-multiplication.
    IpShare(Vec<Bound<Ppm>>),
    /// `borrower.age` in full months.
    Age(Vec<Bound<u32>>),
    /// `claim.overdue_days`.
    OverdueDays(Vec<Bound<u32>>),
    /// A day within all bounds.
    Day(DateFact, Vec<DayBound>),
    /// `loan.route`.
    Route(Choice<Route>),
    /// `loan.pledge_mode`.
    PledgeMode(Choice<PledgeMode>),
    /// `borrower.size`.
    Size(Choice<SizeClass>),
    /// `claim.tier` is one of a set.
    Tier(Choice<Tier>),
    /// `claim.tier` within bounds, mildest tier first.
    TierBounds(Vec<Bound<Tier>>),
    /// `borrower.first_loan`.
    FirstLoan(bool),
    /// Over the pledged rights.
    Rights(Quantity, Vec<RightTest>),
}

closed_list! {
    /// How two values of an ordered type are compared.
    Comparison {
        /// Value ≥ limit.
        AtLeast = "at_least";
        /// Value > limit.
        Over = "over";
        /// Value ≤ limit.
        UpTo = "up_to";
        /// Value < limit.
        Below = "below";
    }
}

closed_list! {
    /// How two days are compared.
    DayComparison {
        /// Day ≤ limit.
        OnOrBefore = "on_or_before";
        /// Day ≥ limit.
        OnOrAfter = "on_or_after";
        /// Day < limit.
        Before = "before";
        /// Day > limit.
        After = "after";
    }
}

closed_list! {
    /// Over how many rights a test must hold.
    Quantity {
        /// Every right; false when there is none.
        Every = "every";
        /// At least one right.
        Some = "some";
    }
}

/// One bound on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound<T> {
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub limit: T,
}

impl<T: PartialOrd> Bound<T> {
    /// Whether `value` is within the bound.
    #[must_use]
    pub fn holds(&self, value: &T) -> bool {
        match self.comparison {
            Comparison::AtLeast => *value >= self.limit,
            Comparison::Over => *value > self.limit,
            Comparison::UpTo => *value <= self.limit,
            Comparison::Below => *value < self.limit,
        }
    }
}

/// One bound on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayBound {
    /// How.
    pub comparison: DayComparison,
    /// With what.
    pub limit: DayLimit,
}

/// What a day is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayLimit {
    /// A fixed day.
    Day(NaiveDate),
    /// Another fact.
    Fact(DateFact),
}

/// A set of allowed or excluded words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<T> {
    /// The words.
    pub among: Vec<T>,
    /// Whether the words are excluded instead.
    pub excluded: bool,
}

impl<T: PartialEq> Choice<T> {
    /// Whether `value` is allowed.
    #[must_use]
    pub fn holds(&self, value: &T) -> bool {
        self.among.contains(value) != self.excluded
    }
}

/// A test on one pledged right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightTest {
    /// Its kind.
    Kind(Choice<IpKind>),
    /// The day its pledge was registered.
    PledgeRegistered(Vec<DayBound>),
    /// In force on this day: pledged by then, in its term, not lapsed.
    ValidOn(DateFact),
}

impl Condition {
    /// Every fact the condition speaks of, also through definitions.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::facts).collect(),
            Condition::Not(inner) => inner.facts(),
            Condition::Is { means, .. } => means.facts(),
            Condition::Leaf(leaf) => leaf.facts(),
        }
    }

    /// Every definition the condition names.
    #[must_use]
    pub fn definitions(&self) -> Vec<&str> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::definitions).collect(),
            Condition::Not(inner) => inner.definitions(),
            Condition::Is { id, .. } => vec![id.as_str()],
            Condition::Leaf(_) => Vec::new(),
        }
    }
}

impl Leaf {
    fn facts(&self) -> Vec<Fact> {
        match self {
            Leaf::Money(fact, _) => vec![fact.fact()],
            Leaf::IpShare(_) => vec![Fact::LoanIpShare],
            Leaf::Age(_) => vec![Fact::BorrowerAge],
            Leaf::OverdueDays(_) => vec![Fact::ClaimOverdueDays],
            Leaf::Day(fact, bounds) => {
                let mut facts = vec![fact.fact()];
                facts.extend(limits(bounds));
                facts
            }
            Leaf::Route(_) => vec![Fact::LoanRoute],
            Leaf::PledgeMode(_) => vec![Fact::LoanPledgeMode],
            Leaf::Size(_) => vec![Fact::BorrowerSize],
            Leaf::Tier(_) | Leaf::TierBounds(_) => vec![Fact::ClaimTier],
            Leaf::FirstLoan(_) => vec![Fact::BorrowerFirstLoan],
            Leaf::Rights(_, tests) => tests.iter().flat_map(RightTest::facts).collect(),
        }
    }
}

impl RightTest {
    fn facts(&self) -> Vec<Fact> {
        match self {
            RightTest::Kind(_) => vec![Fact::IpKind],
            RightTest::PledgeRegistered(bounds) => {
                let mut facts = vec![Fact::IpPledgeRegisteredOn];
                facts.extend(limits(bounds));
                facts
            }
            RightTest::ValidOn(day) => vec![Fact::IpValidOn, day.fact()],
        }
    }
}

fn limits(bounds: &[DayBound]) -> impl Iterator<Item = Fact> {
    bounds.iter().filter_map(|bound| match bound.limit {
        DayLimit::Fact(fact) => Some(fact.fact()),
        DayLimit::Day(_) => None,
    })
}
