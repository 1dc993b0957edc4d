//! The pictures of the first page, drawn from its own table of months.
//!
//! **Invariant:** a picture shows the figures of the table beneath it and nothing else.

use serde::Serialize;

use super::dashboard::MonthPoint;
use crate::i18n::{self, Lang};
use crate::render;
use crate::svg::{self, Chart, Series};

/// Pictures of a series of months, as `<svg>` elements; empty without months.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MonthCharts {
    /// Money of the fund against the policy minimum and the contractual maximum.
    pub money: String,
    /// Balance of enrolled loans by tier.
    pub balance: String,
}

/// Draws the months in `lang`.
#[must_use]
pub fn of_months(months: &[MonthPoint], lang: Lang) -> MonthCharts {
    if months.is_empty() {
        return MonthCharts::default();
    }
    let text = |key: &str| i18n::text(lang, &format!("page.chart.{key}"), &[]);
    let labels: Vec<String> =
        months.iter().map(|m| m.month_end.map_or_else(String::new, |day| day.format("%y-%m").to_string())).collect();
    let series = |key: &str, class: &'static str, of: &dyn Fn(&MonthPoint) -> Option<i64>| Series {
        name: text(key),
        class,
        values: months.iter().map(of).collect(),
    };
    let tier = |from: usize, to: usize| {
        move |m: &MonthPoint| m.tiers.map(|tiers| tiers.iter().skip(from).take(to - from).sum::<i64>())
    };
    let format = match lang {
        Lang::Zh => render::wan,
        Lang::En => render::million,
    };
    let money = Chart {
        size: (660, 262),
        id: "chart-money",
        title: text("money_title"),
        unit: text("unit"),
        labels: labels.clone(),
        columns: vec![series("cash", "c1", &|m| Some(m.cash))],
        lines: vec![
            series("policy_minimum", "c2", &|m| Some(m.policy_minimum)),
            series("contractual_maximum", "c3", &|m| Some(m.contractual_maximum)),
        ],
        format,
    };
    let balance = Chart {
        size: (470, 372),
        id: "chart-balance",
        title: text("balance_title"),
        unit: text("unit"),
        labels,
        columns: vec![
            series("tier_normal", "c1", &tier(0, 1)),
            series("tier_special", "c4", &tier(1, 2)),
            series("tier_npl", "c5", &tier(2, 5)),
        ],
        lines: Vec::new(),
        format,
    };
    MonthCharts { money: svg::draw(&money), balance: svg::draw(&balance) }
}
