//! First-time borrowers 首贷户: who can have been one (settled.md, Facts and keys).
//!
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
    for of_borrower in by_borrower.values_mut() {
        of_borrower.sort_by_key(|loan| (loan.disbursed_on, loan.key));
    }
    loans
        .iter()
        .filter(|loan| loan.first_loan_declared)
        .filter_map(|loan| {
            let earlier = by_borrower.get(loan.borrower)?.iter().find(|other| other.bank != loan.bank)?;
            (earlier.disbursed_on < loan.disbursed_on).then_some(Refuted { loan: *loan, earlier: *earlier })
        })
        .collect()
}
