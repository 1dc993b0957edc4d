//! The three sentences a reader of a summary needs first.
//!
//! **Invariant:** every change is on the same basis, and what is unknown is said to be unknown.

use super::ReportError;
use super::book::{Banks, balance, count, firms, this_month, this_year};
use super::facts::PeriodFacts;
use super::money_facts::{ClaimFact, FundMoney};
use super::pledges_by_kind::pledges;
use super::positions::{Books, Change, multiple, npl_ratio_change, same_basis};
use super::scope::missing_names;
use super::words::{self, say, signed_percent, wan, wan_delta, wan_size};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::IpKind;
use crate::i18n::Lang;

/// Balance, quality, compensation and fund.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn regulator(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<Vec<String>, ReportError> {
    Ok(vec![balance_sentence(facts, books, lang)?, quality_sentence(facts, books, lang)?, fund_sentence(facts, lang)?])
}

/// Pledges, loans and firms, insurance and compensation.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn market_supervision(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<Vec<String>, ReportError> {
    let month = facts.period;
    let of_year = |day: Option<chrono::NaiveDate>| day.is_some_and(|day| this_year(month, day));
    let of_month = |day: Option<chrono::NaiveDate>| day.is_some_and(|day| this_month(month, day));
    let now = pledges(facts, IpKind::ALL, |loan| of_month(loan.pledged_on));
    let year = pledges(facts, IpKind::ALL, |loan| of_year(loan.pledged_on));
    let pledged = say(
        lang,
        "conclusion.pledges",
        &[
            ("month", &words::month(lang, month)),
            ("items", &now.contracts().to_string()),
            ("rights", &now.rights().to_string()),
            ("year_items", &year.contracts().to_string()),
            ("year_rights", &year.rights().to_string()),
            ("year_firms", &year.firms().to_string()),
        ],
    );
    let book = &books.current;
    let loans = || book.all().map(|entry| entry.loan);
    let lending = if book.reported.is_empty() {
        say(lang, "conclusion.nobody_reported", &[("month", &words::month(lang, month))])
    } else {
        say(
            lang,
            "conclusion.lending",
            &[
                ("firms", &firms(loans()).to_string()),
                ("balance", &wan(balance(book.all())?)),
                ("first", &firms(loans().filter(|loan| loan.first_loan)).to_string()),
                ("start_up", &firms(loans().filter(|loan| loan.start_up)).to_string()),
                ("change", &change_clause(facts, books, lang)?),
                ("missing", &missing_clause(facts, lang)),
            ],
        )
    };
    Ok(vec![pledged, lending, fund_sentence(facts, lang)?])
}

fn balance_sentence(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<String, ReportError> {
    let book = &books.current;
    let month = words::month(lang, facts.period);
    if book.reported.is_empty() {
        return Ok(say(lang, "conclusion.nobody_reported", &[("month", &month)]));
    }
    let places = [
        ("month", month.as_str()),
        ("banks", &count(book.reported.iter()).to_string()),
        ("balance", &wan(balance(book.all())?)),
        ("loans", &count(book.all()).to_string()),
        ("firms", &firms(book.all().map(|entry| entry.loan)).to_string()),
        ("change", &change_clause(facts, books, lang)?),
        ("missing", &missing_clause(facts, lang)),
    ];
    Ok(say(lang, "conclusion.balance", &places))
}

fn everyone(facts: &PeriodFacts) -> Banks<'_> {
    facts.banks.iter().map(|bank| &bank.code).collect()
}

