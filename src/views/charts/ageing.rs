//! Claims that wait, by how long they have waited.
//!
//! **Invariant:** the bands lie end to end, so that every claim stands in exactly one.

use serde::Serialize;

use super::{Picture, Words, count};
use crate::i18n::Lang;
use crate::svg::bars::Bar;
use crate::views::parts::Cell;

/// The last working day of each band but the last, which has none.
pub const EDGES: [u32; 4] = [5, 10, 20, 60];

/// Claims in one band.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Band {
    /// Claims.
    pub claims: u64,
    /// Their computed compensation, fen.
    pub amount: i64,
}

/// The claims in progress by the working days since they were handed in, shortest first.
pub type Ageing = [Band; EDGES.len() + 1];

/// The picture of the claims that wait.
#[must_use]
pub fn picture(bands: &Ageing, lang: Lang) -> Picture {
    let words = Words { lang, picture: "ageing" };
    let name = |place: usize| {
        let first = place.checked_sub(1).and_then(|before| EDGES.get(before)).map_or(0, |edge| edge + 1);
        match EDGES.get(place) {
            Some(last) => words.with("band", &[("first", &first.to_string()), ("last", &last.to_string())]),
            None => words.with("over", &[("last", &(first - 1).to_string())]),
        }
    };
    let class = |place: usize| ["c1", "c1", "c1", "c4", "c5"].get(place).copied().unwrap_or("c6");
    let bar = |value: fn(&Band) -> i64, shown: &dyn Fn(i64) -> String| {
        let one = |(place, band): (usize, &Band)| {
            let value = value(band);
            Bar { name: name(place), value: Some(value), shown: shown(value), class: class(place) }
        };
        bands.iter().enumerate().map(one).collect::<Vec<_>>()
    };
    let whole = bands.iter().fold((0_i64, 0_i64), |(claims, amount), band| {
        (claims.saturating_add(count(band.claims)), amount.saturating_add(band.amount))
    });
    let row = |(place, band): (usize, &Band)| {
        vec![Cell::text(name(place)), Cell::Count { count: count(band.claims) }, Cell::money(band.amount)]
    };
    let foot = vec![Cell::text(words.shared("sum")), Cell::Count { count: whole.0 }, Cell::money(whole.1)];
    let drawings = vec![
        words.panel("claims", bar(|band| count(band.claims), &|claims| claims.to_string()), Vec::new()),
        words.panel("amount", bar(|band| band.amount, &|fen| words.amount(fen)), Vec::new()),
    ];
    Picture {
        help: words.text("help"),
        drawings: if whole.0 == 0 { Vec::new() } else { drawings },
        panels: true,
        ..words.picture(&["waited", "*claims", "*amount"], bands.iter().enumerate().map(row).collect(), foot)
    }
}
