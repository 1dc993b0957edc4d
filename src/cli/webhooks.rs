//! `pledgefund webhook`: systems that are told what happens.
//!
//! **Invariant:** a secret is printed once, by the command that made it.

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::{App, Opening};
use crate::i18n;
use crate::storage::Act;
use crate::storage::find::webhooks as find;
use crate::storage::rows::webhooks::{WebhookDeliveryRow, WebhookEndpointRow};
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;
use crate::usecase::webhooks::endpoints::{self, NewEndpoint, Opened};
use crate::usecase::webhooks::queue;

/// Deliveries listed without being asked for more.
const LISTED: i64 = 50;

/// What to do with endpoints.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Add an endpoint; prints its secret once.
    Add(AddArgs),
    /// List endpoints.
    List,
    /// Give an endpoint another secret; prints it once.
    Rotate {
        /// Endpoint.
        endpoint: String,
        /// Hours for which the old secret signs too.
        #[arg(long, default_value_t = 24)]
        overlap_hours: u32,
        /// Who and when.
        #[command(flatten)]
        hand: Hand,
    },
    /// Switch an endpoint off; what happens meanwhile is told when it is on again.
    Disable(SwitchArgs),
    /// Switch an endpoint on.
    Enable(SwitchArgs),
    /// List what an endpoint was told, newest first.
    Deliveries {
        /// Endpoint.
        endpoint: String,
        /// Only these: queued, delivered, failed.
        #[arg(long)]
        state: Option<String>,
        /// How many.
        #[arg(long, default_value_t = LISTED)]
        limit: i64,
    },
    /// Tell something again: the same bytes under the same identifier.
    Replay {
        /// Delivery.
        delivery: String,
        /// Who and when.
        #[command(flatten)]
        hand: Hand,
    },
    /// Queue a trial.
    Test {
        /// Endpoint.
        endpoint: String,
        /// Who and when.
        #[command(flatten)]
        hand: Hand,
    },
}

/// Who does it, and for which day.
#[derive(Debug, Args)]
pub struct Hand {
    /// System administrator who does it.
    #[arg(long)]
    by: String,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

/// A new endpoint.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// What it is for.
    name: String,
    /// Where to; the host must stand in the settings under webhooks.allowed_hosts.
    url: String,
    /// Bank whose system it is; default: a system of the fund.
    #[arg(long)]
    bank: Option<String>,
    /// Kinds of event, as claim.approved or claim.*; default: all.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Who and when.
    #[command(flatten)]
    hand: Hand,
}

/// Which endpoint, and why.
#[derive(Debug, Args)]
pub struct SwitchArgs {
    /// Endpoint.
    endpoint: String,
    /// Why.
    #[arg(long, default_value = "")]
    note: String,
    /// Who and when.
    #[command(flatten)]
    hand: Hand,
}

impl Hand {
    fn act(&self, app: &App) -> Act {
        Act::new(&self.by, self.on.unwrap_or_else(|| app.store.clock().today()))
    }
}

/// Runs `webhook`.
///
/// # Errors
/// `Act`; storage.
pub fn run(context: &Context, command: &WebhookCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::Migrate)?;
    match command {
        WebhookCommand::Add(args) => {
            let (name, url) = (args.name.clone(), args.url.clone());
            let new = NewEndpoint { name, url, bank: args.bank.clone(), kinds: args.kinds.clone() };
            opened(context, &endpoints::add(&app, &new, &args.hand.act(&app))?);
        }
        WebhookCommand::List => list(context, &find::newest(&mut *app.store.read()?, app.fund_id())?),
        WebhookCommand::Rotate { endpoint, overlap_hours, hand } => {
            opened(context, &endpoints::rotate(&app, endpoint, *overlap_hours, &hand.act(&app))?);
        }
        WebhookCommand::Disable(args) => switch(context, &app, args, false)?,
        WebhookCommand::Enable(args) => switch(context, &app, args, true)?,
        WebhookCommand::Deliveries { endpoint, state, limit } => {
            let mut db = app.store.read()?;
            if find::versions(&mut db, app.fund_id(), endpoint)?.is_empty() {
                let places = vec![("endpoint", endpoint.clone())];
                return Err(UseCaseError::from(ActRefusal::new("WEBHOOK_UNKNOWN", places)).into());
            }
            let rows = find::of_endpoint(&mut db, endpoint, state.as_deref(), *limit)?;
            let told = rows.iter().map(|row| Ok(delivery_json(row, &find::attempts(&mut db, &row.delivery_id)?)));
            deliveries(context, &told.collect::<Result<Vec<_>, crate::storage::StoreError>>()?);
        }
        WebhookCommand::Replay { delivery, hand } => {
            queued(context, &queue::replay(&app, delivery, &hand.act(&app))?);
        }
        WebhookCommand::Test { endpoint, hand } => queued(context, &queue::trial(&app, endpoint, &hand.act(&app))?),
    }
    Ok(Exit::Done)
}

