//! A mail sent again, and a report sent that never was.
//!
//! **Invariant:** what goes out again is a row of its own that names the one it repeats, with a delivery of its own; the
//! old row, its bytes and its delivery stay as they are.

use serde_json::{Value, json};

use super::{Step, Word, refused};
use crate::app::App;
use crate::hash::sha256_hex;
use crate::mail::compose::{Attachment, Composed, Letter, again, compose};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{mail, upkeep as find};
use crate::storage::rows::mail::{MailDeliveryRow, OutboxMailRow, ReportRow};
use crate::storage::rows::upkeep::UpkeepStepRow;
use crate::storage::{Scope, Tx};
use crate::usecase::UseCaseError;

/// Kind of a mail that repeats another one: its step is named after the new mail, its subject is the old one.
pub const RESENT: &str = "mail_resent";
/// Kind of a report's first mail to somebody: its step is named after the mail, its subject is the report.
pub const SENT: &str = "report_sent";

/// One mail more, with the step that tells why.
type Made = (OutboxMailRow, UpkeepStepRow);

/// Sends a mail again. Gives the new mail.
///
/// # Errors
/// `Upkeep`: no such mail, no reason, still under way; storage.
pub fn mail_again(app: &App, message_id: &str, word: &Word<'_>) -> Result<String, UseCaseError> {
    let asked = json!(["mail_again", message_id, word.reason.trim(), word.by]);
    let made = carry(app, word, &asked, "mail.resent", message_id, |tx| {
        let found = mail::one(tx, message_id)?.filter(|(letter, _)| letter.fund_id == app.fund_id());
        let (letter, _) = found.ok_or_else(|| refused("UPKEEP_NO_MAIL", vec![message_id.to_owned()]))?;
        let delivery = mail::delivery(tx, message_id)?;
        Ok(vec![repeat(app, tx, &letter, delivery.as_ref(), word)?])
    })?;
    Ok(made.into_iter().next().unwrap_or_default())
}

/// Sends a report to those who are to get it, or to one of them: a mail again to whoever had it, a first one to whoever
/// had not. Gives the new mails.
///
/// # Errors
/// `Upkeep`: no such report or recipient, no reason, still under way; `Mail`; storage.
pub fn report(app: &App, report_id: &str, to: &str, word: &Word<'_>) -> Result<Vec<String>, UseCaseError> {
    let asked = json!(["report", report_id, to, word.reason.trim(), word.by]);
    carry(app, word, &asked, "report.sent", report_id, |tx| {
        let report = mail::report(tx, app.fund_id(), report_id)?
            .ok_or_else(|| refused("UPKEEP_NO_REPORT", vec![report_id.to_owned()]))?;
        let had = mail::of_report(tx, app.fund_id(), report_id)?;
        let mut all = recipients(app, &report, &had);
        all.retain(|(address, _)| to.is_empty() || address == to);
        if all.is_empty() {
            return Err(refused("UPKEEP_NO_RECIPIENT", vec![to.to_owned()]));
        }
        let mut made = Vec::with_capacity(all.len());
        for (address, name) in all {
            let last = had.iter().rfind(|(letter, _)| letter.recipient == address);
            made.push(match last {
                Some((letter, delivery)) => repeat(app, tx, letter, Some(delivery), word)?,
                None => first(app, tx, &report, (&address, &name), word)?,
            });
        }
        Ok(made)
    })
}

/// Who is to get a report: whom the settings name, and whoever got it before; address and name.
#[must_use]
pub fn recipients(app: &App, report: &ReportRow, had: &[(OutboxMailRow, MailDeliveryRow)]) -> Vec<(String, String)> {
    let set = app.config.mail.recipients.iter().filter(|to| to.report == report.name);
    let mut all: Vec<(String, String)> = set.map(|to| (to.address.clone(), to.name.clone())).collect();
    for (letter, _) in had {
        if all.iter().all(|(address, _)| *address != letter.recipient) {
            all.push((letter.recipient.clone(), letter.recipient_name.clone()));
        }
    }
    all
}

