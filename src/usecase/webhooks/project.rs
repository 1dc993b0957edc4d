//! From events to deliveries.
//!
//! **Invariant:** deliveries of an event and the place in its chain are written together: none is made twice or missed.

use serde_json::{Value, json};

use super::endpoints::wants;
use crate::app::App;
use crate::hash::sha256_hex;
use crate::storage::find::{events, webhooks as find};
use crate::storage::rows::events::EventRow;
use crate::storage::rows::webhooks::{WebhookDeliveryRow, WebhookEndpointRow, WebhookPlaceRow};
use crate::storage::{Act, Scope, Tx};
use crate::usecase::UseCaseError;

/// Kinds of events that are told of.
pub const KINDS: &[&str] = &[
    "claim.acted",
    "claim.approved",
    "claim.computed",
    "claim.drafted",
    "claim.ordered",
    "claim.paid",
    "claim.submitted",
    "coverage.revised",
    "exemption.acted",
    "file.imported",
    "fund.acted",
    "import.undone",
    "loan.acted",
    "loan.amended",
    "loan.cancelled",
    "loan.released",
    "loan.renewed",
    "loans.registered",
    "money.received",
    "partner.acted",
    "registration.acted",
    "report.issued",
    "reserve.measured",
    "servicing.reported",
];
/// Events looked through in one transaction.
const PAGE: i64 = 200;

/// Looks through the chains from where it stopped. Gives the number of deliveries made. A chain met for the first time
/// is looked through from the first endpoint on, not from its beginning.
///
/// # Errors
/// Storage.
pub fn project(app: &App, act: &Act) -> Result<usize, UseCaseError> {
    let mut db = app.store.read()?;
    if find::endpoints(&mut db, app.fund_id())?.is_empty() {
        return Ok(0);
    }
    let chains = events::heads(&mut db)?;
    drop(db);
    let mut made = 0;
    for (chain, last, _) in chains {
        loop {
            let (count, place) = app.store.write(&Scope::system(), act, |tx| one_page(app, tx, &chain, last))?;
            made += count;
            if place >= last {
                break;
            }
        }
    }
    Ok(made)
}

fn one_page(app: &App, tx: &mut Tx<'_>, chain: &str, last: i64) -> Result<(usize, i64), UseCaseError> {
    let endpoints = find::endpoints(tx, app.fund_id())?;
    let first = endpoints.iter().map(|row| row.recorded_at).min();
    let after = find::places(tx)?.get(chain).copied().unwrap_or(0);
    let page = events::of_chain(tx, chain, after, PAGE)?;
    let place = page.last().map_or(last, |event| event.seq);
    let mut made = 0;
    for event in page.iter().filter(|event| KINDS.contains(&event.kind.as_str())) {
        // What was done before anybody asked is no news.
        if first.is_none_or(|first| event.recorded_at < first) {
            continue;
        }
        for endpoint in endpoints.iter().filter(|endpoint| is_for(endpoint, event)) {
            find::queue(tx, &delivery(endpoint, event, tx.now()))?;
            made += 1;
        }
    }
    find::put_place(tx, &WebhookPlaceRow { chain: chain.to_owned(), seq: place })?;
    Ok((made, place))
}

/// Whether an endpoint is told of an event.
#[must_use]
pub fn is_for(endpoint: &WebhookEndpointRow, event: &EventRow) -> bool {
    endpoint.state == "active"
        && endpoint.fund_id == event.fund_id
        && endpoint.wants.split(',').any(|wish| wants(wish, &event.kind))
        && endpoint.bank.as_deref().is_none_or(|bank| bank_of(event) == Some(bank))
}

/// The bank an event is about: that of its chain, or the one that its subject names after the fund.
#[must_use]
pub fn bank_of(event: &EventRow) -> Option<&str> {
    if let Some(of_bank) = event.chain.strip_prefix("bank:") {
        return of_bank.split_once(':').map(|(_, bank)| bank);
    }
    let rest = event.subject.strip_prefix(event.fund_id.as_str())?.strip_prefix(':')?;
    rest.split_once(':').map(|(bank, _)| bank)
}

fn delivery(endpoint: &WebhookEndpointRow, event: &EventRow, now: chrono::NaiveDateTime) -> WebhookDeliveryRow {
    let key = format!("{}|{}", endpoint.endpoint_id, event.event_id);
    made(
        endpoint,
        &sha256_hex(key.as_bytes()),
        now,
        &json!({
            "type": event.kind,
            "event": event.event_id,
            "fund": event.fund_id,
            "bank": bank_of(event),
            "subject": event.subject,
            "act": act_of(event),
            "business_date": event.business_date.to_string(),
            "recorded_at": event.recorded_at.and_utc().to_rfc3339(),
            "hash": event.hash,
        }),
    )
}

/// A delivery by its key and what it tells.
pub(super) fn made(
    endpoint: &WebhookEndpointRow,
    key: &str,
    now: chrono::NaiveDateTime,
    told: &Value,
) -> WebhookDeliveryRow {
    let delivery_id = key.get(..32).unwrap_or(key).to_owned();
    let mut body = told.clone();
    body["id"] = json!(delivery_id);
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    WebhookDeliveryRow {
        delivery_id,
        endpoint_id: endpoint.endpoint_id.clone(),
        event: text("event"),
        kind: text("type"),
        body: body.to_string(),
        state: "queued".to_owned(),
        attempts: 0,
        next_try_at: now,
        made_at: now,
        delivered_at: None,
    }
}

/// The word of the act, where the event is one.
fn act_of(event: &EventRow) -> Option<String> {
    if !event.payload.contains("\"acts\"") {
        return None;
    }
    let payload: Value = serde_json::from_str(&event.payload).ok()?;
    let table = &payload["acts"];
    let at = table["columns"].as_array()?.iter().position(|name| name == "act")?;
    table["rows"].get(0)?.get(at)?.as_str().map(str::to_owned)
}
