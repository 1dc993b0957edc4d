//! The list of work: what waits for who is signed in, what was done, what was begun.
//!
//! **Invariant:** what is listed can be acted on by one of the person's offices; whether this very person may, says the
//! page of the thing.

use std::collections::BTreeSet;

use super::subject::{self, HandedIn};
use super::{drafting, offers, words};
use crate::domain::access::Permission;
use crate::domain::people::Role;
use crate::domain::person::key_of;
use crate::domain::quarter::Quarter;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::lending::reminders;
use crate::screens::{claims, named, todo};
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder};
use crate::storage::find::{acts, imports, loans, work};
use crate::storage::rows::acts::ActRow;
use crate::usecase::books::periods;
use crate::usecase::drafts::{self, KEPT};
use crate::usecase::lives::{Life, fund, names};
use crate::usecase::undo::{self, Undo};
use crate::views::acting::{DoneItem, WorkItem, WorkView};
use crate::views::beijing;
use crate::views::dashboard::Todo;

/// Most of one kind.
const MOST: i64 = 50;

/// Which role does what with a claim at a state.
const CLAIMS: [(&str, Role, &str); 11] = [
    ("submitted", Role::FundAdministrator, "accepted"),
    ("accepted", Role::FundAdministrator, "reviewed"),
    ("reviewed", Role::FundApprover, "approved"),
    ("awaiting_confirmation", Role::FundApprover, "approval_confirmed"),
    ("appealed", Role::FundApprover, "appeal_decided"),
    ("approved", Role::TreasuryOfficer, "countersigned"),
    ("approved", Role::FundAdministrator, "ordered"),
    ("ordered", Role::FinanceOfficer, "paid"),
    ("returned", Role::BankOfficer, "relodged"),
    ("paid", Role::BankOfficer, "received"),
    ("paid", Role::BankReviewer, "received"),
];
/// Which role does what with a thing of another life after an act.
const OTHERS: [(Life, &str, Role, &str); 15] = [
    (Life::Claim, "drafted", Role::BankReviewer, "submitted"),
    (Life::Registration, "drafted", Role::BankReviewer, "submitted"),
    (Life::Registration, "returned", Role::BankOfficer, "drafted"),
    (Life::Registration, "submitted", Role::FundAdministrator, "registered"),
    (Life::Registration, "amendment_proposed", Role::FundAdministrator, "amendment_decided"),
    (Life::Registration, "cancellation_proposed", Role::FundApprover, "cancellation_decided"),
    (Life::Registration, "cancellation_proposed", Role::FundAdministrator, "cancellation_decided"),
    (Life::Loan, "unmark_proposed", Role::BankReviewer, "unmark_decided"),
    (Life::Loan, "unmark_proposed", Role::FundAdministrator, "unmark_decided"),
    (Life::Partner, "account_change_proposed", Role::FundApprover, "account_change_decided"),
    (Life::Partner, "suspension_proposed", Role::FundApprover, "suspension_decided"),
    (Life::Partner, "release_proposed", Role::FundApprover, "release_decided"),
    (Life::Partner, "succession_proposed", Role::FundApprover, "succession_decided"),
    (Life::Claim, "resettled", Role::FundApprover, "resettlement_decided"),
    (Life::Claim, "proposed", Role::FundApprover, "proposal_decided"),
];
/// Acts that begin something.
const BEGINNINGS: [&str; 12] = [
    "drafted",
    "submitted",
    "amendment_proposed",
    "cancellation_proposed",
    "unmark_proposed",
    "account_change_proposed",
    "suspension_proposed",
    "release_proposed",
    "succession_proposed",
    "move_proposed",
    "contribution_called",
    "proposed",
];

