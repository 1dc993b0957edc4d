//! What a file may be and which facts its columns carry.
//!
//! Owns `FileKind`, `Field` and which fields a file of each kind must have.
//! **Invariant:** a field means the same in every mapping and every kind.

use serde::{Deserialize, Serialize};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Partner institutions.
    Partners,
    /// Loans asking for cover.
    Registrations,
    /// Month-end report of a bank.
    Servicing,
    /// Claims on the fund.
    Claims,
    /// Money of the fund.
    Fund,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [FileKind; 5] =
        [FileKind::Partners, FileKind::Registrations, FileKind::Servicing, FileKind::Claims, FileKind::Fund];

    /// The word of the command line and of mapping files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            FileKind::Partners => "partners",
            FileKind::Registrations => "registrations",
            FileKind::Servicing => "servicing",
            FileKind::Claims => "claims",
            FileKind::Fund => "fund",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether a file of this kind can have such a column.
    #[must_use]
    pub fn has(self, field: Field) -> bool {
        self.needed().contains(&field) || self.allowed().contains(&field)
    }

    /// The word in the `kind` of an import answer.
    #[must_use]
    pub const fn answer_word(self) -> &'static str {
        match self {
            FileKind::Registrations => "registration",
            FileKind::Servicing => "monthly",
            FileKind::Partners | FileKind::Claims | FileKind::Fund => self.code(),
        }
    }

    /// Whether every row of such a file comes from one bank.
    #[must_use]
    pub const fn is_of_one_bank(self) -> bool {
        matches!(self, FileKind::Registrations | FileKind::Servicing)
    }

    /// The fields a mapping of this kind must name.
    #[must_use]
    pub const fn needed(self) -> &'static [Field] {
        use Field as F;
        match self {
            FileKind::Partners => &[F::PartnerKind, F::Name, F::Code, F::AgreedFrom, F::AgreedTo],
            FileKind::Registrations => &[
                F::Contract,
                F::Borrower,
                F::CreditCode,
                F::FoundedOn,
                F::County,
                F::Industry,
                F::Size,
                F::FirstLoan,
                F::Principal,
                F::AnnualRate,
                F::DisbursedOn,
                F::MaturesOn,
                F::Repayment,
                F::IpShare,
                F::IpKind,
                F::IpNumber,
            ],
            FileKind::Servicing => &[
                F::Contract,
                F::ReportedOn,
                F::Balance,
                F::OverduePrincipal,
                F::OverdueInterest,
                F::OverdueSince,
                F::Grade,
            ],
            FileKind::Claims => {
                &[F::Contract, F::FiledOn, F::OutstandingPrincipal, F::OverdueInterest, F::OverdueSince]
            }
            FileKind::Fund => &[F::BookedOn, F::FundKind, F::Source, F::Contract, F::Amount],
        }
    }

    /// The fields a mapping of this kind may name besides.
    #[must_use]
    pub const fn allowed(self) -> &'static [Field] {
        use Field as F;
        match self {
            FileKind::Partners => &[F::Limit],
            FileKind::Registrations => &[
                F::Drawdown,
                F::Employees,
                F::Revenue,
                F::IpTitle,
                F::Appraised,
                F::Appraiser,
                F::PledgeNo,
                F::PledgeRegisteredOn,
                F::Insurer,
                F::InsuranceProduct,
                F::PolicyNo,
                F::InsuredSum,
                F::Premium,
                F::InsuredFrom,
                F::InsuredTo,
                F::Guarantor,
                F::GuaranteeShare,
            ],
            FileKind::Servicing => &[F::Drawdown],
            FileKind::Claims => &[
                F::Drawdown,
                F::PledgeRegisteredOn,
                F::InsurerPaid,
                F::GuarantorPaid,
                F::CollateralGross,
                F::CollateralCost,
                F::Documents,
            ],
            FileKind::Fund => &[F::Note],
        }
    }
}

