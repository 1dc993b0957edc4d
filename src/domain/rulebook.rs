//! One version of one scheme's management measure (管理办法), checked and ready to be evaluated.
//!
//! Owns the validated model. It is made only by the parser in `crate::rulebook`, so what the evaluator meets
//! has no gaps. **Invariant:** every ratio sums to 100 %, every name points at something, every list keeps
//! the order of the file, because that order is the order of evaluation.

pub mod condition;
pub mod fact;
pub mod vocabulary;

use chrono::NaiveDate;

use self::condition::Condition;
use self::fact::{DateFact, Fact};
use self::vocabulary::{
    Basis, CapKind, Deduction, Group, GroupState, Liability, LoanPart, MultipleBase, NoMatch, Otherwise, PartyKind,
    QueueOrder, SourceLevel, TestCode, YearEnd,
};
use super::money::{Fen, Ppm};
use super::split::Rounding;

/// Where a clause comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Article of the measure, for instance 第十一条.
    pub article: Option<String>,
    /// Where its values come from.
    pub basis: Basis,
    /// Single keys whose basis differs.
    pub key_basis: Vec<(String, Basis)>,
    /// Note in Chinese.
    pub note_zh: Option<String>,
    /// Note in English.
    pub note_en: Option<String>,
}

/// A value that the measure may leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open<T> {
    /// Stated.
    Known(T),
    /// Left open.
    Unknown,
}

/// A whole rulebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    /// Identity, titles, validity.
    pub head: Head,
    /// The cover sheet: all eighteen groups in their fixed order.
    pub groups: Vec<GroupAnswer>,
    /// Named conditions.
    pub definitions: Vec<Definition>,
    /// The day on which changing facts are read.
    pub readings: Vec<Reading>,
    /// The money of the fund.
    pub sources: Sources,
    /// Who shares, in the order of the file.
    pub parties: Vec<Party>,
    /// The one party that is the fund.
    pub fund: String,
    /// Tests, in order.
    pub tests: Vec<Test>,
    /// Loss bases; the first that applies counts.
    pub losses: Vec<Loss>,
    /// Who bears which part.
    pub sharing: Sharing,
    /// Limits, in order of application.
    pub caps: Vec<Cap>,
    /// When the money is paid.
    pub timing: Timing,
}

/// Identity, titles, validity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Identity, stable over versions.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Number of the instrument.
    pub number: String,
    /// Issuing offices.
    pub issuers: Vec<String>,
    /// Day of issue.
    pub issued_on: Open<NaiveDate>,
    /// First day in force.
    pub effective_from: NaiveDate,
    /// Last day in force.
    pub effective_to: NaiveDate,
    /// First day no longer in force after an early repeal.
    pub repealed_from: Option<NaiveDate>,
    /// For trial implementation.
    pub trial: bool,
    /// The version before this one, as `id@version`.
    pub replaces: Option<String>,
    /// The day that picks the version.
    pub governs: DateFact,
    /// Whether the numbers are only proposed.
    pub proposal: bool,
    /// Where it comes from.
    pub origin: Origin,
}

impl Rulebook {
    /// `id@version`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.head.id, self.head.version)
    }
}

/// The answer to one group of the cover sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAnswer {
    /// Which.
    pub group: Group,
    /// How much is stated.
    pub state: GroupState,
    /// Where it comes from.
    pub origin: Origin,
}

/// A named condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// What it means.
    pub when: Condition,
    /// Where it comes from.
    pub origin: Origin,
}

/// The day on which a changing fact is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The fact.
    pub fact: Fact,
    /// The day.
    pub on: DateFact,
    /// Where it comes from.
    pub origin: Origin,
}

/// The money of the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Whether recoveries refill the fund.
    pub revolving: bool,
    /// What limits the liability as a whole.
    pub liability: Liability,
    /// What must stay in the fund.
    pub floor: Fen,
    /// How often the fund may be promised.
    pub multiple: Multiple,
    /// Contributors.
    pub contributors: Vec<Contributor>,
    /// Where it comes from.
    pub origin: Origin,
}

