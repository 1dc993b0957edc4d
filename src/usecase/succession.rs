//! Which bank stands for which, after one took another over.
//!
//! A succession rewrites nothing: loans, claims, contracts and events keep the code of the bank that made them, so that
//! numbers never clash and the history keeps both names. From its day on the question who a bank is, is answered here:
//! its people hold their offices at every bank of the house (`lives::offices`), the yearly cap counts what was paid to
//! any of them (`compensate`, `reserve`), payments go to the account of the one that stands, a suspension of one holds
//! all, and a list for one is the list of every reach in `reaches`. The old book is reported under its old code.
//! **Invariant:** before the day of a succession nothing is different; a circle of successions is never formed.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::lives::partner;
use crate::storage::Db;
use crate::storage::find::{Reach, acts};
use crate::storage::rows::acts::ActRow;

/// Act by which a bank takes another over.
const DECIDED: &str = "succession_decided";

/// The successions in effect on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Houses {
    /// Bank → who took it over.
    next: BTreeMap<String, String>,
}

impl Houses {
    /// The successions in effect on a day.
    ///
    /// # Errors
    /// Storage; `Corrupt`.
    pub fn on(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Houses, UseCaseError> {
        let succeeded = acts::subjects_with(db, fund_id, partner::LIFE, DECIDED)?;
        if succeeded.is_empty() {
            return Ok(Houses::default());
        }
        let subjects: Vec<&str> = succeeded.iter().map(String::as_str).collect();
        Houses::told_by(&acts::of_each(db, fund_id, partner::LIFE, &subjects)?, on)
    }

    /// The same from every act on partners that may have been taken over, ordered by partner and number.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn told_by(told: &[ActRow], on: NaiveDate) -> Result<Houses, UseCaseError> {
        let mut houses = Houses::default();
        for own in told.chunk_by(|a, b| a.subject == b.subject) {
            let Some(code) = own.iter().find(|row| row.act == DECIDED).map(|row| row.subject.clone()) else { continue };
            let state = partner::folded(&code, own)?;
            if let Some((successor, _)) = state.succeeded_by.filter(|(_, from)| *from <= on) {
                houses.next.insert(code, successor.as_str().to_owned());
            }
        }
        Ok(houses)
    }

    /// The bank that stands for a bank: itself where nobody took it over.
    #[must_use]
    pub fn standing<'a>(&'a self, code: &'a str) -> &'a str {
        let mut at = code;
        // No chain is longer than the list, so that even a broken one ends.
        for _ in 0..self.next.len() {
            match self.next.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// Whether a bank was taken over.
    #[must_use]
    pub fn is_succeeded(&self, code: &str) -> bool {
        self.next.contains_key(code)
    }

    /// Every bank for which the same one stands, the one asked for first.
    #[must_use]
    pub fn together(&self, code: &str) -> Vec<String> {
        let house = self.standing(code);
        let mut all = vec![code.to_owned()];
        all.extend((house != code).then(|| house.to_owned()));
        let others = self.next.keys().filter(|other| *other != code && *other != house);
        all.extend(others.filter(|other| self.standing(other) == house).cloned());
        all
    }
}

/// Whose data a bank sees: its own and that of every bank of its house.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn reaches(db: &mut Db, fund_id: &str, code: &str, on: NaiveDate) -> Result<Vec<Reach>, UseCaseError> {
    let together = Houses::on(db, fund_id, on)?.together(code);
    Ok(together.iter().map(|bank| Reach::of_bank(fund_id, bank)).collect())
}

/// Why a bank registers no new loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It, or the bank that stands for it, is suspended.
    Suspended(NaiveDate),
    /// It was taken over before the loan was paid out.
    Succeeded,
}

impl Stopped {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Stopped::Suspended(_) => "BANK_SUSPENDED",
            Stopped::Succeeded => "BANK_SUCCEEDED",
        }
    }
}

/// What stops a bank from registering new loans on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stops {
    suspended: Option<NaiveDate>,
    succeeded_from: Option<NaiveDate>,
}

impl Stops {
    /// What stops a bank.
    ///
    /// # Errors
    /// Storage; `Corrupt`.
    pub fn of(db: &mut Db, fund_id: &str, code: &str, on: NaiveDate) -> Result<Stops, UseCaseError> {
        let suspended = partner::suspension(db, fund_id, code, on)?.map(|(_, since)| since);
        let succeeded = partner::state(db, fund_id, code)?.succeeded_by;
        Ok(Stops { suspended, succeeded_from: succeeded.map(|(_, from)| from).filter(|from| *from <= on) })
    }

    /// Why a loan that was paid out on a day is not registered.
    #[must_use]
    pub fn stop(&self, disbursed_on: NaiveDate) -> Option<Stopped> {
        match (self.suspended, self.succeeded_from) {
            (Some(since), _) => Some(Stopped::Suspended(since)),
            (None, Some(from)) if from <= disbursed_on => Some(Stopped::Succeeded),
            _ => None,
        }
    }
}
