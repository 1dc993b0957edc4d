//! `pledgefund period`: closing months.
//!
//! **Invariant:** exit 2 where a step is refused; nothing is saved then.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::export::month_of;
use super::statements::ActArgs;
use crate::app::Opening;
use crate::domain::calendar::Month;
use crate::domain::money::FenDelta;
use crate::i18n::{self, Lang};
use crate::storage::rows::books::PeriodStepRow;
use crate::usecase::books::periods;

/// What to do with months.
#[derive(Debug, Subcommand)]
pub enum PeriodCommand {
    /// List the steps, by month.
    List,
    /// Propose to close a month.
    Propose(StepArgs),
    /// Seal a month that another person proposed.
    Seal(StepArgs),
    /// Reject a proposal.
    Reject(StepArgs),
    /// Withdraw one's own proposal.
    Withdraw(StepArgs),
}

/// Which month, who acts, and what there is to say.
#[derive(Debug, Args)]
pub struct StepArgs {
    /// Month, as 2026-11.
    #[arg(value_parser = month_of)]
    period: Month,
    /// What there is to say: needed to reject, and to propose where the bank's balance is not explained.
    #[arg(long, default_value = "")]
    note: String,
    /// Who acts, and when.
    #[command(flatten)]
    act: ActArgs,
}

/// Runs `period`.
///
/// # Errors
/// A refused step; storage.
pub fn run(context: &Context, command: &PeriodCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let today = app.store.clock().today();
    let done = match command {
        PeriodCommand::List => {
            let all = periods::list(&mut *app.store.read()?, app.fund_id())?;
            if context.json {
                print_json(&json!({ "steps": all.iter().map(step_json).collect::<Vec<_>>() }));
            } else {
                print_lines(all.iter().map(|step| step_line(step, context.lang)));
            }
            return Ok(Exit::Done);
        }
        PeriodCommand::Propose(args) => periods::propose(&app, args.period, args.act.word(&args.note, today))?,
        PeriodCommand::Seal(args) => periods::seal(&app, args.period, args.act.word(&args.note, today))?,
        PeriodCommand::Reject(args) => periods::reject(&app, args.period, args.act.word(&args.note, today))?,
        PeriodCommand::Withdraw(args) => periods::withdraw(&app, args.period, args.act.word(&args.note, today))?,
    };
    if context.json {
        print_json(&step_json(&done));
    } else {
        print_lines([step_line(&done, context.lang)]);
    }
    Ok(Exit::Done)
}

fn step_json(step: &PeriodStepRow) -> Value {
    json!({
        "period": step.period,
        "version": step.version,
        "state": step.state,
        "by": step.person,
        "on": step.business_date.to_string(),
        "note": step.note,
        "open_items": step.open_items,
        "difference": step.difference_fen.map(|fen| FenDelta::new(fen).yuan()),
        "trial_balance": serde_json::from_str::<Value>(&step.trial_balance).unwrap_or_default(),
        "trial_balance_hash": step.trial_balance_hash,
    })
}

fn step_line(step: &PeriodStepRow, lang: Lang) -> String {
    let unknown = || i18n::text(lang, "statement.unknown", &[]);
    let difference = step.difference_fen.map_or_else(unknown, |fen| FenDelta::new(fen).yuan());
    let places = [
        ("period", &*step.period),
        ("state", &*i18n::text(lang, &format!("books.state.{}", step.state), &[])),
        ("person", &*step.person),
        ("on", &*step.business_date.to_string()),
        ("open", &*step.open_items.to_string()),
        ("difference", &*difference),
        ("hash", step.trial_balance_hash.get(..16).unwrap_or_default()),
        ("note", &*step.note),
    ];
    i18n::text(lang, "books.step_line", &places).trim_end().to_owned()
}
