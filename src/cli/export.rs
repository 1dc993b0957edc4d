//! `pledgefund export`.
//!
//! **Invariant:** a file holds every row of the list or does not come about.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::answer::{Exit, Failure, print_json, print_lines};
use super::known::KnownArgs;
use super::{Context, files};
use crate::app::Opening;
use crate::domain::calendar::Month;
use crate::domain::names::PartnerCode;
use crate::export::table::Format;
use crate::i18n;
use crate::storage::find::Reach;
use crate::usecase::as_known::AsKnown;
use crate::usecase::exports::{List, ListCall, ListFilter, export_list};

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// List.
    #[arg(value_parser = list_of)]
    list: List,
    /// Form; default: the ending of the file.
    #[arg(long)]
    format: Option<FormatWord>,
    /// Rows of one bank only; what can be imported again is of one bank.
    #[arg(long)]
    bank: Option<String>,
    /// Month of a report, as 2026-11.
    #[arg(long, value_parser = month_of)]
    month: Option<Month>,
    /// Part of a contract, a name, a job or a recipient.
    #[arg(long, default_value = "")]
    search: String,
    /// Standing of a loan or state of a claim.
    #[arg(long, default_value = "")]
    state: String,
    /// File to write.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    books: KnownArgs,
}

/// A form on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatWord {
    /// Comma-separated text.
    Csv,
    /// Workbook.
    Xlsx,
    /// JSON.
    Json,
}

fn list_of(word: &str) -> Result<List, String> {
    List::from_code(word).ok_or_else(|| List::ALL.map(List::code).join(", "))
}

/// A month on the command line.
///
/// # Errors
/// What is no month.
pub fn month_of(text: &str) -> Result<Month, String> {
    Month::parse(text).map_err(|error| error.to_string())
}

/// Runs `export`.
///
/// # Errors
/// Storage; a file that cannot be written; a list that is of no bank.
pub fn run(context: &Context, args: &ExportArgs) -> Result<Exit, Failure> {
    let now = context.open(Opening::AsItIs)?;
    let then = args.books.books(&now)?;
    if then.is_some() && !args.list.is_of_facts() {
        return Err(Failure::refused("KNOWN_LIST", "known.KNOWN_LIST", &[("names", args.list.code())]));
    }
    let app = then.as_ref().map_or(&now, AsKnown::app);
    let shown = args.out.to_string_lossy().into_owned();
    let format = format_of(args.format, &args.out)
        .ok_or_else(|| Failure::refused("FORMAT_UNKNOWN", "cli.format_unknown", &[("file", &shown)]))?;
    let reach = match args.bank.as_deref().map(PartnerCode::new) {
        Some(bank) => Reach::of_bank(app.fund_id(), bank.as_str()),
        None => Reach::of_fund(app.fund_id()),
    };
    let filter = ListFilter {
        search: args.search.clone(),
        state: args.state.clone(),
        month: args.month,
        ..ListFilter::default()
    };
    let call = ListCall { list: args.list, filter: &filter, format, lang: context.lang, stamped: true };
    let mut db = app.store.read()?;
    let rows = files::write_whole(&args.out, |out| Ok(export_list(app, &mut db, &reach, &call, out)?))?;
    if context.json {
        print_json(&json!({ "list": args.list.code(), "format": format.code(), "file": shown, "rows": rows }));
    } else {
        let places = [("rows", &*rows.to_string()), ("file", &*shown)];
        print_lines([i18n::text(context.lang, "cli.exported", &places)]);
    }
    Ok(Exit::Done)
}

fn format_of(word: Option<FormatWord>, path: &Path) -> Option<Format> {
    match word {
        Some(FormatWord::Csv) => Some(Format::Csv),
        Some(FormatWord::Xlsx) => Some(Format::Xlsx),
        Some(FormatWord::Json) => Some(Format::Json),
        None => Format::from_code(&path.extension()?.to_string_lossy().to_ascii_lowercase()),
    }
}
