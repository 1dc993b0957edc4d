//! Rights that are pledged for another loan that is still outstanding.
//!
//! **Invariant:** loans of one borrower under one pledge registration number are one pledge (最高额质押) and are not
//! noted; the contract of the other loan is named only to its own bank.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

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

/// The rights met so far in this call, with the first loan they were pledged for.
#[derive(Debug, Default)]
pub(super) struct Pledges {
    met: HashMap<(String, String), Rc<Met>>,
}

#[derive(Debug)]
struct Met {
    file: u32,
    row: i64,
    loan: OtherLoan,
}

/// What counts of the other loan.
#[derive(Debug)]
struct OtherLoan {
    bank: String,
    contract: String,
    credit_code: String,
    pledge_no: Option<String>,
    span: (NaiveDate, NaiveDate),
    balance_fen: Option<i64>,
}

impl OtherLoan {
    fn of(loan: &LoanRegistrationRow) -> OtherLoan {
        OtherLoan {
            bank: loan.bank.clone(),
            contract: loan.contract.clone(),
            credit_code: loan.credit_code.clone(),
            pledge_no: loan.pledge_no.clone(),
            span: (loan.disbursed_on, loan.matures_on),
            balance_fen: None,
        }
    }

    /// Whether it stands in the way of a pledge for `loan`: outstanding while that one runs, under another pledge.
    fn conflicts_with(&self, loan: &LoanRegistrationRow) -> bool {
        let same_pledge =
            self.credit_code == loan.credit_code && self.pledge_no.is_some() && self.pledge_no == loan.pledge_no;
        let overlaps = self.span.0 <= loan.matures_on && loan.disbursed_on <= self.span.1;
        let outstanding = match self.balance_fen {
            Some(balance) => balance > 0,
            None => overlaps,
        };
        outstanding && !same_pledge
    }
}

impl Pledges {
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
            let mut of_this = None;
            for right in &entry.rights {
                let key = (right.kind.clone(), right.number.clone());
                // A loan of this call may be on the register already: the row of the file is what helps.
                if !self.is_noted_among_met(file, loan, right, &key) {
                    let others = known.get(&key).map(Vec::as_slice).unwrap_or_default();
                    if let Some(other) = others.iter().find(|other| other.conflicts_with(loan)) {
                        note(file, loan, right, other, None);
                    }
                }
                let met = || Met { file: file.number, row: loan.row_no, loan: OtherLoan::of(loan) };
                let met = of_this.get_or_insert_with(|| Rc::new(met()));
                self.met.entry(key).or_insert_with(|| Rc::clone(met));
            }
        }
        Ok(())
    }

    fn is_noted_among_met(
        &self,
        file: &mut File,
        loan: &LoanRegistrationRow,
        right: &LoanRightRow,
        key: &(String, String),
    ) -> bool {
        let Some(met) = self.met.get(key) else { return false };
        let same_loan = met.file == file.number && met.row == loan.row_no;
        let is_noted = !same_loan && met.loan.conflicts_with(loan);
        if is_noted {
            note(file, loan, right, &met.loan, (met.file == file.number).then_some(met.row));
        }
        is_noted
    }
}

fn note(file: &mut File, loan: &LoanRegistrationRow, right: &LoanRightRow, other: &OtherLoan, first: Option<i64>) {
    let kind = IpKind::from_code(&right.kind).map_or(&*right.kind, |kind| kind.zh());
    let first = first.map(|row| row.to_string());
    let mut args = vec![("kind", kind), ("number", right.number.as_str())];
    match &first {
        Some(first) => args.extend([("first", first.as_str()), (WORDING, "file")]),
        None if other.bank == loan.bank => args.push(("contract", other.contract.as_str())),
        None => args.push((WORDING, "other")),
    }
    file.note(loan, Field::IpNumber, FindingCode::RightPledged, &args);
}

fn load(
    tx: &mut Tx<'_>,
    reach: &Reach,
    batch: &[&Entry],
) -> Result<HashMap<(String, String), Vec<OtherLoan>>, UseCaseError> {
    let numbers: BTreeSet<&String> = batch.iter().flat_map(|entry| &entry.rights).map(|right| &right.number).collect();
    let numbers: Vec<String> = numbers.into_iter().cloned().collect();
    let mut known: HashMap<(String, String), Vec<OtherLoan>> = HashMap::new();
    for KnownPledge {
        kind,
        number,
        bank,
        contract,
        credit_code,
        pledge_no,
        disbursed_on,
        matures_on,
        balance_fen,
        ..
    } in register::pledges(tx, reach, &numbers)?
    {
        let span = (disbursed_on, matures_on);
        let other = OtherLoan { bank, contract, credit_code, pledge_no, span, balance_fen };
        known.entry((kind, number)).or_default().push(other);
    }
    Ok(known)
}
