//! The first page: what is due, how the fund stands.
//!
//! **Invariant:** each figure says its date; a bank that has not reported is named, never counted as zero.

use std::mem::discriminant;

use chrono::NaiveDate;
use serde::Serialize;

use super::Shell;
use super::acting::WorkItem;
use super::charts::ageing::Ageing;
use super::charts::banks::BankComparison;
use super::charts::holdings::Holdings;
use super::charts::{Picture, ageing, banks, holdings, months};
use super::claims::ClaimRow;
use super::fund::FundStates;
use super::jobs::NextJob;
use super::mails::MailRow;
use crate::i18n::Lang;

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

/// The level of the fund on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LevelPoint {
    /// The day.
    pub on: Option<NaiveDate>,
    /// Money of the fund, fen.
    pub cash: i64,
    /// Set aside for open claims, fen.
    pub earmarked: i64,
    /// Granted and not paid, fen.
    pub ordered: i64,
    /// What is left, fen.
    pub free: i64,
    /// Cover held, fen.
    pub reserved: i64,
    /// Cover the money allows, fen.
    pub capacity: i64,
    /// Policy minimum of the reserve level, fen.
    pub policy_minimum: i64,
    /// Contractual maximum the fund may owe, fen.
    pub contractual_maximum: i64,
    /// Rulebook and version.
    pub rulebook: String,
}

/// The pictures of the first page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DashboardPictures {
    /// Money of the fund.
    pub money: Picture,
    /// Balance by tier.
    pub tiers: Picture,
    /// Claims that wait.
    pub ageing: Picture,
    /// The largest borrowers.
    pub borrowers: Picture,
    /// Banks beside one another.
    pub banks: Picture,
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
    /// Where it can be entered; may be empty.
    pub href: String,
}

/// A return of which some rows were refused, so that their loans keep what was reported last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IncompleteReturn {
    /// Name of the bank.
    pub bank: String,
    /// The month: `2025-10`.
    pub month: String,
    /// Loans that are carried on.
    pub loans: u64,
}

/// The version of the rulebook in force ends, and none follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RulebookEnd {
    /// Identity and version.
    pub name: String,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Days until then, below zero afterwards.
    pub days_left: i64,
}

/// Something a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Todo {
    /// Ask a bank for its return.
    MissingReturn(MissingReturn),
    /// Have the refused rows of a return corrected.
    IncompleteReturn(IncompleteReturn),
    /// Have another version of the rulebook issued before this one ends.
    RulebookEnd(RulebookEnd),
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
    /// Claims in progress by how long they have waited.
    pub ageing: Ageing,
    /// The largest borrowers; none where who asks reads no loans.
    pub borrowers: Option<Holdings>,
    /// Banks beside one another; none for a bank's people.
    pub banks: Option<BankComparison>,
    /// Pictures of all this; filled by the server.
    pub pictures: DashboardPictures,
    /// Banks whose returns are missing.
    pub missing: Vec<MissingReturn>,
    /// Returns that only carry some loans on.
    pub incomplete: Vec<IncompleteReturn>,
    /// The rulebook ends without another to follow; only for the fund's people.
    pub rulebook_end: Option<RulebookEnd>,
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

impl DashboardView {
    /// The pictures of what this page holds, in a language.
    #[must_use]
    pub fn drawn(&self, lang: Lang) -> DashboardPictures {
        DashboardPictures {
            money: months::money(&self.months, lang),
            tiers: months::tiers(&self.months, lang),
            ageing: ageing::picture(&self.ageing, lang),
            borrowers: self.borrowers.as_ref().map(|all| holdings::borrowers(all, lang)).unwrap_or_default(),
            banks: self.banks.as_ref().map(|all| banks::picture(all, lang)).unwrap_or_default(),
        }
    }
}