/// The role that has a claim at a state on its desk.
pub(in crate::screens) fn who_has(state: &str) -> Option<Role> {
    let written = (state == "drafted").then_some(Role::BankReviewer);
    written.or_else(|| CLAIMS.iter().rev().find(|(at, ..)| *at == state).map(|(_, role, _)| *role))
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let tab = match asked.parameter("tab") {
        tab @ ("done" | "begun" | "drafts") => tab.to_owned(),
        _ => "open".to_owned(),
    };
    let mut view = WorkView { tab, kept_days: KEPT.num_days(), ..WorkView::default() };
    if view.tab == "open" {
        for todo in todo::todos(desk)? {
            match todo {
                Todo::Work(item) => view.items.push(item),
                other => view.todos.push(other),
            }
        }
    } else if view.tab == "drafts" {
        view.done = typed(desk)?;
    } else {
        let words = (view.tab == "begun").then_some(&BEGINNINGS[..]);
        let acts = work::done_by(&mut desk.db, desk.app.fund_id(), &desk.asker.name, words, MOST)?;
        let lives: Vec<(Life, &ActRow)> =
            acts.iter().filter_map(|act| Life::from_code(&act.life).map(|life| (life, act))).collect();
        let subjects: Vec<(Life, &str)> = lives.iter().map(|(life, act)| (*life, act.subject.as_str())).collect();
        let handed_in = subject::handed_in(desk, &subjects)?;
        view.done = lives.into_iter().map(|(life, act)| done(desk, &handed_in, life, act)).collect();
    }
    named::page(desk, "todo", "todo", &view)
}

/// What waits for the offices of who is signed in, what is due first before the rest.
pub(in crate::screens) fn waiting(desk: &mut Desk<'_>) -> Result<Vec<WorkItem>, PageError> {
    let roles: BTreeSet<Role> = desk.asker.offices.iter().map(|office| office.role).collect();
    let mut items = Vec::new();
    let claims: Vec<_> =
        CLAIMS.iter().filter(|(_, role, _)| roles.contains(role)).map(|(at, _, act)| (*at, *act)).collect();
    if !claims.is_empty() {
        items.extend(of_claims(desk, &claims)?);
    }
    let steps: Vec<_> = OTHERS.iter().filter(|(_, _, role, _)| roles.contains(role)).collect();
    if !steps.is_empty() {
        items.extend(of_lives(desk, &steps)?);
    }
    if roles.contains(&Role::FundApprover) || roles.contains(&Role::FundAdministrator) {
        items.extend(moves(desk)?);
    }
    if desk.may_for_fund(Permission::ActOnFund) {
        items.extend(closing(desk)?);
    }
    if desk.asker.may(Permission::UndoImports) {
        items.extend(requests(desk)?);
    }
    if roles.contains(&Role::BankOfficer) {
        items.extend(ending(desk)?);
        items.extend(pursuits(desk)?);
    }
    Ok(in_order(items))
}

/// What is due first before the rest; a thing that waits for several reasons stands once, where it is most urgent.
fn in_order(mut items: Vec<WorkItem>) -> Vec<WorkItem> {
    items.sort_by(|a, b| {
        (a.due_on.is_none(), a.due_on, &a.text, &a.href).cmp(&(b.due_on.is_none(), b.due_on, &b.text, &b.href))
    });
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(item.href.clone()));
    items
}

/// The act that is due after a step: the last one that names it, as the usual way stands after the ways off it.
fn next_of<'s>(steps: &[(&str, &'s str)], at: &str) -> &'s str {
    steps.iter().rev().find(|(step, _)| *step == at).map_or("", |(_, next)| next)
}

/// The same for a thing of one of the other lives.
fn next_of_life<'s>(steps: &[&(Life, &str, Role, &'s str)], life: Life, at: &str) -> &'s str {
    let found = steps.iter().rev().find(|(of, step, ..)| *of == life && *step == at);
    found.map_or("", |(.., next)| next)
}

fn of_claims(desk: &mut Desk<'_>, steps: &[(&str, &str)]) -> Result<Vec<WorkItem>, PageError> {
    let states: Vec<&str> = steps.iter().map(|(state, _)| *state).collect();
    let filter = ClaimFilter { states: &states, ..ClaimFilter::default() };
    let most = MOST.saturating_mul(i64::try_from(states.len()).unwrap_or(1));
    let found = claim_list::rows(&mut desk.db, &desk.reach, &filter, (ClaimOrder::Due, false), (0, most))?;
    let today = desk.today;
    Ok(found
        .into_iter()
        .map(|(status, filed, loan)| WorkItem {
            label: words::act(desk.lang, Life::Claim, next_of(steps, &status.state)),
            text: format!("{} {}", claims::case_no(status.arrival), loan.borrower_name),
            note: desk
                .text("page.work.filed", &[("bank", &desk.name(&status.bank)), ("day", &filed.filed_on.to_string())]),
            amount: status.payout_fen,
            due_on: status.due_on,
            days_left: status.due_on.map(|due| due.signed_duration_since(today).num_days()),
            href: format!("/claims/{}", link::segment(&status.claim_id)),
        })
        .collect())
}

