//! Reports as frozen, mails as composed, deliveries.
//!
//! **Invariant:** the bytes of a mail are written once; only how far it got changes.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::containing;
use crate::storage::db::{Db, MultiBackend, each};
use crate::storage::error::StoreError;
use crate::storage::rows::mail::{MailDeliveryRow, OutboxMailRow, ReportRow};
use crate::storage::schema::{mail_deliveries, outbox, reports};
use crate::storage::{StoreError as Error, Tx};

/// Every version of every report of a name, oldest period first.
///
/// # Errors
/// What the database says.
pub fn reports_named(db: &mut Db, fund_id: &str, name: &str) -> Result<Vec<ReportRow>, StoreError> {
    Ok(reports::table
        .filter(reports::fund_id.eq(fund_id))
        .filter(reports::name.eq(name))
        .order((reports::period, reports::version))
        .select(ReportRow::as_select())
        .load(db)?)
}

/// A report of a fund.
///
/// # Errors
/// What the database says.
pub fn report(db: &mut Db, fund_id: &str, report_id: &str) -> Result<Option<ReportRow>, StoreError> {
    Ok(reports::table
        .filter(reports::fund_id.eq(fund_id))
        .filter(reports::report_id.eq(report_id))
        .select(ReportRow::as_select())
        .first(db)
        .optional()?)
}

/// Whether a mail with this content key has been composed.
///
/// # Errors
/// What the database says.
pub fn composed(db: &mut Db, content_key: &str) -> Result<bool, StoreError> {
    let found: Option<String> =
        outbox::table.filter(outbox::content_key.eq(content_key)).select(outbox::message_id).first(db).optional()?;
    Ok(found.is_some())
}

/// Puts a composed mail into the queue.
///
/// # Errors
/// What the database says.
pub fn queue(tx: &mut Tx<'_>, message_id: &str) -> Result<(), Error> {
    let row = MailDeliveryRow {
        message_id: message_id.to_owned(),
        state: "queued".to_owned(),
        attempts: 0,
        next_try_at: tx.now(),
        delivered_at: None,
        place: None,
        last_error: None,
    };
    each!(&mut **tx, c => diesel::insert_into(mail_deliveries::table).values(&row).execute(c))?;
    Ok(())
}

/// Mails whose next try is due, oldest first.
///
/// # Errors
/// What the database says.
pub fn deliverable(db: &mut Db, now: NaiveDateTime) -> Result<Vec<(OutboxMailRow, MailDeliveryRow)>, StoreError> {
    Ok(mail_deliveries::table
        .inner_join(outbox::table.on(outbox::message_id.eq(mail_deliveries::message_id)))
        .filter(mail_deliveries::state.eq("queued"))
        .filter(mail_deliveries::next_try_at.le(now))
        .order((outbox::recorded_at, outbox::message_id))
        .select((OutboxMailRow::as_select(), MailDeliveryRow::as_select()))
        .load(db)?)
}

