//! A mapping out of a proposal.
//!
//! **Invariant:** the mapping says what the proposal shows, and no more than a mapping file could.

use std::collections::BTreeMap;

use super::alias::aliases;
use super::view::{ColumnProposal, Proposal, WordBasis};
use crate::domain::names::fold_code;
use crate::import::field::Field;
use crate::import::mapping::{Column, Form, Mapping, MappingError};

impl Proposal {
    /// The mapping that this proposal amounts to, under a name; guesses and all, needed fields missing or not.
    #[must_use]
    pub fn mapping(&self, name: &str) -> Mapping {
        let mut ignore: Vec<String> = Vec::new();
        let mut columns = BTreeMap::new();
        for column in self.columns.iter().filter(|column| !column.header.is_empty()) {
            match column.field {
                Some(field) => {
                    columns.insert(field, column_of(field, column));
                }
                None if ignore.iter().all(|known| fold_code(known) != fold_code(&column.header)) => {
                    ignore.push(column.header.clone());
                }
                None => {}
            }
        }
        let forms = match self.form {
            Form::Csv => vec![Form::Csv, Form::Xlsx],
            Form::Xlsx => vec![Form::Xlsx, Form::Csv],
        };
        Mapping {
            name: name.to_owned(),
            kind: self.kind,
            bank: self.bank.clone(),
            forms,
            sheet: self.sheet.clone().filter(|_| self.sheets.len() > 1),
            header_rows: self.header_rows,
            row_per: self.row_per,
            total_words: self.total_words.clone(),
            nil_words: self.nil_words.clone(),
            blank_words: self.blank_words.clone(),
            ignore,
            columns,
            version: None,
        }
    }

    /// The mapping, once it has passed what a mapping file must pass.
    ///
    /// # Errors
    /// `Field`, `Unit`, `Header`.
    pub fn checked_mapping(&self, name: &str) -> Result<Mapping, MappingError> {
        self.mapping(name).checked()
    }
}

fn column_of(field: Field, column: &ColumnProposal) -> Column {
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    if !column.list.is_empty() {
        let known = aliases().words.get(&field).cloned().unwrap_or_default();
        words.extend(known.into_iter().filter(|(_, meaning)| column.list.contains(&meaning.as_str())));
    }
    for word in column.words.iter().filter(|word| word.basis != WordBasis::Synonym) {
        if let Some(meaning) = &word.meaning {
            words.retain(|known, _| fold_code(known) != fold_code(&word.word));
            words.insert(word.word.clone(), meaning.clone());
        }
    }
    Column {
        headers: vec![column.header.clone()],
        unit: column.unit,
        split: column.split.clone(),
        optional: column.optional,
        words,
    }
}
