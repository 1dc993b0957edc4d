//! Bank statements: taken in, matched, reconciled.
//!
//! **Invariant:** a number of an account is shown by its last characters only.

use std::collections::BTreeMap;

use crate::domain::access::Permission as P;
use crate::domain::money::FenDelta;
use crate::domain::personal::last_four;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::PageView;
use crate::i18n;
use crate::import::statement::Told;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::parts::{Words, keep_typed, show};
use crate::storage::find::books;
use crate::usecase::UseCaseError;
use crate::usecase::books::Word;
use crate::usecase::books::matches::{self, DAYS_APART, LineShown};
use crate::usecase::books::reconciliation::{Reconciled, reconcile_all};
use crate::usecase::books::statements::{Incoming, StatementFinding, import_statement};
use crate::views::parts::{Cell, Facts, PartsView, SmallForm, Table};
use crate::views::uploads::FormError;

/// Most lines that are shown; those without a booking come first.
const MOST: usize = 200;

const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.statements" }
}

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let view = view(desk, Vec::new())?;
    show(desk, "statements", &view)
}

fn view(desk: &mut Desk<'_>, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let fund_id = desk.app.fund_id();
    let keeps = desk.may_for_fund(P::KeepBooks);
    let all = books::statements(&mut desk.db, fund_id)?;
    let lines = matches::lines(&mut desk.db, fund_id)?;
    let reconciled = reconcile_all(&mut desk.db, fund_id, desk.today)?;
    let mut forms = Vec::new();
    if keeps {
        let account = all.last().map(|row| row.account.clone()).unwrap_or_default();
        let fields = vec![
            say.field("account", "text", true, &account),
            say.field("opening", "money", false, ""),
            say.field("closing", "money", false, ""),
        ];
        forms.push(SmallForm { files: true, help: say.text("kinds"), ..say.form("send", fields) });
        forms.push(say.form("match_all", Vec::new()));
        let hand = vec![
            say.choice("line", true, "", choices(&lines)),
            say.field("booking", "text", false, ""),
            say.field("reason", "text", true, ""),
        ];
        forms.push(SmallForm { help: say.text("by_hand"), ..say.form("match", hand) });
    }
    let rows = all.iter().rev().map(|row| {
        let findings = StatementFinding::of(row).len();
        vec![
            Cell::code(row.statement_id.clone()),
            Cell::text(format!("****{}", last_four(&row.account))),
            Cell::text(format!("{} — {}", row.from_on, row.to_on)),
            Cell::money(row.opening_fen),
            Cell::money(row.closing_fen),
            Cell::Count { count: row.lines_total },
            if findings > 0 { Cell::tag("warn", findings.to_string()) } else { Cell::tag("ok", "0") },
            Cell::text(row.person.clone()),
        ]
    });
    let columns = ["number", "account", "span", "*opening", "*closing", "*lines", "findings", "by"];
    let statements = say.table("statements", &columns, rows.collect());
    let facts = reconciled.iter().map(|one| balance(say, one)).collect();
    Ok(PartsView { forms, facts, tables: vec![lines_table(say, &lines), statements], errors, ..say.page() })
}

/// Whether a line has no booking yet.
fn is_open(one: &LineShown) -> bool {
    one.matched.as_ref().is_none_or(|row| row.tx_id.is_none())
}

/// The lines that are shown: those without a booking first, the latest of each first.
fn shown_lines(lines: &[LineShown]) -> Vec<&LineShown> {
    let mut sorted: Vec<&LineShown> = lines.iter().collect();
    sorted.sort_by_key(|one| (!is_open(one), std::cmp::Reverse(one.line.booked_on)));
    sorted.truncate(MOST);
    sorted
}

/// The lines a person may match or set free by hand: just those the page shows.
fn choices(lines: &[LineShown]) -> Vec<(String, String)> {
    let label = |one: &LineShown| {
        let line = &one.line;
        format!("{} {} {} {}", line.booked_on, FenDelta::new(line.amount_fen).yuan(), line.counterparty_name, line.text)
    };
    shown_lines(lines).into_iter().map(|one| (one.line.line_id.clone(), label(one))).collect()
}