/// Records how far a mail got.
///
/// # Errors
/// What the database says.
pub fn record(tx: &mut Tx<'_>, row: &MailDeliveryRow) -> Result<(), Error> {
    diesel::update(mail_deliveries::table.find(&row.message_id))
        .set((
            mail_deliveries::state.eq(&row.state),
            mail_deliveries::attempts.eq(row.attempts),
            mail_deliveries::next_try_at.eq(row.next_try_at),
            mail_deliveries::delivered_at.eq(row.delivered_at),
            mail_deliveries::place.eq(row.place.as_deref()),
            mail_deliveries::last_error.eq(row.last_error.as_deref()),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What a list of mails shows of one.
#[derive(Debug, Clone, Queryable)]
pub struct MailLine {
    /// Message-ID.
    pub message_id: String,
    /// Report it carries.
    pub report_id: Option<String>,
    /// Recipient.
    pub recipient: String,
    /// Recipient's name.
    pub recipient_name: String,
    /// Subject.
    pub subject: String,
    /// Composed at, UTC.
    pub recorded_at: NaiveDateTime,
    /// State of the delivery.
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// Delivered at, UTC.
    pub delivered_at: Option<NaiveDateTime>,
    /// Where it was delivered to.
    pub place: Option<String>,
    /// What the last try said.
    pub last_error: Option<String>,
}

/// Mails, newest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn lines(db: &mut Db, fund_id: &str, limit: i64) -> Result<Vec<MailLine>, StoreError> {
    Ok(outbox::table
        .inner_join(mail_deliveries::table.on(mail_deliveries::message_id.eq(outbox::message_id)))
        .filter(outbox::fund_id.eq(fund_id))
        .order((outbox::recorded_at.desc(), outbox::message_id))
        .limit(limit)
        .select((
            outbox::message_id,
            outbox::report_id,
            outbox::recipient,
            outbox::recipient_name,
            outbox::subject,
            outbox::recorded_at,
            mail_deliveries::state,
            mail_deliveries::attempts,
            mail_deliveries::delivered_at,
            mail_deliveries::place,
            mail_deliveries::last_error,
        ))
        .load(db)?)
}

/// Mails of a fund whose recipient, subject or period holds a text.
macro_rules! matching {
    ($fund_id:expr, $search:expr) => {{
        let wanted = containing($search);
        outbox::table
            .inner_join(mail_deliveries::table.on(mail_deliveries::message_id.eq(outbox::message_id)))
            .left_join(reports::table.on(outbox::report_id.eq(reports::report_id.nullable())))
            .filter(outbox::fund_id.eq($fund_id.to_owned()))
            .filter(
                outbox::recipient
                    .like(wanted.clone())
                    .escape('\\')
                    .or(outbox::recipient_name.like(wanted.clone()).escape('\\'))
                    .or(outbox::subject.like(wanted.clone()).escape('\\'))
                    .or(reports::period.like(wanted).escape('\\').assume_not_null()),
            )
    }};
}

/// What a list of mails is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOrder {
    /// When it was composed.
    Composed,
    /// Who gets it.
    Recipient,
    /// Subject.
    Subject,
}

/// The newest mails first.
pub const NEWEST: (MailOrder, bool) = (MailOrder::Composed, true);

/// A stretch of the mails whose recipient, subject or period holds `search`, each with its period, in an order, the
/// largest first where that is said; the newest first of what is alike.
///
/// # Errors
/// What the database says.
pub fn page(
    db: &mut Db,
    fund_id: &str,
    search: &str,
    order: (MailOrder, bool),
    span: (i64, i64),
) -> Result<Vec<(MailLine, Option<String>)>, StoreError> {
    let (offset, limit) = span;
    let found = matching!(fund_id, search).into_boxed::<MultiBackend>();
    let found = match order {
        (MailOrder::Composed, true) => found.order((outbox::recorded_at.desc(), outbox::message_id)),
        (MailOrder::Composed, false) => found.order((outbox::recorded_at, outbox::message_id)),
        (MailOrder::Recipient, true) => found.order((outbox::recipient.desc(), outbox::recorded_at.desc())),
        (MailOrder::Recipient, false) => found.order((outbox::recipient, outbox::recorded_at.desc())),
        (MailOrder::Subject, true) => found.order((outbox::subject.desc(), outbox::recorded_at.desc())),
        (MailOrder::Subject, false) => found.order((outbox::subject, outbox::recorded_at.desc())),
    };
    Ok(found
        .offset(offset)
        .limit(limit)
        .select((
            (
                outbox::message_id,
                outbox::report_id,
                outbox::recipient,
                outbox::recipient_name,
                outbox::subject,
                outbox::recorded_at,
                mail_deliveries::state,
                mail_deliveries::attempts,
                mail_deliveries::delivered_at,
                mail_deliveries::place,
                mail_deliveries::last_error,
            ),
            reports::period.nullable(),
        ))
        .load(db)?)
}

/// Number of mails whose recipient, subject or period holds `search`: all, and those not delivered.
///
/// # Errors
/// What the database says.
pub fn counts(db: &mut Db, fund_id: &str, search: &str) -> Result<(i64, i64), StoreError> {
    let all = matching!(fund_id, search).select(count_star()).first(db)?;
    let waiting =
        matching!(fund_id, search).filter(mail_deliveries::state.ne("delivered")).select(count_star()).first(db)?;
    Ok((all, waiting))
}

/// Mails that were given up, newest first, at most `limit`: message and subject.
///
/// # Errors
/// What the database says.
pub fn given_up(db: &mut Db, fund_id: &str, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    Ok(matching!(fund_id, "")
        .filter(mail_deliveries::state.eq("failed"))
        .order((outbox::recorded_at.desc(), outbox::message_id))
        .limit(limit)
        .select((outbox::message_id, outbox::subject))
        .load(db)?)
}

/// How far a mail got.
///
/// # Errors
/// What the database says.
pub fn delivery(db: &mut Db, message_id: &str) -> Result<Option<MailDeliveryRow>, StoreError> {
    Ok(mail_deliveries::table.find(message_id).select(MailDeliveryRow::as_select()).first(db).optional()?)
}

/// A mail and the report it carries.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, message_id: &str) -> Result<Option<(OutboxMailRow, Option<ReportRow>)>, StoreError> {
    Ok(outbox::table
        .left_join(reports::table.on(outbox::report_id.eq(reports::report_id.nullable())))
        .filter(outbox::message_id.eq(message_id))
        .select((OutboxMailRow::as_select(), Option::<ReportRow>::as_select()))
        .first(db)
        .optional()?)
}

