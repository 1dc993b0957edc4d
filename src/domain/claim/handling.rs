//! The process of a claim as a measure sets it: days of each desk, levels, closer looks.
//!
//! **Invariant:** levels stand in ascending order and exactly the last has no upper limit; what a measure does not
//! say is not asked for.

use crate::domain::money::Fen;
use crate::domain::rulebook::condition::Span;

/// One level of approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its id.
    pub id: String,
    /// What it is called: Chinese, English.
    pub name: [String; 2],
    /// Up to which amount, inclusive; none for the last.
    pub up_to: Option<Fen>,
    /// A meeting with minutes decides.
    pub is_meeting: bool,
}

/// The process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handling {
    /// To confirm a registration.
    pub confirm_registration_within: Option<Span>,
    /// To accept a claim.
    pub accept_within: Option<Span>,
    /// To review it.
    pub review_within: Option<Span>,
    /// For the bank to put it right.
    pub amend_within: Option<Span>,
    /// How long a grant is public before it is ordered.
    pub publicity: Option<Span>,
    /// To pay.
    pub pay_within: Option<Span>,
    /// For the bank to confirm the receipt.
    pub confirm_receipt_within: Option<Span>,
    /// For the bank to appeal.
    pub appeal_within: Option<Span>,
    /// Above this amount the review looks closer.
    pub inspection_over: Option<Fen>,
    /// A loan overdue within this time after disbursement is reviewed further.
    pub early_default_within: Option<Span>,
    /// The finance bureau countersigns.
    pub countersign: bool,
    /// Levels; empty where any approver decides.
    pub levels: Vec<Level>,
}

impl Handling {
    /// The level that decides on an amount, by its place; none where any approver does.
    #[must_use]
    pub fn level_for(&self, amount: Fen) -> Option<usize> {
        self.levels.iter().position(|level| level.up_to.is_none_or(|limit| amount <= limit))
    }

    /// The place of a level.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.levels.iter().position(|level| level.id == id)
    }
}
