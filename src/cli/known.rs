//! Books of an earlier moment on the command line: `--on`, `--as-known`, and `pledgefund difference`.
//!
//! **Invariant:** a moment without a zone is Beijing time; a day alone is its end.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::{App, Opening};
use crate::domain::calendar::{beijing_time, utc_of_beijing};
use crate::domain::money::FenDelta;
use crate::i18n::{self, Lang};
use crate::storage::rows::money::ReserveSnapshotRow;
use crate::usecase::as_known::AsKnown;
use crate::usecase::difference::{Counts, Difference, Figures, Moved, Step, difference};

/// Forms of a moment without a zone.
const MOMENTS: [&str; 4] = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
/// How moments are shown.
const SHOWN: &str = "%Y-%m-%d %H:%M:%S";

/// Which books a command asks.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct KnownArgs {
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
    /// Moment of knowledge: RFC 3339, or `YYYY-MM-DD [HH:MM[:SS]]` in Beijing time (a day alone is its end); default: now.
    #[arg(long, value_parser = moment_of)]
    as_known: Option<NaiveDateTime>,
}

impl KnownArgs {
    /// The business date asked for.
    #[must_use]
    pub const fn on(&self) -> Option<NaiveDate> {
        self.on
    }

    /// Whether a moment of knowledge is asked for.
    #[must_use]
    pub const fn asks_knowledge(&self) -> bool {
        self.as_known.is_some()
    }

    /// The books asked for; nothing where they are those of now.
    ///
    /// # Errors
    /// Storage; a fund that was not open by then.
    pub fn books(&self, app: &App) -> Result<Option<AsKnown>, Failure> {
        if self.on.is_none() && self.as_known.is_none() {
            return Ok(None);
        }
        let clock = app.store.clock();
        let on = self.on.unwrap_or_else(|| clock.today());
        Ok(Some(AsKnown::open(app, on, self.as_known.unwrap_or_else(|| clock.now()))?))
    }
}

/// A moment on the command line, as UTC.
///
/// # Errors
/// What is no moment.
pub fn moment_of(text: &str) -> Result<NaiveDateTime, String> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.naive_utc());
    }
    if let Some(local) = MOMENTS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()) {
        return Ok(utc_of_beijing(local));
    }
    let day = text.parse::<NaiveDate>().map_err(|_other| format!("{text}: YYYY-MM-DD [HH:MM[:SS]], RFC 3339"))?;
    let next = utc_of_beijing(day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN));
    Ok(next.checked_sub_signed(TimeDelta::microseconds(1)).unwrap_or(next))
}

/// Arguments of `difference`.
#[derive(Debug, Args)]
pub struct DifferenceArgs {
    /// Business date of both sides; default: today.
    #[arg(long, conflicts_with_all = ["on_from", "on_to"])]
    on: Option<NaiveDate>,
    /// Business date of the first side.
    #[arg(long)]
    on_from: Option<NaiveDate>,
    /// Business date of the second side.
    #[arg(long)]
    on_to: Option<NaiveDate>,
    /// Moment of knowledge of the first side, as `--as-known`; default: now.
    #[arg(long, value_parser = moment_of)]
    from: Option<NaiveDateTime>,
    /// Moment of knowledge of the second side; default: now.
    #[arg(long, value_parser = moment_of)]
    to: Option<NaiveDateTime>,
}

/// Prints what moved the fund between two states of the books.
///
/// # Errors
/// Storage; a fund that was not open on either side.
pub fn run(context: &Context, args: &DifferenceArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let clock = app.store.clock();
    let side = |on: Option<NaiveDate>, known_at: Option<NaiveDateTime>| {
        let on = args.on.or(on).unwrap_or_else(|| clock.today());
        AsKnown::open(&app, on, known_at.unwrap_or_else(|| clock.now()))
    };
    let (from, to) = (side(args.on_from, args.from)?, side(args.on_to, args.to)?);
    let found = difference(&app, &from, &to)?;
    if context.json {
        print_json(&difference_json(&found));
    } else {
        print_lines(difference_lines(context.lang, &found));
    }
    Ok(if found.remainder.is_nothing() { Exit::Done } else { Exit::Attention })
}

fn yuan(fen: i64) -> String {
    FenDelta::new(fen).yuan()
}

/// An instant (UTC) as JSON tells it.
pub(super) fn moment(at: NaiveDateTime) -> String {
    at.and_utc().to_rfc3339()
}

/// An instant (UTC) as a person reads it: Beijing time.
pub(super) fn shown(at: NaiveDateTime) -> String {
    beijing_time(at).format(SHOWN).to_string()
}

fn moved_json(moved: Moved) -> Value {
    json!({
        "cash": yuan(moved.cash),
        "earmarked": yuan(moved.earmarked),
        "ordered": yuan(moved.ordered),
        "reserved": yuan(moved.reserved),
    })
}