/// Mails that carry a report, each with how far it got, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_report(
    db: &mut Db,
    fund_id: &str,
    report_id: &str,
) -> Result<Vec<(OutboxMailRow, MailDeliveryRow)>, StoreError> {
    Ok(outbox::table
        .inner_join(mail_deliveries::table.on(mail_deliveries::message_id.eq(outbox::message_id)))
        .filter(outbox::fund_id.eq(fund_id))
        .filter(outbox::report_id.eq(report_id))
        .order((outbox::recorded_at, outbox::message_id))
        .select((OutboxMailRow::as_select(), MailDeliveryRow::as_select()))
        .load(db)?)
}

/// Mails of another report that were composed together with this one, and so took it along: message and recipient.
///
/// # Errors
/// What the database says.
pub fn taken_along(db: &mut Db, report: &ReportRow) -> Result<Vec<(String, String)>, StoreError> {
    Ok(outbox::table
        .filter(outbox::event_id.eq(&report.event_id))
        .filter(outbox::report_id.ne(&report.report_id))
        .order((outbox::recipient_name, outbox::message_id))
        .select((outbox::message_id, outbox::recipient_name))
        .load(db)?)
}

/// Where deliveries stand, over all mails of a fund.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last delivery: recipient, when (UTC), where to.
    pub delivered: Option<(String, NaiveDateTime, Option<String>)>,
    /// The newest mail whose last try failed: recipient, composed at (UTC), what was said.
    pub failed: Option<(String, NaiveDateTime, Option<String>)>,
    /// Since when (UTC) the oldest mail waits.
    pub waiting_since: Option<NaiveDateTime>,
    /// Mails that were given up.
    pub given_up: i64,
}

/// Where deliveries stand.
///
/// # Errors
/// What the database says.
pub fn standing(db: &mut Db, fund_id: &str) -> Result<Standing, StoreError> {
    let all = mail_deliveries::table
        .inner_join(outbox::table.on(outbox::message_id.eq(mail_deliveries::message_id)))
        .filter(outbox::fund_id.eq(fund_id));
    let delivered: Option<(String, Option<NaiveDateTime>, Option<String>)> = all
        .filter(mail_deliveries::state.eq("delivered"))
        .order(mail_deliveries::delivered_at.desc())
        .select((outbox::recipient, mail_deliveries::delivered_at, mail_deliveries::place))
        .first(db)
        .optional()?;
    let failed = all
        .filter(mail_deliveries::last_error.is_not_null())
        .order(outbox::recorded_at.desc())
        .select((outbox::recipient, outbox::recorded_at, mail_deliveries::last_error))
        .first(db)
        .optional()?;
    let waiting_since = all
        .filter(mail_deliveries::state.eq("queued"))
        .order(outbox::recorded_at)
        .select(outbox::recorded_at)
        .first(db)
        .optional()?;
    let given_up = all.filter(mail_deliveries::state.eq("failed")).select(count_star()).first(db)?;
    let delivered = delivered.and_then(|(to, at, place)| at.map(|at| (to, at, place)));
    Ok(Standing { delivered, failed, waiting_since, given_up })
}
