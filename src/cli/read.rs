//! Commands that only read, and `migrate`.
//!
//! **Invariant:** none of these changes a figure.

use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::known::{KnownArgs, moment, shown};
use crate::app::Opening;
use crate::domain::money::FenDelta;
use crate::i18n;
use crate::storage::find::money;
use crate::storage::rows::money::ReserveSnapshotRow;
use crate::usecase::as_known::AsKnown;
use crate::usecase::upkeep::proved;
use crate::usecase::verify::Proof;
use crate::usecase::{portfolio as figures, reserve as level, verify as proof};

/// What to do with claims.
#[derive(Debug, Subcommand)]
pub enum ClaimCommand {
    /// List the claims with what was computed for them.
    List(KnownArgs),
    /// Write the payout sheet of a claim: signed JSON, or HTML to print.
    Sheet(super::sheets::SheetArgs),
    /// Write a form of a claim as HTML to print, in both languages.
    Form(super::forms::ClaimFormArgs),
    /// Write everything that a claim rests on into one signed archive.
    Pack(super::packs::PackArgs),
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the settings in force.
    Dump,
    /// Check the settings.
    Check,
}

/// Brings the database up to date.
///
/// # Errors
/// Storage.
pub fn migrate(context: &Context) -> Result<Exit, Failure> {
    context.open(Opening::Migrate)?;
    say(context, "cli.migrated", &json!({ "ok": true }));
    Ok(Exit::Done)
}

/// Prints an answer as JSON or as a text of the catalogue.
pub(super) fn say(context: &Context, key: &str, value: &Value) {
    if context.json {
        print_json(value);
    } else {
        print_lines([i18n::text(context.lang, key, &[])]);
    }
}

/// Prints the book in figures.
///
/// # Errors
/// Storage.
pub fn portfolio(context: &Context, books: &KnownArgs) -> Result<Exit, Failure> {
    let now = context.open(Opening::AsItIs)?;
    let then = books.books(&now)?;
    let app = then.as_ref().map_or(&now, AsKnown::app);
    let answer = figures::portfolio(app, &mut *app.store.read()?)?;
    print_json(&answer);
    Ok(Exit::Done)
}

/// Prints the claims.
///
/// # Errors
/// Storage.
pub fn claims(context: &Context, books: &KnownArgs) -> Result<Exit, Failure> {
    let now = context.open(Opening::AsItIs)?;
    let then = books.books(&now)?;
    let app = then.as_ref().map_or(&now, AsKnown::app);
    let answer = figures::claim_list(app, &mut *app.store.read()?)?;
    if context.json {
        print_json(&answer);
        return Ok(Exit::Done);
    }
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let claims = answer["claims"].as_array().cloned().unwrap_or_default();
    print_lines(claims.iter().map(|claim| {
        let reasons: Vec<String> = claim["reasons"].as_array().into_iter().flatten().map(text).collect();
        let facts = [&claim["claim_date"], &claim["bank"], &claim["contract"], &claim["decision"], &claim["payout"]];
        let line = format!("{} {}", facts.map(text).join("  "), reasons.join(" "));
        line.trim_end().to_owned()
    }));
    Ok(Exit::Done)
}

/// Prints the level of the fund.
///
/// # Errors
/// Storage; no snapshot on or before the day asked for.
pub fn reserve(context: &Context, books: &KnownArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let then = if books.asks_knowledge() { books.books(&app)? } else { None };
    let known_at = then.as_ref().map(AsKnown::known_at);
    let mut db = app.store.read()?;
    let row = match (then, books.on()) {
        (Some(then), _) => then.level()?,
        (None, Some(day)) => money::snapshot_on_or_before(&mut db, app.fund_id(), day)?
            .ok_or_else(|| Failure::refused("NO_SNAPSHOT", "cli.no_snapshot", &[("on", &day.to_string())]))?,
        (None, None) => {
            let today = app.store.clock().today();
            let mut row = level::level(&mut db, app.fund_id(), today)?;
            row.business_date = today;
            row
        }
    };
    let mut answer = level_json(&row);
    if let Some(known_at) = known_at {
        answer["known_at"] = json!(if context.json { moment(known_at) } else { shown(known_at) });
    }
    if context.json {
        print_json(&answer);
    } else {
        let object = answer.as_object().cloned().unwrap_or_default();
        print_lines(object.into_iter().map(|(key, value)| {
            let label = i18n::text(context.lang, &format!("cli.reserve_{key}"), &[]);
            format!("{label}  {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        }));
    }
    Ok(Exit::Done)
}

fn level_json(row: &ReserveSnapshotRow) -> Value {
    let yuan = |fen: i64| FenDelta::new(fen).yuan();
    json!({
        "on": row.business_date.to_string(),
        "balance": yuan(row.cash_fen),
        "floor": yuan(row.floor_fen),
        "reserved": yuan(row.reserved_fen),
        "earmarked": yuan(row.earmarked_fen),
        "ordered": yuan(row.ordered_fen),
        "free": yuan(row.free_fen),
        "capacity": yuan(row.capacity_fen),
        "policy_minimum": yuan(row.policy_minimum_fen),
        "contractual_maximum": yuan(row.contractual_maximum_fen),
        "rulebook": format!("{}@{}", row.rulebook_id, row.rulebook_version),
    })
}

/// Proves the books.
///
/// # Errors
/// Storage.
pub fn verify(context: &Context) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let found = proof::verify(&mut *app.store.read()?, app.fund_id())?;
    proved::keep(&app, &found);
    if context.json {
        print_json(&proof::proof_json(&found));
    } else {
        print_lines(proof_lines(context, &found));
    }
    Ok(if found.ok { Exit::Done } else { Exit::Attention })
}

/// A proof as lines of text.
#[must_use]
pub fn proof_lines(context: &Context, found: &Proof) -> Vec<String> {
    let mut lines = Vec::new();
    for check in &found.checks {
        let mark = if check.ok { "ok  " } else { "FAIL" };
        lines.push(format!("{mark}  {:<28} {}", check.name, check.checked));
        lines.extend(check.failures.iter().map(|failure| format!("      {failure}")));
    }
    let key = if found.ok { "cli.proved" } else { "cli.not_proved" };
    lines.push(i18n::text(context.lang, key, &[("digest", &found.digest)]));
    lines
}

/// Prints or checks the settings.
///
/// # Errors
/// None beyond what loading them has refused already.
pub fn config(context: &Context, command: &ConfigCommand) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Dump => {
            let mut shown = context.config.clone();
            shown.data.database_url = without_password(&shown.data.database_url);
            if context.json {
                print_json(&serde_json::to_value(&shown).unwrap_or_default());
            } else {
                print_lines([toml::to_string_pretty(&shown).unwrap_or_default()]);
            }
        }
        ConfigCommand::Check => say(context, "cli.config_ok", &json!({ "ok": true })),
    }
    Ok(Exit::Done)
}

/// A database URL as it may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((who, place)) => {
            let name = who.split_once(':').map_or(who, |(name, _)| name);
            format!("{scheme}://{name}:***@{place}")
        }
        None => url.to_owned(),
    }
}
