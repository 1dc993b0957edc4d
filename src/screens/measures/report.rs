//! One report: as it was sent, to whom, and what its version changed.
//!
//! **Invariant:** page and workbook are the stored bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::reports::rows;
use super::sending;
use crate::domain::access::Permission;
use crate::http::error::PageError;
use crate::http::pages::{Download, Named, PageView};
use crate::i18n;
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
    let mut changed = before.as_ref().map(|before| changes(desk, &before.dataset, &report.dataset)).unwrap_or_default();
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

/// Where a figure stands: table, row, column.
type Place = (String, String, String);

/// Figures that two datasets tell differently, in the order of their tables.
fn changes(desk: &Desk<'_>, before: &str, after: &str) -> Vec<Changed> {
    let (old, new) = (figures_of(before), figures_of(after));
    let places: BTreeSet<&Place> = old.keys().chain(new.keys()).collect();
    let differ = places.into_iter().filter(|place| old.get(*place) != new.get(*place));
    let told = |figure: Option<&Value>| figure.map(|figure| value_words(desk, figure)).unwrap_or_default();
    differ
        .map(|place| Changed {
            place: place_words(desk, place),
            before: told(old.get(place)),
            after: told(new.get(place)),
        })
        .collect()
}

/// The figures of a stored dataset by place.
fn figures_of(dataset: &str) -> BTreeMap<Place, Value> {
    let dataset: Value = serde_json::from_str(dataset).unwrap_or_default();
    let mut figures = BTreeMap::new();
    for table in dataset["tables"].as_array().into_iter().flatten() {
        let code = table["code"].as_str().unwrap_or_default();
        for (row, cells) in table["rows"].as_object().into_iter().flatten() {
            for (column, figure) in cells.as_object().into_iter().flatten() {
                figures.insert((code.to_owned(), row.clone(), column.clone()), figure.clone());
            }
        }
    }
    figures
}

/// A text of the reports' own words, where there is one.
fn word(desk: &Desk<'_>, key: &str) -> Option<String> {
    let key = format!("report.{key}");
    i18n::texts(desk.lang).contains_key(&*key).then(|| desk.text(&key, &[]).trim().to_owned())
}

fn place_words(desk: &Desk<'_>, (table, row, column): &Place) -> String {
    let table = word(desk, &format!("table.{table}")).unwrap_or_else(|| table.clone());
    let column = word(desk, &format!("column.{column}")).unwrap_or_else(|| column.clone());
    let row = row_words(desk, row);
    desk.text("page.report.figure", &[("table", &table), ("row", &row), ("column", &column)])
}

/// A row by the name of its bank, of its right, or of what it sums; places and trades are named by their keys.
fn row_words(desk: &Desk<'_>, key: &str) -> String {
    if desk.partners.contains_key(key) {
        return desk.name(key);
    }
    if let Some(kind) = key.strip_prefix("subtotal_").and_then(|kind| word(desk, &format!("bank_type.{kind}"))) {
        return desk.text("report.row.subtotal", &[("type", &kind)]);
    }
    let own = match key {
        "total" | "previous" | "elsewhere" => word(desk, &format!("row.{key}")),
        "other" => word(desk, "row.other_industry"),
        "missing" => Some(desk.text("page.report.missing_row", &[])),
        _ => word(desk, &format!("right.{key}")),
    };
    own.unwrap_or_else(|| key.to_owned())
}

fn value_words(desk: &Desk<'_>, figure: &Value) -> String {
    match figure {
        Value::String(text) => text.clone(),
        Value::Object(cell) => {
            let status = cell.get("status").and_then(Value::as_str).unwrap_or_default();
            word(desk, &format!("cell.{status}")).unwrap_or_else(|| "—".to_owned())
        }
        other => other.to_string(),
    }
}
