//! Months: proposed to be closed by one person, sealed by another; the trial balance.
//!
//! **Invariant:** a sealed month takes no booking; the page shows what still stands in the way.

use crate::domain::access::Permission as P;
use crate::domain::calendar::Month;
use crate::domain::person::key_of;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n;
use crate::link;
use crate::screens::act_forms::drafts;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, keep_typed, prove_first, show};
use crate::screens::{named, words as common};
use crate::storage::rows::books::PeriodStepRow;
use crate::usecase::UseCaseError;
use crate::usecase::books::{Word, periods, trial_balance};
use crate::usecase::lives::fund;
use crate::views::parts::{Cell, Facts, PartsView, SmallForm, Table};
use crate::views::uploads::FormError;

pub(super) const fn words(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.periods" }
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let view = view(desk, Month::parse(asked.parameter("month")).ok(), Vec::new())?;
    show(desk, "periods", &view)
}

/// The month that was asked for; else the one that is closed next.
pub(super) fn month_of(desk: &mut Desk<'_>, typed: &str) -> Result<Month, PageError> {
    match Month::parse(typed) {
        Ok(month) => Ok(month),
        Err(_none) => {
            Ok(periods::next(&mut desk.db, desk.app.fund_id())?.next.unwrap_or_else(|| Month::of(desk.today)))
        }
    }
}

/// The page of a month; without one, of the month that is closed next.
pub(super) fn view(desk: &mut Desk<'_>, month: Option<Month>, errors: Vec<FormError>) -> Result<PartsView, PageError> {
    let say = words(desk);
    let turn = periods::next(&mut desk.db, desk.app.fund_id())?;
    let month = month.or(turn.next).unwrap_or_else(|| Month::of(desk.today));
    let taken = periods::list(&mut desk.db, desk.app.fund_id())?;
    let steps = steps(desk, say, &taken);
    let trial = trial(desk, say, month)?;
    let closing = closing(desk, &turn, &taken)?;
    let is_keeper = desk.may_for_fund(P::ActOnFund);
    let (mut facts, mut forms) = (Vec::new(), Vec::new());
    if let Some(closing) = &closing {
        facts.push(next_closing(desk, say, closing)?);
        forms = if is_keeper { closing_forms(desk, say, closing) } else { Vec::new() };
    }
    let of_month = |path: &str| format!("/periods{path}?month={month}");
    let file = |ending: &str| format!("/periods/journal/{month}.{ending}");
    let view = PartsView {
        facts,
        forms,
        tables: vec![trial, steps],
        errors,
        actions: vec![
            say.action("vouchers", of_month("/vouchers")),
            say.action("journal_xlsx", file("xlsx")),
            say.action("journal_csv", file("csv")),
            say.action("previous", format!("/periods?month={}", month.prev())),
            say.action("next", format!("/periods?month={}", month.next())),
        ],
        ..say.page()
    };
    Ok(view)
}

/// The month that is closed next, as it stands today.
struct Closing {
    month: Month,
    ready: periods::Readiness,
    /// The step by which somebody has proposed it; none while nobody has.
    proposed: Option<PeriodStepRow>,
}

fn closing(desk: &mut Desk<'_>, turn: &periods::Turn, taken: &[PeriodStepRow]) -> Result<Option<Closing>, PageError> {
    let Some(month) = turn.next else { return Ok(None) };
    let ready = periods::readiness_in(&mut desk.db, (desk.app.fund_id(), turn), month, desk.today)?;
    let last = taken.iter().rev().find(|step| step.period == month.to_string());
    let proposed = last.filter(|step| step.state == "proposed").cloned();
    Ok(Some(Closing { month, ready, proposed }))
}

/// The steps that are due, each a form of its own: whoever proposed may only take back, another seals or sends back.
fn closing_forms(desk: &Desk<'_>, say: Words, closing: &Closing) -> Vec<SmallForm> {
    let needs_note = closing.ready.needs_note();
    let steps: &[(&str, &str, bool)] = match &closing.proposed {
        Some(step) if key_of(&step.person) == key_of(&desk.asker.name) => &[("withdraw", "note", false)],
        Some(_) => &[("seal", "note", false), ("reject", "reason", true)],
        None if closing.ready.refusal.is_some() => &[],
        None => &[("propose", "note", needs_note)],
    };
    let month = closing.month.to_string();
    let form = |(step, field, must): &(&str, &str, bool)| SmallForm {
        title: say.with(&format!("form.{step}"), &[("month", &month)]),
        hidden: vec![
            ("form".to_owned(), (*step).to_owned()),
            ("step".to_owned(), (*step).to_owned()),
            ("period".to_owned(), month.clone()),
        ],
        ..say.form(step, vec![say.field(field, "text", *must, "")])
    };
    steps.iter().map(form).collect()
}

/// What was done so far, the latest first.
fn steps(desk: &Desk<'_>, say: Words, steps: &[PeriodStepRow]) -> Table {
    let rows = steps.iter().rev().map(|step| {
        let tone = match step.state.as_str() {
            "sealed" => "ok",
            "proposed" => "warn",
            _ => "",
        };
        vec![
            Cell::link(step.period.clone(), format!("/periods?month={}", step.period)),
            Cell::tag(tone, common::word(desk.lang, "books.state", &step.state)),
            Cell::text(step.person.clone()),
            Cell::day(step.business_date),
            Cell::Count { count: step.open_items },
            Cell::Money { fen: step.difference_fen },
            Cell::text(step.note.clone()),
        ]
    });
    say.table("steps", &["period", "state", "by", "on", "*open", "*difference", "note"], rows.collect())
}

