//! Conditions of a rulebook: typed comparisons of facts, joined by all, any and not.
//!
//! **Invariant:** a condition holds only comparisons that fit the type of their fact; there is no text to interpret.

use chrono::NaiveDate;

use super::fact::{
    CountFact, DateRef, Fact, FlagFact, LevelIx, MoneyFact, RankFact, RateFact, RightDateFact, SetFact, SpanFact,
    WordFact,
};
use super::name::Name;
use super::vocabulary::closed_list;
use crate::domain::money::{Fen, Ppm};

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Every one of these; always, when there are none.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A named definition, with its meaning.
    Is {
        /// Its id.
        id: Name,
        /// What it means.
        means: Box<Condition>,
    },
    /// One comparison.
    Leaf(Leaf),
    /// The measure leaves it open.
    Unknown,
}

/// One comparison of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// An amount within all bounds.
    Money(MoneyFact, Vec<Bound<Operand<Fen, MoneyFact>>>),
    /// A ratio within all bounds; `loan.ip_share` is compared by cross-multiplication.
    Rate(RateFact, Vec<Bound<Operand<Ppm, RateFact>>>),
    /// A number within all bounds.
    Count(CountFact, Vec<Bound<u32>>),
    /// A span within all bounds.
    Span(SpanFact, Vec<Bound<Span>>),
    /// A day within all bounds.
    Day(DateRef, Vec<DayBound>),
    /// A word of a set.
    Word(WordFact, Choice),
    /// An ordered word within bounds.
    Rank(RankFact, Vec<Bound<Rank>>),
    /// Yes or no.
    Flag(FlagFact, bool),
    /// Whether another level recognised the claim.
    LevelRecognised(LevelIx, bool),
    /// What another level paid.
    LevelPaid(LevelIx, Vec<Bound<Operand<Fen, MoneyFact>>>),
    /// A set of words against a set of words.
    Set(SetFact, SetTest),
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

impl Comparison {
    /// Whether a value that compares to its limit as `order` is within the bound.
    #[must_use]
    pub const fn admits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::AtLeast => order.is_ge(),
            Comparison::Over => order.is_gt(),
            Comparison::UpTo => order.is_le(),
            Comparison::Below => order.is_lt(),
        }
    }
}

/// What an amount or a ratio is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand<T, F> {
    /// A fixed value.
    Constant(T),
    /// Another fact × `times` + `plus`.
    Linear {
        /// The fact.
        of: F,
        /// Multiplier.
        times: Ppm,
        /// Added.
        plus: Option<T>,
    },
    /// The measure leaves it open.
    Unknown,
}

/// A span of time, unit kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Calendar days.
    Days(u32),
    /// Working days.
    WorkingDays(u32),
    /// Months.
    Months(u32),
}

/// A word of an ordered list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// Its place.
    pub place: usize,
    /// The word.
    pub word: &'static str,
}

/// One bound on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayBound {
    /// Compared with a day.
    Compared(DayComparison, DayLimit),
    /// Not later than a span after a day.
    Within(Span, DateRef),
}

/// What a day is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayLimit {
    /// A fixed day.
    Day(NaiveDate),
    /// Another fact.
    Fact(DateRef),
    /// The measure leaves it open.
    Unknown,
}

/// A set of allowed or excluded words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The words, or the beginnings of words.
    pub among: Vec<Name>,
    /// How they are compared.
    pub mode: ChoiceMode,
}

closed_list! {
    /// How a word is compared with a set.
    ChoiceMode {
        /// It is one of them.
        OneOf = "one_of";
        /// It is none of them.
        NotIn = "not_in";
        /// It begins with one of them.
        Starts = "starts";
    }
}

impl Choice {
    /// Whether `value` is allowed.
    #[must_use]
    pub fn holds(&self, value: &str) -> bool {
        match self.mode {
            ChoiceMode::OneOf => self.among.iter().any(|word| word == value),
            ChoiceMode::NotIn => self.among.iter().all(|word| word != value),
            ChoiceMode::Starts => self.among.iter().any(|word| value.starts_with(word.as_str())),
        }
    }
}

