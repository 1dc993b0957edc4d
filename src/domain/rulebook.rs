//! One version of one scheme's management measure (管理办法), checked and ready to be evaluated.
//!
//! Owns the validated model. It is made only by the parser in `crate::rulebook`, so what the evaluator meets
//! has no gaps but those the measure itself leaves open (`Open::Unknown`). Reading order: `name`, `vocabulary`,
//! `fact`, `condition`, `head`, `funding`, `rules`, `sharing`, `limits`, `handling`, `after`.
//! **Invariant:** every ratio sums to 100 %, every name points at something, every list keeps the order of the
//! file, because that order is the order of evaluation.

pub mod after;
pub mod condition;
pub mod fact;
pub mod funding;
pub mod handling;
pub mod head;
pub mod limits;
pub mod name;
pub mod rules;
pub mod sharing;
pub mod vocabulary;

pub use self::after::{
    Closeout, Duty, DutyBound, Passage, Receiver, Recovery, RecoveryRatio, Report, Subsidy, SubsidyAmount,
    SubsidyCeiling, Void, VoidGround,
};
pub use self::funding::{
    Contribution, Contributor, Deposits, Floor, Instalment, Level, Multiple, Party, PartyGroup, PartyIx, Sources,
};
pub use self::handling::{ApprovalLevel, Handling};
pub use self::head::{Definition, GroupAnswer, Head, Reading, Tag};
pub use self::limits::{
    Breaker, BreakerFigure, Cap, CapLimit, CapRule, CapStepRule, Money, Portfolio, Provisional, Timing,
};
pub use self::name::{Name, Open, Origin, Titled};
pub use self::rules::{Document, InterestRule, Loss, LossLimit, Stage, Test};
pub use self::sharing::{Band, BandMeasure, BandTop, Bands, Bonus, Ceiling, Ratio, Sharing, SharingRule, Split};

/// A whole rulebook. What a measure does not speak of is absent or empty; the cover sheet says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    /// Identity, titles, validity.
    pub head: Head,
    /// The cover sheet: all eighteen groups in their fixed order.
    pub groups: Vec<GroupAnswer>,
    /// Tags.
    pub tags: Vec<Tag>,
    /// Named conditions.
    pub definitions: Vec<Definition>,
    /// The day on which changing facts are read.
    pub readings: Vec<Reading>,
    /// The money of the fund.
    pub sources: Option<Sources>,
    /// Contributors.
    pub contributors: Vec<Contributor>,
    /// Who shares, in the order of the file.
    pub parties: Vec<Party>,
    /// The one party that is the fund; none where the fund bears nothing.
    pub fund: Option<PartyIx>,
    /// Other public levels.
    pub levels: Vec<Level>,
    /// Tests, in order.
    pub tests: Vec<Test>,
    /// Needed papers.
    pub documents: Vec<Document>,
    /// What voids cover.
    pub voids: Vec<Void>,
    /// Loss bases; the first that applies counts.
    pub losses: Vec<Loss>,
    /// Who bears which part.
    pub sharing: Option<Sharing>,
    /// Limits, in order of application.
    pub caps: Vec<Cap>,
    /// What stops payouts or new loans.
    pub breakers: Vec<Breaker>,
    /// When the money is paid.
    pub timing: Option<Timing>,
    /// How an application is handled, and who decides.
    pub handling: Option<Handling>,
    /// Settlement over a bank's whole book.
    pub portfolio: Option<Portfolio>,
    /// What partners promise.
    pub duties: Vec<Duty>,
    /// Money that comes back.
    pub recovery: Option<Recovery>,
    /// Reports.
    pub reports: Vec<Report>,
    /// The end of the scheme.
    pub closeout: Option<Closeout>,
    /// Subsidies beside the compensation.
    pub subsidies: Vec<Subsidy>,
    /// Ceilings over several subsidies.
    pub subsidy_ceilings: Vec<SubsidyCeiling>,
    /// Articles that are words only.
    pub passages: Vec<Passage>,
}

impl Rulebook {
    /// `id@version`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.head.id, self.head.version)
    }

    /// The party at a place.
    ///
    /// # Panics
    /// Never for a place the parser gave out.
    #[must_use]
    pub fn party(&self, at: PartyIx) -> &Party {
        &self.parties[at.0]
    }

    /// The answer of the cover sheet to a group.
    #[must_use]
    pub fn group(&self, group: vocabulary::Group) -> Option<&GroupAnswer> {
        self.groups.iter().find(|answer| answer.group == group)
    }
}
