//! What is tested and what counts as the loss.
//!
//! **Invariant:** a test that speaks of the claim belongs to the claim stage.

use super::condition::Condition;
use super::fact::DateRef;
use super::limits::Money;
use super::name::{Name, Open, Origin, Titled};
use super::vocabulary::{
    Component, Deduction, DocumentCode, DocumentGate, Group, InterestKind, LoanPart, LossLimitKind, LossLimitPlace,
    Otherwise, ReasonCode,
};

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
    pub id: Name,
    /// Its group.
    pub group: Group,
    /// When it can be made.
    pub stage: Stage,
    /// To which cases it applies; always when empty.
    pub when: Condition,
    /// What must hold.
    pub require: Condition,
    /// What failing leads to.
    pub otherwise: Open<Otherwise>,
    /// Its own reason code.
    pub code: Option<ReasonCode>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A paper that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: Name,
    /// Its name.
    pub name: Titled,
    /// Papers any one of which is enough.
    pub any_of: Vec<DocumentCode>,
    /// To which cases it applies.
    pub when: Condition,
    /// What it is needed for.
    pub gate: DocumentGate,
    /// Its own reason code.
    pub code: Option<ReasonCode>,
    /// Where it comes from.
    pub origin: Origin,
}

/// What counts as the loss: components, the counted part of them, less what came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Its id.
    pub id: Name,
    /// To which cases it applies.
    pub when: Condition,
    /// What it is made of.
    pub components: Open<Vec<Component>>,
    /// Which interest may be stated.
    pub interest: Option<InterestRule>,
    /// Which part of the loan counts.
    pub part: Open<LoanPart>,
    /// What is taken off.
    pub deduct: Open<Vec<Deduction>>,
    /// What of it is taken off whole, whatever the counted part.
    pub deduct_whole: Vec<Deduction>,
    /// The day at which all amounts are read.
    pub read_on: Open<DateRef>,
    /// Limits on what counts, in order.
    pub limits: Vec<LossLimit>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Which interest counts, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterestRule {
    /// Kinds.
    pub kinds: Open<Vec<InterestKind>>,
    /// Cut-off.
    pub until: Open<DateRef>,
}

/// A limit on what counts as the loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossLimit {
    /// Its id.
    pub id: Name,
    /// Of which kind.
    pub kind: LossLimitKind,
    /// How much.
    pub limit: Open<Money>,
    /// Before or after the deductions.
    pub at: LossLimitPlace,
    /// Where it comes from.
    pub origin: Origin,
}
