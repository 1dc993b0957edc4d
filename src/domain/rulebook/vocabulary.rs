//! The closed lists of words a rulebook may use.
//!
//! Here the words of the cover sheet; `clauses` holds those of the single clauses, `codes` those of reasons.
//! **Invariant:** a word that is not here does not mean anything to the program, so a file holding it is refused.

/// Declares a closed list: an enum whose members have one stable word.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$mdoc:meta])* $member:ident = $code:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(clippy::enum_variant_names, reason = "the names are the words of the list")]
        pub enum $name { $($(#[$mdoc])* $member,)+ }
        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$member,)+];
            /// The stable word, as files, JSON and the catalogue write it.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $($name::$member => $code,)+ } }
            /// Its place in declaration order.
            #[allow(clippy::as_conversions, dead_code, reason = "a member without data is its place; not every list needs it")]
            #[must_use]
            pub const fn place(self) -> usize { self as usize }
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

pub mod clauses;
pub mod codes;
pub mod partners;

pub use self::clauses::*;
pub use self::codes::ReasonCode;
pub use self::partners::*;

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
