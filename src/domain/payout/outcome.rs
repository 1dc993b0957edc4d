//! The answer to a case: decision, reasons, amounts, and the trace that lets anyone recompute them.
//!
//! **Invariant:** shares and what is borne sum to the loss base; `payout` is above zero only when the decision
//! is `pay`.

use super::truth::{Observation, Value};
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{Basis, CapKind, closed_list};
use crate::domain::rulebook::{Name, Titled};

pub use crate::domain::rulebook::vocabulary::ReasonCode;

closed_list! {
    /// What the rulebook says.
    Decision {
        /// The claim is paid `payout`, which may be zero.
        Pay = "pay";
        /// The claim is paid `provisional` now, the rest when the loss is final.
        PayProvisional = "pay_provisional";
        /// Something is unknown or not yet so; may change.
        Hold = "hold";
        /// A test failed for good.
        Reject = "reject";
        /// Without a claim: the loan is covered.
        Cover = "cover";
        /// Without a claim: the loan is not covered.
        NoCover = "no_cover";
    }
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its code.
    pub code: ReasonCode,
    /// The clause, by its id.
    pub clause: Name,
    /// What the clause is called, where the file says.
    pub name: Option<Titled>,
    /// The article of that clause.
    pub article: Option<Name>,
    /// The fact that is missing or contradicts, where there is one.
    pub fact: Option<Fact>,
    /// What was found.
    pub found: Vec<Observation>,
}

/// One limit as applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapStep {
    /// The clause, by its id.
    pub id: Name,
    /// What the clause is called, where the file says.
    pub name: Option<Titled>,
    /// The article of that clause.
    pub article: Option<Name>,
    /// Which kind.
    pub cap: CapKind,
    /// What it leaves: limit less what is used.
    pub limit: Fen,
    /// The amount before.
    pub before: Fen,
    /// The amount after.
    pub after: Fen,
}

closed_list! {
    /// What a line of the trace is about.
    StepKind {
        /// The version that governs.
        Version = "version";
        /// A test that holds.
        TestPassed = "test_passed";
        /// A test that fails.
        TestFailed = "test_failed";
        /// A test that cannot be answered.
        TestUnknown = "test_unknown";
        /// A test that does not apply.
        TestSkipped = "test_skipped";
        /// A test that fails and is only noted.
        TestNoted = "test_noted";
        /// A test that the version in force at the claim makes.
        Retested = "retested";
        /// A needed paper that is there.
        DocumentThere = "document_there";
        /// A needed paper that is missing.
        DocumentMissing = "document_missing";
        /// A breaker that has not tripped.
        BreakerClear = "breaker_clear";
        /// A breaker that has tripped.
        BreakerTripped = "breaker_tripped";
        /// A breaker that cannot be computed.
        BreakerUnknown = "breaker_unknown";
        /// Something that can be said only at the claim.
        NotYet = "not_yet";
        /// The part of the loan that counts.
        Eligible = "eligible";
        /// A limit on what counts.
        LossLimit = "loss_limit";
        /// What came in before.
        Deducted = "deducted";
        /// What is shared.
        LossBase = "loss_base";
        /// The slice of a sum that lies in a band.
        Slice = "slice";
        /// The ratio before additions.
        BaseRate = "base_rate";
        /// An addition that holds.
        Bonus = "bonus";
        /// An addition that does not hold.
        BonusOff = "bonus_off";
        /// An addition that cannot be answered.
        BonusUnknown = "bonus_unknown";
        /// A possible part of the fund while something is unknown.
        Alternative = "alternative";
        /// The ratio after additions and ceiling.
        Rate = "rate";
        /// One party's part.
        Sharing = "sharing";
        /// The fen that did not divide, and who got them.
        Residue = "residue";
        /// A limit.
        Cap = "cap";
        /// A limit that cannot be computed.
        CapUnknown = "cap_unknown";
        /// What is left unpaid because the fund is short.
        Deferred = "deferred";
        /// What was paid provisionally before.
        Advance = "advance";
        /// What the bank must give back of a provisional payment.
        ClawBack = "claw_back";
        /// What is paid provisionally.
        Provisional = "provisional";
        /// How a group divides its part among its members.
        Inner = "inner";
        /// What is paid.
        Payout = "payout";
    }
}

/// One line of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub kind: StepKind,
    /// The clause, by its id.
    pub clause: Name,
    /// What the clause is called, where the file says.
    pub name: Option<Titled>,
    /// The article of that clause.
    pub article: Option<Name>,
    /// Where the clause comes from.
    pub basis: Basis,
    /// Named values that went in.
    pub inputs: Vec<(&'static str, Value)>,
    /// Facts that were looked at.
    pub seen: Vec<Observation>,
    /// What came out.
    pub amount: Option<Fen>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The caller's name for the case.
    pub case: String,
    /// What the rulebook says.
    pub decision: Decision,
    /// Every reason, in the rulebook's order.
    pub reasons: Vec<Reason>,
    /// What is only noted and changes nothing.
    pub notes: Vec<Reason>,
    /// The part of the loan that counts, before deductions; at enrolment of the principal.
    pub eligible: Option<Fen>,
    /// What is shared; none at enrolment.
    pub loss_base: Option<Fen>,
    /// The fund's part of the ratio.
    pub fund_rate: Option<Ppm>,
    /// Each party's part: of the loss base, or at enrolment of the eligible principal.
    pub shares: Option<Vec<(Name, Fen)>>,
    /// The limits as applied, in order.
    pub caps: Option<Vec<CapStep>>,
    /// What the fund pays.
    pub payout: Fen,
    /// What it pays provisionally now; always zero under final payment.
    pub provisional: Fen,
    /// While waiting: the most that may become payable, for earmarking.
    pub held: Option<Fen>,
    /// What each party carries after the payout.
    pub borne: Option<Vec<(Name, Fen)>>,
    /// The limits that equal the amount, when something was cut; sorted.
    pub binding: Vec<String>,
    /// How it came about.
    pub trace: Vec<Step>,
}
