//! One value of a table, its key and where both stand.
//!
//! **Invariant:** a value of another type than asked for is noted, never converted.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::DeValue;

use super::fault::FaultCode;
use super::faults::Faults;
use super::reader::Table;
use super::words::Word;
use crate::domain::rulebook::{Name, Open};

/// The word for a value the measure leaves open.
pub(super) const UNKNOWN: &str = "unknown";

/// A value, its key and where both stand.
#[derive(Clone)]
pub(super) struct Item<'t, 'i> {
    /// Dotted path.
    pub path: String,
    /// Byte offset of the key.
    pub key_offset: usize,
    value: &'t Spanned<DeValue<'i>>,
}

impl<'t, 'i> Item<'t, 'i> {
    /// A value under the key at `key_offset`.
    pub fn new(path: String, key_offset: usize, value: &'t Spanned<DeValue<'i>>) -> Item<'t, 'i> {
        Item { path, key_offset, value }
    }

    /// Byte offset of the value.
    pub fn offset(&self) -> usize {
        self.value.span().start
    }

    /// Whether the value is the word for what is left open.
    pub fn is_unknown(&self) -> bool {
        self.value.get_ref().as_str() == Some(UNKNOWN)
    }

    /// The value by `read`, unless it is left open.
    pub fn open<T>(
        &self,
        faults: &mut Faults,
        read: impl FnOnce(&Item<'t, 'i>, &mut Faults) -> Option<T>,
    ) -> Option<Open<T>> {
        if self.is_unknown() { Some(Open::Unknown) } else { read(self, faults).map(Open::Known) }
    }

