//! Who bears which part of a loss.
//!
//! **Invariant:** a stated ratio names each of its parties once and sums to 100 %.

use super::condition::Condition;
use super::fact::MoneyFact;
use super::funding::PartyIx;
use super::name::{Name, Open, Origin};
use super::vocabulary::{AboveBands, BandReading, NoMatch, Spread};
use crate::domain::money::{Fen, Ppm};
use crate::domain::split::Rounding;

/// Who bears which part of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// Who gets the odd fen.
    pub rounding: Open<Rounding>,
    /// What happens when no rule matches.
    pub no_match: Open<NoMatch>,
    /// Rules; the first that applies counts.
    pub rules: Vec<SharingRule>,
    /// Additional points.
    pub bonuses: Vec<Bonus>,
    /// The most the points may reach.
    pub ceiling: Option<Ceiling>,
    /// Where it comes from.
    pub origin: Origin,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharingRule {
    /// Its id.
    pub id: Name,
    /// To which cases it applies.
    pub when: Condition,
    /// Who claims, carries what limits cut, and gives the bonus points.
    pub bearer: Open<PartyIx>,
    /// How it divides.
    pub split: Split,
    /// Where it comes from.
    pub origin: Origin,
}

/// A ratio in tie order: bearer first, fund and other levels last. Parties it does not name bear nothing.
pub type Ratio = Vec<(PartyIx, Ppm)>;

/// How a rule divides a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// In one ratio; the parties are known even where their shares are not.
    Fixed(Open<Ratio>),
    /// By amount bands.
    Bands(Bands),
}

/// Ratios by amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    /// What is measured.
    pub measure: BandMeasure,
    /// How the bands are read.
    pub reading: Open<BandReading>,
    /// How the loss fills marginal slices.
    pub spread: Option<Open<Spread>>,
    /// What happens above the last band; never asked when the last is open.
    pub above: Option<Open<AboveBands>>,
    /// The bands, rising.
    pub steps: Vec<Band>,
}

/// What bands look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandMeasure {
    /// A fact.
    Fact(MoneyFact),
    /// The loss.
    LossBase,
}

/// One band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Where it ends.
    pub top: BandTop,
    /// Its ratio.
    pub shares: Open<Ratio>,
}

/// Where a band ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandTop {
    /// Here, included (不超过).
    UpTo(Fen),
    /// Before this (不满).
    Below(Fen),
    /// Nowhere.
    Open,
}

/// Additional points for one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bonus {
    /// Its id.
    pub id: Name,
    /// Rules it adds to.
    pub rules: Vec<Name>,
    /// To which cases it applies.
    pub when: Condition,
    /// How many points.
    pub points: Open<Ppm>,
    /// Who gets them.
    pub to: PartyIx,
    /// Of one such set only the largest counts.
    pub once: Option<Name>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The most that base and bonuses may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// Rules it limits.
    pub rules: Vec<Name>,
    /// Whose part.
    pub party: PartyIx,
    /// How much.
    pub rate: Open<Ppm>,
    /// Where it comes from.
    pub origin: Origin,
}
