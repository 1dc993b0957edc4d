//! Partners, and how banks do.
//!
//! **Invariant:** a bank sees itself and no other.

use std::collections::BTreeMap;

use crate::domain::access::Permission as P;
use crate::domain::money::Ppm;
use crate::domain::partner_life::PartnerState;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::act_forms::offers;
use crate::screens::desk::{Desk, ratio};
use crate::screens::parts::{Words, show};
use crate::screens::{casework, words};
use crate::storage::rows::parties::PartnerRow;
use crate::usecase::lives::{Life, partner};
use crate::usecase::scorecards::{Card, Proposal, Reading, cards, proposals};
use crate::views::parts::{Cell, PartsView};

const fn page_words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.partners" }
}

fn within(desk: &Desk<'_>) -> Vec<PartnerRow> {
    desk.partners.values().filter(|partner| desk.reach.holds(Some(&partner.code))).cloned().collect()
}

/// Cards of the banks within reach, by code.
fn cards_of(desk: &mut Desk<'_>) -> Result<BTreeMap<String, Card>, PageError> {
    let all = cards(&mut desk.db, desk.app.fund_id(), desk.today)?;
    Ok(all
        .into_iter()
        .filter(|card| desk.reach.holds(Some(&card.bank)))
        .map(|card| (card.bank.clone(), card))
        .collect())
}

const fn share(ppm: Option<Ppm>) -> Cell {
    match ppm {
        Some(ppm) => Cell::Ratio { ppm: Some(ppm.get()) },
        None => Cell::Ratio { ppm: None },
    }
}

fn standing(say: Words, state: &PartnerState) -> Cell {
    match (&state.suspended, &state.waiting) {
        (Some((scope, since)), _) => {
            let scope = say.word("scope", scope.code());
            Cell::tag("bad", say.with("suspended", &[("scope", &scope), ("since", &since.to_string())]))
        }
        (None, Some(_)) => Cell::tag("warn", say.text("waiting")),
        (None, None) => Cell::tag("ok", say.text("standing")),
    }
}

pub(super) fn list(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = page_words(desk);
    let all_cards = cards_of(desk)?;
    let mut rows = Vec::new();
    for row in within(desk) {
        let state = partner::state(&mut desk.db, desk.app.fund_id(), &row.code)?;
        let card = all_cards.get(&row.code);
        let used = card.zip(row.limit_fen).and_then(|(card, limit)| ratio(card.tally.balance.get(), limit));
        rows.push(vec![
            Cell::link(row.name.clone(), format!("/partners/{}", link::segment(&row.code))),
            Cell::text(words::word(desk.lang, "page.partners.kind", &row.kind)),
            Cell::text(format!("{} — {}", row.agreed_from, row.agreed_to)),
            Cell::Money { fen: row.limit_fen },
            Cell::Money { fen: card.map(|card| card.tally.balance.get()) },
            used.map_or_else(|| Cell::text(""), |ppm| Cell::Meter { ppm }),
            card.map_or(Cell::Ratio { ppm: None }, |card| share(card.figures.npl_ratio)),
            card.map_or(Cell::Ratio { ppm: None }, |card| share(card.figures.claim_ratio)),
            standing(say, &state),
        ]);
    }
    let columns = ["name", "kind", "term", "*limit", "*balance", "used", "*npl", "*claims", "state"];
    let table = say.table("partners", &columns, rows);
    show(desk, "partners", &PartsView { tables: vec![table], ..say.page() })
}

