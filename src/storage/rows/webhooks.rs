//! Rows of the area `webhooks`. Endpoints that are told of events, and how far each telling got.
//!
//! **Invariant:** an endpoint grows by version; a delivery is made once for an endpoint and an event.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// An endpoint as it stands from this version on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::webhook_endpoints, treat_none_as_default_value = false)]
pub struct WebhookEndpointRow {
    /// Fund.
    pub fund_id: String,
    /// Endpoint.
    pub endpoint_id: String,
    /// Version.
    pub version: i64,
    /// Where to.
    pub url: String,
    /// Kinds of events, parted by commas; `*` at the end of one stands for anything.
    pub wants: String,
    /// The only bank whose events it gets; none for those of the whole fund.
    pub bank: Option<String>,
    /// Sealed secret.
    pub secret: String,
    /// Sealed secret before it, while both sign.
    pub old_secret: Option<String>,
    /// Until when both sign, UTC.
    pub old_until: Option<NaiveDateTime>,
    /// `active` or `disabled`.
    pub state: String,
    /// Who set it up so.
    pub person: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    /// Event that wrote it.
    #[serde(skip)]
    pub event_id: String,
}
fact!(WebhookEndpointRow, webhook_endpoints, |row| format!("{}:{}", row.endpoint_id, row.version));

/// Something an endpoint is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::webhook_deliveries, treat_none_as_default_value = false)]
pub struct WebhookDeliveryRow {
    /// Delivery; the same in every try.
    pub delivery_id: String,
    /// Endpoint.
    pub endpoint_id: String,
    /// Event it tells of.
    pub event: String,
    /// Kind of the event.
    pub kind: String,
    /// What is sent.
    pub body: String,
    /// `queued`, `delivered` or `failed`.
    pub state: String,
    /// Tries so far; also what a rival must not have raised.
    pub attempts: i64,
    /// Next try, UTC.
    pub next_try_at: NaiveDateTime,
    /// When it was made, UTC.
    pub made_at: NaiveDateTime,
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
    pub at: NaiveDateTime,
    /// Status of the answer.
    pub status: Option<i64>,
    /// What went wrong; empty where nothing did.
    pub error: String,
}

/// How far a chain has been looked through for what endpoints want to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::webhook_places, treat_none_as_default_value = false)]
pub struct WebhookPlaceRow {
    /// Chain.
    pub chain: String,
    /// Last event looked at.
    pub seq: i64,
}
