//! Tables without a look: the exact figures a workbook, a mail and a page all print.
//!
//! Owns `Dataset`, `Table`, `Row`, `Column`, `Cell` and their display.
//! **Invariant:** amounts are exact fen; 万元 exists only in `Cell::shown`, rounded once per cell.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::ReportError;
use super::words::signed_percent;
use crate::domain::calendar::Month;
use crate::domain::money::{Fen, FenDelta, Ppm};
use crate::i18n::{self, Lang};
use crate::render::{grouped, wan_plain};

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

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Money, printed in 万元.
    Wan,
    /// Firms 户.
    Firms,
    /// Loans, claims 笔.
    Loans,
    /// Rights, policies 件.
    Pieces,
    /// Pledge contracts 项.
    Items,
    /// Percent.
    Percent,
    /// Percentage points 百分点.
    Points,
    /// Working days.
    Days,
    /// Times 次.
    Times,
    /// Words.
    Text,
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

/// One figure, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// An amount.
    Money(Fen),
    /// A change of an amount.
    Delta(FenDelta),
    /// A number of things.
    Count(u64),
    /// A ratio.
    Percent(Ppm),
    /// A signed change in parts per million: percentage points, or growth.
    Points(i64),
    /// Words.
    Text(String),
    /// 未采集: nobody has been asked for it yet, or there is no data for the comparison.
    NotCollected,
    /// `—`: the bank was asked and has not reported.
    NotReported,
    /// Blank.
    NotApplicable,
    /// 0.00: the bank reported that there is nothing.
    Nil,
}

impl Note {
    /// A note.
    #[must_use]
    pub const fn new(topic: Topic, text: String) -> Note {
        Note { topic, text }
    }
}

impl Cell {
    /// A count and an amount, for the many pairs 笔/额.
    #[must_use]
    pub fn pair((count, amount): (u64, Fen)) -> [Cell; 2] {
        [Cell::Count(count), Cell::Money(amount)]
    }

    /// As printed: 万元 with two decimals and separators, percent with two decimals.
    #[must_use]
    pub fn shown(&self, lang: Lang, unit: Unit) -> String {
        match self {
            Cell::Money(fen) => grouped(&wan_plain(fen.get())),
            Cell::Delta(fen) => grouped(&wan_plain(fen.get())),
            Cell::Count(number) => grouped(&number.to_string()),
            Cell::Percent(ratio) => ratio.percent(),
            Cell::Points(ppm) => signed_percent(*ppm),
            Cell::Text(words) => words.clone(),
            Cell::NotCollected => i18n::text(lang, "report.cell.not_collected", &[]),
            Cell::NotReported => "—".to_owned(),
            Cell::NotApplicable => String::new(),
            Cell::Nil if matches!(unit, Unit::Wan | Unit::Percent | Unit::Points) => "0.00".to_owned(),
            Cell::Nil => "0".to_owned(),
        }
    }

    /// The exact value: yuan, a count, a ratio with six decimals, words; `None` where there is no value.
    #[must_use]
    pub fn exact(&self, unit: Unit) -> Option<String> {
        match self {
            Cell::Money(fen) => Some(fen.yuan()),
            Cell::Delta(fen) => Some(fen.yuan()),
            Cell::Count(number) => Some(number.to_string()),
            Cell::Percent(ratio) => Some(ratio.fraction()),
            Cell::Points(ppm) => Some(signed_fraction(*ppm)),
            Cell::Text(words) => Some(words.clone()),
            Cell::NotCollected | Cell::NotReported | Cell::NotApplicable => None,
            Cell::Nil if unit == Unit::Wan => Some("0.00".to_owned()),
            Cell::Nil => Some("0".to_owned()),
        }
    }

    /// Stable word for what the cell is: `value`, `nil`, `not_collected`, `not_reported`, `not_applicable`.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match self {
            Cell::NotCollected => "not_collected",
            Cell::NotReported => "not_reported",
            Cell::NotApplicable => "not_applicable",
            Cell::Nil => "nil",
            Cell::Money(_) | Cell::Delta(_) | Cell::Count(_) | Cell::Percent(_) | Cell::Points(_) | Cell::Text(_) => {
                "value"
            }
        }
    }

    /// The amount in fen, where the cell is one; a nil return is zero.
    #[must_use]
    pub const fn fen(&self) -> Option<i64> {
        match self {
            Cell::Money(fen) => Some(fen.get()),
            Cell::Delta(fen) => Some(fen.get()),
            Cell::Nil => Some(0),
            _ => None,
        }
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

impl Unit {
    /// The unit of the printed figure.
    #[must_use]
    pub fn name(self, lang: Lang) -> String {
        i18n::text(lang, &format!("report.unit.{}", self.code()), &[])
    }

    /// The unit of the exact value: money in yuan, ratios as fractions.
    #[must_use]
    pub fn exact_name(self, lang: Lang) -> String {
        let code = match self {
            Unit::Wan => "yuan",
            Unit::Percent | Unit::Points => "ratio",
            other => other.code(),
        };
        i18n::text(lang, &format!("report.unit.{code}"), &[])
    }

    const fn code(self) -> &'static str {
        match self {
            Unit::Wan => "wan",
            Unit::Firms => "firms",
            Unit::Loans => "loans",
            Unit::Pieces => "pieces",
            Unit::Items => "items",
            Unit::Percent => "percent",
            Unit::Points => "points",
            Unit::Days => "days",
            Unit::Times => "times",
            Unit::Text => "text",
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
        let digest = Sha256::digest(self.to_json().to_string().as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
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

fn signed_fraction(ppm: i64) -> String {
    let sign = if ppm < 0 { "-" } else { "" };
    let size = ppm.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}
