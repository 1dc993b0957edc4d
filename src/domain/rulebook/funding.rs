//! The money of a fund and who takes part: sources, contributors, parties, other levels.
//!
//! **Invariant:** a party is known by its place in the list, which also breaks ties.

use chrono::NaiveDate;

use super::condition::Span;
use super::name::{Name, Open, Origin, Titled};
use super::vocabulary::{InterestUse, Liability, MultipleBase, PartyKind, PaysAlso, SourceLevel};
use crate::domain::money::{Fen, Ppm};

/// The money of the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Whether recoveries refill the fund.
    pub revolving: Open<bool>,
    /// What limits the liability as a whole.
    pub liability: Open<Liability>,
    /// What the fund may pay besides claims.
    pub pays_also: Open<Vec<PaysAlso>>,
    /// Ratio in which levels match each other.
    pub matching: Option<Open<Vec<(SourceLevel, Ppm)>>>,
    /// Deposits with partners.
    pub deposits: Option<Deposits>,
    /// Where the interest goes.
    pub interest: Option<Open<InterestUse>>,
    /// What must stay in the fund; nothing when absent.
    pub floor: Option<Open<Floor>>,
    /// How often the fund may be promised; no limit when absent.
    pub multiple: Option<Open<Multiple>>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What must stay in the fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// This much.
    Amount(Fen),
    /// This part of everything paid in.
    OfTotal(Ppm),
}

/// How often the fund may be promised: `limit` times, counted over `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiple {
    /// Times, in millionths: 10 倍 is 10,000,000 ppm.
    pub limit: Ppm,
    /// From here on it is told; in millionths.
    pub alarm: Option<Ppm>,
    /// What is counted.
    pub of: MultipleBase,
}

/// Fund money that lies with partners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposits {
    /// With whom.
    pub with: Name,
    /// In proportion to what.
    pub in_proportion_to: Name,
    /// Where it comes from.
    pub origin: Origin,
}

/// One contributor of the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// Its id.
    pub id: Name,
    /// Who.
    pub level: Open<SourceLevel>,
    /// How much.
    pub amount: Open<Contribution>,
    /// In which parts it is paid.
    pub paid_in: Option<Open<Vec<Instalment>>>,
    /// Within which time.
    pub within: Option<Open<Span>>,
    /// Through whom.
    pub through: Option<PartyKind>,
    /// Where it comes from.
    pub origin: Origin,
}

/// How much a contributor pays in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contribution {
    /// This much.
    Amount(Fen),
    /// By the yearly budget.
    ByBudget,
    /// By the matching ratio.
    ByMatch,
}

/// One part of a contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    /// When.
    pub on: Open<NaiveDate>,
    /// How much.
    pub amount: Fen,
}

/// A party by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyIx(pub usize);

/// Someone who bears a part of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: Name,
    /// What it is.
    pub kind: PartyKind,
    /// Who belongs to it; only for a group.
    pub group: Option<PartyGroup>,
    /// Other roles it has: whoever has one may not review or approve.
    pub also: Vec<PartyKind>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The inside of a party that is a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyGroup {
    /// Its members.
    pub members: Vec<Name>,
    /// How they share among themselves, in the order of the members; `None` when that is private.
    pub inner: Open<Option<Vec<(Name, Ppm)>>>,
}

/// Another public level that pays too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its id.
    pub id: Name,
    /// Its name.
    pub name: Titled,
    /// The party it is in the sharing, if it is one.
    pub party: Option<PartyIx>,
    /// Where it comes from.
    pub origin: Origin,
}
