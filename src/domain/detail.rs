//! What an act says, in a form that any caller can write: texts, numbers, days, amounts, lists, groups of these.
//!
//! Owns the neutral tree between the outside (JSON, a command line, a form) and the typed acts of the lives, and the
//! two macros that declare those. A declared act reads itself from the tree, writes itself back, and tells its fields,
//! so that command, page and interface never list them a second time.
//! **Invariant:** reading what was written gives the same act; an unknown field, a missing one and one of another
//! kind are refused with their place.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use thiserror::Error;

use super::money::{Fen, Ppm};

mod declare;
mod fields;

pub(crate) use declare::{acts, record, words};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Several values.
    List(Vec<Detail>),
    /// Named values.
    Group(BTreeMap<String, Detail>),
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text that says something.
    Text,
    /// A day, `2026-08-01`.
    Day,
    /// An amount in yuan, `1234.50`.
    Money,
    /// A share, `0.45`.
    Share,
    /// A whole number, not below zero.
    Count,
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(Vec<&'static str>),
    /// Several.
    List(Box<Shape>),
    /// Named fields: name, shape, whether it must be there.
    Group(Vec<(&'static str, Shape, bool)>),
}

/// Why a value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{at}: {kind:?}")]
pub struct DetailFault {
    /// Place, as `approved.meeting.votes`.
    pub at: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It must be there.
    Missing,
    /// No such field or act.
    Unknown,
    /// It is of another kind than asked for.
    WrongKind,
    /// A text that is empty, too long, or holds control characters.
    BadText,
    /// No day of the calendar.
    BadDay,
    /// No amount in yuan with at most two decimals.
    BadMoney,
    /// No share between 0 and 1 with at most six decimals.
    BadShare,
    /// Not one of the words that are allowed.
    BadWord,
}

impl FaultKind {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            FaultKind::Missing => "FIELD_MISSING",
            FaultKind::Unknown => "FIELD_UNKNOWN",
            FaultKind::WrongKind => "FIELD_WRONG_KIND",
            FaultKind::BadText => "FIELD_BAD_TEXT",
            FaultKind::BadDay => "FIELD_BAD_DAY",
            FaultKind::BadMoney => "FIELD_BAD_MONEY",
            FaultKind::BadShare => "FIELD_BAD_SHARE",
            FaultKind::BadWord => "FIELD_BAD_WORD",
        }
    }
}

impl DetailFault {
    /// A fault at a place.
    #[must_use]
    pub fn new(at: &str, kind: FaultKind) -> DetailFault {
        DetailFault { at: at.to_owned(), kind }
    }
}

/// Something that stands in a field of an act.
pub trait Field: Sized {
    /// Whether it may be left out.
    const OPTIONAL: bool = false;
    /// What it takes.
    fn shape() -> Shape;
    /// As a value; nothing for one that is left out.
    fn write(&self) -> Option<Detail>;
    /// From a value at a place.
    ///
    /// # Errors
    /// `DetailFault`.
    fn read(at: &str, detail: Option<&Detail>) -> Result<Self, DetailFault>;
}

/// A declared act of a life.
pub trait Act: Sized {
    /// Its stable word.
    fn word(&self) -> &'static str;
    /// Its particulars.
    fn details(&self) -> BTreeMap<String, Detail>;
    /// The act of this word with these particulars.
    ///
    /// # Errors
    /// `DetailFault`; `Unknown` at the word for an act that the life does not have.
    fn read(word: &str, details: &BTreeMap<String, Detail>) -> Result<Self, DetailFault>;
    /// Every act with its fields.
    fn vocabulary() -> Vec<(&'static str, Shape)>;
}

/// Refuses fields that a group does not have.
///
/// # Errors
/// `Unknown`.
pub fn refuse_others(at: &str, known: &[&str], given: &BTreeMap<String, Detail>) -> Result<(), DetailFault> {
    match given.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(DetailFault::new(&below(at, name), FaultKind::Unknown)),
        None => Ok(()),
    }
}

/// The place of a field below a place.
#[must_use]
pub fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// A day as written.
///
/// # Errors
/// `BadDay`.
fn day(at: &str, text: &str) -> Result<NaiveDate, DetailFault> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_no_day| DetailFault::new(at, FaultKind::BadDay))
}

/// An amount as written.
///
/// # Errors
/// `BadMoney`.
fn yuan(at: &str, text: &str) -> Result<Fen, DetailFault> {
    Fen::from_yuan(text.trim()).map_err(|_no_amount| DetailFault::new(at, FaultKind::BadMoney))
}

/// A share as written.
///
/// # Errors
/// `BadShare`.
fn share(at: &str, text: &str) -> Result<Ppm, DetailFault> {
    Ppm::from_fraction(text.trim()).map_err(|_no_share| DetailFault::new(at, FaultKind::BadShare))
}
