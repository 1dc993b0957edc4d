//! A claim that is being written, as far as the books can tell already: its papers, and what it would be paid.
//!
//! **Invariant:** nothing is stored, and what the fund holds is not told: a bank that tries figures learns its own cap,
//! not the balance.

use super::UseCaseError;
use super::claim_case::{Around, Purse, claim_case};
use super::compensate::{calculation_row, life_of};
use super::lives::claim::{bearings, filing};
use super::measures::Measures;
use crate::domain::claim::Claim;
use crate::domain::claim::completeness::Completeness;
use crate::domain::payout::evaluate::evaluate;
use crate::storage::find::{Reach, loans};
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::rows::loans::LoanRow;
use crate::storage::{StoreError, Tx};

/// What is known of a claim before it is handed in.
#[derive(Debug)]
pub struct Drafted {
    /// The filing that handing it in would make.
    pub filing: ClaimRow,
    /// As its acts leave it.
    pub claim: Claim,
    /// Its loan.
    pub loan: LoanRow,
    /// How complete its file is.
    pub completeness: Completeness,
    /// What it would be paid if money were no matter; none before figures are written.
    pub calculation: Option<CalculationRow>,
}

/// Tells a claim that is being written.
///
/// # Errors
/// `Act` for one of no loan, or of a loan with another claim; storage; `Rulebook`; `Overflow`; `Corrupt`.
pub fn drafted(tx: &mut Tx<'_>, fund_id: &str, claim_id: &str) -> Result<Drafted, UseCaseError> {
    let on = tx.on();
    let (filing, claim) = filing::find_or_begin(tx, fund_id, claim_id, on)?;
    let corrupt = || StoreError::Corrupt { table: "loans", key: filing.loan_id.clone(), what: "gone".to_owned() };
    let loan = loans::one(tx, &Reach::of_fund(fund_id), &filing.loan_id)?.ok_or_else(corrupt)?;
    let coverage = loans::coverage(tx, &filing.loan_id)?.ok_or_else(corrupt)?;
    let measures = Measures::load(tx, fund_id)?;
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).ok_or_else(corrupt)?;
    let life = life_of(tx, &filing)?;
    let around = Around {
        filing: &filing,
        claim: &claim,
        loan: &loan,
        measure,
        first_loan: coverage.first_loan,
        purse: Purse::Endless,
        life: &life,
    };
    let completeness = bearings::completeness_of(tx, &measures, &around)?;
    let calculation = match claim.figures {
        None => None,
        Some(_) => {
            let case = claim_case(tx, &around)?;
            let outcome = evaluate(&measures.rules_for(measure, &case), &case);
            Some(calculation_row((fund_id, claim_id), measure, &case, &outcome, 0))
        }
    };
    Ok(Drafted { filing, claim, loan, completeness, calculation })
}
