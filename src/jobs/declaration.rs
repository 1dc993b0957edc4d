//! Job declarations: when, why, and what happens to a missed run.
//!
//! **Invariant:** the declared jobs and the handlers are the same set; a start with a difference is refused.

use std::collections::BTreeSet;
use std::path::Path;

use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use serde::Deserialize;
use thiserror::Error;

use crate::domain::calendar::WorkingDayShift;
use crate::embedded::{self, Jobs};

/// What happens to occurrences that were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missed {
    /// Every one is run, in order, each with its own business date.
    Each,
    /// Only the last one is run.
    Once,
    /// None is run.
    Skip,
}

/// How a due date that is no working day moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shift {
    Next,
    Previous,
    None,
}

/// A job as declared.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// Name, the same as the handler's.
    pub name: String,
    /// Why it runs, Chinese.
    pub why_zh: String,
    /// Why it runs, English.
    pub why_en: String,
    /// When, as written.
    pub cron_text: String,
    /// When, read.
    pub cron: Cron,
    /// Zone in which `cron` is read.
    pub timezone: Tz,
    /// How a date that is no working day moves.
    pub working_day: WorkingDayShift,
    /// Never earlier than this many working days after the banks' date of the month.
    pub after_banks_due_working_days: Option<u32>,
    /// Works on the month before its date, from the fund's first period on.
    pub monthly_period: bool,
    /// What happens to missed occurrences.
    pub missed: Missed,
    /// Whether it runs at all.
    pub enabled: bool,
    /// Seconds after which a run is reported as too long.
    pub timeout_s: u32,
    /// How often a failed run is tried.
    pub attempts: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    why_zh: String,
    why_en: String,
    cron: String,
    timezone: String,
    working_day: Shift,
    after_banks_due_working_days: Option<u32>,
    #[serde(default)]
    monthly_period: bool,
    missed: Missed,
    enabled: bool,
    timeout_s: u32,
    attempts: u32,
}

/// Why the declarations cannot be used.
#[derive(Debug, Error)]
pub enum DeclarationError {
    /// A file does not read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// File.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Jobs declared without a handler, or handlers without a declaration.
    #[error("declared but not built: {undeclared:?}; built but not declared: {unbuilt:?}")]
    Mismatch {
        /// Declared, no handler.
        undeclared: Vec<String>,
        /// Handler, not declared.
        unbuilt: Vec<String>,
    },
}

/// Reads the declarations compiled in, each replaced by the file of its name in `own` where there is one, and
/// holds them against the handlers.
///
/// # Errors
/// `Unreadable`, `Mismatch`.
pub fn load(handlers: &[&str], own: &Path) -> Result<Vec<Declaration>, DeclarationError> {
    let mut jobs = Vec::new();
    for (path, body) in embedded::texts::<Jobs>() {
        if path.ends_with(".toml") {
            let edited = own.join(&path);
            let body = if edited.is_file() {
                let unreadable =
                    |e: std::io::Error| DeclarationError::Unreadable { file: path.clone(), reason: e.to_string() };
                std::fs::read_to_string(&edited).map_err(unreadable)?
            } else {
                body
            };
            jobs.push(read(&path, &body)?);
        }
    }
    let declared: BTreeSet<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let built: BTreeSet<&str> = handlers.iter().copied().collect();
    if declared != built {
        let names = |set: BTreeSet<&str>| set.into_iter().map(str::to_owned).collect();
        return Err(DeclarationError::Mismatch {
            undeclared: names(declared.difference(&built).copied().collect()),
            unbuilt: names(built.difference(&declared).copied().collect()),
        });
    }
    Ok(jobs)
}

/// Reads one declaration.
///
/// # Errors
/// `Unreadable`.
pub fn read(path: &str, body: &str) -> Result<Declaration, DeclarationError> {
    let wrong = |reason: String| DeclarationError::Unreadable { file: path.to_owned(), reason };
    let file: File = toml::from_str(body).map_err(|e| wrong(e.to_string()))?;
    if path.strip_suffix(".toml") != Some(file.name.as_str()) {
        return Err(wrong(format!("name {} differs from the file's", file.name)));
    }
    let parser = CronParser::builder().seconds(Seconds::Required).build();
    let cron = parser.parse(&file.cron).map_err(|e| wrong(format!("cron: {e}")))?;
    let timezone: Tz = file.timezone.parse().map_err(|_unknown| wrong(format!("timezone {}", file.timezone)))?;
    let working_day = match file.working_day {
        Shift::Next => WorkingDayShift::Next,
        Shift::Previous => WorkingDayShift::Previous,
        Shift::None => WorkingDayShift::None,
    };
    Ok(Declaration {
        name: file.name,
        why_zh: file.why_zh,
        why_en: file.why_en,
        cron_text: file.cron,
        cron,
        timezone,
        working_day,
        after_banks_due_working_days: file.after_banks_due_working_days,
        monthly_period: file.monthly_period,
        missed: file.missed,
        enabled: file.enabled,
        timeout_s: file.timeout_s,
        attempts: file.attempts,
    })
}
