//! How much lies with the largest: borrowers, industries or banks.
//!
//! **Invariant:** what is not among the largest stands in one line, so that the table sums to the whole.

use serde::Serialize;

use super::{Picture, Words, count, percent, share};
use crate::i18n::Lang;
use crate::svg::bars::{Bar, Mark};
use crate::views::parts::Cell;

/// What lies with one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Name.
    pub name: String,
    /// Loans with a balance.
    pub loans: u64,
    /// Balance last reported, fen.
    pub balance: i64,
    /// Cover held, fen.
    pub cover: i64,
}

/// The largest, and all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Holdings {
    /// The largest, largest first.
    pub rows: Vec<Held>,
    /// All together.
    pub whole: Held,
    /// How many there are.
    pub of: u64,
    /// The most the fund pays for one of them, by the measure in force; none without such a limit.
    pub limit: Option<i64>,
}

/// The largest borrowers.
#[must_use]
pub fn borrowers(all: &Holdings, lang: Lang) -> Picture {
    picture(all, Words { lang, picture: "borrowers" })
}

/// The industries.
#[must_use]
pub fn industries(all: &Holdings, lang: Lang) -> Picture {
    picture(all, Words { lang, picture: "industries" })
}

/// The banks.
#[must_use]
pub fn by_bank(all: &Holdings, lang: Lang) -> Picture {
    picture(all, Words { lang, picture: "by_bank" })
}

fn picture(all: &Holdings, words: Words) -> Picture {
    let shares = all.rows.iter().map(|row| {
        let ppm = share(row.balance, all.whole.balance);
        Bar { name: row.name.clone(), value: ppm, shown: percent(ppm), class: "c1" }
    });
    let covers = all.rows.iter().map(|row| {
        let is_over = all.limit.is_some_and(|limit| limit < row.cover);
        let class = if is_over { "c4" } else { "c1" };
        Bar { name: row.name.clone(), value: Some(row.cover), shown: words.amount(row.cover), class }
    });
    let mark =
        |limit: i64| Mark { name: words.with("limit", &[("amount", &words.amount(limit))]), at: limit, class: "c3" };
    let line = |row: &Held| {
        vec![
            Cell::text(row.name.clone()),
            Cell::Count { count: count(row.loans) },
            Cell::money(row.balance),
            Cell::Ratio { ppm: share(row.balance, all.whole.balance) },
            Cell::money(row.cover),
        ]
    };
    let shown = sum(&all.rows);
    let rest = Held {
        name: words.text("rest"),
        loans: all.whole.loans.saturating_sub(shown.loans),
        balance: all.whole.balance.saturating_sub(shown.balance),
        cover: all.whole.cover.saturating_sub(shown.cover),
    };
    let has_rest = count(all.of) > i64::try_from(all.rows.len()).unwrap_or(i64::MAX) || rest.cover != 0;
    let mut rows: Vec<Vec<Cell>> = all.rows.iter().map(line).collect();
    if has_rest {
        rows.push(line(&rest));
    }
    let foot = line(&Held { name: words.shared("sum"), ..all.whole.clone() });
    let together = percent(share(shown.balance, all.whole.balance));
    let places = [("count", &*all.rows.len().to_string()), ("of", &*all.of.to_string()), ("share", &*together)];
    let drawings = vec![
        words.panel("share", shares.collect(), Vec::new()),
        words.panel("cover", covers.collect(), all.limit.map(mark).into_iter().collect()),
    ];
    Picture {
        help: words.with("help", &places),
        drawings: if all.rows.is_empty() { Vec::new() } else { drawings },
        panels: true,
        ..words.picture(&["name", "*loans", "*balance", "*share", "*cover"], rows, foot)
    }
}

fn sum(rows: &[Held]) -> Held {
    rows.iter().fold(Held::default(), |sum, row| Held {
        name: String::new(),
        loans: sum.loans.saturating_add(row.loans),
        balance: sum.balance.saturating_add(row.balance),
        cover: sum.cover.saturating_add(row.cover),
    })
}
