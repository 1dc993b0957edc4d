//! The list of claims and one claim with its calculation.
//!
//! **Invariant:** every figure of a calculation is the stored one; nothing is recomputed for display.

use chrono::NaiveDate;
use serde::Serialize;

use super::casework::ClaimCase;
use super::query::{ClaimQuery, Pager, SortLinks};
use super::{Choice, HistoryLine, Reason, Shell};

shown! {
    /// State of a claim as pages name it.
    ClaimState {
        /// Handed in by the bank.
        Submitted = "submitted";
        /// Accepted for handling.
        Accepted = "accepted";
        /// Returned to the bank for correction.
        Returned = "returned";
        /// Reviewed.
        Reviewed = "reviewed";
        /// Granted on paper, to be confirmed by a second person.
        AwaitingConfirmation = "awaiting_confirmation";
        /// Approved, not yet ordered.
        Approved = "approved";
        /// Payment ordered.
        Ordered = "ordered";
        /// Paid.
        Paid = "paid";
        /// Recovery under way.
        Recovering = "recovering";
        /// Closed.
        Closed = "closed";
        /// Refused.
        Rejected = "rejected";
        /// Refused, and the bank asks for another look.
        Appealed = "appealed";
        /// Withdrawn by the bank.
        Withdrawn = "withdrawn";
        /// Written by the bank, not handed in.
        Drafted = "drafted";
    }
}

shown! {
    /// What a calculation says.
    DecisionShown {
        /// Pay.
        Pay = "pay";
        /// Pay provisionally.
        PayProvisional = "pay_provisional";
        /// Wait for a fact or a rule.
        Hold = "hold";
        /// Not eligible.
        Reject = "reject";
    }
}

shown! {
    /// Column the claim list can be sorted by.
    ClaimSort {
        /// Claim date.
        Filed = "filed";
        /// Case number.
        Case = "case";
        /// Borrower's name.
        Borrower = "borrower";
        /// Unpaid principal.
        Outstanding = "outstanding";
        /// Computed compensation.
        Payout = "payout";
    }
}

/// One row of the claim list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimRow {
    /// Identifier, as in the address.
    pub id: String,
    /// Case number.
    pub case_no: String,
    /// Identifier of the loan.
    pub loan_id: String,
    /// Contract number.
    pub contract: String,
    /// Name of the bank.
    pub bank: String,
    /// Name of the borrower.
    pub borrower: String,
    /// Claim date.
    pub filed_on: Option<NaiveDate>,
    /// Unpaid principal, fen.
    pub outstanding: i64,
    /// Share the fund bears, ppm; none before it is computed.
    pub fund_share: Option<i64>,
    /// Computed compensation, fen; none before it is computed.
    pub payout: Option<i64>,
    /// What the calculation says; none before it is computed.
    pub decision: Option<DecisionShown>,
    /// State.
    pub state: ClaimState,
}

/// Sums over all rows that match the filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ClaimTotals {
    /// Claims.
    pub claims: u64,
    /// Unpaid principal, fen.
    pub outstanding: i64,
    /// Computed compensation, fen.
    pub payout: i64,
}

/// The page of claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimListView {
    /// Frame.
    pub shell: Shell,
    /// What was asked for; filled by the server.
    pub query: ClaimQuery,
    /// Banks to choose from.
    pub banks: Vec<Choice>,
    /// States to choose from; filled by the server.
    pub states: Vec<ClaimState>,
    /// Rows of the page.
    pub rows: Vec<ClaimRow>,
    /// Claims that are being written; only the bank's own people see them here.
    pub drafts: Vec<ClaimRow>,
    /// Sums over all matching rows.
    pub totals: ClaimTotals,
    /// Links of the column heads; filled by the server.
    pub sort: SortLinks,
    /// Way through the pages; filled by the server.
    pub pager: Pager,
}

