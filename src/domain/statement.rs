//! A bank statement: what the bank says moved on one account, and whether it adds up.
//!
//! Owns the shape every form of file is read into, and the identity of a line.
//! **Invariant:** a `Statement` exists only if opening balance and movements give the closing balance; every line is
//! above zero and says which way the money went.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use thiserror::Error;

use super::money::{Fen, FenDelta, MoneyError};

/// Which way money went, as the bank sees its customer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Into the account.
    Credit,
    /// Out of the account.
    Debit,
}

impl Direction {
    /// Stable text.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Direction::Credit => "credit",
            Direction::Debit => "debit",
        }
    }

    /// The direction with this text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Direction> {
        [Direction::Credit, Direction::Debit].into_iter().find(|direction| direction.code() == code)
    }

    /// The other way.
    #[must_use]
    pub const fn other(self) -> Direction {
        match self {
            Direction::Credit => Direction::Debit,
            Direction::Debit => Direction::Credit,
        }
    }

    /// Direction and amount of a signed movement; nothing for zero.
    #[must_use]
    pub fn of(movement: FenDelta) -> Option<(Direction, Fen)> {
        let amount = Fen::try_new(movement.get().checked_abs()?).ok()?;
        match movement.get() {
            0 => None,
            fen if fen > 0 => Some((Direction::Credit, amount)),
            _ => Some((Direction::Debit, amount)),
        }
    }

    /// The amount with its sign: into the account above zero.
    #[must_use]
    pub const fn signed(self, amount: Fen) -> FenDelta {
        match self {
            Direction::Credit => amount.as_delta(),
            Direction::Debit => FenDelta::new(amount.get().wrapping_neg()),
        }
    }
}

/// One movement as the bank tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// Row or entry of the file, from 1.
    pub place: u32,
    /// Day on which the bank booked it.
    pub booked_on: NaiveDate,
    /// Day from which it counts for interest.
    pub value_on: Option<NaiveDate>,
    /// Which way the money went in the end, reversals included.
    pub direction: Direction,
    /// How much.
    pub amount: Fen,
    /// Whether it takes an earlier entry back.
    pub is_reversal: bool,
    /// Name of the other side.
    pub counterparty_name: String,
    /// Account of the other side.
    pub counterparty_account: String,
    /// The bank's own number of the movement; empty where it gave none.
    pub reference: String,
    /// The payer's number that travels with the money; empty where there is none.
    pub end_to_end: String,
    /// Purpose and remarks.
    pub text: String,
}

/// Everything of a statement but the proof that it adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementParts {
    /// Number of the account.
    pub account: String,
    /// The bank's number of the statement; empty where it has none.
    pub number: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Balance before the first line.
    pub opening: FenDelta,
    /// Balance after the last line.
    pub closing: FenDelta,
    /// Movements, in the order of the bank.
    pub lines: Vec<StatementLine>,
}

/// A statement that adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement(StatementParts);

/// Why a statement is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementError {
    /// The last day before the first.
    #[error("{to} is before {from}")]
    Period {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// A line of zero.
    #[error("line {place} is zero")]
    Zero {
        /// Row or entry.
        place: u32,
    },
    /// A line outside the days of the statement.
    #[error("line {place} of {on} lies outside the statement")]
    Outside {
        /// Row or entry.
        place: u32,
        /// Its day.
        on: NaiveDate,
    },
    /// Opening balance and movements do not give the closing balance.
    #[error("the movements lead to {computed}, the statement says {stated}")]
    Total {
        /// What the movements lead to.
        computed: FenDelta,
        /// What the statement says.
        stated: FenDelta,
    },
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Statement {
    /// A statement, if it adds up.
    ///
    /// # Errors
    /// `Period`, `Zero`, `Outside`, `Total`, `Money`.
    pub fn try_new(parts: StatementParts) -> Result<Statement, StatementError> {
        if parts.to < parts.from {
            return Err(StatementError::Period { from: parts.from, to: parts.to });
        }
        let mut computed = parts.opening;
        for line in &parts.lines {
            if line.amount == Fen::ZERO {
                return Err(StatementError::Zero { place: line.place });
            }
            if line.booked_on < parts.from || line.booked_on > parts.to {
                return Err(StatementError::Outside { place: line.place, on: line.booked_on });
            }
            computed = computed.checked_add(line.direction.signed(line.amount))?;
        }
        if computed != parts.closing {
            return Err(StatementError::Total { computed, stated: parts.closing });
        }
        Ok(Statement(parts))
    }

    /// What it says.
    #[must_use]
    pub const fn parts(&self) -> &StatementParts {
        &self.0
    }

    /// The identity of each line, in their order.
    ///
    /// A line that the bank numbered is (number, way, amount), another one (day, way, amount, text); equal lines of
    /// a file are counted, so that two equal payments of a day are two. A number alone would not do: banks give an
    /// entry and its reversal the same.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let key = |line: &StatementLine| {
            let (way, amount) = (line.direction.code(), line.amount.get());
            if line.reference.is_empty() {
                format!("day|{}|{way}|{amount}|{}", line.booked_on, line.text)
            } else {
                format!("ref|{}|{way}|{amount}", line.reference)
            }
        };
        self.0
            .lines
            .iter()
            .map(|line| {
                let plain = key(line);
                let nth = seen.entry(plain.clone()).or_insert(0);
                *nth = nth.saturating_add(1);
                format!("{plain}|{nth}")
            })
            .collect()
    }
}