/// Declares the fields with the word that mapping files and stored imports use.
macro_rules! fields {
    ($($(#[$doc:meta])* $member:ident = $code:literal;)+) => {
        /// A fact that a column carries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Field { $($(#[$doc])* #[serde(rename = $code)] $member,)+ }
        impl Field {
            /// Every field.
            pub const ALL: &'static [Field] = &[$(Field::$member,)+];
            /// The word of mapping files and stored imports.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Field::$member => $code,)+ } }
            /// The field of this word.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Field> { Field::ALL.iter().copied().find(|f| f.code() == code) }
        }
    };
}

fields! {
    /// Loan contract number.
    Contract = "contract";
    /// Drawdown number 借据编号.
    Drawdown = "drawdown";
    /// Borrower's name.
    Borrower = "borrower";
    /// Unified social credit code.
    CreditCode = "credit_code";
    /// Founding date.
    FoundedOn = "founded_on";
    /// County unit.
    County = "county";
    /// Industry of the city plan.
    Industry = "industry";
    /// Declared size class.
    Size = "size";
    /// Employees.
    Employees = "employees";
    /// Revenue of the year before.
    Revenue = "revenue";
    /// First-time borrower as declared.
    FirstLoan = "first_loan";
    /// Principal.
    Principal = "principal";
    /// Yearly rate in percent.
    AnnualRate = "annual_rate";
    /// Day of disbursement.
    DisbursedOn = "disbursed_on";
    /// Day of maturity.
    MaturesOn = "matures_on";
    /// How the loan is paid back.
    Repayment = "repayment";
    /// Share carried by the rights, in percent.
    IpShare = "ip_share";
    /// Kind of a right.
    IpKind = "ip_kind";
    /// Number of a right.
    IpNumber = "ip_number";
    /// Title of a right.
    IpTitle = "ip_title";
    /// Appraised value.
    Appraised = "appraised";
    /// Appraiser.
    Appraiser = "appraiser";
    /// Pledge registration number.
    PledgeNo = "pledge_no";
    /// Pledge registration date.
    PledgeRegisteredOn = "pledge_registered_on";
    /// Insurer.
    Insurer = "insurer";
    /// Insurance product.
    InsuranceProduct = "insurance_product";
    /// Policy number.
    PolicyNo = "policy_no";
    /// Insured sum.
    InsuredSum = "insured_sum";
    /// Premium.
    Premium = "premium";
    /// First day of the insurance.
    InsuredFrom = "insured_from";
    /// Last day of the insurance.
    InsuredTo = "insured_to";
    /// Guarantor.
    Guarantor = "guarantor";
    /// Share carried by the guarantor, in percent.
    GuaranteeShare = "guarantee_share";
    /// Report date.
    ReportedOn = "reported_on";
    /// Balance.
    Balance = "balance";
    /// Overdue principal.
    OverduePrincipal = "overdue_principal";
    /// Overdue interest.
    OverdueInterest = "overdue_interest";
    /// First overdue day.
    OverdueSince = "overdue_since";
    /// The bank's own grade.
    Grade = "grade";
    /// Day of the claim.
    FiledOn = "filed_on";
    /// Unpaid principal.
    OutstandingPrincipal = "outstanding_principal";
    /// Paid by the insurer.
    InsurerPaid = "insurer_paid";
    /// Paid by the guarantor.
    GuarantorPaid = "guarantor_paid";
    /// Proceeds of the collateral.
    CollateralGross = "collateral_gross";
    /// Enforcement costs.
    CollateralCost = "collateral_cost";
    /// Papers handed in.
    Documents = "documents";
    /// Business date of a fund row.
    BookedOn = "booked_on";
    /// What a fund row is.
    FundKind = "fund_kind";
    /// Source of a fund row.
    Source = "source";
    /// Amount of a fund row.
    Amount = "amount";
    /// Note of a fund row.
    Note = "note";
    /// Kind of a partner.
    PartnerKind = "partner_kind";
    /// Name of a partner.
    Name = "name";
    /// Code of a partner.
    Code = "code";
    /// First day of an agreement.
    AgreedFrom = "agreed_from";
    /// Last day of an agreement.
    AgreedTo = "agreed_to";
    /// Limit of an agreement.
    Limit = "limit";
}

impl Field {
    /// Whether the column holds money, so that a mapping must name its unit.
    #[must_use]
    pub const fn is_money(self) -> bool {
        use Field as F;
        matches!(
            self,
            F::Revenue
                | F::Principal
                | F::Appraised
                | F::InsuredSum
                | F::Premium
                | F::Balance
                | F::OverduePrincipal
                | F::OverdueInterest
                | F::OutstandingPrincipal
                | F::InsurerPaid
                | F::GuarantorPaid
                | F::CollateralGross
                | F::CollateralCost
                | F::Amount
                | F::Limit
        )
    }

    /// Whether the column holds a date.
    #[must_use]
    pub const fn is_date(self) -> bool {
        use Field as F;
        matches!(
            self,
            F::FoundedOn
                | F::DisbursedOn
                | F::MaturesOn
                | F::PledgeRegisteredOn
                | F::InsuredFrom
                | F::InsuredTo
                | F::ReportedOn
                | F::OverdueSince
                | F::FiledOn
                | F::BookedOn
                | F::AgreedFrom
                | F::AgreedTo
        )
    }

    /// Whether the column speaks of one right where a file has one row a right.
    #[must_use]
    pub const fn is_of_one_right(self) -> bool {
        matches!(self, Field::IpKind | Field::IpNumber | Field::IpTitle | Field::Appraised)
    }
}
