//! `claim form`, `loan form`, `loan check-code` and `fund form`: forms to print, and codes of forms held against the
//! books.
//!
//! **Invariant:** a form is written in both languages, under names that this program makes.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::files::write_whole;
use super::sheets::claim_id;
use crate::app::{App, AppError, Opening};
use crate::i18n::{self, Lang};
use crate::reports::forms::call::call;
use crate::reports::forms::sheet::Sheet;
use crate::reports::forms::{ClaimForm, LoanForm};
use crate::usecase::forms::{call_facts, claim_facts, cover_code, cover_facts, loan_id_of};

/// What to do with loans.
#[derive(Debug, Subcommand)]
pub enum LoanCommand {
    /// Write the answer to a registration as HTML to print.
    Form(LoanFormArgs),
    /// Hold the check code of a confirmation against the books.
    CheckCode {
        /// Loan, by its identifier or its contract number.
        loan: String,
        /// The code on the paper.
        code: String,
    },
}

/// What to do with the fund.
#[derive(Debug, Subcommand)]
pub enum FundCommand {
    /// Write the letter of a call for money as HTML to print.
    Form {
        /// Number of the call.
        call: String,
        /// Folder to write into.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Which form of a claim.
#[derive(Debug, Args)]
pub struct ClaimFormArgs {
    /// Claim, by its identifier or the contract number of its loan.
    claim: String,
    /// Form.
    #[arg(long)]
    form: ClaimFormWord,
    /// Folder to write into.
    #[arg(long)]
    out: PathBuf,
}

/// Which form of a loan.
#[derive(Debug, Args)]
pub struct LoanFormArgs {
    /// Loan, by its identifier or its contract number.
    loan: String,
    /// Form.
    #[arg(long)]
    form: LoanFormWord,
    /// Folder to write into.
    #[arg(long)]
    out: PathBuf,
}

/// A form of a claim on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClaimFormWord {
    /// Approval sheet.
    Approval,
    /// Application.
    Application,
    /// Notice of return.
    Returned,
    /// Notice of refusal.
    Rejected,
    /// Report on the recovery.
    Recovery,
    /// Sheet of a write-off.
    WriteOff,
}

/// A form of a loan on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LoanFormWord {
    /// Confirmation.
    Confirmation,
    /// Refusal.
    Refusal,
}

/// Writes a form of a claim.
///
/// # Errors
/// No such claim; a form that the claim gives no occasion for; storage; the folder.
pub fn claim(context: &Context, args: &ClaimFormArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let form = match args.form {
        ClaimFormWord::Approval => ClaimForm::Approval,
        ClaimFormWord::Application => ClaimForm::Application,
        ClaimFormWord::Returned => ClaimForm::Returned,
        ClaimFormWord::Rejected => ClaimForm::Rejected,
        ClaimFormWord::Recovery => ClaimForm::Recovery,
        ClaimFormWord::WriteOff => ClaimForm::WriteOff,
    };
    let mut db = app.store.read()?;
    let id = claim_id(&app, &mut db, &args.claim)?;
    let facts = claim_facts(&mut db, app.fund_id(), &id)?;
    let fill = |lang| form.fill(&facts, lang);
    write(context, &app, &args.out, (form.code(), &id), &fill)
}

/// Loans: forms and check codes.
///
/// # Errors
/// No such loan; a form that the loan gives no occasion for; storage; the folder.
pub fn loan(context: &Context, command: &LoanCommand) -> Result<Exit, Failure> {
    match command {
        LoanCommand::Form(args) => loan_form(context, args),
        LoanCommand::CheckCode { loan, code } => check_code(context, loan, code),
    }
}

fn loan_form(context: &Context, args: &LoanFormArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let form = match args.form {
        LoanFormWord::Confirmation => LoanForm::Confirmation,
        LoanFormWord::Refusal => LoanForm::Refusal,
    };
    let mut db = app.store.read()?;
    let id = loan_id_of(&mut db, app.fund_id(), &args.loan)?;
    let zh = cover_facts(&mut db, app.fund_id(), &id, Lang::Zh)?;
    let en = cover_facts(&mut db, app.fund_id(), &id, Lang::En)?;
    let fill = |lang| form.fill(if lang == Lang::Zh { &zh } else { &en }, lang);
    write(context, &app, &args.out, (form.code(), &id), &fill)
}

fn check_code(context: &Context, loan: &str, code: &str) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let id = loan_id_of(&mut db, app.fund_id(), loan)?;
    let holds = cover_code(&mut db, app.fund_id(), &id)?.eq_ignore_ascii_case(code.trim());
    if context.json {
        print_json(&json!({ "loan": id, "matches": holds }));
    } else {
        let key = if holds { "forms.cli.code_matches" } else { "forms.cli.code_differs" };
        print_lines([i18n::text(context.lang, key, &[("loan", &id)])]);
    }
    Ok(if holds { Exit::Done } else { Exit::Attention })
}

/// The fund: letters.
///
/// # Errors
/// No such call; storage; the folder.
pub fn fund(context: &Context, command: &FundCommand) -> Result<Exit, Failure> {
    let FundCommand::Form { call: call_no, out } = command;
    let app = context.open(Opening::AsItIs)?;
    let facts = call_facts(&mut *app.store.read()?, app.fund_id(), call_no)?;
    write(context, &app, out, ("call", call_no), &|lang| Some(call(&facts, lang)))
}

/// Writes a form in both languages.
fn write(
    context: &Context,
    app: &App,
    folder: &Path,
    (form, subject): (&str, &str),
    fill: &dyn Fn(Lang) -> Option<Sheet>,
) -> Result<Exit, Failure> {
    let none = || Failure::refused("FORM_NO_OCCASION", "act.FORM_NO_OCCASION", &[("subject", subject)]);
    let unwritable = |error: &std::io::Error| {
        let places = [("file", &*folder.to_string_lossy().into_owned()), ("detail", &*error.to_string())];
        Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places)
    };
    let mut written = Vec::new();
    for lang in Lang::ALL {
        let html = fill(lang).ok_or_else(none)?.html(&app.renderer).map_err(AppError::from)?;
        let html = crate::sealing::masked(&html);
        std::fs::create_dir_all(folder).map_err(|error| unwritable(&error))?;
        let path = folder.join(format!("{form}-{}.{}.html", slug(subject), lang.code()));
        write_whole(&path, |out| out.write_all(html.as_bytes()).map_err(|error| unwritable(&error)))?;
        written.push(path.to_string_lossy().into_owned());
    }
    if context.json {
        print_json(&json!({ "files": written }));
    } else {
        print_lines(written.iter().map(|file| i18n::text(context.lang, "cli.sheet_written", &[("file", file)])));
    }
    Ok(Exit::Done)
}

/// A file name made of an identifier: what is no letter, figure, dash or underscore of ASCII becomes a dash, and a few
/// characters of its hash keep two identifiers apart.
fn slug(subject: &str) -> String {
    let plain: String = subject
        .chars()
        .take(40)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' })
        .collect();
    let hash = crate::hash::sha256_hex(subject.as_bytes());
    format!("{plain}-{}", hash.get(..8).unwrap_or(&hash))
}
