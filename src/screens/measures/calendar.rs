//! Working days of a month, due days of banks, and due times of jobs.
//!
//! **Invariant:** days and due times are those that make jobs due; nothing is counted anew.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeDelta};

use crate::domain::access::Permission;
use crate::domain::calendar::{Month, beijing_time, utc_of_beijing};
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::jobs::schedule::{self, banks_due_on};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::words;
use crate::views::measures::calendar::{CalendarView, DayCell, Due};

/// Runs of one job in a month above which it is no date of a calendar but daily work.
const MOST_RUNS: usize = 15;
const DAYS_OF_WEEK: usize = 7;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let month = Month::parse(asked.parameter("month")).unwrap_or_else(|_other| Month::of(desk.today));
    let shows_jobs = desk.may_for_fund(Permission::ReadJobs);
    let dues = dues(desk, month, shows_jobs);
    let cells = cells(desk, month, dues);
    let own = || cells.iter().filter(|cell| cell.in_month);
    let years: Vec<i32> = desk.app.reference.calendar.published_years().collect();
    let view = CalendarView {
        month: month.to_string(),
        previous: month.prev().to_string(),
        next: month.next().to_string(),
        current: Month::of(desk.today).to_string(),
        working_days: own().filter(|cell| cell.works).count(),
        provisional: own().any(|cell| cell.provisional),
        published: years.first().zip(years.last()).map(|(from, to)| format!("{from}–{to}")).unwrap_or_default(),
        weeks: cells.chunks(DAYS_OF_WEEK).map(<[DayCell]>::to_vec).collect(),
        shows_jobs,
    };
    named::page(desk, "measures_calendar", "calendar", &view)
}

/// What falls due, by day.
fn dues(desk: &Desk<'_>, month: Month, shows_jobs: bool) -> BTreeMap<NaiveDate, Vec<Due>> {
    let mut found: BTreeMap<NaiveDate, Vec<Due>> = BTreeMap::new();
    let rules = desk.app.schedule_rules();
    let (due_on, _guessed) = banks_due_on(rules, month);
    let period = month.prev().to_string();
    found.entry(due_on).or_default().push(Due {
        kind: "banks".to_owned(),
        text: desk.text("page.calendar.banks_due", &[("period", &period)]),
        href: "/imports".to_owned(),
        ..Due::default()
    });
    let shows_reports = desk.may_for_fund(Permission::ReadReports);
    let from = utc_of_beijing(month.first_day().and_time(chrono::NaiveTime::MIN));
    let until = utc_of_beijing(month.next().first_day().and_time(chrono::NaiveTime::MIN));
    let before = |at: chrono::NaiveDateTime| at.checked_sub_signed(TimeDelta::microseconds(1)).unwrap_or(at);
    for job in &desk.app.jobs {
        // Reports are no secret of whoever runs the machine.
        let is_report = job.name.ends_with("_summary");
        let is_shown = shows_jobs || (is_report && shows_reports);
        if !is_shown {
            continue;
        }
        let mut runs = schedule::next(job, rules, before(from), MOST_RUNS.saturating_add(1));
        runs.retain(|run| run.at < until);
        if runs.len() > MOST_RUNS {
            continue;
        }
        for run in runs {
            found.entry(run.on).or_default().push(Due {
                kind: "job".to_owned(),
                text: words::job(desk.lang, &job.name),
                at: beijing_time(run.at).format("%H:%M").to_string(),
                href: if is_report && shows_reports {
                    format!("/reports?kind={}", crate::link::segment(&job.name))
                } else {
                    format!("/jobs?q={}", crate::link::segment(&job.name))
                },
            });
        }
    }
    found.values_mut().for_each(|dues| dues.sort_by(|a, b| a.at.cmp(&b.at)));
    found
}

/// Whole weeks that hold the month.
fn cells(desk: &Desk<'_>, month: Month, mut dues: BTreeMap<NaiveDate, Vec<Due>>) -> Vec<DayCell> {
    let calendar = &desk.app.reference.calendar;
    let first = month.first_day();
    let monday = first.week(chrono::Weekday::Mon).first_day();
    let sunday = month.last_day().week(chrono::Weekday::Mon).last_day();
    let cell = |date: NaiveDate| {
        let (works, provisional) = calendar.is_working_day_provisional(date);
        let is_weekend = date.weekday().number_from_monday() > 5;
        let in_month = Month::of(date) == month;
        DayCell {
            date: Some(date),
            number: date.day(),
            in_month,
            works,
            is_moved: works == is_weekend,
            provisional,
            is_today: date == desk.today,
            dues: if in_month { dues.remove(&date).unwrap_or_default() } else { Vec::new() },
        }
    };
    monday.iter_days().take_while(|date| *date <= sunday).map(cell).collect()
}
