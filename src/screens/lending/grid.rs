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
use crate::storage::rows::parties::PartnerRow;
use crate::usecase::exports::outstanding;
use crate::usecase::typed_return::{self, Expected, MOST, TypedRow};
use crate::views::acting::OptionView;
use crate::views::return_grid::{GridRow, ReturnGridView};

/// Between contract and drawdown in what a row is known by.
const JOINT: char = '\t';

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    // Without a month the address means what its reader was at, else the oldest month.
    let kept = drafts::kept(desk, asked)?;
    let wanted = asked.parameter("month");
    let begun = match kept.as_ref().filter(|_| wanted.is_empty()) {
        Some(kept) => place(desk, asked, kept.typed.field("month"))?.1,
        None => None,
    };
    let month = begun.or(place(desk, asked, wanted)?.1).map(|month| month.to_string());
    let kept = kept.filter(|kept| month.as_deref() == Some(kept.typed.field("month")));
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
            return Ok(Acted::SeeOther(here_of(asked, form.field("month"))));
        }
        _ => {}
    }
    let mut desk = here.desk()?;
    let (bank, month) = place(&mut desk, asked, form.field("month"))?;
    let expected = match month {
        Some(month) => typed_return::expected(&mut desk.db, here.app.fund_id(), &bank.code, month)?,
        None => Vec::new(),
    };
    let mut faults = Faults::new(here.lang);
    let rows = read(&expected, form, &mut faults);
    if form.field("confirmed") != "yes" {
        faults.add("confirmed", "page.grid.error.confirmed", &[]);
    }
    let Some(month) = month.filter(|_| faults.found.is_empty() && !rows.is_empty()) else {
        let mut view = view(&mut desk, asked, Some(form))?;
        view.errors = faults.found;
        drop(desk);
        return named::again(here, "return_grid", "returns", &view);
    };
    drop(desk);
    let key = Some(form.field("key")).filter(|key| guard::is_well_formed(key)).ok_or(PageError::BadForm)?;
    let upload = typed_return::hand_in(here.app, (&bank.code, month), &rows, key, &here.by())?;
    drafts::forget(here, asked)?;
    Ok(Acted::SeeOther(address(&upload)))
}

/// The bank of the address, where who asks enters its files, and the month that is to be reported: the one asked for, or
/// the oldest; none where there is no such month.
fn place(desk: &mut Desk<'_>, asked: &Named, month: &str) -> Result<(PartnerRow, Option<Month>), PageError> {
    let bank = desk.banks().find(|known| known.code == asked.place("bank")).cloned().ok_or(PageError::NotFound)?;
    if !desk.asker.may(P::EnterFiles) {
        return Err(PageError::NotFound);
    }
    let open = outstanding::open_months(&mut desk.db, &bank, desk.app.first_period(), desk.today)?;
    let found = open.into_iter().find(|open| month.is_empty() || open.to_string() == month);
    Ok((bank, found))
}

/// The address of the grid of a month.
fn here_of(asked: &Named, month: &str) -> String {
    link::with_query(&asked.path, &[("month", month.to_owned())])
}

fn view(desk: &mut Desk<'_>, asked: &Named, typed: Option<&Submission>) -> Result<ReturnGridView, PageError> {
    let wanted = typed.map_or_else(|| asked.parameter("month"), |form| form.field("month"));
    let (bank, month) = place(desk, asked, wanted)?;
    let Some(month) = month else {
        let bank = bank.name;
        return Ok(ReturnGridView { bank, here: asked.path.clone(), is_idle: true, ..ReturnGridView::default() });
    };
    let expected = typed_return::expected(&mut desk.db, desk.app.fund_id(), &bank.code, month)?;
    let (due_on, _) = banks_due_on(desk.app.schedule_rules(), month.next());
    let key = typed.map(|form| form.field("key").to_owned()).filter(|key| guard::is_well_formed(key));
    let mut view = ReturnGridView {
        bank: bank.name,
        month: month.to_string(),
        due_on: Some(due_on),
        here: asked.path.clone(),
        template: format!("/imports/templates/servicing?bank={}&month={month}", link::segment(&bank.code)),
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
