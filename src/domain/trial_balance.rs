//! The trial balance: opening, movements and closing of every account over a span of days.
//!
//! Accounts are texts here: whatever stands in the ledger is told, also accounts that came later.
//! **Invariant:** closing = opening + debit − credit for each account; over all accounts debits equal credits and
//! the balances cancel out, or `is_balanced` says no.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::ledger::Side;
use super::money::{Fen, FenDelta, MoneyError};
use super::statement::Direction;

/// One line of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting<'a> {
    /// Account.
    pub account: &'a str,
    /// Side.
    pub side: Side,
    /// Amount.
    pub amount: Fen,
    /// Day of the booking.
    pub on: NaiveDate,
}

/// One account; balances are debits less credits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountLine {
    /// Balance before the first day.
    pub opening: FenDelta,
    /// Debits within.
    pub debit: Fen,
    /// Credits within.
    pub credit: Fen,
    /// Balance after the last day.
    pub closing: FenDelta,
}

/// The trial balance, by account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrialBalance {
    /// Accounts that ever moved up to the last day, by code.
    pub accounts: BTreeMap<String, AccountLine>,
    /// Debits of all accounts within.
    pub debit: Fen,
    /// Credits of all accounts within.
    pub credit: Fen,
}

impl TrialBalance {
    /// Whether both sides are equal and all balances cancel out.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let cancels = |pick: fn(&AccountLine) -> FenDelta| {
            self.accounts.values().map(pick).try_fold(FenDelta::ZERO, FenDelta::checked_add) == Ok(FenDelta::ZERO)
        };
        self.debit == self.credit && cancels(|line| line.opening) && cancels(|line| line.closing)
    }
}

/// The trial balance from the first day to the last.
///
/// # Errors
/// `Overflow`.
pub fn trial_balance<'a>(
    postings: impl IntoIterator<Item = Posting<'a>>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<TrialBalance, MoneyError> {
    let mut told = TrialBalance::default();
    for posting in postings.into_iter().filter(|posting| posting.on <= to) {
        let line = told.accounts.entry(posting.account.to_owned()).or_default();
        let signed = match posting.side {
            Side::Debit => Direction::Credit.signed(posting.amount),
            Side::Credit => Direction::Debit.signed(posting.amount),
        };
        line.closing = line.closing.checked_add(signed)?;
        if posting.on < from {
            line.opening = line.opening.checked_add(signed)?;
            continue;
        }
        let (own, all) = match posting.side {
            Side::Debit => (&mut line.debit, &mut told.debit),
            Side::Credit => (&mut line.credit, &mut told.credit),
        };
        *own = own.checked_add(posting.amount)?;
        *all = all.checked_add(posting.amount)?;
    }
    Ok(told)
}
