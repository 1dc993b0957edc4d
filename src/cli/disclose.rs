//! `disclose`: account, telephone and identity numbers of a thing, readable, for a reason that is kept.
//!
//! **Invariant:** the one command whose output is not masked.

use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_text};
use crate::app::Opening;
use crate::usecase::lives::Life;
use crate::usecase::personal::{Wish, disclose};

/// What to show.
#[derive(Debug, Args)]
pub struct DiscloseArgs {
    /// Whose: claim, registration, loan, partner, person, exemption or fund.
    life: String,
    /// The thing, by its identifier.
    subject: String,
    /// Why; it is kept.
    #[arg(long)]
    reason: String,
    /// Who wants to see it.
    #[arg(long)]
    by: String,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

/// Shows the numbers in the acts of a thing.
///
/// # Errors
/// A life that is not known; what is refused; storage.
pub fn run(context: &Context, args: &DiscloseArgs) -> Result<Exit, Failure> {
    let places = [("life", args.life.as_str())];
    let life = Life::from_code(&args.life);
    let life = life.ok_or_else(|| Failure::refused("ATTACHMENT_LIFE", "act.ATTACHMENT_LIFE", &places))?;
    let app = context.open(Opening::AsItIs)?;
    let wish = Wish {
        life,
        subject: args.subject.clone(),
        reason: args.reason.clone(),
        by: args.by.clone(),
        on: args.on.unwrap_or_else(|| app.store.clock().today()),
    };
    let shown = disclose(&app, &wish)?;
    if context.json {
        let details = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let told = shown
            .iter()
            .map(|one| json!({ "version": one.version, "act": one.act, "details": details(&one.details) }))
            .collect::<Vec<_>>();
        print_text(&format!("{:#}\n", json!({ "acts": told })));
    } else {
        for one in &shown {
            print_text(&format!("{}  {}  {}\n", one.version, one.act, one.details));
        }
    }
    Ok(Exit::Done)
}
