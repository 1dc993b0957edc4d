//! The size classes of firms as the file `size_classes.toml` gives them.
//!
//! **Invariant:** an industry's limits rise from small over medium to large and name the same figures; a word of the
//! plan points at industries of its own table.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{ReferenceError, date, unusable};
use crate::domain::dated::Dated;
use crate::domain::money::{FEN_PER_YUAN, Fen};
use crate::domain::size_class::{IndustryLimits, Limits, SizeTable};

/// The file.
pub(super) const SIZE_CLASSES: &str = "size_classes.toml";
/// Yuan in the unit of the file.
const YUAN_PER_UNIT: i64 = 10_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SizeFile {
    table: Vec<TableEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableEntry {
    #[serde(deserialize_with = "date")]
    from: NaiveDate,
    number: String,
    industry: Vec<IndustryEntry>,
    #[serde(default)]
    word: Vec<WordEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndustryEntry {
    name: String,
    large: LimitsEntry,
    medium: LimitsEntry,
    small: LimitsEntry,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsEntry {
    employees: Option<u32>,
    revenue: Option<u32>,
    assets: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordEntry {
    word: String,
    industries: Vec<String>,
}

pub(super) fn tables(file: SizeFile) -> Result<Dated<SizeTable>, ReferenceError> {
    let mut tables = BTreeMap::new();
    for entry in file.table {
        let from = entry.from;
        if tables.insert(from, table(entry)?).is_some() {
            return Err(wrong(from, "given twice"));
        }
    }
    Ok(Dated::new(tables.into_iter().collect(), None))
}

fn table(entry: TableEntry) -> Result<SizeTable, ReferenceError> {
    let from = entry.from;
    let industries: Vec<IndustryLimits> =
        entry.industry.into_iter().map(|industry| limits_of(from, industry)).collect::<Result<_, _>>()?;
    let place = |name: &String| {
        let found = industries.iter().position(|industry| industry.name == *name);
        found.ok_or_else(|| wrong(from, &format!("{name}: no such industry")))
    };
    let mut words = BTreeMap::new();
    for WordEntry { word, industries: names } in entry.word {
        let places = names.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
        if places.is_empty() || words.insert(word.clone(), places).is_some() {
            return Err(wrong(from, &format!("{word}: given twice or without an industry")));
        }
    }
    Ok(SizeTable { number: entry.number, industries, words })
}

fn limits_of(from: NaiveDate, entry: IndustryEntry) -> Result<IndustryLimits, ReferenceError> {
    let limits = IndustryLimits {
        large: limits(&entry.large)?,
        medium: limits(&entry.medium)?,
        small: limits(&entry.small)?,
        name: entry.name,
    };
    let ordered = [(&limits.small, &limits.medium), (&limits.medium, &limits.large)];
    if ordered.iter().any(|(lower, higher)| !is_below(lower, higher)) {
        return Err(wrong(from, &format!("{}: limits do not rise", limits.name)));
    }
    Ok(limits)
}

/// Whether the same figures are named and every one of them is lower.
fn is_below(lower: &Limits, higher: &Limits) -> bool {
    fn below<T: Ord>(lower: Option<T>, higher: Option<T>) -> bool {
        match (lower, higher) {
            (None, None) => true,
            (Some(lower), Some(higher)) => lower < higher,
            _ => false,
        }
    }
    *lower != Limits::default()
        && below(lower.employees, higher.employees)
        && below(lower.revenue, higher.revenue)
        && below(lower.assets, higher.assets)
}

fn limits(entry: &LimitsEntry) -> Result<Limits, ReferenceError> {
    let fen = |amount: Option<u32>| {
        amount
            .map(|amount| Fen::try_new(i64::from(amount).saturating_mul(YUAN_PER_UNIT).saturating_mul(FEN_PER_YUAN)))
            .transpose()
            .map_err(|error| unusable(SIZE_CLASSES, error))
    };
    Ok(Limits { employees: entry.employees, revenue: fen(entry.revenue)?, assets: fen(entry.assets)? })
}

fn wrong(from: NaiveDate, why: &str) -> ReferenceError {
    unusable(SIZE_CLASSES, format!("{from} {why}"))
}
