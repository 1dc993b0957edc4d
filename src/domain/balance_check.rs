//! What a balance says beside the one of the month before.
//!
//! Owns when a fall is worth a question. **Invariant:** a loan that is paid off is never asked about, and a rise is
//! left to the warning that exists for it, unless it looks like a slip of the unit.

use super::money::Fen;
use super::unit_slip::{Slip, slip};

/// What is left of a balance, as one part in so many, below which a fall in one month is worth a question.
const FALLS_BELOW: i64 = 10;

/// Why a balance is worth a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// It looks like another unit.
    Unit(Slip),
    /// It fell by more than nine tenths without being paid off.
    Fell,
}

/// How a balance moved in a month, where that is worth a question.
#[must_use]
pub fn jump(before: Fen, now: Fen) -> Option<Jump> {
    if let Some(slip) = slip(now, before) {
        return Some(Jump::Unit(slip));
    }
    let fell =
        now > Fen::ZERO && i128::from(now.get()).saturating_mul(i128::from(FALLS_BELOW)) < i128::from(before.get());
    fell.then_some(Jump::Fell)
}
