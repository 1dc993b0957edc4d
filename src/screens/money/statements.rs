//! Bank statements: taken in, listed with what is open in them.
//!
//! **Invariant:** a number of an account is shown by its last characters only.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::access::Permission as P;
use crate::domain::money::FenDelta;
use crate::domain::personal::last_four;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::import::statement::Told;
use crate::link;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::{Desk, span, unsigned};
use crate::screens::parts::{Words, keep_typed, show};
use crate::screens::{named, words as common};
use crate::storage::find::{books, money};
use crate::storage::rows::books::BankStatementRow;
use crate::usecase::UseCaseError;
use crate::usecase::books::matches::{self, DAYS_APART};
use crate::usecase::books::statements::{Incoming, StatementFinding, import_statement};
use crate::usecase::books::{Word, is_bank_account};
use crate::views::parts::{Cell, PartsView, SmallForm, Tab, Table};
use crate::views::query::page_links;
use crate::views::uploads::FormError;

/// The account where nothing else is said.
const CASH: &str = "cash";

pub(super) const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.statements" }
}

/// The parts of what is known of the bank.
pub(super) fn tabs(say: Words, current: &str) -> Vec<Tab> {
    let tab = |key: &str, href: &str| say.tab(key, href, key == current);
    vec![tab("list", "/statements"), tab("reconciliation", "/statements/reconciliation")]
}

/// Address of the page of a statement.
pub(super) fn address(statement_id: &str) -> String {
    format!("/statements/{}", link::segment(statement_id))
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let page = asked.parameter("page").parse().unwrap_or(1);
    let view = view(desk, page, Vec::new())?;
    show(desk, "statements", &view)
}

fn view(desk: &mut Desk<'_>, page: u64, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let mut all = books::statements(&mut desk.db, desk.app.fund_id())?;
    let known = known_accounts(desk, &all);
    all.sort_by(|a, b| (b.to_on, &b.statement_id).cmp(&(a.to_on, &a.statement_id)));
    let mut forms = Vec::new();
    if desk.may_for_fund(P::KeepBooks) {
        forms.push(send_form(desk, say, known)?);
        forms.push(SmallForm { help: say.text("by_rule"), ..say.form("match_all", Vec::new()) });
    }
    let table = table(desk, say, &all, page)?;
    Ok(PartsView { tabs: tabs(say, "list"), forms, tables: vec![table], errors, ..say.page() })
}

/// The form that takes a file: an account that is known is chosen, a new one is typed.
fn send_form(desk: &mut Desk<'_>, say: Words, known: Vec<(String, String)>) -> Result<SmallForm, PageError> {
    let mut fields = Vec::new();
    if !known.is_empty() {
        let first = known.first().map(|(code, _)| code.clone()).unwrap_or_default();
        fields.push(say.choice("known", false, &first, known));
    }
    let is_first = fields.is_empty();
    fields.push(say.field("account", "text", is_first, ""));
    let ledgers = ledger_accounts(desk)?;
    if ledgers.len() > 1 {
        fields.push(say.choice("ledger", false, if is_first { CASH } else { "" }, ledgers));
    }
    for (name, kind) in [("from", "day"), ("to", "day"), ("opening", "money"), ("closing", "money")] {
        fields.push(say.field(name, kind, false, ""));
    }
    Ok(SmallForm { files: true, help: say.text("kinds"), ..say.form("send", fields) })
}

/// Bank accounts that have statements: by the latest statement of each, named by the last characters.
fn known_accounts(desk: &Desk<'_>, all: &[BankStatementRow]) -> Vec<(String, String)> {
    let mut last: BTreeMap<&str, &BankStatementRow> = BTreeMap::new();
    for row in all {
        last.insert(&row.account, row);
    }
    let label = |row: &BankStatementRow| {
        format!("****{} {}", last_four(&row.account), common::account(desk, &row.ledger_account))
    };
    last.into_values().map(|row| (row.statement_id.clone(), label(row))).collect()
}

/// Accounts of the books that hold money at a bank.
fn ledger_accounts(desk: &mut Desk<'_>) -> Result<Vec<(String, String)>, PageError> {
    let booked = money::balances(&mut desk.db, desk.app.fund_id())?;
    let mut codes: Vec<String> =
        booked.into_iter().map(|row| row.account).filter(|code| is_bank_account(code)).collect();
    if !codes.iter().any(|code| code == CASH) {
        codes.insert(0, CASH.to_owned());
    }
    Ok(codes.into_iter().map(|code| (code.clone(), common::account(desk, &code))).collect())
}

