//! `claim sheet`, `verify-payout` and `signing-key`: payout sheets out, payout sheets checked.
//!
//! **Invariant:** `verify-payout` opens no database.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::case_lines::unreadable;
use crate::app::{App, AppError, Opening};
use crate::i18n;
use crate::reports::payout_sheet;
use crate::signing::{KeyError, Signed, SigningKey};
use crate::storage::Db;
use crate::storage::find::{claims, loans};
use crate::usecase::payout_sheet::{Checked, SheetFault, check, of_claim};

/// Which sheet, and how.
#[derive(Debug, Args)]
pub struct SheetArgs {
    /// Claim, by its identifier or the contract number of its loan.
    claim: String,
    /// Form of the sheet.
    #[arg(long, default_value = "json")]
    format: SheetForm,
    /// File to write; default: standard output.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Form of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SheetForm {
    /// Signed, to be checked by a program.
    Json,
    /// To be printed.
    Html,
}

/// Which sheet to check.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// File.
    file: PathBuf,
    /// Public key the fund publishes; without it the key of the sheet is printed for comparison.
    #[arg(long)]
    key: Option<String>,
}

/// Writes the payout sheet of a claim.
///
/// # Errors
/// No such claim; storage; the signing key; the file.
pub fn sheet(context: &Context, args: &SheetArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let claim_id = claim_id(&app, &mut db, &args.claim)?;
    let none = || Failure::refused("CLAIM_UNKNOWN", "cli.sheet_none", &[("claim", &args.claim)]);
    let content = of_claim(&app, &mut db, &claim_id)?.ok_or_else(none)?;
    let signed = Signed::by(content, &key(&app.config.data.dir)?);
    let text = match args.format {
        SheetForm::Json => serde_json::to_string_pretty(&signed).unwrap_or_default(),
        SheetForm::Html => payout_sheet::html(&app.renderer, &signed, context.lang).map_err(AppError::from)?,
    };
    let Some(file) = args.out.as_ref() else {
        print_lines([text]);
        return Ok(Exit::Done);
    };
    let shown = file.to_string_lossy().into_owned();
    std::fs::write(file, text.as_bytes()).map_err(|error| unreadable(&shown, &error))?;
    print_lines([i18n::text(context.lang, "cli.sheet_written", &[("file", &shown)])]);
    Ok(Exit::Done)
}

/// Checks a sheet; exit 1 where a check does not hold.
///
/// # Errors
/// A file that cannot be read or is no sheet.
pub fn verify(context: &Context, args: &VerifyArgs) -> Result<Exit, Failure> {
    let shown = args.file.to_string_lossy().into_owned();
    let text = std::fs::read_to_string(&args.file).map_err(|error| unreadable(&shown, &error))?;
    let checked = check(&text, args.key.as_deref()).map_err(|SheetFault::NotASheet { detail }| {
        Failure::refused("NOT_A_SHEET", "cli.verify_not_a_sheet", &[("file", &*shown), ("detail", &*detail)])
    })?;
    if context.json {
        print_json(&checked_json(&checked));
    } else {
        print_lines(checked_lines(context, &checked, args.key.is_none()));
    }
    Ok(if checked.holds() { Exit::Done } else { Exit::Attention })
}

/// Prints the public half of the signing key.
///
/// # Errors
/// The signing key.
pub fn public_key(context: &Context) -> Result<Exit, Failure> {
    let public = key(&context.config.data.dir)?.public_hex();
    if context.json {
        print_json(&json!({ "algorithm": crate::signing::ALGORITHM, "public_key": public }));
    } else {
        print_lines([public]);
    }
    Ok(Exit::Done)
}

pub(super) fn key(folder: &Path) -> Result<SigningKey, Failure> {
    SigningKey::of_folder(folder)
        .map_err(|error: KeyError| Failure::refused("SIGNING_KEY", "cli.sheet_key", &[("detail", &error.to_string())]))
}

/// The claim with this identifier, or the last one of the loan with this contract number.
pub(super) fn claim_id(app: &App, db: &mut Db, asked: &str) -> Result<String, Failure> {
    let filings = claims::filings(db, app.fund_id())?;
    if filings.iter().any(|filing| filing.claim_id == asked) {
        return Ok(asked.to_owned());
    }
    for filing in filings.iter().rev() {
        let loan = loans::registration(db, &filing.loan_id)?;
        if loan.is_some_and(|loan| loan.contract == asked) {
            return Ok(filing.claim_id.clone());
        }
    }
    Ok(asked.to_owned())
}

fn checked_json(checked: &Checked) -> serde_json::Value {
    let checks: Vec<_> = checked
        .checks
        .iter()
        .map(|(name, wrong)| json!({ "name": name, "ok": wrong.is_none(), "detail": wrong }))
        .collect();
    json!({ "ok": checked.holds(), "number": checked.number, "payout": checked.payout, "digest": checked.digest,
        "public_key": checked.public_key, "checks": checks })
}

fn checked_lines(context: &Context, checked: &Checked, unknown_key: bool) -> Vec<String> {
    let name = |check: &str| i18n::text(context.lang, &format!("cli.check_{check}"), &[]);
    let mut lines: Vec<String> = checked
        .checks
        .iter()
        .map(|(check, wrong)| match wrong {
            None => format!("ok    {}", name(check)),
            Some(wrong) => format!("FAIL  {}: {wrong}", name(check)),
        })
        .collect();
    if unknown_key {
        lines.push(i18n::text(context.lang, "cli.verify_signed_by", &[("key", &checked.public_key)]));
    }
    let outcome = if checked.holds() { "cli.verify_ok" } else { "cli.verify_wrong" };
    let places = [("number", &*checked.number), ("payout", &*checked.payout)];
    lines.push(i18n::text(context.lang, outcome, if checked.holds() { &places } else { &places[..1] }));
    lines
}
