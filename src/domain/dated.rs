//! Values that change from a day on: rates, names of offices.
//!
//! **Invariant:** entries are in the order of their days; a day before the first has no value.

use chrono::NaiveDate;

/// Values by the day from which they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<T> {
    entries: Vec<(NaiveDate, T)>,
    known_until: Option<NaiveDate>,
}

impl<T> Dated<T> {
    /// Values by their first day, known up to a day where one is given.
    #[must_use]
    pub fn new(mut entries: Vec<(NaiveDate, T)>, known_until: Option<NaiveDate>) -> Dated<T> {
        entries.sort_by_key(|(from, _)| *from);
        Dated { entries, known_until }
    }

    /// The value in force on a day; nothing before the first entry and after the last known day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<&T> {
        if self.known_until.is_some_and(|until| day > until) {
            return None;
        }
        self.entries.iter().rev().find(|(from, _)| *from <= day).map(|(_, value)| value)
    }

    /// The value before the one in force on a day.
    #[must_use]
    pub fn before(&self, day: NaiveDate) -> Option<&T> {
        self.entries.iter().rev().filter(|(from, _)| *from <= day).nth(1).map(|(_, value)| value)
    }
}
