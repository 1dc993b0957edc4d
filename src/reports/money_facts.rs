//! Claims, payments, recoveries and the fund's money as one period sees them.
//!
//! **Invariant:** a claim's standing is what a person decided; a computed decision is only a proposal beside it.

use chrono::NaiveDate;

use super::facts::LoanKey;
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, FenDelta};
use crate::domain::names::PartnerCode;

/// One claim on the fund.
#[derive(Debug, Clone)]
pub struct ClaimFact {
    /// The loan.
    pub loan: LoanKey,
    /// Day of the claim.
    pub filed_on: NaiveDate,
    /// Unpaid principal the bank claims on.
    pub claimed: Fen,
    /// Where it stands.
    pub standing: ClaimStanding,
    /// What the calculation proposes; `None`: not computed yet.
    pub computed: Option<ComputedClaim>,
    /// Working days from acceptance to decision, without the bank's own; `None`: not decided.
    pub handled_in: Option<u64>,
}

/// Where a claim stands, as the tables group it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStanding {
    /// Filed, not decided 在审.
    InReview,
    /// Returned for completion 退回补正.
    Returned,
    /// Approved or ordered, money not confirmed.
    Approved,
    /// Paid, recovering or closed.
    Paid,
    /// Refused by a person 不予补偿.
    Refused,
    /// Taken back by the bank.
    Withdrawn,
}

/// Outcome of the stored calculation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComputedClaim {
    /// Whether the rulebook finds the claim eligible.
    pub eligible: bool,
    /// Computed payout, zero when not eligible.
    pub payout: Fen,
}

/// One compensation paid.
#[derive(Debug, Clone)]
pub struct PaymentFact {
    /// The loan.
    pub loan: LoanKey,
    /// Day of payment.
    pub paid_on: NaiveDate,
    /// Amount.
    pub amount: Fen,
}

/// One recovery handed in.
#[derive(Debug, Clone)]
pub struct RecoveryFact {
    /// The loan.
    pub loan: LoanKey,
    /// Business date.
    pub on: NaiveDate,
    /// Amount.
    pub amount: Fen,
}

/// The fund's money at the cut-off (`settled.md`, "Money of the fund").
#[derive(Debug, Clone)]
pub struct FundMoney {
    /// In the account, by the ledger 账面余额.
    pub cash: Fen,
    /// Never to be used 最低留存.
    pub floor: Fen,
    /// Computed payouts of open claims 在审占用.
    pub earmarked: Fen,
    /// Approved, not confirmed paid 已批未付.
    pub ordered: Fen,
    /// cash − floor − earmarked − ordered 可用.
    pub free: FenDelta,
    /// Cover of enrolled loans 备案占用: counted in the multiple, never taken out of cash.
    pub reserved: Fen,
    /// Highest cover the multiple allows.
    pub capacity: Fen,
    /// Policy minimum of the reserve; `None`: no reserve snapshot.
    pub policy_minimum: Option<Fen>,
    /// What the caps allow at most in 12 months; `None`: no reserve snapshot.
    pub contractual_maximum: Option<Fen>,
}

/// A correction of an earlier period by one bank.
#[derive(Debug, Clone)]
pub struct Restatement {
    /// The corrected month.
    pub period: Month,
    /// The bank.
    pub bank: PartnerCode,
    /// The version that now counts.
    pub version: u32,
    /// Figures before; `None`: the bank had been missing.
    pub before: Option<RestatedFigures>,
    /// Figures now.
    pub after: RestatedFigures,
}

/// The figures of one bank and month that a correction may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestatedFigures {
    /// Loans with a balance.
    pub loans: u64,
    /// Their balance.
    pub balance: Fen,
    /// Non-performing part.
    pub npl_balance: Fen,
}
