//! The faults found while a file is being read.
//!
//! **Invariant:** a fault knows the line and column of what it is about.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, FaultCode};

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
