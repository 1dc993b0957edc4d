//! `payout-math`: the bare arithmetic of payouts, a case a line in, a result a line out.
//!
//! **Invariant:** no database is opened.

use std::path::PathBuf;

use clap::Args;

use super::answer::{Exit, Failure};
use super::case_lines;
use crate::rulebook::payout_math::{MathFault, answer};

/// Characters of a key that a message shows.
const MOST_OF_KEY: usize = 200;

/// What to compute.
#[derive(Debug, Args)]
pub struct PayoutMathArgs {
    /// File with one JSON case a line; `-` reads standard input.
    #[arg(long)]
    cases: PathBuf,
}

/// Computes every case of the file.
///
/// # Errors
/// A file that cannot be read; the first line that is not a well-formed case.
pub fn run(args: &PayoutMathArgs) -> Result<Exit, Failure> {
    case_lines::each(&args.cases, |number, line, out| {
        let result = answer(line).map_err(|fault| malformed(number, &fault))?;
        Ok(write!(out, "{result}")?)
    })
}

fn malformed(line: u64, fault: &MathFault) -> Failure {
    // A key is foreign text: nothing in it may reach the terminal as a command.
    let key: String = fault.key.chars().take(MOST_OF_KEY).filter(|c| !c.is_control()).collect();
    let places = [("line", &*line.to_string()), ("key", &*key), ("detail", &*fault.detail)];
    Failure::refused("CASE_MALFORMED", &format!("cli.payout_math_{}", fault.problem.code()), &places)
        .with_hint(&format!("cli.payout_math_want_{}", fault.wanted.code()), &places)
}
