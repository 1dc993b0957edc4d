//! Frozen reports without their bytes, and how far each was delivered.
//!
//! **Invariant:** a list never reads what stands in a report.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{mail_deliveries, outbox, reports};

/// A report as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ReportLine {
    /// Report.
    pub report_id: String,
    /// Name.
    pub name: String,
    /// Period.
    pub period: String,
    /// Version.
    pub version: i64,
    /// Subject.
    pub subject: String,
    /// Name of its workbook.
    pub xlsx_name: String,
    /// Hash of its figures.
    pub dataset_hash: String,
    /// The report it replaces.
    pub supersedes: Option<String>,
    /// Made at, UTC.
    pub recorded_at: NaiveDateTime,
}

/// Who got a report, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Sent {
    /// Report.
    pub report_id: Option<String>,
    /// Mail.
    pub message_id: String,
    /// Address.
    pub recipient: String,
    /// Name.
    pub recipient_name: String,
    /// State of the delivery.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// Delivered at, UTC.
    pub delivered_at: Option<NaiveDateTime>,
}

/// Which reports are looked for; empty for all.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportFilter<'a> {
    /// Name.
    pub name: &'a str,
    /// Period, `YYYY-MM`.
    pub period: &'a str,
}

macro_rules! matching {
    ($fund_id:expr, $filter:expr) => {{
        let mut found = reports::table.filter(reports::fund_id.eq($fund_id.to_owned())).into_boxed::<MultiBackend>();
        if !$filter.name.is_empty() {
            found = found.filter(reports::name.eq($filter.name.to_owned()));
        }
        if !$filter.period.is_empty() {
            found = found.filter(reports::period.eq($filter.period.to_owned()));
        }
        found
    }};
}

/// A stretch of the reports that match, newest period first.
///
/// # Errors
/// What the database says.
pub fn page(
    db: &mut Db,
    fund_id: &str,
    filter: ReportFilter<'_>,
    (offset, limit): (i64, i64),
) -> Result<Vec<ReportLine>, StoreError> {
    Ok(matching!(fund_id, filter)
        .order((reports::period.desc(), reports::name, reports::version.desc()))
        .offset(offset)
        .limit(limit)
        .select((
            reports::report_id,
            reports::name,
            reports::period,
            reports::version,
            reports::subject,
            reports::xlsx_name,
            reports::dataset_hash,
            reports::supersedes,
            reports::recorded_at,
        ))
        .load(db)?)
}

/// Number of reports that match.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db, fund_id: &str, filter: ReportFilter<'_>) -> Result<i64, StoreError> {
    Ok(matching!(fund_id, filter).count().get_result(db)?)
}

/// Names and periods there are, each pair once, newest period first.
///
/// # Errors
/// What the database says.
pub fn kinds(db: &mut Db, fund_id: &str) -> Result<Vec<(String, String)>, StoreError> {
    Ok(reports::table
        .filter(reports::fund_id.eq(fund_id))
        .select((reports::name, reports::period))
        .distinct()
        .order((reports::period.desc(), reports::name))
        .load(db)?)
}

/// Mails that carry these reports, by report and recipient.
///
/// # Errors
/// What the database says.
pub fn sent(db: &mut Db, fund_id: &str, ids: &[String]) -> Result<Vec<Sent>, StoreError> {
    Ok(outbox::table
        .inner_join(mail_deliveries::table.on(mail_deliveries::message_id.eq(outbox::message_id)))
        .filter(outbox::fund_id.eq(fund_id))
        .filter(outbox::report_id.eq_any(ids.to_vec()))
        .order((outbox::report_id, outbox::recipient, outbox::message_id))
        .select((
            outbox::report_id,
            outbox::message_id,
            outbox::recipient,
            outbox::recipient_name,
            mail_deliveries::state,
            mail_deliveries::attempts,
            mail_deliveries::delivered_at,
        ))
        .load(db)?)
}
