//! The rows of a table by bank: banks by type with subtotals, the total, the missing, last month on the same basis.
//!
//! **Invariant:** a bank without a report shows `—` in every column its report would fill and is in no total of them.

use super::ReportError;
use super::book::{Banks, Book};
use super::cell::{Cell, Unit};
use super::dataset::{Basis, Column, Row, RowKind, Table};
use super::facts::{BankFacts, PeriodFacts, ReportState};
use super::positions::{Books, same_basis};
use super::words::{self, say};
use crate::i18n::Lang;

/// Type of a bank, in the regulator's order, read from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BankType {
    /// 大型银行.
    Large,
    /// 股份制.
    JointStock,
    /// 城商行.
    City,
    /// 农商行（农信社）.
    Rural,
    /// 村镇银行.
    Village,
    /// 其他.
    Other,
}

/// Parts of names, tried in this order: a village bank may carry the name of the large bank that founded it.
const TYPE_WORDS: &[(BankType, &[&str])] = &[
    (BankType::Village, &["村镇银行"]),
    (BankType::Rural, &["农村商业银行", "农商银行", "农商行", "农村信用", "农村合作银行", "农信"]),
    (BankType::City, &["城市商业银行", "城商行", "城市信用社"]),
    (BankType::Large, &["工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "邮政储蓄银行"]),
    (
        BankType::JointStock,
        &[
            "招商银行",
            "中信银行",
            "浦东发展银行",
            "浦发银行",
            "兴业银行",
            "民生银行",
            "光大银行",
            "华夏银行",
            "平安银行",
            "广发银行",
            "浙商银行",
            "恒丰银行",
            "渤海银行",
        ],
    ),
];

impl BankType {
    /// Every type in the regulator's order.
    pub const ALL: [BankType; 6] =
        [BankType::Large, BankType::JointStock, BankType::City, BankType::Rural, BankType::Village, BankType::Other];

    /// The type a name shows; `Other` where it shows none.
    #[must_use]
    pub fn of(name: &str) -> BankType {
        let found = TYPE_WORDS.iter().find(|(_, words)| words.iter().any(|word| name.contains(word)));
        found.map_or(BankType::Other, |(kind, _)| *kind)
    }

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            BankType::Large => "large",
            BankType::JointStock => "joint_stock",
            BankType::City => "city",
            BankType::Rural => "rural",
            BankType::Village => "village",
            BankType::Other => "other",
        }
    }

    /// As printed.
    #[must_use]
    pub fn name(self, lang: Lang) -> String {
        say(lang, &format!("bank_type.{}", self.code()), &[])
    }
}

/// What one row of a bank table is computed from.
#[derive(Debug)]
pub struct View<'v, 'a> {
    /// The facts.
    pub facts: &'a PeriodFacts,
    /// The month-end of the row.
    pub book: &'v Book<'a>,
    /// Banks of the row that reported: basis of everything a bank's report fills.
    pub banks: Banks<'a>,
    /// All banks of the row: basis of the fund's own columns.
    pub everyone: Banks<'a>,
    /// Month-ends to compare with; `None` in the row of last month, whose comparisons stay blank.
    pub compare: Option<&'v Books<'a>>,
    /// The bank, in the row of a single bank.
    pub bank: Option<&'a BankFacts>,
    /// Language of words.
    pub lang: Lang,
}

/// Declares a column whose heading is the text `report.column.<code>`.
#[must_use]
pub fn column(lang: Lang, code: &'static str, unit: Unit, basis: Basis) -> Column {
    Column { code, name: say(lang, &format!("column.{code}"), &[]), unit, basis }
}

/// Builds a table by bank; `cells` computes one row.
///
/// # Errors
/// What `cells` returns, and `RowShape`.
pub fn bank_table<'a>(
    code: &'static str,
    columns: Vec<Column>,
    facts: &'a PeriodFacts,
    books: &Books<'a>,
    lang: Lang,
    cells: impl Fn(&View<'_, 'a>) -> Result<Vec<Cell>, ReportError>,
) -> Result<Table, ReportError> {
    let maker = RowMaker { facts, books, lang, columns: &columns, cells: &cells };
    let rows = maker.rows()?;
    let table = Table {
        code,
        title: say(lang, &format!("table.{code}"), &[]),
        stub: say(lang, "column.A1", &[]),
        columns,
        rows,
    };
    table.check_shape()?;
    Ok(table)
}

struct RowMaker<'m, 'a, F> {
    facts: &'a PeriodFacts,
    books: &'m Books<'a>,
    lang: Lang,
    columns: &'m [Column],
    cells: &'m F,
}

