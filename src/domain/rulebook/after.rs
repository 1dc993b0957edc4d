//! What a measure says besides the payout: duties, recoveries, integrity, reports, the end, subsidies.
//!
//! **Invariant:** nothing here changes the sum of a payout, except a void, which refuses it.

use chrono::NaiveDate;

use super::condition::{Condition, Span};
use super::fact::MoneyFact;
use super::name::{Name, Open, Origin, Titled};
use super::sharing::Ratio;
use super::vocabulary::{
    DutyEffect, DutyKind, DutyWho, Every, LateRecovery, Refill, SourceLevel, SubsidyBase, SubsidyKind, VoidEffect,
    Window,
};
use crate::domain::money::{Fen, Ppm};

/// What a partner promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its id.
    pub id: Name,
    /// Whose.
    pub who: DutyWho,
    /// Of which kind.
    pub kind: DutyKind,
    /// How much.
    pub bound: Open<DutyBound>,
    /// Of what.
    pub of: Option<MoneyFact>,
    /// In which year of business.
    pub year: Option<u32>,
    /// From which year on.
    pub year_from: Option<u32>,
    /// Over which time: calendar words, or a span.
    pub window: Option<DutyWindow>,
    /// Until when.
    pub by: Option<NaiveDate>,
    /// What breaking it leads to.
    pub effect: Open<DutyEffect>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Over which time a duty is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyWindow {
    /// A word.
    Window(Window),
    /// A span.
    Span(Span),
}

/// How much a duty asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyBound {
    /// How it is compared.
    pub comparison: super::condition::Comparison,
    /// With what.
    pub limit: DutyLimit,
}

/// What a duty is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyLimit {
    /// An amount.
    Money(Fen),
    /// A ratio or a multiple, in millionths.
    Rate(Ppm),
    /// A time.
    Span(Span),
    /// A number.
    Count(u32),
}

/// Money that comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Whether costs are taken off first.
    pub costs_first: Open<bool>,
    /// In which ratio the rest goes to the parties.
    pub ratio: Open<RecoveryRatio>,
    /// Within which time it is returned.
    pub return_within: Open<Span>,
    /// What it refills.
    pub refills: Open<Vec<Refill>>,
    /// What becomes of it after the write-off.
    pub late: Open<LateRecovery>,
    /// Who pursues.
    pub pursuer: Open<Name>,
    /// Until when.
    pub until: Open<Name>,
    /// Where it comes from.
    pub origin: Origin,
}

/// In which ratio a recovery is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecoveryRatio {
    /// As the loss was borne.
    Borne,
    /// In a ratio of its own.
    Fixed(Ratio),
}

/// What voids cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// Its id.
    pub id: Name,
    /// On what ground.
    pub ground: VoidGround,
    /// What it leads to.
    pub effect: Open<Vec<VoidEffect>>,
    /// For how long.
    pub lasting: Option<Open<Span>>,
    /// Where it comes from.
    pub origin: Origin,
}

/// On what ground cover is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoidGround {
    /// A condition of the case.
    When(Condition),
    /// Something only a person can find.
    Text(Titled),
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: Name,
    /// How often.
    pub every: Open<Every>,
    /// To whom.
    pub to: Open<Vec<Name>>,
    /// When, after the end of the period.
    pub due: Open<Span>,
    /// As of when.
    pub cut_off: Open<Name>,
    /// What it tells.
    pub measures: Open<Vec<Name>>,
    /// Who signs.
    pub signed_by: Open<Vec<Name>>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The end of the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closeout {
    /// How long it lives.
    pub life: Open<Span>,
    /// From which day.
    pub counted_from: Open<NaiveDate>,
    /// Who may extend it.
    pub extension: Open<Vec<Name>>,
    /// Last day of new loans.
    pub no_new_loans_after: Open<Option<NaiveDate>>,
    /// Whether loans of before stay covered.
    pub old_loans_covered: Open<bool>,
    /// How long they do, after maturity; for good when absent.
    pub run_off: Option<Open<Span>>,
    /// Who gets the balance.
    pub balance_to: Open<Receiver>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Who gets what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// Everyone by what was paid in.
    BySourceShare,
    /// One level.
    Level(SourceLevel),
}

/// A subsidy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subsidy {
    /// Its id.
    pub id: Name,
    /// Of which kind.
    pub kind: SubsidyKind,
    /// To which cases it applies.
    pub when: Condition,
    /// Of what.
    pub base: SubsidyBase,
    /// How much.
    pub amount: SubsidyAmount,
    /// Per firm and year, at most.
    pub per_firm_year: Option<Open<Fen>>,
    /// Per firm, at most.
    pub per_firm_life: Option<Open<Fen>>,
    /// Where it comes from.
    pub origin: Origin,
}

/// How much a subsidy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubsidyAmount {
    /// A share.
    Rate(Open<Ppm>),
    /// Points a year.
    Points(Open<Ppm>),
    /// Shares by year; nothing after the last.
    ByYear(Vec<Open<Ppm>>),
}

/// A ceiling over several subsidies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubsidyCeiling {
    /// Its id.
    pub id: Name,
    /// Over which.
    pub over: Vec<Name>,
    /// Per firm and year, at most.
    pub per_firm_year: Open<Fen>,
    /// Where it comes from.
    pub origin: Origin,
}

/// An article that is words only: printed, never computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its id.
    pub id: Name,
    /// What it says.
    pub text: Titled,
    /// Where it comes from.
    pub origin: Origin,
}