/// Things of the other lives: one question for all of them, however many steps wait for these roles.
fn of_lives(desk: &mut Desk<'_>, steps: &[&(Life, &str, Role, &str)]) -> Result<Vec<WorkItem>, PageError> {
    let bank = desk.reach.bank().map(str::to_owned);
    let lasts: Vec<(&str, &str)> = steps.iter().map(|(life, last, ..)| (life.code(), *last)).collect();
    let most = MOST.saturating_mul(i64::try_from(lasts.len()).unwrap_or(1));
    let found = work::standing_at(&mut desk.db, (desk.app.fund_id(), bank.as_deref()), &lasts, most)?;
    let found: Vec<(Life, ActRow)> =
        found.into_iter().filter_map(|act| Life::from_code(&act.life).map(|life| (life, act))).collect();
    let subjects: Vec<(Life, &str)> = found.iter().map(|(life, act)| (*life, act.subject.as_str())).collect();
    let handed_in = subject::handed_in(desk, &subjects)?;
    // What a file put on the register meanwhile waits for nobody.
    let on_way = |act: &ActRow| matches!(act.act.as_str(), "drafted" | "submitted" | "returned");
    let written = found.iter().filter(|(life, act)| *life == Life::Registration && on_way(act));
    let written: Vec<&str> = written.map(|(_, act)| act.subject.as_str()).collect();
    let overtaken = loans::registrations_of(&mut desk.db, &written)?;
    let is_overtaken = |act: &ActRow| overtaken.iter().any(|row| row.loan_id == act.subject);
    let is_reached = |life: Life, act: &ActRow| life != Life::Partner || desk.reach.holds(Some(&act.subject));
    Ok(found
        .iter()
        .filter(|(life, act)| is_reached(*life, act) && !(*life == Life::Registration && is_overtaken(act)))
        .map(|(life, act)| of_step(desk, &handed_in, *life, act, next_of_life(steps, *life, &act.act)))
        .collect())
}

fn of_step(desk: &Desk<'_>, handed_in: &HandedIn, life: Life, act: &ActRow, next: &str) -> WorkItem {
    WorkItem {
        label: words::act(desk.lang, life, next),
        text: subject::name_among(desk, handed_in, life, &act.subject),
        note: act.person.clone(),
        href: subject::page_of(life, &act.subject),
        ..WorkItem::default()
    }
}

/// Paid claims whose pursuit was not reported for the last quarter (`shuozhou.md`, article 23).
fn pursuits(desk: &mut Desk<'_>) -> Result<Vec<WorkItem>, PageError> {
    let Some(quarter) = Quarter::last_before(desk.today) else { return Ok(Vec::new()) };
    let filter = ClaimFilter { states: &["recovering"], ..ClaimFilter::default() };
    let found = claim_list::rows(&mut desk.db, &desk.reach, &filter, (ClaimOrder::Arrival, false), (0, MOST))?;
    let subjects: Vec<&str> = found.iter().map(|(status, ..)| status.claim_id.as_str()).collect();
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let of = (desk.app.fund_id(), Life::Claim.code());
    let told = acts::of_some(&mut desk.db, of, &subjects, &["paid", "recovery_reported"])?;
    let name = quarter.to_string();
    let is_due = |claim_id: &str| {
        let mut own = told.iter().filter(|row| row.subject == claim_id);
        let was_paid = own.clone().any(|row| row.act == "paid" && row.business_date <= quarter.last_day());
        was_paid && !own.any(|row| names(row, "quarter", &name))
    };
    let due = found.iter().filter(|(status, ..)| is_due(&status.claim_id));
    Ok(due
        .map(|(status, _, loan)| WorkItem {
            label: words::act(desk.lang, Life::Claim, "recovery_reported"),
            text: format!("{} {}", claims::case_no(status.arrival), loan.borrower_name),
            note: desk.text("page.work.quarter", &[("quarter", &name)]),
            href: link::with_query(
                &offers::address(Life::Claim, &status.claim_id, "recovery_reported"),
                &[("quarter", name.clone())],
            ),
            ..WorkItem::default()
        })
        .collect())
}

/// What ends soon, where anything does.
fn ending(desk: &mut Desk<'_>) -> Result<Option<WorkItem>, PageError> {
    let (policies, rights) = reminders::count(desk)?;
    let places = [("policies", policies.to_string()), ("rights", rights.to_string())];
    let places = places.each_ref().map(|(name, text)| (*name, text.as_str()));
    Ok((policies.saturating_add(rights) > 0).then(|| WorkItem {
        label: desk.text("page.reminders.todo", &[]),
        text: desk.text("page.reminders.todo_text", &places),
        href: "/reminders".to_owned(),
        ..WorkItem::default()
    }))
}

