//! Reports, mails, jobs, the audit chain and the proof of the books.
//!
//! **Invariant:** of a mail its state is told and never its words.

use serde_json::{Value, json};

use super::{Desk, json as tell, missing};
use crate::app::App;
use crate::http::api::problem::Problem;
use crate::http::api::{Asked, Given};
use crate::http::pages::Download;
use crate::storage::find::{events, jobs, mail};
use crate::storage::rows::jobs::JobRunRow;
use crate::usecase::verify;
use crate::views::api::shape::Fault;

/// Media types of a report.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PAGE: &str = "text/html; charset=utf-8";

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let fund_id = desk.app.fund_id();
    match desk.asked.operation {
        "reports.list" => reports(desk),
        "reports.workbook" | "reports.html" => report(desk),
        "mails.list" => mails(desk),
        "jobs.list" => {
            let last = jobs::last_done(&mut desk.db)?;
            let names: Vec<&str> = desk.app.jobs.iter().map(|job| job.name.as_str()).collect();
            Ok(desk.cut(names, |name| {
                let done = last.iter().find(|(known, _)| known == name).and_then(|(_, at)| *at);
                json!({ "name": name, "last_done_at": done.map(tell::moment) })
            }))
        }
        "runs.list" => runs(desk),
        "events.list" => events_list(desk),
        _ => Ok(Given::One(verify::proof_json(&verify::verify(&mut desk.db, fund_id)?))),
    }
}

/// Runs a job for a business day, as `pledgefund job run` does.
pub(super) fn run(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let name = asked.place("id");
    if !app.jobs.iter().any(|job| job.name == name) {
        return Err(missing());
    }
    let on = asked.field("on").parse().unwrap_or_else(|_no_day| app.store.clock().today());
    if on > app.store.clock().today() {
        let fault = Fault { pointer: "/on".to_owned(), code: "FIELD_OUT_OF_RANGE" };
        return Err(Problem::with(422, "BODY_INVALID", vec![fault]));
    }
    let row = app.run_job_on(name, on).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Given::One(told_run(&row)))
}

fn reports(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let mut rows = mail::reports_named(&mut desk.db, desk.app.fund_id(), desk.asked.parameter("name"))?;
    rows.retain(|row| desk.asked.asker.reads_report(&row.name));
    Ok(desk.cut(rows, |row| {
        json!({
            "id": row.report_id,
            "name": row.name,
            "period": row.period,
            "version": row.version,
            "dataset_hash": row.dataset_hash,
            "file": row.xlsx_name,
            "supersedes": row.supersedes,
            "recorded_at": tell::moment(row.recorded_at),
        })
    }))
}

/// A report as it was sent: the workbook, or the page.
fn report(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let row = mail::report(&mut desk.db, desk.app.fund_id(), desk.asked.place("id"))?;
    let row = row.filter(|row| desk.asked.asker.reads_report(&row.name)).ok_or_else(missing)?;
    let (name, media_type, bytes) = match desk.asked.operation {
        "reports.workbook" => (row.xlsx_name, WORKBOOK, row.xlsx),
        _ => (format!("{}.html", row.xlsx_name.trim_end_matches(".xlsx")), PAGE, row.html.into_bytes()),
    };
    if bytes.is_empty() {
        return Err(missing());
    }
    Ok(Given::Bytes(Download { name, media_type, bytes }))
}

fn mails(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let span = desk.span();
    let rows = mail::page(&mut desk.db, desk.app.fund_id(), desk.asked.parameter("search"), mail::NEWEST, span)?;
    Ok(desk.stretch(rows, |(line, report)| {
        json!({
            "id": line.message_id,
            "report": line.report_id.or(report),
            "recipient": line.recipient,
            "subject": line.subject,
            "state": line.state,
            "attempts": line.attempts,
            "composed_at": tell::moment(line.recorded_at),
            "delivered_at": line.delivered_at.map(tell::moment),
        })
    }))
}

fn runs(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let span = desk.span();
    let rows = jobs::page(&mut desk.db, desk.asked.parameter("search"), span)?;
    Ok(desk.stretch(rows, |row| told_run(&row)))
}

fn told_run(row: &JobRunRow) -> Value {
    json!({
        "job": row.job,
        "due_at": tell::moment(row.due_at),
        "on": row.business_date,
        "state": row.state,
        "attempts": row.attempts,
        "started_at": row.started_at.map(tell::moment),
        "finished_at": row.finished_at.map(tell::moment),
        "error": row.error,
    })
}

/// Events of one chain; of the fund's where none is named.
fn events_list(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let chain = match desk.asked.parameter("chain") {
        "" => format!("fund:{}", desk.fund_id()),
        named => named.to_owned(),
    };
    let (after, limit) = desk.span();
    let rows = events::of_chain(&mut desk.db, &chain, after, limit)?;
    Ok(desk.stretch(rows, |row| tell::event(&row)))
}
