//! The words of the clauses about partners, papers, reports, recoveries and subsidies.
//!
//! **Invariant:** every word is listed once, with what it means.

closed_list! {
    /// Whom a breaker concerns.
    BreakerScope {
        /// The bank.
        Bank = "bank";
        /// The guarantor.
        Guarantor = "guarantor";
        /// The borrower.
        Borrower = "borrower";
        /// Everyone.
        Scheme = "scheme";
    }
}

closed_list! {
    /// What a breaker does.
    BreakerEffect {
        /// Claims wait.
        HoldPayments = "hold_payments";
        /// New loans are not covered.
        StopNewLoans = "stop_new_loans";
        /// It is only told.
        Notice = "notice";
    }
}

closed_list! {
    /// Over which time a figure is taken.
    Window {
        /// The calendar year.
        CalendarYear = "calendar_year";
        /// The last twelve months.
        RollingYear = "rolling_year";
        /// The end of the quarter.
        QuarterEnd = "quarter_end";
        /// From the beginning.
        Life = "life";
    }
}

closed_list! {
    /// What frees a tripped breaker.
    Release {
        /// The figure itself.
        Metric = "metric";
        /// A person.
        Manual = "manual";
        /// The next year.
        NextYear = "next_year";
    }
}

closed_list! {
    /// Who may pay in spite of a breaker.
    Override {
        /// Two persons with a reason.
        TwoPersons = "two_persons";
        /// Nobody.
        None = "none";
    }
}

closed_list! {
    /// Which losses lie in a layer.
    LossInLayer {
        /// In proportion.
        ProRata = "pro_rata";
        /// Losses fill the book above it first.
        Top = "top";
        /// Losses fill the book below it first.
        Bottom = "bottom";
    }
}

closed_list! {
    /// How a payment over a book is laid on its loans.
    Allocation {
        /// By their loss.
        ProRataByLoss = "pro_rata_by_loss";
        /// In the order they turned bad.
        ByNplDate = "by_npl_date";
    }
}

closed_list! {
    /// Whose duty.
    DutyWho {
        /// The bank.
        Bank = "bank";
        /// The guarantor.
        Guarantor = "guarantor";
        /// The manager.
        Manager = "manager";
        /// The appraiser.
        Appraiser = "appraiser";
        /// The insurer.
        Insurer = "insurer";
        /// Everyone together.
        Scheme = "scheme";
    }
}

closed_list! {
    /// Kinds of duty.
    DutyKind {
        /// A line of so many times the money deposited.
        LineMultiple = "line_multiple";
        /// A volume of loans.
        Volume = "volume";
        /// A volume of so many times the money deposited.
        VolumeMultiple = "volume_multiple";
        /// A growing balance.
        BalanceGrowth = "balance_growth";
        /// A part of all its loans.
        Quota = "quota";
        /// An answer in time.
        ResponseTime = "response_time";
        /// Capital.
        PaidInCapital = "paid_in_capital";
        /// A ratio of payments.
        PaymentRatio = "payment_ratio";
        /// Years of presence.
        Presence = "presence";
    }
}

closed_list! {
    /// What a broken duty leads to.
    DutyEffect {
        /// It is noted.
        Note = "note";
        /// Suspension.
        Suspend = "suspend";
        /// Exclusion.
        Exclude = "exclude";
    }
}

closed_list! {
    /// What voids cover leads to.
    VoidEffect {
        /// Refused.
        Reject = "reject";
        /// What was paid goes back.
        Refund = "refund";
        /// Exclusion.
        Exclude = "exclude";
    }
}

closed_list! {
    /// How often.
    Every {
        /// Each month.
        Month = "month";
        /// Each quarter.
        Quarter = "quarter";
        /// Each half year.
        Half = "half";
        /// Each year.
        Year = "year";
    }
}

closed_list! {
    /// What a recovery refills.
    Refill {
        /// The balance of the fund.
        Balance = "balance";
        /// What is left of the limits.
        Caps = "caps";
    }
}

closed_list! {
    /// What becomes of recoveries after the write-off.
    LateRecovery {
        /// They are divided as before.
        Same = "same";
        /// They stay with the bank.
        None = "none";
    }
}

closed_list! {
    /// Kinds of subsidy.
    SubsidyKind {
        /// On interest.
        Interest = "interest";
        /// On insurance premium.
        Premium = "premium";
        /// On the guarantee fee.
        GuaranteeFee = "guarantee_fee";
        /// On the appraisal fee.
        AppraisalFee = "appraisal_fee";
        /// On the loan.
        Loan = "loan";
    }
}

closed_list! {
    /// What a subsidy is a share of.
    SubsidyBase {
        /// Interest paid.
        InterestPaid = "interest_paid";
        /// Premium paid.
        PremiumPaid = "premium_paid";
        /// Guarantee fee paid.
        GuaranteeFeePaid = "guarantee_fee_paid";
        /// Appraisal fee paid.
        AppraisalFeePaid = "appraisal_fee_paid";
        /// Principal over time, actual/365.
        PrincipalDays = "principal_days";
        /// Principal × LPR over time, actual/365.
        LprDays = "lpr_days";
        /// Principal.
        Principal = "principal";
    }
}

closed_list! {
    /// Papers of a claim.
    DocumentCode {
        /// Loan contract.
        LoanContract = "loan_contract";
        /// Drawdown and proof of payment.
        Drawdown = "drawdown";
        /// Certificate and contract of the pledge.
        PledgeCertificate = "pledge_certificate";
        /// Present state of the right in the register.
        RegisterExtract = "register_extract";
        /// Record of dunning.
        Dunning = "dunning";
        /// Proof of arrears and class.
        OverdueProof = "overdue_proof";
        /// Proof that recovery has begun.
        RecoveryStart = "recovery_start";
        /// Acceptance by a court.
        CourtAcceptance = "court_acceptance";
        /// Acceptance by an arbitration body.
        ArbitrationAcceptance = "arbitration_acceptance";
        /// Notarised title for enforcement.
        NotarialEnforcement = "notarial_enforcement";
        /// Claim filed in bankruptcy.
        BankruptcyClaim = "bankruptcy_claim";
        /// Judgment.
        Judgment = "judgment";
        /// Record of the write-off.
        WriteOffRecord = "write_off_record";
        /// Plan of recovery.
        RecoveryPlan = "recovery_plan";
        /// Account of diligence.
        Diligence = "diligence";
        /// Check of the use of the money.
        UseCheck = "use_check";
        /// Confirmed account.
        Account = "account";
        /// Proof of the insurer's payment.
        InsurerProof = "insurer_proof";
        /// Proof of the guarantor's payment.
        GuarantorProof = "guarantor_proof";
        /// Decision of another level.
        OtherLevelDecision = "other_level_decision";
        /// Credit report.
        CreditReport = "credit_report";
        /// Proof of disposal.
        Disposal = "disposal";
        /// Appraisal report.
        AppraisalReport = "appraisal_report";
        /// Guarantee contract.
        GuaranteeContract = "guarantee_contract";
        /// Insurance policy.
        InsurancePolicy = "insurance_policy";
        /// Consent of the borrower.
        Consent = "consent";
        /// Declaration of the bank.
        Declaration = "declaration";
    }
}

closed_list! {
    /// What a paper is needed for.
    DocumentGate {
        /// To compute.
        Compute = "compute";
        /// To approve.
        Approve = "approve";
    }
}
