//! What a proposal shows: plain data that a page or a command prints and a person corrects.
//!
//! **Invariant:** nothing here reads a file; a proposal holds all that is shown of one.

use serde::Serialize;

use super::reading::Sample;
use crate::i18n::{self, Lang};
use crate::import::field::{Field, FileKind};
use crate::import::mapping::{Form, RowPer, Unit};

/// How sure the proposal is of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Nothing fits; the column is left out.
    None,
    /// Something may fit; a person must decide.
    Guess,
    /// Header or values speak for it, and nothing against it.
    Likely,
    /// The header says so and the values agree, or a person said so.
    Certain,
}

/// Declares words that stand in the catalogue under `mapping.<area>.<code>`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $area:literal { $($(#[$mdoc:meta])* $member:ident = $code:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $name { $($(#[$mdoc])* #[serde(rename = $code)] $member,)+ }
        impl $name {
            /// Every member.
            pub const ALL: &'static [$name] = &[$($name::$member,)+];
            /// Stable code.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $($name::$member => $code,)+ } }
            /// What a person reads; `about` fills the place `{about}` where the words have one.
            #[must_use]
            pub fn text(self, lang: Lang, about: &str) -> String {
                i18n::text(lang, &format!(concat!("mapping.", $area, ".{}"), self.code()), &[("about", about)])
            }
        }
    };
}

words! {
    /// Why a column is taken for what it is.
    WhyCode, "why" {
        /// The header is a word for the field.
        Name = "name";
        /// The header is a word for the field under the group it stands in.
        NameInGroup = "name_in_group";
        /// The header may mean the field.
        NameWeak = "name_weak";
        /// The header holds a word for the field, or the other way round.
        NamePart = "name_part";
        /// The header is nearly a word for the field.
        NameSimilar = "name_similar";
        /// The values are of the kind the field wants.
        Values = "values";
        /// The values are not of the kind the field wants.
        ValuesAgainst = "values_against";
        /// Another column fits the field about as well.
        RivalColumn = "rival_column";
        /// The column fits another field about as well.
        RivalField = "rival_field";
        /// Told from others only by the order of their dates.
        DateOrder = "date_order";
        /// The dates come in the wrong order.
        DatesReversed = "dates_reversed";
        /// The values look like fractions where percent are wanted.
        Fraction = "fraction";
        /// A person said so.
        Corrected = "corrected";
        /// A column of a bank's own business.
        OwnBusiness = "own_business";
        /// Nothing fits.
        Unknown = "unknown";
        /// There is no header, so that the column cannot be named.
        Nameless = "nameless";
    }
}

words! {
    /// Where a unit comes from.
    UnitBasis, "unit_basis" {
        /// The header says it.
        Header = "header";
        /// A line above the header says it.
        Line = "line";
        /// The cells say it.
        Cells = "cells";
        /// Judged by the size of the values; to be looked at.
        Plausible = "plausible";
        /// The size of the values settles nothing; a person must decide.
        Unsure = "unsure";
        /// A person said so.
        Corrected = "corrected";
    }
}

words! {
    /// How a word of the file comes to its meaning.
    WordBasis, "word_basis" {
        /// A known other word.
        Synonym = "synonym";
        /// It holds the word of the list; a person must decide.
        Similar = "similar";
        /// Nobody knows; rows with it will be refused.
        Unknown = "unknown";
        /// A person said so.
        Corrected = "corrected";
    }
}

words! {
    /// How dates are written.
    DateForm, "date_form" {
        /// A cell formatted as a date.
        Cell = "cell";
        /// `2024-05-06`.
        Dashed = "dashed";
        /// `2024/5/6`.
        Slashed = "slashed";
        /// `2024.5.6`.
        Dotted = "dotted";
        /// `2024年5月6日`.
        Chinese = "chinese";
        /// `20240506`.
        Compact = "compact";
        /// A bare number of days.
        Serial = "serial";
    }
}

words! {
    /// What must be settled before a proposal can be kept.
    DoubtCode, "doubt" {
        /// A field that the kind needs has no column.
        Missing = "missing";
        /// A column is only a guess.
        Guess = "guess";
        /// A unit cannot be told.
        UnitUnsure = "unit_unsure";
        /// The header names a unit that no mapping can have.
        UnitStrange = "unit_strange";
        /// What a word stands for is only a guess.
        WordGuess = "word_guess";
        /// Two columns have the same header.
        HeaderTwice = "header_twice";
    }
}

impl DoubtCode {
    /// Whether a person may wave it through.
    #[must_use]
    pub const fn is_acceptable(self) -> bool {
        matches!(self, DoubtCode::Guess | DoubtCode::UnitUnsure | DoubtCode::WordGuess)
    }
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Why.
    pub code: WhyCode,
    /// The word, header or code of the field it is about; empty where there is none.
    pub about: String,
}

