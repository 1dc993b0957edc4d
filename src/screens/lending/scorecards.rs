//! How banks do, side by side; a bank sees its own line.
//!
//! **Invariant:** every figure is that of the scorecard, which is computed from the books alone.

use std::collections::BTreeMap;

use crate::domain::money::Ppm;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::figures;
use crate::screens::parts::{Words, show};
use crate::usecase::scorecards::Card;
use crate::views::parts::{Cell, PartsView};

/// Cards of the banks within reach, by code.
fn cards_of(desk: &mut Desk<'_>) -> Result<BTreeMap<String, Card>, PageError> {
    let all = figures::cards(desk)?;
    let within = all.iter().filter(|card| desk.reach.holds(Some(&card.bank)));
    Ok(within.map(|card| (card.bank.clone(), card.clone())).collect())
}

const fn share(ppm: Option<Ppm>) -> Cell {
    match ppm {
        Some(ppm) => Cell::Ratio { ppm: Some(ppm.get()) },
        None => Cell::Ratio { ppm: None },
    }
}

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.scorecards" };
    let all = cards_of(desk)?;
    let rows = all.values().map(|card| {
        let figures = &card.figures;
        vec![
            Cell::link(desk.name(&card.bank), format!("/partners/{}", link::segment(&card.bank))),
            Cell::money(card.tally.balance.get()),
            share(figures.npl_ratio),
            share(figures.claim_ratio),
            share(figures.late_marking),
            share(figures.late_registration),
            share(figures.deficiency),
            share(figures.recovery),
            share(figures.in_time),
        ]
    });
    let columns = [
        "bank",
        "*balance",
        "*npl",
        "*claims",
        "*late_marking",
        "*late_registration",
        "*deficiency",
        "*recovery",
        "*in_time",
    ];
    let table = say.table("cards", &columns, rows.collect());
    show(desk, "scorecards", &PartsView { tables: vec![table], ..say.page() })
}
