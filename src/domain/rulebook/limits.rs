//! Limits on a payout, breakers, timing, and settlement over a whole book.
//!
//! **Invariant:** limits stand in the order in which they apply.

use super::condition::{Bound, Condition};
use super::fact::{DateRef, MoneyFact, RateFact};
use super::name::{Name, Open, Origin};
use super::sharing::Ratio;
use super::vocabulary::{
    AboveBands, AdvanceOf, Allocation, BreakerEffect, BreakerScope, CapKind, HeldIn, LevelsBase, LevelsCounted,
    LevelsCut, LossInLayer, Override, QueueOrder, Release, Route, Short, Window, YearEnd,
};
use crate::domain::money::{Fen, Ppm};

use super::funding::PartyIx;

/// An amount a rulebook states: fixed, or a share of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// Fixed.
    Amount(Fen),
    /// A fact × `times` + `plus`, rounded down.
    Linear {
        /// The fact.
        of: MoneyFact,
        /// Multiplier.
        times: Ppm,
        /// Added.
        plus: Fen,
    },
}

/// One limit on a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// Its id.
    pub id: Name,
    /// To which cases it applies.
    pub when: Condition,
    /// What it limits.
    pub rule: CapRule,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a cap limits. Amounts may step by conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CapRule {
    /// One loan.
    PerLoan(CapLimit<Money>),
    /// One borrower, for life.
    PerBorrowerLife(CapLimit<Money>),
    /// One borrower in a calendar year.
    PerBorrowerYear(CapLimit<Money>),
    /// One bank in a calendar year.
    PerBankYear(CapLimit<Money>),
    /// The scheme in a calendar year.
    PerSchemeYear(CapLimit<Money>),
    /// One route in a calendar year.
    PerModeYear {
        /// Which route.
        mode: Route,
        /// How much.
        limit: CapLimit<Money>,
    },
    /// A share of the loss.
    Rate(CapLimit<Ppm>),
    /// All public payments together.
    AllLevels {
        /// Share.
        limit: CapLimit<Ppm>,
        /// Of what.
        of: LevelsBase,
        /// Whose payments count.
        counts: Vec<LevelsCounted>,
        /// Whose is cut.
        cut: LevelsCut,
    },
    /// A bound on another figure, less what is used of it.
    Room {
        /// The bound.
        limit: CapLimit<Money>,
        /// What is used.
        used: Option<MoneyFact>,
    },
    /// A part is cut.
    Reduction(CapLimit<Ppm>),
    /// What the fund holds above its floor.
    FundBalance,
    /// Everything paid in less everything paid out.
    FundTotal,
}

/// How much a cap allows: once for all, or by the first step that applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CapLimit<T> {
    /// Once for all.
    Fixed(Open<T>),
    /// By steps; where none applies the cap does not either.
    Steps(Vec<CapStepRule<T>>),
}

/// One step of a cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapStepRule<T> {
    /// To which cases it applies.
    pub when: Condition,
    /// How much.
    pub limit: Open<T>,
}

impl CapRule {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> CapKind {
        match self {
            CapRule::PerLoan(_) => CapKind::PerLoan,
            CapRule::PerBorrowerLife(_) => CapKind::PerBorrowerLife,
            CapRule::PerBorrowerYear(_) => CapKind::PerBorrowerYear,
            CapRule::PerBankYear(_) => CapKind::PerBankYear,
            CapRule::PerSchemeYear(_) => CapKind::PerSchemeYear,
            CapRule::PerModeYear { .. } => CapKind::PerModeYear,
            CapRule::Rate(_) => CapKind::Rate,
            CapRule::AllLevels { .. } => CapKind::AllLevels,
            CapRule::Room { .. } => CapKind::Room,
            CapRule::Reduction(_) => CapKind::Reduction,
            CapRule::FundBalance => CapKind::FundBalance,
            CapRule::FundTotal => CapKind::FundTotal,
        }
    }
}

impl CapLimit<Money> {
    /// The amount, where it is one fixed amount.
    #[must_use]
    pub const fn fixed_amount(&self) -> Option<Fen> {
        match self {
            CapLimit::Fixed(Open::Known(Money::Amount(fen))) => Some(*fen),
            _ => None,
        }
    }
}

/// What stops payouts or new loans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    /// Its id.
    pub id: Name,
    /// To which cases it applies.
    pub when: Condition,
    /// Whom it concerns.
    pub scope: BreakerScope,
    /// What is watched.
    pub figure: BreakerFigure,
    /// Over which time.
    pub window: Open<Window>,
    /// From where on it trips.
    pub trips: Open<Bound<Ppm>>,
    /// From where on it is told.
    pub warns: Option<Bound<Ppm>>,
    /// What it does.
    pub effect: Open<Vec<BreakerEffect>>,
    /// What frees it.
    pub release: Open<Release>,
    /// Who may pay in spite of it.
    pub overriding: Open<Override>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a breaker watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerFigure {
    /// One amount ÷ another, compared by cross-multiplication.
    Ratio(MoneyFact, MoneyFact),
    /// A ratio that is a fact.
    Value(RateFact),
    /// The measure leaves it open.
    Unknown,
}

/// When the money is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Provisionally first, if so.
    pub provisional: Option<Provisional>,
    /// Whether the mode is known at all.
    pub mode_known: bool,
    /// What happens when the money is short.
    pub short: Open<Short>,
    /// Who is first.
    pub queue: Open<QueueOrder>,
    /// What becomes of the rest at the end of the year.
    pub year_end: Open<YearEnd>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A payment before the loss is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provisional {
    /// How much of it.
    pub advance: Open<Ppm>,
    /// Of what.
    pub of: Open<AdvanceOf>,
    /// Where it lies.
    pub held_in: Open<HeldIn>,
    /// The day that makes it final.
    pub settle_on: Open<DateRef>,
}

/// Settlement over a bank's whole book at the end of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portfolio {
    /// Day in the year, as month and day.
    pub measured_on: Open<Name>,
    /// Non-performing part and whole of the book.
    pub ratio: Open<(MoneyFact, MoneyFact)>,
    /// The slice that is shared, as parts of the book.
    pub layer: Open<(Ppm, Ppm)>,
    /// The loss on the book.
    pub loss: Open<MoneyFact>,
    /// Which losses lie in the slice.
    pub loss_in_layer: Open<LossInLayer>,
    /// Who carries what limits cut.
    pub bearer: PartyIx,
    /// How the loss in the slice is shared.
    pub shares: Open<Ratio>,
    /// How the payment is laid on the loans.
    pub allocation: Open<Allocation>,
    /// What happens above the slice.
    pub above: Open<AboveBands>,
    /// Where it comes from.
    pub origin: Origin,
}
