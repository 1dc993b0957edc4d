//! Scheduled jobs and their runs.
//!
//! **Invariant:** a run shows the business date of its occurrence, not the day it happened to run.

use chrono::NaiveDate;
use serde::Serialize;

use super::Shell;
use super::query::{Pager, PlainQuery};

shown! {
    /// How a run ended.
    RunOutcome {
        /// Waiting.
        Pending = "pending";
        /// Running now.
        Running = "running";
        /// Done.
        Succeeded = "succeeded";
        /// Failed; it is tried again.
        Failed = "failed";
        /// Skipped by the job's own rule.
        Skipped = "skipped";
    }
}

/// The next run of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NextJob {
    /// Name of the job.
    pub job: String,
    /// What people call it.
    pub title: String,
    /// When, made by `beijing`.
    pub due: String,
    /// The day rests on a holiday calendar that is not published yet.
    pub provisional: bool,
}

/// One run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Name of the job.
    pub job: String,
    /// What people call it.
    pub title: String,
    /// When it was due, made by `beijing`.
    pub due: String,
    /// Business date it worked on.
    pub business_date: Option<NaiveDate>,
    /// When it started, made by `beijing`; empty before.
    pub started: String,
    /// How long it took, in words; empty before it ended.
    pub took: String,
    /// Attempts so far.
    pub attempts: u32,
    /// How it ended.
    pub outcome: RunOutcome,
    /// What it did, in words: `处理 12，失败 0`.
    pub counts: String,
    /// Error of the last attempt; empty for none.
    pub error: String,
}

/// A job with its plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JobCard {
    /// Name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Why it exists.
    pub why: String,
    /// When it runs, in words; empty where only the declaration says it.
    pub plan: String,
    /// Plan: second minute hour day month weekday.
    pub cron: String,
    /// Time zone of the plan.
    pub timezone: String,
    /// What happens on days that are not working days: `next`, `previous` or `none`.
    pub working_day: String,
    /// What happens to missed runs: `each`, `once` or `skip`.
    pub missed: String,
    /// It runs at all.
    pub enabled: bool,
    /// Next twelve runs.
    pub next: Vec<NextJob>,
    /// Last run.
    pub last: Option<RunRow>,
    /// When it last succeeded, made by `beijing`; empty for never.
    pub last_done: String,
}

/// The page of jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JobsView {
    /// Frame.
    pub shell: Shell,
    /// Jobs in the order of their files.
    pub jobs: Vec<JobCard>,
    /// The next due times over all jobs, soonest first.
    pub upcoming: Vec<NextJob>,
    /// Who asks may run a job now.
    pub may_run: bool,
    /// What was asked for; `search` is the name of one job. Filled by the server.
    pub query: PlainQuery,
    /// Runs of the page, newest first.
    pub runs: Vec<RunRow>,
    /// Runs that match.
    pub total: u64,
    /// Runs that match and failed.
    pub failed: u64,
    /// Way through the pages; filled by the server.
    pub pager: Pager,
}