fn table(desk: &mut Desk<'_>, say: Words, all: &[BankStatementRow], page: u64) -> Result<Table, PageError> {
    let mut counts: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for line in matches::lines(&mut desk.db, desk.app.fund_id())? {
        let (lines, open) = counts.entry(line.line.statement_id.clone()).or_default();
        *lines = lines.saturating_add(1);
        *open = open.saturating_add(i64::from(line.booking().is_none()));
    }
    let total = unsigned(i64::try_from(all.len()).unwrap_or(i64::MAX));
    let (first, most) = span(page, total);
    let index = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    let rows = all.iter().skip(index(first)).take(index(most)).map(|row| {
        let findings = StatementFinding::of(row).len();
        let (lines, open) = counts.get(&row.statement_id).copied().unwrap_or_default();
        vec![
            Cell::link(format!("{} — {}", row.from_on, row.to_on), address(&row.statement_id)),
            Cell::text(format!("****{}", last_four(&row.account))),
            Cell::text(common::account(desk, &row.ledger_account)),
            Cell::yuan(row.opening_fen),
            Cell::yuan(row.closing_fen),
            Cell::Count { count: lines },
            if open > 0 { Cell::tag("warn", open.to_string()) } else { Cell::tag("ok", "0") },
            Cell::Count { count: lines.saturating_sub(open) },
            if findings > 0 { Cell::tag("warn", findings.to_string()) } else { Cell::tag("ok", "0") },
            Cell::text(row.person.clone()),
        ]
    });
    let columns = ["span", "account", "ledger", "*opening", "*closing", "*lines", "open", "*matched", "findings", "by"];
    let mut table = say.table("statements", &columns, rows.collect());
    let in_address = |page: u64| link::with_query("/statements", &[("page", page.to_string())]);
    table.pager = (!table.rows.is_empty()).then(|| page_links(total, page, in_address));
    Ok(table)
}

pub(super) fn act(here: Here<'_>, form: &Submission) -> Result<Acted, PageError> {
    let mut faults = Faults::new(here.lang);
    match carry(here, form, &mut faults) {
        Ok(to) if faults.found.is_empty() => {
            return Ok(Acted::SeeOther(link::with_query(&to, &[("done", "saved".to_owned())])));
        }
        Ok(_) => {}
        Err(error) if error.is_refusal() => faults.say("h-send", refusal(here, &error)),
        Err(error) => return Err(error.into()),
    }
    let mut view = view(&mut here.desk()?, 1, faults.found)?;
    keep_typed(&mut view, form);
    named::again(here, "parts", "statements", &view)
}

/// A refusal in words of the page: what the console says of its own options stands here by the names of the fields.
pub(super) fn refusal(here: Here<'_>, error: &UseCaseError) -> String {
    let key = format!("page.statements.refused.{}", error.code());
    if i18n::texts(here.lang).contains_key(&key) { i18n::text(here.lang, &key, &[]) } else { error.text(here.lang) }
}

/// Does what the form asks. Gives the page that shows it.
fn carry(here: Here<'_>, form: &Submission, faults: &mut Faults) -> Result<String, UseCaseError> {
    let word = Word { by: &here.asker.name, note: "", on: here.app.store.clock().today() };
    match form.field("form") {
        "match_all" => {
            matches::match_by_rule(here.app, DAYS_APART, word)?;
            Ok("/statements".to_owned())
        }
        _ => send(here, form, faults, word),
    }
}

fn send(here: Here<'_>, form: &Submission, faults: &mut Faults, word: Word<'_>) -> Result<String, UseCaseError> {
    let list = || Ok("/statements".to_owned());
    let Some(file) = form.files.first() else {
        faults.say("send-file", i18n::text(here.lang, "page.upload.error.file", &[]));
        return list();
    };
    let mut amounts: BTreeMap<&str, Option<FenDelta>> = BTreeMap::new();
    for name in ["opening", "closing"] {
        let typed = form.field(name).replace(',', "");
        let read = FenDelta::from_yuan(&typed);
        if !typed.is_empty() && read.is_err() {
            faults.say(name, i18n::text(here.lang, "page.statements.error.amount", &[("found", &typed)]));
        }
        amounts.insert(name, read.ok());
    }
    let mut days: BTreeMap<&str, Option<NaiveDate>> = BTreeMap::new();
    for name in ["from", "to"] {
        days.insert(name, day(form, name, faults));
    }
    if !faults.found.is_empty() {
        return list();
    }
    // A new number goes before an account that is known.
    let known = if form.field("account").is_empty() { form.field("known") } else { "" };
    let known = books::statement(&mut *here.app.store.read()?, here.app.fund_id(), known)?;
    let (account, ledger) = match &known {
        Some(row) => (row.account.as_str(), row.ledger_account.as_str()),
        None => (form.field("account"), Some(form.field("ledger")).filter(|code| !code.is_empty()).unwrap_or(CASH)),
    };
    let amount = |name: &str| amounts.get(name).copied().flatten();
    let on = |name: &str| days.get(name).copied().flatten();
    let told = Told {
        account: account.to_owned(),
        opening: amount("opening"),
        closing: amount("closing"),
        from: on("from"),
        to: on("to"),
    };
    let incoming = Incoming { file: &file.name, bytes: &file.bytes, told: &told, ledger_account: ledger };
    let taken = import_statement(here.app, &incoming, word)?;
    Ok(taken.statements.last().map_or_else(|| "/statements".to_owned(), |row| address(&row.statement_id)))
}

/// A day of a field; none where it is left empty.
pub(super) fn day(form: &Submission, name: &str, faults: &mut Faults) -> Option<NaiveDate> {
    let typed = form.field(name);
    if typed.is_empty() {
        return None;
    }
    match read_date(&CellValue::from_text(typed)) {
        DateReading::Day(day) => Some(day),
        _ => {
            faults.add(name, "page.statements.error.day", &[("found", typed)]);
            None
        }
    }
}
