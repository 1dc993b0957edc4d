//! The list of loans and one loan.
//!
//! **Invariant:** what has not been reported is none, never zero.

use chrono::NaiveDate;
use serde::Serialize;

use super::acting::Offer;
use super::casework::{PaperRow, Passed};
use super::claims::ClaimState;
use super::query::{LoanQuery, Pager, SortLinks};
use super::{Choice, HistoryLine, Reason, Shell, TierShown};

shown! {
    /// State of a loan as the list names it.
    LoanState {
        /// Registered, covered, counted in the reserve.
        Registered = "registered";
        /// Registered, waiting for capacity.
        Queued = "queued";
        /// On record without cover.
        NotCovered = "not_covered";
        /// A claim is in progress.
        Claimed = "claimed";
        /// The fund has paid.
        Compensated = "compensated";
        /// Paid back.
        Settled = "settled";
        /// Balance zero after non-performing without a stated reason.
        ToVerify = "to_verify";
        /// Balance zero because it was written off, sold or moved.
        Gone = "gone";
        /// Withdrawn by the bank.
        Withdrawn = "withdrawn";
    }
}

shown! {
    /// Column the loan list can be sorted by.
    LoanSort {
        /// Disbursement date.
        Disbursed = "disbursed";
        /// Contract number.
        Contract = "contract";
        /// Borrower's name.
        Borrower = "borrower";
        /// Principal.
        Principal = "principal";
        /// Balance last reported.
        Balance = "balance";
        /// Overdue days.
        Overdue = "overdue";
        /// Reserve of the loan.
        Reserve = "reserve";
    }
}

/// One row of the loan list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoanRow {
    /// Identifier, as in the address.
    pub id: String,
    /// Contract number.
    pub contract: String,
    /// Drawdown number; empty if none.
    pub drawdown: String,
    /// Name of the bank.
    pub bank: String,
    /// Name of the borrower.
    pub borrower: String,
    /// Disbursement date.
    pub disbursed_on: Option<NaiveDate>,
    /// Principal, fen.
    pub principal: i64,
    /// Share carried by IP, ppm.
    pub ip_share: i64,
    /// Yearly rate of the loan, ppm.
    pub annual_rate: i64,
    /// Share the fund bears of a loss, ppm; none without cover.
    pub fund_share: Option<i64>,
    /// Balance last reported, fen; none before the first report.
    pub balance: Option<i64>,
    /// The system's tier; none before the first report.
    pub tier: Option<TierShown>,
    /// Overdue days at the last report.
    pub overdue_days: u32,
    /// Cover held for this loan (备案占用), fen.
    pub reserve: i64,
    /// State.
    pub state: LoanState,
}

/// Sums over all rows that match the filter, not only the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LoanTotals {
    /// Loans.
    pub loans: u64,
    /// Borrowers, each counted once.
    pub borrowers: u64,
    /// Principal, fen.
    pub principal: i64,
    /// Balance last reported, fen.
    pub balance: i64,
    /// Cover held, fen.
    pub reserve: i64,
}

/// The page of loans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoanListView {
    /// Frame.
    pub shell: Shell,
    /// What was asked for; filled by the server.
    pub query: LoanQuery,
    /// Banks to choose from.
    pub banks: Vec<Choice>,
    /// States to choose from; filled by the server.
    pub states: Vec<LoanState>,
    /// Rows of the page.
    pub rows: Vec<LoanRow>,
    /// Sums over all matching rows.
    pub totals: LoanTotals,
    /// Links of the column heads; filled by the server.
    pub sort: SortLinks,
    /// Way through the pages; filled by the server.
    pub pager: Pager,
}

/// A pledged right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RightRow {
    /// Kind in words.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Appraised value, fen; none where only the sum of all rights was appraised.
    pub appraised: Option<i64>,
    /// Last day of the term; none where unknown.
    pub valid_until: Option<NaiveDate>,
    /// Whether the term runs on the business date; none where unknown.
    pub in_term: Option<bool>,
}

