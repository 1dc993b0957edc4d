//! The reserve: what the fund holds against what it may have to pay, month by month, and by bank.
//!
//! **Invariant:** the drawing shows the figures of the table beneath it.

use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::screens::desk::{Desk, ratio};
use crate::screens::parts::{Words, show};
use crate::screens::{dashboard, figures, fund};
use crate::views::charts;
use crate::views::parts::{Cell, PartsView};

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.reserve" };
    let states = fund::states(desk)?;
    let months = dashboard::months(desk)?;
    let minimum = months.last().map_or(0, |month| month.policy_minimum);
    let lines = vec![
        ("cash", Cell::money(states.cash)),
        ("floor", Cell::money(states.floor)),
        ("earmarked", Cell::money(states.earmarked)),
        ("ordered", Cell::money(states.ordered)),
        ("free", Cell::money(states.free)),
        ("reserved", Cell::money(states.reserved)),
        ("capacity", Cell::money(states.capacity)),
        ("minimum", Cell::money(minimum)),
        ("cover", Cell::Ratio { ppm: ratio(states.cash, minimum) }),
    ];
    let rows = months.iter().rev().map(|month| {
        vec![
            Cell::Day { on: month.month_end },
            Cell::money(month.cash),
            Cell::money(month.policy_minimum),
            Cell::money(month.contractual_maximum),
            Cell::Ratio { ppm: ratio(month.cash, month.policy_minimum) },
            Cell::Money { fen: month.outstanding },
            Cell::Ratio { ppm: month.npl_ratio },
        ]
    });
    let columns = ["month", "*cash", "*minimum", "*maximum", "*cover", "*outstanding", "*npl"];
    let months_table = say.table("months", &columns, rows.collect());
    let all = figures::cards(desk)?;
    let whole: i64 = all.iter().map(|card| card.tally.balance.get()).sum();
    let rows = all.iter().map(|card| {
        let balance = card.tally.balance.get();
        vec![
            Cell::text(desk.name(&card.bank)),
            Cell::money(balance),
            Cell::Ratio { ppm: ratio(balance, whole) },
            Cell::money(card.tally.npl_balance.get()),
            Cell::money(card.tally.claims_net.get()),
        ]
    });
    let banks = say.table("banks", &["bank", "*balance", "*share", "*npl_balance", "*claims"], rows.collect());
    let view = PartsView {
        chart: charts::of_months(&months, desk.lang).money,
        facts: vec![say.facts("level", lines)],
        tables: vec![months_table, banks],
        ..say.page()
    };
    show(desk, "reserve", &view)
}
