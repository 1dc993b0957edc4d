//! Size classes of firms by industry, headcount, revenue and assets (工信部联企业〔2011〕300号).
//!
//! Owns the reading of the table; its figures are data with a first day. **Invariant:** a class counts only where
//! every limit it needs is met; what a missing figure leaves open stays unknown.

use std::collections::BTreeMap;

use super::money::Fen;
use super::names::SizeClass;

/// Limits that must all be reached; those the table leaves out are not looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Employees.
    pub employees: Option<u32>,
    /// Revenue of the year.
    pub revenue: Option<Fen>,
    /// Total assets.
    pub assets: Option<Fen>,
}

/// The figures of a firm, as far as they are known.
pub type Figures = Limits;

/// One industry of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndustryLimits {
    /// Its name in the table.
    pub name: String,
    /// From here on a firm is large.
    pub large: Limits,
    /// From here on it is medium.
    pub medium: Limits,
    /// From here on it is small.
    pub small: Limits,
}

/// One version of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeTable {
    /// Number of the document.
    pub number: String,
    /// Its industries.
    pub industries: Vec<IndustryLimits>,
    /// Places in `industries` that a word of the city's plan may stand for.
    pub words: BTreeMap<String, Vec<usize>>,
}

/// A declared class that the figures contradict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeConflict<'t> {
    /// The class by the table.
    pub computed: SizeClass,
    /// The industry it was read in.
    pub industry: &'t IndustryLimits,
    /// The limits that part the two classes: those of the larger of them.
    pub limits: Limits,
}

impl Limits {
    /// Whether figures reach every limit; nothing where a missing figure leaves it open.
    #[must_use]
    pub fn are_met_by(&self, figures: &Figures) -> Option<bool> {
        let parts = [
            reached(self.employees, figures.employees),
            reached(self.revenue, figures.revenue),
            reached(self.assets, figures.assets),
        ];
        if parts.contains(&Some(false)) {
            return Some(false);
        }
        (!parts.contains(&None)).then_some(true)
    }
}

fn reached<T: Ord>(limit: Option<T>, figure: Option<T>) -> Option<bool> {
    match (limit, figure) {
        (None, _) => Some(true),
        (Some(limit), Some(figure)) => Some(figure >= limit),
        (Some(_), None) => None,
    }
}

impl IndustryLimits {
    /// The class of a firm with these figures; nothing where they leave it open.
    #[must_use]
    pub fn class_of(&self, figures: &Figures) -> Option<SizeClass> {
        for (limits, class) in
            [(&self.large, SizeClass::Large), (&self.medium, SizeClass::Medium), (&self.small, SizeClass::Small)]
        {
            if limits.are_met_by(figures)? {
                return Some(class);
            }
        }
        Some(SizeClass::Micro)
    }

    /// The limits from which a class begins; none for micro firms.
    #[must_use]
    pub const fn of(&self, class: SizeClass) -> Limits {
        match class {
            SizeClass::Large => self.large,
            SizeClass::Medium => self.medium,
            SizeClass::Small => self.small,
            SizeClass::Micro => Limits { employees: None, revenue: None, assets: None },
        }
    }
}

impl SizeTable {
    /// The declared class, where every industry the plan's word may stand for gives another one.
    #[must_use]
    pub fn conflict(&self, word: &str, declared: SizeClass, figures: &Figures) -> Option<SizeConflict<'_>> {
        let places = self.words.get(word)?;
        let mut first = None;
        for industry in places.iter().filter_map(|place| self.industries.get(*place)) {
            let computed = industry.class_of(figures)?;
            if computed == declared {
                return None;
            }
            let limits = industry.of(computed.max(declared));
            first.get_or_insert(SizeConflict { computed, industry, limits });
        }
        first
    }
}