/// An insurance policy of the loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PolicyRow {
    /// Insurer.
    pub insurer: String,
    /// Product.
    pub product: String,
    /// Policy number.
    pub number: String,
    /// Insured sum, fen.
    pub insured: Option<i64>,
    /// Premium, fen.
    pub premium: Option<i64>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// The cover frozen at registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Whether the fund covers the loan.
    pub covered: bool,
    /// Rulebook and version: `shuozhou 1`.
    pub rulebook: String,
    /// Share the fund bears, ppm.
    pub fund_share: i64,
    /// Share the bank bears, ppm.
    pub bank_share: i64,
    /// Part of the principal carried by IP, fen.
    pub ip_principal: i64,
    /// Cover held now, fen.
    pub reserve: i64,
    /// Day it was frozen.
    pub frozen_on: Option<NaiveDate>,
    /// Why, article by article.
    pub reasons: Vec<Reason>,
}

/// One month-end report of the loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoanMonth {
    /// Month-end.
    pub month_end: Option<NaiveDate>,
    /// Version of the bank's return.
    pub version: u32,
    /// Its row was refused, so that what was reported last goes on.
    pub is_carried: bool,
    /// Balance, fen.
    pub balance: i64,
    /// Overdue principal, fen.
    pub overdue_principal: i64,
    /// Overdue interest, fen.
    pub overdue_interest: i64,
    /// Overdue days at the month-end.
    pub overdue_days: u32,
    /// The bank's tier.
    pub bank_tier: TierShown,
    /// The system's tier: the worse of the bank's and the day floor.
    pub tier: TierShown,
    /// When it arrived, made by `beijing`.
    pub received: String,
}

/// The claim on a loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimLink {
    /// Identifier, as in the address.
    pub id: String,
    /// Case number.
    pub case_no: String,
    /// State.
    pub state: ClaimState,
    /// Computed compensation, fen; none before it is computed.
    pub payout: Option<i64>,
}

/// The page of one loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoanView {
    /// Frame.
    pub shell: Shell,
    /// What can be done with it, its registration and its claim.
    pub offers: Vec<Offer>,
    /// Acts on it, newest first.
    pub passed: Vec<Passed>,
    /// Papers, and their page.
    pub papers: (Vec<PaperRow>, String),
    /// What the list shows of it.
    pub row: LoanRow,
    /// Code of the bank.
    pub bank_code: String,
    /// Credit code of the borrower.
    pub credit_code: String,
    /// County unit.
    pub county: String,
    /// Industry of the city plan.
    pub industry: String,
    /// Declared size in words.
    pub size: String,
    /// Founding date.
    pub founded_on: Option<NaiveDate>,
    /// Maturity.
    pub matures_on: Option<NaiveDate>,
    /// Day of registration with the fund.
    pub registered_on: Option<NaiveDate>,
    /// Repayment in words.
    pub repayment: String,
    /// The borrower counts as first-time borrower.
    pub first_loan: bool,
    /// The borrower counts as start-up.
    pub start_up: bool,
    /// Pledge registration number.
    pub pledge_no: String,
    /// Pledge registration date.
    pub pledge_registered_on: Option<NaiveDate>,
    /// Appraiser.
    pub appraiser: String,
    /// Appraised value of all rights, fen.
    pub appraised_total: Option<i64>,
    /// Guarantor; empty for none.
    pub guarantor: String,
    /// Share the guarantor carries, ppm.
    pub guarantor_share: Option<i64>,
    /// Pledged rights.
    pub rights: Vec<RightRow>,
    /// Policies.
    pub policies: Vec<PolicyRow>,
    /// Cover.
    pub coverage: Coverage,
    /// Month-end reports, newest first.
    pub months: Vec<LoanMonth>,
    /// Claims on this loan.
    pub claims: Vec<ClaimLink>,
    /// History, newest first.
    pub history: Vec<HistoryLine>,
}
