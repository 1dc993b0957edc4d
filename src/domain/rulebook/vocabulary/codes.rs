//! Why a case is refused or waits, as stable codes.
//!
//! **Invariant:** a code never changes its meaning.

closed_list! {
    /// Why a case is refused or waits.
    ReasonCode {
        /// The day that picks the version is not known.
        VersionUnknown = "VERSION_UNKNOWN";
        /// That day is outside the version's validity.
        NotGoverned = "NOT_GOVERNED";
        /// The measure does not say.
        ClauseUnknown = "CLAUSE_UNKNOWN";
        /// A fact that is needed is not known.
        FactUnknown = "FACT_UNKNOWN";
        /// Facts contradict each other.
        FactContradicts = "FACT_CONTRADICTS";
        /// A test without a code of its own failed.
        TestFailed = "TEST_FAILED";
        /// The IP share is below the minimum.
        IpShareBelowMinimum = "IP_SHARE_BELOW_MINIMUM";
        /// Not overdue long enough on the claim date.
        ClaimOverdueTooShort = "CLAIM_OVERDUE_TOO_SHORT";
        /// No pledged right is still in force on the claim date.
        ClaimIpTermOver = "CLAIM_IP_TERM_OVER";
        /// The pledge was registered after the loan turned bad.
        ClaimPledgeAfterNpl = "CLAIM_PLEDGE_AFTER_NPL";
        /// Payouts to the bank are suspended.
        BankSuspended = "BANK_SUSPENDED";
        /// No loss clause applies.
        NoLossClause = "NO_LOSS_CLAUSE";
        /// No sharing rule applies.
        NoRule = "NO_RULE";
        /// The fund has nothing left above its floor.
        FundShort = "FUND_SHORT";
        /// Nobody shares: the measure has no sharing.
        NoSharing = "NO_SHARING";
        /// Nothing is paid loan by loan; the book is settled at the end of the year.
        SettledAtYearEnd = "SETTLED_AT_YEAR_END";
        /// The amount is above the last band.
        AboveBands = "ABOVE_BANDS";
        /// A needed paper is missing.
        DocumentMissing = "DOCUMENT_MISSING";
        /// Nothing shows that recovery has begun.
        DocRecoveryStart = "DOC_RECOVERY_START";
        /// A breaker has tripped.
        Breaker = "BREAKER";
        /// Something voids the cover.
        CoverVoid = "COVER_VOID";
        /// No new loans are taken after this day.
        SchemeClosed = "SCHEME_CLOSED";
        /// The holidays of a year that a time limit runs through are not published.
        CalendarUnpublished = "CALENDAR_UNPUBLISHED";
        /// Another level has not recognised the claim.
        LevelNotRecognised = "LEVEL_NOT_RECOGNISED";
        /// Filed too late.
        FiledLate = "FILED_LATE";
        /// Registered late.
        RegisteredLate = "REGISTERED_LATE";
        /// Registered too late to be covered.
        RegisteredTooLate = "REGISTERED_TOO_LATE";
        /// The pledge was registered late.
        PledgeRegisteredLate = "PLEDGE_REGISTERED_LATE";
        /// The class is too mild.
        ClaimTierTooMild = "CLAIM_TIER_TOO_MILD";
        /// The borrower is of a kind that is not covered.
        BorrowerNotEligible = "BORROWER_NOT_ELIGIBLE";
        /// The borrower's credit record is not clean.
        CreditRecord = "CREDIT_RECORD";
        /// The right is of a kind that is not covered.
        IpKindNotEligible = "IP_KIND_NOT_ELIGIBLE";
        /// The tenor is too long.
        TenorTooLong = "TENOR_TOO_LONG";
        /// The rate is too high.
        RateTooHigh = "RATE_TOO_HIGH";
        /// The fee is too high.
        FeeTooHigh = "FEE_TOO_HIGH";
        /// The loan or the borrower is too large.
        AmountTooLarge = "AMOUNT_TOO_LARGE";
        /// The money is for something that is not covered.
        PurposeNotEligible = "PURPOSE_NOT_ELIGIBLE";
        /// An amount does not fit.
        AmountOverflow = "AMOUNT_OVERFLOW";
    }
}

impl ReasonCode {
    /// Codes the program gives by itself, which a test may not take for its own.
    pub const OWN: &'static [ReasonCode] = &[
        ReasonCode::VersionUnknown,
        ReasonCode::NotGoverned,
        ReasonCode::ClauseUnknown,
        ReasonCode::FactUnknown,
        ReasonCode::FactContradicts,
        ReasonCode::BankSuspended,
        ReasonCode::NoLossClause,
        ReasonCode::NoRule,
        ReasonCode::NoSharing,
        ReasonCode::SettledAtYearEnd,
        ReasonCode::AboveBands,
        ReasonCode::Breaker,
        ReasonCode::CoverVoid,
        ReasonCode::SchemeClosed,
        ReasonCode::CalendarUnpublished,
        ReasonCode::FundShort,
        ReasonCode::AmountOverflow,
    ];

    /// Whether a test or a needed paper may give this code.
    #[must_use]
    pub fn is_for_clauses(self) -> bool {
        !ReasonCode::OWN.contains(&self)
    }
}
