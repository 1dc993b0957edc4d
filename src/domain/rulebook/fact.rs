//! The facts of a case that conditions, limits and breakers may speak of.
//!
//! **Invariant:** every fact has one name, the same in rulebooks, cases, reasons, traces and the catalogue.

use super::vocabulary::closed_list;

/// Declares the facts of one type: a closed list of their own and their place among all facts.
macro_rules! facts_of_type {
    ($(#[$doc:meta])* $name:ident { $($member:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(clippy::enum_variant_names, reason = "the names are those of the facts")]
        pub enum $name { $(#[doc = concat!("`Fact::", stringify!($member), "`.")] $member,)+ }
        impl $name {
            /// Every member.
            pub const ALL: &'static [$name] = &[$($name::$member,)+];
            /// As a fact of the common list.
            #[must_use]
            pub const fn fact(self) -> Fact { match self { $($name::$member => Fact::$member,)+ } }
            /// Its name.
            #[must_use]
            pub const fn code(self) -> &'static str { self.fact().code() }
            /// The fact with this name.
            #[must_use]
            pub fn from_code(code: &str) -> Option<$name> { $name::ALL.iter().copied().find(|m| m.code() == code) }
        }
    };
}

closed_list! {
    /// A fact of a case, also those only the arithmetic reads.
    Fact {
        /// Principal of the loan.
        LoanPrincipal = "loan.principal";
        /// The part of the principal the rights carry by contract.
        LoanIpAmount = "loan.ip_amount";
        /// That part ÷ principal, exact.
        LoanIpShare = "loan.ip_share";
        /// Day of disbursement.
        LoanDisbursedOn = "loan.disbursed_on";
        /// Day of maturity.
        LoanMaturesOn = "loan.matures_on";
        /// From disbursement to maturity.
        LoanTenor = "loan.tenor";
        /// Day of registration with the fund.
        LoanRegisteredOn = "loan.registered_on";
        /// Yearly rate.
        LoanAnnualRate = "loan.annual_rate";
        /// One-year loan prime rate.
        LoanLpr1y = "loan.lpr_1y";
        /// Yearly fee of the guarantor.
        LoanGuaranteeRate = "loan.guarantee_rate";
        /// How the loan came to the bank.
        LoanRoute = "loan.route";
        /// How the rights are pledged.
        LoanPledgeMode = "loan.pledge_mode";
        /// What the money is for.
        LoanPurpose = "loan.purpose";
        /// Who claims.
        LoanClaimant = "loan.claimant";
        /// Tags of the loan.
        LoanTags = "loan.tags";
        /// Size class.
        BorrowerSize = "borrower.size";
        /// Region code.
        BorrowerRegion = "borrower.region";
        /// Industry class.
        BorrowerIndustry = "borrower.industry";
        /// Founding day of the firm.
        BorrowerEstablishedOn = "borrower.established_on";
        /// Full months from founding to disbursement.
        BorrowerAge = "borrower.age";
        /// First loan of the firm.
        BorrowerFirstLoan = "borrower.first_loan";
        /// Revenue.
        BorrowerRevenue = "borrower.revenue";
        /// Assets.
        BorrowerAssets = "borrower.assets";
        /// Employees.
        BorrowerEmployees = "borrower.employees";
        /// Debt ÷ assets.
        BorrowerDebtRatio = "borrower.debt_ratio";
        /// No bad class in the credit record.
        BorrowerCreditClean = "borrower.credit_clean";
        /// Lists the firm is on.
        BorrowerTags = "borrower.tags";
        /// Balance of all its loans under the scheme.
        BorrowerSchemeBalance = "borrower.scheme_balance";
        /// Counted ceilings of its other live loans.
        BorrowerCountedElsewhere = "borrower.counted_elsewhere";
        /// Loss counted for it so far.
        BorrowerBaseToDate = "borrower.base_to_date";
        /// Paid by the fund for this firm so far.
        BorrowerPaidToDate = "borrower.paid_to_date";
        /// Of that, this year.
        BorrowerPaidThisYear = "borrower.paid_this_year";
        /// The pledged rights.
        IpRights = "ip_rights";
        /// Number of pledged rights.
        IpCount = "ip.count";
        /// Kind of a right.
        IpKind = "ip.kind";
        /// Day the pledge of a right was registered.
        IpPledgeRegisteredOn = "ip.pledge_registered_on";
        /// End of the term of a right.
        IpExpiresOn = "ip.expires_on";
        /// Day a lapse took effect.
        IpLapsedOn = "ip.lapsed_on";
        /// Day of the appraisal.
        IpAppraisedOn = "ip.appraised_on";
        /// Whether a right is in force on a day.
        IpValidOn = "ip.valid_on";
        /// Day of the claim.
        ClaimFiledOn = "claim.filed_on";
        /// First overdue day.
        ClaimOverdueSince = "claim.overdue_since";
        /// Days overdue on the day of the claim.
        ClaimOverdueDays = "claim.overdue_days";
        /// Day the loan became non-performing.
        ClaimNplSince = "claim.npl_since";
        /// Full months non-performing on the day of the claim.
        ClaimNplAge = "claim.npl_age";
        /// Five-tier class.
        ClaimTier = "claim.tier";
        /// Unpaid principal.
        ClaimPrincipalOutstanding = "claim.principal_outstanding";
        /// Overdue interest.
        ClaimInterestOverdue = "claim.interest_overdue";
        /// Costs of recovery.
        ClaimCosts = "claim.costs";
        /// Paid by the insurer.
        ClaimInsurerPaid = "claim.insurer_paid";
        /// Paid by the guarantor.
        ClaimGuarantorPaid = "claim.guarantor_paid";
        /// Proceeds of the collateral.
        ClaimCollateralGross = "claim.collateral_gross";
        /// Cost of those proceeds.
        ClaimCollateralCost = "claim.collateral_cost";
        /// Net proceeds of the pledged rights themselves.
        ClaimIpDisposalNet = "claim.ip_disposal_net";
        /// Paid under other policies.
        ClaimOtherPolicyPaid = "claim.other_policy_paid";
        /// Paid provisionally on this claim.
        ClaimAdvancePaid = "claim.advance_paid";
        /// Day a court accepted the suit.
        ClaimCourtAcceptedOn = "claim.court_accepted_on";
        /// Day of the write-off.
        ClaimWrittenOffOn = "claim.written_off_on";
        /// Papers handed in.
        ClaimDocuments = "claim.documents";
        /// What other levels recognised and paid.
        ClaimOtherLevels = "claim.other_levels";
        /// Day another level recognised the claim.
        LevelRecognisedOn = "level.recognised_on";
        /// Whether it has.
        LevelRecognised = "level.recognised";
        /// What it paid.
        LevelPaid = "level.paid";
        /// Day of the bank's first business with the fund.
        BankFirstBusinessOn = "bank.first_business_on";
        /// 1 + full years since then.
        BankBusinessYear = "bank.business_year";
        /// Performance grade.
        BankPerformanceGrade = "bank.performance_grade";
        /// NPL ratio of its book.
        BankNplRatio = "bank.npl_ratio";
        /// NPL loss this year.
        BankNplLossThisYear = "bank.npl_loss_this_year";
        /// Principal registered this year.
        BankRegisteredPrincipalThisYear = "bank.registered_principal_this_year";
        /// Compensation to it so far less what came back, with what is under review.
        BankClaimsNetToDate = "bank.claims_net_to_date";
        /// IP part of all principal it ever registered.
        BankRegisteredIpToDate = "bank.registered_ip_to_date";
        /// Paid by the fund to this bank this year.
        BankPaidThisYear = "bank.paid_this_year";
        /// Whether payouts to the bank are suspended.
        BankSuspended = "bank.suspended";
        /// Balance of its book.
        BankPortfolioBalance = "bank.portfolio_balance";
        /// Non-performing part of its book.
        BankPortfolioNpl = "bank.portfolio_npl";
        /// Loss on its book.
        BankPortfolioNplLoss = "bank.portfolio_npl_loss";
        /// Fund money deposited with it.
        BankDeposit = "bank.deposit";
        /// What the fund can pay from.
        FundBalance = "fund.balance";
        /// Everything paid in.
        FundTotal = "fund.total";
        /// What must stay in it.
        FundFloor = "fund.floor";
        /// Its balance on 1 January.
        FundBalanceAtYearStart = "fund.balance_at_year_start";
        /// Paid by it this year.
        FundPaidThisYear = "fund.paid_this_year";
        /// Of that, by route.
        FundPaidThisYearByMode = "fund.paid_this_year_by_mode";
        /// Paid by it so far.
        FundPaidToDate = "fund.paid_to_date";
        /// Payments of the guarantor ÷ what it guarantees.
        GuarantorPaymentRatio = "guarantor.payment_ratio";
        /// Its paid-in capital.
        GuarantorPaidInCapital = "guarantor.paid_in_capital";
    }
}

facts_of_type! {
    /// A fact that is an amount.
    MoneyFact {
        LoanPrincipal,
        LoanIpAmount,
        BorrowerRevenue,
        BorrowerAssets,
        BorrowerSchemeBalance,
        BorrowerCountedElsewhere,
        BorrowerBaseToDate,
        BorrowerPaidToDate,
        BorrowerPaidThisYear,
        ClaimPrincipalOutstanding,
        ClaimInterestOverdue,
        ClaimCosts,
        ClaimInsurerPaid,
        ClaimGuarantorPaid,
        ClaimCollateralGross,
        ClaimCollateralCost,
        ClaimIpDisposalNet,
        ClaimOtherPolicyPaid,
        ClaimAdvancePaid,
        BankNplLossThisYear,
        BankRegisteredPrincipalThisYear,
        BankClaimsNetToDate,
        BankRegisteredIpToDate,
        BankPaidThisYear,
        BankPortfolioBalance,
        BankPortfolioNpl,
        BankPortfolioNplLoss,
        BankDeposit,
        FundBalance,
        FundTotal,
        FundFloor,
        FundBalanceAtYearStart,
        FundPaidThisYear,
        FundPaidToDate,
        GuarantorPaidInCapital,
    }
}

facts_of_type! {
    /// A fact that is a ratio.
    RateFact {
        LoanIpShare,
        LoanAnnualRate,
        LoanLpr1y,
        LoanGuaranteeRate,
        BorrowerDebtRatio,
        BankNplRatio,
        GuarantorPaymentRatio,
    }
}

facts_of_type! {
    /// A fact that is a number of things.
    CountFact {
        BorrowerEmployees,
        IpCount,
        BankBusinessYear,
    }
}

facts_of_type! {
    /// A fact that is a span of time.
    SpanFact {
        LoanTenor,
        BorrowerAge,
        ClaimOverdueDays,
        ClaimNplAge,
    }
}

facts_of_type! {
    /// A fact that is a day.
    DateFact {
        LoanDisbursedOn,
        LoanMaturesOn,
        LoanRegisteredOn,
        BorrowerEstablishedOn,
        ClaimFiledOn,
        ClaimOverdueSince,
        ClaimNplSince,
        ClaimCourtAcceptedOn,
        ClaimWrittenOffOn,
        BankFirstBusinessOn,
    }
}

facts_of_type! {
    /// A fact that is a day of one pledged right.
    RightDateFact {
        IpPledgeRegisteredOn,
        IpExpiresOn,
        IpLapsedOn,
        IpAppraisedOn,
    }
}

facts_of_type! {
    /// A fact that is a word.
    WordFact {
        LoanRoute,
        LoanPledgeMode,
        LoanPurpose,
        LoanClaimant,
        BorrowerSize,
        BorrowerRegion,
        BorrowerIndustry,
        ClaimTier,
        BankPerformanceGrade,
    }
}

facts_of_type! {
    /// A fact whose words have an order.
    RankFact {
        BorrowerSize,
        ClaimTier,
    }
}

facts_of_type! {
    /// A fact that is yes or no.
    FlagFact {
        BorrowerFirstLoan,
        BorrowerCreditClean,
        BankSuspended,
    }
}

facts_of_type! {
    /// A fact that is a set of words.
    SetFact {
        LoanTags,
        BorrowerTags,
        ClaimDocuments,
    }
}

/// Another public level of the rulebook, by its place in the list of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LevelIx(pub usize);

/// A day a rulebook refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateRef {
    /// A fact of the case.
    Fact(DateFact),
    /// The day another level recognised the claim: `level.ID.recognised_on`.
    Recognised(LevelIx),
}

impl DateRef {
    /// As a fact of the common list.
    #[must_use]
    pub const fn fact(self) -> Fact {
        match self {
            DateRef::Fact(fact) => fact.fact(),
            DateRef::Recognised(_) => Fact::LevelRecognisedOn,
        }
    }
}

impl Fact {
    /// Whether the fact exists only once a claim has been made.
    #[must_use]
    pub fn belongs_to_claim(self) -> bool {
        let code = self.code();
        code.starts_with("claim.") || code.starts_with("level.")
    }

    /// Whether the fact changes over time, so that a rulebook using it must say on which day it is read.
    #[must_use]
    pub const fn changes(self) -> bool {
        matches!(
            self,
            Fact::LoanLpr1y
                | Fact::BorrowerSize
                | Fact::BorrowerRegion
                | Fact::BorrowerRevenue
                | Fact::BorrowerAssets
                | Fact::BorrowerEmployees
                | Fact::BorrowerDebtRatio
                | Fact::BorrowerCreditClean
                | Fact::BorrowerSchemeBalance
                | Fact::BankPerformanceGrade
                | Fact::BankBusinessYear
        )
    }
}
