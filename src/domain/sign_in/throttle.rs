//! How long somebody waits who failed.
//!
//! Owns two counts: failures in a row of an account, which make it wait longer and longer, and failures of an address
//! within ten minutes. The wait of an account never ends in a lock, and whoever holds a recovery code does not wait.
//! **Invariant:** the wait grows with the failures and never beyond a quarter of an hour.

use chrono::{NaiveDateTime, TimeDelta};

/// Failures in a row that cost nothing yet.
pub const FREE_FAILURES: i64 = 5;
/// First wait, in seconds; it doubles.
const FIRST_WAIT: i64 = 30;
/// Longest wait, in seconds.
const LONGEST_WAIT: i64 = 15 * 60;
/// Failures of one address within the window.
pub const ADDRESS_FAILURES: i64 = 50;
/// The window of an address, in seconds.
const ADDRESS_WINDOW: i64 = 10 * 60;

/// The wait after a number of failures in a row.
#[must_use]
pub fn wait_after(failures: i64) -> TimeDelta {
    if failures < FREE_FAILURES {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(failures - FREE_FAILURES).unwrap_or(u32::MAX).min(10);
    TimeDelta::seconds(FIRST_WAIT.saturating_mul(2_i64.saturating_pow(doublings)).min(LONGEST_WAIT))
}

/// Whether an account waits after its failures in a row, the last of them at an instant.
#[must_use]
pub fn account_waits(failures: i64, last: Option<NaiveDateTime>, now: NaiveDateTime) -> bool {
    last.is_some_and(|last| now.signed_duration_since(last) < wait_after(failures))
}

/// The count of an address and the start of its window, before another failure is counted.
#[must_use]
pub fn address_now(failures: i64, since: NaiveDateTime, now: NaiveDateTime) -> (i64, NaiveDateTime) {
    if now.signed_duration_since(since) >= TimeDelta::seconds(ADDRESS_WINDOW) { (0, now) } else { (failures, since) }
}

/// Whether an address waits.
#[must_use]
pub fn address_waits(failures: i64, since: NaiveDateTime, now: NaiveDateTime) -> bool {
    address_now(failures, since, now).0 >= ADDRESS_FAILURES
}