/// Days and balances of a statement, which is all that continuity looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Balance before.
    pub opening: FenDelta,
    /// Balance after.
    pub closing: FenDelta,
}

/// The balance the bank has told for the end of a day, from its statements and the lines of the account.
///
/// A statement that ends on the day says it itself; one that covers the day counts with the lines up to it;
/// otherwise the last one that ended before.
/// Nothing where no statement had begun.
///
/// # Errors
/// `Overflow`.
pub fn balance_on(
    spans: &[Span],
    lines: &[(NaiveDate, FenDelta)],
    on: NaiveDate,
) -> Result<Option<FenDelta>, MoneyError> {
    let begun = || spans.iter().filter(|span| span.from <= on);
    if let Some(ending) = begun().filter(|span| span.to == on).max_by_key(|span| span.from) {
        return Ok(Some(ending.closing));
    }
    if let Some(covering) = begun().filter(|span| span.to > on).max_by_key(|span| (span.from, span.to)) {
        let within = lines.iter().filter(|(day, _)| (covering.from..=on).contains(day));
        return within.map(|(_, fen)| *fen).try_fold(covering.opening, FenDelta::checked_add).map(Some);
    }
    Ok(begun().max_by_key(|span| (span.to, span.from)).map(|span| span.closing))
}

/// How a statement joins those already known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joint {
    /// Days between this one and its neighbour are covered by no statement, and the balances do not meet.
    Gap {
        /// First day missing.
        from: NaiveDate,
        /// Last day missing.
        to: NaiveDate,
        /// Balance where the earlier one ends.
        before: FenDelta,
        /// Balance where the later one begins.
        after: FenDelta,
    },
    /// No day is missing, but the balances do not meet.
    NotContinued {
        /// Day on which they should.
        on: NaiveDate,
        /// Balance where the earlier one ends.
        before: FenDelta,
        /// Balance where the later one begins.
        after: FenDelta,
    },
}

/// Where a new statement does not continue its neighbours. `known` are the others; `lines` those of the account
/// without what only the new one brought.
///
/// # Errors
/// `Overflow`.
pub fn joints(new: Span, known: &[Span], lines: &[(NaiveDate, FenDelta)]) -> Result<Vec<Joint>, MoneyError> {
    let mut found = Vec::new();
    if let Some(eve) = new.from.pred_opt()
        && let Some(before) = balance_on(known, lines, eve)?
        && before != new.opening
    {
        let last = known.iter().filter(|span| span.from <= eve).map(|span| span.to).max();
        found.push(joint(last, new.from, before, new.opening));
    }
    let next = known.iter().filter(|span| span.from > new.to).min_by_key(|span| (span.from, span.to));
    if let Some(next) = next.filter(|next| next.opening != new.closing) {
        // Where another statement reaches as far, that one is the neighbour and has said so already.
        if !known.iter().any(|span| span.from <= new.to && span.to >= new.to) {
            found.push(joint(Some(new.to), next.from, new.closing, next.opening));
        }
    }
    Ok(found)
}

fn joint(last: Option<NaiveDate>, from: NaiveDate, before: FenDelta, after: FenDelta) -> Joint {
    let missing = last.and_then(|last| last.succ_opt()).filter(|first| *first < from);
    match (missing, from.pred_opt()) {
        (Some(first), Some(eve)) => Joint::Gap { from: first, to: eve, before, after },
        _ => Joint::NotContinued { on: from, before, after },
    }
}
