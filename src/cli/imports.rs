//! `pledgefund import`.
//!
//! **Invariant:** exit 1 when rows were refused, 2 when a file was; in the latter case nothing is saved.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use super::Context;
use super::answer::{self, Exit, Failure, print_json, print_lines};
use super::files;
use crate::app::Opening;
use crate::domain::names::PartnerCode;
use crate::export::marked::{self, MarkedFindings};
use crate::i18n::{self, Lang};
use crate::import::field::FileKind;
use crate::import::finding::Finding;
use crate::usecase::UseCaseError;
use crate::usecase::import::{Cancelled, FileOutcome, ImportCall, Incoming, Watch, import};
use crate::usecase::intake::{Intake, Request};

/// What kind of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindWord {
    /// Partner institutions.
    Partners,
    /// Loans to be registered.
    Registrations,
    /// Month-end reports.
    Servicing,
    /// Claims.
    Claims,
    /// Movements of the fund's money.
    Fund,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What the files hold.
    kind: KindWord,
    /// Files, read in this order and judged together.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Bank of the files.
    #[arg(long)]
    bank: Option<String>,
    /// Mapping to use.
    #[arg(long)]
    mapping: Option<String>,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
    /// Rows of claims and fund files dated later have not arrived yet.
    #[arg(long)]
    until: Option<NaiveDate>,
    /// Show what would happen, save nothing.
    #[arg(long)]
    dry_run: bool,
    /// A month's report replaces only the contracts it holds.
    #[arg(long)]
    partial: bool,
    /// Save nothing at all when a record is refused.
    #[arg(long)]
    all_or_nothing: bool,
    /// Write the marked workbook of each file with refused or warned records into this folder.
    #[arg(long)]
    errors_to: Option<PathBuf>,
}

/// Shows rows on the bar of a terminal.
struct OnBar(ProgressBar);

impl Watch for OnBar {
    fn rows(&self, rows: u64) -> Result<(), Cancelled> {
        self.0.set_position(rows);
        Ok(())
    }
}

/// Runs `import`.
///
/// # Errors
/// Refused files; storage.
pub fn run(context: &Context, args: &ImportArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::Migrate)?;
    let request = Request {
        kind: kind_of(args.kind),
        bank: args.bank.as_deref().map(PartnerCode::new),
        mapping: args.mapping.clone(),
    };
    let intake = Intake::open(&app).map_err(|error| Failure::of_intake("", error))?;
    let bar = progress_bar(context, args.files.len());
    let watch = OnBar(bar.clone());
    let mut incoming: Vec<Incoming> = Vec::new();
    for path in &args.files {
        bar.set_message(path.to_string_lossy().into_owned());
        incoming.push(files::read(path, &intake, &request, &watch)?);
    }
    bar.set_message(i18n::text(context.lang, "cli.saving", &[]));
    let call = ImportCall {
        actor: "cli".to_owned(),
        on: args.on.unwrap_or_else(|| app.store.clock().today()),
        dry_run: args.dry_run,
        partial: args.partial,
        whole: args.all_or_nothing,
        until: args.until,
    };
    let (outcomes, saved) = match import(&app, &call, &incoming, &watch) {
        Ok(outcomes) => (outcomes, true),
        Err(UseCaseError::RowsRefused { outcomes }) => (outcomes, false),
        Err(error) => return Err(error.into()),
    };
    bar.finish_and_clear();
    if let Some(folder) = &args.errors_to {
        write_marked(context, folder, &intake, &request, &outcomes, &args.files)?;
    }
    if context.json {
        print_json(&json!({ "files": outcomes.iter().map(outcome_json).collect::<Vec<_>>() }));
    } else {
        print_lines(outcomes.iter().flat_map(|outcome| outcome_lines(outcome, context.lang, args.dry_run)));
    }
    if !saved {
        answer::print_failure(&UseCaseError::RowsRefused { outcomes }.into(), context.lang);
        return Ok(Exit::Refused);
    }
    let clean = outcomes.iter().all(|outcome| outcome.rejected.is_empty());
    Ok(if clean { Exit::Done } else { Exit::Attention })
}

/// The kind that a word stands for.
#[must_use]
pub const fn kind_of(word: KindWord) -> FileKind {
    match word {
        KindWord::Partners => FileKind::Partners,
        KindWord::Registrations => FileKind::Registrations,
        KindWord::Servicing => FileKind::Servicing,
        KindWord::Claims => FileKind::Claims,
        KindWord::Fund => FileKind::Fund,
    }
}

