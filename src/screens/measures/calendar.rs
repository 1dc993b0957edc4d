//! The calendar of a month: working days, the last day of the banks, what the jobs will do.
//!
//! **Invariant:** a day beyond the published calendar is called provisional.

use chrono::{Datelike, NaiveDate};

use crate::domain::calendar::{Month, beijing_time};
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::jobs::schedule;
use crate::reference;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::views::parts::{Cell, PartsView};

/// Most runs of one job looked ahead.
const RUNS: usize = 40;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.calendar" };
    let month = Month::parse(asked.parameter("month")).unwrap_or_else(|_none| Month::of(desk.today));
    let rules = desk.app.schedule_rules();
    let (banks_due, _) = schedule::banks_due_on(rules, month);
    let mut runs: Vec<(NaiveDate, String)> = Vec::new();
    for job in desk.app.jobs.iter().filter(|job| job.enabled) {
        for due in schedule::next(job, rules, desk.app.store.clock().now(), RUNS) {
            if Month::of(due.on) == month {
                let at = beijing_time(due.at).format("%H:%M");
                runs.push((due.on, format!("{at} {}", crate::screens::words::job(desk.lang, &job.name))));
            }
        }
    }
    let before = month.first_day().pred_opt().map_or(month, Month::of);
    let days = month.first_day().iter_days().take_while(|day| *day <= month.last_day());
    let rows = days.map(|day| {
        let (working, provisional) = reference::work_calendar().is_working_day_provisional(day);
        let mut notes: Vec<String> = runs.iter().filter(|(on, _)| *on == day).map(|(_, text)| text.clone()).collect();
        // A job that runs every few minutes would fill the page.
        notes.dedup();
        if notes.len() > 6 {
            let more = notes.len().saturating_sub(6).to_string();
            notes.truncate(6);
            notes.push(say.with("more", &[("count", &more)]));
        }
        if day == banks_due {
            notes.insert(0, say.text("banks_due"));
        }
        let kind = if working { Cell::tag("ok", say.text("working")) } else { Cell::tag("", say.text("free")) };
        let weekday = say.word("weekday", &day.weekday().number_from_monday().to_string());
        let weekday = if provisional { format!("{weekday} {}", say.text("provisional")) } else { weekday };
        vec![Cell::day(day), Cell::text(weekday), kind, Cell::text(notes.join("；"))]
    });
    let table = say.table("days", &["day", "weekday", "kind", "what"], rows.collect());
    let view = PartsView {
        title: say.with("title_of", &[("month", &month.to_string())]),
        actions: vec![
            say.action("next", format!("/calendar?month={}", month.next())),
            say.action("previous", format!("/calendar?month={}", before)),
        ],
        tables: vec![table],
        ..say.page()
    };
    show(desk, "calendar", &view)
}