/// What a set of words must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetTest {
    /// At least one of these; nothing is asked when empty.
    pub any: Vec<Name>,
    /// Every one of these.
    pub all: Vec<Name>,
    /// None of these.
    pub none: Vec<Name>,
}

/// A test on one pledged right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightTest {
    /// Its kind.
    Kind(Choice),
    /// One of its days.
    Day(RightDateFact, Vec<DayBound>),
    /// In force on this day: pledged by then, in its term, not lapsed.
    ValidOn(DateRef),
}

impl Condition {
    /// Holds always.
    pub const ALWAYS: Condition = Condition::All(Vec::new());

    /// Whether it holds whatever the case.
    #[must_use]
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All(parts) if parts.is_empty())
    }

    /// Every leaf, also through definitions.
    pub fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::leaves).collect(),
            Condition::Not(inner) => inner.leaves(),
            Condition::Is { means, .. } => means.leaves(),
            Condition::Leaf(leaf) => vec![leaf],
            Condition::Unknown => Vec::new(),
        }
    }

    /// Every fact the condition speaks of, also through definitions.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        self.leaves().into_iter().flat_map(Leaf::facts).collect()
    }

    /// Every definition the condition names.
    #[must_use]
    pub fn definitions(&self) -> Vec<&Name> {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(Condition::definitions).collect(),
            Condition::Not(inner) => inner.definitions(),
            Condition::Is { id, .. } => vec![id],
            Condition::Leaf(_) | Condition::Unknown => Vec::new(),
        }
    }
}

impl Leaf {
    /// Every fact the comparison speaks of.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Leaf::Money(fact, bounds) => {
                let others = bounds.iter().filter_map(|bound| bound.limit.of()).map(MoneyFact::fact);
                std::iter::once(fact.fact()).chain(others).collect()
            }
            Leaf::Rate(fact, bounds) => {
                let others = bounds.iter().filter_map(|bound| bound.limit.of()).map(RateFact::fact);
                std::iter::once(fact.fact()).chain(others).collect()
            }
            Leaf::Count(fact, _) => vec![fact.fact()],
            Leaf::Span(fact, _) => vec![fact.fact()],
            Leaf::Day(day, bounds) => std::iter::once(day.fact()).chain(day_facts(bounds)).collect(),
            Leaf::Word(fact, _) => vec![fact.fact()],
            Leaf::Rank(fact, _) => vec![fact.fact()],
            Leaf::Flag(fact, _) => vec![fact.fact()],
            Leaf::LevelRecognised(..) => vec![Fact::LevelRecognised],
            Leaf::LevelPaid(..) => vec![Fact::LevelPaid],
            Leaf::Set(fact, _) => vec![fact.fact()],
            Leaf::Rights(_, tests) => tests.iter().flat_map(RightTest::facts).collect(),
        }
    }
}

impl<T, F: Copy> Operand<T, F> {
    /// The other fact it refers to.
    #[must_use]
    pub const fn of(&self) -> Option<F> {
        match self {
            Operand::Linear { of, .. } => Some(*of),
            Operand::Constant(_) | Operand::Unknown => None,
        }
    }
}

impl RightTest {
    fn facts(&self) -> Vec<Fact> {
        match self {
            RightTest::Kind(_) => vec![Fact::IpKind],
            RightTest::Day(fact, bounds) => std::iter::once(fact.fact()).chain(day_facts(bounds)).collect(),
            RightTest::ValidOn(day) => vec![Fact::IpValidOn, day.fact()],
        }
    }
}

fn day_facts(bounds: &[DayBound]) -> impl Iterator<Item = Fact> {
    bounds.iter().filter_map(|bound| match bound {
        DayBound::Compared(_, DayLimit::Fact(day)) | DayBound::Within(_, day) => Some(day.fact()),
        DayBound::Compared(_, DayLimit::Day(_) | DayLimit::Unknown) => None,
    })
}
