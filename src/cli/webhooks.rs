//! `webhook …`: endpoints that are told of events, and what became of it.
//!
//! **Invariant:** a secret is printed once, by the command that made it.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::known::{moment, shown};
use crate::app::{App, Opening};
use crate::i18n;
use crate::storage::Act;
use crate::storage::find::webhooks as find;
use crate::storage::rows::webhooks::{WebhookDeliveryRow, WebhookEndpointRow};
use crate::usecase::webhooks::endpoints::{self, Made, Wanted};
use crate::usecase::webhooks::{deliver, target};

/// What to do with endpoints.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Add an endpoint; its secret is printed once.
    Add(AddArgs),
    /// List the endpoints.
    List,
    /// Show an endpoint.
    Show {
        /// Endpoint.
        id: String,
    },
    /// Give an endpoint a new secret; for a day the old one signs, too.
    Rotate(OneArgs),
    /// Switch an endpoint off.
    Disable(OneArgs),
    /// List deliveries with their tries, newest first.
    Deliveries {
        /// Only of this endpoint.
        #[arg(long)]
        endpoint: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
        limit: i64,
    },
    /// Send a delivery again.
    Replay(OneArgs),
    /// Send a telling that tells nothing.
    Test(OneArgs),
}

/// A new endpoint.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// `https://host[:port]/path` of a host on the list in the settings.
    #[arg(long)]
    url: String,
    /// Kinds of events, parted by commas, such as `claim.*,report.issued`.
    #[arg(long)]
    events: String,
    /// Only events of this bank.
    #[arg(long)]
    bank: Option<String>,
    /// Who adds it.
    #[arg(long)]
    by: String,
}

/// One thing and who acts on it.
#[derive(Debug, Args)]
pub struct OneArgs {
    /// Endpoint, or delivery.
    id: String,
    /// Who does it.
    #[arg(long)]
    by: String,
}

/// Runs a command.
///
/// # Errors
/// What is refused; storage.
pub fn run(context: &Context, command: &WebhookCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    match command {
        WebhookCommand::Add(args) => {
            let wanted = Wanted { url: args.url.clone(), events: args.events.clone(), bank: args.bank.clone() };
            Ok(show_made(context, &endpoints::add(&app, &wanted, &args.by)?))
        }
        WebhookCommand::Rotate(args) => Ok(show_made(context, &endpoints::rotate(&app, &args.id, &args.by)?)),
        WebhookCommand::Disable(args) => {
            let row = endpoints::disable(&app, &args.id, &args.by)?;
            Ok(show(context, &[row]))
        }
        WebhookCommand::List => Ok(show(context, &find::endpoints(&mut *app.store.read()?, app.fund_id())?)),
        WebhookCommand::Show { id } => {
            let mut all = find::endpoints(&mut *app.store.read()?, app.fund_id())?;
            all.retain(|row| row.endpoint_id == *id);
            if all.is_empty() {
                return Err(Failure::refused("WEBHOOK_ENDPOINT", "webhooks.WEBHOOK_ENDPOINT", &[("names", id)]));
            }
            Ok(show(context, &all))
        }
        WebhookCommand::Deliveries { endpoint, limit } => deliveries(context, &app, endpoint.as_deref(), *limit),
        WebhookCommand::Replay(args) => {
            deliver::replay(&app, &args.id, &args.by)?;
            send(context, &app, &args.by)
        }
        WebhookCommand::Test(args) => {
            deliver::test(&app, &args.id, &args.by)?;
            send(context, &app, &args.by)
        }
    }
}

/// Delivers what is due at once, so that whoever asked sees what became of it.
fn send(context: &Context, app: &App, person: &str) -> Result<Exit, Failure> {
    let ran = deliver::run(app, &Act::new(person, app.store.clock().today()), &target::System)?;
    let told = json!({ "made": ran.made, "delivered": ran.delivered, "refused": ran.refused });
    if context.json {
        print_json(&told);
    } else {
        let places = [("delivered", &*ran.delivered.to_string()), ("refused", &*ran.refused.to_string())];
        print_lines([i18n::text(context.lang, "webhooks.sent", &places)]);
    }
    Ok(if ran.refused == 0 { Exit::Done } else { Exit::Attention })
}

fn endpoint_json(row: &WebhookEndpointRow) -> Value {
    json!({ "endpoint": row.endpoint_id, "version": row.version, "url": row.url, "events": row.wants,
        "bank": row.bank, "state": row.state, "by": row.person, "since": moment(row.recorded_at),
        "both_secrets_until": row.old_until.map(moment) })
}

fn show_made(context: &Context, made: &Made) -> Exit {
    if context.json {
        let mut told = endpoint_json(&made.row);
        told["secret"] = json!(made.secret);
        print_json(&told);
    } else {
        print_lines([line(&made.row), made.secret.clone(), i18n::text(context.lang, "webhooks.once", &[])]);
    }
    Exit::Done
}

fn line(row: &WebhookEndpointRow) -> String {
    let bank = row.bank.as_deref().unwrap_or("-");
    format!("{}  {}  {}  {bank}  {}", row.endpoint_id, row.state, row.url, row.wants)
}

fn show(context: &Context, rows: &[WebhookEndpointRow]) -> Exit {
    if context.json {
        print_json(&json!({ "endpoints": rows.iter().map(endpoint_json).collect::<Vec<_>>() }));
    } else {
        print_lines(rows.iter().map(line));
    }
    Exit::Done
}

fn deliveries(context: &Context, app: &App, endpoint: Option<&str>, limit: i64) -> Result<Exit, Failure> {
    let mut db = app.store.read()?;
    let rows = find::deliveries(&mut db, endpoint, limit)?;
    let mut told = Vec::new();
    for row in &rows {
        told.push(delivery_json(row, &find::attempts(&mut db, &row.delivery_id)?));
    }
    if context.json {
        print_json(&json!({ "deliveries": told }));
    } else {
        print_lines(rows.iter().map(|row| {
            let facts = [&row.delivery_id, &row.endpoint_id, &row.state, &row.kind, &row.event];
            format!("{}  {}  {}", shown(row.made_at), facts.map(String::as_str).join("  "), row.attempts)
        }));
    }
    Ok(Exit::Done)
}

fn delivery_json(row: &WebhookDeliveryRow, tries: &[crate::storage::rows::webhooks::WebhookAttemptRow]) -> Value {
    let tries: Vec<Value> = tries
        .iter()
        .map(|one| json!({ "attempt": one.attempt, "at": moment(one.at), "status": one.status, "error": one.error }))
        .collect();
    json!({ "delivery": row.delivery_id, "endpoint": row.endpoint_id, "event": row.event, "type": row.kind,
        "state": row.state, "attempts": row.attempts, "made_at": moment(row.made_at),
        "next_try_at": moment(row.next_try_at), "delivered_at": row.delivered_at.map(moment), "tries": tries })
}
