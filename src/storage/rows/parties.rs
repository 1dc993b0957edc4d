//! Rows of the area `parties`. Who takes part, and by which measure: funds, rulebooks, partners. Each grows by version.
//!
//! **Invariant:** a fact row is written once, with the event that carries it, and never changed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::fact;
use crate::storage::schema;

/// A fund as opened or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::funds, treat_none_as_default_value = false)]
pub struct FundRow {
    /// Fund.
    pub fund_id: String,
    /// Version.
    pub version: i64,
    /// Name zh.
    pub name_zh: String,
    /// Name en.
    pub name_en: String,
    /// First period.
    pub first_period: String,
    /// Rulebook id.
    pub rulebook_id: String,
    /// Rulebook version.
    pub rulebook_version: String,
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
fact!(FundRow, funds, |row| format!("{}:{}", row.fund_id, row.version));

/// An issued rulebook, immutable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::rulebooks, treat_none_as_default_value = false)]
pub struct RulebookRow {
    /// Fund.
    pub fund_id: String,
    /// Rulebook id.
    pub rulebook_id: String,
    /// Version.
    pub version: String,
    /// Hash.
    pub hash: String,
    /// Body.
    pub body: String,
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
fact!(RulebookRow, rulebooks, |row| format!("{}:{}:{}", row.fund_id, row.rulebook_id, row.version));

/// One file taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::imports, treat_none_as_default_value = false)]
pub struct ImportRow {
    /// Fund.
    pub fund_id: String,
    /// Import id.
    pub import_id: String,
    /// Kind.
    pub kind: String,
    /// Bank.
    pub bank: Option<String>,
    /// Month.
    pub month: Option<String>,
    /// Version.
    pub version: Option<i64>,
    /// File name.
    pub file_name: String,
    /// Content hash.
    pub content_hash: String,
    /// Until.
    pub until: Option<NaiveDate>,
    /// Mapping.
    pub mapping: String,
    /// Sheet.
    pub sheet: Option<String>,
    /// Column names.
    pub column_names: String,
    /// Records total.
    pub records_total: i64,
    /// Records accepted.
    pub records_accepted: i64,
    /// Records unchanged.
    pub records_unchanged: i64,
    /// Rights rows.
    pub rights_rows: Option<i64>,
    /// Nil return.
    pub nil_return: bool,
    /// Is partial.
    pub is_partial: bool,
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
fact!(ImportRow, imports, |row| format!("{}", row.import_id));

/// What was wrong with one row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::import_findings, treat_none_as_default_value = false)]
pub struct ImportFindingRow {
    /// Fund.
    pub fund_id: String,
    /// Import id.
    pub import_id: String,
    /// Ordinal.
    pub ordinal: i64,
    /// Severity.
    pub severity: String,
    /// Row no.
    pub row_no: i64,
    /// Column name.
    pub column_name: String,
    /// Code.
    pub code: String,
    /// Contract.
    pub contract: Option<String>,
    /// Args.
    pub args: String,
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
fact!(ImportFindingRow, import_findings, |row| format!("{}:{}", row.import_id, row.ordinal));

/// A partner institution as agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = schema::partners, treat_none_as_default_value = false)]
pub struct PartnerRow {
    /// Fund.
    pub fund_id: String,
    /// Code.
    pub code: String,
    /// Version.
    pub version: i64,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Agreed from.
    pub agreed_from: NaiveDate,
    /// Agreed to.
    pub agreed_to: NaiveDate,
    /// Limit, in fen.
    pub limit_fen: Option<i64>,
    /// Import id; none on rows from before it was kept.
    pub import_id: Option<String>,
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
fact!(PartnerRow, partners, |row| format!("{}:{}:{}", row.fund_id, row.code, row.version));
