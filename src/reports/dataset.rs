//! Tables without a look: the exact figures a workbook, a mail and a page all print.
//!
//! Owns `Dataset`, `Table`, `Row`, `Column`; what stands in a cell is in `cell`.
//! **Invariant:** every row has one cell for every column, and amounts are exact fen.

use serde_json::{Map, Value, json};

use super::ReportError;
use super::cell::{Cell, Unit};
use crate::domain::calendar::Month;
use crate::hash::sha256_hex;
use crate::i18n::Lang;

/// One summary: head, tables, notes, conclusion.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Stable name, also the job's: `regulator_summary`.
    pub name: &'static str,
    /// The month.
    pub period: Month,
    /// 1 for the first issue.
    pub version: u32,
    /// Language of every text in it.
    pub lang: Lang,
    /// Head block of every printed sheet, as (label, value).
    pub head: Vec<(String, String)>,
    /// The tables.
    pub tables: Vec<Table>,
    /// Foot notes.
    pub notes: Vec<Note>,
    /// The conclusion: three sentences.
    pub summary: Vec<String>,
}

/// One foot note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub topic: Topic,
    /// The sentence.
    pub text: String,
}

/// What a foot note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// How a figure is counted 口径.
    Basis,
    /// Who did not report, who reported nil.
    Returns,
    /// Earlier figures that changed.
    Correction,
    /// Movements somebody must explain 变动说明.
    Explain,
    /// Printed parts that do not add up 舍入差.
    Rounding,
    /// The figures are proposals nobody has approved.
    Proposal,
}

/// One table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Code, such as `1-1`.
    pub code: &'static str,
    /// Title.
    pub title: String,
    /// Heading of the first, row-label column.
    pub stub: String,
    /// Columns after the row label.
    pub columns: Vec<Column>,
    /// Rows in printing order.
    pub rows: Vec<Row>,
}

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Fixed code, such as `B2`.
    pub code: &'static str,
    /// Heading.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Where its figures come from.
    pub basis: Basis,
}

/// Where a column's figures come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The bank's report of the month: without one the cell is `—`.
    Bank,
    /// The fund's own register, claims and ledger.
    Fund,
}

/// Kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// One bank, place or kind.
    Item,
    /// Sum of a group of items.
    Subtotal,
    /// Sum of all items.
    Total,
    /// The banks that did not report.
    Missing,
    /// Last month on the same basis.
    Previous,
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Stable key, such as a bank code or `total`.
    pub key: String,
    /// What is printed before the cells.
    pub label: String,
    /// Kind.
    pub kind: RowKind,
    /// One cell for every column.
    pub cells: Vec<Cell>,
}

impl Note {
    /// A note.
    #[must_use]
    pub const fn new(topic: Topic, text: String) -> Note {
        Note { topic, text }
    }
}

impl RowKind {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            RowKind::Item => "item",
            RowKind::Subtotal => "subtotal",
            RowKind::Total => "total",
            RowKind::Missing => "missing",
            RowKind::Previous => "previous",
        }
    }
}

impl Table {
    /// The row with this key.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == key)
    }

    /// The cell of this row and column.
    #[must_use]
    pub fn cell(&self, row: &str, column: &str) -> Option<&Cell> {
        let place = self.columns.iter().position(|known| known.code == column)?;
        self.row(row)?.cells.get(place)
    }

    /// Checks that every row has one cell for every column.
    ///
    /// # Errors
    /// `RowShape`.
    pub fn check_shape(&self) -> Result<(), ReportError> {
        match self.rows.iter().find(|row| row.cells.len() != self.columns.len()) {
            None => Ok(()),
            Some(row) => Err(ReportError::RowShape {
                table: self.code.to_owned(),
                row: row.key.clone(),
                cells: row.cells.len(),
                columns: self.columns.len(),
            }),
        }
    }
}

impl Dataset {
    /// The table with this code.
    #[must_use]
    pub fn table(&self, code: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.code == code)
    }

    /// The figures as canonical JSON: codes, keys and exact values, no words of any language, no issue times.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let tables: Vec<Value> = self.tables.iter().map(table_json).collect();
        json!({ "name": self.name, "period": self.period.to_string(), "tables": tables })
    }

    /// SHA-256 of `to_json` as hex: two issues with the same hash say the same, so the later one supersedes nothing.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256_hex(self.to_json().to_string().as_bytes())
    }
}

fn table_json(table: &Table) -> Value {
    let mut rows = Map::new();
    for row in &table.rows {
        let mut cells = Map::new();
        for (column, cell) in table.columns.iter().zip(&row.cells) {
            let value = match cell.exact(column.unit) {
                Some(value) => json!(value),
                None => json!({ "status": cell.status() }),
            };
            cells.insert(column.code.to_owned(), value);
        }
        rows.insert(row.key.clone(), Value::Object(cells));
    }
    json!({ "code": table.code, "rows": rows })
}
