//! The closed lists of words a rulebook may use.
//!
//! **Invariant:** a word that is not here does not mean anything to the program, so a file holding it is refused.

/// Declares a closed list: an enum whose members have one stable word.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$mdoc:meta])* $member:ident = $code:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$mdoc])* $member,)+ }
        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$member,)+];
            /// The stable word, as files, JSON and the catalogue write it.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $($name::$member => $code,)+ } }
            /// The member with this word.
            #[must_use]
            pub fn from_code(code: &str) -> Option<$name> { $name::ALL.iter().copied().find(|m| m.code() == code) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }
    };
}
pub(crate) use closed_list;

closed_list! {
    /// The eighteen groups of the cover sheet: everything a measure may speak of.
    Group {
        /// Where the money comes from.
        Sources = "sources";
        /// Other public levels that pay too.
        Levels = "levels";
        /// Tests on the borrower.
        Borrower = "borrower";
        /// Tests on the pledge.
        Pledge = "pledge";
        /// Tests on the loan.
        Loan = "loan";
        /// Who bears which part.
        Sharing = "sharing";
        /// What counts as the loss.
        Loss = "loss";
        /// When a claim may be made.
        Trigger = "trigger";
        /// When the money is paid.
        Timing = "timing";
        /// Limits on a payout.
        Caps = "caps";
        /// What stops payouts or new loans.
        Breakers = "breakers";
        /// Settlement over a bank's whole book.
        Portfolio = "portfolio";
        /// What partners promise.
        Duties = "duties";
        /// Money that comes back.
        Recovery = "recovery";
        /// What voids cover.
        Integrity = "integrity";
        /// Reports.
        Reporting = "reporting";
        /// The end of the scheme.
        Closeout = "closeout";
        /// Subsidies beside the compensation.
        Subsidies = "subsidies";
    }
}

impl Group {
    /// Whether a group that is not fully known holds every payout.
    #[must_use]
    pub const fn gates_payout(self) -> bool {
        matches!(
            self,
            Group::Levels
                | Group::Borrower
                | Group::Pledge
                | Group::Loan
                | Group::Sharing
                | Group::Loss
                | Group::Trigger
                | Group::Timing
                | Group::Caps
                | Group::Breakers
        )
    }
}

closed_list! {
    /// How much of a group the measure states.
    GroupState {
        /// All of it.
        Stated = "stated";
        /// A part; the rest is not known.
        Partly = "partly";
        /// Not known.
        Unknown = "unknown";
        /// The measure has nothing of the kind.
        None = "none";
    }
}

closed_list! {
    /// Where a value comes from.
    Basis {
        /// The text of the measure.
        Text = "text";
        /// A reading of the text.
        Interpretation = "interpretation";
        /// Press or notices.
        News = "news";
        /// Assumed to close a gap.
        Assumed = "assumed";
        /// Proposed, not approved.
        Proposal = "proposal";
    }
}

closed_list! {
    /// What a party is.
    PartyKind {
        /// The lending bank.
        Bank = "bank";
        /// The compensation fund.
        Fund = "fund";
        /// Guarantor.
        Guarantor = "guarantor";
        /// Re-guarantor.
        ReGuarantor = "re_guarantor";
        /// Insurer.
        Insurer = "insurer";
        /// Appraiser.
        Appraiser = "appraiser";
        /// Disposer of collateral.
        Disposer = "disposer";
        /// Manager of the fund.
        Manager = "manager";
        /// Anyone else.
        Outside = "outside";
    }
}

closed_list! {
    /// Who paid money into the fund.
    SourceLevel {
        /// Central government.
        Central = "central";
        /// Province.
        Province = "province";
        /// City.
        City = "city";
        /// County.
        County = "county";
        /// Manager.
        Manager = "manager";
        /// Guarantor.
        Guarantor = "guarantor";
        /// Others.
        Outside = "outside";
    }
}

closed_list! {
    /// What limits the fund's liability as a whole.
    Liability {
        /// The balance.
        Balance = "balance";
        /// Nothing.
        None = "none";
    }
}

closed_list! {
    /// What the multiple is taken of.
    MultipleBase {
        /// Cover: fund share × IP part of the outstanding loans.
        Cover = "cover";
    }
}

closed_list! {
    /// Which part of a loan counts.
    LoanPart {
        /// All of it.
        Whole = "whole";
        /// The part the pledged rights carry.
        Ip = "ip";
    }
}

closed_list! {
    /// What is taken off the loss before it is shared.
    Deduction {
        /// Payments of the insurer.
        Insurer = "insurer";
        /// Payments of the guarantor.
        Guarantor = "guarantor";
        /// Proceeds of the collateral, net of cost.
        Collateral = "collateral";
    }
}

closed_list! {
    /// Limits on a payout.
    CapKind {
        /// On one loan.
        PerLoan = "per_loan";
        /// On one borrower, for life.
        PerBorrowerLife = "per_borrower_life";
        /// On one bank in a calendar year.
        PerBankYear = "per_bank_year";
        /// What the fund holds above its floor.
        FundBalance = "fund_balance";
    }
}

closed_list! {
    /// What a failed test leads to.
    Otherwise {
        /// Refused for good.
        Reject = "reject";
        /// Waits.
        Hold = "hold";
        /// Only noted.
        Note = "note";
    }
}

closed_list! {
    /// What happens when no sharing rule matches.
    NoMatch {
        /// Refused for good.
        Reject = "reject";
        /// Waits.
        Hold = "hold";
    }
}

closed_list! {
    /// The reason code a test gives when it fails, where it has one of its own.
    TestCode {
        /// The IP share is below the minimum.
        IpShareBelowMinimum = "IP_SHARE_BELOW_MINIMUM";
        /// Not overdue long enough on the claim date.
        ClaimOverdueTooShort = "CLAIM_OVERDUE_TOO_SHORT";
        /// No pledged right is still in force on the claim date.
        ClaimIpTermOver = "CLAIM_IP_TERM_OVER";
        /// The pledge was registered after the loan turned bad.
        ClaimPledgeAfterNpl = "CLAIM_PLEDGE_AFTER_NPL";
    }
}

closed_list! {
    /// In which order claims wait when the money is short.
    QueueOrder {
        /// By approval.
        Approval = "approval";
        /// By filing.
        Filing = "filing";
    }
}

closed_list! {
    /// What becomes of an unpaid claim at the end of the year.
    YearEnd {
        /// It stays in the queue.
        Carry = "carry";
        /// It is lost.
        Lose = "lose";
    }
}

closed_list! {
    /// How a loan came to the bank.
    Route {
        /// Bank and firm alone.
        Direct = "direct";
        /// With a guarantor.
        Guaranteed = "guaranteed";
        /// With an insurer.
        Insured = "insured";
    }
}

closed_list! {
    /// How the rights are pledged.
    PledgeMode {
        /// Rights alone.
        Pure = "pure";
        /// Rights and other security.
        Mixed = "mixed";
        /// Rights as a supplement to credit.
        QuasiCredit = "quasi_credit";
        /// Through a guarantor.
        Indirect = "indirect";
    }
}