/// How often the fund may be promised: `limit` times, counted over `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiple {
    /// Times, in millionths: 10 倍 is 10,000,000 ppm.
    pub limit: Ppm,
    /// What is counted.
    pub of: MultipleBase,
}

/// One contributor of the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// Its id.
    pub id: String,
    /// Who.
    pub level: SourceLevel,
    /// How much.
    pub amount: Contribution,
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
}

/// Someone who bears a part of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: PartyKind,
    /// Where it comes from.
    pub origin: Origin,
}

/// When a test can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// At registration, and again at the claim.
    Enrolment,
    /// Only at the claim.
    Claim,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: Group,
    /// When it can be made.
    pub stage: Stage,
    /// To which cases it applies; all when empty.
    pub when: Condition,
    /// What must hold.
    pub require: Condition,
    /// What failing leads to.
    pub otherwise: Otherwise,
    /// Its own reason code.
    pub code: Option<TestCode>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What counts as the loss: principal, the counted part of it, less what came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Its id.
    pub id: String,
    /// To which cases it applies.
    pub when: Condition,
    /// Which part of the loan counts.
    pub part: LoanPart,
    /// What is taken off.
    pub deduct: Vec<Deduction>,
    /// The day at which all amounts are read.
    pub read_on: DateFact,
    /// Where it comes from.
    pub origin: Origin,
}

/// Who bears which part of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharing {
    /// Who gets the odd fen.
    pub rounding: Rounding,
    /// What happens when no rule matches.
    pub no_match: NoMatch,
    /// Rules; the first that applies counts.
    pub rules: Vec<SharingRule>,
    /// Additional points.
    pub bonuses: Vec<Bonus>,
    /// The most the points may reach.
    pub ceiling: Option<Ceiling>,
    /// Where it comes from.
    pub origin: Origin,
}

/// One ratio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharingRule {
    /// Its id.
    pub id: String,
    /// To which cases it applies.
    pub when: Condition,
    /// Who claims, carries what limits cut, and gives the bonus points.
    pub bearer: String,
    /// The ratio in tie order: bearer first, fund last. Sums to 100 %.
    pub shares: Vec<(String, Ppm)>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Additional points for one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bonus {
    /// Its id.
    pub id: String,
    /// Rules it adds to.
    pub rules: Vec<String>,
    /// To which cases it applies.
    pub when: Condition,
    /// How many points.
    pub points: Ppm,
    /// Who gets them.
    pub to: String,
    /// Of one such set only the largest counts.
    pub once: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The most that base and bonuses may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// Rules it limits.
    pub rules: Vec<String>,
    /// Whose part.
    pub party: String,
    /// How much.
    pub rate: Ppm,
    /// Where it comes from.
    pub origin: Origin,
}

/// One limit on a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// Its id.
    pub id: String,
    /// To which cases it applies.
    pub when: Condition,
    /// What it limits.
    pub limit: CapLimit,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a cap limits, with its amount where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapLimit {
    /// One loan.
    PerLoan(Fen),
    /// One borrower, for life.
    PerBorrowerLife(Fen),
    /// One bank in a calendar year.
    PerBankYear(Fen),
    /// What the fund holds above its floor.
    FundBalance,
}

impl CapLimit {
    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> CapKind {
        match self {
            CapLimit::PerLoan(_) => CapKind::PerLoan,
            CapLimit::PerBorrowerLife(_) => CapKind::PerBorrowerLife,
            CapLimit::PerBankYear(_) => CapKind::PerBankYear,
            CapLimit::FundBalance => CapKind::FundBalance,
        }
    }
}

/// When the money is paid: once, in full, first come first served when it is short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Who is first.
    pub queue: QueueOrder,
    /// What becomes of the rest at the end of the year.
    pub year_end: YearEnd,
    /// Where it comes from.
    pub origin: Origin,
}