/// One step of a calculation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CalcStep {
    /// Article of the rulebook.
    pub article: String,
    /// What is computed, in words.
    pub what: String,
    /// How, with the numbers used.
    pub how: String,
    /// Result as an amount, fen.
    pub amount: Option<i64>,
    /// Result as a ratio, ppm.
    pub ratio: Option<i64>,
    /// Result as words, for instance a test that holds; may be empty.
    pub outcome: String,
    /// `ok`, `bad`, `warn` or empty, for the mark of `outcome`.
    pub tone: String,
}

/// One cap of a calculation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CapRow {
    /// What is capped, in words.
    pub what: String,
    /// Article.
    pub article: String,
    /// The cap, fen; none where the measure is an amount of its own, as the money the fund has.
    pub limit: Option<i64>,
    /// Used up before this claim, fen.
    pub used: i64,
    /// Left before this claim, fen.
    pub before: i64,
    /// Left after this claim, fen.
    pub after: i64,
    /// This cap cut the payout.
    pub binding: bool,
}

/// What one party bears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShareRow {
    /// Party in words.
    pub party: String,
    /// Share, ppm.
    pub ratio: i64,
    /// Amount, fen.
    pub amount: i64,
}

/// A stored calculation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Calculation {
    /// Rulebook and version: `shuozhou 1`.
    pub rulebook: String,
    /// When it was computed, made by `beijing`.
    pub computed: String,
    /// What it says.
    pub decision: DecisionShown,
    /// Reasons of a refusal or a hold.
    pub reasons: Vec<Reason>,
    /// Steps in order.
    pub steps: Vec<CalcStep>,
    /// Caps in the order they are applied.
    pub caps: Vec<CapRow>,
    /// Shares of all parties.
    pub shares: Vec<ShareRow>,
    /// Loss shared, fen.
    pub loss_base: Option<i64>,
    /// Compensation, fen.
    pub payout: i64,
    /// Compensation in capital numerals; filled by the server on Chinese pages.
    pub payout_words: String,
    /// Cut off by caps, fen.
    pub cut: i64,
    /// Hash of inputs and result, for the offline check.
    pub digest: String,
}

/// A paper of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DocumentRow {
    /// Paper in words.
    pub name: String,
    /// It was handed in.
    pub present: bool,
    /// The rulebook asks for it.
    pub required: bool,
}

/// The page of one claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimView {
    /// Its way, papers and what can be done.
    pub case: ClaimCase,
    /// It is being written: nothing was handed in, and its calculation is what would come of it.
    pub is_draft: bool,
    /// Frame.
    pub shell: Shell,
    /// What the list shows of it.
    pub row: ClaimRow,
    /// Credit code of the borrower.
    pub credit_code: String,
    /// Disbursement date.
    pub disbursed_on: Option<NaiveDate>,
    /// Maturity.
    pub matures_on: Option<NaiveDate>,
    /// Overdue interest, fen.
    pub overdue_interest: i64,
    /// First overdue day.
    pub overdue_since: Option<NaiveDate>,
    /// Overdue days on the claim date.
    pub overdue_days: u32,
    /// Pledge registration date now in force.
    pub pledge_registered_on: Option<NaiveDate>,
    /// Pledged rights in one line.
    pub rights: String,
    /// Paid by the insurer, fen.
    pub insurer_paid: i64,
    /// Paid by the guarantor, fen.
    pub guarantor_paid: i64,
    /// Proceeds of the collateral, fen.
    pub collateral_gross: i64,
    /// Enforcement costs, fen.
    pub collateral_cost: i64,
    /// Calculation; none before it is computed.
    pub calculation: Option<Calculation>,
    /// Free money before this claim, fen.
    pub free_before: Option<i64>,
    /// Free money after this claim, fen.
    pub free_after: Option<i64>,
    /// Papers.
    pub documents: Vec<DocumentRow>,
    /// History, newest first.
    pub history: Vec<HistoryLine>,
}
