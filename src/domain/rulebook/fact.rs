//! The facts of a case that conditions may speak of.
//!
//! **Invariant:** every fact has one name, the same in rulebooks, reasons, traces and the catalogue.

use super::vocabulary::closed_list;

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
        /// Day of registration with the fund.
        LoanRegisteredOn = "loan.registered_on";
        /// How the loan came to the bank.
        LoanRoute = "loan.route";
        /// How the rights are pledged.
        LoanPledgeMode = "loan.pledge_mode";
        /// First loan of the firm.
        BorrowerFirstLoan = "borrower.first_loan";
        /// Founding day of the firm.
        BorrowerEstablishedOn = "borrower.established_on";
        /// Full months from founding to disbursement.
        BorrowerAge = "borrower.age";
        /// Size class.
        BorrowerSize = "borrower.size";
        /// Paid by the fund for this firm so far.
        BorrowerPaidToDate = "borrower.paid_to_date";
        /// The pledged rights.
        IpRights = "ip_rights";
        /// Kind of a right.
        IpKind = "ip.kind";
        /// Day the pledge of a right was registered.
        IpPledgeRegisteredOn = "ip.pledge_registered_on";
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
        /// Five-tier class.
        ClaimTier = "claim.tier";
        /// Unpaid principal.
        ClaimPrincipalOutstanding = "claim.principal_outstanding";
        /// Paid by the insurer.
        ClaimInsurerPaid = "claim.insurer_paid";
        /// Paid by the guarantor.
        ClaimGuarantorPaid = "claim.guarantor_paid";
        /// Proceeds of the collateral.
        ClaimCollateralGross = "claim.collateral_gross";
        /// Cost of those proceeds.
        ClaimCollateralCost = "claim.collateral_cost";
        /// Paid by the fund to this bank this year.
        BankPaidThisYear = "bank.paid_this_year";
        /// Whether payouts to the bank are suspended.
        BankSuspended = "bank.suspended";
        /// What the fund can pay from.
        FundBalance = "fund.balance";
    }
}

closed_list! {
    /// A fact that is an amount and may stand in a condition.
    MoneyFact {
        /// Principal of the loan.
        LoanPrincipal = "loan.principal";
        /// The part of the principal the rights carry.
        LoanIpAmount = "loan.ip_amount";
        /// Unpaid principal.
        ClaimPrincipalOutstanding = "claim.principal_outstanding";
        /// Paid by the insurer.
        ClaimInsurerPaid = "claim.insurer_paid";
        /// Paid by the guarantor.
        ClaimGuarantorPaid = "claim.guarantor_paid";
        /// Proceeds of the collateral.
        ClaimCollateralGross = "claim.collateral_gross";
        /// Cost of those proceeds.
        ClaimCollateralCost = "claim.collateral_cost";
    }
}

closed_list! {
    /// A fact that is a day and may stand in a condition.
    DateFact {
        /// Day of disbursement.
        LoanDisbursedOn = "loan.disbursed_on";
        /// Day of maturity.
        LoanMaturesOn = "loan.matures_on";
        /// Day of registration with the fund.
        LoanRegisteredOn = "loan.registered_on";
        /// Founding day of the firm.
        BorrowerEstablishedOn = "borrower.established_on";
        /// Day of the claim.
        ClaimFiledOn = "claim.filed_on";
        /// First overdue day.
        ClaimOverdueSince = "claim.overdue_since";
        /// Day the loan became non-performing.
        ClaimNplSince = "claim.npl_since";
    }
}

impl MoneyFact {
    /// As a fact of the common list.
    #[must_use]
    pub const fn fact(self) -> Fact {
        match self {
            MoneyFact::LoanPrincipal => Fact::LoanPrincipal,
            MoneyFact::LoanIpAmount => Fact::LoanIpAmount,
            MoneyFact::ClaimPrincipalOutstanding => Fact::ClaimPrincipalOutstanding,
            MoneyFact::ClaimInsurerPaid => Fact::ClaimInsurerPaid,
            MoneyFact::ClaimGuarantorPaid => Fact::ClaimGuarantorPaid,
            MoneyFact::ClaimCollateralGross => Fact::ClaimCollateralGross,
            MoneyFact::ClaimCollateralCost => Fact::ClaimCollateralCost,
        }
    }
}

impl DateFact {
    /// As a fact of the common list.
    #[must_use]
    pub const fn fact(self) -> Fact {
        match self {
            DateFact::LoanDisbursedOn => Fact::LoanDisbursedOn,
            DateFact::LoanMaturesOn => Fact::LoanMaturesOn,
            DateFact::LoanRegisteredOn => Fact::LoanRegisteredOn,
            DateFact::BorrowerEstablishedOn => Fact::BorrowerEstablishedOn,
            DateFact::ClaimFiledOn => Fact::ClaimFiledOn,
            DateFact::ClaimOverdueSince => Fact::ClaimOverdueSince,
            DateFact::ClaimNplSince => Fact::ClaimNplSince,
        }
    }
}

impl Fact {
    /// Whether the fact exists only once a claim has been made.
    #[must_use]
    pub fn belongs_to_claim(self) -> bool {
        self.code().starts_with("claim.")
    }
}