fn switch(context: &Context, app: &App, args: &SwitchArgs, on: bool) -> Result<(), Failure> {
    endpoints::switch(app, &args.endpoint, on, &args.note, &args.hand.act(app))?;
    let state = if on { "active" } else { "disabled" };
    if context.json {
        print_json(&json!({ "endpoint": args.endpoint, "state": state }));
    } else {
        let key = if on { "cli.webhook_on" } else { "cli.webhook_off" };
        print_lines([i18n::text(context.lang, key, &[("endpoint", &args.endpoint)])]);
    }
    Ok(())
}

fn opened(context: &Context, opened: &Opened) {
    if context.json {
        print_json(&json!({ "endpoint": opened.endpoint_id, "secret": opened.secret }));
    } else {
        let places = [("endpoint", &*opened.endpoint_id), ("secret", &*opened.secret)];
        print_lines([i18n::text(context.lang, "cli.webhook_secret", &places)]);
    }
}

fn queued(context: &Context, row: &WebhookDeliveryRow) {
    if context.json {
        print_json(&json!({ "delivery": row.delivery_id, "endpoint": row.endpoint_id, "type": row.kind }));
    } else {
        print_lines([i18n::text(context.lang, "cli.webhook_queued", &[("delivery", &row.delivery_id)])]);
    }
}

fn list(context: &Context, rows: &[WebhookEndpointRow]) {
    if context.json {
        let told = rows.iter().map(|row| {
            json!({ "endpoint": row.endpoint_id, "version": row.version, "name": row.name, "url": row.url,
                "bank": row.bank, "kinds": row.kinds.split(' ').collect::<Vec<_>>(), "state": row.state })
        });
        print_json(&json!({ "endpoints": told.collect::<Vec<_>>() }));
    } else if rows.is_empty() {
        print_lines([i18n::text(context.lang, "cli.webhook_none", &[])]);
    } else {
        let line = |row: &WebhookEndpointRow| {
            let bank = row.bank.as_deref().unwrap_or("-");
            format!("{}  {:<8}  {bank:<6}  {}  {}  {}", row.endpoint_id, row.state, row.url, row.kinds, row.name)
        };
        print_lines(rows.iter().map(line));
    }
}

fn delivery_json(row: &WebhookDeliveryRow, tries: &[crate::storage::rows::webhooks::WebhookAttemptRow]) -> Value {
    let tries: Vec<Value> = tries
        .iter()
        .map(|one| json!({ "at": one.tried_at.to_string(), "status": one.status, "fault": one.fault }))
        .collect();
    json!({ "delivery": row.delivery_id, "type": row.kind, "subject": row.subject, "state": row.state,
        "attempts": row.attempts, "tries": tries })
}

fn deliveries(context: &Context, rows: &[Value]) {
    if context.json {
        print_json(&json!({ "deliveries": rows }));
        return;
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let line = |row: &Value| {
        let last = row["tries"].as_array().and_then(|tries| tries.last()).map(|one| &one["fault"]);
        let fault = last.and_then(Value::as_str).unwrap_or("");
        format!(
            "{}  {:<9}  {}  {}  {}  {fault}",
            text(&row["delivery"]),
            text(&row["state"]),
            text(&row["attempts"]),
            text(&row["type"]),
            text(&row["subject"])
        )
    };
    print_lines(rows.iter().map(line));
}
