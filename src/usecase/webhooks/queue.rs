//! From the audit chain into the queue of every endpoint.
//!
//! **Invariant:** an endpoint's place in a chain moves in the transaction that queues what stood before it, so that an
//! event is queued once, whatever stops in between.

use super::notice::{Notice, TRIAL, notices_of};
use super::unknown;
use crate::app::App;
use crate::hash::sha256_hex;
use crate::storage::chain::Chain;
use crate::storage::find::{events, webhooks};
use crate::storage::rows::events::EventRow;
use crate::storage::rows::webhooks::{WebhookDeliveryRow, WebhookEndpointRow};
use crate::storage::{Act, Scope, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;

/// Events read at once: an import's event holds every row of its file.
const PAGE: i64 = 50;
/// Events looked at in one run for one endpoint and chain.
const MOST_EVENTS: i64 = 5_000;

/// Queues what happened since the last time, for every active endpoint. Gives how many notices were queued.
///
/// # Errors
/// Storage.
pub fn follow(app: &App, act: &Act) -> Result<usize, UseCaseError> {
    let fund_id = app.fund_id();
    let endpoints = webhooks::newest(&mut *app.store.read()?, fund_id)?;
    let mut queued = 0_usize;
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.state == "active") {
        let heads = events::heads(&mut *app.store.read()?)?;
        for (chain, last, _hash) in heads.into_iter().filter(|(chain, ..)| concerns(endpoint, chain)) {
            queued = queued.saturating_add(follow_chain(app, act, endpoint, (&chain, last))?);
        }
    }
    Ok(queued)
}

/// A system of the fund hears of all chains of the fund, that of a bank of the fund's and its own.
fn concerns(endpoint: &WebhookEndpointRow, chain: &str) -> bool {
    let fund_id = endpoint.fund_id.clone();
    if chain == (Chain::Fund { fund_id: fund_id.clone() }).key() {
        return true;
    }
    match &endpoint.bank {
        Some(bank) => chain == (Chain::Bank { fund_id, bank: bank.clone() }).key(),
        None => chain.starts_with(&format!("bank:{fund_id}:")),
    }
}

fn follow_chain(
    app: &App,
    act: &Act,
    endpoint: &WebhookEndpointRow,
    (chain, last): (&str, i64),
) -> Result<usize, UseCaseError> {
    let mut after = webhooks::cursors(&mut *app.store.read()?, &endpoint.endpoint_id)?.get(chain).copied().unwrap_or(0);
    let until = last.min(after.saturating_add(MOST_EVENTS));
    let mut queued = 0_usize;
    while after < until {
        let page = events::of_chain(&mut *app.store.read()?, chain, after, PAGE)?;
        let Some(newest) = page.last().map(|event| event.seq) else { break };
        let wanted: Vec<(Notice, &EventRow)> = page
            .iter()
            .flat_map(|event| notices_of(event).into_iter().map(move |notice| (notice, event)))
            .filter(|(notice, _)| wants(endpoint, notice))
            .collect();
        queued = queued.saturating_add(app.store.write(&Scope::system(), act, |tx| {
            for (notice, event) in &wanted {
                let row = delivery_of(tx, endpoint, notice, event);
                webhooks::queue(tx, &row)?;
            }
            webhooks::move_cursor(tx, &endpoint.endpoint_id, chain, newest)?;
            Ok::<usize, UseCaseError>(wanted.len())
        })?);
        after = newest;
    }
    Ok(queued)
}

/// Whether an endpoint is told: its bank, and a kind it asks for.
fn wants(endpoint: &WebhookEndpointRow, notice: &Notice) -> bool {
    let is_own = endpoint.bank.is_none() || endpoint.bank == notice.bank;
    let asks = |kind: &str| match kind.strip_suffix('*') {
        Some(start) => notice.kind.starts_with(start),
        None => notice.kind == kind,
    };
    is_own && endpoint.kinds.split(' ').any(asks)
}

fn delivery_of(tx: &Tx<'_>, endpoint: &WebhookEndpointRow, notice: &Notice, event: &EventRow) -> WebhookDeliveryRow {
    let named = format!("{}\n{}\n{}\n{}", endpoint.endpoint_id, event.event_id, notice.kind, notice.subject);
    let digest = sha256_hex(named.as_bytes());
    let delivery_id = format!("whd_{}", digest.get(..32).unwrap_or(&digest));
    WebhookDeliveryRow {
        body: notice.body(&delivery_id, event),
        delivery_id,
        endpoint_id: endpoint.endpoint_id.clone(),
        kind: notice.kind.clone(),
        subject: notice.subject.clone(),
        state: "queued".to_owned(),
        attempts: 0,
        created_at: tx.now(),
        next_try_at: tx.now(),
        delivered_at: None,
    }
}

/// Queues a trial: a notice of nothing. Gives its delivery.
///
/// # Errors
/// `Act`; storage.
pub fn trial(app: &App, endpoint_id: &str, act: &Act) -> Result<WebhookDeliveryRow, UseCaseError> {
    let fund_id = app.fund_id();
    app.store.write(&Scope::system().and(Scope::fund(fund_id)), act, |tx| {
        super::endpoints::must_administer(tx, fund_id)?;
        let endpoint = webhooks::versions(tx, fund_id, endpoint_id)?.into_iter().next();
        let endpoint = endpoint.ok_or_else(|| unknown(endpoint_id))?;
        let nonce = crate::hash::hex(&rand::random::<[u8; 8]>());
        let event = EventRow {
            event_id: format!("trial#{nonce}"),
            chain: String::new(),
            seq: 0,
            fund_id: fund_id.to_owned(),
            kind: TRIAL.to_owned(),
            subject: endpoint_id.to_owned(),
            actor: String::new(),
            business_date: tx.on(),
            recorded_at: tx.now(),
            payload: String::new(),
            alg: String::new(),
            prev_hash: String::new(),
            hash: String::new(),
            context: String::new(),
        };
        let (kind, subject, bank) = (TRIAL.to_owned(), endpoint_id.to_owned(), endpoint.bank.clone());
        let row = delivery_of(tx, &endpoint, &Notice { kind, bank, subject, version: None }, &event);
        webhooks::queue(tx, &row)?;
        Ok(row)
    })
}

/// Puts a delivery back into the queue, whatever became of it: the same bytes under the same identifier.
///
/// # Errors
/// `Act`; storage.
pub fn replay(app: &App, delivery_id: &str, act: &Act) -> Result<WebhookDeliveryRow, UseCaseError> {
    let fund_id = app.fund_id();
    app.store.write(&Scope::system().and(Scope::fund(fund_id)), act, |tx| {
        super::endpoints::must_administer(tx, fund_id)?;
        let none = || ActRefusal::new("WEBHOOK_DELIVERY", vec![("delivery", delivery_id.to_owned())]);
        let mut row = webhooks::delivery(tx, delivery_id)?.ok_or_else(none)?;
        row.state = "queued".to_owned();
        row.next_try_at = tx.now();
        row.delivered_at = None;
        webhooks::stand(tx, &row)?;
        Ok(row)
    })
}
