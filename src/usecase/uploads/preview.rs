//! What a check found in a file, or an import took from it, as people will read it.
//!
//! **Invariant:** all findings are counted; the first ones are kept, the refused before the others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::money::{Fen, FenDelta};
use crate::i18n::Lang;
use crate::import::Body;
use crate::import::finding::{Arguments, Finding, FindingCode, WORDING, reason};
use crate::import::rows::Record;
use crate::usecase::import::{FileOutcome, Incoming};

/// Findings kept for the page; the marked workbook holds all.
pub const SHOWN: usize = 200;

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The file was taken in before; nothing changes.
    pub known: bool,
    /// The books have changed since the last look, and so has what follows.
    pub changed: bool,
    /// Sheet that was read.
    pub sheet: Option<String>,
    /// Mapping used.
    pub mapping: String,
    /// Encoding of a text file.
    pub encoding: Option<String>,
    /// Bank.
    pub bank: Option<String>,
    /// Month of a report.
    pub month: Option<String>,
    /// Version the report is or becomes.
    pub version: Option<i64>,
    /// The bank says it had no business.
    pub nil_return: bool,
    /// Loans of the month's last version that a full report leaves out; empty places where it leaves out none.
    pub missing: BTreeMap<String, String>,
    /// Loans of which a report carries on what was reported last, because their rows are refused.
    #[serde(default)]
    pub carried: u32,
    /// Among these, loans that no row of the file names: a contract number does not read.
    #[serde(default)]
    pub carried_unread: u32,
    /// Loans with a balance last month that a full report leaves out and so settles.
    #[serde(default)]
    pub settled: u32,
    /// What they owed last month, fen.
    #[serde(default)]
    pub settled_fen: i64,
    /// Records in the file.
    pub total: u32,
    /// Records that can be taken in, those known before included.
    pub accepted: u32,
    /// Records known before.
    pub unchanged: u32,
    /// Refused records.
    pub rejected: u32,
    /// Warnings.
    pub warnings: u32,
    /// Hints.
    pub notes: u32,
    /// Sum of the amounts of the acceptable records, fen; nothing for files without amounts.
    pub amount: Option<i64>,
    /// Files of earlier imports that get new findings by this one.
    pub earlier: u32,
    /// Headers as the file writes them, by the field they are read as.
    pub columns: Vec<String>,
    /// The file's own totals beside the sums of its rows.
    #[serde(default)]
    pub totals: Vec<Total>,
    /// The first findings.
    pub findings: Vec<Found>,
    /// All findings as far as they are marked in a workbook; stored beside the preview.
    #[serde(skip)]
    pub marks: Vec<Found>,
}

/// A total of the file beside the sum of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Column as the file names it.
    pub column: String,
    /// What the file says, fen.
    pub file_says: i64,
    /// The sum of the rows, fen.
    pub computed: i64,
    /// Rows whose amount does not read.
    pub unread: u32,
}

/// Findings that a workbook marks at most.
const MARKED: usize = 20_000;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// `rejected`, `warning` or `note`.
    pub severity: String,
    /// Row as a spreadsheet counts.
    pub row: u32,
    /// Column as the file names it.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// Contract.
    pub contract: Option<String>,
    /// What fills the reason.
    pub args: Arguments,
}

impl Found {
    /// What a person reads; the code where this version does not know it.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        FindingCode::from_code(&self.code).map_or_else(|| self.code.clone(), |code| reason(code, &self.args, lang))
    }

    /// The finding itself, where this version knows its code.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        let code = FindingCode::from_code(&self.code)?;
        let (column, args) = (self.column.clone(), self.args.clone());
        Some(Finding { row: self.row, column, code, contract: self.contract.clone(), args })
    }

    /// What stands in the cell, where the finding is about one value.
    #[must_use]
    pub fn value(&self) -> &str {
        self.args.get("value").map_or("", String::as_str)
    }
}

impl Preview {
    /// A stored preview; an empty one where there is none.
    #[must_use]
    pub fn of(stored: Option<&str>) -> Preview {
        stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    /// As it is stored.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether a full report would leave out loans.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !self.missing.is_empty()
    }

