//! Runs what is due: records occurrences, takes them one by one, calls the handler with the business date of
//! the occurrence, and records how it ended.
//!
//! **Invariant:** occurrences of a job run in the order of their due times; a failed one holds back those
//! behind it until its tries are used up.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Map, Value};
use thiserror::Error;

use super::declaration::{Declaration, Missed};
use super::handlers;
use super::schedule::{self, Due, Rules};
use crate::app::App;
use crate::domain::calendar::{Month, beijing_date, utc_of_beijing};
use crate::storage::find::jobs as find;
use crate::storage::rows::jobs::JobRunRow;
use crate::storage::{Act, JobLease, Lease, Scope, StoreError};
use crate::usecase::UseCaseError;

/// Why the runner could not go on.
#[derive(Debug, Error)]
pub enum RunnerError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such job.
    #[error("no job of this name: {0}")]
    Unknown(String),
    /// An occurrence failed.
    #[error("{job} of {on} failed: {reason}")]
    Failed {
        /// Job.
        job: String,
        /// Business date.
        on: NaiveDate,
        /// What went wrong.
        reason: String,
    },
}

/// What a handler did, in counts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    counts: Map<String, Value>,
    failures: Vec<String>,
}

impl Tally {
    /// Adds to a count.
    pub fn add(&mut self, name: &str, count: usize) {
        let before = self.counts.get(name).and_then(Value::as_u64).unwrap_or(0);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.counts.insert(name.to_owned(), Value::from(before.saturating_add(count)));
    }

    /// Notes that one item failed; the others go on, the run counts as failed.
    pub fn fail(&mut self, item: &str, reason: &str) {
        self.failures.push(format!("{item}: {reason}"));
    }

    /// The counts as JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        Value::Object(self.counts.clone()).to_string()
    }

    fn error(&self) -> Option<String> {
        (!self.failures.is_empty()).then(|| self.failures.join("; "))
    }
}

/// One held occurrence, as a handler sees it.
#[derive(Debug)]
pub struct Occurrence<'a> {
    /// The application.
    pub app: &'a App,
    /// Business date.
    pub on: NaiveDate,
    /// The lease under which every effect is written.
    pub lease: JobLease,
}

impl Occurrence<'_> {
    /// The act under which the handler writes.
    #[must_use]
    pub fn act(&self) -> Act {
        let lease = Some(Lease::Job(self.lease.clone()));
        Act { actor: format!("job:{}", self.lease.job), on: self.on, lease, dry_run: false }
    }

    /// The month a monthly job works on: the one before its business date.
    #[must_use]
    pub fn period(&self) -> Month {
        Month::of(self.on).prev()
    }
}

/// Wait before a failed occurrence is tried again, in minutes per try so far.
const RETRY_MINUTES: i64 = 1;

