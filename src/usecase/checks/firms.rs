//! The firms of new loans beside those of the register and of the rest of the file.
//!
//! **Invariant:** a firm is noted once a file, and never with the bank that knows it otherwise.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use super::registrations::File;
use crate::import::field::Field;
use crate::import::finding::{FindingCode, WORDING};
use crate::storage::Tx;
use crate::storage::find::Reach;
use crate::storage::find::register::{self, KnownFirm};
use crate::storage::rows::loans::LoanRegistrationRow;
use crate::usecase::UseCaseError;
use crate::usecase::registrations::Entry;

/// The firms met so far in the file; of a name only a number of its content is kept.
#[derive(Debug, Default)]
pub(super) struct Firms {
    by_name: HashMap<u64, Met>,
    /// Codes noted in this file.
    told: HashSet<String>,
}

#[derive(Debug)]
struct Met {
    credit_code: Box<str>,
    row: i64,
}

fn content_of(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Firms {
    /// Begins with another file.
    pub fn begin(&mut self) {
        self.by_name.clear();
        self.told.clear();
    }

    /// The code under which a firm of this name was met in the file.
    pub fn code_in_file(&self, name: &str) -> Option<&str> {
        self.by_name.get(&content_of(name)).map(|met| &*met.credit_code)
    }

    /// Looks at a batch; `register` is nothing where the register is empty.
    pub fn look(
        &mut self,
        tx: &mut Tx<'_>,
        register: Option<&Reach>,
        file: &mut File,
        batch: &[&Entry],
    ) -> Result<(), UseCaseError> {
        let known = match register {
            Some(reach) => Known::load(tx, reach, batch)?,
            None => Known::default(),
        };
        for loan in batch.iter().map(|entry| &entry.registration) {
            self.look_at(file, loan, &known);
        }
        Ok(())
    }

    fn look_at(&mut self, file: &mut File, loan: &LoanRegistrationRow, known: &Known) {
        let (code, name) = (&loan.credit_code, &loan.borrower_name);
        if let Some(other) = known.other_name(code, name)
            && self.told.insert(code.clone())
        {
            let args = [("known", other), ("value", name.as_str())];
            file.note(loan, Field::Borrower, FindingCode::FirmRenamed, &args);
        }
        let met = self
            .by_name
            .entry(content_of(name))
            .or_insert_with(|| Met { credit_code: code.as_str().into(), row: loan.row_no });
        // A batch of the file may be on the register already: its row is what helps.
        let first = (*met.credit_code != **code).then(|| met.row.to_string());
        let other = if first.is_some() { Some(&*met.credit_code) } else { known.other_code(code, name) };
        if let Some(other) = other
            && self.told.insert(code.clone())
        {
            let mut args = vec![("known", other), ("value", code.as_str())];
            if let Some(first) = &first {
                args.extend([("first", first.as_str()), (WORDING, "file")]);
            }
            file.note(loan, Field::CreditCode, FindingCode::FirmCodeDiffers, &args);
        }
    }
}

/// What the register says of the firms of a batch.
#[derive(Debug, Default)]
struct Known {
    by_code: HashMap<String, Vec<String>>,
    by_name: HashMap<String, Vec<String>>,
}

impl Known {
    fn load(tx: &mut Tx<'_>, reach: &Reach, batch: &[&Entry]) -> Result<Known, UseCaseError> {
        let values = |of: fn(&LoanRegistrationRow) -> &String| -> Vec<String> {
            let distinct: BTreeSet<&String> = batch.iter().map(|entry| of(&entry.registration)).collect();
            distinct.into_iter().cloned().collect()
        };
        let mut known = Known::default();
        for KnownFirm { credit_code, name, .. } in
            register::firms_by_code(tx, reach, &values(|loan| &loan.credit_code))?
        {
            known.by_code.entry(credit_code).or_default().push(name);
        }
        for KnownFirm { credit_code, name, .. } in
            register::firms_by_name(tx, reach, &values(|loan| &loan.borrower_name))?
        {
            known.by_name.entry(name).or_default().push(credit_code);
        }
        Ok(known)
    }

    fn other_name(&self, code: &str, name: &str) -> Option<&str> {
        other_than(self.by_code.get(code), name)
    }

    fn other_code(&self, code: &str, name: &str) -> Option<&str> {
        other_than(self.by_name.get(name), code)
    }
}

/// A known value, where none is the value given.
fn other_than<'v>(known: Option<&'v Vec<String>>, value: &str) -> Option<&'v str> {
    let known = known?;
    if known.iter().any(|one| one == value) { None } else { known.first().map(String::as_str) }
}
