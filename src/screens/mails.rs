//! Mails as composed, and how far each got.
//!
//! **Invariant:** text, HTML and bytes are the stored ones.

use super::desk::{Desk, small, span, unsigned};
use super::words;
use crate::domain::access::Permission;
use crate::http::error::PageError;
use crate::http::guard;
use crate::storage::find::mail::{self, MailLine, MailOrder};
use crate::storage::find::upkeep;
use crate::storage::rows::mail::{OutboxMailRow, ReportRow};
use crate::storage::rows::upkeep::UpkeepStepRow;
use crate::usecase::upkeep::{details, resend};
use crate::views::beijing;
use crate::views::mails::{Attachment, MailRow, MailState, MailView, MailsView, Repeated, SendForm};
use crate::views::query::PlainQuery;

pub(super) fn load(desk: &mut Desk<'_>, query: &PlainQuery) -> Result<MailsView, PageError> {
    if !desk.may_for_fund(Permission::ReadMails) {
        return Ok(MailsView { shell: desk.shell()?, ..MailsView::default() });
    }
    let fund_id = desk.app.fund_id();
    let (total, undelivered) = mail::counts(&mut desk.db, fund_id, &query.search)?;
    let order = order(&query.sort, query.descending).unwrap_or(mail::NEWEST);
    let found = mail::page(&mut desk.db, fund_id, &query.search, order, span(query.page, unsigned(total)))?;
    Ok(MailsView {
        shell: desk.shell()?,
        rows: found.into_iter().map(row).collect(),
        total: unsigned(total),
        undelivered: unsigned(undelivered),
        ..MailsView::default()
    })
}

/// The order that an address asks for; none where it asks for none.
pub(super) fn order(sort: &str, descending: bool) -> Option<(MailOrder, bool)> {
    let order = match sort {
        "subject" => MailOrder::Subject,
        "recipient" => MailOrder::Recipient,
        "composed" => MailOrder::Composed,
        _ => return None,
    };
    Some((order, descending))
}

/// The newest mails.
pub(super) fn latest(desk: &mut Desk<'_>, count: i64) -> Result<Vec<MailRow>, PageError> {
    let found = mail::page(&mut desk.db, desk.app.fund_id(), "", mail::NEWEST, (0, count))?;
    Ok(found.into_iter().map(row).collect())
}

fn row((line, period): (MailLine, Option<String>)) -> MailRow {
    MailRow {
        id: line.message_id,
        recipient: line.recipient,
        recipient_name: line.recipient_name,
        subject: line.subject,
        period: period.unwrap_or_default(),
        state: state(&line.state, line.attempts),
        attempts: small(line.attempts),
        composed: beijing(line.recorded_at),
        delivered: line.delivered_at.map(beijing).unwrap_or_default(),
    }
}

/// A queued mail that has been tried is one that failed and is tried again.
pub(super) fn state(stored: &str, attempts: i64) -> MailState {
    match stored {
        "delivered" => MailState::Delivered,
        "failed" => MailState::GivenUp,
        _ if attempts > 0 => MailState::Failed,
        _ => MailState::Queued,
    }
}

fn stored(desk: &mut Desk<'_>, id: &str) -> Result<(OutboxMailRow, Option<ReportRow>), PageError> {
    let found = mail::one(&mut desk.db, id)?;
    found.filter(|(letter, _)| letter.fund_id == desk.app.fund_id()).ok_or(PageError::NotFound)
}

/// One mail.
pub(super) fn one(desk: &mut Desk<'_>, id: &str) -> Result<MailView, PageError> {
    let (letter, report) = stored(desk, id)?;
    let delivery = mail::delivery(&mut desk.db, id)?;
    let bytes = |data: &[u8]| u64::try_from(data.len()).unwrap_or(u64::MAX);
    let (state, attempts) = delivery.as_ref().map_or((MailState::Queued, 0), |delivery| {
        (state(&delivery.state, delivery.attempts), small(delivery.attempts))
    });
    let attachments = report
        .iter()
        .filter(|report| !report.xlsx.is_empty())
        .map(|report| Attachment { name: report.xlsx_name.clone(), bytes: bytes(&report.xlsx) })
        .collect();
    Ok(MailView {
        shell: desk.shell()?,
        row: MailRow {
            id: letter.message_id,
            recipient: letter.recipient,
            recipient_name: letter.recipient_name,
            subject: letter.subject,
            period: report.as_ref().map(|report| report.period.clone()).unwrap_or_default(),
            state,
            attempts,
            composed: beijing(letter.recorded_at),
            delivered: delivery.as_ref().and_then(|delivery| delivery.delivered_at).map(beijing).unwrap_or_default(),
        },
        sender: sender(&letter.raw),
        has_html: report.is_some(),
        text: report.map_or_else(|| String::from_utf8_lossy(&letter.raw).into_owned(), |report| report.body),
        attachments,
        bytes: bytes(&letter.raw),
        digest: letter.raw_hash,
        place: delivery.as_ref().and_then(|delivery| delivery.place.clone()).unwrap_or_default(),
        error: delivery.and_then(|delivery| delivery.last_error).unwrap_or_default(),
        send: desk.may_for_fund(Permission::SendReports).then(again),
        sent: upkeep::one(&mut desk.db, desk.app.fund_id(), id)?.map(|row| repeated(desk, &row)),
        repeated: upkeep::on(&mut desk.db, desk.app.fund_id(), resend::RESENT, id)?
            .iter()
            .map(|row| repeated(desk, row))
            .collect(),
    })
}

fn again() -> SendForm {
    SendForm { key: guard::random(), ..SendForm::default() }
}

fn repeated(desk: &Desk<'_>, row: &UpkeepStepRow) -> Repeated {
    let told = details(row);
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    Repeated {
        id: row.step_id.clone(),
        repeats: text("repeats"),
        at: beijing(row.recorded_at),
        by: words::actor(desk, &row.person),
        reason: text("reason"),
    }
}

/// The HTML part of a mail.
pub(super) fn body(desk: &mut Desk<'_>, id: &str) -> Result<String, PageError> {
    let (_, report) = stored(desk, id)?;
    report.map(|report| report.html).ok_or(PageError::NotFound)
}

/// The stored bytes of a mail.
pub(super) fn raw(desk: &mut Desk<'_>, id: &str) -> Result<Vec<u8>, PageError> {
    Ok(stored(desk, id)?.0.raw)
}

/// The sender's address as the stored message names it; empty where it names none.
fn sender(raw: &[u8]) -> String {
    let message = String::from_utf8_lossy(raw);
    let head = message.split("\r\n\r\n").next().unwrap_or_default();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let from = unfolded.lines().find_map(|line| line.strip_prefix("From:")).unwrap_or_default();
    match from.rsplit_once('<') {
        Some((_, address)) => address.trim_end().trim_end_matches('>').to_owned(),
        None => from.trim().to_owned(),
    }
}
