//! One bank statement with its lines: which booking each is, matched and set free by hand.
//!
//! **Invariant:** lines without a booking stand first; what may be chosen for a line moved the same amount the same way.

use std::collections::BTreeMap;

use super::statements::{address, refusal, words};
use crate::domain::access::Permission as P;
use crate::domain::money::FenDelta;
use crate::domain::personal::last_four;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::{Desk, span, unsigned};
use crate::screens::parts::{Words, keep_typed, show};
use crate::screens::{named as shapes, words as common};
use crate::storage::find::books;
use crate::storage::rows::books::{BankStatementLineRow, BankStatementRow};
use crate::storage::rows::money::LedgerTransactionRow;
use crate::usecase::UseCaseError;
use crate::usecase::books::Word;
use crate::usecase::books::account::{AccountView, bookings_of};
use crate::usecase::books::journal::summary;
use crate::usecase::books::matches::{self, LineShown};
use crate::usecase::books::statements::StatementFinding;
use crate::views::casework::Printable;
use crate::views::parts::{Cell, Facts, PartsView, SmallForm, Table};
use crate::views::query::page_links;
use crate::views::uploads::FormError;

/// What the lines can be narrowed to.
const SHOWN: [&str; 3] = ["all", "open", "matched"];

/// What the address asks for.
struct Asked<'a> {
    show: &'a str,
    page: u64,
    line: &'a str,
}

