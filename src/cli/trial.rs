//! `pledgefund rulebook trial`: what a candidate would have made of stored loans and claims.
//!
//! **Invariant:** nothing is saved but the workbook asked for.

use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::{files, rulebooks};
use crate::app::Opening;
use crate::domain::money::FenDelta;
use crate::export::sheets;
use crate::export::table::{Column, ColumnKind, Table, Value};
use crate::i18n::{self, Lang};
use crate::usecase::trial::{self, Compared, Sums, Trial};

/// What to compute again.
#[derive(Debug, Args)]
pub struct TrialArgs {
    /// The candidate.
    #[arg(long)]
    candidate: PathBuf,
    /// First day of disbursement, or of what the candidate governs by.
    #[arg(long)]
    from: NaiveDate,
    /// Last day.
    #[arg(long)]
    to: NaiveDate,
    /// Workbook to write.
    #[arg(long)]
    xlsx: Option<PathBuf>,
}

/// Runs the trial.
///
/// # Errors
/// A candidate with faults; days the wrong way round; storage; a file that cannot be written.
pub fn run(context: &Context, args: &TrialArgs) -> Result<Exit, Failure> {
    let parsed = rulebooks::read(&args.candidate)?;
    if args.to < args.from {
        let places = [("from", &*args.from.to_string()), ("to", &*args.to.to_string())];
        return Err(Failure::refused("TRIAL_DAYS", "trial.TRIAL_DAYS", &places));
    }
    let app = context.open(Opening::AsItIs)?;
    let done = trial::run(&mut *app.store.read()?, app.fund_id(), &parsed.rulebook, (args.from, args.to))?;
    if let Some(path) = &args.xlsx {
        files::write_whole(path, |out| {
            let bytes = sheets::workbook(&tables(&done, context.lang)).map_err(crate::usecase::UseCaseError::from)?;
            out.write_all(&bytes).map_err(|error| crate::usecase::UseCaseError::Export(error.into()))?;
            Ok(())
        })?;
    }
    if context.json {
        print_json(&trial_json(&done, args));
    } else {
        for (table, rows) in tables(&done, context.lang) {
            print_lines([table.sheet.clone()]);
            let heads: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
            print_lines([heads.join("  ")]);
            print_lines(rows.iter().map(|row| row.iter().map(Value::shown).collect::<Vec<_>>().join("  ")));
        }
    }
    Ok(Exit::Done)
}

fn yuan(fen: i64) -> String {
    FenDelta::new(fen).yuan()
}

fn sums_json(sums: &Sums) -> Json {
    let money = |[before, after]: [i64; 2]| json!({ "before": yuan(before), "after": yuan(after), "difference": yuan(after.saturating_sub(before)) });
    json!({
        "loans": sums.loans,
        "claims": sums.claims,
        "covered": { "before": sums.covered[0], "after": sums.covered[1] },
        "reserve": money(sums.reserve_fen),
        "payout": money(sums.payout_fen),
        "decisions_changed": sums.decisions,
        "newly_covered": sums.borrowers[0],
        "no_longer_covered": sums.borrowers[1],
    })
}

fn compared_json(one: &Compared) -> Json {
    let side = |side: &trial::Side| json!({ "decision": side.decision, "rate_ppm": side.rate_ppm, "amount": yuan(side.amount_fen) });
    json!({
        "contract": one.contract,
        "bank": one.bank,
        "before": side(&one.before),
        "after": side(&one.after),
        "difference": yuan(one.difference()),
        "clauses": one.clauses,
    })
}

/// The trial as `--json` prints it: what the fund pays more, banks and borrowers gain.
fn trial_json(done: &Trial, args: &TrialArgs) -> Json {
    let changed = |all: &[Compared]| all.iter().filter(|one| one.changes()).map(compared_json).collect::<Vec<_>>();
    let banks: serde_json::Map<String, Json> =
        done.banks.iter().map(|(bank, sums)| (bank.clone(), sums_json(sums))).collect();
    json!({
        "candidate": done.candidate,
        "from": args.from.to_string(),
        "to": args.to.to_string(),
        "total": sums_json(&done.total),
        "banks": banks,
        "loans": changed(&done.loans),
        "claims": changed(&done.claims),
    })
}

fn table(lang: Lang, sheet: &str, columns: &[(&'static str, ColumnKind)]) -> Table {
    let text = |key: &str| i18n::text(lang, &format!("trial.{key}"), &[]);
    let columns =
        columns.iter().map(|(key, kind)| Column { key, title: text(&format!("column.{key}")), kind: *kind }).collect();
    Table { sheet: text(&format!("sheet.{sheet}")), lines: Vec::new(), columns }
}

/// The sheets of the workbook, which are the tables on the terminal too.
fn tables(done: &Trial, lang: Lang) -> Vec<(Table, Vec<Vec<Value>>)> {
    use ColumnKind::{Code, Count, Money, Percent, Text};
    let sums = [
        ("bank", Code),
        ("loans", Count),
        ("claims", Count),
        ("covered_before", Count),
        ("covered_after", Count),
        ("newly", Count),
        ("no_longer", Count),
        ("reserve_before", Money),
        ("reserve_after", Money),
        ("payout_before", Money),
        ("payout_after", Money),
        ("difference", Money),
        ("decisions", Count),
    ];
    let each = [
        ("contract", Code),
        ("bank", Code),
        ("decision_before", Text),
        ("decision_after", Text),
        ("rate_before", Percent),
        ("rate_after", Percent),
        ("amount_before", Money),
        ("amount_after", Money),
        ("difference", Money),
        ("clauses", Text),
    ];
    let all = i18n::text(lang, "trial.all", &[]);
    let changed = |all: &[Compared]| {
        all.iter().filter(|one| one.changes()).map(|one| compared_row(one, lang)).collect::<Vec<_>>()
    };
    vec![
        (table(lang, "summary", &sums), vec![sums_row(&all, &done.total)]),
        (table(lang, "banks", &sums), done.banks.iter().map(|(bank, sums)| sums_row(bank, sums)).collect()),
        (table(lang, "loans", &each), changed(&done.loans)),
        (table(lang, "claims", &each), changed(&done.claims)),
    ]
}

fn sums_row(name: &str, sums: &Sums) -> Vec<Value> {
    let count = |count: usize| Value::Count(i64::try_from(count).unwrap_or(i64::MAX));
    let ([reserve, reserved], [payout, paid]) = (sums.reserve_fen, sums.payout_fen);
    vec![
        Value::text(name),
        count(sums.loans),
        count(sums.claims),
        count(sums.covered[0]),
        count(sums.covered[1]),
        count(sums.borrowers[0]),
        count(sums.borrowers[1]),
        Value::Fen(reserve),
        Value::Fen(reserved),
        Value::Fen(payout),
        Value::Fen(paid),
        Value::Fen(paid.saturating_sub(payout)),
        count(sums.decisions),
    ]
}

fn compared_row(one: &Compared, lang: Lang) -> Vec<Value> {
    let decision = |code: &str| Value::word(code, i18n::text(lang, &format!("trial.decision.{code}"), &[]));
    let rate = |rate: Option<i64>| rate.map_or(Value::Empty, Value::Ppm);
    vec![
        Value::text(&one.contract),
        Value::text(&one.bank),
        decision(&one.before.decision),
        decision(&one.after.decision),
        rate(one.before.rate_ppm),
        rate(one.after.rate_ppm),
        Value::Fen(one.before.amount_fen),
        Value::Fen(one.after.amount_fen),
        Value::Fen(one.difference()),
        Value::text(&one.clauses.join(", ")),
    ]
}
