//! What the values of a column say about its field.
//!
//! **Invariant:** a judgement speaks of the share of cells that the field can read, never of one cell alone.

use super::lists::{Standing, standing};
use super::view::{DateForm, WordBasis};
use crate::domain::credit_code::CreditCode;
use crate::domain::ip_right::IpNumber;
use crate::domain::names::{IpKind, fold_code};
use crate::import::cell::{CellValue, DateReading, read_date, read_number};
use crate::import::field::Field;

/// Cells of a column that are judged.
const JUDGED: usize = 300;
/// Characters that banks put between several values of one cell.
pub(super) const SEPARATORS: [char; 10] = ['、', ';', '；', ',', '，', '/', '|', '\n', '+', '&'];

/// The own cells of one column, without those that say there is nothing.
pub(super) struct Values<'s> {
    /// Row and content.
    pub cells: Vec<(u32, &'s CellValue)>,
}

/// What values say of a field, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Most of them are not of its kind.
    Against,
    /// Nothing.
    Open,
    /// They are of its kind, as those of other fields may be.
    Agrees,
    /// They can hardly be anything else.
    Proves,
}

impl Values<'_> {
    /// What the values say of a field.
    pub fn fit(&self, field: Field) -> Fit {
        if self.cells.is_empty() {
            return Fit::Open;
        }
        match field {
            Field::CreditCode => self.proof(60, |cell| CreditCode::parse(&cell.text()).is_ok()),
            Field::IpNumber => self.rights(),
            Field::IpKind
            | Field::Size
            | Field::Repayment
            | Field::Grade
            | Field::PartnerKind
            | Field::FundKind
            | Field::Source
            | Field::Documents
            | Field::FirstLoan => self.proof(80, |cell| is_listed(field, &cell.text())),
            _ if field.is_date() => self.kind(is_date),
            _ if field.is_money() => self.kind(|cell| number(cell).is_some()),
            Field::AnnualRate => self.kind(|cell| within(cell, 24)),
            Field::IpShare | Field::GuaranteeShare => self.kind(|cell| within(cell, 100)),
            Field::Employees => self.kind(|cell| number(cell).is_some_and(|text| is_whole(&text))),
            Field::Contract | Field::Drawdown | Field::PledgeNo | Field::PolicyNo => self.kind(is_identifier),
            Field::Code => self.kind(is_code),
            _ => self.kind(is_words),
        }
    }

    /// Whether most cells are days and not mere numbers.
    pub fn are_days(&self) -> bool {
        self.share(|cell| matches!(read_date(cell), DateReading::Day(_))) >= 80
    }

    /// The day in the middle of all.
    pub fn middle_day(&self) -> Option<chrono::NaiveDate> {
        let mut days: Vec<chrono::NaiveDate> = self.cells.iter().filter_map(|(_, cell)| day_of(cell)).collect();
        days.sort();
        days.get(days.len() / 2).copied()
    }

    /// How the dates are written, in the order of the list of forms.
    pub fn date_forms(&self) -> Vec<DateForm> {
        let seen: Vec<DateForm> = self.cells.iter().filter_map(|(_, cell)| form_of(cell)).collect();
        DateForm::ALL.iter().filter(|form| seen.contains(form)).copied().collect()
    }

    /// The share of cells, in percent, of which something holds.
    pub fn share(&self, holds: impl Fn(&CellValue) -> bool) -> usize {
        let judged = self.cells.iter().take(JUDGED);
        let total = judged.len().max(1);
        judged.filter(|(_, cell)| holds(cell)).count().saturating_mul(100) / total
    }

    fn kind(&self, holds: impl Fn(&CellValue) -> bool) -> Fit {
        match self.share(holds) {
            0..=49 => Fit::Against,
            50..=79 => Fit::Open,
            _ => Fit::Agrees,
        }
    }

    fn proof(&self, enough: usize, holds: impl Fn(&CellValue) -> bool) -> Fit {
        match self.share(holds) {
            share if share >= enough => Fit::Proves,
            share if share >= enough / 2 => Fit::Agrees,
            share if share > 0 => Fit::Open,
            _ => Fit::Against,
        }
    }

    fn rights(&self) -> Fit {
        let is_patent =
            |cell: &CellValue| parts(&cell.text()).iter().any(|part| IpNumber::read(IpKind::Invention, part).is_ok());
        if self.share(is_patent) >= 30 { Fit::Proves } else { self.kind(is_identifier) }
    }
}

/// The parts of a cell that may hold several values.
pub(super) fn parts(text: &str) -> Vec<String> {
    let parts = text.split(SEPARATORS).map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// A number cell or a number in text, as plain decimal text.
pub(super) fn number(cell: &CellValue) -> Option<String> {
    match cell {
        CellValue::Text(text) | CellValue::Number { text, .. } => read_number(text).map(|number| number.text),
        CellValue::Empty | CellValue::Date(_) | CellValue::Error(_) => None,
    }
}

/// The whole part of a decimal.
pub(super) fn whole_part(text: &str) -> Option<i64> {
    text.split('.').next().and_then(|whole| whole.parse().ok())
}

fn is_whole(text: &str) -> bool {
    text.split_once('.').is_none_or(|(_, fraction)| fraction.bytes().all(|byte| byte == b'0'))
}

fn within(cell: &CellValue, most: i64) -> bool {
    number(cell).and_then(|text| whole_part(&text)).is_some_and(|whole| (0..=most).contains(&whole))
}

fn is_listed(field: Field, text: &str) -> bool {
    let fits =
        |word: &str| !matches!(standing(field, word), Standing::Unknown | Standing::Means(_, WordBasis::Similar));
    let parts = parts(text);
    fits(text) || (!parts.is_empty() && parts.iter().all(|part| fits(part)))
}

fn is_date(cell: &CellValue) -> bool {
    matches!(read_date(cell), DateReading::Day(_) | DateReading::Serial(_) | DateReading::NoSuchDay(_))
}

fn day_of(cell: &CellValue) -> Option<chrono::NaiveDate> {
    match read_date(cell) {
        DateReading::Day(day) | DateReading::Serial(day) => Some(day),
        _ => None,
    }
}

fn form_of(cell: &CellValue) -> Option<DateForm> {
    let reading = read_date(cell);
    match (&reading, cell) {
        (DateReading::Serial(_), _) => Some(DateForm::Serial),
        (DateReading::Day(_), CellValue::Date(_)) => Some(DateForm::Cell),
        (DateReading::Day(_), other) => {
            let text = fold_code(&other.text());
            let signs =
                [('年', DateForm::Chinese), ('/', DateForm::Slashed), ('-', DateForm::Dashed), ('.', DateForm::Dotted)];
            let found = signs.into_iter().find(|(sign, _)| text.contains(*sign));
            Some(found.map_or(DateForm::Compact, |(_, form)| form))
        }
        _ => None,
    }
}

/// A number or name by which something is found again: digits, but no amount and no day.
fn is_identifier(cell: &CellValue) -> bool {
    let CellValue::Text(text) = cell else { return matches!(cell, CellValue::Number { .. }) };
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let is_amount = text.contains('.') && read_number(text).is_some();
    digits >= 1 && !is_amount && !matches!(read_date(cell), DateReading::Day(_) | DateReading::NoSuchDay(_))
}

fn is_code(cell: &CellValue) -> bool {
    let text = fold_code(&cell.text());
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Words, and no number or day.
fn is_words(cell: &CellValue) -> bool {
    let CellValue::Text(text) = cell else { return false };
    read_number(text).is_none() && text.chars().any(char::is_alphabetic) && !is_date(cell)
}