impl App {
    /// What due times depend on.
    #[must_use]
    pub fn schedule_rules(&self) -> Rules<'_> {
        Rules {
            calendar: &self.reference.calendar,
            banks_due_day: self.config.calendar.banks_due_day,
            first_period: self.first_period(),
        }
    }

    /// The declared job of this name.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn job(&self, name: &str) -> Result<&Declaration, RunnerError> {
        self.jobs.iter().find(|job| job.name == name).ok_or_else(|| RunnerError::Unknown(name.to_owned()))
    }

    /// Records what has become due until `until` and runs it, oldest first. Gives the number of runs.
    ///
    /// # Errors
    /// `Store`; a failed handler is recorded, not returned.
    pub fn tick(&self, until: NaiveDateTime) -> Result<usize, RunnerError> {
        for job in &self.jobs {
            for due in self.due_now(job, until)? {
                self.enter(job, due)?;
            }
        }
        self.run_open(until)
    }

    /// Moves a simulated clock from one due time to the next until `until`, running each job at its time.
    ///
    /// # Errors
    /// `Failed` as soon as an occurrence fails: a replay does not go on over a hole.
    pub fn advance_to(&self, until: NaiveDateTime) -> Result<usize, RunnerError> {
        let mut due: Vec<(Due, &Declaration)> = Vec::new();
        for job in &self.jobs {
            due.extend(self.due_now(job, until)?.into_iter().map(|due| (due, job)));
        }
        due.sort_by(|a, b| (a.0.at, &a.1.name).cmp(&(b.0.at, &b.1.name)));
        let mut ran = self.run_or_fail()?;
        for (occurrence, job) in due {
            self.move_clock_to(occurrence.at)?;
            self.enter(job, occurrence)?;
            ran += self.run_or_fail()?;
        }
        self.move_clock_to(until)?;
        Ok(ran)
    }

    /// Runs the occurrence of a job for one business date, unless it has been done.
    ///
    /// # Errors
    /// `Unknown`, `Failed`, `Store`.
    pub fn run_job_on(&self, name: &str, on: NaiveDate) -> Result<JobRunRow, RunnerError> {
        let job = self.job(name)?;
        let from = utc_of_beijing(on.and_time(chrono::NaiveTime::MIN));
        let until = from.checked_add_signed(TimeDelta::days(1)).unwrap_or(from);
        let before = from.checked_sub_signed(TimeDelta::microseconds(1)).unwrap_or(from);
        let last_moment = until.checked_sub_signed(TimeDelta::microseconds(1)).unwrap_or(until);
        let due = schedule::due_between(job, self.schedule_rules(), before, last_moment).pop();
        let due = due.unwrap_or(Due { at: last_moment, on, provisional: false });
        self.enter(job, due)?;
        let run = self.known_run(name, due.at)?;
        if run.state == "done" {
            return Ok(run);
        }
        self.run_one(&run)?;
        let run = self.known_run(name, due.at)?;
        match &run.error {
            Some(reason) => Err(RunnerError::Failed { job: name.to_owned(), on, reason: reason.clone() }),
            None => Ok(run),
        }
    }

    fn known_run(&self, name: &str, due_at: NaiveDateTime) -> Result<JobRunRow, RunnerError> {
        let run = find::run(&mut *self.store.read()?, name, due_at)?;
        run.ok_or_else(|| RunnerError::Unknown(name.to_owned()))
    }

    /// Due times that are not recorded yet, reduced by what the job says of missed runs.
    fn due_now(&self, job: &Declaration, until: NaiveDateTime) -> Result<Vec<Due>, RunnerError> {
        let act = Act::new("scheduler", beijing_date(until));
        let first_seen = self.jobs_count_from();
        let seen = find::last_due(&mut *self.store.read()?, &job.name)?;
        let after = match seen {
            Some(last) => last,
            None => self.store.write(&Scope::system(), &act, |tx| find::due_after(tx, &job.name, first_seen))?,
        };
        let rules = self.schedule_rules();
        Ok(match job.missed {
            Missed::Each => schedule::due_between(job, rules, after, until),
            Missed::Once => {
                let recent = until.checked_sub_signed(TimeDelta::days(1)).unwrap_or(until).max(after);
                let mut due = schedule::due_between(job, rules, recent, until);
                if due.is_empty() && recent > after {
                    due = schedule::due_between(job, rules, after, until);
                }
                due.pop().into_iter().collect()
            }
            Missed::Skip => {
                let recent = until.checked_sub_signed(TimeDelta::minutes(1)).unwrap_or(until).max(after);
                schedule::due_between(job, rules, recent, until)
            }
        })
    }

    fn enter(&self, job: &Declaration, due: Due) -> Result<(), RunnerError> {
        let act = Act::new("scheduler", due.on);
        self.store.write(&Scope::system(), &act, |tx| find::enter(tx, &job.name, due.at, due.on, "due"))?;
        Ok(())
    }

    fn run_open(&self, until: NaiveDateTime) -> Result<usize, RunnerError> {
        let mut held_back = BTreeSet::new();
        let mut ran = 0;
        let most = i64::from(self.jobs.iter().map(|job| job.attempts).max().unwrap_or(1));
        for run in find::open(&mut *self.store.read()?, until, most)? {
            if held_back.contains(&run.job) || self.waits(&run, until) {
                held_back.insert(run.job);
                continue;
            }
            match self.run_one(&run)? {
                Some(true) => ran += 1,
                Some(false) | None => {
                    held_back.insert(run.job);
                }
            }
        }
        Ok(ran)
    }

    fn run_or_fail(&self) -> Result<usize, RunnerError> {
        let ran = self.run_open(self.store.clock().now())?;
        let failed = find::runs(&mut *self.store.read()?, None, 20)?.into_iter().find(|run| run.state == "failed");
        match failed {
            Some(run) => {
                Err(RunnerError::Failed { job: run.job, on: run.business_date, reason: run.error.unwrap_or_default() })
            }
            None => Ok(ran),
        }
    }

    /// Whether a failed occurrence is not to be tried yet, or no more.
    fn waits(&self, run: &JobRunRow, now: NaiveDateTime) -> bool {
        let attempts = self.job(&run.job).map_or(1, |job| i64::from(job.attempts));
        if run.state != "failed" {
            return false;
        }
        let wait = TimeDelta::minutes(RETRY_MINUTES.saturating_mul(run.attempts));
        let again = run.finished_at.and_then(|at| at.checked_add_signed(wait));
        run.attempts >= attempts || again.is_some_and(|again| now < again)
    }

    /// Runs one occurrence if it can be taken. Gives whether it succeeded, or nothing if it was not taken.
    fn run_one(&self, run: &JobRunRow) -> Result<Option<bool>, RunnerError> {
        let act = Act::new("scheduler", run.business_date);
        let owner = self.owner.clone();
        let taken = self.store.write(&Scope::system(), &act, |tx| find::take(tx, run, &owner))?;
        let Some(lease) = taken else {
            return Ok(None);
        };
        tracing::info!(job = %run.job, on = %run.business_date, "job {} of {} starts", run.job, run.business_date);
        let occurrence = Occurrence { app: self, on: run.business_date, lease: lease.clone() };
        let outcome = handlers::call(&run.job, &occurrence);
        if matches!(&outcome, Err(UseCaseError::Store(StoreError::LeaseLost))) {
            return Ok(None);
        }
        let (counts, error) = match outcome {
            Ok(tally) => (tally.json(), tally.error()),
            Err(error) => ("{}".to_owned(), Some(format!("{}: {error}", error.code()))),
        };
        if let Some(reason) = &error {
            tracing::error!(job = %run.job, on = %run.business_date, "job {} failed: {reason}", run.job);
        }
        self.store.write(&Scope::system(), &act, |tx| find::finish(tx, &lease, error.as_deref(), &counts))?;
        Ok(Some(error.is_none()))
    }
}
