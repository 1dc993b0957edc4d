//! Three-valued truth with its evidence: what was looked at, and what was missing.
//!
//! **Invariant:** missing things are listed only while the answer is unknown, so nobody is asked for what does
//! not matter.

use chrono::NaiveDate;

use super::case::When;
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::name::Name;

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
    Count(u32),
    /// A day.
    Day(NaiveDate),
    /// A day that has not come.
    NotYet,
    /// Yes or no.
    Flag(bool),
    /// A word of a closed list.
    Word(&'static str),
    /// An id of the rulebook or a word of the case.
    Name(Name),
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

impl Truth {
    /// The opposite; unknown stays unknown.
    #[must_use]
    pub const fn negated(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

/// Something an answer lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A fact of the case.
    Fact(Fact),
    /// A clause the measure leaves open.
    Clause,
    /// The holidays of a year.
    Holidays(i32),
}

/// What was looked at on the way to an answer, and what was missing. One is used again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Facts with their values, each once.
    pub seen: Vec<Observation>,
    /// What was missing, each once.
    pub missing: Vec<Missing>,
}

/// Whether several parts together hold, while they are looked at one by one.
#[derive(Debug, Clone, Copy)]
pub struct Joined {
    decisive: Truth,
    truth: Truth,
    mark: usize,
}

impl Evidence {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.seen.clear();
        self.missing.clear();
    }

    /// Notes a fact with its value.
    pub fn saw(&mut self, fact: Fact, value: Value) {
        let observation = Observation { fact, value };
        if !self.seen.contains(&observation) {
            self.seen.push(observation);
        }
    }

    /// Notes what is missing; the answer is unknown.
    pub fn lacks(&mut self, missing: Missing) -> Truth {
        if !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
        Truth::Unknown
    }

    /// Notes a missing fact; the answer is unknown.
    pub fn lacks_fact(&mut self, fact: Fact) -> Truth {
        self.lacks(Missing::Fact(fact))
    }

    /// Begins an "all of".
    #[must_use]
    pub fn all(&self) -> Joined {
        Joined { decisive: Truth::False, truth: Truth::True, mark: self.missing.len() }
    }

    /// Begins an "any of".
    #[must_use]
    pub fn any(&self) -> Joined {
        Joined { decisive: Truth::True, truth: Truth::False, mark: self.missing.len() }
    }
}

impl Joined {
    /// Takes in one part.
    pub fn take(&mut self, part: Truth) {
        if part == self.decisive || (part == Truth::Unknown && self.truth != self.decisive) {
            self.truth = part;
        }
    }

    /// The answer; what was missing is forgotten where it did not matter.
    pub fn done(self, evidence: &mut Evidence) -> Truth {
        if self.truth != Truth::Unknown {
            evidence.missing.truncate(self.mark);
        }
        self.truth
    }
}
