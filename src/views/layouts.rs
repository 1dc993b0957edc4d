//! A proposed layout: what each column of a file is taken for, with cells to judge it by, to be corrected and kept.
//!
//! **Invariant:** whatever is shown as chosen is sent back as chosen, so that only what a person changes counts as said.

use serde::Serialize;

use super::uploads::FormError;
use super::{Choice, Shell};

/// A word of the file and what it stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LayoutWord {
    /// As the file writes it.
    pub word: String,
    /// In how many cells.
    pub count: usize,
    /// The word of the list it stands for; empty where nobody knows.
    pub meaning: String,
    /// How it comes to that, in words.
    pub basis: String,
}

/// A cell and what is read in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LayoutSample {
    /// Row as a spreadsheet counts.
    pub row: u32,
    /// The cell as it is.
    pub text: String,
    /// What is read; empty where nothing is.
    pub reading: String,
    /// Why it cannot be read; empty where it can.
    pub fault: String,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LayoutColumn {
    /// Place, from 0.
    pub place: usize,
    /// Place as a spreadsheet names it.
    pub letter: String,
    /// Header; may be empty.
    pub header: String,
    /// Code of the field it is read as; empty where it is left out.
    pub field: String,
    /// `certain`, `likely`, `guess` or `none`.
    pub confidence: String,
    /// Why, in words.
    pub why: String,
    /// The column holds money.
    pub is_money: bool,
    /// Unit of money as the file writes it; empty where it cannot be told.
    pub unit: String,
    /// Where the unit comes from, in words.
    pub unit_basis: String,
    /// Words that need a meaning.
    pub words: Vec<LayoutWord>,
    /// Words they may mean.
    pub list: Vec<String>,
    /// Cells with something in them, among the rows looked at.
    pub filled: usize,
    /// Cells among them that cannot be read.
    pub faults: usize,
    /// Cells to judge by.
    pub samples: Vec<LayoutSample>,
}

/// The page of a proposed layout.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LayoutView {
    /// Frame.
    pub shell: Shell,
    /// Identifier of the upload.
    pub id: String,
    /// Name of the file.
    pub file: String,
    /// What it holds, in words.
    pub kind: String,
    /// The layout belongs to one bank.
    pub of_bank: bool,
    /// Code of the bank; may be empty.
    pub bank: String,
    /// Partner banks.
    pub banks: Vec<Choice>,
    /// Sheet; empty for text.
    pub sheet: String,
    /// Sheets to choose from.
    pub sheets: Vec<String>,
    /// Number of the last header row, from 1.
    pub header_row: u32,
    /// Rows of the header.
    pub header_rows: u32,
    /// `record` or `right`.
    pub row_per: String,
    /// What a row is can be chosen.
    pub chooses_row_per: bool,
    /// Data rows looked at.
    pub rows: usize,
    /// Columns from left to right.
    pub columns: Vec<LayoutColumn>,
    /// Fields of this kind of file.
    pub fields: Vec<Choice>,
    /// What is open, in words.
    pub doubts: Vec<String>,
    /// Guesses are among it.
    pub has_guesses: bool,
    /// Guesses shall be kept as they stand.
    pub accepts_guesses: bool,
    /// What has been said so far, as JSON.
    pub said: String,
    /// Name to keep it under.
    pub name: String,
    /// What is to be put right.
    pub errors: Vec<FormError>,
}
