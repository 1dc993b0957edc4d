//! What pages of cases show besides their figures: who did what, which papers there are, what is due.
//!
//! **Invariant:** a timeline holds every act, the newest first.

use chrono::NaiveDate;
use serde::Serialize;

use super::acting::{CheckLine, Offer};

/// One act on the way of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// When.
    pub at: String,
    /// Name of the act.
    pub act: String,
    /// `ok`, `warn`, `bad` or empty.
    pub tone: &'static str,
    /// Who.
    pub who: String,
    /// In which role, of which institution.
    pub role: String,
    /// What was said: a note, a reason, grounds.
    pub note: String,
    /// Its other particulars.
    pub told: Vec<CheckLine>,
    /// Working days since the act before; none for the first.
    pub took: Option<u32>,
}

/// One paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PaperRow {
    /// Identifier.
    pub id: String,
    /// Ending of its name in capitals.
    pub kind: String,
    /// Which document it is.
    pub document: String,
    /// File name.
    pub name: String,
    /// Size in kilobytes, rounded up.
    pub kilobytes: u64,
    /// Day it came.
    pub on: Option<NaiveDate>,
    /// Who handed it in.
    pub by: String,
    /// What the scanner said, in words.
    pub verdict: String,
    /// A browser can show it.
    pub opens: bool,
}

/// One step of the usual way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StepShown {
    /// Words for it.
    pub label: String,
    /// `done`, `now` or empty.
    pub state: &'static str,
    /// Who took it and when; who has it now and until when.
    pub note: String,
}

/// One figure as the bank and as the system has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Words for it.
    pub label: String,
    /// What it rests on.
    pub basis: String,
    /// Amount of the bank, fen.
    pub bank_amount: Option<i64>,
    /// Amount of the system, fen.
    pub own_amount: Option<i64>,
    /// Day of the bank.
    pub bank_day: Option<NaiveDate>,
    /// Day of the system.
    pub own_day: Option<NaiveDate>,
    /// They are the same; none where one of them is missing.
    pub same: Option<bool>,
}

/// A form that can be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Printable {
    /// Words for it.
    pub label: String,
    /// Address.
    pub href: String,
}

/// The working side of a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ClaimCase {
    /// The usual way.
    pub steps: Vec<StepShown>,
    /// Acts, newest first.
    pub passed: Vec<Passed>,
    /// Papers.
    pub papers: Vec<PaperRow>,
    /// Page of the papers.
    pub papers_href: String,
    /// How complete the file is, in words; empty before it is computed.
    pub complete: String,
    /// Papers still missing, in words.
    pub missing: Vec<String>,
    /// How many papers the claim states to be there.
    pub stated: usize,
    /// How many of its papers came as files, those of the loan's registration among them.
    pub on_file: usize,
    /// Papers that are stated and of which no file came, in words.
    pub without_file: Vec<String>,
    /// Working days the bank took.
    pub bank_days: u32,
    /// Working days the fund took.
    pub fund_days: u32,
    /// Last day of the desk that has it.
    pub due_on: Option<NaiveDate>,
    /// Days until then.
    pub days_left: Option<i64>,
    /// Figures of the bank beside the system's.
    pub compared: Vec<Compared>,
    /// What can be done.
    pub offers: Vec<Offer>,
    /// Forms to print.
    pub forms: Vec<Printable>,
    /// Address of the evidence pack; empty where it may not be had.
    pub pack_href: String,
}
