//! The form of a loan (`shuozhou.md` §6.1).
//!
//! **Invariant:** the form holds everything that a measure may ask of a loan at registration; what is left out is
//! unknown, never guessed.

use chrono::NaiveDate;

use crate::domain::detail::{record, words};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::{IpKind, Repayment, SizeClass};

words!(IpKind, SizeClass, Repayment);

record! {
    /// A pledged right.
    RightForm {
        /// Kind.
        kind: IpKind,
        /// Number.
        number: String,
        /// Title.
        title: String,
        /// Its appraised value.
        appraised: Option<Fen>,
    }
}

record! {
    /// An insurance policy.
    InsuranceForm {
        /// Insurer.
        insurer: String,
        /// Product.
        product: String,
        /// Policy number.
        policy_no: String,
        /// Insured sum.
        insured_sum: Option<Fen>,
        /// Premium.
        premium: Option<Fen>,
        /// First day.
        starts_on: Option<NaiveDate>,
        /// Last day.
        ends_on: Option<NaiveDate>,
    }
}

record! {
    /// A guarantor's part.
    GuaranteeForm {
        /// Guarantor.
        guarantor: String,
        /// Share carried.
        share: Ppm,
    }
}

record! {
    /// The firm's signed consent that its credit and business data are passed on (企业知情同意书).
    Consent {
        /// When it was signed.
        signed_on: NaiveDate,
        /// SHA-256 of the paper.
        document_hash: String,
    }
}

record! {
    /// The credit report that proves a first loan.
    CreditReport {
        /// Where it was asked for.
        source: String,
        /// When.
        queried_on: NaiveDate,
        /// SHA-256 of the paper.
        document_hash: String,
    }
}

record! {
    /// The form of a loan (`shuozhou.md` §6.1).
    LoanForm {
        /// Contract number.
        contract: String,
        /// Drawdown number, where the contract has several.
        drawdown: Option<String>,
        /// Unified social credit code.
        credit_code: String,
        /// Name of the firm.
        borrower_name: String,
        /// Founding day.
        founded_on: NaiveDate,
        /// County unit.
        county: String,
        /// Industry of the city plan.
        industry: String,
        /// Size class as declared.
        size_declared: SizeClass,
        /// Employees.
        employees: Option<u32>,
        /// Revenue of the year before.
        revenue: Option<Fen>,
        /// Declared as a first loan.
        first_loan_declared: bool,
        /// Principal.
        principal: Fen,
        /// Yearly rate.
        annual_rate: Ppm,
        /// One-year loan prime rate of the day.
        lpr_1y: Option<Ppm>,
        /// Day of disbursement.
        disbursed_on: NaiveDate,
        /// Day of maturity.
        matures_on: NaiveDate,
        /// How it is paid back.
        repayment: Repayment,
        /// Share carried by the rights.
        ip_share: Ppm,
        /// Pledged rights.
        rights: Vec<RightForm>,
        /// Appraised value of all rights.
        appraised_total: Option<Fen>,
        /// Appraiser.
        appraiser: Option<String>,
        /// Registration number of the pledge.
        pledge_no: Option<String>,
        /// Day the pledge was registered.
        pledge_registered_on: Option<NaiveDate>,
        /// Insurance.
        insurance: Option<InsuranceForm>,
        /// Guarantor.
        guarantee: Option<GuaranteeForm>,
        /// Consent of the firm.
        consent: Option<Consent>,
        /// Proof of a first loan.
        credit_report: Option<CreditReport>,
        /// No bad credit record in the time the measure asks for.
        credit_clean: Option<bool>,
        /// What the loan is for.
        purpose: Option<String>,
        /// Tags of the loan, as the rulebook names them.
        tags: Vec<String>,
        /// Tags of the firm.
        borrower_tags: Vec<String>,
        /// Region of the firm, as the rulebook names it.
        region: Option<String>,
        /// Group or actual controller.
        group: Option<String>,
        /// Contract that this loan renews (无还本续贷): the same risk.
        renews: Option<String>,
    }
}
