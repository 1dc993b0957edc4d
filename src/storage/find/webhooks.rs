//! Endpoints and deliveries.
//!
//! **Invariant:** a delivery is taken by whoever raises its number of tries first.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::webhooks::{WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow, WebhookPlaceRow};
use crate::storage::schema::{webhook_attempts, webhook_deliveries, webhook_endpoints, webhook_places};

/// The endpoints of a fund as they stand now, by name.
///
/// # Errors
/// What the database says.
pub fn endpoints(db: &mut Db, fund_id: &str) -> Result<Vec<WebhookEndpointRow>, StoreError> {
    let rows: Vec<WebhookEndpointRow> = webhook_endpoints::table
        .filter(webhook_endpoints::fund_id.eq(fund_id))
        .order((webhook_endpoints::endpoint_id, webhook_endpoints::version))
        .select(WebhookEndpointRow::as_select())
        .load(db)?;
    let last: BTreeMap<String, WebhookEndpointRow> =
        rows.into_iter().map(|row| (row.endpoint_id.clone(), row)).collect();
    Ok(last.into_values().collect())
}

/// How far the chains have been looked through.
///
/// # Errors
/// What the database says.
pub fn places(db: &mut Db) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<WebhookPlaceRow> = webhook_places::table.select(WebhookPlaceRow::as_select()).load(db)?;
    Ok(rows.into_iter().map(|row| (row.chain, row.seq)).collect())
}

/// Records how far a chain has been looked through.
///
/// # Errors
/// What the database says.
pub fn put_place(tx: &mut Tx<'_>, row: &WebhookPlaceRow) -> Result<(), StoreError> {
    let known = webhook_places::table.find(&row.chain);
    let moved = diesel::update(known).set(webhook_places::seq.eq(row.seq)).execute(&mut **tx)?;
    if moved == 0 {
        each!(&mut **tx, c => diesel::insert_into(webhook_places::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Queues a delivery, unless it was made before.
///
/// # Errors
/// What the database says.
pub fn queue(tx: &mut Tx<'_>, row: &WebhookDeliveryRow) -> Result<(), StoreError> {
    each!(&mut **tx, c => diesel::insert_into(webhook_deliveries::table).values(row)
        .on_conflict(webhook_deliveries::delivery_id).do_nothing().execute(c))?;
    Ok(())
}

/// Deliveries whose next try is due, oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn due(db: &mut Db, now: NaiveDateTime, limit: i64) -> Result<Vec<WebhookDeliveryRow>, StoreError> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::state.eq("queued"))
        .filter(webhook_deliveries::next_try_at.le(now))
        .order((webhook_deliveries::next_try_at, webhook_deliveries::delivery_id))
        .limit(limit)
        .select(WebhookDeliveryRow::as_select())
        .load(db)?)
}

/// Takes a delivery for one try; until `again` nobody else does. `false` where a rival was first.
///
/// # Errors
/// What the database says.
pub fn take(tx: &mut Tx<'_>, row: &WebhookDeliveryRow, again: NaiveDateTime) -> Result<bool, StoreError> {
    let taken = diesel::update(
        webhook_deliveries::table
            .find(&row.delivery_id)
            .filter(webhook_deliveries::attempts.eq(row.attempts))
            .filter(webhook_deliveries::state.eq("queued")),
    )
    .set((webhook_deliveries::attempts.eq(row.attempts.saturating_add(1)), webhook_deliveries::next_try_at.eq(again)))
    .execute(&mut **tx)?;
    Ok(taken == 1)
}

/// Records how a try ended; nothing where a rival has taken the delivery since.
///
/// # Errors
/// What the database says.
pub fn record(tx: &mut Tx<'_>, row: &WebhookDeliveryRow, attempt: &WebhookAttemptRow) -> Result<(), StoreError> {
    diesel::update(
        webhook_deliveries::table.find(&row.delivery_id).filter(webhook_deliveries::attempts.eq(row.attempts)),
    )
    .set((
        webhook_deliveries::state.eq(&row.state),
        webhook_deliveries::next_try_at.eq(row.next_try_at),
        webhook_deliveries::delivered_at.eq(row.delivered_at),
    ))
    .execute(&mut **tx)?;
    each!(&mut **tx, c => diesel::insert_into(webhook_attempts::table).values(attempt)
        .on_conflict((webhook_attempts::delivery_id, webhook_attempts::attempt)).do_nothing().execute(c))?;
    Ok(())
}

/// Sends a delivery again from the first try on.
///
/// # Errors
/// What the database says.
pub fn replay(tx: &mut Tx<'_>, delivery_id: &str) -> Result<bool, StoreError> {
    let now = tx.now();
    let moved = diesel::update(webhook_deliveries::table.find(delivery_id))
        .set((webhook_deliveries::state.eq("queued"), webhook_deliveries::next_try_at.eq(now)))
        .execute(&mut **tx)?;
    Ok(moved == 1)
}

/// Deliveries, newest first, at most `limit`; of one endpoint, if one is named.
///
/// # Errors
/// What the database says.
pub fn deliveries(db: &mut Db, endpoint: Option<&str>, limit: i64) -> Result<Vec<WebhookDeliveryRow>, StoreError> {
    let order = (webhook_deliveries::made_at.desc(), webhook_deliveries::delivery_id);
    let all = webhook_deliveries::table.order(order).limit(limit).select(WebhookDeliveryRow::as_select());
    Ok(match endpoint {
        Some(endpoint) => all.filter(webhook_deliveries::endpoint_id.eq(endpoint)).load(db)?,
        None => all.load(db)?,
    })
}

/// The tries of a delivery, in their order.
///
/// # Errors
/// What the database says.
pub fn attempts(db: &mut Db, delivery_id: &str) -> Result<Vec<WebhookAttemptRow>, StoreError> {
    Ok(webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(delivery_id))
        .order(webhook_attempts::attempt)
        .select(WebhookAttemptRow::as_select())
        .load(db)?)
}
