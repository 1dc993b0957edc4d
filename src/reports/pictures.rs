//! Pictures of a summary for its mail: a few figures of its tables, drawn.
//!
//! **Invariant:** a picture shows figures of the tables of its own summary; what is not known has no bar and says so.

use super::cell::{Cell, Unit};
use super::dataset::{Dataset, RowKind, Table};
use super::words::say;
use super::{market_supervision, regulator};
use crate::i18n::Lang;
use crate::svg::bars::{self, Bar, Bars};

/// Width in a mail, in pixels.
const WIDTH: i64 = 592;
/// Classes of the five tiers, as every picture of them has.
const TIERS: [(&str, &str); 5] = [("E1", "c1"), ("E2", "c4"), ("E3", "c5"), ("E4", "c7"), ("E5", "c8")];

/// A picture that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// What it shows.
    pub title: String,
    /// The same figures in a sentence, for who does not see it.
    pub told: String,
    /// An `<svg>` element.
    pub svg: String,
}

/// The pictures of a summary; none of a table without figures.
#[must_use]
pub fn drawings(dataset: &Dataset) -> Vec<Drawing> {
    let lang = dataset.lang;
    let of = |code: &str| dataset.tables.iter().find(|table| table.code == code);
    let drawn = match dataset.name {
        regulator::NAME => vec![
            of("1-2").map(|table| drawing(lang, "tiers", tiers(table, lang))),
            of("1-1").map(|table| drawing(lang, "banks", rows(table, "B2", lang))),
        ],
        market_supervision::NAME => vec![of("2-1").map(|table| drawing(lang, "rights", rows(table, "P6", lang)))],
        _ => Vec::new(),
    };
    drawn.into_iter().flatten().flatten().collect()
}

/// The five tiers over all banks that reported.
fn tiers(table: &Table, lang: Lang) -> Vec<Bar> {
    let bar = |(code, class): &(&str, &'static str)| {
        let tier = say(lang, &format!("picture.tier.{code}"), &[]);
        table.cell("total", code).map(|cell| bar(tier, cell, Unit::Wan, class, lang))
    };
    TIERS.iter().filter_map(bar).collect()
}

/// One figure of every item of a table.
fn rows(table: &Table, column: &str, lang: Lang) -> Vec<Bar> {
    let Some(unit) = table.columns.iter().find(|known| known.code == column).map(|known| known.unit) else {
        return Vec::new();
    };
    let items = table.rows.iter().filter(|row| row.kind == RowKind::Item);
    items
        .filter_map(|row| table.cell(&row.key, column).map(|cell| bar(row.label.clone(), cell, unit, "c1", lang)))
        .collect()
}

fn bar(name: String, cell: &Cell, unit: Unit, class: &'static str, lang: Lang) -> Bar {
    let value = match cell {
        Cell::Count(count) => i64::try_from(*count).ok(),
        other => other.fen(),
    };
    let shown = cell.shown(lang, unit);
    let shown = if value.is_some() { format!("{shown} {}", unit.name(lang)) } else { shown };
    Bar { name, value, shown, class }
}

/// The bars with their title; none where nothing is above zero.
fn drawing(lang: Lang, key: &str, bars: Vec<Bar>) -> Option<Drawing> {
    if !bars.iter().any(|bar| bar.value.is_some_and(|value| value > 0)) {
        return None;
    }
    let title = say(lang, &format!("picture.{key}"), &[]);
    let told: Vec<String> = bars.iter().map(|bar| format!("{} {}", bar.name, bar.shown)).collect();
    let told = format!("{title}: {}", told.join("; "));
    let svg = bars::draw(&Bars { id: key.to_owned(), title: title.clone(), width: WIDTH, bars, marks: Vec::new() });
    Some(Drawing { title, told, svg })
}
