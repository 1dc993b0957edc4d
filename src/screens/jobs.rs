//! Jobs, their plans and their runs.
//!
//! **Invariant:** the plan shown is computed by the same function that makes jobs due.

use chrono::NaiveDateTime;

use super::desk::{Desk, small, span, unsigned};
use super::{plan, words};
use crate::domain::access::Permission;
use crate::domain::calendar::WorkingDayShift;
use crate::http::error::PageError;
use crate::i18n::Lang;
use crate::jobs::declaration::{Declaration, Missed};
use crate::jobs::schedule;
use crate::storage::find::jobs;
use crate::storage::rows::jobs::JobRunRow;
use crate::views::beijing;
use crate::views::jobs::{JobCard, JobsView, NextJob, RunOutcome, RunRow};
use crate::views::query::PlainQuery;

/// Due times shown of each job.
const NEXT: usize = 12;

pub(super) fn load(desk: &mut Desk<'_>, query: &PlainQuery) -> Result<JobsView, PageError> {
    let (total, failed) = jobs::counts(&mut desk.db, &query.search)?;
    let runs = jobs::page(&mut desk.db, &query.search, span(query.page, unsigned(total)))?;
    let app = desk.app;
    let done = jobs::last_done(&mut desk.db)?;
    let newest = jobs::newest(&mut desk.db)?;
    let mut cards = Vec::with_capacity(app.jobs.len());
    for job in &app.jobs {
        let last = newest.iter().find(|run| run.job == job.name);
        let last_done = done.iter().find(|(name, _)| *name == job.name).and_then(|(_, at)| *at);
        cards.push(JobCard { last_done: last_done.map(beijing).unwrap_or_default(), ..card(desk, job, last) });
    }
    let mut upcoming: Vec<NextJob> = cards.iter().flat_map(first_of_days).collect();
    upcoming.sort_by(|a, b| (&a.due, &a.job).cmp(&(&b.due, &b.job)));
    upcoming.truncate(NEXT);
    Ok(JobsView {
        shell: desk.shell()?,
        jobs: cards,
        upcoming,
        may_run: desk.may_for_fund(Permission::RunJobs),
        runs: runs.iter().map(|run| row(desk, run)).collect(),
        total: unsigned(total),
        failed: unsigned(failed),
        ..JobsView::default()
    })
}

/// The next due time of each job, soonest first.
pub(super) fn next_of_each(desk: &Desk<'_>) -> Vec<NextJob> {
    let mut next: Vec<NextJob> = desk.app.jobs.iter().flat_map(|job| dues(desk, job, 1)).collect();
    next.sort_by(|a, b| (&a.due, &a.job).cmp(&(&b.due, &b.job)));
    next
}

/// Due times of a job, the first of each day: what runs every minute would leave no place for anything else.
fn first_of_days(card: &JobCard) -> Vec<NextJob> {
    let day = |due: &NextJob| due.due.split(' ').next().unwrap_or_default().to_owned();
    let mut all = card.next.clone();
    all.dedup_by(|later, earlier| day(later) == day(earlier));
    all
}

fn dues(desk: &Desk<'_>, job: &Declaration, count: usize) -> Vec<NextJob> {
    let now = desk.app.store.clock().now();
    schedule::next(job, desk.app.schedule_rules(), now, count)
        .into_iter()
        .map(|due| NextJob {
            job: job.name.clone(),
            title: words::job(desk.lang, &job.name),
            due: beijing(due.at),
            provisional: due.provisional,
        })
        .collect()
}

fn card(desk: &Desk<'_>, job: &Declaration, last: Option<&JobRunRow>) -> JobCard {
    let why = match desk.lang {
        Lang::Zh => &job.why_zh,
        Lang::En => &job.why_en,
    };
    JobCard {
        name: job.name.clone(),
        title: words::job(desk.lang, &job.name),
        why: why.clone(),
        plan: plan::in_words(desk.lang, &job.cron_text),
        cron: job.cron_text.clone(),
        timezone: job.timezone.name().to_owned(),
        working_day: match job.working_day {
            WorkingDayShift::Next => "next",
            WorkingDayShift::Previous => "previous",
            WorkingDayShift::None => "none",
        }
        .to_owned(),
        missed: match job.missed {
            Missed::Each => "each",
            Missed::Once => "once",
            Missed::Skip => "skip",
        }
        .to_owned(),
        enabled: job.enabled,
        next: dues(desk, job, NEXT),
        last: last.map(|run| row(desk, run)),
        last_done: String::new(),
    }
}

fn row(desk: &Desk<'_>, run: &JobRunRow) -> RunRow {
    RunRow {
        job: run.job.clone(),
        title: words::job(desk.lang, &run.job),
        due: beijing(run.due_at),
        business_date: Some(run.business_date),
        started: run.started_at.map(beijing).unwrap_or_default(),
        took: run.started_at.zip(run.finished_at).map(|(from, to)| took(desk, from, to)).unwrap_or_default(),
        attempts: small(run.attempts),
        outcome: match run.state.as_str() {
            "running" => RunOutcome::Running,
            "done" => RunOutcome::Succeeded,
            "failed" => RunOutcome::Failed,
            "skipped" => RunOutcome::Skipped,
            _ => RunOutcome::Pending,
        },
        counts: words::tally(desk, &run.counts),
        error: run.error.clone().unwrap_or_default(),
    }
}

/// Tenths of a second between two moments; nothing while a simulated clock stands still.
fn took(desk: &Desk<'_>, from: NaiveDateTime, to: NaiveDateTime) -> String {
    let tenths = to.signed_duration_since(from).num_milliseconds().max(0) / 100;
    if desk.app.store.clock().is_simulated() && tenths == 0 {
        return String::new();
    }
    desk.text("screen.seconds", &[("seconds", &format!("{}.{}", tenths / 10, tenths % 10))])
}
