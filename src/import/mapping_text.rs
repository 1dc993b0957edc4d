//! A mapping as the text of a mapping file.
//!
//! **Invariant:** what is written here reads back as the same mapping, and equal mappings give the same text.

use super::field::Field;
use super::mapping::{Column, Mapping, MappingError, RowPer};

impl Mapping {
    /// The text of a mapping file that says what this mapping says.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        put(&mut text, "name", &quoted(&self.name));
        put(&mut text, "kind", &quoted(self.kind.code()));
        if let Some(bank) = &self.bank {
            put(&mut text, "bank", &quoted(bank));
        }
        put(&mut text, "forms", &list(self.forms.iter().map(|form| form.code())));
        if let Some(sheet) = &self.sheet {
            put(&mut text, "sheet", &quoted(sheet));
        }
        if self.header_rows != 1 {
            put(&mut text, "header_rows", &self.header_rows.to_string());
        }
        if self.row_per != RowPer::Record {
            put(&mut text, "row_per", &quoted(self.row_per.code()));
        }
        let lists = [
            ("ignore", &self.ignore),
            ("total_words", &self.total_words),
            ("nil_words", &self.nil_words),
            ("blank_words", &self.blank_words),
        ];
        for (key, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
            put(&mut text, key, &list(words));
        }
        for (field, column) in &self.columns {
            put_column(&mut text, *field, column);
        }
        text
    }

    /// The mapping itself, once it has passed everything that a mapping file must pass.
    ///
    /// # Errors
    /// `Field`, `Unit`, `Header`; `Unreadable` where the text of it would not read.
    pub fn checked(self) -> Result<Mapping, MappingError> {
        Mapping::parse(&self.name, &self.to_toml())
    }
}

fn put_column(text: &mut String, field: Field, column: &Column) {
    text.push_str(&format!("\n[columns.{}]\n", field.code()));
    put(text, "headers", &list(&column.headers));
    if let Some(unit) = column.unit {
        put(text, "unit", &quoted(unit.zh()));
    }
    if !column.split.is_empty() {
        put(text, "split", &list(column.split.iter().map(char::to_string)));
    }
    if column.optional {
        put(text, "optional", "true");
    }
    if !column.words.is_empty() {
        let pairs: Vec<String> =
            column.words.iter().map(|(word, meaning)| format!("{} = {}", quoted(word), quoted(meaning))).collect();
        put(text, "words", &format!("{{ {} }}", pairs.join(", ")));
    }
}

fn put(text: &mut String, key: &str, value: &str) {
    text.push_str(&format!("{key} = {value}\n"));
}

fn list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