impl Why {
    /// What a person reads.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match Field::from_code(&self.about).filter(|_| self.code == WhyCode::RivalField) {
            Some(field) => self.code.text(lang, &field_name(field, lang)),
            None => self.code.text(lang, &self.about),
        }
    }
}

/// Something that must be settled first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// What.
    pub code: DoubtCode,
    /// Field it is about.
    pub field: Option<Field>,
    /// Header or word it is about; empty where there is none.
    pub about: String,
}

impl Doubt {
    /// What a person reads.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let field = self.field.map(|field| field_name(field, lang)).unwrap_or_default();
        let key = format!("mapping.doubt.{}", self.code.code());
        i18n::text(lang, &key, &[("field", &field), ("about", &self.about)])
    }
}

/// A word of the file that is not in the closed list of its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Word {
    /// As the file writes it.
    pub word: String,
    /// In how many cells.
    pub count: usize,
    /// The word of the list it stands for.
    pub meaning: Option<String>,
    /// How it comes to that.
    pub basis: WordBasis,
}

/// One column of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnProposal {
    /// Place, from 0.
    pub column: usize,
    /// Place as a spreadsheet names it: `A`, `AB`.
    pub letter: String,
    /// Header; under several header rows `group / column`. Empty where there is none.
    pub header: String,
    /// What the column holds; nothing where it is left out.
    pub field: Option<Field>,
    /// Other fields it may hold, the best first.
    pub alternatives: Vec<Field>,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub why: Vec<Why>,
    /// Unit of money.
    pub unit: Option<Unit>,
    /// Where the unit comes from.
    pub unit_basis: Option<UnitBasis>,
    /// What separates several values in one cell.
    pub split: Vec<char>,
    /// Whether a file may leave the column out.
    pub optional: bool,
    /// Words that need a translation.
    pub words: Vec<Word>,
    /// Words of the closed list the column keeps to; empty where it keeps to none.
    pub list: Vec<&'static str>,
    /// How the dates of a date column are written.
    pub date_forms: Vec<DateForm>,
    /// Cells with something in them, among the rows looked at.
    pub filled: usize,
    /// Cells among them that the field cannot read.
    pub faults: usize,
    /// Cells of distinct rows and what the field reads in them.
    pub samples: Vec<Sample>,
}

/// A mapping proposed for a file; to be confirmed by a person, never used by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What the file is.
    pub kind: FileKind,
    /// Bank of the file, where it is known.
    pub bank: Option<String>,
    /// Form of the file.
    pub form: Form,
    /// Sheet; nothing for text.
    pub sheet: Option<String>,
    /// Sheets to choose from.
    pub sheets: Vec<String>,
    /// Number of the last header row, from 1.
    pub header_row: u32,
    /// Rows of the header.
    pub header_rows: u32,
    /// What a row is.
    pub row_per: RowPer,
    /// Data rows looked at.
    pub rows: usize,
    /// Whether these are all rows of the sheet.
    pub whole: bool,
    /// First words of rows that only add up.
    pub total_words: Vec<String>,
    /// Words of the one row of a nil return.
    pub nil_words: Vec<String>,
    /// Cells that say there is nothing.
    pub blank_words: Vec<String>,
    /// Columns from left to right.
    pub columns: Vec<ColumnProposal>,
    /// Needed fields without a column.
    pub missing: Vec<Field>,
    /// What must be settled first.
    pub doubts: Vec<Doubt>,
}

impl Proposal {
    /// What stands in the way of keeping it, guesses waved through or not.
    #[must_use]
    pub fn blockers(&self, accept_guesses: bool) -> Vec<&Doubt> {
        self.doubts.iter().filter(|doubt| !(accept_guesses && doubt.code.is_acceptable())).collect()
    }

    /// The column that holds a field.
    #[must_use]
    pub fn column_of(&self, field: Field) -> Option<&ColumnProposal> {
        self.columns.iter().find(|column| column.field == Some(field))
    }
}

/// The name of a field, as a person reads it.
#[must_use]
pub fn field_name(field: Field, lang: Lang) -> String {
    i18n::text(lang, &format!("mapping.field.{}", field.code()), &[])
}

/// The field with this word or name, whichever language.
#[must_use]
pub fn field_named(text: &str) -> Option<Field> {
    let wanted = text.trim();
    Field::from_code(wanted).or_else(|| {
        let is_named = |field: &&Field| Lang::ALL.iter().any(|lang| field_name(**field, *lang) == wanted);
        Field::ALL.iter().find(is_named).copied()
    })
}

/// The name of a column in a spreadsheet.
#[must_use]
pub fn letter_of(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        let digit = u32::try_from(rest % 26).unwrap_or(0);
        letters.push(char::from_u32(u32::from('A').saturating_add(digit)).unwrap_or('A'));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}
