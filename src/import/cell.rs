//! What one cell holds, and how text becomes numbers, dates and words.
//!
//! Owns `CellValue`, the reading of messy numbers and of dates. **Invariant:** no value is rounded or guessed:
//! what cannot be read exactly is an error.

use std::borrow::Cow;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::apostrophe::unguarded;
use super::invisible::visible;
use super::mapping::Unit;
use crate::domain::names::half_width;

/// Serial days that a number in a date column may be: 1954 to 2119.
const SERIAL_DAYS: std::ops::RangeInclusive<u64> = 20_000..=80_000;
/// Digits of an integer that a spreadsheet keeps in a number cell.
const DIGITS_KEPT: usize = 15;

/// What a spreadsheet shows where a formula failed; a text file made from it holds the same words.
const ERROR_WORDS: [&str; 9] =
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];

/// What a cell holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellValue {
    /// Nothing.
    #[default]
    Empty,
    /// Text, outer spaces removed.
    Text(String),
    /// A number cell.
    Number {
        /// The number as plain decimal text.
        text: String,
        /// Whether the workbook counts days from 1904.
        epoch_1904: bool,
    },
    /// A cell formatted as a date.
    Date(NaiveDate),
    /// A spreadsheet error such as `#N/A`.
    Error(String),
}

impl CellValue {
    /// Text without invisible characters, nothing where only spaces are, or the error that a spreadsheet left as text.
    /// A text that left here guarded comes back to the letter.
    #[must_use]
    pub fn from_text(text: &str) -> CellValue {
        let visible = if unguarded(text).is_some() { Cow::Borrowed(text) } else { visible(text) };
        let trimmed = visible.trim();
        if trimmed.is_empty() {
            CellValue::Empty
        } else if ERROR_WORDS.contains(&trimmed) {
            CellValue::Error(trimmed.to_owned())
        } else {
            CellValue::Text(trimmed.to_owned())
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_blank(&self) -> bool {
        matches!(self, CellValue::Empty)
    }

    /// The content as text: dates as `2024-05-06`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            CellValue::Empty => String::new(),
            CellValue::Text(text) | CellValue::Number { text, .. } | CellValue::Error(text) => text.clone(),
            CellValue::Date(date) => date.to_string(),
        }
    }

    /// Whether a text is what a spreadsheet shows of a long number, such as `1.23E+17`: an identifier of which the
    /// last digits are gone.
    #[must_use]
    pub fn is_scientific(&self) -> bool {
        let CellValue::Text(text) = self else { return false };
        let folded: String = text.chars().map(half_width).collect();
        let Some((digits, power)) = folded.split_once(['E', 'e']) else { return false };
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        whole.len() == 1 && is_digits(whole) && is_digits(fraction) && power.strip_prefix('+').is_some_and(is_digits)
    }

    /// Whether a number cell holds more digits than a spreadsheet keeps, so that an identifier in it is damaged.
    #[must_use]
    pub fn has_lost_digits(&self) -> bool {
        match self {
            CellValue::Number { text, .. } => text.bytes().filter(u8::is_ascii_digit).count() > DIGITS_KEPT,
            _ => false,
        }
    }
}

/// A number as a plain decimal (`-1234.5`) with what stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainNumber {
    /// ASCII digits with at most one dot and a leading minus.
    pub text: String,
    /// A unit of money written behind the number.
    pub unit: Option<Unit>,
}

impl PlainNumber {
    /// Yuan as a plain decimal; `column` is the unit where the cell names none.
    #[must_use]
    pub fn yuan(&self, column: Unit) -> String {
        match self.unit.unwrap_or(column) {
            Unit::Yuan => self.text.clone(),
            Unit::TenThousand => times_ten_thousand(&self.text),
        }
    }
}

/// Reads a number out of text: full width, thousands separators, a currency sign before, 元, 万元, 人 or % behind.
/// Nothing where the text is no number.
#[must_use]
pub fn read_number(text: &str) -> Option<PlainNumber> {
    let folded: String =
        text.chars().map(|c| half_width(if c == '￥' { '¥' } else { c })).filter(|c| !c.is_whitespace()).collect();
    let (negative, rest) = match folded.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, folded.strip_prefix('+').unwrap_or(&folded)),
    };
    let rest = rest.strip_prefix('¥').unwrap_or(rest);
    let (digits, unit) = strip_unit(rest);
    let plain = without_separators(digits)?;
    Some(PlainNumber { text: if negative { format!("-{plain}") } else { plain }, unit })
}