/// Imports that somebody else has asked to take back.
fn requests(desk: &mut Desk<'_>) -> Result<Vec<WorkItem>, PageError> {
    let mut open = undo::list(&mut desk.db, desk.app.fund_id())?;
    open.retain(|one| one.answer.is_none() && one.asked.person != desk.asker.name);
    let ids: Vec<&str> = open.iter().map(|one| one.asked.import_id.as_str()).collect();
    let mut files = imports::some(&mut desk.db, &ids)?;
    let mut items = Vec::new();
    for Undo { asked, .. } in open {
        let Some(import) = files.remove(&asked.import_id) else { continue };
        if desk.reach.holds(import.bank.as_deref()) {
            items.push(WorkItem {
                label: desk.text("page.undo.form.decide", &[]),
                text: import.file_name,
                note: asked.person,
                href: format!("/imports/{}/undo", link::segment(&import.import_id)),
                ..WorkItem::default()
            });
        }
    }
    Ok(items)
}

/// The month that somebody else has proposed to close.
fn closing(desk: &mut Desk<'_>) -> Result<Option<WorkItem>, PageError> {
    let last = periods::list(&mut desk.db, desk.app.fund_id())?.pop();
    let proposed = last.filter(|step| step.state == "proposed" && key_of(&step.person) != key_of(&desk.asker.name));
    Ok(proposed.map(|step| WorkItem {
        label: desk.text("page.periods.do.seal", &[]),
        text: desk.text("page.periods.form.seal", &[("month", &step.period)]),
        note: step.person,
        href: "/periods".to_owned(),
        ..WorkItem::default()
    }))
}

/// Movements of money that wait for a second person.
fn moves(desk: &mut Desk<'_>) -> Result<Vec<WorkItem>, PageError> {
    let fund_id = desk.app.fund_id();
    let pending = fund::state(&mut desk.db, fund_id)?.pending;
    Ok(pending
        .into_keys()
        .map(|number| WorkItem {
            label: words::act(desk.lang, Life::Fund, "move_decided"),
            href: format!(
                "{}?move_no={}",
                offers::address(Life::Fund, fund_id, "move_decided"),
                link::segment(&number)
            ),
            text: number,
            ..WorkItem::default()
        })
        .collect())
}

/// What was typed into forms and not sent.
fn typed(desk: &mut Desk<'_>) -> Result<Vec<DoneItem>, PageError> {
    let mut items = Vec::new();
    for draft in drafts::of(&mut desk.db, desk.app, &desk.asker.name)? {
        let Some((life, subject, act)) = drafting::place_of(&draft.address) else { continue };
        items.push(DoneItem {
            at: beijing(draft.saved_at),
            act: words::act(desk.lang, life, &act),
            text: subject::name(desk, life, &subject)?,
            href: draft.address,
        });
    }
    Ok(items)
}

fn done(desk: &Desk<'_>, handed_in: &HandedIn, life: Life, act: &ActRow) -> DoneItem {
    DoneItem {
        at: beijing(act.recorded_at),
        act: words::act(desk.lang, life, &act.act),
        text: subject::name_among(desk, handed_in, life, &act.subject),
        href: subject::page_of(life, &act.subject),
    }
}

#[cfg(test)]
mod tests {
    use super::{WorkItem, in_order};

    fn item(text: &str, day: Option<&str>, href: &str) -> WorkItem {
        let due_on = day.map(|day| day.parse().unwrap());
        WorkItem { text: text.to_owned(), due_on, href: href.to_owned(), ..WorkItem::default() }
    }

    #[test]
    fn what_waits_for_two_reasons_stands_once_with_the_earlier_day() {
        let items = vec![
            item("BC-1", None, "/claims/1"),
            item("BC-1 by Friday", Some("2026-12-04"), "/claims/1"),
            item("BC-2", Some("2026-12-08"), "/claims/2"),
            item("BC-1 by Monday", Some("2026-11-30"), "/claims/1"),
        ];
        let texts: Vec<String> = in_order(items).into_iter().map(|item| item.text).collect();
        assert_eq!(texts, ["BC-1 by Monday", "BC-2"]);
    }
}
