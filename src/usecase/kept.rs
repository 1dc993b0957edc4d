//! Figures over whole books, kept in memory as long as the books stand as they were.
//!
//! Owns when such a figure may be shown again: a sum over a hundred thousand loans is the same until something happens
//! to the books, and every change moves the head of a chain.
//! **Invariant:** a figure is kept under the heads that were read before it was made, so that whatever came meanwhile
//! lets the next reader make it anew; what is kept is never what an act is decided on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::scorecards::{Card, Reading};
use crate::storage::find::events;
use crate::storage::find::loan_list::LoanSums;
use crate::storage::{Db, StoreError};

/// Most figures of one kind; with more, all are forgotten.
const MOST: usize = 256;
/// Chain of what belongs to no fund: accounts, jobs, mail.
const SYSTEM: &str = "system";

/// Figures of one kind, by what was asked.
#[derive(Debug)]
pub struct Kept<T> {
    known: Mutex<BTreeMap<String, (String, T)>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept { known: Mutex::default() }
    }
}

impl<T: Clone> Kept<T> {
    /// The figure for what is asked while the books stand at `mark`; made where none is kept.
    ///
    /// # Errors
    /// What making it says.
    pub fn figure<E>(&self, asked: &str, mark: &str, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(asked).cloned();
        if let Some((_, figure)) = known.filter(|(kept, _)| kept == mark) {
            return Ok(figure);
        }
        let figure = make()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(asked) {
            known.clear();
        }
        known.insert(asked.to_owned(), (mark.to_owned(), figure.clone()));
        Ok(figure)
    }
}

/// Every figure that is kept.
#[derive(Debug, Default)]
pub struct Figures {
    /// Scorecards.
    pub cards: Kept<Arc<Vec<Card>>>,
    /// What breakers show.
    pub readings: Kept<Arc<Vec<Reading>>>,
    /// Sums of the list of loans.
    pub loans: Kept<LoanSums>,
    /// Balances of a month by tier.
    pub tiers: Kept<Vec<(String, i64)>>,
    /// Loans and borrowers with a balance in a month.
    pub borrowers: Kept<(i64, i64)>,
    /// Counts of pledged rights.
    pub rights: Kept<i64>,
}

/// Where the books stand: the heads of the chains of the fund and of the banks.
///
/// # Errors
/// What the database says.
pub fn mark(db: &mut Db) -> Result<String, StoreError> {
    let heads = events::heads(db)?.into_iter().filter(|(chain, ..)| chain != SYSTEM);
    Ok(heads.map(|(chain, seq, hash)| format!("{chain}#{seq}:{hash};")).collect())
}
