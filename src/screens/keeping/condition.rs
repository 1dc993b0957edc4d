//! How the installation stands, in words for people.
//!
//! **Invariant:** what is not known is said to be not known; it never counts as fine.

use chrono::{NaiveDateTime, TimeDelta};

use super::amounts::{age, size};
use super::copies;
use crate::http::error::PageError;
use crate::screens::desk::Desk;
use crate::screens::parts::Words;
use crate::storage::find::{jobs, mail};
use crate::storage::state;
use crate::usecase::upkeep::disk;
use crate::views::parts::{Cell, Table};

/// The job that runs most often comes every minute, mail every ten.
const SILENT_MINUTES: i64 = 15;
/// A mail that has waited longer is looked after.
const WAITING_MINUTES: i64 = 60;
const GIB: u64 = 1 << 30;

/// One thing that can be well or not: its name, how it is, and what there is to say.
struct Line {
    thing: &'static str,
    tone: &'static str,
    told: Cell,
}

/// The table of everything that can be well or not.
pub(super) fn table(desk: &mut Desk<'_>, say: Words) -> Result<Table, PageError> {
    let now = desk.app.store.clock().now();
    let lines = [
        database(desk, say)?,
        scheduler(desk, say, now)?,
        close(desk, say)?,
        failed(desk, say)?,
        outbox(desk, say, now)?,
        copies::told(desk, say, now)?.into(),
        room(desk, say),
    ];
    let rows = lines.into_iter().map(|line| {
        let tone = if line.tone.is_empty() { "unknown" } else { line.tone };
        let state = Cell::tag(line.tone, say.text(&format!("tone.{tone}")));
        vec![Cell::text(say.text(&format!("thing.{}", line.thing))), state, line.told]
    });
    Ok(say.table("condition", &["thing", "state", "told"], rows.collect()))
}

impl Line {
    fn text(thing: &'static str, tone: &'static str, told: String) -> Line {
        Line { thing, tone, told: Cell::text(told) }
    }
}

/// How the copies are: tone and words.
impl From<copies::Told> for Line {
    fn from(told: copies::Told) -> Line {
        Line::text("backup", told.tone, told.words)
    }
}

fn database(desk: &mut Desk<'_>, say: Words) -> Result<Line, PageError> {
    let bytes = u64::try_from(state::bytes(&mut desk.db)?).unwrap_or(0);
    Ok(Line::text("database", "ok", say.with("told.database", &[("size", &size(bytes))])))
}

fn scheduler(desk: &mut Desk<'_>, say: Words, now: NaiveDateTime) -> Result<Line, PageError> {
    Ok(match jobs::last_begun(&mut desk.db)? {
        None => Line::text("scheduler", "warn", say.text("told.scheduler_never")),
        Some(at) => {
            let silent = now.signed_duration_since(at) > TimeDelta::minutes(SILENT_MINUTES);
            let age = age(desk.lang, at, now);
            let key = if silent { "told.scheduler_silent" } else { "told.scheduler" };
            Line::text("scheduler", if silent { "bad" } else { "ok" }, say.with(key, &[("age", &age)]))
        }
    })
}

fn close(desk: &mut Desk<'_>, say: Words) -> Result<Line, PageError> {
    Ok(match jobs::last_done_on(&mut desk.db, "daily_close")? {
        None => Line::text("close", "warn", say.text("told.close_never")),
        Some(day) => {
            let late = desk.today.signed_duration_since(day) > TimeDelta::days(1);
            let tone = if late { "warn" } else { "ok" };
            Line::text("close", tone, say.with("told.close", &[("day", &day.to_string())]))
        }
    })
}

fn failed(desk: &mut Desk<'_>, say: Words) -> Result<Line, PageError> {
    let (_, failed) = jobs::counts(&mut desk.db, "")?;
    if failed == 0 {
        return Ok(Line::text("jobs", "ok", say.text("told.jobs_none")));
    }
    let words = say.with("told.jobs", &[("count", &failed.to_string())]);
    Ok(Line { thing: "jobs", tone: "bad", told: Cell::link(words, "/jobs") })
}

fn outbox(desk: &mut Desk<'_>, say: Words, now: NaiveDateTime) -> Result<Line, PageError> {
    let standing = mail::standing(&mut desk.db, desk.app.fund_id())?;
    let waits = standing.waiting_since.map(|since| (age(desk.lang, since, now), now.signed_duration_since(since)));
    let (tone, words) = match (standing.given_up, waits) {
        (0, None) => return Ok(Line::text("outbox", "ok", say.text("told.outbox_none"))),
        (0, Some((age, waited))) => {
            let tone = if waited > TimeDelta::minutes(WAITING_MINUTES) { "warn" } else { "ok" };
            (tone, say.with("told.outbox", &[("age", &age)]))
        }
        (count, _) => ("bad", say.with("told.outbox_given_up", &[("count", &count.to_string())])),
    };
    Ok(Line { thing: "outbox", tone, told: Cell::link(words, "/mails") })
}

fn room(desk: &Desk<'_>, say: Words) -> Line {
    let Some(room) = disk::room(&desk.app.config.data.dir) else {
        return Line::text("disk", "", say.text("told.disk_unknown"));
    };
    let tone = if room.free < GIB {
        "bad"
    } else if room.free < room.whole / 10 {
        "warn"
    } else {
        "ok"
    };
    let places = [("free", size(room.free)), ("whole", size(room.whole))];
    Line::text("disk", tone, say.with("told.disk", &places.each_ref().map(|(name, text)| (*name, text.as_str()))))
}
