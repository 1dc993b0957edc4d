//! Following the chains event by event.
//!
//! **Invariant:** an event is right only where its number, its link and its hash are; every wrong place is named.

use std::collections::{BTreeMap, BTreeSet};

use crate::storage::chain::hash_of;
use crate::storage::find::events;
use crate::storage::rows::events::EventRow;
use crate::storage::{Db, StoreError};

/// Events read at a time.
const PAGE: i64 = 64;

/// Where a chain stands: the last number and its hash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Number of the last event.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl Link {
    /// Goes on by one event. Gives what is wrong with it.
    pub fn follow(&mut self, event: &EventRow) -> Option<String> {
        let expected = self.seq.saturating_add(1);
        let mut wrong = Vec::new();
        if event.seq != expected {
            wrong.push(format!("number {expected} expected"));
        }
        if event.prev_hash != self.hash {
            wrong.push("link".to_owned());
        }
        if event.hash.is_empty() || event.hash != hash_of(event) {
            wrong.push("hash".to_owned());
        }
        self.seq = event.seq;
        self.hash.clone_from(&event.hash);
        (!wrong.is_empty()).then(|| format!("events {}: {}", event.event_id, wrong.join(", ")))
    }
}

/// What following all chains gave.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    /// Events looked at.
    pub checked: usize,
    /// What is wrong, chain by chain.
    pub failures: Vec<String>,
}

/// Follows every chain from its beginning to the head that its scope states.
///
/// # Errors
/// What the database says. What is wrong is in the answer, not an error.
pub fn walk(db: &mut Db, mut each: impl FnMut(&EventRow)) -> Result<Walked, StoreError> {
    let heads: BTreeMap<String, (i64, String)> =
        events::all_heads(db)?.into_iter().map(|(key, seq, hash)| (key, (seq, hash))).collect();
    let mut walked = Walked::default();
    let mut names: BTreeSet<String> = events::chains(db)?.into_iter().collect();
    names.extend(heads.keys().cloned());
    for chain in names {
        let mut link = Link::default();
        loop {
            let page = events::of_chain(db, &chain, link.seq, PAGE)?;
            for event in &page {
                walked.checked += 1;
                walked.failures.extend(link.follow(event));
                each(event);
            }
            if page.is_empty() {
                break;
            }
        }
        if heads.get(&chain).is_none_or(|(seq, hash)| *seq != link.seq || *hash != link.hash) {
            walked.failures.push(format!("scopes {chain}: head"));
        }
    }
    Ok(walked)
}
