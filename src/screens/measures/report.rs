//! One report: as it was sent, to whom, and what its version changed.
//!
//! **Invariant:** page and workbook are the stored bytes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::reports::rows;
use super::sending;
use crate::domain::access::Permission;
use crate::http::error::PageError;
use crate::http::pages::{Download, Named, PageView};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::storage::find::mail;
use crate::storage::find::report_list::{self, ReportFilter};
use crate::storage::rows::mail::ReportRow as Stored;
use crate::views::measures::reports::{Changed, ReportView};

/// Versions of one period that are listed.
const VERSIONS: i64 = 50;
/// Changed figures that are shown.
const SHOWN: usize = 200;
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn stored(desk: &mut Desk<'_>, asked: &Named) -> Result<Stored, PageError> {
    let report = mail::report(&mut desk.db, desk.app.fund_id(), asked.place("id"))?;
    report.filter(|report| desk.asker.reads_report(&report.name)).ok_or(PageError::NotFound)
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let view = view(desk, asked)?;
    named::page(desk, "measures_report", "reports", &view)
}

/// One report, with what may be done with it.
pub(super) fn view(desk: &mut Desk<'_>, asked: &Named) -> Result<ReportView, PageError> {
    let report = stored(desk, asked)?;
    let filter = ReportFilter { name: &report.name, period: &report.period };
    let lines = report_list::page(&mut desk.db, desk.app.fund_id(), filter, (0, VERSIONS))?;
    let versions = rows(desk, lines)?;
    let row = versions.iter().find(|row| row.id == report.report_id).cloned().ok_or(PageError::NotFound)?;
    let before = match &report.supersedes {
        Some(id) => mail::report(&mut desk.db, desk.app.fund_id(), id)?,
        None => None,
    };
    let mut changed = before.as_ref().map(|before| changes(&before.dataset, &report.dataset)).unwrap_or_default();
    let more = changed.len().saturating_sub(SHOWN);
    changed.truncate(SHOWN);
    let shows_deliveries = desk.may_for_fund(Permission::ReadMails);
    let along = if shows_deliveries { mail::taken_along(&mut desk.db, &report)? } else { Vec::new() };
    Ok(ReportView {
        is_unsent: shows_deliveries && row.deliveries.is_empty(),
        along,
        send: sending::form(desk, &report)?,
        row,
        versions,
        digest: report.dataset_hash,
        has_html: !report.html.is_empty(),
        has_workbook: !report.xlsx.is_empty(),
        against: before.map_or(0, |before| before.version),
        changed,
        more,
        shows_deliveries,
        opens_mails: desk.may_for_fund(Permission::ReadMailBodies),
    })
}

/// The page of a report, for the frame.
pub(super) fn page(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let report = stored(desk, asked)?;
    if report.html.is_empty() { Err(PageError::NotFound) } else { Ok(PageView::Bare(report.html)) }
}

/// The workbook or the page, to be kept.
pub(super) fn file(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let report = stored(desk, asked)?;
    let (name, media_type, bytes) = match asked.place("kind") {
        "xlsx" => (report.xlsx_name, WORKBOOK, report.xlsx),
        "html" => {
            let name = format!("{}.html", report.xlsx_name.trim_end_matches(".xlsx"));
            (name, "text/html; charset=utf-8", report.html.into_bytes())
        }
        _ => return Err(PageError::NotFound),
    };
    if bytes.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(PageView::Download(Box::new(Download { name, media_type, bytes })))
}

/// Figures that two datasets tell differently, by place.
fn changes(before: &str, after: &str) -> Vec<Changed> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    flatten(String::new(), &serde_json::from_str(before).unwrap_or_default(), &mut old);
    flatten(String::new(), &serde_json::from_str(after).unwrap_or_default(), &mut new);
    let mut places: Vec<&String> = old.keys().chain(new.keys()).collect();
    places.sort();
    places.dedup();
    let differ = places.into_iter().filter(|place| old.get(*place) != new.get(*place));
    differ
        .map(|place| Changed {
            place: place.clone(),
            before: old.get(place).cloned().unwrap_or_default(),
            after: new.get(place).cloned().unwrap_or_default(),
        })
        .collect()
}

fn flatten(place: String, value: &Value, leaves: &mut BTreeMap<String, String>) {
    let below = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, inner)| flatten(below(key), inner, leaves)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(nth, inner)| flatten(below(&(nth + 1).to_string()), inner, leaves));
        }
        Value::Null => {}
        Value::String(text) => {
            leaves.insert(place, text.clone());
        }
        other => {
            leaves.insert(place, other.to_string());
        }
    }
}