fn strip_unit(text: &str) -> (&str, Option<Unit>) {
    let units = [
        ("万元", Some(Unit::TenThousand)),
        ("万", Some(Unit::TenThousand)),
        ("元", Some(Unit::Yuan)),
        ("人", None),
        ("%", None),
    ];
    for (word, unit) in units {
        if let Some(digits) = text.strip_suffix(word) {
            return (digits, unit);
        }
    }
    (text, None)
}

/// Removes thousands separators, which must stand exactly where thousands end.
fn without_separators(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    if !grouped || !is_digits(first) || !rest.iter().all(|group| is_digits(group)) {
        return None;
    }
    let plain = format!("{first}{}", rest.concat());
    match fraction {
        None => Some(plain),
        Some(fraction) if is_digits(fraction) => Some(format!("{plain}.{fraction}")),
        Some(_) => None,
    }
}

/// Moves the decimal point four places to the right.
fn times_ten_thousand(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let moved: String = fraction.chars().chain(std::iter::repeat('0')).take(4).collect();
    let left: String = fraction.chars().skip(4).collect();
    if left.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{left}") }
}

/// What a date column's cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateReading {
    /// Nothing.
    Blank,
    /// A day.
    Day(NaiveDate),
    /// A day, from a serial number that is not formatted as a date.
    Serial(NaiveDate),
    /// Written as a date, but there is no such day; as `2024-02-30`.
    NoSuchDay(String),
    /// Not a date.
    Unreadable(String),
}

/// Reads a date: a date cell, `2024-05-06`, `2024/5/6`, `2024.5.6`, `20240506`, `2024年5月6日`, a serial number.
#[must_use]
pub fn read_date(value: &CellValue) -> DateReading {
    let (text, epoch_1904) = match value {
        CellValue::Empty => return DateReading::Blank,
        CellValue::Date(day) => return DateReading::Day(*day),
        CellValue::Text(text) => (text, false),
        CellValue::Number { text, epoch_1904 } => (text, *epoch_1904),
        CellValue::Error(text) => return DateReading::Unreadable(text.clone()),
    };
    let folded: String = text.chars().map(half_width).collect();
    let day_part = without_time(folded.trim());
    let compact: String = day_part.chars().filter(|c| !c.is_whitespace()).collect();
    if !compact.is_empty() && compact.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_digits(&compact, epoch_1904).unwrap_or_else(|| DateReading::Unreadable(text.clone()));
    }
    let parts: Vec<&str> = compact.strip_suffix('日').unwrap_or(&compact).split(['-', '/', '.', '年', '月']).collect();
    match parts.as_slice() {
        [year, month, day] => day_of(year, month, day).unwrap_or_else(|| DateReading::Unreadable(text.clone())),
        _ => DateReading::Unreadable(text.clone()),
    }
}

/// Cuts a time of day behind the date.
fn without_time(text: &str) -> &str {
    match text.split_once([' ', 'T']) {
        Some((day, time)) if time.contains(':') => day,
        _ => text,
    }
}

fn read_digits(digits: &str, epoch_1904: bool) -> Option<DateReading> {
    if digits.len() == 8 {
        return day_of(digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    }
    let serial: u64 = digits.parse().ok()?;
    if !SERIAL_DAYS.contains(&serial) {
        return None;
    }
    let first = if epoch_1904 { (1904, 1, 1) } else { (1899, 12, 30) };
    let start = NaiveDate::from_ymd_opt(first.0, first.1, first.2)?;
    start.checked_add_days(Days::new(serial)).map(DateReading::Serial)
}

fn day_of(year: &str, month: &str, day: &str) -> Option<DateReading> {
    let is_number =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
        return None;
    }
    let (y, m, d) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    Some(match NaiveDate::from_ymd_opt(y, m, d) {
        Some(date) => DateReading::Day(date),
        None => DateReading::NoSuchDay(format!("{y:04}-{m:02}-{d:02}")),
    })
}
