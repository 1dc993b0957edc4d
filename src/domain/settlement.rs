//! Settling a provisional payment once the final amount is known.
//!
//! Owns rule R5 of the payout maths.
//! **Invariant:** advance + top-up − clawback = final amount, and one of the two is zero.

use super::money::Fen;

/// What still moves between the fund and the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// What the fund still pays.
    pub top_up: Fen,
    /// What the bank gives back.
    pub clawback: Fen,
}

/// Compares what was paid provisionally with what is due (R5).
#[must_use]
pub fn settle(advance: Fen, due: Fen) -> Settlement {
    Settlement { top_up: due.saturating_sub(advance), clawback: advance.saturating_sub(due) }
}
