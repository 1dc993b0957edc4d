//! Rows of the area `webhooks`. Endpoints grow by version; cursors, deliveries and attempts are operational.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed; the event holds the
//! digest of a sealed secret, never the secret.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// One version of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::webhook_endpoints, treat_none_as_default_value = false)]
pub struct WebhookEndpointRow {
    /// Fund.
    pub fund_id: String,
    /// Identifier.
    pub endpoint_id: String,
    /// Version.
    pub version: i64,
    /// What it is for.
    pub name: String,
    /// Where to.
    pub url: String,
    /// Bank whose system it is; nothing for a system of the fund.
    pub bank: Option<String>,
    /// Kinds of event it asks for, separated by blanks; `*` for all.
    pub kinds: String,
    /// `active` or `disabled`.
    pub state: String,
    /// Secret, sealed.
    #[serde(serialize_with = "super::digest_only")]
    pub secret: Vec<u8>,
    /// Until when the secret of the version before signs too, UTC.
    pub overlap_until: Option<NaiveDateTime>,
    /// Who changed it.
    pub person: String,
    /// Why.
    pub note: String,
    /// Business date.
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(WebhookEndpointRow, webhook_endpoints, |row| format!("{}:{}", row.endpoint_id, row.version));

/// What an endpoint is told of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::webhook_deliveries, treat_none_as_default_value = false)]
pub struct WebhookDeliveryRow {
    /// Identifier: the same for the same endpoint and event.
    pub delivery_id: String,
    /// Endpoint.
    pub endpoint_id: String,
    /// Kind of event.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The bytes that are sent.
    pub body: String,
    /// `queued`, `delivered` or `failed`.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// When it was queued, UTC.
    pub created_at: NaiveDateTime,
    /// When it is tried next, UTC.
    pub next_try_at: NaiveDateTime,
    /// When it arrived, UTC.
    pub delivered_at: Option<NaiveDateTime>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::webhook_attempts, treat_none_as_default_value = false)]
pub struct WebhookAttemptRow {
    /// Delivery.
    pub delivery_id: String,
    /// Which try.
    pub attempt: i64,
    /// When, UTC.
    pub tried_at: NaiveDateTime,
    /// Status the other side answered with.
    pub status: Option<i64>,
    /// What went wrong.
    pub fault: Option<String>,
}
