//! The monthly report as a grid: the bank's loans with what was reported last, to be changed where something changed.
//!
//! **Invariant:** what does not read comes back at its cell; what is sent is checked like a file before anything is saved.

use super::super::act_forms::drafts;
use crate::domain::access::Permission as P;
use crate::domain::calendar::Month;
use crate::domain::money::Fen;
use crate::domain::names::Tier;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::guard;
use crate::http::pages::{Named, PageView};
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::jobs::schedule::banks_due_on;
use crate::link;
use crate::screens::acts::{Faults, Here, address};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::words::word;
use crate::usecase::exports::outstanding;
use crate::usecase::typed_return::{self, Expected, MOST, TypedRow};
use crate::views::acting::OptionView;
use crate::views::return_grid::{GridRow, ReturnGridView};

/// Between contract and drawdown in what a row is known by.
const JOINT: char = '\t';

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let kept = drafts::kept(desk, asked)?;
    let typed = kept.as_ref().map(|kept| kept.typed.clone());
    let mut view = view(desk, asked, typed.as_ref())?;
    view.restored = kept.map(|kept| kept.at).unwrap_or_default();
    named::page(desk, "return_grid", "returns", &view)
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    match form.field("step") {
        "save" => return drafts::save_plain(here, asked, form),
        "discard" => {
            drafts::forget(here, asked)?;
            return Ok(Acted::SeeOther(asked.path.clone()));
        }
        _ => {}
    }
    let mut desk = here.desk()?;
    let (bank, month) = place(&mut desk, asked)?;
    let expected = typed_return::expected(&mut desk.db, here.app.fund_id(), &bank, month)?;
    let mut faults = Faults::new(here.lang);
    let rows = read(&expected, form, &mut faults);
    if form.field("confirmed") != "yes" {
        faults.add("confirmed", "page.grid.error.confirmed", &[]);
    }
    if !faults.found.is_empty() || rows.is_empty() {
        let mut view = view(&mut desk, asked, Some(form))?;
        view.errors = faults.found;
        drop(desk);
        return named::again(here, "return_grid", "returns", &view);
    }
    drop(desk);
    let key = Some(form.field("key")).filter(|key| guard::is_well_formed(key)).ok_or(PageError::BadForm)?;
    let upload = typed_return::hand_in(here.app, (&bank, month), &rows, key, &here.by())?;
    drafts::forget(here, asked)?;
    Ok(Acted::SeeOther(address(&upload)))
}

/// The bank of the address, where who asks enters its files, and the month that is next.
fn place(desk: &mut Desk<'_>, asked: &Named) -> Result<(String, Month), PageError> {
    let bank = asked.place("bank").to_owned();
    if !desk.banks().any(|known| known.code == bank) || !desk.asker.may(P::EnterFiles) {
        return Err(PageError::NotFound);
    }
    let month = outstanding::next_month(&mut desk.db, desk.app.fund_id(), &bank, desk.app.first_period())?;
    Ok((bank, month))
}

fn view(desk: &mut Desk<'_>, asked: &Named, typed: Option<&Submission>) -> Result<ReturnGridView, PageError> {
    let (bank, month) = place(desk, asked)?;
    let expected = typed_return::expected(&mut desk.db, desk.app.fund_id(), &bank, month)?;
    let (due_on, _) = banks_due_on(desk.app.schedule_rules(), month.next());
    let key = typed.map(|form| form.field("key").to_owned()).filter(|key| guard::is_well_formed(key));
    let mut view = ReturnGridView {
        bank: desk.name(&bank),
        month: month.to_string(),
        due_on: Some(due_on),
        here: asked.path.clone(),
        template: format!("/imports/templates/servicing?bank={}", link::segment(&bank)),
        count: expected.len(),
        is_too_long: expected.len() > MOST,
        before_sum: expected.iter().filter_map(|loan| loan.balance_fen).fold(0, i64::saturating_add),
        is_confirmed: typed.is_some_and(|form| form.field("confirmed") == "yes"),
        key: key.unwrap_or_else(guard::random),
        ..ReturnGridView::default()
    };
    if !view.is_too_long {
        view.rows = (1..).zip(&expected).map(|(nth, loan)| row(desk, nth, loan, typed)).collect();
    }
    Ok(view)
}

