//! The only place that asks what time it is.
//!
//! Owns the clock port: the system's clock, or a simulated one that stands until it is moved.
//! **Invariant:** a simulated clock never goes back.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, NaiveDateTime, SubsecRound, Utc};

use crate::domain::calendar::beijing_date;

/// A source of time, in UTC.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved; a demo database lives on one.
    Simulated(Arc<Mutex<NaiveDateTime>>),
}

impl Clock {
    /// A simulated clock that shows `at` (UTC).
    #[must_use]
    pub fn simulated(at: NaiveDateTime) -> Clock {
        Clock::Simulated(Arc::new(Mutex::new(at)))
    }

    /// Now, in UTC, to the microsecond (what both databases keep).
    #[must_use]
    pub fn now(&self) -> NaiveDateTime {
        match self {
            Clock::System => system_now().naive_utc().trunc_subsecs(6),
            Clock::Simulated(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Today's date in Beijing.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        beijing_date(self.now())
    }

    /// Whether the time is simulated.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        matches!(self, Clock::Simulated(_))
    }

    /// Moves a simulated clock forward to `to`; an earlier instant and the system clock are left as they are.
    pub fn move_to(&self, to: NaiveDateTime) {
        if let Clock::Simulated(at) = self {
            let mut now = at.lock().unwrap_or_else(PoisonError::into_inner);
            if *now < to {
                *now = to;
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this module is the port to the machine's clock")]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}