/// Figures by name.
type Named<T, const N: usize> = [(&'static str, T); N];

/// The figures of one side: amounts in fen, and counts.
fn named(side: &Figures) -> (Named<i64, 9>, Named<usize, 2>) {
    let level = &side.level;
    let amounts = [
        ("cash", level.cash_fen),
        ("floor", level.floor_fen),
        ("reserved", level.reserved_fen),
        ("earmarked", level.earmarked_fen),
        ("ordered", level.ordered_fen),
        ("free", level.free_fen),
        ("capacity", level.capacity_fen),
        ("outstanding", side.outstanding_fen),
        ("npl", side.npl_fen),
    ];
    (amounts, [("loans", side.loans), ("claims", side.claims)])
}

fn side_json(side: &Figures) -> Value {
    let ReserveSnapshotRow { business_date, recorded_at, .. } = &side.level;
    let (amounts, counts) = named(side);
    let mut object = json!({ "on": business_date.to_string(), "known_at": moment(*recorded_at) });
    for (name, fen) in amounts {
        object[name] = json!(yuan(fen));
    }
    for (name, count) in counts {
        object[name] = json!(count);
    }
    object
}

fn step_json(step: &Step) -> Value {
    let event = &step.event;
    let counts = match step.counts {
        Counts::Entered => "entered",
        Counts::Left => "left",
        Counts::Changed => "changed",
    };
    json!({
        "event": event.event_id,
        "kind": event.kind,
        "subject": event.subject,
        "by": event.actor,
        "recorded_at": moment(event.recorded_at),
        "business_date": event.business_date.to_string(),
        "counts": counts,
        "moved": moved_json(step.moved),
    })
}

fn difference_json(found: &Difference) -> Value {
    let remainder = if found.remainder.is_nothing() { Value::Null } else { moved_json(found.remainder) };
    json!({
        "from": side_json(&found.from),
        "to": side_json(&found.to),
        "events": found.steps.iter().map(step_json).collect::<Vec<_>>(),
        "remainder": remainder,
    })
}

fn difference_lines(lang: Lang, found: &Difference) -> Vec<String> {
    let text = |key: &str, places: &[(&str, &str)]| i18n::text(lang, &format!("known.{key}"), places);
    let mut lines = Vec::new();
    for (key, side) in [("from", &found.from), ("to", &found.to)] {
        let known_at = shown(side.level.recorded_at);
        lines.push(text(key, &[("on", &side.level.business_date.to_string()), ("known_at", &known_at)]));
    }
    let ((old, old_counts), (new, new_counts)) = (named(&found.from), named(&found.to));
    for ((name, was), (_, is)) in old.into_iter().zip(new) {
        let by = yuan(is.saturating_sub(was));
        lines.push(format!("{}  {}  {}  ({by})", text(&format!("figure.{name}"), &[]), yuan(was), yuan(is)));
    }
    for ((name, was), (_, is)) in old_counts.into_iter().zip(new_counts) {
        lines.push(format!("{}  {was}  {is}", text(&format!("figure.{name}"), &[])));
    }
    let (moving, still): (Vec<&Step>, Vec<&Step>) = found.steps.iter().partition(|step| !step.moved.is_nothing());
    lines.push(text("moving", &[("count", &moving.len().to_string())]));
    for step in moving {
        let event = &step.event;
        let at = shown(event.recorded_at);
        let kind = kind_text(lang, &event.kind);
        lines.push(format!("{at}  {}  {kind}  {}  {}", event.actor, event.subject, moved_text(lang, step.moved)));
    }
    lines.push(text("still", &[("count", &still.len().to_string())]));
    if !found.remainder.is_nothing() {
        lines.push(text("remainder", &[("moved", &moved_text(lang, found.remainder))]));
    }
    lines
}

/// What happened, in words; the code itself for what has none.
fn kind_text(lang: Lang, kind: &str) -> String {
    let key = format!("known.kind.{}", kind.replace('.', "_"));
    i18n::texts(lang).get(&key).cloned().unwrap_or_else(|| kind.to_owned())
}

fn moved_text(lang: Lang, moved: Moved) -> String {
    let parts = [
        ("cash", moved.cash),
        ("earmarked", moved.earmarked),
        ("ordered", moved.ordered),
        ("reserved", moved.reserved),
    ];
    let told = parts.into_iter().filter(|(_, fen)| *fen != 0).map(|(name, fen)| {
        let sign = if fen > 0 { "+" } else { "" };
        format!("{} {sign}{}", i18n::text(lang, &format!("known.figure.{name}"), &[]), yuan(fen))
    });
    told.collect::<Vec<_>>().join("  ")
}
