//! `pledgefund act`, `acts` and `act-words`: everything people do to a claim, a registration, a partner, a person or
//! the fund, from the command line.
//!
//! **Invariant:** exit 2 where an act is refused; nothing is saved then.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use serde_json::{Map, Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::Opening;
use crate::domain::claim::ClaimAct;
use crate::domain::exemption_life::ExemptionAct;
use crate::domain::fund_life::FundAct;
use crate::domain::loan_life::LoanAct;
use crate::domain::partner_life::PartnerAct;
use crate::domain::people::PersonAct;
use crate::domain::person::key_of;
use crate::domain::registration_life::RegistrationAct;
use crate::i18n;
use crate::storage::find::acts;
use crate::storage::rows::acts::ActRow;
use crate::usecase::UseCaseError;
use crate::usecase::lives::json::vocabulary;
use crate::usecase::lives::{ActRefusal, Life, Request, perform, rehearse};

/// One act.
#[derive(Debug, Args)]
pub struct DoArgs {
    /// What it is done to: claim, registration, loan, partner, person, fund, exemption.
    life: String,
    /// The thing: claim, loan, code of a partner, name of a person, fund.
    subject: String,
    /// The act, as `act-words` lists them.
    act: String,
    /// Particulars as `field=value`; deeper fields with dots, several values with commas.
    fields: Vec<String>,
    /// Particulars as a JSON object, instead of single fields.
    #[arg(long)]
    details: Option<String>,
    /// Particulars from a JSON file.
    #[arg(long)]
    details_file: Option<PathBuf>,
    /// Name of the person who acts.
    #[arg(long)]
    by: String,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
    /// Number of the last act that was seen; refused if there is a newer one.
    #[arg(long)]
    expect: Option<i64>,
    /// Key of the request: the same key does its work once.
    #[arg(long)]
    key: Option<String>,
    /// Say what would happen and save nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Takes an act.
///
/// # Errors
/// A refused act; storage.
pub fn run(context: &Context, args: &DoArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let request = Request {
        life: life_of(&args.life)?,
        subject: args.subject.clone(),
        act: args.act.clone(),
        details: details_of(args)?,
        by: args.by.clone(),
        on: args.on.unwrap_or_else(|| app.store.clock().today()),
        expected: args.expect,
        key: args.key.clone(),
    };
    let answer = if args.dry_run { rehearse(&app, &request)? } else { perform(&app, &request)? };
    if context.json {
        print_json(&answer);
    } else {
        let state = answer["state"].as_str().unwrap_or_default().to_owned();
        let version = answer["version"].to_string();
        let places = [("subject", args.subject.as_str()), ("act", &args.act), ("state", &state), ("version", &version)];
        print_lines([i18n::text(context.lang, "cli.acted", &places)]);
    }
    Ok(Exit::Done)
}

fn life_of(word: &str) -> Result<Life, Failure> {
    let unknown = || UseCaseError::from(ActRefusal::new("ACT_UNKNOWN_LIFE", vec![("life", word.to_owned())]));
    Life::from_code(word).ok_or_else(|| Failure::from(unknown()))
}

fn details_of(args: &DoArgs) -> Result<Value, Failure> {
    let broken =
        |at: &str| Failure::from(UseCaseError::from(ActRefusal::new("FIELD_WRONG_KIND", vec![("at", at.to_owned())])));
    let text = match (&args.details, &args.details_file) {
        (Some(text), _) => Some(text.clone()),
        (None, Some(path)) => {
            Some(std::fs::read_to_string(path).map_err(|_unreadable| broken(&path.display().to_string()))?)
        }
        (None, None) => None,
    };
    let mut details = match text {
        Some(text) => serde_json::from_str(&text).map_err(|_no_json| broken("details"))?,
        None => Value::Object(Map::new()),
    };
    for field in &args.fields {
        let (path, value) = field.split_once('=').ok_or_else(|| broken(field))?;
        let value = match value.chars().next() {
            Some('{' | '[') => serde_json::from_str(value).map_err(|_no_json| broken(path))?,
            _ => Value::String(value.to_owned()),
        };
        set(&mut details, path, value);
    }
    Ok(details)
}

/// Sets a field by its path.
fn set(into: &mut Value, path: &str, value: Value) {
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Some(members) = into.as_object_mut() else { return };
    match path.split_once('.') {
        Some((name, rest)) => set(members.entry(name.to_owned()).or_insert(Value::Null), rest, value),
        None => {
            members.insert(path.to_owned(), value);
        }
    }
}

/// Which things.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// What: claim, registration, loan, partner, person, fund, exemption.
    life: String,
    /// The thing.
    subject: String,
}

/// Lists the acts on a thing, oldest first.
///
/// # Errors
/// Storage.
pub fn history(context: &Context, args: &HistoryArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let life = life_of(&args.life)?;
    let subject = if life == Life::Person { key_of(&args.subject) } else { args.subject.clone() };
    let rows = acts::of(&mut *app.store.read()?, app.fund_id(), life.code(), &subject)?;
    if context.json {
        print_json(&json!({ "acts": rows.iter().map(act_json).collect::<Vec<_>>() }));
    } else {
        print_lines(rows.iter().map(|row| {
            format!(
                "{}  {}  {}  {}  {}  {}",
                row.version, row.business_date, row.act, row.person, row.office, row.details
            )
        }));
    }
    Ok(Exit::Done)
}

/// An act as `acts --json` prints it.
#[must_use]
pub fn act_json(row: &ActRow) -> Value {
    json!({
        "version": row.version,
        "act": row.act,
        "by": row.person,
        "office": row.office,
        "on": row.business_date,
        "recorded_at": row.recorded_at.and_utc().to_rfc3339(),
        "details": serde_json::from_str::<Value>(&row.details).unwrap_or_default(),
    })
}

/// Lists every act of a life with its fields.
///
/// # Errors
/// An unknown life.
pub fn words(context: &Context, life: &str) -> Result<Exit, Failure> {
    let told = match life_of(life)? {
        Life::Claim => vocabulary::<ClaimAct>(),
        Life::Exemption => vocabulary::<ExemptionAct>(),
        Life::Fund => vocabulary::<FundAct>(),
        Life::Loan => vocabulary::<LoanAct>(),
        Life::Partner => vocabulary::<PartnerAct>(),
        Life::Person => vocabulary::<PersonAct>(),
        Life::Registration => vocabulary::<RegistrationAct>(),
    };
    if context.json {
        print_json(&told);
        return Ok(Exit::Done);
    }
    let lines = told.as_object().into_iter().flatten().map(|(act, fields)| {
        let told = fields.as_object().into_iter().flatten().map(|(name, field)| {
            let mark = if field["needed"] == true { "" } else { "?" };
            format!("{name}{mark}")
        });
        format!("{act}: {}", told.collect::<Vec<_>>().join(", "))
    });
    print_lines(lines);
    Ok(Exit::Done)
}
