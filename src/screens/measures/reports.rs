//! The reports centre: every report that was made, who got it and when, and the report itself.
//!
//! **Invariant:** a report is shown as it was sent, to who reads it and to nobody else.

use crate::http::error::PageError;
use crate::http::pages::{Download, Named, PageView};
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::words::word as state_word;
use crate::storage::find::mail;
use crate::storage::rows::mail::ReportRow;
use crate::views::beijing;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, PartsView};

/// Reports that are made.
const NAMES: [&str; 2] = ["regulator_summary", "market_supervision_summary"];
/// Most mails looked through for who got a report.
const MAILS: i64 = 500;
/// Media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.reports" }
}

pub(super) fn list(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = words(desk);
    let readable: Vec<&str> = NAMES.into_iter().filter(|name| desk.asker.reads_report(name)).collect();
    let chosen = readable.iter().find(|name| **name == asked.parameter("name")).or(readable.first()).copied();
    let Some(chosen) = chosen else { return Err(PageError::Forbidden) };
    let reports = mail::reports_named(&mut desk.db, desk.app.fund_id(), chosen)?;
    let mails = mail::page(&mut desk.db, desk.app.fund_id(), "", (0, MAILS))?;
    let row = |report: &ReportRow| {
        let sent: Vec<String> = mails
            .iter()
            .filter(|(line, of)| line.report_id.as_ref().or(of.as_ref()) == Some(&report.report_id))
            .map(|(line, _)| {
                let state = state_word(say.lang, "page.mail_state", &line.state);
                format!("{} {state} {}", line.recipient, line.delivered_at.map(beijing).unwrap_or_default())
            })
            .collect();
        vec![
            Cell::link(report.period.clone(), format!("/reports/{}", link::segment(&report.report_id))),
            Cell::Count { count: report.version },
            Cell::text(beijing(report.recorded_at)),
            Cell::text(sent.join("；")),
            Cell::link(say.text("do.workbook"), format!("/reports/{}/workbook", link::segment(&report.report_id))),
        ]
    };
    let rows = reports.iter().rev().map(row).collect();
    let table = say.table("reports", &["period", "*version", "made", "sent", "file"], rows);
    let tab = |name: &&str| crate::views::parts::Tab {
        label: say.word("name", name),
        href: format!("/reports?name={name}"),
        current: *name == chosen,
    };
    let tabs = readable.iter().map(tab).collect();
    show(desk, "reports", &PartsView { tables: vec![table], tabs, ..say.page() })
}

fn report(desk: &mut Desk<'_>, asked: &Named) -> Result<ReportRow, PageError> {
    let row = mail::report(&mut desk.db, desk.app.fund_id(), asked.place("id"))?;
    row.filter(|row| desk.asker.reads_report(&row.name)).ok_or(PageError::NotFound)
}

pub(super) fn one(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = words(desk);
    let row = report(desk, asked)?;
    let at = format!("/reports/{}", link::segment(&row.report_id));
    let lines = vec![
        ("subject", Cell::text(row.subject.clone())),
        ("period", Cell::text(row.period.clone())),
        ("version", Cell::Count { count: row.version }),
        ("made", Cell::text(beijing(row.recorded_at))),
        ("supersedes", Cell::text(row.supersedes.clone().unwrap_or_default())),
        ("hash", Cell::code(row.dataset_hash.clone())),
    ];
    let view = PartsView {
        title: format!("{} {}", say.word("name", &row.name), row.period),
        help: String::new(),
        crumb: Some(Printable { label: say.text("title"), href: format!("/reports?name={}", row.name) }),
        actions: vec![say.action("read", format!("{at}/html")), say.action("workbook", format!("{at}/workbook"))],
        facts: vec![say.facts("report", lines)],
        ..PartsView::default()
    };
    show(desk, "reports", &view)
}

pub(super) fn html(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    Ok(PageView::Bare(report(desk, asked)?.html))
}

pub(super) fn workbook(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let row = report(desk, asked)?;
    if row.xlsx.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(PageView::Download(Box::new(Download { name: row.xlsx_name, media_type: WORKBOOK, bytes: row.xlsx })))
}
