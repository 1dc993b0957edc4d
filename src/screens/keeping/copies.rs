//! Copies of the database: when, how large, whether they were proved.
//!
//! **Invariant:** where none is known the page says so, and what to do; no path of the machine is told.

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::Value;

use super::amounts::{age, size};
use crate::http::error::PageError;
use crate::screens::desk::Desk;
use crate::screens::parts::Words;
use crate::screens::words::actor;
use crate::storage::db::Location;
use crate::storage::state;
use crate::usecase::upkeep::{backup, details, proved};
use crate::views::beijing;
use crate::views::parts::{Cell, Facts, Table};

/// A copy every night, with some hours for a late one.
const FRESH_HOURS: i64 = 26;
/// A copy older than this is as good as none.
const STALE_HOURS: i64 = 24 * 7;
/// Copies listed.
const LISTED: i64 = 10;

/// How the copies are: in a sentence, and in a word or two.
pub(super) struct Told {
    pub tone: &'static str,
    pub words: String,
    short: String,
}

fn is_sqlite(desk: &Desk<'_>) -> bool {
    matches!(desk.app.store.location(), Location::Sqlite(_))
}

fn bytes_of(told: &Value) -> String {
    told["bytes"].as_u64().map(size).unwrap_or_default()
}

/// How the last copy is, in a line.
pub(super) fn told(desk: &mut Desk<'_>, say: Words, now: NaiveDateTime) -> Result<Told, PageError> {
    let Some(last) = backup::last(desk.app, 1)?.into_iter().next() else {
        let key = if is_sqlite(desk) { "told.backup_none" } else { "told.backup_postgres" };
        let tone = if is_sqlite(desk) { "bad" } else { "" };
        return Ok(Told { tone, words: say.text(key), short: say.text("backup_none") });
    };
    let age_of = now.signed_duration_since(last.recorded_at);
    let is_proved = details(&last)["ok"] == true;
    let tone = if !is_proved || age_of > TimeDelta::hours(STALE_HOURS) {
        "bad"
    } else if age_of > TimeDelta::hours(FRESH_HOURS) {
        "warn"
    } else {
        "ok"
    };
    let key = if is_proved { "told.backup" } else { "told.backup_unsound" };
    let places = [("age", age(desk.lang, last.recorded_at, now))];
    let places = places.each_ref().map(|(name, text)| (*name, text.as_str()));
    let short = if is_proved { say.with("backup_ago", &places) } else { say.text("unsound") };
    Ok(Told { tone, words: say.with(key, &places), short })
}

/// The database, its last proof and its last copy.
pub(super) fn facts(desk: &mut Desk<'_>, say: Words) -> Result<Facts, PageError> {
    let now = desk.app.store.clock().now();
    let kind = if is_sqlite(desk) { "sqlite" } else { "postgresql" };
    let place = say.with(&format!("place.{kind}"), &[("name", &state::name(&desk.app.store)?)]);
    let bytes = u64::try_from(state::bytes(&mut desk.db)?).unwrap_or(0);
    let mut lines = vec![("place", Cell::text(place)), ("size", Cell::text(size(bytes)))];
    match proved::last(desk.app)? {
        None => lines.push(("proof", Cell::tag("", say.text("proof_none")))),
        Some(last) => {
            let (tone, key) = if last.ok { ("ok", "sound") } else { ("bad", "unsound") };
            lines.push(("proof", Cell::tag(tone, say.text(key))));
            let places =
                [("at", beijing(last.at)), ("checks", last.checks.to_string()), ("failed", last.failed.to_string())];
            let told = say.with("proof_told", &places.each_ref().map(|(name, text)| (*name, text.as_str())));
            lines.push(("proof_at", Cell::text(told)));
        }
    }
    let told = told(desk, say, now)?;
    lines.push(("backup", Cell::tag(told.tone, told.short)));
    if let Some(last) = backup::last(desk.app, 1)?.into_iter().next() {
        let told = details(&last);
        lines.push(("backup_at", Cell::text(beijing(last.recorded_at))));
        lines.push(("backup_size", Cell::text(bytes_of(&told))));
        lines.push(("backup_by", Cell::code(told["command"].as_str().unwrap_or_default())));
    }
    Ok(say.facts("copy", lines))
}

/// The last copies.
pub(super) fn table(desk: &mut Desk<'_>, say: Words) -> Result<Table, PageError> {
    let rows = backup::last(desk.app, LISTED)?.into_iter().map(|row| {
        let told = details(&row);
        let (tone, key) = if told["ok"] == true { ("ok", "sound") } else { ("bad", "unsound") };
        vec![
            Cell::text(beijing(row.recorded_at)),
            Cell::code(row.subject.clone()),
            Cell::text(bytes_of(&told)),
            Cell::tag(tone, say.text(key)),
            Cell::code(told["sha256"].as_str().unwrap_or_default().chars().take(16).collect::<String>()),
            Cell::text(actor(desk, &row.person)),
        ]
    });
    let rows = rows.collect();
    let mut table = say.table("copies", &["at", "file", "size", "proved", "hash", "who"], rows);
    if !is_sqlite(desk) {
        table.empty = say.text("told.backup_postgres");
    }
    Ok(table)
}
