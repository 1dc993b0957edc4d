//! The fund's money and its movements.
//!
//! **Invariant:** the balance beside a movement is the sum over all movements up to it, whatever is looked for.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::act_forms::offers;
use super::calculation::rulebook_label;
use super::desk::{Desk, ratio, span};
use super::money::funding;
use super::words::{self, word};
use super::{casework, dashboard, figures};
use crate::domain::access::Permission;
use crate::domain::money::FenDelta;
use crate::http::error::PageError;
use crate::storage::find::money;
use crate::storage::rows::money::LedgerLineRow;
use crate::usecase::UseCaseError;
use crate::usecase::kept::Booking;
use crate::usecase::lives::Life;
use crate::views::beijing;
use crate::views::charts::months;
use crate::views::fund::{FundMovement, FundStates, FundView, LedgerLine, SourceSum, StateRow};
use crate::views::query::PlainQuery;

/// Acts on the fund that are shown.
const ACTS_SHOWN: usize = 20;
/// Characters of the digest in a number that are shown.
const DIGEST_SHOWN: usize = 8;

/// The fund's money now; nothing before the fund is open.
pub(super) fn states(desk: &mut Desk<'_>) -> Result<FundStates, PageError> {
    let state = figures::fund_money(desk)?;
    let (Some(measure), Some(state)) = (&desk.governing, state) else { return Ok(FundStates::default()) };
    let capacity = state.capacity(measure.limits.multiple).map_err(UseCaseError::from)?.get();
    Ok(FundStates {
        cash: state.cash.get(),
        floor: state.floor.get(),
        earmarked: state.earmarked.get(),
        ordered: state.ordered.get(),
        free: state.free().map_err(UseCaseError::from)?.get(),
        reserved: state.reserved.get(),
        capacity,
        used_ratio: ratio(state.reserved.get(), capacity),
    })
}

pub(super) fn load(desk: &mut Desk<'_>, query: &PlainQuery) -> Result<FundView, PageError> {
    let fund_id = desk.app.fund_id();
    let bookings = figures::bookings(desk)?;
    let sources = sources(desk, &bookings);
    let found = matching(desk, &bookings, &query.search);
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let sum = |sign: i64| -> i64 {
        found.iter().map(|one| one.change.saturating_mul(sign)).filter(|change| *change > 0).sum()
    };
    let (sum_in, sum_out) = (sum(1), sum(-1));
    let (offset, limit) = span(query.page, total);
    let place = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
    let shown = sorted(desk, found, query).into_iter().skip(place(offset)).take(place(limit));
    let movements = shown.map(|one| movement(desk, &one)).collect();
    let id = fund_id.to_owned();
    let states = states(desk)?;
    let (calls, pending) = funding::asked(desk)?;
    let mut passed = casework::passed(desk, Life::Fund, &id)?;
    passed.truncate(ACTS_SHOWN);
    Ok(FundView {
        offers: offers::offers(desk, Life::Fund, &id)?,
        passed,
        shell: desk.shell()?,
        figures: state_rows(desk, &states)?,
        states,
        picture: months::money(&dashboard::months(desk)?, desk.lang),
        tables: vec![pending, calls, funding::sub_funds(desk)?],
        sources,
        movements,
        total,
        sum_in,
        sum_out,
        ..FundView::default()
    })
}

/// The states of money, each with the day of the last fact behind it and where it comes from.
fn state_rows(desk: &mut Desk<'_>, states: &FundStates) -> Result<Vec<StateRow>, PageError> {
    let fund_id = desk.app.fund_id();
    let Some(measure) = desk.governing.clone() else { return Ok(Vec::new()) };
    let booked = money::last_booking(&mut desk.db, fund_id)?;
    let promised = |desk: &mut Desk<'_>, kind: &str| -> Result<(Option<NaiveDate>, String), PageError> {
        let open = money::commitments_in_force(&mut desk.db, desk.app.fund_id(), kind)?;
        let count = open.iter().filter(|row| row.amount_fen > 0).count();
        let on = figures::promised_on(desk, kind)?;
        Ok((on, desk.text(&format!("page.fund.source.{kind}"), &[("count", &count.to_string())])))
    };
    let (earmarked, ordered) = (promised(desk, "earmarked")?, promised(desk, "ordered")?);
    let reserved_on = figures::promised_on(desk, "reserved")?;
    let rulebook = rulebook_label(desk, &measure.id, &measure.version);
    let today = Some(desk.today);
    let by_rule = |key: &str| desk.text(&format!("page.fund.source.{key}"), &[("rulebook", &rulebook)]);
    let plain = |key: &str| desk.text(&format!("page.fund.source.{key}"), &[]);
    let opens = |permission: Permission, href: &'static str| if desk.asker.may(permission) { href } else { "" };
    let row = |code, sign, amount, (on, source): (Option<NaiveDate>, String), href| StateRow {
        code,
        sign,
        amount,
        on,
        source,
        href,
    };
    let booked = booked.map_or((None, plain("no_booking")), |(on, tx_id)| {
        let number = number(fund_id, &tx_id);
        (Some(on), desk.text("page.fund.source.cash", &[("number", &number)]))
    });
    Ok(vec![
        row("cash", "", states.cash, booked, opens(Permission::ReadBooks, "/statements")),
        row("floor", "−", states.floor, (today, by_rule("floor")), opens(Permission::ReadRulebooks, "/rulebooks")),
        row("earmarked", "−", states.earmarked, earmarked, opens(Permission::ReadClaims, "/claims")),
        row("ordered", "−", states.ordered, ordered, "/payments"),
        row("free", "=", states.free, (today, plain("free")), ""),
        row(
            "reserved",
            "",
            states.reserved,
            (reserved_on, by_rule("reserved")),
            opens(Permission::ReadPortfolio, "/loans"),
        ),
        row("capacity", "", states.capacity, (today, by_rule("capacity")), opens(Permission::ReadReserve, "/reserve")),
    ])
}