/// The month that is closed next, and what stands in the way: the word of what closes it.
fn next_closing(desk: &mut Desk<'_>, say: Words, closing: &Closing) -> Result<Facts, PageError> {
    let (next, ready) = (closing.month, &closing.ready);
    let pending = fund::state(&mut desk.db, desk.app.fund_id())?.pending.len();
    let state = match (&ready.refusal, &closing.proposed) {
        (Some(refusal), _) => Cell::tag("bad", UseCaseError::Books(refusal.clone()).text(desk.lang)),
        (None, Some(step)) => Cell::tag("warn", say.with("waits_for_another", &[("by", &step.person)])),
        (None, None) if ready.needs_note() => Cell::tag("warn", say.text("needs_note")),
        (None, None) => Cell::tag("ok", say.text("can_be_closed")),
    };
    let reconciled = link::with_query("/statements/reconciliation", &[("on", next.last_day().to_string())]);
    let difference = match ready.difference_fen {
        Some(fen) => Cell::money(fen),
        None => Cell::tag("warn", say.text("no_statement")),
    };
    let lines = vec![
        ("period", Cell::link(next.to_string(), format!("/periods?month={next}"))),
        ("state", state),
        ("open", Cell::link(say.with("open_items", &[("count", &ready.open_items.to_string())]), reconciled)),
        ("difference", difference),
        ("pending", Cell::Count { count: i64::try_from(pending).unwrap_or(i64::MAX) }),
    ];
    Ok(say.facts("closing", lines))
}

/// The trial balance of a month.
fn trial(desk: &mut Desk<'_>, say: Words, month: Month) -> Result<Table, PageError> {
    let told = trial_balance::of_ledger(&mut desk.db, desk.app.fund_id(), month.first_day(), month.last_day())?;
    let told = trial_balance::trial_json(&told, month.first_day(), month.last_day());
    let yuan = |value: &serde_json::Value, name: &str| {
        let text = value[name].as_str().unwrap_or("0");
        Cell::Money {
            fen: crate::domain::money::FenDelta::from_yuan(text).ok().map(crate::domain::money::FenDelta::get),
        }
    };
    let names = ["opening", "debit", "credit", "closing"];
    let row = |value: &serde_json::Value, label: String| {
        let mut cells = vec![Cell::text(label)];
        cells.extend(names.iter().map(|name| yuan(value, name)));
        cells
    };
    let rows = told["accounts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows =
        rows.iter().map(|value| row(value, common::account(desk, value["account"].as_str().unwrap_or_default())));
    let columns = ["account", "*opening", "*debit", "*credit", "*closing"];
    let mut table = say.table("trial", &columns, rows.collect());
    table.title = say.with("table.trial", &[("month", &month.to_string())]);
    let dash = || Cell::text("");
    table.foot = vec![Cell::text(say.text("sum")), dash(), yuan(&told, "debit"), yuan(&told, "credit"), dash()];
    Ok(table)
}

pub(super) fn act(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    if !asked.stepped_up {
        return prove_first(here, asked, form);
    }
    let Some(step) = Step::of(form.field("step")) else { return Err(PageError::BadForm) };
    let mut faults = Faults::new(here.lang);
    let month = Month::parse(form.field("period"));
    match month.as_ref() {
        Ok(month) => match carry(here, step, form, *month) {
            Ok(()) => {
                drafts::forget(here, asked)?;
                return Ok(Acted::SeeOther(format!("/periods?month={month}&done=acted")));
            }
            Err(error) if error.is_refusal() => faults.say("period", error.text(here.lang)),
            Err(error) => return Err(error.into()),
        },
        Err(_no_month) => {
            let typed = form.field("period");
            faults.say("period", i18n::text(here.lang, "page.periods.error.period", &[("found", typed)]));
        }
    }
    let mut desk = here.desk()?;
    let mut view = view(&mut desk, month.ok(), faults.found)?;
    drop(desk);
    keep_typed(&mut view, form);
    named::again(here, "parts", "periods", &view)
}

/// What the page offers to do with a month.
#[derive(Clone, Copy)]
enum Step {
    Propose,
    Seal,
    Reject,
    Withdraw,
}

impl Step {
    fn of(word: &str) -> Option<Step> {
        match word {
            "propose" => Some(Step::Propose),
            "seal" => Some(Step::Seal),
            "reject" => Some(Step::Reject),
            "withdraw" => Some(Step::Withdraw),
            _ => None,
        }
    }
}

fn carry(here: Here<'_>, step: Step, form: &Submission, month: Month) -> Result<(), UseCaseError> {
    let note = [form.field("note"), form.field("reason")].into_iter().find(|note| !note.is_empty()).unwrap_or_default();
    let word = Word { by: &here.asker.name, note, on: here.app.store.clock().today() };
    match step {
        Step::Propose => periods::propose(here.app, month, word),
        Step::Seal => periods::seal(here.app, month, word),
        Step::Reject => periods::reject(here.app, month, word),
        Step::Withdraw => periods::withdraw(here.app, month, word),
    }
    .map(drop)
}
