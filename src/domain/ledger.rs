//! The fund's books: double entry, grown only by balanced entries.
//!
//! **Invariant:** every entry has equal debits and credits; money in hand and money owed never fall below zero.

use std::collections::BTreeMap;

use thiserror::Error;

use super::money::{Fen, FenDelta, MoneyError};
use super::names::FundSource;

mod account;
mod entries;
pub mod sub_funds;

pub use account::{Account, AccountKind};

/// Which side of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// Why a booking is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LedgerError {
    /// No lines.
    #[error("a booking without lines")]
    Empty,
    /// A line of zero.
    #[error("a line of zero on {account}")]
    ZeroAmount {
        /// Account.
        account: String,
    },
    /// The sides differ.
    #[error("debits {debit} and credits {credit} differ")]
    Unbalanced {
        /// Sum of debits.
        debit: Fen,
        /// Sum of credits.
        credit: Fen,
    },
    /// A balance would leave its side: cash below zero, or a debt turned into a claim.
    #[error("{account} would be {balance}")]
    Overdrawn {
        /// Account.
        account: String,
        /// Balance after the booking.
        balance: FenDelta,
    },
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// One line of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Account.
    pub account: Account,
    /// Side.
    pub side: Side,
    /// Amount, above zero.
    pub amount: Fen,
}

/// A balanced booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    lines: Vec<Line>,
}

impl Side {
    /// Stable text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Side::Debit => "debit",
            Side::Credit => "credit",
        }
    }

    /// The side with this text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Side> {
        [Side::Debit, Side::Credit].into_iter().find(|side| side.code() == code)
    }

    const fn other(self) -> Side {
        match self {
            Side::Debit => Side::Credit,
            Side::Credit => Side::Debit,
        }
    }
}

impl Entry {
    /// A booking of these lines.
    ///
    /// # Errors
    /// `Empty`, `ZeroAmount`, `Unbalanced`.
    pub fn try_new(lines: Vec<Line>) -> Result<Entry, LedgerError> {
        if lines.is_empty() {
            return Err(LedgerError::Empty);
        }
        if let Some(line) = lines.iter().find(|line| line.amount == Fen::ZERO) {
            return Err(LedgerError::ZeroAmount { account: line.account.code() });
        }
        let sum = |side: Side| Fen::total(lines.iter().filter(|line| line.side == side).map(|line| line.amount));
        let (debit, credit) = (sum(Side::Debit)?, sum(Side::Credit)?);
        if debit != credit {
            return Err(LedgerError::Unbalanced { debit, credit });
        }
        Ok(Entry { lines })
    }

    /// Money paid in by a source.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn contribution(source: FundSource, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::into_cash(Account::Contribution(source), amount)
    }

    /// Interest on the account.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn interest(amount: Fen) -> Result<Entry, LedgerError> {
        Entry::into_cash(Account::InterestIncome, amount)
    }

    /// A recovery that came in before its claim was paid.
    ///
    /// # Errors
    /// `ZeroAmount`.
    pub fn recovery_unallocated(amount: Fen) -> Result<Entry, LedgerError> {
        Entry::into_cash(Account::RecoveriesUnallocated, amount)
    }

    /// The booking that takes this one back.
    #[must_use]
    pub fn reversal(&self) -> Entry {
        let lines = self.lines.iter().map(|line| Line { side: line.side.other(), ..line.clone() }).collect();
        Entry { lines }
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    fn into_cash(from: Account, amount: Fen) -> Result<Entry, LedgerError> {
        Entry::try_new(vec![
            Line { account: Account::Cash, side: Side::Debit, amount },
            Line { account: from, side: Side::Credit, amount },
        ])
    }
}

/// Balances of all accounts, debits less credits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balances(BTreeMap<Account, FenDelta>);

impl Balances {
    /// Books an entry.
    ///
    /// # Errors
    /// `Overdrawn`, with nothing booked; `Money`.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let mut after = self.0.clone();
        for line in entry.lines() {
            let signed = match line.side {
                Side::Debit => line.amount.as_delta(),
                Side::Credit => FenDelta::new(line.amount.get().wrapping_neg()),
            };
            let balance = after.entry(line.account.clone()).or_default();
            *balance = balance.checked_add(signed)?;
        }
        for line in entry.lines() {
            let balance = after.get(&line.account).copied().unwrap_or_default();
            if !line.account.may_stand_at(balance) {
                return Err(LedgerError::Overdrawn { account: line.account.code(), balance });
            }
        }
        self.0 = after;
        Ok(())
    }

    /// Balance of an account.
    #[must_use]
    pub fn of(&self, account: &Account) -> FenDelta {
        self.0.get(account).copied().unwrap_or_default()
    }

    /// Balance of the account bank; never below zero.
    #[must_use]
    pub fn cash(&self) -> FenDelta {
        self.of(&Account::Cash)
    }

    /// Whether all balances together are zero.
    #[must_use]
    pub fn trial_balance_is_zero(&self) -> bool {
        self.0.values().try_fold(FenDelta::ZERO, |sum, balance| sum.checked_add(*balance)) == Ok(FenDelta::ZERO)
    }
}
