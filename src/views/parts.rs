//! Pages that are made of parts: facts, tables, what can be done, what was done.
//!
//! Owns the parts that one template (`pages/parts.html`) puts together, so that a page is its data and nothing else.
//! **Invariant:** texts are in the reader's language already; amounts are fen, ratios parts per million.

use chrono::NaiveDate;
use serde::Serialize;

use super::acting::Offer;
use super::casework::{PaperRow, Passed, Printable};
use super::charts::Picture;
use super::query::{Pager, SortLink};
use super::uploads::FormError;

/// What stands in a cell, or beside a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cell {
    /// A text; empty is shown as a dash.
    Text {
        /// It.
        text: String,
    },
    /// A text that leads somewhere.
    Link {
        /// It.
        text: String,
        /// Where.
        href: String,
    },
    /// An amount.
    Money {
        /// Fen; none is shown as a dash.
        fen: Option<i64>,
    },
    /// An amount to the fen, whatever unit the reader chose.
    Yuan {
        /// Fen; none is shown as a dash.
        fen: Option<i64>,
    },
    /// A ratio.
    Ratio {
        /// Parts per million; none is shown as a dash.
        ppm: Option<i64>,
    },
    /// A share of something that is used up, as a bar.
    Meter {
        /// Parts per million.
        ppm: i64,
    },
    /// A day.
    Day {
        /// It; none is shown as a dash.
        on: Option<NaiveDate>,
    },
    /// A state.
    Tag {
        /// `ok`, `warn`, `bad`, `info` or empty.
        tone: &'static str,
        /// It.
        text: String,
    },
    /// A number of things.
    Count {
        /// How many.
        count: i64,
    },
    /// Something that belongs to machines: a hash, an identifier.
    Code {
        /// It.
        text: String,
    },
}

impl Cell {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text { text: text.into() }
    }

    /// A text that leads somewhere.
    #[must_use]
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Cell {
        Cell::Link { text: text.into(), href: href.into() }
    }

    /// An amount.
    #[must_use]
    pub const fn money(fen: i64) -> Cell {
        Cell::Money { fen: Some(fen) }
    }

    /// An amount to the fen.
    #[must_use]
    pub const fn yuan(fen: i64) -> Cell {
        Cell::Yuan { fen: Some(fen) }
    }

    /// A day.
    #[must_use]
    pub const fn day(on: NaiveDate) -> Cell {
        Cell::Day { on: Some(on) }
    }

    /// A state.
    #[must_use]
    pub fn tag(tone: &'static str, text: impl Into<String>) -> Cell {
        Cell::Tag { tone, text: text.into() }
    }

    /// Something for machines.
    #[must_use]
    pub fn code(text: impl Into<String>) -> Cell {
        Cell::Code { text: text.into() }
    }

    /// Whether it stands at the right of its column.
    #[must_use]
    pub const fn is_number(&self) -> bool {
        matches!(self, Cell::Money { .. } | Cell::Yuan { .. } | Cell::Ratio { .. } | Cell::Count { .. })
    }
}

/// A head of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Words.
    pub label: String,
    /// Its cells stand at the right.
    pub number: bool,
    /// Where sorting by it leads; none where the table is not sorted by columns.
    pub sort: Option<SortLink>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Name within the page.
    pub id: String,
    /// Heading.
    pub title: String,
    /// Its amounts have a unit that is said once.
    pub has_money: bool,
    /// Columns.
    pub heads: Vec<Head>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
    /// Sums over everything that matches, not only over the rows shown.
    pub foot: Vec<Cell>,
    /// What to say, and what to do, where there is nothing.
    pub empty: String,
    /// Way through the pages.
    pub pager: Option<Pager>,
    /// All of its rows are here and are shown in pages.
    pub in_pages: bool,
    /// Address of it as a workbook; empty where there is none.
    pub export: String,
}

/// Labels with what stands beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Name within the page.
    pub id: String,
    /// Heading.
    pub title: String,
    /// Its amounts have a unit that is said once.
    pub has_money: bool,
    /// Lines.
    pub lines: Vec<(String, Cell)>,
}

/// A part of a page that is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tab {
    /// Words.
    pub label: String,
    /// Address.
    pub href: String,
    /// It is shown.
    pub current: bool,
}

/// A small form: fields, and what its button says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SmallForm {
    /// Name within the page.
    pub id: String,
    /// Heading.
    pub title: String,
    /// What it does.
    pub help: String,
    /// Address; the page itself where it is empty.
    pub action: String,
    /// `get` or `post`.
    pub method: &'static str,
    /// It brings files.
    pub files: bool,
    /// Fields.
    pub fields: Vec<super::acting::FieldView>,
    /// Fixed fields.
    pub hidden: Vec<(String, String)>,
    /// Words on the button.
    pub button: String,
}

/// A page made of parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartsView {
    /// Heading.
    pub title: String,
    /// What the page is for, in a few words.
    pub help: String,
    /// Page it belongs to.
    pub crumb: Option<Printable>,
    /// States beside the heading.
    pub tags: Vec<Cell>,
    /// Buttons at the right of the heading.
    pub actions: Vec<Printable>,
    /// Parts to choose from.
    pub tabs: Vec<Tab>,
    /// What is wrong with a form of the page.
    pub errors: Vec<FormError>,
    /// Something to be told first: tone and words.
    pub note: Option<(&'static str, String)>,
    /// It is made to be printed, and has a button for it.
    pub prints: bool,
    /// Pictures with their figures, before everything else.
    pub pictures: Vec<Picture>,
    /// Facts.
    pub facts: Vec<Facts>,
    /// Forms before the tables.
    pub forms: Vec<SmallForm>,
    /// Tables.
    pub tables: Vec<Table>,
    /// A text to be read, article by article: number and words.
    pub articles: Vec<(String, String)>,
    /// What can be done.
    pub offers: Vec<Offer>,
    /// What was done.
    pub passed: Option<Vec<Passed>>,
    /// Papers, and their page.
    pub papers: Option<(Vec<PaperRow>, String)>,
}
