//! The first page: what is due, how the fund stands.
//!
//! **Invariant:** each figure says its date; a bank that has not reported is named, never counted as zero.

use std::mem::discriminant;

use chrono::NaiveDate;
use serde::Serialize;

use super::Shell;
use super::acting::WorkItem;
use super::charts::MonthCharts;
use super::claims::ClaimRow;
use super::fund::FundStates;
use super::jobs::NextJob;
use super::mails::MailRow;

/// Sums of the portfolio and the claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Portfolio {
    /// Balance of enrolled loans at the last report, fen.
    pub balance: i64,
    /// Borrowers with a balance.
    pub borrowers: u64,
    /// Loans with a balance.
    pub loans: u64,
    /// Month-end the balance speaks of.
    pub reported_on: Option<NaiveDate>,
    /// Non-performing balance, fen.
    pub npl_balance: i64,
    /// Non-performing ratio, ppm; none without a balance.
    pub npl_ratio: Option<i64>,
    /// Open claims.
    pub claims_open: u64,
    /// Computed compensation of the open claims, fen.
    pub claims_sum: i64,
}

/// One month-end of the series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MonthPoint {
    /// Month-end.
    pub month_end: Option<NaiveDate>,
    /// Money of the fund, fen.
    pub cash: i64,
    /// Policy minimum of the reserve level, fen.
    pub policy_minimum: i64,
    /// Contractual maximum the fund may owe, fen.
    pub contractual_maximum: i64,
    /// Balance of enrolled loans by tier, fen, mildest first; none where no bank has reported.
    pub tiers: Option<[i64; 5]>,
    /// Balance of enrolled loans, fen.
    pub outstanding: Option<i64>,
    /// Non-performing ratio, ppm.
    pub npl_ratio: Option<i64>,
    /// Banks without a report.
    pub missing_banks: u64,
}

/// A bank whose return for a month is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MissingReturn {
    /// Name of the bank.
    pub bank: String,
    /// The month: `2025-10`.
    pub month: String,
    /// Day it was due.
    pub due_on: Option<NaiveDate>,
    /// Days since then.
    pub days_late: i64,
}

/// Something a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Todo {
    /// Ask a bank for its return.
    MissingReturn(MissingReturn),
    /// Look at a job that failed.
    FailedJob {
        /// Name of the job.
        job: String,
        /// What people call it.
        title: String,
        /// When it was due, made by `beijing`.
        due: String,
    },
    /// Take the act that a thing waits for.
    Work(WorkItem),
    /// Look at a mail that could not be delivered.
    FailedMail {
        /// Message id.
        id: String,
        /// Subject.
        subject: String,
    },
    /// Decide on a file that has been checked.
    WaitingUpload {
        /// Identifier of the upload.
        id: String,
        /// Name of the file.
        file: String,
        /// Who sent it.
        by: String,
        /// Rows refused.
        refused: u32,
    },
    /// Have refused rows of a file corrected.
    RefusedRows {
        /// Identifier of the file.
        file_id: String,
        /// Name of the file.
        file: String,
        /// Rows refused.
        refused: u64,
    },
}

impl Todo {
    /// Shares `most` places among the kinds, one of each kind in turn, so that no kind hides another; the order stays.
    #[must_use]
    pub fn shared_out(todos: &[Todo], most: usize) -> Vec<Todo> {
        let mut turns: Vec<(usize, usize, &Todo)> = Vec::with_capacity(todos.len());
        for (place, todo) in todos.iter().enumerate() {
            let before = turns.iter().filter(|(_, _, other)| discriminant(*other) == discriminant(todo)).count();
            turns.push((before, place, todo));
        }
        turns.sort_by_key(|(turn, place, _)| (*turn, *place));
        turns.truncate(most);
        turns.sort_by_key(|(_, place, _)| *place);
        turns.into_iter().map(|(_, _, todo)| todo.clone()).collect()
    }
}

/// The first page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DashboardView {
    /// The money of the fund may be seen.
    pub shows_fund: bool,
    /// Jobs may be seen.
    pub shows_jobs: bool,
    /// Mails may be seen.
    pub shows_mails: bool,
    /// Frame.
    pub shell: Shell,
    /// Money of the fund.
    pub fund: FundStates,
    /// Loans and claims.
    pub portfolio: Portfolio,
    /// Month-ends, oldest first, at most twelve.
    pub months: Vec<MonthPoint>,
    /// Pictures of the months; filled by the server.
    pub charts: MonthCharts,
    /// Banks whose returns are missing.
    pub missing: Vec<MissingReturn>,
    /// What to do, most urgent first.
    pub todos: Vec<Todo>,
    /// Those of them that have a place on this page.
    pub shown_todos: Vec<Todo>,
    /// Latest claims.
    pub claims: Vec<ClaimRow>,
    /// Next runs of the jobs, soonest first.
    pub next_jobs: Vec<NextJob>,
    /// Latest mails.
    pub mails: Vec<MailRow>,
}