/// Makes mails under a key and queues them, in one transaction. Gives their Message-IDs.
fn carry(
    app: &App,
    word: &Word<'_>,
    asked: &Value,
    kind: &'static str,
    subject: &str,
    make: impl Fn(&mut Tx<'_>) -> Result<Vec<Made>, UseCaseError>,
) -> Result<Vec<String>, UseCaseError> {
    word.person()?;
    word.reason()?;
    let fund_id = app.fund_id();
    let scope = Scope::fund(fund_id).and(Scope::system());
    app.store.write(&scope, &word.act(app), |tx| {
        if let Some(answer) = word.answered(tx, fund_id, asked)? {
            return Ok(serde_json::from_value(answer["mails"].clone()).unwrap_or_default());
        }
        let (mails, steps): (Vec<OutboxMailRow>, Vec<UpkeepStepRow>) = make(tx)?.into_iter().unzip();
        let ids: Vec<String> = mails.iter().map(|mail| mail.message_id.clone()).collect();
        let chain = Chain::Fund { fund_id: fund_id.to_owned() };
        let change = Change::new(chain, kind, subject).with_all(mails).with_all(steps);
        tx.record(change.with(word.kept(fund_id, asked, &json!({ "mails": ids }))))?;
        for id in &ids {
            mail::queue(tx, id)?;
        }
        Ok(ids)
    })
}

fn repeat(
    app: &App,
    tx: &mut Tx<'_>,
    old: &OutboxMailRow,
    delivery: Option<&MailDeliveryRow>,
    word: &Word<'_>,
) -> Result<Made, UseCaseError> {
    if delivery.is_none_or(|delivery| delivery.state == "queued") {
        return Err(refused("UPKEEP_UNDER_WAY", vec![old.recipient.clone()]));
    }
    let before = find::on(tx, app.fund_id(), RESENT, &old.message_id)?.len();
    let content_key = format!("{}_r{}", old.content_key, before.saturating_add(1));
    let composed = again(&old.raw, &old.message_id, &content_key, app.fund_id(), tx.now())
        .map_err(|reason| UseCaseError::Mail { recipient: old.recipient.clone(), reason })?;
    let told = json!({ "reason": word.reason()?, "repeats": old.message_id });
    let id = composed.message_id.clone();
    let step = Step { id: &id, kind: RESENT, subject: &old.message_id, by: word.by };
    Ok((row(old.clone(), composed, content_key), step.row(app.fund_id(), &told)))
}

fn first(
    app: &App,
    tx: &mut Tx<'_>,
    report: &ReportRow,
    (address, name): (&str, &str),
    word: &Word<'_>,
) -> Result<Made, UseCaseError> {
    let letter = Letter {
        content_key: format!("{}_{}_v{}_{address}", report.name, report.period, report.version),
        fund_id: app.fund_id().to_owned(),
        from: (app.config.mail.from.clone(), app.config.mail.from_name.clone()),
        to: (address.to_owned(), name.to_owned()),
        subject: report.subject.clone(),
        text: report.body.clone(),
        html: report.html.clone(),
        attachments: vec![Attachment {
            name: report.xlsx_name.clone(),
            ascii: format!("{}_{}_v{}.xlsx", report.name, report.period, report.version),
            bytes: report.xlsx.clone(),
        }],
        composed_at: tx.now(),
    };
    let composed = compose(&letter).map_err(|reason| UseCaseError::Mail { recipient: address.to_owned(), reason })?;
    let (business_date, recorded_at, event_id) = unstamped();
    let blank = OutboxMailRow {
        fund_id: letter.fund_id,
        message_id: String::new(),
        content_key: String::new(),
        report_id: Some(report.report_id.clone()),
        recipient: address.to_owned(),
        recipient_name: name.to_owned(),
        subject: letter.subject,
        raw: Vec::new(),
        raw_hash: String::new(),
        business_date,
        recorded_at,
        event_id,
    };
    let told = json!({ "reason": word.reason()?, "report": report.report_id });
    let id = composed.message_id.clone();
    let step = Step { id: &id, kind: SENT, subject: &report.report_id, by: word.by };
    Ok((row(blank, composed, letter.content_key), step.row(app.fund_id(), &told)))
}

/// The row of a mail that was composed, otherwise like another one.
fn row(like: OutboxMailRow, composed: Composed, content_key: String) -> OutboxMailRow {
    let (business_date, recorded_at, event_id) = unstamped();
    OutboxMailRow {
        message_id: composed.message_id,
        content_key,
        raw_hash: sha256_hex(&composed.raw),
        raw: composed.raw,
        business_date,
        recorded_at,
        event_id,
        ..like
    }
}
