//! The monthly summaries: built from the books as known now, frozen, and put into the mail in the same
//! transaction.
//!
//! **Invariant:** a period has one first issue a summary; a correction of an earlier period is a numbered new
//! version that travels with the next summary.

use super::UseCaseError;
use super::audit::head::{DailyHead, of_day};
use super::period_facts::{self, Issue};
use crate::app::App;
use crate::domain::calendar::{Month, beijing_date};
use crate::hash::sha256_hex;
use crate::i18n::Lang;
use crate::jobs::runner::{Occurrence, Tally};
use crate::mail::compose::{Attachment, Letter, compose};
use crate::reports::dataset::Dataset;
use crate::reports::facts::PeriodFacts;
use crate::reports::mail::Picture;
use crate::reports::month_figures::month_figures;
use crate::reports::{ReportError, mail as summary_mail, market_supervision, pictures, regulator, xlsx};
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::mail;
use crate::storage::rows::mail::{OutboxMailRow, ReportRow};
use crate::storage::{Scope, Tx};

/// Which summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// For the banking regulator's branch.
    Regulator,
    /// For the market supervision bureau.
    MarketSupervision,
}

impl ReportKind {
    /// Name of the report and of its job.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ReportKind::Regulator => regulator::NAME,
            ReportKind::MarketSupervision => market_supervision::NAME,
        }
    }

    fn dataset(self, facts: &PeriodFacts) -> Result<Dataset, ReportError> {
        match self {
            ReportKind::Regulator => regulator::build(facts, Lang::Zh),
            ReportKind::MarketSupervision => market_supervision::build(facts, Lang::Zh),
        }
    }
}

/// Makes and queues the summary of the month before the business date.
///
/// # Errors
/// `Report`, `Mail`; storage.
pub fn summarise(occurrence: &Occurrence<'_>, kind: ReportKind) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let period = occurrence.period();
    let mut tally = Tally::default();
    let scope = Scope::fund(app.fund_id()).and(Scope::system());
    let (reports, mails) = app.store.write(&scope, &occurrence.act(), |tx| issue(app, tx, kind, period))?;
    tally.add("reports", reports);
    tally.add("mails", mails);
    Ok(tally)
}

/// Issues a period once, with corrections of earlier periods. Gives (reports, mails) written.
fn issue(app: &App, tx: &mut Tx<'_>, kind: ReportKind, period: Month) -> Result<(usize, usize), UseCaseError> {
    let issued = mail::reports_named(tx, app.fund_id(), kind.name())?;
    if issued.iter().any(|report| report.period == period.to_string()) {
        return Ok((0, 0));
    }
    let corrected = corrections(app, tx, kind, &issued)?;
    let restatements = corrected.iter().flat_map(|made| made.facts.restatements.clone()).collect();
    let (on, cut_off) = (tx.on(), tx.now());
    let facts = period_facts::load(app, tx, Issue { period, version: 1, restatements, on, cut_off })?;
    let names: Vec<String> = corrected.iter().map(|made| made.attachment.name.clone()).collect();
    let today = beijing_date(tx.now());
    let head = of_day(tx, today.pred_opt().unwrap_or(today))?;
    let first = made(app, kind, facts, None, Bound { corrected: &names, head: Some(&head) })?;
    let mut mails = Vec::new();
    for recipient in app.config.mail.recipients.iter().filter(|to| to.report == kind.name()) {
        mails.push(letter_row(app, tx, &first, &corrected, &recipient.address, &recipient.name)?);
    }
    let written = (1 + corrected.len(), mails.len());
    let ids: Vec<String> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    let mut reports: Vec<ReportRow> = corrected.into_iter().map(|made| made.row).collect();
    reports.push(first.row);
    let chain = Chain::Fund { fund_id: app.fund_id().to_owned() };
    let subject = format!("{}:{period}", kind.name());
    tx.record(Change::new(chain, "report.issued", subject).with_all(reports).with_all(mails))?;
    for id in ids {
        mail::queue(tx, &id)?;
    }
    Ok(written)
}

/// What goes along with a report.
#[derive(Debug, Clone, Copy)]
struct Bound<'a> {
    /// Workbooks of earlier periods.
    corrected: &'a [String],
    /// Head of the audit chain of the day before, for the reader to keep.
    head: Option<&'a DailyHead>,
}

/// A report made, with what it was made from.
struct Made {
    facts: PeriodFacts,
    row: ReportRow,
    attachment: Attachment,
}

