//! Rows of the area `mail`. Reports as frozen, mails as composed, and how far each got.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// A report, frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::reports, treat_none_as_default_value = false)]
pub struct ReportRow {
    /// Fund.
    pub fund_id: String,
    /// Report id.
    pub report_id: String,
    /// Name.
    pub name: String,
    /// Period.
    pub period: String,
    /// Version.
    pub version: i64,
    /// Dataset.
    pub dataset: String,
    /// Dataset hash.
    pub dataset_hash: String,
    /// Sources.
    pub sources: String,
    /// Subject.
    pub subject: String,
    /// Html.
    pub html: String,
    /// Body.
    pub body: String,
    /// Xlsx name.
    pub xlsx_name: String,
    #[serde(serialize_with = "super::digest_only")]
    /// Xlsx.
    pub xlsx: Vec<u8>,
    /// Supersedes.
    pub supersedes: Option<String>,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(ReportRow, reports, |row| format!("{}", row.report_id));

/// A mail as composed, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::outbox, treat_none_as_default_value = false)]
pub struct OutboxMailRow {
    /// Fund.
    pub fund_id: String,
    /// Message id.
    pub message_id: String,
    /// Content key.
    pub content_key: String,
    /// Report id.
    pub report_id: Option<String>,
    /// Recipient.
    pub recipient: String,
    /// Recipient name.
    pub recipient_name: String,
    /// Subject.
    pub subject: String,
    #[serde(serialize_with = "super::digest_only")]
    /// Raw.
    pub raw: Vec<u8>,
    /// Raw hash.
    pub raw_hash: String,
    /// Business date.
    #[serde(skip)]
    pub business_date: NaiveDate,
    /// Recorded at, UTC.
    #[serde(skip)]
    pub recorded_at: NaiveDateTime,
    #[serde(skip)]
    /// Event that wrote it.
    pub event_id: String,
}
fact!(OutboxMailRow, outbox, |row| format!("{}", row.message_id));

/// How far a mail got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::mail_deliveries, treat_none_as_default_value = false)]
pub struct MailDeliveryRow {
    /// Message id.
    pub message_id: String,
    /// State.
    pub state: String,
    /// Attempts.
    pub attempts: i64,
    /// Next try at.
    pub next_try_at: NaiveDateTime,
    /// Delivered at.
    pub delivered_at: Option<NaiveDateTime>,
    /// Place.
    pub place: Option<String>,
    /// Last error.
    pub last_error: Option<String>,
}
