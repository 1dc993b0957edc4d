//! Files on their way into the books: the form, the list, and one file from check to result.
//!
//! **Invariant:** a page that shows work under way says so (`moving`), and only such a page asks for itself again.

use chrono::NaiveDate;
use serde::Serialize;

use super::imports::Severity;
use super::{Choice, Shell};

shown! {
    /// Where a file stands.
    UploadState {
        /// Waits for its check.
        Received = "received";
        /// Being checked.
        Checking = "checking";
        /// Waits for a person.
        Checked = "checked";
        /// Being imported.
        Committing = "committing";
        /// Imported, or known from before.
        Done = "done";
        /// Sent back as a whole.
        Refused = "refused";
        /// Not wanted any more.
        Cancelled = "cancelled";
        /// Given up.
        Failed = "failed";
    }
}

/// Work under way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moving {
    /// A worker is at it; otherwise it waits for one.
    pub at_work: bool,
    /// The file has been read; its records are being taken in.
    pub saving: bool,
    /// Rows or records done.
    pub done: u64,
    /// Records in all; 0 while that is not known.
    pub total: u64,
    /// Share done, ppm; none while the whole is not known.
    pub share: Option<u64>,
    /// Somebody has asked for it to stop.
    pub stopping: bool,
}

/// One file in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UploadRow {
    /// Identifier, as in the address.
    pub id: String,
    /// File name.
    pub name: String,
    /// What it holds, in words.
    pub kind: String,
    /// Name of the bank; empty where nobody has said and nothing told it.
    pub bank: String,
    /// Business date.
    pub on: Option<NaiveDate>,
    /// Who sent it.
    pub by: String,
    /// When it came, made by `beijing`.
    pub received: String,
    /// Where it stands.
    pub state: UploadState,
    /// Work under way; none where nothing is.
    pub moving: Option<Moving>,
    /// Records, once checked.
    pub total: Option<u32>,
    /// Refused records, once checked.
    pub rejected: Option<u32>,
}

/// Something the sender has to put right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FormError {
    /// Identifier of the field, for the link to it.
    pub field: String,
    /// What to do, in words.
    pub text: String,
}

/// The form that sends files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UploadForm {
    /// Kinds of files.
    pub kinds: Vec<Choice>,
    /// Kind chosen.
    pub kind: String,
    /// Partner banks.
    pub banks: Vec<Choice>,
    /// Bank chosen; empty to find out.
    pub bank: String,
    /// Business date as typed.
    pub on: String,
    /// One refused record sends the whole file back.
    pub all_or_nothing: bool,
    /// Random text that makes a second click the same upload; filled by the server.
    pub token: String,
    /// Largest file, bytes.
    pub most_bytes: u64,
    /// The same in MiB.
    pub most_mib: u64,
    /// What is to be put right.
    pub errors: Vec<FormError>,
}

/// One finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FoundRow {
    /// Weight.
    pub severity: Severity,
    /// Row as a spreadsheet counts.
    pub row: u32,
    /// Column as the file names it; may be empty.
    pub column: String,
    /// Contract; may be empty.
    pub contract: String,
    /// What stands in the cell; may be empty.
    pub value: String,
    /// Reason and what to do, in words.
    pub text: String,
    /// Stable code.
    pub code: String,
}

/// A total of the file beside the sum of its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TotalRow {
    /// Column as the file names it.
    pub column: String,
    /// What the file says, fen.
    pub file_says: i64,
    /// The sum of the rows, fen.
    pub computed: i64,
    /// Rows whose amount does not read.
    pub unread: u32,
    /// Both are the same.
    pub agrees: bool,
}

/// What was found in a file, or taken from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The file was taken in before.
    pub known: bool,
    /// The books have changed since the last look.
    pub changed: bool,
    /// Sheet; empty for text.
    pub sheet: String,
    /// Mapping.
    pub mapping: String,
    /// Encoding; empty for workbooks.
    pub encoding: String,
    /// Month of a report; may be empty.
    pub month: String,
    /// Version of a report from the second one on.
    pub version: Option<i64>,
    /// The bank says it had no business.
    pub nil_return: bool,
    /// A full report would leave out so many loans; empty where it leaves out none.
    pub missing_count: String,
    /// Some of these loans.
    pub missing_contracts: String,
    /// Loans with a balance last month that the file leaves out: a full report settles them.
    pub settled: u32,
    /// What they owed last month, fen.
    pub settled_fen: i64,
    /// They are many, or rows of the file are refused and may be about them: somebody has to say that this is meant.
    pub settles_asked: bool,
    /// Loans of which the report would carry on what was reported last.
    pub carried: u32,
    /// Among these, loans that no row of the file names.
    pub carried_unread: u32,
    /// Records in the file.
    pub total: u32,
    /// Records that can be taken in, those known before included.
    pub accepted: u32,
    /// Of these, records that are new.
    pub fresh: u32,
    /// Records known before.
    pub unchanged: u32,
    /// Refused records.
    pub rejected: u32,
    /// Warnings.
    pub warnings: u32,
    /// Hints.
    pub notes: u32,
    /// The file's own totals beside the sums of its rows.
    pub totals: Vec<TotalRow>,
    /// Sum of the amounts of the acceptable records, fen.
    pub amount: Option<i64>,
    /// Files of earlier imports that get new findings.
    pub earlier: u32,
    /// Headers that were recognised, as the file writes them.
    pub columns: String,
    /// Number of them.
    pub column_count: u64,
    /// The first findings.
    pub findings: Vec<FoundRow>,
    /// Findings that are not shown.
    pub more: u32,
}

/// The page of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UploadView {
    /// Frame.
    pub shell: Shell,
    /// The file.
    pub row: UploadRow,
    /// Code of its kind.
    pub kind_code: String,
    /// Code of its bank; may be empty.
    pub bank_code: String,
    /// Bytes.
    pub bytes: u64,
    /// One refused record sends the whole file back.
    pub all_or_nothing: bool,
    /// What was found or taken in; none before the check.
    pub found: Option<Found>,
    /// Who decided; may be empty.
    pub decided_by: String,
    /// When it ended, made by `beijing`; may be empty.
    pub finished: String,
    /// Identifier of the import it became; may be empty.
    pub import_id: String,
    /// Stable code of why it did not come in; may be empty.
    pub error_code: String,
    /// The same in words.
    pub error_text: String,
    /// There is a workbook in which the findings are marked.
    pub has_marked: bool,
    /// No layout fits the file; a new one may be made from it.
    pub can_learn: bool,
    /// What is to be put right before a decision is taken.
    pub errors: Vec<FormError>,
}
