//! The answer to a case: decision, reasons, amounts, and the trace that lets anyone recompute them.
//!
//! **Invariant:** shares and what is borne sum to the loss base; `payout` is above zero only when the decision
//! is `pay`.

use super::truth::{Observation, Value};
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::{Basis, CapKind, TestCode, closed_list};

closed_list! {
    /// What the rulebook says.
    Decision {
        /// The claim is paid `payout`, which may be zero.
        Pay = "pay";
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

closed_list! {
    /// Why a case is refused or waits.
    ReasonCode {
        /// The day that picks the version is not known.
        VersionUnknown = "VERSION_UNKNOWN";
        /// That day is outside the version's validity.
        NotGoverned = "NOT_GOVERNED";
        /// The measure does not say.
        ClauseUnknown = "CLAUSE_UNKNOWN";
        /// A fact that is needed is not known.
        FactUnknown = "FACT_UNKNOWN";
        /// Facts contradict each other.
        FactContradicts = "FACT_CONTRADICTS";
        /// A test without a code of its own failed.
        TestFailed = "TEST_FAILED";
        /// The IP share is below the minimum.
        IpShareBelowMinimum = "IP_SHARE_BELOW_MINIMUM";
        /// Not overdue long enough on the claim date.
        ClaimOverdueTooShort = "CLAIM_OVERDUE_TOO_SHORT";
        /// No pledged right is still in force on the claim date.
        ClaimIpTermOver = "CLAIM_IP_TERM_OVER";
        /// The pledge was registered after the loan turned bad.
        ClaimPledgeAfterNpl = "CLAIM_PLEDGE_AFTER_NPL";
        /// Payouts to the bank are suspended.
        BankSuspended = "BANK_SUSPENDED";
        /// No loss clause applies.
        NoLossClause = "NO_LOSS_CLAUSE";
        /// No sharing rule applies.
        NoRule = "NO_RULE";
        /// The fund has nothing left above its floor.
        FundShort = "FUND_SHORT";
        /// An amount does not fit.
        AmountOverflow = "AMOUNT_OVERFLOW";
    }
}

impl From<TestCode> for ReasonCode {
    fn from(code: TestCode) -> ReasonCode {
        match code {
            TestCode::IpShareBelowMinimum => ReasonCode::IpShareBelowMinimum,
            TestCode::ClaimOverdueTooShort => ReasonCode::ClaimOverdueTooShort,
            TestCode::ClaimIpTermOver => ReasonCode::ClaimIpTermOver,
            TestCode::ClaimPledgeAfterNpl => ReasonCode::ClaimPledgeAfterNpl,
        }
    }
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its code.
    pub code: ReasonCode,
    /// The clause, by its id.
    pub clause: String,
    /// The article of that clause.
    pub article: Option<String>,
    /// The fact that is missing or contradicts, where there is one.
    pub fact: Option<Fact>,
    /// What was found.
    pub found: Vec<Observation>,
}

/// One limit as applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapStep {
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
        /// Something that can be said only at the claim.
        NotYet = "not_yet";
        /// The part of the loan that counts.
        Eligible = "eligible";
        /// What came in before.
        Deducted = "deducted";
        /// What is shared.
        LossBase = "loss_base";
        /// The ratio before additions.
        BaseRate = "base_rate";
        /// An addition that holds.
        Bonus = "bonus";
        /// An addition that does not hold.
        BonusOff = "bonus_off";
        /// An addition that cannot be answered.
        BonusUnknown = "bonus_unknown";
        /// A possible part of the fund while an addition is unknown.
        Alternative = "alternative";
        /// The ratio after additions and ceiling.
        Rate = "rate";
        /// One party's part.
        Sharing = "sharing";
        /// A limit.
        Cap = "cap";
        /// A limit that cannot be computed.
        CapUnknown = "cap_unknown";
        /// What is left unpaid because the fund is short.
        Deferred = "deferred";
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
    pub clause: String,
    /// The article of that clause.
    pub article: Option<String>,
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
    /// The part of the loan that counts, before deductions; at enrolment of the principal.
    pub eligible: Option<Fen>,
    /// What is shared; none at enrolment.
    pub loss_base: Option<Fen>,
    /// The fund's part of the ratio.
    pub fund_rate: Option<Ppm>,
    /// Each party's part: of the loss base, or at enrolment of the eligible principal.
    pub shares: Option<Vec<(String, Fen)>>,
    /// The limits as applied, in order.
    pub caps: Option<Vec<CapStep>>,
    /// What the fund pays.
    pub payout: Fen,
    /// What it pays provisionally; always zero under final payment.
    pub provisional: Fen,
    /// While waiting: the most that may become payable, for earmarking.
    pub held: Option<Fen>,
    /// What each party carries after the payout.
    pub borne: Option<Vec<(String, Fen)>>,
    /// The limits that equal the amount, when something was cut; sorted.
    pub binding: Vec<String>,
    /// How it came about.
    pub trace: Vec<Step>,
}
