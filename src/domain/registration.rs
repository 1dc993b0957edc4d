//! What a bank says of a loan when it asks for cover: the facts of one row of a registration file.
//!
//! **Invariant:** every value has passed the checks that need nothing but the row itself.

use chrono::NaiveDate;

use super::credit_code::CreditCode;
use super::ip_right::IpNumber;
use super::money::{Fen, Ppm};
use super::names::{ContractNo, IpKind, Repayment, SizeClass};

/// One loan as registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Registration {
    /// Loan contract number.
    pub contract: ContractNo,
    /// Drawdown number 借据编号, empty if none.
    pub drawdown: String,
    /// The borrowing firm.
    pub borrower: BorrowerFacts,
    /// Declared by the bank as a first-time borrower.
    pub first_loan_declared: bool,
    /// Principal of the loan.
    pub principal: Fen,
    /// Yearly rate.
    pub annual_rate: Ppm,
    /// Day of disbursement.
    pub disbursed_on: NaiveDate,
    /// Day of maturity.
    pub matures_on: NaiveDate,
    /// How it is paid back.
    pub repayment: Repayment,
    /// Share of the loan carried by the pledged rights.
    pub ip_share: Ppm,
    /// The pledged rights, at least one.
    pub rights: Vec<PledgedRight>,
    /// Appraised value of all rights together.
    pub appraised_total: Option<Fen>,
    /// Appraiser's name.
    pub appraiser: Option<String>,
    /// Registration number of the pledge, opaque.
    pub pledge_no: Option<String>,
    /// Registration date of the pledge.
    pub pledge_registered_on: Option<NaiveDate>,
    /// Insurance linked to the loan.
    pub insurance: Option<Insurance>,
    /// Guarantor's part.
    pub guarantee: Option<Guarantee>,
}

/// The borrower as the row describes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BorrowerFacts {
    /// Name, outer spaces removed.
    pub name: String,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// Founding date on the business licence.
    pub founded_on: NaiveDate,
    /// County unit.
    pub county: String,
    /// Industry of the city plan.
    pub industry: String,
    /// Size class as declared.
    pub size_declared: SizeClass,
    /// Employees.
    pub employees: Option<u32>,
    /// Revenue of the year before.
    pub revenue: Option<Fen>,
}

/// One right in the pledge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PledgedRight {
    /// Kind.
    pub kind: IpKind,
    /// Number, checked where a check digit exists.
    pub number: IpNumber,
    /// Title.
    pub title: String,
    /// Appraised value of this right alone, where the file tells it.
    pub appraised: Option<Fen>,
}

/// An insurance policy linked to the loan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Insurance {
    /// Insurer's name.
    pub insurer: String,
    /// Product.
    pub product: String,
    /// Policy number.
    pub policy_no: String,
    /// Insured sum.
    pub insured_sum: Option<Fen>,
    /// Premium.
    pub premium: Option<Fen>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// The part a guarantor carries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guarantee {
    /// Guarantor's name.
    pub guarantor: String,
    /// Share carried.
    pub share: Ppm,
}