/// New versions of earlier periods whose bank reports have changed since they were issued.
fn corrections(app: &App, tx: &mut Tx<'_>, kind: ReportKind, issued: &[ReportRow]) -> Result<Vec<Made>, UseCaseError> {
    let mut corrected = Vec::new();
    for report in last_versions(issued) {
        let period = Month::parse(&report.period)
            .map_err(|e| UseCaseError::Report { name: report.report_id.clone(), reason: e.to_string() })?;
        let old: Vec<String> = serde_json::from_str(&report.sources).unwrap_or_default();
        let now = period_facts::sources(tx, app.fund_id(), period)?;
        if old == now {
            continue;
        }
        let restatements = period_facts::restatements(tx, app.fund_id(), period, &old, &now)?;
        let version = u32::try_from(report.version).unwrap_or(0).saturating_add(1);
        let (on, cut_off) = (tx.on(), tx.now());
        let facts = period_facts::load(app, tx, Issue { period, version, restatements, on, cut_off })?;
        corrected.push(made(app, kind, facts, Some(report.report_id.clone()), Bound { corrected: &[], head: None })?);
    }
    Ok(corrected)
}

fn last_versions(issued: &[ReportRow]) -> Vec<&ReportRow> {
    issued
        .iter()
        .filter(|report| !issued.iter().any(|other| other.period == report.period && other.version > report.version))
        .collect()
}

fn made(
    app: &App,
    kind: ReportKind,
    facts: PeriodFacts,
    supersedes: Option<String>,
    bound: Bound<'_>,
) -> Result<Made, UseCaseError> {
    let name = format!("{} {}", kind.name(), facts.period);
    let wrong = |e: ReportError| UseCaseError::Report { name: name.clone(), reason: e.to_string() };
    let dataset = kind.dataset(&facts).map_err(wrong)?;
    let figures = month_figures(&facts).map_err(wrong)?;
    let workbook = xlsx::workbook(&dataset, &figures, facts.cut_off).map_err(wrong)?;
    let head = bound.head.map(|head| (head.day.to_string(), head.to_string()));
    let audit = head.as_ref().map(|(day, head)| (day.as_str(), head.as_str()));
    let drawn = pictures::drawings(&dataset).into_iter();
    let drawn = drawn.filter_map(|drawing| app.raster.png(&drawing.svg).map(|png| Picture { drawing, png }));
    let drawn: Vec<Picture> = drawn.collect();
    let letter =
        summary_mail::compose(&app.renderer, &facts, &dataset, None, bound.corrected, audit, &drawn).map_err(wrong)?;
    let (business_date, recorded_at, event_id) = unstamped();
    let sources = serde_json::to_string(&facts.sources).unwrap_or_default();
    let row = ReportRow {
        fund_id: app.fund_id().to_owned(),
        report_id: format!("{}:{}:{}:v{}", app.fund_id(), kind.name(), facts.period, facts.version),
        name: kind.name().to_owned(),
        period: facts.period.to_string(),
        version: i64::from(facts.version),
        dataset: dataset.to_json().to_string(),
        dataset_hash: dataset.hash(),
        sources,
        subject: letter.subject,
        html: letter.html,
        body: letter.text,
        xlsx_name: letter.attachment.name.clone(),
        xlsx: workbook.clone(),
        supersedes,
        business_date,
        recorded_at,
        event_id,
    };
    let attachment = Attachment { name: letter.attachment.name, ascii: letter.attachment.ascii, bytes: workbook };
    Ok(Made { facts, row, attachment })
}

fn letter_row(
    app: &App,
    tx: &mut Tx<'_>,
    first: &Made,
    corrected: &[Made],
    address: &str,
    name: &str,
) -> Result<OutboxMailRow, UseCaseError> {
    let report = &first.row;
    let attachments = std::iter::once(first).chain(corrected).map(|made| made.attachment.clone()).collect();
    let letter = Letter {
        content_key: format!("{}_{}_v{}_{address}", report.name, report.period, report.version),
        fund_id: app.fund_id().to_owned(),
        from: (app.config.mail.from.clone(), app.config.mail.from_name.clone()),
        to: (address.to_owned(), name.to_owned()),
        subject: report.subject.clone(),
        text: report.body.clone(),
        html: report.html.clone(),
        attachments,
        composed_at: tx.now(),
    };
    let composed = compose(&letter).map_err(|reason| UseCaseError::Mail { recipient: address.to_owned(), reason })?;
    let (business_date, recorded_at, event_id) = unstamped();
    Ok(OutboxMailRow {
        fund_id: app.fund_id().to_owned(),
        message_id: composed.message_id,
        content_key: letter.content_key,
        report_id: Some(report.report_id.clone()),
        recipient: address.to_owned(),
        recipient_name: name.to_owned(),
        subject: letter.subject,
        raw_hash: sha256_hex(&composed.raw),
        raw: composed.raw,
        business_date,
        recorded_at,
        event_id,
    })
}