fn progress_bar(context: &Context, files: usize) -> ProgressBar {
    if context.json || files == 0 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {pos} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new_spinner().with_style(style)
}

/// One file as `import --json` prints it.
#[must_use]
pub fn outcome_json(outcome: &FileOutcome) -> Value {
    let mut object = Map::new();
    object.insert("file".to_owned(), json!(outcome.file));
    object.insert("kind".to_owned(), json!(outcome.kind.answer_word()));
    if outcome.kind.is_of_one_bank() {
        object.insert("bank".to_owned(), json!(outcome.bank));
    }
    if outcome.kind == FileKind::Registrations {
        object.insert("sheet".to_owned(), json!(outcome.sheet));
    }
    if outcome.kind == FileKind::Servicing {
        object.insert("month".to_owned(), json!(outcome.month));
        object.insert("version".to_owned(), json!(outcome.version));
        object.insert("superseded".to_owned(), json!(outcome.superseded));
    }
    object.insert("records_total".to_owned(), json!(outcome.records_total));
    object.insert("records_accepted".to_owned(), json!(outcome.records_accepted));
    object.insert("records_unchanged".to_owned(), json!(outcome.records_unchanged));
    let findings = |list: &[Finding]| Value::Array(list.iter().map(|f| finding_json(outcome, f)).collect());
    object.insert("rejected".to_owned(), findings(&outcome.rejected));
    object.insert("warnings".to_owned(), findings(&outcome.warnings));
    if let Some(rows) = outcome.rights_rows {
        object.insert("sheet_rows_with_rights".to_owned(), json!(rows));
    }
    Value::Object(object)
}

fn finding_json(outcome: &FileOutcome, finding: &Finding) -> Value {
    json!({
        "file": outcome.file,
        "sheet": outcome.sheet,
        "row": finding.row,
        "column": finding.column,
        "code": finding.code.code(),
        "contract": finding.contract,
        "reason_zh": finding.verdict(Lang::Zh),
        "reason_en": finding.verdict(Lang::En),
    })
}

/// One file as text: counts, then a line a finding.
#[must_use]
pub fn outcome_lines(outcome: &FileOutcome, lang: Lang, dry_run: bool) -> Vec<String> {
    let key = if dry_run { "cli.file_dry" } else { "cli.file" };
    let numbers = [
        ("file", outcome.file.clone()),
        ("total", outcome.records_total.to_string()),
        ("accepted", outcome.records_accepted.to_string()),
        ("unchanged", outcome.records_unchanged.to_string()),
        ("rejected", outcome.rejected.len().to_string()),
        ("warnings", outcome.warnings.len().to_string()),
    ];
    let places: Vec<(&str, &str)> = numbers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut lines = vec![i18n::text(lang, key, &places)];
    let lists = [("cli.rejected", &outcome.rejected), ("cli.warning", &outcome.warnings), ("cli.note", &outcome.notes)];
    for (severity, list) in lists {
        for finding in list {
            let row = finding.row.to_string();
            let reason = finding.reason(lang);
            let places =
                [("row", &*row), ("column", &*finding.column), ("code", finding.code.code()), ("reason", &*reason)];
            lines.push(i18n::text(lang, severity, &places));
        }
    }
    lines
}

/// Writes the marked workbook of each file with refused or warned records into a folder.
fn write_marked(
    context: &Context,
    folder: &Path,
    intake: &Intake,
    request: &Request,
    outcomes: &[FileOutcome],
    paths: &[PathBuf],
) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        let places = [("file", &*folder.to_string_lossy().into_owned()), ("detail", &*error.to_string())];
        Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places)
    })?;
    for path in paths {
        let shown = path.to_string_lossy();
        let of_file = outcomes.iter().find(|outcome| outcome.file == shown);
        let Some(outcome) = of_file.filter(|one| !one.rejected.is_empty() || !one.warnings.is_empty()) else {
            continue;
        };
        let bytes = std::fs::read(path).map_err(|error| files::unreadable(&shown, &error))?;
        let findings =
            MarkedFindings { rejected: &outcome.rejected, warnings: &outcome.warnings, notes: &outcome.notes };
        files::write_whole(&folder.join(marked::file_name(&shown)), |out| {
            let request = intake.read_request(request);
            marked::write(&shown, &bytes, &request, &intake.mappings, &findings, context.lang, out)
                .map_err(|error| UseCaseError::from(error).into())
        })?;
    }
    Ok(())
}
