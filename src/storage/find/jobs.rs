//! Job occurrences: due, held, done.
//!
//! Owns the four rules of the queue: one row an occurrence, one holder, a fencing token, and never two
//! occurrences of a job at once.
//! **Invariant:** a finished occurrence is never touched again.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use diesel::dsl::{count_star, exists, max, not};
use diesel::prelude::*;

use super::containing;
use crate::storage::db::{Db, each};
use crate::storage::door::{JobLease, LEASE_SECONDS};
use crate::storage::error::StoreError;
use crate::storage::rows::jobs::{JobRow, JobRunRow};
use crate::storage::schema::{job_runs, jobs};
use crate::storage::{StoreError as Error, Tx};

mod alias {
    #![allow(missing_docs, reason = "the macro gives what it makes no words")]
    diesel::alias!(crate::storage::schema::job_runs as later: Later);
}
use alias::later;

/// The instant after which occurrences of a job count; recorded the first time the job is seen.
///
/// # Errors
/// What the database says.
pub fn due_after(tx: &mut Tx<'_>, name: &str, first_seen: NaiveDateTime) -> Result<NaiveDateTime, Error> {
    let known: Option<NaiveDateTime> = jobs::table.find(name).select(jobs::due_after).first(&mut **tx).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let row = JobRow { name: name.to_owned(), due_after: first_seen };
    each!(&mut **tx, c => diesel::insert_into(jobs::table).values(&row).execute(c))?;
    Ok(first_seen)
}

/// The last occurrence of a job that is recorded.
///
/// # Errors
/// What the database says.
pub fn last_due(db: &mut Db, name: &str) -> Result<Option<NaiveDateTime>, StoreError> {
    Ok(job_runs::table.filter(job_runs::job.eq(name)).select(max(job_runs::due_at)).first(db)?)
}

/// Records an occurrence; an occurrence that is known stays as it is.
///
/// # Errors
/// What the database says.
pub fn enter(tx: &mut Tx<'_>, job: &str, due_at: NaiveDateTime, on: NaiveDate, state: &str) -> Result<bool, Error> {
    let row = JobRunRow {
        job: job.to_owned(),
        due_at,
        business_date: on,
        state: state.to_owned(),
        owner: None,
        lease_until: None,
        fence: 0,
        attempts: 0,
        started_at: None,
        finished_at: None,
        counts: "{}".to_owned(),
        error: None,
    };
    let written = each!(&mut **tx, c => diesel::insert_into(job_runs::table).values(&row)
        .on_conflict((job_runs::job, job_runs::due_at)).do_nothing().execute(c))?;
    Ok(written == 1)
}

/// Occurrences that are due or whose worker has gone silent, oldest first.
///
/// # Errors
/// What the database says.
pub fn open(db: &mut Db, now: NaiveDateTime, attempts: i64) -> Result<Vec<JobRunRow>, StoreError> {
    Ok(job_runs::table
        .filter(job_runs::due_at.le(now))
        .filter(
            job_runs::state
                .eq("due")
                .or(job_runs::state.eq("failed").and(job_runs::attempts.lt(attempts)))
                .or(job_runs::state.eq("running").and(job_runs::lease_until.lt(now))),
        )
        .order((job_runs::due_at, job_runs::job))
        .select(JobRunRow::as_select())
        .load(db)?)
}

/// Takes an occurrence: gives the lease, or nothing when another worker holds it or an earlier occurrence of the
/// same job is still open.
///
/// # Errors
/// What the database says.
pub fn take(tx: &mut Tx<'_>, run: &JobRunRow, owner: &str) -> Result<Option<JobLease>, Error> {
    let now = tx.now();
    let earlier: Option<NaiveDateTime> = job_runs::table
        .filter(job_runs::job.eq(&run.job))
        .filter(job_runs::due_at.lt(run.due_at))
        .filter(job_runs::state.eq("running").and(job_runs::lease_until.ge(now)))
        .select(job_runs::due_at)
        .first(&mut **tx)
        .optional()?;
    if earlier.is_some() {
        return Ok(None);
    }
    let until = now.checked_add_signed(TimeDelta::seconds(LEASE_SECONDS)).unwrap_or(now);
    let fence = run.fence.saturating_add(1);
    let taken = diesel::update(
        job_runs::table
            .find((&run.job, run.due_at))
            .filter(job_runs::fence.eq(run.fence))
            .filter(job_runs::state.ne("done"))
            .filter(job_runs::state.ne("skipped")),
    )
    .set((
        job_runs::state.eq("running"),
        job_runs::owner.eq(Some(owner)),
        job_runs::lease_until.eq(Some(until)),
        job_runs::fence.eq(fence),
        job_runs::attempts.eq(run.attempts.saturating_add(1)),
        job_runs::started_at.eq(Some(now)),
    ))
    .execute(&mut **tx)?;
    Ok((taken == 1).then(|| JobLease { job: run.job.clone(), due_at: run.due_at, fence }))
}