impl<'a, F: Fn(&View<'_, 'a>) -> Result<Vec<Cell>, ReportError>> RowMaker<'_, 'a, F> {
    fn rows(&self) -> Result<Vec<Row>, ReportError> {
        let mut rows = Vec::new();
        for kind in BankType::ALL {
            let group: Vec<&'a BankFacts> =
                self.facts.banks.iter().filter(|bank| BankType::of(&bank.name) == kind).collect();
            for bank in &group {
                rows.push(self.bank_row(bank)?);
            }
            if group.len() > 1 {
                let label = say(self.lang, "row.subtotal", &[("type", &kind.name(self.lang))]);
                let key = format!("subtotal_{}", kind.code());
                rows.push(self.sum_row(key, label, RowKind::Subtotal, &group)?);
            }
        }
        let everyone: Vec<&'a BankFacts> = self.facts.banks.iter().collect();
        let label = say(self.lang, "row.total", &[]);
        rows.push(self.sum_row("total".to_owned(), label, RowKind::Total, &everyone)?);
        rows.push(self.missing_row());
        rows.push(self.previous_row()?);
        Ok(rows)
    }

    fn bank_row(&self, bank: &'a BankFacts) -> Result<Row, ReportError> {
        let mut cells = (self.cells)(&self.view(&[bank], Some(bank)))?;
        for (column, cell) in self.columns.iter().zip(&mut cells) {
            match bank.state {
                ReportState::Missing if column.basis == Basis::Bank => *cell = Cell::NotReported,
                ReportState::Nil { .. } if column.basis == Basis::Bank && is_zero(cell) => *cell = Cell::Nil,
                _ => {}
            }
        }
        let label = words::bank(self.lang, bank);
        Ok(Row { key: bank.code.to_string(), label, kind: RowKind::Item, cells })
    }

    fn sum_row(&self, key: String, label: String, kind: RowKind, of: &[&'a BankFacts]) -> Result<Row, ReportError> {
        let mut cells = (self.cells)(&self.view(of, None))?;
        if of.iter().all(|bank| bank.state == ReportState::Missing) {
            for (column, cell) in self.columns.iter().zip(&mut cells) {
                if column.basis == Basis::Bank {
                    *cell = Cell::NotReported;
                }
            }
        }
        Ok(Row { key, label, kind, cells })
    }

    fn missing_row(&self) -> Row {
        let missing = missing_names(self.facts, self.lang);
        let blank = if missing.is_empty() { Cell::NotApplicable } else { Cell::NotReported };
        let cell = |column: &Column| if column.basis == Basis::Bank { blank.clone() } else { Cell::NotApplicable };
        Row {
            key: "missing".to_owned(),
            label: say(self.lang, "row.missing", &[("banks", &words::list(self.lang, &missing))]),
            kind: RowKind::Missing,
            cells: self.columns.iter().map(cell).collect(),
        }
    }

    fn previous_row(&self) -> Result<Row, ReportError> {
        let cells = match &self.books.previous {
            None => self.columns.iter().map(|_| Cell::NotCollected).collect(),
            Some(previous) => {
                let everyone: Banks<'a> = self.facts.banks.iter().map(|bank| &bank.code).collect();
                let banks = same_basis(&everyone, &self.books.current, previous);
                let view = View {
                    facts: self.facts,
                    book: previous,
                    banks,
                    everyone,
                    compare: None,
                    bank: None,
                    lang: self.lang,
                };
                (self.cells)(&view)?
            }
        };
        let label = say(self.lang, "row.previous", &[]);
        Ok(Row { key: "previous".to_owned(), label, kind: RowKind::Previous, cells })
    }

    fn view(&self, of: &[&'a BankFacts], bank: Option<&'a BankFacts>) -> View<'_, 'a> {
        let current = &self.books.current;
        let everyone: Banks<'a> = of.iter().map(|bank| &bank.code).collect();
        let banks = everyone.iter().copied().filter(|code| current.reported.contains(code)).collect();
        View { facts: self.facts, book: current, banks, everyone, compare: Some(self.books), bank, lang: self.lang }
    }
}

/// Names of the banks that did not report.
#[must_use]
pub fn missing_names(facts: &PeriodFacts, lang: Lang) -> Vec<String> {
    named(facts, lang, |state| state == ReportState::Missing)
}

/// Names of the banks that reported nil.
#[must_use]
pub fn nil_names(facts: &PeriodFacts, lang: Lang) -> Vec<String> {
    named(facts, lang, |state| matches!(state, ReportState::Nil { .. }))
}

fn named(facts: &PeriodFacts, lang: Lang, of: impl Fn(ReportState) -> bool) -> Vec<String> {
    facts.banks.iter().filter(|bank| of(bank.state)).map(|bank| words::bank(lang, bank)).collect()
}

fn is_zero(cell: &Cell) -> bool {
    matches!(cell, Cell::Count(0)) || matches!(cell, Cell::Money(_)) && cell.fen() == Some(0)
}
