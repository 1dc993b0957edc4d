//! `quote`: the trial calculation (试算), a case a line in, a result a line out.
//!
//! **Invariant:** no database is opened and nothing is changed; what is printed is what import, claim, API and page
//! compute, because it is the same function.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::answer::{Exit, Failure};
use super::case_lines::{self, Stopped};
use super::rulebooks;
use crate::domain::payout::Rules;
use crate::domain::payout::bank_year::settle;
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::recover::recover;
use crate::domain::payout::subsidy::subsidies;
use crate::domain::rulebook::Rulebook;
use crate::reference;
use crate::rulebook::outcome_json::{write_outcome, write_recovery, write_subsidies, write_year};
use crate::rulebook::quote_json::{AnyCase, CaseError, any_case};

/// What to compute.
#[derive(Debug, Args)]
pub struct QuoteArgs {
    /// Rulebook that governs the cases.
    #[arg(long)]
    rulebook: PathBuf,
    /// Rulebook in force on the day of the claim, for the tests that the governing one wants made again.
    #[arg(long)]
    in_force: Option<PathBuf>,
    /// File with one JSON case a line; `-` reads standard input.
    #[arg(long, default_value = "-")]
    cases: PathBuf,
    /// Leave the steps out.
    #[arg(long)]
    no_trace: bool,
}

/// Computes every case of the file.
///
/// # Errors
/// A rulebook with faults; a file that cannot be read; the first line that is not a well-formed case.
pub fn run(args: &QuoteArgs) -> Result<Exit, Failure> {
    let book = read(&args.rulebook)?;
    let in_force = args.in_force.as_deref().map(read).transpose()?;
    let rules =
        Rules { book: &book, in_force: in_force.as_ref(), calendar: reference::work_calendar(), trace: !args.no_trace };
    let mut buffer = Vec::new();
    case_lines::each(&args.cases, |number, line, out| answer(&rules, number, line, &mut buffer, out))
}

fn read(file: &Path) -> Result<Rulebook, Failure> {
    rulebooks::read(file).map(|parsed| parsed.rulebook)
}

/// Writes the result of one line.
fn answer(
    rules: &Rules<'_>,
    number: u64,
    line: &[u8],
    buffer: &mut Vec<u8>,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let text = std::str::from_utf8(line)
        .map_err(|_error| malformed(number, &CaseError::Json { detail: "UTF-8".to_owned() }))?;
    let case = any_case(text).map_err(|error| malformed(number, &error))?;
    buffer.clear();
    match &case {
        AnyCase::Claim(case) => write_outcome(&evaluate(rules, case), rules.trace, buffer),
        AnyCase::BankYear(year) => write_year(&settle(rules, year), rules.trace, buffer),
        AnyCase::Recovery(came) => write_recovery(&came.case, &recover(rules, came), buffer),
        AnyCase::Subsidy(asked) => write_subsidies(&asked.case, &subsidies(rules, asked), buffer),
    }
    Ok(out.write_all(buffer)?)
}

fn malformed(line: u64, error: &CaseError) -> Failure {
    let line = line.to_string();
    let (key, path, expected) = match error {
        CaseError::Missing { path } => ("cli.quote_missing", path.as_str(), ""),
        CaseError::Unknown { path } => ("cli.quote_unknown", path.as_str(), ""),
        CaseError::Twice { path } => ("cli.quote_twice", path.as_str(), ""),
        CaseError::Kind { found } => ("cli.quote_kind", found.as_str(), ""),
        CaseError::Json { detail } => ("cli.quote_not_json", "", detail.as_str()),
        CaseError::Form { path, expected } => ("cli.quote_form", path.as_str(), *expected),
    };
    // A key is foreign text: nothing in it may reach the terminal as a command.
    let path: String = path.chars().take(200).filter(|c| !c.is_control()).collect();
    let places = [("line", &*line), ("key", &*path), ("expected", expected)];
    Failure::refused("CASE_MALFORMED", key, &places)
}
