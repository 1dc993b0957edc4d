//! What arrives after registration: monthly servicing rows, claims, fund rows, partners.
//!
//! **Invariant:** every value has passed the checks that need nothing but the row itself.

use chrono::NaiveDate;

use super::money::Fen;
use super::names::{ContractNo, DocumentKind, FundRowKind, FundSource, PartnerCode, PartnerKind, Tier};

/// One loan in a month-end report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicingRow {
    /// Loan contract number.
    pub contract: ContractNo,
    /// Drawdown number, empty if none.
    pub drawdown: String,
    /// Month-end the row speaks of.
    pub reported_on: NaiveDate,
    /// Balance of the loan.
    pub balance: Fen,
    /// Overdue principal.
    pub overdue_principal: Fen,
    /// Overdue interest.
    pub overdue_interest: Fen,
    /// First overdue day: the day after the due date.
    pub overdue_since: Option<NaiveDate>,
    /// The bank's own grade.
    pub bank_tier: Tier,
}

/// One claim on the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFiling {
    /// Loan contract number.
    pub contract: ContractNo,
    /// Drawdown number, empty if none.
    pub drawdown: String,
    /// Day of the claim.
    pub filed_on: NaiveDate,
    /// Unpaid principal.
    pub outstanding_principal: Fen,
    /// Overdue interest.
    pub overdue_interest: Fen,
    /// First overdue day.
    pub overdue_since: NaiveDate,
    /// Date of the pledge registration now in force.
    pub pledge_registered_on: Option<NaiveDate>,
    /// Paid by the insurer.
    pub insurer_paid: Fen,
    /// Paid by the guarantor.
    pub guarantor_paid: Fen,
    /// Proceeds of the collateral.
    pub collateral_gross: Fen,
    /// Enforcement costs.
    pub collateral_cost: Fen,
    /// Papers handed in.
    pub documents: Vec<DocumentKind>,
}

/// One movement of the fund's money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundRow {
    /// Business date.
    pub on: NaiveDate,
    /// What it is.
    pub kind: FundRowKind,
    /// Where it came from.
    pub source: FundSource,
    /// Contract of a recovery.
    pub contract: Option<ContractNo>,
    /// Amount, above zero.
    pub amount: Fen,
    /// Note.
    pub note: String,
}

/// One partner institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRow {
    /// Kind.
    pub kind: PartnerKind,
    /// Name.
    pub name: String,
    /// Code.
    pub code: PartnerCode,
    /// First day of the agreement.
    pub agreed_from: NaiveDate,
    /// Last day of the agreement.
    pub agreed_to: NaiveDate,
    /// Agreed limit.
    pub limit: Option<Fen>,
}
