//! The mail that carries a summary: subject, HTML and text body, names of the attachments.
//!
//! **Invariant:** the body says the conclusion first and names no borrower.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::cell::Cell;
use super::dataset::{Dataset, RowKind, Table, Topic};
use super::facts::PeriodFacts;
use super::pictures::Drawing;
use super::scope::{missing_names, nil_names};
use super::words::{self, say};
use super::{ReportError, regulator};
use crate::i18n::Lang;
use crate::render::Renderer;

/// A rendered summary mail, without addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryMail {
    /// Subject line.
    pub subject: String,
    /// HTML body.
    pub html: String,
    /// Text body.
    pub text: String,
    /// The workbook's name.
    pub attachment: AttachmentName,
}

/// Name of an attachment in Chinese and in ASCII for mail programs that know nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentName {
    /// As the reader sees it.
    pub name: String,
    /// ASCII only.
    pub ascii: String,
}

#[derive(Serialize)]
struct View {
    subject: String,
    title: String,
    receiver: String,
    lead: String,
    reporter: String,
    head: Vec<Labelled>,
    conclusion: Vec<String>,
    pictures: Vec<PictureView>,
    totals: Vec<TotalRow>,
    missing: String,
    any_missing: bool,
    nil: String,
    corrections: Vec<String>,
    explain: Vec<String>,
    attachments: Vec<AttachmentName>,
    corrected: Vec<String>,
    audit: Option<String>,
    link: Option<String>,
    basis: Vec<String>,
    proposal: Option<String>,
    hash: String,
}

/// A picture that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it shows, in figures.
    pub drawing: Drawing,
    /// PNG.
    pub png: Vec<u8>,
}

#[derive(Serialize)]
struct PictureView {
    told: String,
    png: String,
}

#[derive(Serialize)]
struct Labelled {
    label: String,
    value: String,
}

#[derive(Serialize)]
struct TotalRow {
    table: String,
    row: String,
    figures: Vec<Figure>,
    not_collected: Option<String>,
}

#[derive(Serialize)]
struct Figure {
    code: String,
    name: String,
    unit: String,
    value: String,
}

/// The workbook's name, such as `知识产权质押贷款监管月报_2025-10_v1.xlsx`.
#[must_use]
pub fn attachment_name(dataset: &Dataset) -> AttachmentName {
    let title = say(dataset.lang, &format!("summary.{}", dataset.name), &[]);
    let (period, version) = (dataset.period, dataset.version.max(1));
    AttachmentName {
        name: format!("{title}_{period}_v{version}.xlsx"),
        ascii: format!("{}_{period}_v{version}.xlsx", dataset.name),
    }
}

/// Renders the mail of a summary. `link` is the page where the tables can be read, if there is one; `corrected`
/// names the workbooks of earlier periods that travel along; `audit` is the head of the audit chain that the reader
/// is asked to keep; `pictures` stand under the conclusion.
///
/// # Errors
/// `Template`.
pub fn compose(
    renderer: &Renderer,
    facts: &PeriodFacts,
    dataset: &Dataset,
    link: Option<&str>,
    corrected: &[String],
    audit: Option<(&str, &str)>,
    pictures: &[Picture],
) -> Result<SummaryMail, ReportError> {
    let audit =
        audit.map(|(day, head)| crate::i18n::text(dataset.lang, "audit.mail_head", &[("day", day), ("head", head)]));
    let pictures = pictures.iter().map(shown).collect();
    let view = View { corrected: corrected.to_vec(), audit, pictures, ..view(facts, dataset, link) };
    let body = |extension: &str| renderer.render(&format!("mail/{}.{extension}", dataset.name), dataset.lang, &view);
    Ok(SummaryMail {
        html: body("html")?,
        text: body("txt")?,
        subject: view.subject.clone(),
        attachment: attachment_name(dataset),
    })
}