fn change_clause(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<String, ReportError> {
    let banks = everyone(facts);
    let Some(previous) = &books.previous else { return Ok(say(lang, "conclusion.no_previous", &[])) };
    let Some(change) = Change::of_balance(&banks, &books.current, Some(previous))? else {
        return Ok(say(lang, "conclusion.no_common", &[]));
    };
    let delta = change.delta()?;
    let key = match delta.get().signum() {
        1 => "conclusion.up",
        -1 => "conclusion.down",
        _ => "conclusion.flat",
    };
    let percent = change.growth()?.map_or_else(|| say(lang, "cell.not_applicable", &[]), signed_percent);
    let same = count(same_basis(&banks, &books.current, previous).iter()).to_string();
    Ok(say(lang, key, &[("banks", &same), ("amount", &wan_size(delta)), ("percent", &percent)]))
}

fn missing_clause(facts: &PeriodFacts, lang: Lang) -> String {
    let missing = missing_names(facts, lang);
    if missing.is_empty() {
        return String::new();
    }
    say(lang, "conclusion.missing", &[("banks", &words::list(lang, &missing))])
}

fn quality_sentence(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<String, ReportError> {
    let banks = everyone(facts);
    let book = &books.current;
    let whole = balance(book.all())?;
    if whole == Fen::ZERO {
        return Ok(say(lang, "conclusion.no_balance", &[]));
    }
    let bad = book.npl_balance(&banks)?;
    let change = match npl_ratio_change(&banks, book, books.previous.as_ref())? {
        None => say(lang, "conclusion.npl_unknown", &[]),
        Some(ppm) => {
            let key = match ppm.signum() {
                1 => "conclusion.npl_up",
                -1 => "conclusion.npl_down",
                _ => "conclusion.npl_flat",
            };
            say(lang, key, &[("points", signed_percent(ppm).trim_start_matches(['+', '-']))])
        }
    };
    let ratio = Ppm::ratio_half_up(bad, whole)?.percent();
    Ok(say(lang, "conclusion.quality", &[("npl", &wan(bad)), ("ratio", &ratio), ("change", &change)]))
}

fn fund_sentence(facts: &PeriodFacts, lang: Lang) -> Result<String, ReportError> {
    let month = facts.period;
    let filed: Vec<&ClaimFact> = facts.claims.iter().filter(|claim| this_month(month, claim.filed_on)).collect();
    let paid = || facts.payments.iter().filter(|payment| this_month(month, payment.paid_on));
    let ever = facts.payments.iter().filter(|payment| payment.paid_on <= month.last_day());
    let back = facts.recoveries.iter().filter(|recovery| recovery.on <= month.last_day());
    let places = [
        ("filed", filed.len().to_string()),
        ("claimed", wan(Fen::total(filed.iter().map(|claim| claim.claimed))?)),
        ("paid", count(paid()).to_string()),
        ("amount", wan(Fen::total(paid().map(|payment| payment.amount))?)),
        ("ever", wan(Fen::total(ever.map(|payment| payment.amount))?)),
        ("back", wan(Fen::total(back.map(|recovery| recovery.amount))?)),
        ("fund", fund_clause(facts.money.as_ref(), lang)),
    ];
    let borrowed: Vec<(&str, &str)> = places.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(say(lang, "conclusion.fund", &borrowed))
}

fn fund_clause(money: Option<&FundMoney>, lang: Lang) -> String {
    let Some(money) = money else { return say(lang, "conclusion.money_unknown", &[]) };
    let status =
        if money.reserved > money.capacity { "conclusion.over_capacity" } else { "conclusion.within_capacity" };
    let cover = match (multiple(money.reserved, money.free), multiple(money.capacity, money.free)) {
        (Some(now), Some(limit)) => {
            let status = say(lang, status, &[]);
            let reserved = wan(money.reserved);
            let places = [("reserved", &*reserved), ("multiple", &now), ("limit", &limit), ("status", &status)];
            say(lang, "conclusion.multiple", &places)
        }
        _ => say(lang, "conclusion.no_free_money", &[]),
    };
    say(
        lang,
        "conclusion.money",
        &[
            ("cash", &wan(money.cash)),
            ("floor", &wan(money.floor)),
            ("earmarked", &wan(money.earmarked)),
            ("ordered", &wan(money.ordered)),
            ("free", &wan_delta(money.free)),
            ("cover", &cover),
        ],
    )
}
