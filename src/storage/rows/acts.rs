//! Rows of the area `acts`. What people did to things, answers kept under a key, papers, and running balances.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed; balances follow
//! the rows they sum in the same statement sequence that writes those rows.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// One act of a person on a thing. The fold of a thing's acts is how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::acts, treat_none_as_default_value = false)]
pub struct ActRow {
    /// Fund.
    pub fund_id: String,
    /// Whose life: `claim`, `registration`, `loan`, `partner`, `person`, `fund`.
    pub life: String,
    /// The thing.
    pub subject: String,
    /// Number of the act in the life of the thing, from 1.
    pub version: i64,
    /// Which act.
    pub act: String,
    /// Who.
    pub person: String,
    /// In which office: role, institution, and on whose behalf.
    pub office: String,
    /// Its particulars, as JSON.
    pub details: String,
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
fact!(ActRow, acts, |row| format!("{}:{}:{}", row.life, row.subject, row.version));

/// The answer given to a request that named a key, kept in the transaction of its effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::idempotency_keys, treat_none_as_default_value = false)]
pub struct IdempotencyRow {
    /// Fund.
    pub fund_id: String,
    /// Key, as the client made it.
    pub idempotency_key: String,
    /// SHA-256 of the request.
    pub request_hash: String,
    /// The answer, as JSON.
    pub answer: String,
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
fact!(IdempotencyRow, idempotency_keys, |row| row.idempotency_key.clone());

/// A paper that belongs to a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::attachments, treat_none_as_default_value = false)]
pub struct AttachmentRow {
    /// Fund.
    pub fund_id: String,
    /// Attachment id.
    pub attachment_id: String,
    /// Whose life.
    pub life: String,
    /// The thing.
    pub subject: String,
    /// Which document it is, as rulebooks name it.
    pub document: String,
    /// File name.
    pub file_name: String,
    /// SHA-256 of the content.
    pub content_hash: String,
    /// Size in bytes.
    pub size: i64,
    /// Who handed it in.
    pub person: String,
    /// Content.
    #[serde(serialize_with = "super::digest_only")]
    pub content: Vec<u8>,
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
fact!(AttachmentRow, attachments, |row| row.attachment_id.clone());

/// What was found out about a paper when it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::paper_checks, treat_none_as_default_value = false)]
pub struct PaperCheckRow {
    /// Fund.
    pub fund_id: String,
    /// The paper.
    pub attachment_id: String,
    /// Bank whose business it is about, empty for the fund's.
    pub bank: String,
    /// Media type, by its content.
    pub media_type: String,
    /// What the scanner said.
    pub verdict: String,
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
fact!(PaperCheckRow, paper_checks, |row| row.attachment_id.clone());

/// That somebody had sealed values shown, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::disclosures, treat_none_as_default_value = false)]
pub struct DisclosureRow {
    /// Fund.
    pub fund_id: String,
    /// Disclosure id.
    pub disclosure_id: String,
    /// Whose life.
    pub life: String,
    /// The thing.
    pub subject: String,
    /// How many values.
    pub shown: i64,
    /// Why.
    pub reason: String,
    /// Who.
    pub person: String,
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
fact!(DisclosureRow, disclosures, |row| row.disclosure_id.clone());

/// Projection: the balance of an account, debits less credits; or the sum promised, as `promised:<kind>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::account_balances, treat_none_as_default_value = false)]
pub struct AccountBalanceRow {
    /// Fund.
    pub fund_id: String,
    /// Account.
    pub account: String,
    /// Balance, in fen.
    pub balance_fen: i64,
}
