//! The closed lists whose words a file may hold, behind one trait.
//!
//! **Invariant:** the words are those of the list itself; nothing is spelled here a second time.

use crate::domain::names::{IpKind, Tier};
use crate::domain::rulebook::condition::{Comparison, DayComparison};
use crate::domain::rulebook::fact::{DateFact, MoneyFact, RateFact};
use crate::domain::rulebook::vocabulary::{
    AboveBands, AdvanceOf, Allocation, BandReading, Basis, BorrowerSize, BreakerEffect, BreakerScope, CapKind,
    Claimant, Component, Deduction, DocumentCode, DocumentGate, DutyEffect, DutyKind, DutyWho, Every, Group,
    GroupState, HeldIn, InterestKind, InterestUse, LateRecovery, LevelsBase, LevelsCounted, LevelsCut, Liability,
    LoanPart, LossInLayer, LossLimitKind, LossLimitPlace, MultipleBase, NoMatch, Otherwise, Override, PartyKind,
    PaysAlso, PledgeMode, QueueOrder, ReasonCode, Refill, RegionMeaning, Release, Route, Short, SourceLevel, Spread,
    SubsidyBase, SubsidyKind, TagHolder, VoidEffect, Window, YearEnd,
};
use crate::domain::split::Rounding;

/// A member of a closed list.
pub(super) trait Word: Copy + PartialEq + 'static {
    /// Every member.
    const WORDS: &'static [Self];
    /// Its word.
    fn code(self) -> &'static str;
}

/// Makes closed lists words of a file.
macro_rules! words {
    ($($name:ident)+) => {
        $(impl Word for $name {
            const WORDS: &'static [$name] = $name::ALL;
            fn code(self) -> &'static str { $name::code(self) }
        })+
    };
}

words! {
    AboveBands AdvanceOf Allocation BandReading Basis BorrowerSize BreakerEffect BreakerScope CapKind Claimant
    Comparison Component DateFact DayComparison Deduction DocumentCode DocumentGate DutyEffect DutyKind DutyWho Every
    Group GroupState HeldIn InterestKind InterestUse IpKind LateRecovery LevelsBase LevelsCounted LevelsCut Liability
    LoanPart LossInLayer LossLimitKind LossLimitPlace MoneyFact MultipleBase NoMatch Otherwise Override PartyKind
    PaysAlso PledgeMode QueueOrder RateFact ReasonCode Refill RegionMeaning Release Rounding Route Short SourceLevel
    Spread SubsidyBase SubsidyKind TagHolder Tier VoidEffect Window YearEnd
}
