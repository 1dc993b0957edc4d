//! A job run by hand, after its page has asked once.
//!
//! **Invariant:** an occurrence that is done is never run again; the runner sees to that.

use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n::Lang;
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::jobs::runner::RunnerError;
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::{named, words};
use crate::views::measures::calendar::RunView;

const TEMPLATE: &str = "measures_run";

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let view = shown(desk, asked)?;
    named::page(desk, TEMPLATE, "jobs", &view)
}

fn shown(desk: &Desk<'_>, asked: &Named) -> Result<RunView, PageError> {
    let job = desk.app.job(asked.place("id")).map_err(|_unknown| PageError::NotFound)?;
    let why = match desk.lang {
        Lang::Zh => &job.why_zh,
        Lang::En => &job.why_en,
    };
    Ok(RunView {
        job: job.name.clone(),
        title: words::job(desk.lang, &job.name),
        why: why.clone(),
        on: desk.today.to_string(),
        errors: Vec::new(),
    })
}

/// Runs the job for a business date.
pub(super) fn run(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    let desk = here.desk()?;
    let mut view = shown(&desk, asked)?;
    let today = desk.today;
    drop(desk);
    let mut faults = Faults::new(here.lang);
    let typed = form.field("on");
    match read_date(&CellValue::from_text(typed)) {
        DateReading::Day(on) if on > today => {
            faults.add("on", "page.job_run.late", &[("found", &on.to_string()), ("today", &today.to_string())]);
        }
        DateReading::Day(on) => match here.app.run_job_on(&view.job, on) {
            Ok(_run) => {
                let pairs = [("q", view.job.clone()), ("done", "ran".to_owned())];
                return Ok(Acted::SeeOther(link::with_query("/jobs", &pairs)));
            }
            Err(RunnerError::Failed { reason, .. }) => {
                faults.add("on", "page.job_run.failed", &[("reason", &reason)]);
            }
            Err(other) => return Err(PageError::Internal { detail: other.to_string() }),
        },
        _ => faults.add("on", "page.job_run.day", &[("found", typed)]),
    }
    typed.clone_into(&mut view.on);
    view.errors = faults.found;
    named::again(here, TEMPLATE, "jobs", &view)
}
