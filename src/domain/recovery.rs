//! Money that comes back after a claim was paid.
//!
//! Owns rule R4 of the payout maths: costs first, then the parties over what each has not yet got back. Parties are
//! opaque names here.
//! **Invariant:** nobody gets back more than it bore; proceeds less costs = returned + surplus − cost still carried.

use thiserror::Error;

use super::money::Fen;
use super::split::{Rounding, SplitError, split};

/// Why a receipt could not be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RecoveryError {
    /// The arithmetic of a step.
    #[error(transparent)]
    Split(#[from] SplitError),
}

impl From<super::money::MoneyError> for RecoveryError {
    fn from(error: super::money::MoneyError) -> RecoveryError {
        RecoveryError::Split(error.into())
    }
}

/// Money that came in, with what it cost to get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Proceeds.
    pub gross: Fen,
    /// Cost of those proceeds.
    pub cost: Fen,
}

/// What one receipt did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<P> {
    /// Proceeds less cost and the cost carried so far, never below zero.
    pub net: Fen,
    /// What of it went to the parties.
    pub distributed: Fen,
    /// Each party's part, in the order of the list.
    pub parts: Vec<(P, Fen)>,
    /// What was left after everyone was made whole; never the fund's.
    pub surplus: Fen,
    /// Cost that no receipt has covered yet.
    pub cost_carried: Fen,
}

/// One party's account with the recoveries of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing<P> {
    party: P,
    returned: Fen,
    unreimbursed: Fen,
}

/// The recoveries of one claim, receipt by receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery<P> {
    standings: Vec<Standing<P>>,
    surplus: Fen,
    cost_carried: Fen,
}

impl<P: Clone> Recovery<P> {
    /// Nothing recovered yet of what each party bore. The order of the list breaks ties.
    #[must_use]
    pub fn new(borne: &[(P, Fen)]) -> Recovery<P> {
        let standing =
            |(party, fen): &(P, Fen)| Standing { party: party.clone(), returned: Fen::ZERO, unreimbursed: *fen };
        Recovery { standings: borne.iter().map(standing).collect(), surplus: Fen::ZERO, cost_carried: Fen::ZERO }
    }

    /// Shares one receipt (R4).
    ///
    /// # Errors
    /// `Split` when a sum does not fit; nothing has changed then.
    pub fn take(&mut self, receipt: Receipt) -> Result<Step<P>, RecoveryError> {
        let cost = receipt.cost.checked_add(self.cost_carried)?;
        let net = receipt.gross.saturating_sub(cost);
        let open = Fen::total(self.standings.iter().map(|standing| standing.unreimbursed))?;
        let distributed = net.min(open);
        let parts = self.parts(distributed, open)?;
        let mut after = self.standings.clone();
        for (standing, (_, part)) in after.iter_mut().zip(&parts) {
            standing.returned = standing.returned.checked_add(*part)?;
            standing.unreimbursed = standing.unreimbursed.checked_sub(*part)?;
        }
        let surplus = net.checked_sub(distributed)?;
        self.surplus = self.surplus.checked_add(surplus)?;
        self.cost_carried = cost.saturating_sub(receipt.gross);
        self.standings = after;
        Ok(Step { net, distributed, parts, surplus, cost_carried: self.cost_carried })
    }

    /// `distributed` over what each has not yet got back; nothing to share when everyone is whole.
    fn parts(&self, distributed: Fen, open: Fen) -> Result<Vec<(P, Fen)>, SplitError> {
        if open == Fen::ZERO {
            return Ok(self.standings.iter().map(|standing| (standing.party.clone(), Fen::ZERO)).collect());
        }
        let weight = |standing: &Standing<P>| (standing.party.clone(), i128::from(standing.unreimbursed.get()));
        let weights: Vec<(P, i128)> = self.standings.iter().map(weight).collect();
        split(distributed, &weights, Rounding::LargestRemainder)
    }

    /// What each party has got back, in the order of the list.
    #[must_use]
    pub fn returned(&self) -> Vec<(P, Fen)> {
        self.standings.iter().map(|standing| (standing.party.clone(), standing.returned)).collect()
    }

    /// What each party has not got back, in the order of the list.
    #[must_use]
    pub fn unreimbursed(&self) -> Vec<(P, Fen)> {
        self.standings.iter().map(|standing| (standing.party.clone(), standing.unreimbursed)).collect()
    }

    /// What came in above what everyone bore.
    #[must_use]
    pub const fn surplus(&self) -> Fen {
        self.surplus
    }

    /// Cost that no receipt has covered yet.
    #[must_use]
    pub const fn cost_carried(&self) -> Fen {
        self.cost_carried
    }
}
