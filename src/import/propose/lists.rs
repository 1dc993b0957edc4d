//! The closed lists that columns keep to, and what the words of a file stand for in them.
//!
//! **Invariant:** a word is translated by the table of known other words or marked as a guess, never silently.

use super::alias::aliases;
use super::view::WordBasis;
use crate::domain::names::{
    DocumentKind, FundRowKind, FundSource, IpKind, PartnerKind, Repayment, SizeClass, Tier, fold_code,
};
use crate::import::field::Field;
use crate::import::row::answer;

/// What a word of a file is to a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// A word of the list.
    Listed,
    /// Another word for one of the list.
    Means(&'static str, WordBasis),
    /// Not to be told.
    Unknown,
}

/// The words of the list a field keeps to; empty where it keeps to none.
pub(super) fn members(field: Field) -> Vec<&'static str> {
    match field {
        Field::Size => SizeClass::ALL.iter().map(|word| word.zh()).collect(),
        Field::IpKind => IpKind::ALL.iter().map(|word| word.zh()).collect(),
        Field::Repayment => Repayment::ALL.iter().map(|word| word.zh()).collect(),
        Field::Grade => Tier::ALL.iter().map(|word| word.zh()).collect(),
        Field::FirstLoan => vec!["是", "否"],
        Field::PartnerKind => PartnerKind::ALL.iter().map(|word| word.zh()).collect(),
        Field::FundKind => FundRowKind::ALL.iter().map(|word| word.zh()).collect(),
        Field::Source => FundSource::ALL.iter().map(|word| word.zh()).collect(),
        Field::Documents => DocumentKind::ALL.iter().map(|word| word.zh()).collect(),
        _ => Vec::new(),
    }
}

/// What a word stands for in the list of a field.
pub(super) fn standing(field: Field, word: &str) -> Standing {
    let folded = fold_code(word);
    let members = members(field);
    if members.contains(&folded.as_str()) || (field == Field::FirstLoan && answer(&folded).is_some()) {
        return Standing::Listed;
    }
    let listed = |meaning: &str| members.iter().find(|member| **member == meaning).copied();
    let table = aliases().words.get(&field);
    let synonym = table.and_then(|table| table.iter().find(|(known, _)| fold_code(known) == folded));
    if let Some(meaning) = synonym.and_then(|(_, meaning)| listed(meaning)) {
        return Standing::Means(meaning, WordBasis::Synonym);
    }
    if field == Field::FirstLoan {
        return Standing::Unknown;
    }
    let held: Vec<&'static str> = members.iter().filter(|member| folded.contains(**member)).copied().collect();
    match held.as_slice() {
        [meaning] => Standing::Means(meaning, WordBasis::Similar),
        _ => Standing::Unknown,
    }
}

/// The member of a list that a person means, in whatever width it is typed.
pub(super) fn member(field: Field, word: &str) -> Option<&'static str> {
    let folded = fold_code(word);
    members(field).into_iter().find(|member| *member == folded)
}
