//! Lines that the measure draws: where they are, where the fund stands, and what happens there.
//!
//! **Invariant:** what happens is told in the words of the rulebook; whether a line is reached is told by exact amounts.

use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::breakers::Gauge;
use crate::domain::payout::case::{BankFacts, FundFacts};
use crate::domain::rulebook::vocabulary::BreakerScope;
use crate::domain::rulebook::{Breaker, Cap, CapRule, Origin, Rulebook};
use crate::http::error::PageError;
use crate::i18n::Lang;
use crate::rulebook::explain::{Article, explain};
use crate::screens::desk::Desk;
use crate::screens::figures;
use crate::screens::parts::Words;
use crate::storage::find::money;
use crate::usecase::bank_sums::{Watched, reading, watching};
use crate::usecase::scorecards::shows_on;
use crate::views::fund::FundStates;
use crate::views::parts::{Cell, Table};

/// A line with where the fund stands to it.
struct Line<'a> {
    name: String,
    bound: Cell,
    now: Cell,
    /// Reached; none where it is not for the fund to reach it.
    reached: Option<bool>,
    then: String,
    article: &'a str,
}

/// The lines of the version in force; an empty table before the fund has a measure.
pub(super) fn table(desk: &mut Desk<'_>, say: Words, states: &FundStates, minimum: i64) -> Result<Table, PageError> {
    let columns = ["line", "*bound", "*now", "state", "then", "article"];
    let Some(measure) = desk.governing.clone() else {
        return Ok(say.table("lines", &columns, Vec::new()));
    };
    let book = &measure.rulebook;
    let told = explain(book, desk.lang);
    let mut lines = own(book, &told, say, states, minimum);
    lines.extend(book.caps.iter().map(|cap| limit(cap, &told, desk.lang)));
    let in_force = crate::usecase::bank_sums::breakers_on(&desk.measures, desk.today).to_vec();
    let watched = desk.measures.for_loan(desk.today).map(|measure| explain(&measure.rulebook, desk.lang));
    let watched = watched.unwrap_or_default();
    for breaker in &in_force {
        lines.push(stop(desk, breaker, &watched, states)?);
    }
    Ok(say.table("lines", &columns, lines.into_iter().map(|line| cells(line, say)).collect()))
}

fn cells(line: Line<'_>, say: Words) -> Vec<Cell> {
    let state = match line.reached {
        None => Cell::text(""),
        Some(true) => Cell::tag("bad", say.text("line.reached")),
        Some(false) => Cell::tag("ok", say.text("line.kept")),
    };
    vec![Cell::text(line.name), line.bound, line.now, state, Cell::text(line.then), Cell::text(line.article)]
}

fn article(origin: &Origin) -> &str {
    origin.article.as_deref().unwrap_or_default()
}

/// What a clause says last: of payment, what happens when the money is short.
fn sentence(told: &[Article], clause: &str) -> String {
    let own = told.iter().rfind(|article| article.clause == clause && !article.heading);
    own.map_or_else(String::new, |one| one.text.clone())
}

/// The lines of the fund's own money: what must stay, what may be spent, what may be promised.
fn own<'a>(book: &'a Rulebook, told: &[Article], say: Words, states: &FundStates, minimum: i64) -> Vec<Line<'a>> {
    let sources = book.sources.as_ref().map_or("", |sources| article(&sources.origin));
    let line = |key: &str, bound: i64, now: i64, reached: bool, then: String| Line {
        name: say.text(&format!("line.{key}")),
        bound: Cell::money(bound),
        now: Cell::money(now),
        reached: Some(reached),
        then,
        article: sources,
    };
    let short = sentence(told, "timing");
    let plain = |key: &str| say.text(&format!("then.{key}"));
    let queue = if short.is_empty() { plain("free") } else { short };
    vec![
        line("floor", states.floor, states.cash, states.cash < states.floor, plain("floor")),
        line("free", 0, states.free, states.free < 0, queue),
        line("capacity", states.capacity, states.reserved, states.capacity < states.reserved, plain("capacity")),
        line("minimum", minimum, states.cash, states.cash < minimum, plain("minimum")),
    ]
}

/// A limit on payouts: a claim is cut there, the fund itself does not reach it.
fn limit<'a>(cap: &'a Cap, told: &[Article], lang: Lang) -> Line<'a> {
    let amount = match &cap.rule {
        CapRule::PerLoan(limit)
        | CapRule::PerBorrowerLife(limit)
        | CapRule::PerBorrowerYear(limit)
        | CapRule::PerBankYear(limit)
        | CapRule::PerSchemeYear(limit) => limit.fixed_amount().map(Fen::get),
        _ => None,
    };
    Line {
        name: named(&cap.origin, lang).unwrap_or_else(|| cap.id.to_string()),
        bound: Cell::Money { fen: amount },
        now: Cell::text(""),
        reached: None,
        then: sentence(told, &cap.id),
        article: article(&cap.origin),
    }
}

fn named(origin: &Origin, lang: Lang) -> Option<String> {
    origin.name.as_ref().map(|name| match lang {
        Lang::Zh => name.zh.to_string(),
        Lang::En => name.en.to_string(),
    })
}

fn stop<'a>(
    desk: &mut Desk<'_>,
    breaker: &'a Breaker,
    told: &[Article],
    states: &FundStates,
) -> Result<Line<'a>, PageError> {
    let gauge = match breaker.scope {
        BreakerScope::Scheme => scheme(desk, breaker, states)?,
        BreakerScope::Bank => worst(desk, breaker)?,
        _ => None,
    };
    Ok(Line {
        name: named(&breaker.origin, desk.lang).unwrap_or_else(|| breaker.id.to_string()),
        bound: Cell::Ratio { ppm: breaker.trips.known().map(|bound| bound.limit.get()) },
        now: Cell::Ratio { ppm: gauge.map(|gauge| gauge.shown.get()) },
        reached: gauge.map(|gauge| gauge.tripped),
        then: sentence(told, &breaker.id),
        article: article(&breaker.origin),
    })
}

fn scheme(desk: &mut Desk<'_>, breaker: &Breaker, states: &FundStates) -> Result<Option<Gauge>, PageError> {
    let left = states.cash.saturating_sub(states.earmarked).saturating_sub(states.ordered);
    let paid_in = money::paid_in(&mut desk.db, desk.app.fund_id())?;
    let fund = FundFacts {
        balance: Fen::try_new(left.max(0)).ok(),
        total: Fen::try_new(paid_in.max(0)).ok(),
        ..FundFacts::default()
    };
    Ok(shows_on(breaker, BankFacts::default(), fund, desk.today))
}

/// What the breaker shows at the bank where it shows most.
fn worst(desk: &mut Desk<'_>, breaker: &Breaker) -> Result<Option<Gauge>, PageError> {
    let own = std::slice::from_ref(breaker);
    if watching(own, Watched::Npl).or(watching(own, Watched::Claims)).is_none() {
        return Ok(None);
    }
    let mut worst: Option<Gauge> = None;
    for sum in figures::banks(desk)?.values() {
        let gauge = reading(Some(breaker), sum, desk.today)?;
        let shown = |gauge: &Option<Gauge>| gauge.map_or(Ppm::ZERO, |gauge| gauge.shown);
        if shown(&worst) <= shown(&gauge) {
            worst = gauge.or(worst);
        }
    }
    Ok(worst)
}
