//! Accounts that nobody uses any more.
//!
//! Owns from which day on an account is idle, and which idle one stays open all the same.
//! **Invariant:** as long as an open account of a system administrator is there, one stays: the one seen last.

use chrono::{NaiveDate, TimeDelta};

/// An open account, as far as its use matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Whose, as a key.
    pub person: String,
    /// Day in Beijing on which it was last signed in to, opened, enabled or given a new code.
    pub seen: NaiveDate,
    /// Whether its person is a system administrator.
    pub is_administrator: bool,
}

/// The accounts that are to be disabled on a day; none where the number of days is nought.
#[must_use]
pub fn to_disable(open: &[Use], on: NaiveDate, days: i64) -> Vec<&Use> {
    let Some(limit) = TimeDelta::try_days(days).filter(|limit| *limit > TimeDelta::zero()) else {
        return Vec::new();
    };
    let kept = open.iter().filter(|one| one.is_administrator).max_by_key(|one| (one.seen, &one.person));
    open.iter().filter(|one| kept != Some(*one) && on.signed_duration_since(one.seen) >= limit).collect()
}
