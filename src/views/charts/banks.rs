//! Banks beside one another, with the bounds of the measure in force.
//!
//! **Invariant:** a ratio that nothing can be divided for has no bar; the bounds are those of the breakers, and a measure
//! without breakers has none.

use serde::Serialize;

use super::{Picture, Words, percent};
use crate::i18n::Lang;
use crate::svg::bars::{Bar, Mark};
use crate::views::parts::Cell;

/// The figures of one bank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BankFigures {
    /// Name.
    pub name: String,
    /// Balance of its enrolled loans, fen.
    pub balance: i64,
    /// Non-performing part, ppm.
    pub npl_ratio: Option<i64>,
    /// Where that stands: `calm`, `warns` or `trips`; empty where no breaker watches it.
    pub npl_state: &'static str,
    /// Claims ÷ enrolled IP principal, ppm.
    pub claim_ratio: Option<i64>,
    /// Where that stands.
    pub claim_state: &'static str,
}

/// A bound of a breaker that watches each bank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Bounds {
    /// From where on it is told, ppm.
    pub warns: Option<i64>,
    /// From where on it trips, ppm.
    pub trips: Option<i64>,
}

/// Banks with what bounds them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BankComparison {
    /// The banks.
    pub rows: Vec<BankFigures>,
    /// Bounds of the non-performing part.
    pub npl: Bounds,
    /// Bounds of the claims.
    pub claims: Bounds,
}

/// The banks, the largest first.
#[must_use]
pub fn picture(all: &BankComparison, lang: Lang) -> Picture {
    let words = Words { lang, picture: "banks" };
    let mut banks: Vec<&BankFigures> = all.rows.iter().collect();
    banks.sort_by(|a, b| b.balance.cmp(&a.balance).then_with(|| a.name.cmp(&b.name)));
    let balances = banks.iter().map(|bank| Bar {
        name: bank.name.clone(),
        value: Some(bank.balance),
        shown: words.amount(bank.balance),
        class: "c1",
    });
    let ratios = |of: fn(&BankFigures) -> (Option<i64>, &'static str)| {
        let bar = |bank: &&BankFigures| ratio_bar(words, &bank.name, of(bank));
        banks.iter().map(bar).collect::<Vec<_>>()
    };
    let row = |bank: &&BankFigures| {
        vec![
            Cell::text(bank.name.clone()),
            Cell::money(bank.balance),
            Cell::Ratio { ppm: bank.npl_ratio },
            state(words, bank.npl_state),
            Cell::Ratio { ppm: bank.claim_ratio },
            state(words, bank.claim_state),
        ]
    };
    let sum = banks.iter().fold(0_i64, |sum, bank| sum.saturating_add(bank.balance));
    let mut foot = vec![Cell::text(words.shared("sum")), Cell::money(sum)];
    foot.extend((0..4).map(|_| Cell::text("")));
    let drawings = vec![
        words.panel("balance", balances.collect(), Vec::new()),
        words.panel("npl", ratios(|bank| (bank.npl_ratio, bank.npl_state)), marks(words, all.npl)),
        words.panel("claims", ratios(|bank| (bank.claim_ratio, bank.claim_state)), marks(words, all.claims)),
    ];
    let is_bounded = [all.npl, all.claims].iter().any(|bounds| bounds.trips.is_some() || bounds.warns.is_some());
    let columns = ["bank", "*balance", "*npl", "npl_state", "*claims", "claims_state"];
    Picture {
        help: words.text(if is_bounded { "help" } else { "unbounded" }),
        drawings: if banks.is_empty() { Vec::new() } else { drawings },
        panels: true,
        ..words.picture(&columns, banks.iter().map(row).collect(), foot)
    }
}

fn ratio_bar(words: Words, name: &str, (ratio, state): (Option<i64>, &'static str)) -> Bar {
    let (class, told) = match state {
        "trips" => ("c5", true),
        "warns" => ("c4", true),
        _ => ("c1", false),
    };
    let shown = percent(ratio);
    let shown = if told { format!("{} {shown}", words.text(&format!("state.{state}"))) } else { shown };
    Bar { name: name.to_owned(), value: ratio, shown, class }
}

fn state(words: Words, state: &'static str) -> Cell {
    let tone = match state {
        "" => return Cell::text(""),
        "trips" => "bad",
        "warns" => "warn",
        _ => "ok",
    };
    Cell::tag(tone, words.text(&format!("state.{state}")))
}

fn marks(words: Words, bounds: Bounds) -> Vec<Mark> {
    let mark = |key: &str, at: Option<i64>, class: &'static str| {
        at.map(|at| Mark { name: words.with(key, &[("limit", &percent(Some(at)))]), at, class })
    };
    mark("warns", bounds.warns, "c2").into_iter().chain(mark("trips", bounds.trips, "c3")).collect()
}
