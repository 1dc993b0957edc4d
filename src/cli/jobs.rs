//! `pledgefund job`.
//!
//! **Invariant:** an occurrence that is done is shown, never run again.

use chrono::{NaiveDate, NaiveDateTime};
use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::{App, Opening};
use crate::domain::calendar::{beijing_time, utc_of_beijing};
use crate::i18n::{self, Lang};
use crate::jobs::declaration::Missed;
use crate::jobs::schedule;
use crate::storage::find::jobs as find;
use crate::storage::rows::jobs::JobRunRow;

/// Runs shown by `runs`.
const SHOWN: i64 = 50;

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum JobCommand {
    /// List the declared jobs.
    List,
    /// Show the next due times of a job.
    Next {
        /// Name of the job.
        name: String,
        /// How many.
        #[arg(short = 'n', default_value_t = 12)]
        count: usize,
    },
    /// Run a job for one business date, unless that is done.
    Run {
        /// Name of the job.
        name: String,
        /// Business date.
        #[arg(long)]
        on: NaiveDate,
    },
    /// Run everything that was due, in order, up to the end of a day.
    CatchUp {
        /// Last day.
        #[arg(long)]
        to: NaiveDate,
    },
    /// Show past runs.
    Runs {
        /// Name of the job; all when absent.
        name: Option<String>,
    },
}

/// Runs `job`.
///
/// # Errors
/// Unknown job; a failed run; storage.
pub fn run(context: &Context, command: &JobCommand) -> Result<Exit, Failure> {
    let mut app = context.open(Opening::Migrate)?;
    match command {
        JobCommand::List => list(context, &app),
        JobCommand::Next { name, count } => next(context, &app, name, *count)?,
        JobCommand::Run { name, on } => {
            let run = app.run_job_on(name, *on)?;
            show(context, &[run]);
        }
        JobCommand::CatchUp { to } => return catch_up(context, &mut app, *to),
        JobCommand::Runs { name } => {
            if let Some(name) = name {
                app.job(name)?;
            }
            let runs = find::runs(&mut *app.store.read()?, name.as_deref(), SHOWN)?;
            show(context, &runs);
        }
    }
    Ok(Exit::Done)
}

fn catch_up(context: &Context, app: &mut App, to: NaiveDate) -> Result<Exit, Failure> {
    app.count_jobs_from(app.first_period().first_day());
    let end = to.and_hms_opt(23, 59, 59).map_or_else(|| app.store.clock().now(), utc_of_beijing);
    let ran = if app.store.clock().is_simulated() { app.advance_to(end)? } else { app.tick(end)? };
    let failed = find::runs(&mut *app.store.read()?, None, SHOWN)?.into_iter().any(|run| run.state == "failed");
    if context.json {
        print_json(&json!({ "ran": ran, "failed": failed }));
    } else {
        print_lines([i18n::text(
            context.lang,
            "cli.caught_up",
            &[("count", &ran.to_string()), ("to", &to.to_string())],
        )]);
    }
    Ok(if failed { Exit::Attention } else { Exit::Done })
}

fn missed_word(missed: Missed) -> &'static str {
    match missed {
        Missed::Each => "each",
        Missed::Once => "once",
        Missed::Skip => "skip",
    }
}

fn list(context: &Context, app: &App) {
    if context.json {
        let jobs: Vec<Value> = app
            .jobs
            .iter()
            .map(|job| {
                json!({
                    "name": job.name,
                    "cron": job.cron_text,
                    "timezone": job.timezone.name(),
                    "missed": missed_word(job.missed),
                    "enabled": job.enabled,
                    "why_zh": job.why_zh,
                    "why_en": job.why_en,
                })
            })
            .collect();
        print_json(&json!({ "jobs": jobs }));
        return;
    }
    print_lines(app.jobs.iter().map(|job| {
        let why = if context.lang == Lang::Zh { &job.why_zh } else { &job.why_en };
        format!("{:<28} {:<16} {:<5} {why}", job.name, job.cron_text, missed_word(job.missed))
    }));
}

fn next(context: &Context, app: &App, name: &str, count: usize) -> Result<(), Failure> {
    let job = app.job(name)?;
    let due = schedule::next(job, app.schedule_rules(), app.store.clock().now(), count);
    if context.json {
        let due: Vec<Value> = due
            .iter()
            .map(|due| json!({ "due": shown(due.at), "on": due.on.to_string(), "provisional": due.provisional }))
            .collect();
        print_json(&json!({ "job": name, "next": due }));
        return Ok(());
    }
    print_lines(due.iter().map(|due| {
        let note = if due.provisional { i18n::text(context.lang, "cli.provisional", &[]) } else { String::new() };
        format!("{}  {note}", shown(due.at)).trim_end().to_owned()
    }));
    Ok(())
}

fn show(context: &Context, runs: &[JobRunRow]) {
    if context.json {
        let runs: Vec<Value> = runs.iter().map(run_json).collect();
        print_json(&json!({ "runs": runs }));
        return;
    }
    print_lines(runs.iter().map(|run| {
        let error = run.error.as_deref().unwrap_or_default();
        let line = format!("{:<28} {} {:<8} {} {error}", run.job, shown(run.due_at), run.state, run.counts);
        line.trim_end().to_owned()
    }));
}

fn run_json(run: &JobRunRow) -> Value {
    let counts: Value = serde_json::from_str(&run.counts).unwrap_or_default();
    json!({
        "job": run.job,
        "due": shown(run.due_at),
        "on": run.business_date.to_string(),
        "state": run.state,
        "attempts": run.attempts,
        "started": run.started_at.map(shown),
        "finished": run.finished_at.map(shown),
        "counts": counts,
        "error": run.error,
    })
}

/// An instant in Beijing time.
fn shown(at: NaiveDateTime) -> String {
    format!("{}+08:00", beijing_time(at).format("%Y-%m-%dT%H:%M:%S"))
}
