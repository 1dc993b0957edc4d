//! Identity of a rulebook, its cover sheet, its tags, definitions and reading days.
//!
//! **Invariant:** the cover sheet answers all eighteen groups.

use chrono::NaiveDate;

use super::condition::Condition;
use super::fact::{DateFact, DateRef, Fact};
use super::name::{Name, Open, Origin, Titled};
use super::vocabulary::{Group, GroupState, RegionMeaning, TagHolder};

/// Identity, titles, validity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Identity, stable over versions.
    pub id: Name,
    /// Version.
    pub version: Name,
    /// Title in both languages.
    pub title: Titled,
    /// Number of the instrument.
    pub number: Open<Name>,
    /// Issuing offices; none known when empty.
    pub issuers: Vec<Name>,
    /// Day of issue.
    pub issued_on: Open<NaiveDate>,
    /// First day in force.
    pub effective_from: Open<NaiveDate>,
    /// Last day in force.
    pub effective_to: Open<NaiveDate>,
    /// First day no longer in force after an early repeal.
    pub repealed_from: Option<NaiveDate>,
    /// For trial implementation.
    pub trial: bool,
    /// The version before this one, as `id@version`.
    pub replaces: Option<Name>,
    /// The day that picks the version.
    pub governs: Open<DateFact>,
    /// Groups of tests that a claim meets in the version in force on the day it is filed.
    pub retest: Vec<Group>,
    /// Whether the numbers are only proposed.
    pub proposal: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// The answer to one group of the cover sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAnswer {
    /// Which.
    pub group: Group,
    /// How much is stated.
    pub state: GroupState,
    /// Where it comes from.
    pub origin: Origin,
}

/// A tag a loan or a borrower may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its id.
    pub id: Name,
    /// Its name.
    pub name: Titled,
    /// What it is on.
    pub on: TagHolder,
    /// The day on which membership is read; only for borrowers.
    pub read_on: Option<Open<DateRef>>,
    /// What shows it.
    pub evidence: Option<Titled>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A named condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: Name,
    /// Its name.
    pub name: Titled,
    /// What it means.
    pub when: Condition,
    /// Where it comes from.
    pub origin: Origin,
}

/// The day on which a changing fact is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The fact.
    pub fact: Fact,
    /// The day.
    pub on: Open<DateRef>,
    /// For a region: what belonging to it means; any of these is enough.
    pub means_any: Open<Vec<RegionMeaning>>,
    /// For a region: what belonging to it means; all of these are needed.
    pub means_all: Vec<RegionMeaning>,
    /// Where it comes from.
    pub origin: Origin,
}
