//! One row as its fields: every cell read into a value of the domain, or a fault.
//!
//! **Invariant:** a getter returns a value only if the cell says exactly that.

use chrono::NaiveDate;

use super::apostrophe::unguarded;
use super::cell::{CellValue, DateReading, PlainNumber, read_date, read_number};
use super::field::Field;
use super::finding::{Fault, FindingCode, WORDING};
use super::header::Layout;
use super::invisible::{control_in, is_damaged, shown};
use super::mapping::Unit;
use super::sheet::RawRow;
use crate::domain::money::{Fen, FenDelta, MoneyError, Ppm};
use crate::domain::names::{ContractNo, fold_code, half_width};

/// Characters that make a spreadsheet take a text for a formula (OWASP, CSV injection).
const FORMULA_SIGNS: [char; 4] = ['=', '+', '-', '@'];

/// Yes or no, from a folded word.
pub(super) fn answer(word: &str) -> Option<bool> {
    match word {
        "是" | "Y" | "YES" | "√" | "TRUE" | "1" => Some(true),
        "否" | "N" | "NO" | "×" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

/// A row and where its columns stand.
#[derive(Debug, Clone, Copy)]
pub struct RowView<'v> {
    row: &'v RawRow,
    layout: &'v Layout<'v>,
}

impl<'v> RowView<'v> {
    /// A row seen through a layout.
    #[must_use]
    pub const fn new(row: &'v RawRow, layout: &'v Layout<'v>) -> RowView<'v> {
        RowView { row, layout }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.row.number
    }

    /// Where the columns stand.
    #[must_use]
    pub const fn layout(&self) -> &'v Layout<'v> {
        self.layout
    }

    /// The cell of a field; empty where the file has no such column or the cell says there is nothing.
    #[must_use]
    pub fn cell(&self, field: Field) -> &'v CellValue {
        let value = self.layout.columns.get(&field).map_or(&CellValue::Empty, |column| self.row.value(*column));
        match value {
            CellValue::Text(text) if self.layout.mapping.blank_words.contains(text) => &CellValue::Empty,
            other => other,
        }
    }

    /// Whether a text is one of the bank's words for nothing.
    pub(super) fn says_nothing(&self, text: &str) -> bool {
        self.layout.mapping.blank_words.iter().any(|word| word == text)
    }

    /// Whether the cell of a field is empty or filled from a merged area.
    #[must_use]
    pub fn is_inherited(&self, field: Field) -> bool {
        self.layout.columns.get(&field).is_some_and(|column| self.row.is_merged(*column))
    }

    /// The contract as findings name it.
    #[must_use]
    pub fn contract_shown(&self) -> Option<String> {
        let folded = fold_code(&shown(&self.cell(Field::Contract).text()));
        (!folded.is_empty()).then_some(folded)
    }

    /// Text, in which no digit has been lost; empty where there is none.
    pub(super) fn text(&self, field: Field) -> Result<String, Fault> {
        let cell = self.cell(field);
        if cell.has_lost_digits() {
            return Err(Fault::new(field, FindingCode::DigitsLost, &[("value", &cell.text())]));
        }
        if cell.is_scientific() {
            let args = [("value", &*cell.text()), (WORDING, "scientific")];
            return Err(Fault::new(field, FindingCode::DigitsLost, &args));
        }
        let text = match cell {
            CellValue::Error(value) => return Err(Fault::new(field, FindingCode::CellError, &[("value", value)])),
            CellValue::Text(text) => text,
            other => return Ok(other.text()),
        };
        if let Some(original) = unguarded(text) {
            let behind = original.trim_start_matches('\'').chars().skip(1).collect::<String>();
            return match control_in(&behind) {
                Some(found) => Err(Fault::new(field, FindingCode::TextInvisible, &[("found", &found)])),
                None => Ok(original.to_owned()),
            };
        }
        if let Some(found) = control_in(text) {
            return Err(Fault::new(field, FindingCode::TextInvisible, &[("found", &found)]));
        }
        if is_damaged(text) {
            return Err(Fault::new(field, FindingCode::TextDamaged, &[("value", text)]));
        }
        if self.is_formula(field) {
            return Err(Fault::new(field, FindingCode::FormulaText, &[("value", text)]));
        }
        let first = text.chars().next().map(half_width);
        if first.is_some_and(|sign| FORMULA_SIGNS.contains(&sign)) {
            return Err(Fault::new(field, FindingCode::TextFormula, &[("value", text)]));
        }
        Ok(text.clone())
    }

    fn is_formula(&self, field: Field) -> bool {
        self.layout.columns.get(&field).is_some_and(|column| self.row.is_formula(*column))
    }

    /// The first number or date of the row that is the stored result of a formula.
    pub(super) fn first_formula(&self) -> Option<Fault> {
        let field = self.layout.columns.keys().copied().find(|field| self.is_formula(*field))?;
        Some(Fault::new(field, FindingCode::FormulaValue, &[("value", &self.cell(field).text())]))
    }

    /// Text that must be there.
    pub(super) fn needed_text(&self, field: Field) -> Result<String, Fault> {
        let text = self.text(field)?;
        if text.is_empty() { Err(self.missing(field)) } else { Ok(text) }
    }

    /// Text of an optional fact.
    pub(super) fn optional_text(&self, field: Field) -> Result<Option<String>, Fault> {
        self.text(field).map(|text| (!text.is_empty()).then_some(text))
    }

    /// The contract of the row.
    pub(super) fn contract(&self) -> Result<ContractNo, Fault> {
        self.needed_text(Field::Contract).map(|text| ContractNo::new(&text))
    }

    /// The drawdown number, empty if none.
    pub(super) fn drawdown(&self) -> Result<String, Fault> {
        if self.cell(Field::Drawdown).is_blank() {
            return Ok(String::new());
        }
        self.needed_text(Field::Drawdown).map(|text| fold_code(&text))
    }

    /// A word of a closed list.
    pub(super) fn word<T>(&self, field: Field, of: impl Fn(&str) -> Option<T>, code: FindingCode) -> Result<T, Fault> {
        let text = self.needed_text(field)?;
        self.word_of(field, &text, of).ok_or_else(|| Fault::new(field, code, &[("value", &text)]))
    }

    /// The member that a bank's word stands for.
    pub(super) fn word_of<T>(&self, field: Field, text: &str, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let folded = fold_code(text);
        let words = self.layout.mapping.columns.get(&field).map(|column| &column.words);
        let known = words.and_then(|words| words.iter().find(|(word, _)| fold_code(word) == folded));
        of(known.map_or(folded.as_str(), |(_, stands_for)| stands_for.as_str()))
    }

    /// Yes or no.
    pub(super) fn yes_no(&self, field: Field) -> Result<bool, Fault> {
        self.word(field, answer, FindingCode::ValueUnknown)
    }

    /// A signed amount.
    pub(super) fn signed_money(&self, field: Field) -> Result<Option<FenDelta>, Fault> {
        let Some(number) = self.plain_number(field)? else { return Ok(None) };
        let column = self.layout.mapping.columns.get(&field).and_then(|column| column.unit).unwrap_or(Unit::Yuan);
        FenDelta::from_yuan(&number.yuan(column)).map(Some).map_err(|error| self.number_fault(field, error))
    }

    /// An amount of zero or more.
    pub(super) fn money(&self, field: Field) -> Result<Option<Fen>, Fault> {
        let Some(amount) = self.signed_money(field)? else { return Ok(None) };
        let negative = |_below_zero| Fault::new(field, FindingCode::AmountNegative, &[("value", &amount.yuan())]);
        Fen::try_new(amount.get()).map(Some).map_err(negative)
    }

    /// An amount of zero or more that must be there.
    pub(super) fn needed_money(&self, field: Field) -> Result<Fen, Fault> {
        self.money(field)?.ok_or_else(|| self.missing(field))
    }

    /// A percentage above zero and at most `most` percent; nothing where the cell is empty.
    pub(super) fn percent(&self, field: Field, most: Ppm, code: FindingCode) -> Result<Option<Ppm>, Fault> {
        let Some(number) = self.plain_number(field)? else { return Ok(None) };
        let outside = || Fault::new(field, code, &[("value", &number.text)]);
        match Ppm::from_percent(&number.text) {
            Ok(ratio) if ratio > Ppm::ZERO && ratio <= most => Ok(Some(ratio)),
            Ok(_) | Err(MoneyError::Negative { .. } | MoneyError::Overflow) => Err(outside()),
            Err(error) => Err(self.number_fault(field, error)),
        }
    }

    /// A whole number; nothing where the cell is empty.
    pub(super) fn count(&self, field: Field) -> Result<Option<u32>, Fault> {
        let Some(number) = self.plain_number(field)? else { return Ok(None) };
        let whole = match number.text.split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
            _ => &number.text,
        };
        whole
            .parse()
            .map(Some)
            .map_err(|_not_whole: std::num::ParseIntError| self.number_fault(field, MoneyError::NotANumber))
    }

    /// A date; nothing where the cell is empty.
    pub(super) fn date(&self, field: Field) -> Result<Option<NaiveDate>, Fault> {
        match read_date(self.cell(field)) {
            DateReading::Blank => Ok(None),
            DateReading::Day(day) | DateReading::Serial(day) => Ok(Some(day)),
            DateReading::NoSuchDay(value) => Err(Fault::new(field, FindingCode::DateInvalid, &[("value", &value)])),
            DateReading::Unreadable(value) => Err(Fault::new(field, FindingCode::DateUnreadable, &[("value", &value)])),
        }
    }

    /// A date that must be there.
    pub(super) fn needed_date(&self, field: Field) -> Result<NaiveDate, Fault> {
        self.date(field)?.ok_or_else(|| self.missing(field))
    }

    /// The first date of the row that came as a bare serial number.
    pub(super) fn first_serial(&self) -> Option<Fault> {
        let dates = self.layout.columns.keys().filter(|field| field.is_date());
        dates.copied().find_map(|field| {
            let cell = self.cell(field);
            match read_date(cell) {
                DateReading::Serial(day) => Some(Fault::new(
                    field,
                    FindingCode::DateSerial,
                    &[("value", &cell.text()), ("date", &day.to_string())],
                )),
                _ => None,
            }
        })
    }

    /// The fault of an empty cell.
    pub(super) fn missing(&self, field: Field) -> Fault {
        Fault::new(field, FindingCode::FieldMissing, &[])
    }

    /// The parts of a cell that holds several values.
    pub(super) fn parts(&self, field: Field, text: &str) -> Vec<String> {
        let split = self.layout.mapping.columns.get(&field).map(|column| column.split.as_slice()).unwrap_or_default();
        if split.is_empty() {
            return vec![text.to_owned()];
        }
        // Parts that hold the other separators themselves stand on lines of their own.
        if split.contains(&'\n') && text.contains('\n') {
            let bare = |part: &str| part.trim_matches(|c: char| c.is_whitespace() || split.contains(&c)).to_owned();
            return text.lines().map(bare).collect();
        }
        let parts = text.split(|c| split.contains(&c)).map(|part| part.trim().to_owned());
        parts.filter(|part| !part.is_empty()).collect()
    }

    fn plain_number(&self, field: Field) -> Result<Option<PlainNumber>, Fault> {
        let text = match self.cell(field) {
            CellValue::Empty => return Ok(None),
            CellValue::Error(value) => return Err(Fault::new(field, FindingCode::CellError, &[("value", value)])),
            CellValue::Date(_) => return Err(self.number_fault(field, MoneyError::NotANumber)),
            CellValue::Text(text) | CellValue::Number { text, .. } => text,
        };
        read_number(text).map(Some).ok_or_else(|| self.number_fault(field, MoneyError::NotANumber))
    }

    fn number_fault(&self, field: Field, error: MoneyError) -> Fault {
        let code = match error {
            MoneyError::TooFine => FindingCode::NumberTooFine,
            MoneyError::Negative { .. } => FindingCode::AmountNegative,
            MoneyError::NotANumber | MoneyError::Overflow => FindingCode::NumberInvalid,
        };
        Fault::new(field, code, &[("value", &self.cell(field).text())])
    }
}
