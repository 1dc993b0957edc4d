//! Amounts that were most likely written in the wrong unit: 元 for 万元 or the other way round.
//!
//! Owns what counts as such a slip. **Invariant:** integers only; nothing is judged against fewer than eight other
//! amounts, and a slip is a hint, never a correction.

use super::money::{FEN_PER_YUAN, Fen};

/// How many times larger or smaller than usual an amount must be. A slip is 10,000 times; amounts of one kind lie
/// within ten times of their middle.
pub const TIMES: i64 = 1_000;
/// Amounts that must be known before their middle says anything.
pub const LEAST_KNOWN: usize = 8;
/// Yearly revenue per head, in yuan, beyond which no firm earns.
const MOST_PER_HEAD: i64 = 1_000_000_000;
/// Yearly revenue per head, in yuan, below which no firm that has any revenue stays.
const LEAST_PER_HEAD: i64 = 100;

/// In which direction an amount slipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Far too large: yuan in a column of ten thousands.
    TooLarge,
    /// Far too small: ten thousands in a column of yuan.
    TooSmall,
}

/// The middle of amounts, the lower of two; nothing for fewer than eight.
#[must_use]
pub fn median(mut amounts: Vec<Fen>) -> Option<Fen> {
    if amounts.len() < LEAST_KNOWN {
        return None;
    }
    let middle = amounts.len().saturating_sub(1).wrapping_div(2);
    let (_, median, _) = amounts.select_nth_unstable(middle);
    Some(*median)
}

/// Whether an amount is a thousand times what is usual, or a thousandth of it. Nothing is said of zero.
#[must_use]
pub fn slip(amount: Fen, usual: Fen) -> Option<Slip> {
    if amount == Fen::ZERO || usual == Fen::ZERO {
        return None;
    }
    let many_times =
        |large: Fen, small: Fen| i128::from(large.get()) >= i128::from(small.get()).saturating_mul(i128::from(TIMES));
    if many_times(amount, usual) {
        Some(Slip::TooLarge)
    } else if many_times(usual, amount) {
        Some(Slip::TooSmall)
    } else {
        None
    }
}

/// How many whole times the smaller of two amounts goes into the larger; zero where one is zero.
#[must_use]
pub fn times(one: Fen, other: Fen) -> i64 {
    one.max(other).get().checked_div(one.min(other).get()).unwrap_or(0)
}

/// Whether a yearly revenue is beyond what so many people can earn, or next to nothing.
#[must_use]
pub fn revenue_slip(revenue: Fen, employees: u32) -> Option<Slip> {
    if employees == 0 || revenue == Fen::ZERO {
        return None;
    }
    let bound =
        |yuan: i64| i128::from(yuan).saturating_mul(i128::from(FEN_PER_YUAN)).saturating_mul(i128::from(employees));
    let found = i128::from(revenue.get());
    if found >= bound(MOST_PER_HEAD) {
        Some(Slip::TooLarge)
    } else if found < bound(LEAST_PER_HEAD) {
        Some(Slip::TooSmall)
    } else {
        None
    }
}
