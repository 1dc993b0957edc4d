//! `pledgefund ledger`: trial balance, journal, outside voucher numbers.
//!
//! **Invariant:** the files of a journal come about together or not at all.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;

use super::answer::{Exit, Failure, print_json, print_lines};
use super::case_lines::unreadable;
use super::export::month_of;
use super::statements::ActArgs;
use super::{Context, files};
use crate::app::Opening;
use crate::domain::calendar::Month;
use crate::export::table::Format;
use crate::i18n;
use crate::usecase::books::journal::Journal;
use crate::usecase::books::journal_accounts::JournalAccounts;
use crate::usecase::books::trial_balance::{of_ledger, trial_json};
use crate::usecase::books::vouchers;

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Print the trial balance.
    TrialBalance {
        /// Last day; default: today.
        #[arg(long)]
        on: Option<NaiveDate>,
        /// First day; default: that of the month of the last day.
        #[arg(long)]
        from: Option<NaiveDate>,
    },
    /// Write the journal of a month for the accounting software, as CSV and workbook.
    Journal(JournalArgs),
    /// Type back the number that the accounting software gave a booking.
    Voucher {
        /// Booking, as the journal names it.
        tx: String,
        /// Number.
        number: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
}

/// Arguments of `ledger journal`.
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// Month, as 2026-11.
    #[arg(long, value_parser = month_of)]
    period: Month,
    /// Folder for the files.
    #[arg(long)]
    out: PathBuf,
    /// Accounts of the customer's books; default: journal_accounts.toml of the data folder, else the proposal shipped
    /// with the product.
    #[arg(long)]
    mapping: Option<PathBuf>,
}

/// Runs `ledger`.
///
/// # Errors
/// A refused call; storage; a file that cannot be read or written.
pub fn run(context: &Context, command: &LedgerCommand) -> Result<Exit, Failure> {
    match command {
        LedgerCommand::TrialBalance { on, from } => trial_balance(context, *on, *from),
        LedgerCommand::Journal(args) => journal(context, args),
        LedgerCommand::Voucher { tx, number, act } => {
            let app = context.open(Opening::AsItIs)?;
            let row = vouchers::type_back(&app, tx, number, act.word("", app.store.clock().today()))?;
            if context.json {
                let told =
                    json!({ "booking": row.tx_id, "number": row.number, "version": row.version, "by": row.person });
                print_json(&told);
            } else {
                let places = [("booking", &*row.tx_id), ("number", &*row.number)];
                print_lines([i18n::text(context.lang, "books.voucher_typed", &places)]);
            }
            Ok(Exit::Done)
        }
    }
}

fn trial_balance(context: &Context, on: Option<NaiveDate>, from: Option<NaiveDate>) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let to = on.unwrap_or_else(|| app.store.clock().today());
    let from = from.unwrap_or_else(|| Month::of(to).first_day());
    let told = of_ledger(&mut *app.store.read()?, app.fund_id(), from, to)?;
    if context.json {
        print_json(&trial_json(&told, from, to));
    } else {
        let line = |account: &str, values: [String; 4]| {
            let [opening, debit, credit, closing] = &values;
            let places = [
                ("account", account),
                ("opening", &**opening),
                ("debit", &**debit),
                ("credit", &**credit),
                ("closing", &**closing),
            ];
            i18n::text(context.lang, "books.trial_line", &places)
        };
        let places = [("from", &*from.to_string()), ("to", &*to.to_string())];
        print_lines([i18n::text(context.lang, "books.trial_title", &places)]);
        print_lines(told.accounts.iter().map(|(code, one)| {
            line(code, [one.opening.yuan(), one.debit.yuan(), one.credit.yuan(), one.closing.yuan()])
        }));
        let places = [("debit", &*told.debit.yuan()), ("credit", &*told.credit.yuan())];
        print_lines([i18n::text(context.lang, "books.trial_total", &places)]);
    }
    Ok(if told.is_balanced() { Exit::Done } else { Exit::Attention })
}

fn journal(context: &Context, args: &JournalArgs) -> Result<Exit, Failure> {
    let accounts = match &args.mapping {
        Some(path) => {
            let shown = path.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(&shown, &error))?;
            JournalAccounts::parse(&text).map_err(|error| Failure::from(error).in_file(&shown))?
        }
        None => JournalAccounts::of_installation(&context.config.data.dir)?,
    };
    let app = context.open(Opening::AsItIs)?;
    let told = Journal::of_month(&mut *app.store.read()?, app.fund_id(), args.period, &accounts, context.lang)?;
    std::fs::create_dir_all(&args.out).map_err(|error| unwritable(&args.out, &error))?;
    let mut written = Vec::new();
    let mut rows = 0;
    for format in [Format::Csv, Format::Xlsx] {
        let draft = if told.is_draft { "_draft" } else { "" };
        let path = args.out.join(format!("journal_{}{draft}.{}", args.period, format.code()));
        rows = files::write_whole(&path, |out| Ok(told.write(format, out)?)).inspect_err(|_| {
            // What came about before does not stay alone.
            for earlier in &written {
                let _removed = std::fs::remove_file(earlier);
            }
        })?;
        written.push(path);
    }
    let shown: Vec<String> = written.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    if context.json {
        let period = args.period.to_string();
        let (vouchers, draft) = (told.vouchers, told.is_draft);
        print_json(&json!({ "period": period, "vouchers": vouchers, "rows": rows, "draft": draft, "files": shown }));
    } else {
        let places = [("vouchers", &*told.vouchers.to_string()), ("files", &*shown.join(" "))];
        print_lines([i18n::text(context.lang, "books.journal_written", &places)]);
        print_lines(told.is_draft.then(|| i18n::text(context.lang, "books.journal.draft", &[])));
    }
    Ok(Exit::Done)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let places = [("file", &*path.to_string_lossy().into_owned()), ("detail", &*error.to_string())];
    Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places)
}