pub(super) fn one(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = page_words(desk);
    let code = asked.place("code").to_owned();
    let row = within(desk).into_iter().find(|partner| partner.code == code).ok_or(PageError::NotFound)?;
    let state = partner::state(&mut desk.db, desk.app.fund_id(), &code)?;
    let card = cards_of(desk)?.remove(&code);
    let account = state
        .account
        .as_ref()
        .map(|account| format!("{} {} {} {}", account.holder, account.number, account.bank_name, account.bank_no));
    let mut lines = vec![
        ("code", Cell::code(row.code.clone())),
        ("kind", Cell::text(words::word(desk.lang, "page.partners.kind", &row.kind))),
        ("term", Cell::text(format!("{} — {}", row.agreed_from, row.agreed_to))),
        ("limit", Cell::Money { fen: row.limit_fen }),
        ("account", Cell::text(account.unwrap_or_default())),
        ("account_changed", Cell::Day { on: state.changed_on }),
        ("confirmers", Cell::text(state.confirmers.join("、"))),
    ];
    if let Some((successor, from)) = &state.succeeded_by {
        lines.push(("succeeded", Cell::text(format!("{} {from}", desk.name(successor.as_str())))));
    }
    let mut facts = vec![say.facts("agreement", lines)];
    if let Some(card) = &card {
        facts.push(say.facts("card", card_lines(card)));
    }
    let mut tables = Vec::new();
    if desk.may_for_fund(P::ReadPartners) {
        tables.push(say.table("breakers", &["breaker", "*value", "shows", "proposal"], readings(desk, say, &code)?));
    }
    let view = PartsView {
        title: row.name.clone(),
        help: String::new(),
        crumb: Some(crate::views::casework::Printable { label: say.text("title"), href: "/partners".to_owned() }),
        tags: vec![standing(say, &state)],
        facts,
        tables,
        offers: offers::offers(desk, Life::Partner, &code)?,
        passed: Some(casework::passed(desk, Life::Partner, &code)?),
        papers: Some((
            casework::papers(desk, Life::Partner, &code)?,
            format!("/papers/partner/{}", link::segment(&code)),
        )),
        ..PartsView::default()
    };
    show(desk, "partners", &view)
}

fn card_lines(card: &Card) -> Vec<(&'static str, Cell)> {
    let (tally, figures) = (&card.tally, &card.figures);
    vec![
        ("balance", Cell::money(tally.balance.get())),
        ("npl_balance", Cell::money(tally.npl_balance.get())),
        ("npl_ratio", share(figures.npl_ratio)),
        ("claim_ratio", share(figures.claim_ratio)),
        ("late_marking", share(figures.late_marking)),
        ("late_registration", share(figures.late_registration)),
        ("deficiency", share(figures.deficiency)),
        ("recovery", share(figures.recovery)),
        ("in_time", share(figures.in_time)),
        ("paid", Cell::money(tally.paid.get())),
        ("recovered", Cell::money(tally.recovered.get())),
    ]
}

/// What the breakers show of a bank, and what they propose.
fn readings(desk: &mut Desk<'_>, say: Words, code: &str) -> Result<Vec<Vec<Cell>>, PageError> {
    let all = proposals(&mut desk.db, desk.app.fund_id(), desk.today)?;
    let own = all.into_iter().filter(|reading| reading.bank.as_deref().is_none_or(|bank| bank == code));
    Ok(own.map(|reading| reading_row(say, code, &reading)).collect())
}

fn reading_row(say: Words, code: &str, reading: &Reading) -> Vec<Cell> {
    let proposal = match reading.proposal {
        Some(Proposal::Suspend(scope)) => {
            let figure = reading.gauge.as_ref().map(|gauge| gauge.shown.fraction()).unwrap_or_default();
            let asked = [("ground", reading.breaker.clone()), ("scope", scope.code().to_owned()), ("figure", figure)];
            let href = link::with_query(&offers::address(Life::Partner, code, "suspension_proposed"), &asked);
            Cell::link(say.text("propose_suspension"), href)
        }
        Some(Proposal::Release) => {
            Cell::link(say.text("propose_release"), offers::address(Life::Partner, code, "release_proposed"))
        }
        None => Cell::text(say.text("no_proposal")),
    };
    vec![
        Cell::text(reading.breaker.clone()),
        share(reading.gauge.as_ref().map(|gauge| gauge.shown)),
        gauge_tag(say, reading),
        proposal,
    ]
}

pub(super) fn scorecards(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
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

fn gauge_tag(say: Words, reading: &Reading) -> Cell {
    match &reading.gauge {
        Some(gauge) if gauge.tripped => Cell::tag("bad", say.text("tripped")),
        Some(gauge) if gauge.warned => Cell::tag("warn", say.text("warned")),
        Some(_) => Cell::tag("ok", say.text("calm")),
        None => Cell::tag("", say.text("unknown")),
    }
}
