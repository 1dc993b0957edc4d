//! Rights that are pledged for another loan that is still outstanding.
//!
//! **Invariant:** loans of one borrower under one pledge registration number are one pledge (最高额质押) and are not
//! noted; the contract of the other loan is named only to its own bank.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use chrono::NaiveDate;

use super::registrations::File;
use crate::domain::names::IpKind;
use crate::import::field::Field;
use crate::import::finding::{FindingCode, WORDING};
use crate::storage::Tx;
use crate::storage::find::Reach;
use crate::storage::find::register::{self, KnownPledge};
use crate::storage::rows::loans::{LoanRegistrationRow, LoanRightRow};
use crate::usecase::UseCaseError;
use crate::usecase::registrations::Entry;

/// The rights met so far in the file, with the first loan each was pledged for. A book of a hundred thousand loans
/// pledges some hundred thousand rights, so of right and pledge only a number of their content is kept.
#[derive(Debug, Default)]
pub(super) struct Pledges {
    met: HashMap<u64, Met>,
}

#[derive(Debug, Clone, Copy)]
struct Met {
    row: i64,
    pledge: Pledge,
}

/// What counts of a pledge.
#[derive(Debug, Clone, Copy)]
struct Pledge {
    /// A number of borrower and pledge registration; nothing where the pledge has no registration number.
    same: Option<u64>,
    span: (NaiveDate, NaiveDate),
    balance_fen: Option<i64>,
}

impl Pledge {
    fn of(loan: &LoanRegistrationRow) -> Pledge {
        Pledge {
            same: loan.pledge_no.as_ref().map(|number| content_of(&loan.credit_code, number)),
            span: (loan.disbursed_on, loan.matures_on),
            balance_fen: None,
        }
    }

    /// Whether it stands in the way of another one: its loan is outstanding while the other's runs, and it is not the
    /// very same pledge.
    fn conflicts_with(&self, other: &Pledge) -> bool {
        let is_same = self.same.is_some() && self.same == other.same;
        let overlaps = self.span.0 <= other.span.1 && other.span.0 <= self.span.1;
        !is_same && self.balance_fen.map_or(overlaps, |balance| balance > 0)
    }
}

fn content_of(one: &str, other: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (one, other).hash(&mut hasher);
    hasher.finish()
}

impl Pledges {
    /// Begins with another file.
    pub fn begin(&mut self) {
        self.met.clear();
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
            Some(reach) => load(tx, reach, batch)?,
            None => HashMap::new(),
        };
        for entry in batch {
            let loan = &entry.registration;
            let pledge = Pledge::of(loan);
            for right in &entry.rights {
                let met =
                    *self.met.entry(content_of(&right.kind, &right.number)).or_insert(Met { row: loan.row_no, pledge });
                // A batch of the file may be on the register already: its row is what helps.
                if met.row != loan.row_no && met.pledge.conflicts_with(&pledge) {
                    note_in_file(file, loan, right, met.row);
                    continue;
                }
                let others = known.get(right.number.as_str()).map(Vec::as_slice).unwrap_or_default();
                let other =
                    others.iter().find(|(other, found)| other.kind == right.kind && found.conflicts_with(&pledge));
                if let Some((other, _)) = other {
                    note_on_register(file, loan, right, other);
                }
            }
        }
        Ok(())
    }
}

fn note_in_file(file: &mut File, loan: &LoanRegistrationRow, right: &LoanRightRow, first: i64) {
    let first = first.to_string();
    let args = [("kind", shown(right)), ("number", &*right.number), ("first", &*first), (WORDING, "file")];
    file.note(loan, Field::IpNumber, FindingCode::RightPledged, &args);
}

fn note_on_register(file: &mut File, loan: &LoanRegistrationRow, right: &LoanRightRow, other: &KnownPledge) {
    let of_this_bank = other.bank == loan.bank;
    let last = if of_this_bank { ("contract", other.contract.as_str()) } else { (WORDING, "other") };
    let args = [("kind", shown(right)), ("number", &*right.number), last];
    file.note(loan, Field::IpNumber, FindingCode::RightPledged, &args);
}

fn shown(right: &LoanRightRow) -> &str {
    IpKind::from_code(&right.kind).map_or(&*right.kind, |kind| kind.zh())
}

/// Pledges on the register by the number of their right.
type KnownPledges = HashMap<String, Vec<(KnownPledge, Pledge)>>;

fn load(tx: &mut Tx<'_>, reach: &Reach, batch: &[&Entry]) -> Result<KnownPledges, UseCaseError> {
    let numbers: BTreeSet<&String> = batch.iter().flat_map(|entry| &entry.rights).map(|right| &right.number).collect();
    let numbers: Vec<String> = numbers.into_iter().cloned().collect();
    let mut known = KnownPledges::new();
    for found in register::pledges(tx, reach, &numbers)? {
        let pledge = Pledge {
            same: found.pledge_no.as_ref().map(|number| content_of(&found.credit_code, number)),
            span: (found.disbursed_on, found.matures_on),
            balance_fen: found.balance_fen,
        };
        known.entry(found.number.clone()).or_default().push((found, pledge));
    }
    Ok(known)
}