    /// What came out for the first of `outcomes`, which is of `file`.
    #[must_use]
    pub fn new(file: &Incoming, outcomes: &[FileOutcome]) -> Preview {
        let reading = &file.reading;
        let Some((outcome, earlier)) = outcomes.split_first() else { return Preview::default() };
        let mut marks = Vec::new();
        let lists = [("rejected", &outcome.rejected), ("warning", &outcome.warnings), ("note", &outcome.notes)];
        for (severity, list) in lists {
            let room = MARKED.saturating_sub(marks.len());
            marks.extend(list.iter().take(room).map(|finding| found(severity, finding)));
        }
        let settled = || outcome.notes.iter().filter(|finding| finding.code == FindingCode::LoanMissing);
        let owed = |finding: &Finding| FenDelta::from_yuan(finding.args.get("balance")?).ok().map(FenDelta::get);
        let carried = || outcome.warnings.iter().filter(|finding| finding.code == FindingCode::LoanCarried);
        Preview {
            known: false,
            changed: false,
            sheet: reading.sheet.clone(),
            mapping: reading.mapping.clone(),
            encoding: reading.encoding.map(|encoding| encoding.label().to_owned()),
            bank: outcome.bank.clone(),
            month: outcome.month.clone(),
            version: outcome.version,
            nil_return: reading.nil_return,
            missing: BTreeMap::new(),
            settled: count(settled().count()),
            settled_fen: settled().filter_map(owed).fold(0, i64::saturating_add),
            carried: count(carried().count()),
            carried_unread: count(carried().filter(|finding| finding.args.contains_key(WORDING)).count()),
            total: outcome.records_total,
            accepted: outcome.records_accepted,
            unchanged: outcome.records_unchanged,
            rejected: count(outcome.rejected.len()),
            warnings: count(outcome.warnings.len()),
            notes: count(outcome.notes.len()),
            // A large book is never held whole, so there is nothing to add up.
            amount: if file.rest.is_none() { amount(&reading.body, &outcome.rejected) } else { None },
            earlier: count(earlier.len()),
            columns: reading.columns.values().cloned().collect(),
            totals: outcome
                .totals
                .iter()
                .map(|total| Total {
                    column: total.column.clone(),
                    file_says: total.file_says.get(),
                    computed: total.computed.get(),
                    unread: total.unread,
                })
                .collect(),
            findings: marks.iter().take(SHOWN).cloned().collect(),
            marks,
        }
    }

    /// All findings as they are stored.
    #[must_use]
    pub fn marks_json(&self) -> String {
        serde_json::to_string(&self.marks).unwrap_or_default()
    }

    /// Whether an import does what this preview promised.
    #[must_use]
    pub fn promised(&self, now: &Preview) -> bool {
        let figures = |it: &Preview| (it.total, it.accepted, it.unchanged, it.rejected, it.version, it.amount);
        figures(self) == figures(now)
    }
}

fn found(severity: &str, finding: &Finding) -> Found {
    Found {
        severity: severity.to_owned(),
        row: finding.row,
        column: finding.column.clone(),
        code: finding.code.code().to_owned(),
        contract: finding.contract.clone(),
        args: finding.args.clone(),
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Sum over the records that stand. A sum that does not fit is not shown.
fn amount(body: &Body, rejected: &[Finding]) -> Option<i64> {
    match body {
        Body::Registrations(records) => sum(records, rejected, |loan| loan.principal),
        Body::Servicing(records) => sum(records, rejected, |row| row.balance),
        Body::Claims(records) => sum(records, rejected, |claim| claim.outstanding_principal),
        Body::Fund(records) => sum(records, rejected, |row| row.amount),
        Body::Partners(_) => None,
    }
}

fn sum<T>(records: &[Record<T>], rejected: &[Finding], of: impl Fn(&T) -> Fen) -> Option<i64> {
    let refused: std::collections::BTreeSet<u32> = rejected.iter().map(|finding| finding.row).collect();
    let mut stand = records.iter().filter(|record| !refused.contains(&record.row));
    stand.try_fold(0_i64, |sum, record| sum.checked_add(of(&record.value).get()))
}
