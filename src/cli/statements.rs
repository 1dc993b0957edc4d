//! `pledgefund statement`: bank statements, their lines, matches and the reconciliation.
//!
//! **Invariant:** exit 1 where a statement has findings or a reconciliation does not agree, 2 where a call is refused.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::answer::{Exit, Failure, print_json, print_lines};
use super::statement_texts::{findings_lines, line_line, reconciled_lines, statement_line};
use super::{Context, files};
use crate::app::Opening;
use crate::domain::money::FenDelta;
use crate::i18n;
use crate::import::statement::Told;
use crate::storage::find::books;
use crate::storage::rows::books::{BankStatementRow, StatementMatchRow};
use crate::usecase::books::matches::{self, DAYS_APART, LineShown, match_json};
use crate::usecase::books::reconciliation::{reconcile_all, reconciled_json};
use crate::usecase::books::statements::{Incoming, StatementFinding, import_statement};
use crate::usecase::books::{Word, matches::by_rule};

/// What to do with bank statements.
#[derive(Debug, Subcommand)]
pub enum StatementCommand {
    /// Take a statement in: CSV or camt.053.
    Import(ImportArgs),
    /// List the statements, by account and day.
    List,
    /// List their lines, by day, with the booking of each.
    Lines {
        /// Only lines without a booking.
        #[arg(long)]
        open: bool,
    },
    /// Match lines with bookings: by rule, or one line by a person's word.
    Match {
        /// Match by rule whatever is certain.
        #[arg(long, conflicts_with_all = ["line", "tx"], required_unless_present = "line")]
        auto: bool,
        /// Line, as `statement lines` names it.
        #[arg(requires = "tx")]
        line: Option<String>,
        /// Booking, as `ledger journal` and `statement reconcile` name it.
        tx: Option<String>,
        /// Working days that bank and books may lie apart.
        #[arg(long, default_value_t = DAYS_APART, value_parser = clap::value_parser!(u32).range(0..=30))]
        days: u32,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Open a line again.
    Unmatch {
        /// Line.
        line: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Reconcile books and bank on a day (银行存款余额调节表).
    Reconcile {
        /// Day.
        #[arg(long)]
        on: NaiveDate,
    },
}

/// Arguments of `statement import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// File.
    file: PathBuf,
    /// Number of the bank account.
    #[arg(long)]
    account: String,
    /// Account of the ledger that holds its money.
    #[arg(long, default_value = "cash")]
    ledger_account: String,
    /// Opening balance, where a CSV file has no balance column.
    #[arg(long, value_parser = yuan, allow_hyphen_values = true)]
    opening: Option<FenDelta>,
    /// Closing balance, where a CSV file has no balance column.
    #[arg(long, value_parser = yuan, allow_hyphen_values = true)]
    closing: Option<FenDelta>,
    /// First day a CSV file speaks for; default: that of its first line.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last day a CSV file speaks for; default: that of its last line.
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Who acts, and when.
    #[command(flatten)]
    act: ActArgs,
}

/// Who acts, and when.
#[derive(Debug, Args)]
pub struct ActArgs {
    /// Name of the person who acts.
    #[arg(long)]
    pub by: String,
    /// Business date; default: today.
    #[arg(long)]
    pub on: Option<NaiveDate>,
}

impl ActArgs {
    /// The act with what there is to say.
    #[must_use]
    pub fn word<'a>(&'a self, note: &'a str, today: NaiveDate) -> Word<'a> {
        Word { by: &self.by, note, on: self.on.unwrap_or(today) }
    }
}

fn yuan(text: &str) -> Result<FenDelta, String> {
    FenDelta::from_yuan(text).map_err(|error| error.to_string())
}

/// Runs `statement`.
///
/// # Errors
/// A refused call; storage.
pub fn run(context: &Context, command: &StatementCommand) -> Result<Exit, Failure> {
    match command {
        StatementCommand::Import(args) => import(context, args),
        StatementCommand::List => list(context),
        StatementCommand::Lines { open } => lines(context, *open),
        StatementCommand::Match { line, tx, days, reason, act, .. } => {
            let pair = line.as_deref().zip(tx.as_deref());
            match_lines(context, pair, *days, reason, act)
        }
        StatementCommand::Unmatch { line, reason, act } => {
            let app = context.open(Opening::AsItIs)?;
            let row = matches::unmatch(&app, line, act.word(reason, app.store.clock().today()))?;
            say_match(context, &row, "statement.unmatched");
            Ok(Exit::Done)
        }
        StatementCommand::Reconcile { on } => reconcile(context, *on),
    }
}

fn import(context: &Context, args: &ImportArgs) -> Result<Exit, Failure> {
    let bytes = files::bytes_of(&args.file)?;
    let shown = args.file.to_string_lossy().into_owned();
    let app = context.open(Opening::Migrate)?;
    let told = Told {
        account: args.account.clone(),
        opening: args.opening,
        closing: args.closing,
        from: args.from,
        to: args.to,
    };
    let incoming = Incoming { file: &shown, bytes: &bytes, told: &told, ledger_account: &args.ledger_account };
    let taken = import_statement(&app, &incoming, args.act.word("", app.store.clock().today()))?;
    let has_findings = taken.statements.iter().any(|row| !StatementFinding::of(row).is_empty());
    if context.json {
        let list: Vec<Value> = taken.statements.iter().map(statement_json).collect();
        print_json(&json!({ "known": taken.is_known, "unbooked": taken.unbooked, "statements": list }));
    } else {
        if taken.is_known {
            print_lines([i18n::text(context.lang, "statement.known", &[("file", &shown)])]);
        }
        for row in &taken.statements {
            print_lines([statement_line(row, context.lang)]);
            print_lines(findings_lines(row, context.lang));
        }
        if taken.unbooked > 0 {
            let places = [("count", &*taken.unbooked.to_string())];
            print_lines([i18n::text(context.lang, "statement.unbooked", &places)]);
        }
    }
    Ok(if has_findings && !taken.is_known { Exit::Attention } else { Exit::Done })
}

fn list(context: &Context) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let all = books::statements(&mut *app.store.read()?, app.fund_id())?;
    if context.json {
        print_json(&json!({ "statements": all.iter().map(statement_json).collect::<Vec<_>>() }));
    } else {
        for row in &all {
            print_lines([statement_line(row, context.lang)]);
            print_lines(findings_lines(row, context.lang));
        }
    }
    Ok(Exit::Done)
}