impl<'a> Asked<'a> {
    fn of(named: &'a Named) -> Asked<'a> {
        let show = Some(named.parameter("show")).filter(|show| SHOWN.contains(show)).unwrap_or(SHOWN[0]);
        Asked { show, page: named.parameter("page").parse().unwrap_or(1), line: named.parameter("line") }
    }
}

fn statement(desk: &mut Desk<'_>, named: &Named) -> Result<BankStatementRow, PageError> {
    books::statement(&mut desk.db, desk.app.fund_id(), named.place("id"))?.ok_or(PageError::NotFound)
}

pub(super) fn load(desk: &mut Desk<'_>, named: &Named) -> Result<PageView, PageError> {
    let row = statement(desk, named)?;
    let view = view(desk, &row, &Asked::of(named), Vec::new())?;
    show(desk, "statements", &view)
}

fn view(
    desk: &mut Desk<'_>,
    row: &BankStatementRow,
    asked: &Asked<'_>,
    errors: Vec<FormError>,
) -> Result<PartsView, PageError> {
    let say = words(desk);
    let fund_id = desk.app.fund_id();
    let mut lines = matches::lines_of(&mut desk.db, fund_id, &row.statement_id)?;
    let open = lines.iter().filter(|one| one.booking().is_none()).count();
    let counts = [lines.len(), open, lines.len().saturating_sub(open)];
    let here = |show: &str, page: u64| {
        let page = if page > 1 { page.to_string() } else { String::new() };
        link::with_query(&address(&row.statement_id), &[("show", show.to_owned()), ("page", page)])
    };
    let tabs = SHOWN.iter().zip(counts).map(|(show, count)| {
        let mut tab = say.tab(show, here(show, 1), *show == asked.show);
        tab.label = format!("{} {count}", tab.label);
        tab
    });
    let tabs = tabs.collect();
    let (mut forms, mut note) = (Vec::new(), None);
    if desk.may_for_fund(P::KeepBooks)
        && let Some(one) = lines.iter().find(|one| one.line.line_id == asked.line)
    {
        match hand_form(desk, say, row, one)? {
            Ok(form) => forms.push(form),
            Err(words) => note = Some(("", words)),
        }
    }
    lines.retain(|one| match asked.show {
        "open" => one.booking().is_none(),
        "matched" => one.booking().is_some(),
        _ => true,
    });
    lines.sort_by_key(|one| (one.booking().is_some(), std::cmp::Reverse(one.line.booked_on)));
    let total = unsigned(i64::try_from(lines.len()).unwrap_or(i64::MAX));
    let (first, most) = span(asked.page, total);
    let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let shown: Vec<&LineShown> = lines.iter().skip(index(first)).take(index(most)).collect();
    let mut table = lines_table(desk, say, row, &shown, asked)?;
    table.title = say.with("table.lines", &[("open", &open.to_string()), ("all", &counts[0].to_string())]);
    table.pager = (total > 0).then(|| page_links(total, asked.page, |page| here(asked.show, page)));
    Ok(PartsView {
        title: say.with("of_span", &[("from", &row.from_on.to_string()), ("to", &row.to_on.to_string())]),
        crumb: Some(Printable { label: say.text("title"), href: "/statements".to_owned() }),
        tabs,
        errors,
        note,
        facts: vec![facts(desk, say, row)],
        forms,
        tables: vec![table],
        ..PartsView::default()
    })
}

fn facts(desk: &Desk<'_>, say: Words, row: &BankStatementRow) -> Facts {
    let findings = StatementFinding::of(row).into_iter().map(|finding| {
        let places: Vec<(&str, &str)> =
            finding.places.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        i18n::text(desk.lang, &format!("statement.finding.{}", finding.code), &places)
    });
    let findings = findings.collect::<Vec<_>>().join(&desk.text("import.separator", &[]));
    let lines = vec![
        ("account", Cell::text(format!("****{}", last_four(&row.account)))),
        ("ledger_account", Cell::text(common::account(desk, &row.ledger_account))),
        ("opening", Cell::yuan(row.opening_fen)),
        ("closing", Cell::yuan(row.closing_fen)),
        ("file", Cell::text(row.file_name.clone())),
        ("by", Cell::text(row.person.clone())),
        ("findings", Cell::text(findings)),
    ];
    say.facts("statement", lines)
}

/// A booking as a person knows it: day, kind and memo.
fn booking_words(desk: &Desk<'_>, tx: &LedgerTransactionRow) -> String {
    format!("{} {}", tx.booked_on, summary(&tx.kind, &tx.memo, desk.lang))
}

/// What can be done with one line: choose its booking, or set it free; in words where no booking fits.
fn hand_form(
    desk: &mut Desk<'_>,
    say: Words,
    row: &BankStatementRow,
    one: &LineShown,
) -> Result<Result<SmallForm, String>, PageError> {
    let line = &one.line;
    let told = [
        line.booked_on.to_string(),
        say.word("direction", &line.direction),
        FenDelta::new(line.amount_fen).yuan(),
        line.counterparty_name.clone(),
        line.text.clone(),
    ];
    let told = told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
    let mut form = if one.booking().is_some() {
        say.form("unmatch", vec![say.field("reason", "text", true, "")])
    } else {
        let account = AccountView::load(&mut desk.db, desk.app.fund_id(), &row.ledger_account)?;
        let found = matches::candidates(&account, line)?;
        let options: Vec<(String, String)> =
            found.iter().map(|one| (one.tx.tx_id.clone(), booking_words(desk, &one.tx))).collect();
        let Some((first, _)) = options.first().cloned() else {
            return Ok(Err(say.with("no_candidate", &[("line", &told)])));
        };
        say.form("match", vec![say.choice("booking", true, &first, options), say.field("reason", "text", false, "")])
    };
    form.help = told;
    form.hidden.push(("line".to_owned(), line.line_id.clone()));
    Ok(Ok(form))
}

fn lines_table(
    desk: &mut Desk<'_>,
    say: Words,
    row: &BankStatementRow,
    shown: &[&LineShown],
    asked: &Asked<'_>,
) -> Result<Table, PageError> {
    let keeps = desk.may_for_fund(P::KeepBooks);
    let all = bookings_of(&mut desk.db, desk.app.fund_id(), &row.ledger_account)?;
    let bookings: BTreeMap<&str, &LedgerTransactionRow> =
        all.iter().map(|one| (one.tx.tx_id.as_str(), &one.tx)).collect();
    let to = |line: &BankStatementLineRow| {
        let page = if asked.page > 1 { asked.page.to_string() } else { String::new() };
        let pairs = [("show", asked.show.to_owned()), ("page", page), ("line", line.line_id.clone())];
        link::with_query(&address(&row.statement_id), &pairs)
    };
    let rows = shown.iter().map(|one| {
        let line = &one.line;
        let booking = one.booking().and_then(|id| bookings.get(id)).map(|tx| booking_words(desk, tx));
        let rule = one.matched.as_ref().filter(|row| row.tx_id.is_some());
        let rule = rule.map(|row| common::word(desk.lang, "statement.rule", &row.rule)).unwrap_or_default();
        let act = if one.booking().is_some() { "unmatch" } else { "match" };
        let mut cells = vec![
            Cell::day(line.booked_on),
            Cell::text(say.word("direction", &line.direction)),
            Cell::yuan(line.amount_fen),
            Cell::text(line.counterparty_name.clone()),
            Cell::text(format!("{} {}", line.reference, line.text).trim()),
            match booking {
                Some(words) => Cell::text(words),
                None => Cell::tag("warn", say.text("open")),
            },
            Cell::text(rule),
        ];
        if keeps {
            cells.push(Cell::link(say.text(&format!("do.{act}_line")), to(line)));
        }
        cells
    });
    let mut columns = vec!["on", "direction", "*amount", "counterparty", "text", "booking", "rule"];
    if keeps {
        columns.push("do");
    }
    Ok(say.table("lines", &columns, rows.collect()))
}

pub(super) fn act(here: Here<'_>, named: &Named, form: &Submission) -> Result<Acted, PageError> {
    let mut desk = here.desk()?;
    let row = statement(&mut desk, named)?;
    let line = form.field("line");
    let own = books::line(&mut desk.db, here.app.fund_id(), line)?;
    drop(desk);
    if own.is_none_or(|own| own.statement_id != row.statement_id) {
        return Err(PageError::NotFound);
    }
    let asked = Asked { line, ..Asked::of(named) };
    let mut faults = Faults::new(here.lang);
    let at = form.field("form");
    match carry(here, form, line) {
        Ok(()) => {
            let page = if asked.page > 1 { asked.page.to_string() } else { String::new() };
            let pairs = [("show", asked.show.to_owned()), ("page", page), ("done", "saved".to_owned())];
            return Ok(Acted::SeeOther(link::with_query(&address(&row.statement_id), &pairs)));
        }
        Err(error) if error.is_refusal() => faults.say(&format!("h-{at}"), refusal(here, &error)),
        Err(error) => return Err(error.into()),
    }
    let mut view = view(&mut here.desk()?, &row, &asked, faults.found)?;
    keep_typed(&mut view, form);
    shapes::again(here, "parts", "statements", &view)
}

fn carry(here: Here<'_>, form: &Submission, line: &str) -> Result<(), UseCaseError> {
    let word = Word { by: &here.asker.name, note: form.field("reason"), on: here.app.store.clock().today() };
    match form.field("form") {
        "unmatch" => matches::unmatch(here.app, line, word).map(drop),
        _ => matches::match_by_person(here.app, line, form.field("booking"), word).map(drop),
    }
}
