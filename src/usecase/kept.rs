//! Figures over whole books, kept in memory as long as the books stand as they were.
//!
//! Owns when such a figure may be shown again: a sum over a hundred thousand loans is the same until something happens
//! to the books. Every change moves the head of a chain, and a change of a bank's loans or months its mark besides.
//! **Invariant:** a figure is kept under what was read of heads or marks before it was made, so that whatever came
//! meanwhile lets the next reader make it anew; what is kept is never what an act is decided on.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::bank_sums::BankSum;
use super::book::{Book, Whole};
use super::reminders::Reminders;
use super::scorecards::{Card, Reading};
use crate::domain::reserve::FundMoney;
use crate::domain::scorecard::Tally;
use crate::storage::find::loan_list::{Few, LoanSums};
use crate::storage::find::marks::Marks;
use crate::storage::find::rights_list::Found;
use crate::storage::find::{events, money};
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::{FundMovementRow, LedgerLineRow, LedgerTransactionRow};
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

/// Figures of one kind by what was asked and by bank, each kept until the book of its bank changes.
#[derive(Debug)]
pub struct ByBank<T> {
    known: Mutex<BTreeMap<(String, String), (i64, T)>>,
}

impl<T> Default for ByBank<T> {
    fn default() -> ByBank<T> {
        ByBank { known: Mutex::default() }
    }
}

impl<T: Clone + Default> ByBank<T> {
    /// The figures of these banks while their books stand at `marks`. Those that are not kept are made in one go: `make`
    /// is told which banks. A bank that it leaves out has an empty figure.
    ///
    /// # Errors
    /// What making them says.
    pub fn figures<E>(
        &self,
        asked: &str,
        marks: &Marks,
        make: impl FnOnce(&[&str]) -> Result<BTreeMap<String, T>, E>,
    ) -> Result<BTreeMap<String, T>, E> {
        let key = |bank: &str| (asked.to_owned(), bank.to_owned());
        let mut found = BTreeMap::new();
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            for (bank, mark) in marks {
                if let Some((_, figure)) = known.get(&key(bank)).filter(|(kept, _)| kept == mark) {
                    found.insert(bank.clone(), figure.clone());
                }
            }
        }
        let stale: Vec<&str> = marks.keys().map(String::as_str).filter(|bank| !found.contains_key(*bank)).collect();
        if stale.is_empty() {
            return Ok(found);
        }
        let mut made = make(&stale)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        for bank in stale {
            let figure = made.remove(bank).unwrap_or_default();
            known.insert(key(bank), (marks.get(bank).copied().unwrap_or(0), figure.clone()));
            found.insert(bank.to_owned(), figure);
        }
        Ok(found)
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
    /// Loans with a balance in a month, and their borrowers.
    pub borrowers: ByBank<(i64, Arc<HashSet<String>>)>,
    /// Both put together.
    pub with_balance: Kept<(i64, i64)>,
    /// Loans that a search found, where they are few.
    pub few_loans: Kept<Option<Few>>,
    /// Pledged rights that a search found.
    pub rights: Kept<Found>,
    /// Policies and rights that are pointed out on a day.
    pub reminders: ByBank<Arc<Reminders>>,
    /// Counts of pledged rights.
    pub pledged: ByBank<i64>,
    /// What waits for a person, as JSON of what pages show.
    pub work: Kept<Arc<str>>,
    /// Loans with cover of which nobody has told anything, on a day.
    pub silent: Kept<Arc<Vec<LoanRow>>>,
    /// Books summed up.
    pub books: ByBank<Arc<Book>>,
    /// Those of a reach put together.
    pub whole: Kept<Arc<Whole>>,
    /// What loans count for on a day.
    pub tallies: ByBank<Tally>,
    /// Banks beside one another.
    pub banks: Kept<Arc<BTreeMap<String, BankSum>>>,
    /// Claims in progress by the day they were handed in.
    pub waiting: Kept<Arc<Vec<Waiting>>>,
    /// The fund's money by state.
    pub money: Kept<FundMoney>,
    /// Day of the last promise of a kind.
    pub promised_on: Kept<Option<NaiveDate>>,
    /// The fund's bookings.
    pub bookings: Kept<Arc<Vec<Booking>>>,
    /// Loans by the rulebook they keep.
    pub rulebooks: ByBank<Arc<Vec<OfRulebook>>>,
}

/// Claims in progress that were handed in on a day: how many, and the compensation computed for them in fen.
pub type Waiting = (NaiveDate, i64, i64);
/// A rulebook, its version, and how many loans keep it.
pub type OfRulebook = (String, String, i64);

/// A booking with what it wrote on the accounts.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The booking.
    pub head: LedgerTransactionRow,
    /// Its lines.
    pub lines: Vec<LedgerLineRow>,
    /// The movement of a file it came of.
    pub told: Option<FundMovementRow>,
}

/// Every booking of a fund, oldest first.
///
/// # Errors
/// What the database says.
pub fn bookings(db: &mut Db, fund_id: &str) -> Result<Vec<Booking>, StoreError> {
    let mut lines: BTreeMap<String, Vec<LedgerLineRow>> = BTreeMap::new();
    for line in money::lines(db, fund_id)? {
        lines.entry(line.tx_id.clone()).or_default().push(line);
    }
    let mut told: BTreeMap<String, FundMovementRow> =
        money::fund_rows(db, fund_id)?.into_iter().map(|row| (row.tx_id.clone(), row)).collect();
    let with_lines = |head: LedgerTransactionRow| Booking {
        lines: lines.remove(&head.tx_id).unwrap_or_default(),
        told: told.remove(&head.tx_id),
        head,
    };
    Ok(money::transactions(db, fund_id)?.into_iter().map(with_lines).collect())
}

/// Where the books stand: the heads of the chains of the fund and of the banks.
///
/// # Errors
/// What the database says.
pub fn mark(db: &mut Db) -> Result<String, StoreError> {
    let heads = events::heads(db)?.into_iter().filter(|(chain, ..)| chain != SYSTEM);
    Ok(heads.map(|(chain, seq, hash)| format!("{chain}#{seq}:{hash};")).collect())
}