fn sources(desk: &Desk<'_>, bookings: &[Booking]) -> Vec<SourceSum> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in bookings.iter().filter_map(|booking| booking.told.as_ref()) {
        let sum = sums.entry(&row.source).or_default();
        *sum = sum.saturating_add(row.amount_fen);
    }
    let sum = |(source, amount): (&str, i64)| SourceSum { source: word(desk.lang, "screen.source", source), amount };
    let mut sums: Vec<SourceSum> = sums.into_iter().map(sum).collect();
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.amount));
    sums
}

/// A booking, what it changed in the cash, and the balance after it.
struct Moved<'b> {
    booking: &'b Booking,
    change: i64,
    balance: i64,
}

/// The bookings in which a text stands, oldest first.
fn matching<'b>(desk: &Desk<'_>, bookings: &'b [Booking], search: &str) -> Vec<Moved<'b>> {
    let mut balance = 0_i64;
    let mut known: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    let mut word_holds = |keys, code: &'b str| {
        *known.entry((keys, code)).or_insert_with(|| word(desk.lang, keys, code).contains(search))
    };
    let mut found = Vec::new();
    for booking in bookings {
        let change: i64 = booking.lines.iter().filter(|line| line.account == "cash").map(signed).sum();
        balance = balance.saturating_add(change);
        let is_found = search.is_empty()
            || word_holds("screen.movement", &booking.head.kind)
            || booking.told.as_ref().is_some_and(|told| {
                let contract = told.contract.as_deref().unwrap_or_default();
                contract.contains(search) || word_holds("screen.source", &told.source)
            })
            || booking.head.memo.contains(search)
            || number(desk.app.fund_id(), &booking.head.tx_id).contains(search)
            || FenDelta::new(change).yuan().contains(search);
        found.extend(is_found.then_some(Moved { booking, change, balance }));
    }
    found
}

/// The movements in the order that is asked for; the newest first where none is.
fn sorted<'b>(desk: &Desk<'_>, mut found: Vec<Moved<'b>>, query: &PlainQuery) -> Vec<Moved<'b>> {
    match query.sort.as_str() {
        "on" => {}
        "kind" => found.sort_by_cached_key(|one| word(desk.lang, "screen.movement", &one.booking.head.kind)),
        "change" => found.sort_by_key(|one| one.change),
        _ => {
            found.reverse();
            return found;
        }
    }
    if query.descending {
        found.reverse();
    }
    found
}

/// Debits of an account raise it.
fn signed(line: &LedgerLineRow) -> i64 {
    if line.side == "debit" { line.amount_fen } else { line.amount_fen.saturating_neg() }
}

fn movement(desk: &Desk<'_>, moved: &Moved<'_>) -> FundMovement {
    let Booking { head, lines, told } = moved.booking;
    FundMovement {
        number: number(desk.app.fund_id(), &head.tx_id),
        on: Some(head.booked_on),
        kind: word(desk.lang, "screen.movement", &head.kind),
        source: told.as_ref().map(|row| word(desk.lang, "screen.source", &row.source)).unwrap_or_default(),
        contract: told.as_ref().and_then(|row| row.contract.clone()).unwrap_or_default(),
        note: head.memo.clone(),
        recorded: beijing(head.recorded_at),
        change: moved.change,
        balance: moved.balance,
        lines: lines.iter().map(|line| ledger_line(desk, line)).collect(),
    }
}

/// A number short enough to read out: the day and the start of the digest.
fn number(fund_id: &str, tx_id: &str) -> String {
    let own = tx_id.strip_prefix(fund_id).and_then(|rest| rest.strip_prefix(':')).unwrap_or(tx_id);
    match own.split_once(':') {
        Some((day, digest)) => format!("{day}-{}", digest.get(..DIGEST_SHOWN).unwrap_or(digest)),
        None => own.to_owned(),
    }
}

fn ledger_line(desk: &Desk<'_>, line: &LedgerLineRow) -> LedgerLine {
    let account = words::account(desk, &line.account);
    if line.side == "debit" {
        LedgerLine { account, debit: line.amount_fen, credit: 0 }
    } else {
        LedgerLine { account, debit: 0, credit: line.amount_fen }
    }
}