/// The picture within the page: it is kept with its report, and a mail takes it out as a part of its own.
fn shown(picture: &Picture) -> PictureView {
    PictureView { told: picture.drawing.told.clone(), png: STANDARD.encode(&picture.png) }
}

/// Subject line: what, which month, which issue, and who is missing.
#[must_use]
pub fn subject(facts: &PeriodFacts, dataset: &Dataset) -> String {
    let lang = dataset.lang;
    let missing = missing_names(facts, lang).len();
    let key = if missing == 0 { "mail.subject" } else { "mail.subject_missing" };
    let places = [
        ("title", &*say(lang, &format!("summary.{}", dataset.name), &[])),
        ("month", &*words::month(lang, facts.period)),
        ("version", &*regulator::version(facts.version, lang)),
        ("missing", &*missing.to_string()),
    ];
    say(lang, key, &places)
}

fn view(facts: &PeriodFacts, dataset: &Dataset, link: Option<&str>) -> View {
    let lang = dataset.lang;
    let missing = missing_names(facts, lang);
    let receiver = if dataset.name == regulator::NAME { &facts.offices.regulator } else { &facts.offices.bureau };
    let of = |topic: Topic| -> Vec<String> {
        dataset.notes.iter().filter(|note| note.topic == topic).map(|note| note.text.clone()).collect()
    };
    let mut basis = of(Topic::Basis);
    basis.extend(of(Topic::Rounding));
    View {
        subject: subject(facts, dataset),
        title: say(lang, &format!("summary.{}", dataset.name), &[]),
        receiver: words::office(lang, receiver),
        lead: lead(facts, dataset),
        reporter: words::office(lang, &facts.offices.reporter),
        head: dataset
            .head
            .iter()
            .map(|(label, value)| Labelled { label: label.clone(), value: value.clone() })
            .collect(),
        conclusion: dataset.summary.clone(),
        pictures: Vec::new(),
        totals: dataset.tables.iter().filter(|table| is_leading(table)).filter_map(|t| total_row(t, lang)).collect(),
        any_missing: !missing.is_empty(),
        missing: words::list(lang, &missing),
        nil: words::list(lang, &nil_names(facts, lang)),
        corrections: of(Topic::Correction),
        explain: of(Topic::Explain),
        attachments: vec![attachment_name(dataset)],
        corrected: Vec::new(),
        audit: None,
        link: link.map(str::to_owned),
        basis,
        proposal: of(Topic::Proposal).into_iter().next(),
        hash: dataset.hash(),
    }
}

/// Month, issue and data as of, in one line over the conclusion.
fn lead(facts: &PeriodFacts, dataset: &Dataset) -> String {
    let lang = dataset.lang;
    let as_of = regulator::as_of(facts, lang);
    let places = [
        ("month", words::month(lang, facts.period)),
        ("version", regulator::version(facts.version, lang)),
        ("as_of", as_of),
    ];
    let borrowed: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
    say(lang, "mail.lead", &borrowed)
}

/// The tables whose total row stands in the body: loans by bank; pledges, and loans by county.
fn is_leading(table: &Table) -> bool {
    matches!(table.code, "1-1" | "2-1" | "2-2")
}

fn total_row(table: &Table, lang: Lang) -> Option<TotalRow> {
    let total = table.rows.iter().find(|row| row.kind == RowKind::Total)?;
    let mut figures = Vec::new();
    let mut unknown = Vec::new();
    for (column, cell) in table.columns.iter().zip(&total.cells) {
        match cell {
            Cell::NotApplicable | Cell::Text(_) => {}
            Cell::NotCollected => unknown.push(column.name.clone()),
            cell => figures.push(Figure {
                code: column.code.to_owned(),
                name: column.name.clone(),
                unit: column.unit.name(lang),
                value: cell.shown(lang, column.unit),
            }),
        }
    }
    Some(TotalRow {
        table: table.title.clone(),
        row: total.label.clone(),
        figures,
        not_collected: (!unknown.is_empty()).then(|| words::list(lang, &unknown)),
    })
}
