//! The reconciliation of a chosen day (银行存款余额调节表), to be printed and signed.
//!
//! **Invariant:** it is made from the books each time; the note is printed and kept nowhere.

use chrono::NaiveDate;

use super::statements::{tabs, words};
use crate::domain::calendar::Month;
use crate::domain::money::FenDelta;
use crate::domain::personal::last_four;
use crate::domain::reconciliation::Movement;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::words as common;
use crate::usecase::books::periods;
use crate::usecase::books::reconciliation::{Reconciled, reconcile_all};
use crate::views::parts::{Cell, Facts, PartsView, SmallForm, Table};
use crate::views::uploads::FormError;

/// Longest note printed, in characters.
const LONGEST_NOTE: usize = 500;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let say = words(desk);
    let typed = asked.parameter("on");
    let mut errors = Vec::new();
    let on = match read_date(&CellValue::from_text(typed)) {
        DateReading::Day(day) => day,
        _ => {
            if !typed.is_empty() {
                let text = say.with("error.day", &[("found", typed)]);
                errors.push(FormError { field: "on".to_owned(), text });
            }
            desk.today
        }
    };
    let note: String = asked.parameter("note").chars().filter(|c| !c.is_control()).take(LONGEST_NOTE).collect();
    let told = if note.is_empty() { closing_note(desk, on)? } else { note.clone() };
    let all = reconcile_all(&mut desk.db, desk.app.fund_id(), on)?;
    let mut facts = Vec::new();
    let mut tables = Vec::new();
    for (nth, one) in all.iter().enumerate() {
        facts.push(balance(desk, say, nth, one));
        tables.extend(open_items(desk, say, nth, one, all.len() > 1));
    }
    let shown = if typed.is_empty() { on.to_string() } else { typed.to_owned() };
    let fields = vec![say.field("on", "day", true, &shown), say.field("note", "text", false, &note)];
    let form = say.form("day", fields);
    let view = PartsView {
        title: say.with("reconciled_on", &[("on", &on.to_string())]),
        help: say.text("reconciled_help"),
        tabs: tabs(say, "reconciliation"),
        note: match (all.is_empty(), told.is_empty()) {
            (true, _) => Some(("info", say.text("none.statements"))),
            (false, true) => None,
            (false, false) => Some(("info", say.with("noted", &[("note", &told)]))),
        },
        forms: vec![SmallForm { method: "get", hidden: Vec::new(), ..form }],
        prints: !all.is_empty(),
        errors,
        facts,
        tables,
        ..PartsView::default()
    };
    show(desk, "statements", &view)
}

/// What was said when the month that ends on this day was proposed to be closed.
fn closing_note(desk: &mut Desk<'_>, on: NaiveDate) -> Result<String, PageError> {
    let month = Month::of(on);
    if on != month.last_day() {
        return Ok(String::new());
    }
    let step = periods::standing(&mut desk.db, desk.app.fund_id(), month)?;
    Ok(step.map(|step| step.note).unwrap_or_default())
}

/// Both balances of one account of the books, each adjusted by what only the other side has.
fn balance(desk: &Desk<'_>, say: Words, nth: usize, one: &Reconciled) -> Facts {
    let told = &one.statement;
    let sum = |items: &[Movement]| Cell::yuan(items.iter().map(|item| item.amount.get()).sum::<i64>());
    let agrees =
        if told.agrees() { Cell::tag("ok", say.text("agrees")) } else { Cell::tag("bad", say.text("differs")) };
    let numbers: Vec<String> = one.bank_accounts.iter().map(|number| format!("****{}", last_four(number))).collect();
    let account = format!("{} {}", common::account(desk, &one.ledger_account), numbers.join(" "));
    let lines = vec![
        ("ledger_account", Cell::text(account)),
        ("agrees", agrees),
        ("book", Cell::yuan(told.book.get())),
        ("bank", Cell::Yuan { fen: told.bank.map(FenDelta::get) }),
        ("bank_received", sum(&told.bank_received)),
        ("book_received", sum(&told.book_received)),
        ("bank_paid", sum(&told.bank_paid)),
        ("book_paid", sum(&told.book_paid)),
        ("adjusted_book", Cell::yuan(told.adjusted_book.get())),
        ("adjusted_bank", Cell::Yuan { fen: told.adjusted_bank.map(FenDelta::get) }),
        ("difference", Cell::Yuan { fen: told.difference.map(FenDelta::get) }),
        ("on", Cell::day(told.on)),
    ];
    Facts { id: format!("balance-{nth}"), ..say.facts("balance", lines) }
}

/// The four lists of what stands on one side only.
fn open_items(desk: &Desk<'_>, say: Words, nth: usize, one: &Reconciled, is_named: bool) -> Vec<Table> {
    let told = &one.statement;
    let lists = [
        ("bank_received", &told.bank_received),
        ("bank_paid", &told.bank_paid),
        ("book_received", &told.book_received),
        ("book_paid", &told.book_paid),
    ];
    let table = |(id, items): (&str, &Vec<Movement>)| {
        let rows = items.iter().map(|item| {
            let text = Cell::text(item.text.clone());
            vec![Cell::day(item.on), Cell::yuan(item.amount.get()), text, Cell::code(item.id.clone())]
        });
        let mut table = say.table("items", &["on", "*amount", "text", "number"], rows.collect());
        let name = say.with("in_yuan", &[("what", &say.text(&format!("fact.{id}")))]);
        let account = if is_named { common::account(desk, &one.ledger_account) } else { String::new() };
        table.title = format!("{account} {} ({})", name, items.len()).trim().to_owned();
        table.id = format!("{id}-{nth}");
        if !items.is_empty() {
            let sum = items.iter().map(|item| item.amount.get()).sum();
            table.foot = vec![Cell::text(say.text("sum")), Cell::yuan(sum), Cell::text(""), Cell::text("")];
        }
        table
    };
    lists.into_iter().map(table).collect()
}
