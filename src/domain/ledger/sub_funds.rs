//! Sub-funds: how much of the fund came from whom, and which of it is spent.
//!
//! Every source has a sub-fund; interest is one of its own. A payment is drawn from all of them in proportion to what
//! each still holds, odd fen by the largest remainder, so that no source is emptied before another; what comes back
//! goes to those it was taken from.
//! **Invariant:** parts sum to what is drawn or returned, and no sub-fund gives more than it holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Account, Entry, Side};
use crate::domain::money::{Fen, FenDelta, MoneyError};
use crate::domain::names::FundSource;
use crate::domain::split::{Rounding, SplitError, split};

/// What each sub-fund holds: credits less debits of the accounts that carry its source.
///
/// # Errors
/// `Overflow`.
pub fn holdings<'a>(
    balances: impl IntoIterator<Item = (&'a Account, FenDelta)>,
) -> Result<BTreeMap<FundSource, FenDelta>, MoneyError> {
    let mut held: BTreeMap<FundSource, FenDelta> = BTreeMap::new();
    for (account, balance) in balances {
        if let Some(source) = account.source() {
            let sum = held.entry(source).or_default();
            *sum = sum.checked_add(FenDelta::new(balance.get().checked_neg().ok_or(MoneyError::Overflow)?))?;
        }
    }
    Ok(held)
}

/// The least each sub-fund holds at the end of a day, walked back from what it holds `now` over what moved `later`,
/// newest day first: account, debit less credit.
///
/// # Errors
/// `Overflow`.
pub fn least(
    now: BTreeMap<FundSource, FenDelta>,
    later: &[(NaiveDate, Account, FenDelta)],
) -> Result<BTreeMap<FundSource, FenDelta>, MoneyError> {
    let mut held = now.clone();
    let mut least = now;
    for of_day in later.chunk_by(|a, b| a.0 == b.0) {
        for (_, account, moved) in of_day {
            if let Some(source) = account.source() {
                // A debit took from the sub-fund, so that before it the sub-fund held that much more.
                let before = held.entry(source).or_default();
                *before = before.checked_add(*moved)?;
            }
        }
        for (source, before) in &held {
            let known = least.entry(*source).or_default();
            *known = (*known).min(*before);
        }
    }
    Ok(least)
}

/// What a booking takes from each sub-fund, those that gain or stay left out.
///
/// # Errors
/// `Overflow`.
pub fn taken(entry: &Entry) -> Result<BTreeMap<FundSource, Fen>, MoneyError> {
    let moved = entry.lines().iter().map(|line| {
        let signed = match line.side {
            Side::Debit => line.amount.get(),
            Side::Credit => line.amount.get().saturating_neg(),
        };
        (&line.account, FenDelta::new(signed))
    });
    let left = holdings(moved)?.into_iter();
    Ok(left
        .filter_map(|(source, left)| Some((source, Fen::try_new(left.get().checked_neg()?).ok()?)))
        .filter(|(_, taken)| *taken != Fen::ZERO)
        .collect())
}

/// Why an amount cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The sub-funds together hold less.
    #[error("the sub-funds hold {held}, {wanted} is wanted")]
    Short {
        /// What they hold.
        held: Fen,
        /// What is wanted.
        wanted: Fen,
    },
    /// The arithmetic.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Draws an amount from the sub-funds in proportion to what each holds.
///
/// # Errors
/// `Short`, when together they hold less.
pub fn draw(amount: Fen, holdings: &BTreeMap<FundSource, FenDelta>) -> Result<Vec<(FundSource, Fen)>, DrawError> {
    let above_zero: Vec<(FundSource, Fen)> =
        holdings.iter().filter_map(|(source, held)| Some((*source, Fen::try_new(held.get()).ok()?))).collect();
    share(amount, &above_zero)
}

/// Shares an amount over parts in proportion to them: what comes back goes to those it was taken from.
///
/// # Errors
/// `Short`, when the parts sum to less.
pub fn share(amount: Fen, over: &[(FundSource, Fen)]) -> Result<Vec<(FundSource, Fen)>, DrawError> {
    let held = Fen::total(over.iter().map(|(_, part)| *part))?;
    if held < amount {
        return Err(DrawError::Short { held, wanted: amount });
    }
    if amount == Fen::ZERO {
        return Ok(Vec::new());
    }
    let weights: Vec<(FundSource, i128)> =
        over.iter().map(|(source, part)| (*source, i128::from(part.get()))).collect();
    let parts = split(amount, &weights, Rounding::LargestRemainder)?;
    Ok(parts.into_iter().filter(|(_, part)| *part != Fen::ZERO).collect())
}