fn key_of(loan: &Expected) -> String {
    format!("{}{JOINT}{}", loan.contract, loan.drawdown)
}

/// A loan with what was typed of it; else as it was reported last.
fn row(desk: &Desk<'_>, nth: usize, loan: &Expected, typed: Option<&Submission>) -> GridRow {
    let key = key_of(loan);
    let sent = typed.and_then(|form| Some((form, place_of(form, &key)?)));
    let yuan = |fen: i64| Fen::try_new(fen).map(Fen::yuan).unwrap_or_default();
    let cell = |name: &str, before: String| match sent {
        Some((form, at)) => form.raw(&format!("{name}{at}")).to_owned(),
        None => before,
    };
    let before = loan.before.as_ref();
    let grade = cell("g", before.map(|row| row.bank_tier.clone()).unwrap_or_default());
    let grades = Tier::ALL.iter().map(|tier| OptionView {
        code: tier.code().to_owned(),
        label: word(desk.lang, "page.tier", tier.code()),
        chosen: grade == tier.code(),
    });
    let drawdown = if loan.drawdown.is_empty() { String::new() } else { format!("/{}", loan.drawdown) };
    GridRow {
        nth,
        contract: format!("{}{drawdown}", loan.contract),
        borrower: loan.borrower.clone(),
        before: loan.balance_fen,
        balance: cell("b", loan.balance_fen.map(yuan).unwrap_or_default()),
        overdue_principal: cell("p", before.map_or_else(|| "0.00".to_owned(), |row| yuan(row.overdue_principal_fen))),
        overdue_interest: cell("i", before.map_or_else(|| "0.00".to_owned(), |row| yuan(row.overdue_interest_fen))),
        overdue_since: cell(
            "s",
            before.and_then(|row| row.overdue_since).map(|day| day.to_string()).unwrap_or_default(),
        ),
        grades: grades.collect(),
        key,
    }
}

/// Where a form speaks of a loan.
fn place_of(form: &Submission, key: &str) -> Option<usize> {
    let found = form.fields().iter().find(|(name, value)| name.starts_with('c') && value == key);
    found.and_then(|(name, _)| name.get(1..)?.parse().ok())
}

/// The rows of a form, with what does not read at its cell.
fn read(expected: &[Expected], form: &Submission, faults: &mut Faults) -> Vec<TypedRow> {
    let mut rows = Vec::with_capacity(expected.len());
    for (nth, loan) in (1_usize..).zip(expected) {
        let Some(at) = place_of(form, &key_of(loan)) else {
            faults.add(&format!("b{nth}"), "page.grid.error.missing", &[("contract", &loan.contract)]);
            continue;
        };
        let told = [("contract", loan.contract.as_str())];
        let mut money = |name: &str| {
            let typed = form.field(&format!("{name}{at}"));
            let read = drafts::yuan(typed).filter(|yuan| Fen::from_yuan(yuan).is_ok());
            if read.is_none() {
                faults.add(&format!("{name}{nth}"), &format!("page.grid.error.{name}"), &told);
            }
            read.unwrap_or_default()
        };
        let (balance, overdue_principal, overdue_interest) = (money("b"), money("p"), money("i"));
        let since = form.field(&format!("s{at}"));
        let overdue_since = match read_date(&CellValue::from_text(since)) {
            DateReading::Day(day) => Some(day),
            _ if since.is_empty() => None,
            _ => {
                faults.add(&format!("s{nth}"), "page.grid.error.s", &told);
                None
            }
        };
        let grade = Tier::from_code(form.field(&format!("g{at}")));
        if grade.is_none() {
            faults.add(&format!("g{nth}"), "page.grid.error.g", &told);
        }
        let (contract, drawdown) = (loan.contract.clone(), loan.drawdown.clone());
        rows.push(TypedRow { contract, drawdown, balance, overdue_principal, overdue_interest, overdue_since, grade });
    }
    rows
}
