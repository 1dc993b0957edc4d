//! `pledgefund token`: machine accounts and their tokens.
//!
//! **Invariant:** a secret is printed once, when it is made, and never again.

use chrono::NaiveDateTime;
use clap::Subcommand;
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::{App, Opening};
use crate::domain::access::Permission;
use crate::domain::people::Role;
use crate::i18n;
use crate::storage::find::machines as find;
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;
use crate::usecase::machines::{self, Told, Wanted};

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Give a machine account a token; the account comes onto the register where it is not there.
    Add {
        /// Name of the machine account.
        machine: String,
        /// Where it belongs: `fund`, `bank:CODE`, or another office.
        #[arg(long)]
        institution: String,
        /// Role; may be given several times.
        #[arg(long, required = true)]
        role: Vec<String>,
        /// What the token is for; may be given several times.
        #[arg(long, required = true)]
        scope: Vec<String>,
        /// How many days it holds.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// Name of the security administrator.
        #[arg(long)]
        by: String,
    },
    /// List the tokens.
    List,
    /// Give a token a follower.
    Rotate {
        /// Its identifier.
        token: String,
        /// How many hours the old one still holds.
        #[arg(long, default_value_t = 24)]
        overlap_hours: i64,
        /// How many days the new one holds.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// Name of the security administrator.
        #[arg(long)]
        by: String,
    },
    /// End a token at once.
    Revoke {
        /// Its identifier.
        token: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Name of the security administrator.
        #[arg(long)]
        by: String,
    },
}

/// Carries it out.
///
/// # Errors
/// A refusal; storage.
pub fn run(context: &Context, command: &TokenCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let today = app.store.clock().today();
    match command {
        TokenCommand::Add { machine, institution, role, scope, days, by } => {
            let wanted = Wanted {
                machine: machine.clone(),
                institution: institution.clone(),
                roles: words(role, "TOKEN_ROLE", "role", Role::from_code)?,
                scopes: words(scope, "TOKEN_SCOPE", "scope", Permission::from_code)?.into_iter().collect(),
                days: *days,
            };
            tell(context, &machines::add(&app, &wanted, by, today)?);
        }
        TokenCommand::List => list(context, &app)?,
        TokenCommand::Rotate { token, overlap_hours, days, by } => {
            tell(context, &machines::rotate(&app, token, *overlap_hours, *days, by, today)?);
        }
        TokenCommand::Revoke { token, reason, by } => {
            machines::revoke(&app, token, reason, by, today)?;
            super::read::say(context, "cli.token_revoked", &json!({ "token_id": token, "state": "revoked" }));
        }
    }
    Ok(Exit::Done)
}

fn words<T>(
    given: &[String],
    code: &'static str,
    place: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let unknown = |word: &str| UseCaseError::from(ActRefusal::new(code, vec![(place, word.to_owned())]));
    given.iter().map(|word| read(word).ok_or_else(|| Failure::from(unknown(word)))).collect()
}

fn moment(at: NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn tell(context: &Context, told: &Told) {
    let expires = moment(told.expires_at);
    if context.json {
        print_json(&json!({ "token_id": told.token_id, "token": told.token, "expires_at": expires }));
    } else {
        let places = [("token", told.token.as_str()), ("id", &told.token_id), ("expires", &expires)];
        print_lines([i18n::text(context.lang, "cli.token_told", &places)]);
    }
}

fn list(context: &Context, app: &App) -> Result<(), Failure> {
    let mut db = app.store.read()?;
    let uses = find::uses(&mut db)?;
    let rows: Vec<Value> = find::tokens(&mut db, app.fund_id())?
        .into_iter()
        .map(|row| {
            json!({
                "token_id": row.token_id,
                "machine": row.machine,
                "scopes": row.scopes.split(' ').collect::<Vec<_>>(),
                "state": row.state,
                "expires_at": moment(row.expires_at),
                "last_used_at": uses.get(&row.token_id).map(|at| moment(*at)),
                "follows": row.follows,
            })
        })
        .collect();
    if context.json {
        print_json(&json!({ "tokens": rows }));
    } else {
        print_lines(rows.iter().map(|row| {
            let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            ["token_id", "machine", "state", "expires_at", "last_used_at"].map(text).join("  ")
        }));
    }
    Ok(())
}
