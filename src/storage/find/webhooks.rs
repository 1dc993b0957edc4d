//! Endpoints, what they are told, and how far that got.
//!
//! **Invariant:** the newest version of an endpoint is the one that counts; a delivery is queued once.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::storage::Tx;
use crate::storage::db::{Db, each};
use crate::storage::error::StoreError;
use crate::storage::rows::webhooks::{WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow};
use crate::storage::schema::{webhook_attempts, webhook_cursors, webhook_deliveries, webhook_endpoints};

/// Every version of one endpoint, the newest first.
///
/// # Errors
/// What the database says.
pub fn versions(db: &mut Db, fund_id: &str, endpoint_id: &str) -> Result<Vec<WebhookEndpointRow>, StoreError> {
    Ok(webhook_endpoints::table
        .filter(webhook_endpoints::fund_id.eq(fund_id))
        .filter(webhook_endpoints::endpoint_id.eq(endpoint_id))
        .order(webhook_endpoints::version.desc())
        .select(WebhookEndpointRow::as_select())
        .load(db)?)
}

/// The newest version of every endpoint, by identifier.
///
/// # Errors
/// What the database says.
pub fn newest(db: &mut Db, fund_id: &str) -> Result<Vec<WebhookEndpointRow>, StoreError> {
    let mut rows: Vec<WebhookEndpointRow> = webhook_endpoints::table
        .filter(webhook_endpoints::fund_id.eq(fund_id))
        .order((webhook_endpoints::endpoint_id, webhook_endpoints::version.desc()))
        .select(WebhookEndpointRow::as_select())
        .load(db)?;
    rows.dedup_by(|older, newer| older.endpoint_id == newer.endpoint_id);
    Ok(rows)
}

/// How far an endpoint has been told, by chain.
///
/// # Errors
/// What the database says.
pub fn cursors(db: &mut Db, endpoint_id: &str) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = webhook_cursors::table
        .filter(webhook_cursors::endpoint_id.eq(endpoint_id))
        .select((webhook_cursors::chain, webhook_cursors::last_seq))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Remembers how far an endpoint has been told of a chain.
///
/// # Errors
/// What the database says.
pub fn move_cursor(tx: &mut Tx<'_>, endpoint_id: &str, chain: &str, last_seq: i64) -> Result<(), StoreError> {
    let moved = diesel::update(webhook_cursors::table.find((endpoint_id, chain)))
        .set(webhook_cursors::last_seq.eq(last_seq))
        .execute(&mut **tx)?;
    if moved == 0 {
        let row = (
            webhook_cursors::endpoint_id.eq(endpoint_id),
            webhook_cursors::chain.eq(chain),
            webhook_cursors::last_seq.eq(last_seq),
        );
        each!(&mut **tx, c => diesel::insert_into(webhook_cursors::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Queues a delivery; one that was queued before stays as it is.
///
/// # Errors
/// What the database says.
pub fn queue(tx: &mut Tx<'_>, row: &WebhookDeliveryRow) -> Result<bool, StoreError> {
    let added = each!(&mut **tx, c => diesel::insert_into(webhook_deliveries::table).values(row)
        .on_conflict(webhook_deliveries::delivery_id).do_nothing().execute(c))?;
    Ok(added > 0)
}

/// Deliveries whose next try is due, oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn due(db: &mut Db, now: NaiveDateTime, limit: i64) -> Result<Vec<WebhookDeliveryRow>, StoreError> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::state.eq("queued"))
        .filter(webhook_deliveries::next_try_at.le(now))
        .order((webhook_deliveries::created_at, webhook_deliveries::delivery_id))
        .limit(limit)
        .select(WebhookDeliveryRow::as_select())
        .load(db)?)
}

/// One delivery.
///
/// # Errors
/// What the database says.
pub fn delivery(db: &mut Db, delivery_id: &str) -> Result<Option<WebhookDeliveryRow>, StoreError> {
    Ok(webhook_deliveries::table.find(delivery_id).select(WebhookDeliveryRow::as_select()).first(db).optional()?)
}

/// Deliveries of an endpoint, newest first, at most `limit`; of one state where it is given.
///
/// # Errors
/// What the database says.
pub fn of_endpoint(
    db: &mut Db,
    endpoint_id: &str,
    state: Option<&str>,
    limit: i64,
) -> Result<Vec<WebhookDeliveryRow>, StoreError> {
    let of_state = state.unwrap_or("%").to_owned();
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::state.like(of_state))
        .order((webhook_deliveries::created_at.desc(), webhook_deliveries::delivery_id))
        .limit(limit)
        .select(WebhookDeliveryRow::as_select())
        .load(db)?)
}

/// Tries of a delivery, in their order.
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

/// Records a try and how the delivery stands after it.
///
/// # Errors
/// What the database says.
pub fn record(tx: &mut Tx<'_>, after: &WebhookDeliveryRow, attempt: &WebhookAttemptRow) -> Result<(), StoreError> {
    stand(tx, after)?;
    each!(&mut **tx, c => diesel::insert_into(webhook_attempts::table).values(attempt).execute(c))?;
    Ok(())
}

/// Records how a delivery stands.
///
/// # Errors
/// What the database says.
pub fn stand(tx: &mut Tx<'_>, after: &WebhookDeliveryRow) -> Result<(), StoreError> {
    diesel::update(webhook_deliveries::table.find(&after.delivery_id))
        .set((
            webhook_deliveries::state.eq(&after.state),
            webhook_deliveries::attempts.eq(after.attempts),
            webhook_deliveries::next_try_at.eq(after.next_try_at),
            webhook_deliveries::delivered_at.eq(after.delivered_at),
        ))
        .execute(&mut **tx)?;
    Ok(())
}
