//! `pledgefund template`.
//!
//! **Invariant:** a blank template needs no database.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::answer::{Exit, Failure, print_json, print_lines};
use super::imports::{KindWord, kind_of};
use super::{Context, export, files};
use crate::app::Opening;
use crate::domain::calendar::Month;
use crate::domain::names::PartnerCode;
use crate::export::template::{self, ExpectedLoan, Prefill};
use crate::i18n;
use crate::import::field::FileKind;
use crate::storage::find::Reach;
use crate::usecase::UseCaseError;
use crate::usecase::exports::outstanding;

/// Arguments of `template`.
#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// What the file will hold.
    kind: KindWord,
    /// Fill in the loans that this bank has to report.
    #[arg(long)]
    bank: Option<String>,
    /// Month to report, as 2026-11; default: the one after the last reported.
    #[arg(long, value_parser = export::month_of)]
    month: Option<Month>,
    /// File to write.
    #[arg(long)]
    out: PathBuf,
}

/// Runs `template`.
///
/// # Errors
/// Storage; a file that cannot be written; a month without a bank.
pub fn run(context: &Context, args: &TemplateArgs) -> Result<Exit, Failure> {
    let kind = kind_of(args.kind);
    let shown = args.out.to_string_lossy().into_owned();
    let filled = expectation(context, kind, args)?;
    let prefill = filled.as_ref().map(|(month, loans)| Prefill { reported_on: month.last_day(), loans });
    files::write_whole(&args.out, |out| {
        template::write(kind, prefill.as_ref(), context.lang, out).map_err(|error| UseCaseError::from(error).into())
    })?;
    let month = filled.as_ref().map(|(month, _)| month.to_string());
    let rows = filled.as_ref().map_or(0, |(_, loans)| loans.len());
    if context.json {
        print_json(&json!({ "kind": kind.code(), "file": shown, "month": month, "rows": rows }));
        return Ok(Exit::Done);
    }
    let rows = rows.to_string();
    let line = match &month {
        Some(month) => {
            let places = [("file", &*shown), ("month", month), ("rows", &*rows)];
            i18n::text(context.lang, "cli.template_prefilled", &places)
        }
        None => i18n::text(context.lang, "cli.template_written", &[("file", &shown)]),
    };
    print_lines([line]);
    Ok(Exit::Done)
}

/// The loans that the bank named has to report, with the month.
fn expectation(
    context: &Context,
    kind: FileKind,
    args: &TemplateArgs,
) -> Result<Option<(Month, Vec<ExpectedLoan>)>, Failure> {
    if kind != FileKind::Servicing {
        return match args.month {
            Some(_) => Err(Failure::refused("PREFILL_UNKNOWN", "cli.prefill_servicing_only", &[])),
            None => Ok(None),
        };
    }
    let Some(bank) = args.bank.as_deref().map(PartnerCode::new) else {
        return match args.month {
            Some(_) => Err(Failure::refused("BANK_NEEDED", "cli.bank_needed_for_month", &[])),
            None => Ok(None),
        };
    };
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let month = match args.month {
        Some(month) => month,
        None => outstanding::next_month(&mut db, app.fund_id(), bank.as_str(), app.first_period())?,
    };
    let reach = Reach::of_bank(app.fund_id(), bank.as_str());
    let loans = outstanding::expected_loans(&mut db, &reach, month)?;
    Ok(Some((month, loans)))
}