    /// The value as text, if it is text.
    pub fn as_str(&self) -> Option<&'t str> {
        self.value.get_ref().as_str()
    }

    /// What stands there, for a message.
    pub fn shown(&self) -> String {
        match self.value.get_ref() {
            DeValue::String(text) => format!("\"{text}\""),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            DeValue::Array(_) => "[…]".to_owned(),
            DeValue::Table(_) => "{…}".to_owned(),
        }
    }

    /// Notes a fault at the value. What is left open where it may not be is told as such, and a number with a
    /// decimal point has been told already.
    pub fn refuse(&self, faults: &mut Faults, code: FaultCode, expected: &str) {
        if matches!(self.value.get_ref(), DeValue::Float(_)) {
            return;
        }
        let code = if self.is_unknown() { FaultCode::ValueNeeded } else { code };
        faults.add(self.offset(), code, &self.path, &self.shown(), expected);
    }

    /// Text.
    pub fn text(&self, faults: &mut Faults) -> Option<Name> {
        if self.as_str().is_none() {
            self.refuse(faults, FaultCode::WrongType, "\"…\"");
        }
        self.as_str().map(Name::from)
    }

    /// Text that may not be left open.
    pub fn stated_text(&self, faults: &mut Faults) -> Option<Name> {
        if self.is_unknown() {
            self.refuse(faults, FaultCode::ValueNeeded, "\"…\"");
            return None;
        }
        self.text(faults)
    }

    /// An ASCII name: letters, digits, `-`, `_`, `.`; not the word for what is left open.
    pub fn name(&self, faults: &mut Faults) -> Option<Name> {
        let text = self.text(faults)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || self.is_unknown() || !text.chars().all(allowed) {
            self.refuse(faults, FaultCode::IdForm, "a-z 0-9 - _ .");
            return None;
        }
        Some(text)
    }

    /// A list of names.
    pub fn names(&self, faults: &mut Faults) -> Option<Vec<Name>> {
        self.several(faults, Item::name)
    }

    /// Yes or no.
    pub fn flag(&self, faults: &mut Faults) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.refuse(faults, FaultCode::WrongType, "true, false");
        }
        flag
    }

    /// A whole number of things, without a unit.
    pub fn count(&self, faults: &mut Faults) -> Option<u32> {
        let number = match self.value.get_ref() {
            DeValue::Integer(number) => number.to_string().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.refuse(faults, FaultCode::WrongType, "1");
        }
        number
    }

    /// Whether the value is a whole number.
    pub fn is_integer(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Integer(_))
    }

    /// A day without a time.
    pub fn date(&self, faults: &mut Faults) -> Option<NaiveDate> {
        let day = self.value.get_ref().as_datetime().filter(|found| found.time.is_none()).and_then(|found| {
            let date = found.date?;
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        });
        if day.is_none() {
            self.refuse(faults, FaultCode::WrongType, "2026-08-01");
        }
        day
    }

    /// A value with its unit, read by `unit`.
    pub fn unit<T>(
        &self,
        faults: &mut Faults,
        unit: fn(&str) -> Option<T>,
        code: FaultCode,
        example: &str,
    ) -> Option<T> {
        let value = self.as_str().and_then(unit);
        if value.is_none() {
            self.refuse(faults, code, example);
        }
        value
    }

    /// A word of a closed list.
    pub fn word<T: Word>(&self, faults: &mut Faults) -> Option<T> {
        self.word_among(faults, T::WORDS)
    }

    /// A word of a part of a closed list.
    pub fn word_among<T: Word>(&self, faults: &mut Faults, among: &[T]) -> Option<T> {
        let text = self.as_str();
        let word = among.iter().copied().find(|word| Some(word.code()) == text);
        if word.is_none() {
            let code = if text.is_some() { FaultCode::UnknownWord } else { FaultCode::WrongType };
            self.refuse(faults, code, &codes(among));
        }
        word
    }

    /// A fixed word.
    pub fn only_word(&self, faults: &mut Faults, word: &str) -> Option<()> {
        if self.as_str() == Some(word) {
            return Some(());
        }
        let code = if self.as_str().is_some() { FaultCode::UnknownWord } else { FaultCode::WrongType };
        self.refuse(faults, code, word);
        None
    }

    /// A list of words of a closed list, each at most once.
    pub fn words<T: Word>(&self, faults: &mut Faults) -> Option<Vec<T>> {
        self.words_among(faults, T::WORDS)
    }

    /// A list of words of a part of a closed list, each at most once.
    pub fn words_among<T: Word>(&self, faults: &mut Faults, among: &[T]) -> Option<Vec<T>> {
        let mut list: Vec<T> = Vec::new();
        let mut complete = true;
        let Some(elements) = self.as_elements() else {
            self.refuse(faults, FaultCode::WrongType, &format!("[{}]", codes(among)));
            return None;
        };
        for element in elements {
            match element.word_among(faults, among) {
                Some(word) if list.contains(&word) => {
                    element.refuse(faults, FaultCode::IdTwice, "");
                    complete = false;
                }
                Some(word) => list.push(word),
                None => complete = false,
            }
        }
        complete.then_some(list)
    }

    /// As `words`, with at least one.
    pub fn some_words<T: Word>(&self, faults: &mut Faults) -> Option<Vec<T>> {
        let list = self.words(faults)?;
        if list.is_empty() {
            self.refuse(faults, FaultCode::Empty, &codes(T::WORDS));
            return None;
        }
        Some(list)
    }

    fn as_elements(&self) -> Option<Vec<Item<'t, 'i>>> {
        let DeValue::Array(values) = self.value.get_ref() else {
            return None;
        };
        let item = |value| Item { path: self.path.clone(), key_offset: self.key_offset, value };
        Some(values.iter().map(item).collect())
    }

    /// The items of a list, each with the path and key of the list.
    pub fn elements(&self, faults: &mut Faults) -> Option<Vec<Item<'t, 'i>>> {
        let elements = self.as_elements();
        if elements.is_none() {
            self.refuse(faults, FaultCode::WrongType, "[…]");
        }
        elements
    }

    /// The items of a list, each by `read`; all are read before one that is faulty makes the list so.
    pub fn several<T>(
        &self,
        faults: &mut Faults,
        read: impl Fn(&Item<'t, 'i>, &mut Faults) -> Option<T>,
    ) -> Option<Vec<T>> {
        let read: Vec<Option<T>> = self.elements(faults)?.iter().map(|item| read(item, faults)).collect();
        read.into_iter().collect()
    }

    /// The items of a list, or the value itself as a list of one.
    pub fn one_or_more(&self) -> Vec<Item<'t, 'i>> {
        self.as_elements().unwrap_or_else(|| vec![self.clone()])
    }

    /// A table.
    pub fn table(&self, faults: &mut Faults) -> Option<Table<'t, 'i>> {
        match self.value.get_ref() {
            DeValue::Table(entries) => Some(Table::at(self.path.clone(), self.offset().min(self.key_offset), entries)),
            _ => {
                self.refuse(faults, FaultCode::WrongType, "{…}");
                None
            }
        }
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    /// The tables of a list of tables.
    pub fn tables(&self, faults: &mut Faults) -> Vec<Table<'t, 'i>> {
        let items = self.elements(faults).unwrap_or_default();
        items
            .into_iter()
            .enumerate()
            .filter_map(|(place, item)| match item.value.get_ref() {
                DeValue::Table(entries) => {
                    Some(Table::at(format!("{}[{}]", self.path, place + 1), item.offset(), entries))
                }
                _ => {
                    item.refuse(faults, FaultCode::WrongType, "{…}");
                    None
                }
            })
            .collect()
    }
}

/// The words of a list, for a message.
pub(super) fn codes<T: Word>(among: &[T]) -> String {
    among.iter().map(|word| word.code()).collect::<Vec<_>>().join(", ")
}
