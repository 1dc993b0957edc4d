//! The months of the fund and of the book.
//!
//! **Invariant:** a month that nobody has reported leaves a gap, never a zero.

use super::{Picture, Words, amount};
use crate::i18n::Lang;
use crate::svg::{self, Chart, Series};
use crate::views::TierShown;
use crate::views::dashboard::{LevelPoint, MonthPoint};
use crate::views::parts::Cell;

/// Money of the fund against the policy minimum and the contractual maximum, month by month.
#[must_use]
pub fn money(months: &[MonthPoint], lang: Lang) -> Picture {
    let words = Words { lang, picture: "money" };
    let columns = ["month", "*cash", "*policy_minimum", "*contractual_maximum", "*cover"];
    let row = |m: &MonthPoint| {
        vec![
            Cell::Day { on: m.month_end },
            Cell::money(m.cash),
            Cell::money(m.policy_minimum),
            Cell::money(m.contractual_maximum),
            Cell::Ratio { ppm: super::share(m.cash, m.policy_minimum) },
        ]
    };
    let series = |key: &str, class: &'static str, of: fn(&MonthPoint) -> i64| Series {
        name: words.text(&format!("column.{key}")),
        class,
        values: months.iter().map(|month| Some(of(month))).collect(),
    };
    let drawn = svg::draw(&Chart {
        size: (660, 262),
        id: "chart-money",
        title: words.text("title"),
        unit: words.shared("unit"),
        labels: labels(months),
        columns: vec![series("cash", "c1", |m| m.cash)],
        lines: vec![
            series("policy_minimum", "c2", |m| m.policy_minimum),
            series("contractual_maximum", "c3", |m| m.contractual_maximum),
        ],
        format: amount(lang),
    });
    Picture {
        help: words.with("help", &[("count", &months.len().to_string())]),
        drawings: if months.is_empty() { Vec::new() } else { vec![drawn] },
        ..words.picture(&columns, months.iter().rev().map(row).collect(), Vec::new())
    }
}

/// Colour and pattern of each tier, mildest first.
const TIERS: [&str; 5] = ["c1", "c4", "c5", "c7", "c8"];

/// Balance of enrolled loans by tier, month by month.
#[must_use]
pub fn tiers(months: &[MonthPoint], lang: Lang) -> Picture {
    let words = Words { lang, picture: "tiers" };
    let name = |tier: &TierShown| crate::i18n::text(lang, &format!("page.tier.{}", tier.code()), &[]);
    let of = |m: &MonthPoint, place: usize| m.tiers.and_then(|tiers| tiers.get(place).copied());
    let columns =
        ["month", "*normal", "*special_mention", "*substandard", "*doubtful", "*loss", "*all", "*npl", "*unreported"];
    let row = |m: &MonthPoint| {
        let mut cells = vec![Cell::Day { on: m.month_end }];
        cells.extend((0..TIERS.len()).map(|place| Cell::Money { fen: of(m, place) }));
        cells.extend([
            Cell::Money { fen: m.outstanding },
            Cell::Ratio { ppm: m.npl_ratio },
            Cell::Count { count: super::count(m.missing_banks) },
        ]);
        cells
    };
    let series = |(place, tier): (usize, &TierShown)| Series {
        name: name(tier),
        class: TIERS.get(place).copied().unwrap_or("c6"),
        values: months.iter().map(|m| of(m, place)).collect(),
    };
    let drawn = svg::draw(&Chart {
        size: (560, 330),
        id: "chart-tiers",
        title: words.text("title"),
        unit: words.shared("unit"),
        labels: labels(months),
        columns: TierShown::ALL.iter().enumerate().map(series).collect(),
        lines: Vec::new(),
        format: amount(lang),
    });
    Picture {
        help: words.text("help"),
        drawings: if months.is_empty() { Vec::new() } else { vec![drawn] },
        ..words.picture(&columns, months.iter().rev().map(row).collect(), Vec::new())
    }
}

/// Levels of the fund day by day: what it holds, what it has promised, what it could promise.
#[must_use]
pub fn levels(days: &[LevelPoint], lang: Lang) -> Picture {
    let words = Words { lang, picture: "levels" };
    let columns = [
        "day",
        "*cash",
        "*earmarked",
        "*ordered",
        "*free",
        "*reserved",
        "*capacity",
        "*policy_minimum",
        "*contractual_maximum",
        "rulebook",
    ];
    let row = |d: &LevelPoint| {
        let mut cells = vec![Cell::Day { on: d.on }];
        let sums = [d.cash, d.earmarked, d.ordered, d.free, d.reserved, d.capacity];
        cells.extend(sums.into_iter().chain([d.policy_minimum, d.contractual_maximum]).map(Cell::money));
        cells.push(Cell::text(d.rulebook.clone()));
        cells
    };
    let series = |key: &str, class: &'static str, of: fn(&LevelPoint) -> i64| Series {
        name: words.text(&format!("column.{key}")),
        class,
        values: days.iter().map(|day| Some(of(day))).collect(),
    };
    let drawn = svg::draw(&Chart {
        size: (860, 262),
        id: "chart-levels",
        title: words.text("title"),
        unit: words.shared("unit"),
        labels: days.iter().map(|day| day.on.map_or_else(String::new, |on| on.to_string())).collect(),
        columns: Vec::new(),
        lines: vec![
            series("cash", "c1", |d| d.cash),
            series("policy_minimum", "c2", |d| d.policy_minimum),
            series("contractual_maximum", "c3", |d| d.contractual_maximum),
            series("reserved", "c6", |d| d.reserved),
        ],
        format: amount(lang),
    });
    Picture {
        help: words.with("help", &[("count", &days.len().to_string())]),
        drawings: if days.is_empty() { Vec::new() } else { vec![drawn] },
        ..words.picture(&columns, days.iter().rev().map(row).collect(), Vec::new())
    }
}

fn labels(months: &[MonthPoint]) -> Vec<String> {
    months.iter().map(|m| m.month_end.map_or_else(String::new, |day| day.format("%Y-%m").to_string())).collect()
}
