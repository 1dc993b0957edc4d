//! Files that were read, and what was found in them.
//!
//! **Invariant:** `accepted + refused` is the number of records of the file.

use chrono::NaiveDate;
use serde::Serialize;

use super::Shell;
use super::query::{Pager, PlainQuery};
use super::uploads::{UploadForm, UploadRow};

shown! {
    /// What became of a file.
    ImportState {
        /// Saved.
        Saved = "saved";
        /// Already known by its hash; nothing changed.
        Unchanged = "unchanged";
        /// Refused as a whole.
        Refused = "refused";
        /// Saved, and taken back later.
        Undone = "undone";
    }
}

shown! {
    /// Weight of a finding.
    Severity {
        /// The record was refused.
        Refused = "refused";
        /// The record was accepted.
        Warning = "warning";
        /// A hint on an accepted record.
        Note = "note";
    }
}

/// One file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportFile {
    /// Identifier, as in the address.
    pub id: String,
    /// File name.
    pub name: String,
    /// What it holds, in words.
    pub kind: String,
    /// Name of the bank; empty for files of the fund.
    pub bank: String,
    /// Business date of the import.
    pub on: Option<NaiveDate>,
    /// When it was read, made by `beijing`.
    pub received: String,
    /// What became of it.
    pub state: ImportState,
    /// Records.
    pub total: u64,
    /// Records accepted.
    pub accepted: u64,
    /// Records refused.
    pub refused: u64,
    /// Warnings.
    pub warned: u64,
    /// Guessed encoding or file format.
    pub encoding: String,
}

/// One finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// File name.
    pub file: String,
    /// Sheet; empty for text files.
    pub sheet: String,
    /// Row as a spreadsheet counts.
    pub row: u64,
    /// Column as the file names it.
    pub column: String,
    /// Contract number; may be empty.
    pub contract: String,
    /// Stable code.
    pub code: String,
    /// Weight.
    pub severity: Severity,
    /// Reason and what to do, in words.
    pub text: String,
}

/// The page of imports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportsView {
    /// Frame.
    pub shell: Shell,
    /// The form that sends files.
    pub form: UploadForm,
    /// Files under way and recent ones, newest first.
    pub uploads: Vec<UploadRow>,
    /// Files, newest first.
    pub files: Vec<ImportFile>,
    /// What was asked for; `search` is the identifier of one file. Filled by the server.
    pub query: PlainQuery,
    /// Findings of the page.
    pub findings: Vec<FindingRow>,
    /// Findings that match.
    pub total: u64,
    /// Way through the pages of findings; filled by the server.
    pub pager: Pager,
}
