//! One figure of a table, exact inside and rounded only when shown.
//!
//! **Invariant:** what was not collected, not reported or does not apply is its own value, never zero.

use super::words::signed_percent;
use crate::domain::money::{Fen, FenDelta, Ppm};
use crate::i18n::{self, Lang};
use crate::render::{grouped, wan_plain};

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

fn signed_fraction(ppm: i64) -> String {
    let sign = if ppm < 0 { "-" } else { "" };
    let size = ppm.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}
