//! When sessions were last used, as this process knows.
//!
//! Owns the memory beside the table: a page never waits for a writer only to note that somebody is there.
//! **Invariant:** an instant here is never earlier than one that was noted before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{NaiveDateTime, TimeDelta};

/// Sessions remembered before the old ones are swept out.
const SWEPT_AT: usize = 10_000;
/// Whoever was not seen for so long is swept out.
const SWEPT: TimeDelta = TimeDelta::hours(24);

/// Last requests of sessions, by the hash of their token.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<String, NaiveDateTime>>);

impl Seen {
    /// The last request of a session, if this process answered one.
    #[must_use]
    pub fn last(&self, hash: &str) -> Option<NaiveDateTime> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hash).copied()
    }

    /// Notes a request.
    pub fn note(&self, hash: &str, now: NaiveDateTime) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SWEPT_AT {
            all.retain(|_, seen| now.signed_duration_since(*seen) < SWEPT);
        }
        let seen = all.entry(hash.to_owned()).or_insert(now);
        *seen = now.max(*seen);
    }
}
