//! The head of a day: one line that stands for everything recorded up to its end.
//!
//! It is printed in the mails to regulator and auditor, so that people outside hold it: whoever rewrites the books
//! afterwards no longer arrives at it. A day is cut in every chain before the first event of a later day (Beijing
//! time), so that a head never changes after its day.
//! **Invariant:** the head of a day follows from the events alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use crate::domain::calendar::utc_of_beijing;
use crate::storage::chain::digest_of;
use crate::storage::find::events;
use crate::storage::rows::events::EventRow;
use crate::storage::{Db, StoreError};

/// The head of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyHead {
    /// Day, Beijing time.
    pub day: NaiveDate,
    /// Events of all chains up to its end.
    pub count: i64,
    /// Hash over the heads of all chains at its end.
    pub hash: String,
}

impl fmt::Display for DailyHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.day, self.count, self.hash)
    }
}

impl DailyHead {
    /// Reads a head as a mail prints it; any white space may lie between its parts.
    #[must_use]
    pub fn parse(text: &str) -> Option<DailyHead> {
        let mut parts = text.split_whitespace();
        let day = parts.next()?.parse().ok()?;
        let count = parts.next()?.parse().ok().filter(|count| *count >= 0)?;
        let hash = parts.next()?.to_ascii_lowercase();
        let whole = hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()) && parts.next().is_none();
        whole.then_some(DailyHead { day, count, hash })
    }

    /// From where every chain stood.
    #[must_use]
    pub fn of_heads(day: NaiveDate, heads: &[(String, i64, String)]) -> DailyHead {
        DailyHead { day, count: heads.iter().map(|(_, seq, _)| *seq).sum(), hash: digest_of(heads) }
    }
}

/// The instant (UTC) at which a Beijing day ends.
#[must_use]
pub fn end_of(day: NaiveDate) -> NaiveDateTime {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    utc_of_beijing(next.and_time(NaiveTime::MIN))
}

/// The head of a day, from the stored heads and events.
///
/// # Errors
/// What the database says.
pub fn of_day(db: &mut Db, day: NaiveDate) -> Result<DailyHead, StoreError> {
    Ok(DailyHead::of_heads(day, &events::heads_before(db, end_of(day))?))
}

/// Gathers the head of a day while the events go by.
#[derive(Debug)]
pub struct Gathered {
    day: NaiveDate,
    end: NaiveDateTime,
    heads: BTreeMap<String, (i64, String)>,
    closed: BTreeSet<String>,
}

impl Gathered {
    /// For a day.
    #[must_use]
    pub fn new(day: NaiveDate) -> Gathered {
        Gathered { day, end: end_of(day), heads: BTreeMap::new(), closed: BTreeSet::new() }
    }

    /// The next event of a chain.
    pub fn take(&mut self, event: &EventRow) {
        if self.closed.contains(&event.chain) {
            return;
        }
        if event.recorded_at >= self.end {
            self.closed.insert(event.chain.clone());
            return;
        }
        self.heads.insert(event.chain.clone(), (event.seq, event.hash.clone()));
    }

    /// The head of what went by.
    #[must_use]
    pub fn head(&self) -> DailyHead {
        let heads: Vec<_> = self.heads.iter().map(|(chain, (seq, hash))| (chain.clone(), *seq, hash.clone())).collect();
        DailyHead::of_heads(self.day, &heads)
    }
}
