//! A TOML table with positions, and readers that note a fault instead of failing.
//!
//! **Invariant:** a reader that answers nothing has noted why, so a file without faults is complete.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, FaultCode};
use crate::domain::rulebook::Origin;
use crate::domain::rulebook::vocabulary::Basis;

/// The word for a value the measure leaves open.
pub(super) const UNKNOWN: &str = "unknown";
/// Keys every clause may have.
const COMMON: &[&str] = &["article", "basis", "note_zh", "note_en"];

/// The faults found so far.
pub(super) struct Faults {
    file: String,
    text: String,
    list: Vec<Fault>,
}

impl Faults {
    /// None so far.
    pub fn new(file: &str, text: &str) -> Faults {
        Faults { file: file.to_owned(), text: text.to_owned(), list: Vec::new() }
    }

    /// Notes a fault at a byte offset of the file.
    pub fn add(&mut self, offset: usize, code: FaultCode, key: &str, found: &str, expected: &str) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count()) + 1;
        self.list.push(Fault {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column,
            code,
            key: key.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        });
    }

    /// Notes every number with a decimal point: it would not be exact.
    pub fn refuse_floats(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            self.refuse_float(key.get_ref(), value);
        }
    }

    fn refuse_float(&mut self, key: &str, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Float(number) => {
                self.add(value.span().start, FaultCode::FloatRefused, key, number.as_str(), "\"…\"");
            }
            DeValue::Table(table) => self.refuse_floats(table),
            DeValue::Array(items) => {
                for item in items.iter() {
                    self.refuse_float(key, item);
                }
            }
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => (),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, in the order of the file.
    pub fn sorted(mut self) -> Vec<Fault> {
        self.list.sort_by_key(|fault| (fault.line, fault.column));
        self.list
    }
}

/// A table and where it stands.
#[derive(Clone)]
pub(super) struct Table<'t, 'i> {
    /// Dotted path.
    pub path: String,
    /// Byte offset of its header or its key.
    pub offset: usize,
    entries: &'t DeTable<'i>,
}

/// A value, its key and where both stand.
#[derive(Clone)]
pub(super) struct Item<'t, 'i> {
    /// Dotted path.
    pub path: String,
    /// Byte offset of the key.
    pub key_offset: usize,
    value: &'t Spanned<DeValue<'i>>,
}

impl<'t, 'i> Table<'t, 'i> {
    /// The whole file.
    pub fn root(entries: &'t DeTable<'i>) -> Table<'t, 'i> {
        Table { path: String::new(), offset: 0, entries }
    }

    /// Every entry with its key, in the order of the file.
    pub fn items(&self) -> Vec<(String, Item<'t, 'i>)> {
        self.entries
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().to_string();
                let path = if self.path.is_empty() { name.clone() } else { format!("{}.{name}", self.path) };
                (name, Item { path, key_offset: key.span().start, value })
            })
            .collect()
    }

    /// The entry with this key, if there is one.
    pub fn get(&self, key: &str) -> Option<Item<'t, 'i>> {
        self.items().into_iter().find(|(name, _)| name == key).map(|(_, item)| item)
    }

    /// The entry with this key; a fault if there is none.
    pub fn need(&self, faults: &mut Faults, key: &str) -> Option<Item<'t, 'i>> {
        let item = self.get(key);
        if item.is_none() {
            let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
            faults.add(self.offset, FaultCode::KeyMissing, &path, "", "");
        }
        item
    }

    /// Notes every key that is not in `known`: as not supported when it is in `later`, else as unknown.
    pub fn allow(&self, faults: &mut Faults, known: &[&str], later: &[&str]) {
        for (key, item) in self.items() {
            if known.contains(&key.as_str()) {
                continue;
            }
            if later.contains(&key.as_str()) {
                faults.add(item.key_offset, FaultCode::NotSupported, &item.path, &key, "");
            } else {
                let near = nearest(&key, known.iter().chain(later).copied());
                faults.add(item.key_offset, FaultCode::UnknownKey, &item.path, &key, &near);
            }
        }
    }

    /// As `allow`, for a clause: article, basis and notes are always known. Reads where the clause comes from.
    pub fn clause(&self, faults: &mut Faults, known: &[&str], later: &[&str]) -> Origin {
        let all: Vec<&str> = known.iter().chain(COMMON).copied().collect();
        self.allow(faults, &all, later);
        let text = |faults: &mut Faults, key: &str| self.get(key).and_then(|item| item.text(faults));
        let (basis, key_basis) = self.basis(faults, known);
        Origin {
            article: text(faults, "article"),
            basis,
            key_basis,
            note_zh: text(faults, "note_zh"),
            note_en: text(faults, "note_en"),
        }
    }

    /// The basis of a clause: one word, or one a key; then the clause as a whole is as weak as its weakest key.
    fn basis(&self, faults: &mut Faults, known: &[&str]) -> (Basis, Vec<(String, Basis)>) {
        let Some(item) = self.get("basis") else {
            return (Basis::Text, Vec::new());
        };
        let DeValue::Table(entries) = item.value.get_ref() else {
            return (item.word(faults, Basis::ALL, Basis::code, &[]).unwrap_or(Basis::Text), Vec::new());
        };
        let table = Table { path: item.path.clone(), offset: item.key_offset, entries };
        table.allow(faults, known, &[]);
        let mut keys = Vec::new();
        for (key, item) in table.items() {
            if let Some(basis) = item.word(faults, Basis::ALL, Basis::code, &[]) {
                keys.push((key, basis));
            }
        }
        let weakest = keys.iter().map(|(_, basis)| *basis).max().unwrap_or(Basis::Text);
        (weakest, keys)
    }

    /// The tables of a `[[list]]`, in the order of the file; none when the key is absent.
    pub fn list(&self, faults: &mut Faults, key: &str) -> Vec<Table<'t, 'i>> {
        self.get(key).map_or_else(Vec::new, |item| item.tables(faults))
    }

    /// The texts under `key` in the tables of a list, whatever else is wrong with them: so that one fault does
    /// not make others out of what refers to the same clause.
    pub fn words_of_list(&self, list: &str, key: &str) -> Vec<&'t str> {
        let Some(item) = self.get(list) else {
            return Vec::new();
        };
        let DeValue::Array(values) = item.value.get_ref() else {
            return Vec::new();
        };
        values.iter().filter_map(|value| value.get_ref().get(key)?.get_ref().as_str()).collect()
    }

    /// The id of a clause; a fault when it is taken in `taken`, which it joins.
    pub fn id(&self, faults: &mut Faults, taken: &mut BTreeMap<String, usize>) -> Option<String> {
        let item = self.need(faults, "id")?;
        let id = item.name(faults)?;
        if taken.insert(id.clone(), item.key_offset).is_some() {
            faults.add(item.key_offset, FaultCode::IdTwice, &item.path, &id, "");
        }
        Some(id)
    }
}

