//! The loans with a balance at one month-end, with the sums the tables ask of them.
//!
//! **Invariant:** holds only rows of banks that reported that month-end, and only balances above zero.

use std::collections::{BTreeMap, BTreeSet};

use super::ReportError;
use super::facts::{LoanFact, LoanKey, PeriodFacts, Position, Servicing};
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, MoneyError};
use crate::domain::names::{PartnerCode, Tier};

/// A set of banks.
pub type Banks<'a> = BTreeSet<&'a PartnerCode>;

/// One loan with a balance.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The registration.
    pub loan: &'a LoanFact,
    /// The bank's row.
    pub at: Servicing,
}

/// The loans of one month-end.
#[derive(Debug)]
pub struct Book<'a> {
    /// The month.
    pub month: Month,
    /// Banks that reported it, nil returns included.
    pub reported: Banks<'a>,
    entries: BTreeMap<&'a LoanKey, Entry<'a>>,
}

impl<'a> Book<'a> {
    /// The month-end of the period itself.
    #[must_use]
    pub fn current(facts: &'a PeriodFacts) -> Book<'a> {
        let rows = facts.loans.iter().filter_map(|loan| loan.servicing.map(|at| Entry { loan, at }));
        Book {
            month: facts.period,
            reported: facts.banks.iter().filter(|bank| bank.state.arrived()).map(|bank| &bank.code).collect(),
            entries: outstanding(rows),
        }
    }

    /// An earlier month-end.
    ///
    /// # Errors
    /// `LoanUnknown` for a row whose loan is not on the register.
    pub fn earlier(facts: &'a PeriodFacts, position: &'a Position) -> Result<Book<'a>, ReportError> {
        let register: BTreeMap<&LoanKey, &LoanFact> = facts.loans.iter().map(|loan| (&loan.key, loan)).collect();
        let mut rows = Vec::with_capacity(position.rows.len());
        for (key, at) in &position.rows {
            let loan = register.get(key).ok_or_else(|| ReportError::LoanUnknown {
                bank: key.bank.to_string(),
                contract: key.contract.to_string(),
            })?;
            rows.push(Entry { loan, at: *at });
        }
        let reported: Banks<'_> = position.reported.iter().collect();
        let rows = rows.into_iter().filter(|entry| reported.contains(&entry.loan.key.bank));
        Ok(Book { month: position.month, entries: outstanding(rows), reported: reported.clone() })
    }

    /// The entries of these banks.
    pub fn of<'b>(&'b self, banks: &'b Banks<'_>) -> impl Iterator<Item = &'b Entry<'a>> {
        self.entries.values().filter(move |entry| banks.contains(&entry.loan.key.bank))
    }

    /// All entries.
    pub fn all(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.values()
    }

    /// The entry of this loan, if it has a balance.
    #[must_use]
    pub fn get(&self, key: &LoanKey) -> Option<&Entry<'a>> {
        self.entries.get(key)
    }

    /// Balance of these banks.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn balance(&self, banks: &Banks<'_>) -> Result<Fen, MoneyError> {
        balance(self.of(banks))
    }

    /// Non-performing balance of these banks.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn npl_balance(&self, banks: &Banks<'_>) -> Result<Fen, MoneyError> {
        balance(self.of(banks).filter(|entry| entry.at.tier.is_npl()))
    }

    /// Count and balance of one tier.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn tier(&self, banks: &Banks<'_>, tier: Tier) -> Result<(u64, Fen), MoneyError> {
        let of_tier = || self.of(banks).filter(move |entry| entry.at.tier == tier);
        Ok((count(of_tier()), balance(of_tier())?))
    }
}

/// Sum of the balances.
///
/// # Errors
/// `Overflow`.
pub fn balance<'b>(entries: impl Iterator<Item = &'b Entry<'b>>) -> Result<Fen, MoneyError> {
    Fen::total(entries.map(|entry| entry.at.balance))
}

/// How many.
pub fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    items.fold(0, |n: u64, _| n.saturating_add(1))
}

/// How many different firms; one with loans at two banks counts once.
pub fn firms<'b>(loans: impl Iterator<Item = &'b LoanFact>) -> u64 {
    let codes: BTreeSet<&str> = loans.map(|loan| loan.borrower.as_str()).collect();
    count(codes.into_iter())
}

/// Firms with loans at more than one bank.
pub fn overlap<'b>(loans: impl Iterator<Item = &'b LoanFact>) -> u64 {
    let mut banks: BTreeMap<&str, BTreeSet<&PartnerCode>> = BTreeMap::new();
    for loan in loans {
        banks.entry(&loan.borrower).or_default().insert(&loan.key.bank);
    }
    count(banks.values().filter(|codes| codes.len() > 1))
}

/// Whether a day lies in the calendar year of `month`, up to its last day.
#[must_use]
pub fn this_year(month: Month, day: chrono::NaiveDate) -> bool {
    chrono::Datelike::year(&day) == month.year() && day <= month.last_day()
}

/// Whether a day lies in `month`.
#[must_use]
pub fn this_month(month: Month, day: chrono::NaiveDate) -> bool {
    month.first_day() <= day && day <= month.last_day()
}

fn outstanding<'a>(rows: impl Iterator<Item = Entry<'a>>) -> BTreeMap<&'a LoanKey, Entry<'a>> {
    rows.filter(|entry| entry.at.balance > Fen::ZERO).map(|entry| (&entry.loan.key, entry)).collect()
}
