//! The list of partners.
//!
//! **Invariant:** figures are those of the scorecards; a bank sees itself only.

use std::sync::Arc;

use chrono::NaiveDate;

use super::breakers::shown;
use crate::domain::access::Permission;
use crate::domain::money::Ppm;
use crate::domain::names::PartnerKind;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::screens::desk::{Desk, ratio};
use crate::screens::words::word;
use crate::screens::{drawn, figures, named};
use crate::storage::rows::parties::PartnerRow as Stored;
use crate::usecase::lives::partner::Suspensions;
use crate::usecase::scorecards::{Card, Reading};
use crate::usecase::succession::Houses;
use crate::views::Choice;
use crate::views::charts::{Picture, banks, holdings};
use crate::views::measures::partners::{PartnerRow, PartnersView};

/// What the figures of partners are read from.
pub(super) struct Figures {
    pub cards: Arc<Vec<Card>>,
    pub readings: Arc<Vec<Reading>>,
    pub houses: Arc<Houses>,
    pub suspensions: Arc<Suspensions>,
}

impl Figures {
    pub fn load(desk: &mut Desk<'_>) -> Result<Figures, PageError> {
        Ok(Figures {
            readings: figures::readings(desk)?,
            cards: figures::cards(desk)?,
            houses: figures::houses(desk)?,
            suspensions: figures::suspensions(desk)?,
        })
    }

    pub fn card(&self, code: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.bank == code)
    }
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let read = Figures::load(desk)?;
    let (kind, search) = (asked.parameter("kind").to_owned(), asked.parameter("q").to_owned());
    let mut within: Vec<Stored> = desk
        .partners
        .values()
        .filter(|row| desk.reach.holds(Some(&row.code)))
        .filter(|row| kind.is_empty() || row.kind == kind)
        .filter(|row| search.is_empty() || row.code.contains(&search) || row.name.contains(&search))
        .cloned()
        .collect();
    // Banks first: theirs are the figures.
    within.sort_by_key(|row| (row.kind != PartnerKind::Bank.code(), row.kind.clone(), row.code.clone()));
    let rows: Vec<PartnerRow> = within.iter().map(|stored| row(desk, stored, &read)).collect();
    let pictures = if desk.reach.bank().is_none() { pictures(desk)? } else { Vec::new() };
    let sum = |of: fn(&PartnerRow) -> Option<i64>| rows.iter().filter_map(of).fold(0, i64::saturating_add);
    let kinds = PartnerKind::ALL
        .iter()
        .map(|kind| Choice { code: kind.code().to_owned(), name: word(desk.lang, "page.partner.kinds", kind.code()) });
    let everyone = if desk.reach.bank().is_none() { shown(desk, &read.readings, None) } else { Vec::new() };
    let view = PartnersView {
        pictures,
        limit: sum(|row| row.limit),
        balance: sum(|row| row.balance),
        exports: desk.may_for_fund(Permission::ReadPartners) && kind.is_empty() && search.is_empty(),
        kinds: kinds.collect(),
        kind,
        search,
        everyone,
        on: Some(desk.today),
        rows,
    };
    named::page(desk, "measures_partners", "partners", &view)
}

/// The banks beside one another, and what lies with each.
fn pictures(desk: &mut Desk<'_>) -> Result<Vec<Picture>, PageError> {
    let (compared, held) = drawn::banks(desk)?;
    Ok(vec![banks::picture(&compared, desk.lang), holdings::by_bank(&held, desk.lang)])
}

/// One partner with its figures.
pub(super) fn row(desk: &Desk<'_>, stored: &Stored, figures: &Figures) -> PartnerRow {
    let is_bank = stored.kind == PartnerKind::Bank.code();
    let held = figures.suspensions.of(&stored.code).filter(|_| is_bank);
    let card = figures.card(&stored.code);
    let balance = card.map(|card| card.tally.balance.get());
    let standing = figures.houses.standing(&stored.code);
    let stands_for_it = if standing == stored.code { String::new() } else { desk.name(standing) };
    let breakers = shown(desk, &figures.readings, Some(&stored.code));
    PartnerRow {
        alarm: breakers.iter().any(|one| one.state == "tripped" || one.state == "warned"),
        balance,
        used_ratio: balance.zip(stored.limit_fen).and_then(|(balance, limit)| ratio(balance, limit)),
        npl_ratio: card.and_then(|card| card.figures.npl_ratio).map(Ppm::get),
        claim_ratio: card.and_then(|card| card.figures.claim_ratio).map(Ppm::get),
        suspended: held.map(|(scope, _)| scope.code().to_owned()).unwrap_or_default(),
        suspended_since: held.map(|(_, since)| since),
        stands_for_it,
        breakers,
        ..agreed(desk, stored)
    }
}

/// What the agreement says.
pub(super) fn agreed(desk: &Desk<'_>, stored: &Stored) -> PartnerRow {
    PartnerRow {
        code: stored.code.clone(),
        name: stored.name.clone(),
        kind: word(desk.lang, "page.partner.kinds", &stored.kind),
        agreed_from: Some(stored.agreed_from),
        agreed_to: Some(stored.agreed_to),
        agreement: term(stored.agreed_from, stored.agreed_to, desk.today).to_owned(),
        limit: stored.limit_fen,
        ..PartnerRow::default()
    }
}

fn term(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> &'static str {
    if today < from {
        "coming"
    } else if to < today {
        "ended"
    } else {
        "running"
    }
}
