//! First-time borrowers 首贷户: who can have been one (settled.md, Facts and keys).
//!
//! Owns the judgement over all accepted loans, in O(n log n).
//! **Invariant:** only an accepted loan of the same borrower at another bank with an earlier disbursement
//! refutes a declaration; the earliest such loan is named.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::credit_code::CreditCode;
use super::names::PartnerCode;

/// What judging needs of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanRef<'a> {
    /// Identifier.
    pub key: &'a str,
    /// Borrower.
    pub borrower: &'a CreditCode,
    /// Bank.
    pub bank: &'a PartnerCode,
    /// Day of disbursement.
    pub disbursed_on: NaiveDate,
    /// Declared as a first loan.
    pub first_loan_declared: bool,
    /// Contract number.
    pub contract: &'a str,
}

/// A declaration that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refuted<'a> {
    /// The declared first loan.
    pub loan: LoanRef<'a>,
    /// The earliest loan that refutes it.
    pub earlier: LoanRef<'a>,
}

/// Every declared first loan that is refuted, in the order given.
#[must_use]
pub fn refuted<'a>(loans: &[LoanRef<'a>]) -> Vec<Refuted<'a>> {
    let mut by_borrower: BTreeMap<&CreditCode, Vec<LoanRef<'a>>> = BTreeMap::new();
    for loan in loans {
        by_borrower.entry(loan.borrower).or_default().push(*loan);
    }
    let earliest: BTreeMap<&CreditCode, Earliest<'a>> = by_borrower
        .into_iter()
        .filter_map(|(borrower, of_borrower)| Some((borrower, Earliest::of(of_borrower)?)))
        .collect();
    loans
        .iter()
        .filter(|loan| loan.first_loan_declared)
        .filter_map(|loan| {
            let earlier = earliest.get(loan.borrower)?.at_another_bank(loan.bank)?;
            (earlier.disbursed_on < loan.disbursed_on).then_some(Refuted { loan: *loan, earlier })
        })
        .collect()
}

/// The only two loans of a borrower that can be the earliest at another bank, whichever bank asks.
struct Earliest<'a> {
    loan: LoanRef<'a>,
    elsewhere: Option<LoanRef<'a>>,
}

impl<'a> Earliest<'a> {
    fn of(mut loans: Vec<LoanRef<'a>>) -> Option<Earliest<'a>> {
        loans.sort_by_key(|loan| (loan.disbursed_on, loan.key));
        let loan = *loans.first()?;
        Some(Earliest { loan, elsewhere: loans.into_iter().find(|other| other.bank != loan.bank) })
    }

    fn at_another_bank(&self, bank: &PartnerCode) -> Option<LoanRef<'a>> {
        if self.loan.bank == bank { self.elsewhere } else { Some(self.loan) }
    }
}
