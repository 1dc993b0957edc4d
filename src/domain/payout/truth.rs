//! Three-valued truth with its evidence: what was looked at, and what was missing.
//!
//! **Invariant:** missing facts are listed only while the answer is unknown, so nobody is asked for what does
//! not matter.

use chrono::NaiveDate;

use super::case::When;
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::fact::Fact;

/// A fact with the value it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Which.
    pub fact: Fact,
    /// Its value.
    pub value: Value,
}

/// A value as a reader is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An amount.
    Money(Fen),
    /// A ratio.
    Rate(Ppm),
    /// Percentage points.
    Points(Ppm),
    /// Full months.
    Months(u32),
    /// Days.
    Days(u32),
    /// A number of things.
    Count(usize),
    /// A day.
    Day(NaiveDate),
    /// A day that has not come.
    NotYet,
    /// Yes or no.
    Flag(bool),
    /// A word of a closed list.
    Word(&'static str),
    /// An id of the rulebook.
    Name(String),
}

impl From<When> for Value {
    fn from(when: When) -> Value {
        match when {
            When::On(day) => Value::Day(day),
            When::NotYet => Value::NotYet,
        }
    }
}

/// Kleene's three values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be said.
    Unknown,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::True } else { Truth::False }
    }
}

/// An answer with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub truth: Truth,
    /// What was missing; empty unless the answer is unknown.
    pub missing: Vec<Fact>,
    /// What was looked at.
    pub seen: Vec<Observation>,
}

impl Verdict {
    /// The answer of a comparison that saw `seen`.
    #[must_use]
    pub fn of(holds: bool, seen: Vec<Observation>) -> Verdict {
        Verdict { truth: holds.into(), missing: Vec::new(), seen }
    }

    /// No answer, because `fact` is missing.
    #[must_use]
    pub fn without(fact: Fact) -> Verdict {
        Verdict { truth: Truth::Unknown, missing: vec![fact], seen: Vec::new() }
    }

    /// True when all are; an empty list is true.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Verdict>) -> Verdict {
        Verdict::join(parts, Truth::False, Truth::True)
    }

    /// True when one is; an empty list is false.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Verdict>) -> Verdict {
        Verdict::join(parts, Truth::True, Truth::False)
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Verdict {
        let truth = match self.truth {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        };
        Verdict { truth, ..self }
    }

    /// `decisive` as soon as one part is it, else unknown as soon as one part is that, else `otherwise`.
    fn join(parts: impl IntoIterator<Item = Verdict>, decisive: Truth, otherwise: Truth) -> Verdict {
        let mut joined = Verdict { truth: otherwise, missing: Vec::new(), seen: Vec::new() };
        for part in parts {
            for observation in part.seen {
                if !joined.seen.contains(&observation) {
                    joined.seen.push(observation);
                }
            }
            for fact in part.missing {
                if !joined.missing.contains(&fact) {
                    joined.missing.push(fact);
                }
            }
            if part.truth == decisive || joined.truth == otherwise {
                joined.truth = part.truth;
            }
        }
        if joined.truth != Truth::Unknown {
            joined.missing.clear();
        }
        joined
    }
}