/// Records how an occurrence ended, if it is still held.
///
/// # Errors
/// `LeaseLost` when it is not.
pub fn finish(tx: &mut Tx<'_>, lease: &JobLease, error: Option<&str>, counts: &str) -> Result<(), Error> {
    let now = tx.now();
    let state = if error.is_some() { "failed" } else { "done" };
    let done = diesel::update(
        job_runs::table
            .find((&lease.job, lease.due_at))
            .filter(job_runs::fence.eq(lease.fence))
            .filter(job_runs::state.eq("running")),
    )
    .set((
        job_runs::state.eq(state),
        job_runs::lease_until.eq(None::<NaiveDateTime>),
        job_runs::finished_at.eq(Some(now)),
        job_runs::counts.eq(counts),
        job_runs::error.eq(error),
    ))
    .execute(&mut **tx)?;
    if done == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// Gives back what a process that is certainly gone had taken: used where this process owns the database alone.
///
/// # Errors
/// What the database says.
pub fn release_all(tx: &mut Tx<'_>) -> Result<usize, Error> {
    Ok(diesel::update(job_runs::table.filter(job_runs::state.eq("running")))
        .set((job_runs::state.eq("due"), job_runs::lease_until.eq(None::<NaiveDateTime>)))
        .execute(&mut **tx)?)
}

/// Occurrences of one job or of all, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn runs(db: &mut Db, name: Option<&str>, limit: i64) -> Result<Vec<JobRunRow>, StoreError> {
    let all = job_runs::table.into_boxed();
    let all = match name {
        Some(name) => all.filter(job_runs::job.eq(name.to_owned())),
        None => all,
    };
    Ok(all.order((job_runs::due_at.desc(), job_runs::job)).limit(limit).select(JobRunRow::as_select()).load(db)?)
}

/// The newest recorded occurrence of every job.
///
/// # Errors
/// What the database says.
pub fn newest(db: &mut Db) -> Result<Vec<JobRunRow>, StoreError> {
    let after = later
        .filter(later.field(job_runs::job).eq(job_runs::job))
        .filter(later.field(job_runs::due_at).gt(job_runs::due_at));
    Ok(job_runs::table.filter(not(exists(after))).select(JobRunRow::as_select()).load(db)?)
}

/// One occurrence.
///
/// # Errors
/// What the database says.
pub fn run(db: &mut Db, name: &str, due_at: NaiveDateTime) -> Result<Option<JobRunRow>, StoreError> {
    Ok(job_runs::table.find((name, due_at)).select(JobRunRow::as_select()).first(db).optional()?)
}

/// Occurrences whose job's name holds `search`, newest first, from `offset`.
///
/// # Errors
/// What the database says.
pub fn page(db: &mut Db, search: &str, span: (i64, i64)) -> Result<Vec<JobRunRow>, StoreError> {
    let (offset, limit) = span;
    Ok(job_runs::table
        .filter(job_runs::job.like(containing(search)).escape('\\'))
        .order((job_runs::due_at.desc(), job_runs::job))
        .offset(offset)
        .limit(limit)
        .select(JobRunRow::as_select())
        .load(db)?)
}

/// Number of occurrences whose job's name holds `search`: all, and those that failed.
///
/// # Errors
/// What the database says.
pub fn counts(db: &mut Db, search: &str) -> Result<(i64, i64), StoreError> {
    let found = job_runs::table.filter(job_runs::job.like(containing(search)).escape('\\'));
    let all = found.clone().select(count_star()).first(db)?;
    let failed = found.filter(job_runs::state.eq("failed")).select(count_star()).first(db)?;
    Ok((all, failed))
}

/// Failed occurrences, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn failed(db: &mut Db, limit: i64) -> Result<Vec<JobRunRow>, StoreError> {
    Ok(job_runs::table
        .filter(job_runs::state.eq("failed"))
        .order((job_runs::due_at.desc(), job_runs::job))
        .limit(limit)
        .select(JobRunRow::as_select())
        .load(db)?)
}

/// Due time of the last occurrence of each job that is done.
///
/// # Errors
/// What the database says.
pub fn last_done(db: &mut Db) -> Result<Vec<(String, Option<NaiveDateTime>)>, StoreError> {
    Ok(job_runs::table
        .filter(job_runs::state.eq("done"))
        .group_by(job_runs::job)
        .select((job_runs::job, max(job_runs::due_at)))
        .load(db)?)
}

/// Business date of the last occurrence of a job that is done.
///
/// # Errors
/// What the database says.
pub fn last_done_on(db: &mut Db, name: &str) -> Result<Option<NaiveDate>, StoreError> {
    Ok(job_runs::table
        .filter(job_runs::job.eq(name))
        .filter(job_runs::state.eq("done"))
        .select(max(job_runs::business_date))
        .first(db)?)
}

/// When a job was last begun, UTC: the sign of life of whoever runs them.
///
/// # Errors
/// What the database says.
pub fn last_begun(db: &mut Db) -> Result<Option<NaiveDateTime>, StoreError> {
    Ok(job_runs::table.select(max(job_runs::started_at)).first(db)?)
}