impl<'t, 'i> Item<'t, 'i> {
    /// Byte offset of the value.
    pub fn offset(&self) -> usize {
        self.value.span().start
    }

    /// Whether the value is the word for what is left open.
    pub fn is_unknown(&self) -> bool {
        self.value.get_ref().as_str() == Some(UNKNOWN)
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

    /// Notes a fault at the value. What is left open is told as not supported, and a number with a decimal
    /// point has been told already.
    pub fn refuse(&self, faults: &mut Faults, code: FaultCode, expected: &str) {
        if matches!(self.value.get_ref(), DeValue::Float(_)) {
            return;
        }
        let code = if self.is_unknown() { FaultCode::NotSupported } else { code };
        faults.add(self.offset(), code, &self.path, &self.shown(), expected);
    }

    /// Text.
    pub fn text(&self, faults: &mut Faults) -> Option<String> {
        if self.as_str().is_none() {
            self.refuse(faults, FaultCode::WrongType, "\"…\"");
        }
        self.as_str().map(str::to_owned)
    }

    /// An ASCII name: letters, digits, `-`, `_`, `.`.
    pub fn name(&self, faults: &mut Faults) -> Option<String> {
        let text = self.text(faults)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || !text.chars().all(allowed) {
            self.refuse(faults, FaultCode::IdForm, "a-z 0-9 - _ .");
            return None;
        }
        Some(text)
    }

    /// Yes or no.
    pub fn flag(&self, faults: &mut Faults) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.refuse(faults, FaultCode::WrongType, "true, false");
        }
        flag
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

    /// A word of a closed list; words of `later` are in the grammar but not evaluated.
    pub fn word<T: Copy>(
        &self,
        faults: &mut Faults,
        all: &[T],
        code: fn(T) -> &'static str,
        later: &[&str],
    ) -> Option<T> {
        let text = self.as_str();
        let word = all.iter().copied().find(|word| Some(code(*word)) == text);
        if word.is_none() {
            let expected = all.iter().map(|word| code(*word)).collect::<Vec<_>>().join(", ");
            let fault = match text {
                Some(text) if later.contains(&text) => FaultCode::NotSupported,
                Some(_) => FaultCode::UnknownWord,
                None => FaultCode::WrongType,
            };
            self.refuse(faults, fault, &expected);
        }
        word
    }

    /// The items of a list, each with the path and key of the list.
    pub fn elements(&self, faults: &mut Faults) -> Option<Vec<Item<'t, 'i>>> {
        let DeValue::Array(values) = self.value.get_ref() else {
            self.refuse(faults, FaultCode::WrongType, "[…]");
            return None;
        };
        let item = |value| Item { path: self.path.clone(), key_offset: self.key_offset, value };
        Some(values.iter().map(item).collect())
    }

    /// The items of a list, or the value itself as a list of one.
    pub fn one_or_more(&self, faults: &mut Faults) -> Option<Vec<Item<'t, 'i>>> {
        match self.value.get_ref() {
            DeValue::Array(_) => self.elements(faults),
            _ => Some(vec![self.clone()]),
        }
    }

    /// A list of texts.
    pub fn texts(&self, faults: &mut Faults) -> Option<Vec<String>> {
        self.elements(faults)?.iter().map(|item| item.text(faults)).collect()
    }

    /// A table.
    pub fn table(&self, faults: &mut Faults) -> Option<Table<'t, 'i>> {
        match self.value.get_ref() {
            DeValue::Table(entries) => {
                Some(Table { path: self.path.clone(), offset: self.offset().min(self.key_offset), entries })
            }
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
                    let path = format!("{}[{}]", self.path, place + 1);
                    Some(Table { path, offset: item.offset(), entries })
                }
                _ => {
                    item.refuse(faults, FaultCode::WrongType, "{…}");
                    None
                }
            })
            .collect()
    }
}

/// The word of `known` that is at most two letters away from `word`, for a hint; empty when there is none.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> String {
    let near = known.map(|candidate| (distance(word, candidate), candidate)).min();
    near.filter(|(distance, _)| *distance <= 2).map_or_else(String::new, |(_, candidate)| candidate.to_owned())
}

/// Number of letters to insert, drop or change.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((b, diagonal), above) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or(usize::MAX);
            let changed = diagonal + usize::from(a != *b);
            next.push(changed.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