fn lines(context: &Context, open: bool) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut all = matches::lines(&mut *app.store.read()?, app.fund_id())?;
    all.retain(|one| !open || one.matched.as_ref().is_none_or(|row| row.tx_id.is_none()));
    if context.json {
        print_json(&json!({ "lines": all.iter().map(line_json).collect::<Vec<_>>() }));
    } else {
        print_lines(all.iter().map(|one| line_line(one, context.lang)));
    }
    Ok(Exit::Done)
}

fn match_lines(
    context: &Context,
    pair: Option<(&str, &str)>,
    days: u32,
    reason: &str,
    act: &ActArgs,
) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let word = act.word(reason, app.store.clock().today());
    if let Some((line, tx)) = pair {
        let row = matches::match_by_person(&app, line, tx, word)?;
        say_match(context, &row, "statement.matched");
        return Ok(Exit::Done);
    }
    let made = matches::match_by_rule(&app, days, word)?;
    if context.json {
        print_json(&json!({ "matches": made.iter().map(match_json).collect::<Vec<_>>() }));
    } else {
        let rules = by_rule(&made);
        let count = |rule: &str| rules.get(rule).copied().unwrap_or_default().to_string();
        let places = [("reference", &*count("reference")), ("amount", &*count("amount"))];
        print_lines([i18n::text(context.lang, "statement.matched_by_rule", &places)]);
    }
    Ok(Exit::Done)
}

fn reconcile(context: &Context, on: NaiveDate) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let all = reconcile_all(&mut *app.store.read()?, app.fund_id(), on)?;
    if context.json {
        print_json(&json!({ "accounts": all.iter().map(reconciled_json).collect::<Vec<_>>() }));
    } else if all.is_empty() {
        print_lines([i18n::text(context.lang, "statement.none", &[])]);
    } else {
        print_lines(all.iter().flat_map(|one| reconciled_lines(one, context.lang)));
    }
    let agrees = !all.is_empty() && all.iter().all(|one| one.statement.agrees());
    Ok(if agrees { Exit::Done } else { Exit::Attention })
}

fn say_match(context: &Context, row: &StatementMatchRow, key: &str) {
    if context.json {
        print_json(&match_json(row));
    } else {
        let places = [("line", &*row.line_id), ("booking", row.tx_id.as_deref().unwrap_or("-"))];
        print_lines([i18n::text(context.lang, key, &places)]);
    }
}

fn statement_json(row: &BankStatementRow) -> Value {
    let findings: Vec<Value> = StatementFinding::of(row)
        .into_iter()
        .map(|finding| {
            let mut told = serde_json::Map::new();
            told.insert("code".to_owned(), json!(finding.code));
            told.extend(finding.places.into_iter().map(|(name, value)| (name, json!(value))));
            Value::Object(told)
        })
        .collect();
    json!({
        "id": row.statement_id,
        "account": row.account,
        "ledger_account": row.ledger_account,
        "form": row.form,
        "file": row.file_name,
        "number": row.bank_number,
        "from": row.from_on.to_string(),
        "to": row.to_on.to_string(),
        "opening": FenDelta::new(row.opening_fen).yuan(),
        "closing": FenDelta::new(row.closing_fen).yuan(),
        "lines_total": row.lines_total,
        "lines_new": row.lines_new,
        "imported_by": row.person,
        "imported_on": row.business_date.to_string(),
        "findings": findings,
    })
}

fn line_json(one: &LineShown) -> Value {
    let line = &one.line;
    json!({
        "id": line.line_id,
        "account": line.account,
        "booked_on": line.booked_on.to_string(),
        "value_on": line.value_on.map(|on| on.to_string()),
        "direction": line.direction,
        "amount": FenDelta::new(line.amount_fen).yuan(),
        "reversal": line.is_reversal,
        "counterparty_name": line.counterparty_name,
        "counterparty_account": line.counterparty_account,
        "reference": line.reference,
        "end_to_end": line.end_to_end,
        "text": line.text,
        "match": one.matched.as_ref().map(match_json),
    })
}