fn lines_table(say: Words, lines: &[LineShown]) -> Table {
    let open = lines.iter().filter(|one| is_open(one)).count();
    let rows = shown_lines(lines).into_iter().map(|one| {
        let line = &one.line;
        let booking = one.matched.as_ref().and_then(|row| row.tx_id.clone());
        vec![
            Cell::day(line.booked_on),
            Cell::text(say.word("direction", &line.direction)),
            Cell::money(line.amount_fen),
            Cell::text(line.counterparty_name.clone()),
            Cell::text(format!("{} {}", line.reference, line.text)),
            match booking {
                Some(booking) => Cell::code(booking),
                None => Cell::tag("warn", say.text("open")),
            },
        ]
    });
    let columns = ["on", "direction", "*amount", "counterparty", "text", "booking"];
    let mut table = say.table("lines", &columns, rows.collect());
    table.title = say.with("table.lines", &[("open", &open.to_string()), ("all", &lines.len().to_string())]);
    table
}

/// 银行存款余额调节表 of one account of the ledger.
fn balance(say: Words, one: &Reconciled) -> Facts {
    let told = &one.statement;
    let sum = |items: &[crate::domain::reconciliation::Movement]| {
        Cell::money(items.iter().map(|item| item.amount.get()).sum::<i64>())
    };
    let agrees =
        if told.agrees() { Cell::tag("ok", say.text("agrees")) } else { Cell::tag("bad", say.text("differs")) };
    let lines = vec![
        ("ledger_account", Cell::text(one.ledger_account.clone())),
        ("agrees", agrees),
        ("book", Cell::money(told.book.get())),
        ("bank", Cell::Money { fen: told.bank.map(FenDelta::get) }),
        ("bank_received", sum(&told.bank_received)),
        ("book_received", sum(&told.book_received)),
        ("bank_paid", sum(&told.bank_paid)),
        ("book_paid", sum(&told.book_paid)),
        ("adjusted_book", Cell::money(told.adjusted_book.get())),
        ("adjusted_bank", Cell::Money { fen: told.adjusted_bank.map(FenDelta::get) }),
        ("difference", Cell::Money { fen: told.difference.map(FenDelta::get) }),
        ("on", Cell::day(told.on)),
    ];
    say.facts("balance", lines)
}

pub(super) fn act(here: Here<'_>, form: &Submission) -> Result<Acted, PageError> {
    let mut faults = Faults::new(here.lang);
    match carry(here, form, &mut faults) {
        Ok(()) if faults.found.is_empty() => return Ok(Acted::SeeOther("/statements?done=saved".to_owned())),
        Ok(()) => {}
        Err(error) if error.is_refusal() => faults.say("h-lines", error.text(here.lang)),
        Err(error) => return Err(error.into()),
    }
    let mut view = view(&mut here.desk()?, faults.found)?;
    keep_typed(&mut view, form);
    named::again(here, "parts", "statements", &view)
}

fn carry(here: Here<'_>, form: &Submission, faults: &mut Faults) -> Result<(), UseCaseError> {
    let word = |note| Word { by: &here.asker.name, note, on: here.app.store.clock().today() };
    match form.field("form") {
        "match_all" => matches::match_by_rule(here.app, DAYS_APART, word("")).map(drop),
        "match" if form.field("booking").is_empty() => {
            matches::unmatch(here.app, form.field("line"), word(form.field("reason"))).map(drop)
        }
        "match" => {
            let (line, booking) = (form.field("line"), form.field("booking"));
            matches::match_by_person(here.app, line, booking, word(form.field("reason"))).map(drop)
        }
        _ => send(here, form, faults, word("")),
    }
}

fn send(here: Here<'_>, form: &Submission, faults: &mut Faults, word: Word<'_>) -> Result<(), UseCaseError> {
    let Some(file) = form.files.first() else {
        faults.say("send-file", i18n::text(here.lang, "page.upload.error.file", &[]));
        return Ok(());
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
    if !faults.found.is_empty() {
        return Ok(());
    }
    let amount = |name: &str| amounts.get(name).copied().flatten();
    let told = Told {
        account: form.field("account").to_owned(),
        opening: amount("opening"),
        closing: amount("closing"),
        ..Told::default()
    };
    let incoming = Incoming { file: &file.name, bytes: &file.bytes, told: &told, ledger_account: "cash" };
    import_statement(here.app, &incoming, word).map(drop)
}
