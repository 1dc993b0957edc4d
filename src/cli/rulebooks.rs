//! `rulebook …`: check, list and read rulebook files.
//!
//! **Invariant:** none of these changes a figure.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::case_lines::unreadable;
use super::read::say;
use super::{issuing, trial};
use crate::rulebook::{self, ParsedRulebook};

/// What to do with rulebooks.
#[derive(Debug, Subcommand)]
pub enum RulebookCommand {
    /// Check a file and name every mistake with its line.
    Check {
        /// File.
        file: PathBuf,
    },
    /// Tell a file back as articles, in Chinese and English.
    Explain {
        /// File.
        file: PathBuf,
    },
    /// Tell what differs between two files, clause by clause.
    Diff {
        /// File.
        before: PathBuf,
        /// File.
        after: PathBuf,
    },
    /// Print every word a rulebook may use.
    Vocabulary,
    /// Issue a rulebook: proposed by one person, confirmed by another; list and print what is stored.
    #[command(flatten)]
    Issue(issuing::IssueCommand),
    /// Compute stored loans and claims again under a candidate, and save nothing.
    Trial(trial::TrialArgs),
}

/// Checks a rulebook file, or lists what is stored.
///
/// # Errors
/// Storage; a file that is not there.
pub fn rulebook(context: &Context, command: &RulebookCommand) -> Result<Exit, Failure> {
    match command {
        RulebookCommand::Check { file } => check_rulebook(context, file),
        RulebookCommand::Explain { file } => super::rulebook_texts::explain(context, file),
        RulebookCommand::Diff { before, after } => super::rulebook_texts::diff(context, before, after),
        RulebookCommand::Vocabulary => Ok(super::rulebook_texts::vocabulary(context)),
        RulebookCommand::Issue(command) => issuing::run(context, command),
        RulebookCommand::Trial(args) => trial::run(context, args),
    }
}

fn check_rulebook(context: &Context, file: &PathBuf) -> Result<Exit, Failure> {
    let shown = file.to_string_lossy().into_owned();
    let body = std::fs::read_to_string(file).map_err(|error| unreadable(&shown, &error))?;
    match rulebook::parse(&shown, &body) {
        Ok(parsed) => {
            let name = parsed.rulebook.name();
            let answer = json!({ "ok": true, "rulebook": name, "hash": parsed.hash_hex });
            say(context, "cli.rulebook_ok", &answer);
            Ok(Exit::Done)
        }
        Err(faults) => {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            if context.json {
                print_json(&json!({ "ok": false, "faults": lines }));
            } else {
                print_lines(lines);
            }
            Ok(Exit::Refused)
        }
    }
}

/// Reads a rulebook file that must have no faults.
///
/// # Errors
/// A file that cannot be read; every fault of it, each on a line.
pub fn read(file: &Path) -> Result<ParsedRulebook, Failure> {
    let shown = file.to_string_lossy().into_owned();
    let body = std::fs::read_to_string(file).map_err(|error| unreadable(&shown, &error))?;
    rulebook::parse(&shown, &body).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("\n{fault}")).collect();
        Failure::refused("RULEBOOK_FAULTS", "cli.rulebook_faults", &[("file", &*shown), ("faults", &*lines.concat())])
    })
}
