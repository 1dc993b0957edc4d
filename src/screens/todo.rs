//! What a person has to do, most urgent first.
//!
//! **Invariant:** a bank is called late only after its last day for the month has passed.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::Desk;
use super::{figures, words};
use crate::domain::access::Permission;
use crate::domain::calendar::Month;
use crate::domain::reminders::{RULEBOOK_NOTICE_DAYS, until};
use crate::http::error::PageError;
use crate::jobs::declaration::Missed;
use crate::jobs::schedule::banks_due_on;
use crate::link;
use crate::storage::find::{board, imports, jobs, mail, undos, uploads};
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::uploads::state;
use crate::usecase::uploads::preview::Preview;
use crate::views::beijing;
use crate::views::dashboard::{IncompleteReturn, MissingReturn, RulebookEnd, Todo};

/// Entries of one kind at most: the list is for today, the pages hold the rest.
const MOST: usize = 10;
/// The same for the database.
const MOST_ROWS: i64 = 10;

/// Everything to do.
pub(super) fn todos(desk: &mut Desk<'_>) -> Result<Vec<Todo>, PageError> {
    let mut todos = Vec::new();
    if desk.may_for_fund(Permission::IssueRulebooks) {
        todos.extend(rulebook_end(desk).map(Todo::RulebookEnd));
    }
    if desk.asker.may(Permission::ReadClaims) {
        todos.extend(figures::work(desk)?.into_iter().map(Todo::Work));
    }
    if desk.may_for_fund(Permission::ReadJobs) {
        todos.extend(failed_jobs(desk)?);
    }
    // Whoever only reads has nothing to do about a file.
    if desk.asker.may(Permission::EnterFiles) {
        todos.extend(missing(desk)?.into_iter().take(MOST).map(Todo::MissingReturn));
        todos.extend(incomplete(desk)?.into_iter().take(MOST).map(Todo::IncompleteReturn));
        todos.extend(waiting_uploads(desk)?);
    }
    if desk.may_for_fund(Permission::ReadMailBodies) {
        let given_up = mail::given_up(&mut desk.db, desk.app.fund_id(), MOST_ROWS)?;
        todos.extend(given_up.into_iter().map(|(id, subject)| Todo::FailedMail { id, subject }));
    }
    if desk.asker.may(Permission::EnterFiles) {
        todos.extend(refused_rows(desk)?);
    }
    desk.todo_count = Some(todos.len());
    Ok(todos)
}

/// Occurrences that failed. A job that makes up only for its last occurrence is well again after a good one.
fn failed_jobs(desk: &mut Desk<'_>) -> Result<Vec<Todo>, PageError> {
    let failed = jobs::failed(&mut desk.db, MOST_ROWS)?;
    if failed.is_empty() {
        return Ok(Vec::new());
    }
    let done: BTreeMap<String, _> = jobs::last_done(&mut desk.db)?.into_iter().collect();
    let each = |name: &str| desk.app.jobs.iter().any(|job| job.name == name && job.missed == Missed::Each);
    Ok(failed
        .into_iter()
        .filter(|run| each(&run.job) || done.get(&run.job).copied().flatten().is_none_or(|at| at < run.due_at))
        .map(|run| Todo::FailedJob { title: words::job(desk.lang, &run.job), due: beijing(run.due_at), job: run.job })
        .collect())
}

/// Returns that are late on the business date, the latest first.
pub(super) fn missing(desk: &mut Desk<'_>) -> Result<Vec<MissingReturn>, PageError> {
    let reported: BTreeSet<(String, String)> = board::reported(&mut desk.db, &desk.reach)?.into_iter().collect();
    let rules = desk.app.schedule_rules();
    let mut missing = Vec::new();
    let mut month = desk.app.first_period();
    loop {
        let (due_on, _) = banks_due_on(rules, month.next());
        let days_late = desk.today.signed_duration_since(due_on).num_days();
        if days_late <= 0 || month >= Month::of(desk.today) {
            break;
        }
        let (first, last) = (month.first_day(), month.last_day());
        for bank in desk.banks().filter(|bank| bank.agreed_from <= last && first <= bank.agreed_to) {
            if !reported.contains(&(bank.code.clone(), month.to_string())) {
                missing.push(MissingReturn {
                    bank: bank.name.clone(),
                    month: month.to_string(),
                    due_on: Some(due_on),
                    days_late,
                    href: format!("/returns/{}?month={month}", link::segment(&bank.code)),
                });
            }
        }
        month = month.next();
    }
    Ok(missing)
}

/// Returns that only carry some loans on, the newest month first.
pub(super) fn incomplete(desk: &mut Desk<'_>) -> Result<Vec<IncompleteReturn>, PageError> {
    let found = figures::incomplete(desk)?;
    let mut all: Vec<IncompleteReturn> = found
        .into_iter()
        .map(|((bank, month), loans)| IncompleteReturn { bank: desk.name(&bank), month, loans })
        .collect();
    all.sort_by(|one, other| other.month.cmp(&one.month).then_with(|| one.bank.cmp(&other.bank)));
    Ok(all)
}

/// The rulebook that ends soon, or has ended, with none to follow it.
pub(super) fn rulebook_end(desk: &Desk<'_>) -> Option<RulebookEnd> {
    let (measure, last) = desk.measures.ending(desk.today, until(desk.today, RULEBOOK_NOTICE_DAYS))?;
    let days_left = last.signed_duration_since(desk.today).num_days();
    Some(RulebookEnd { name: measure.rulebook.name(), ends_on: Some(last), days_left })
}

/// Checked files nobody has decided on, those that wait longest first.
fn waiting_uploads(desk: &mut Desk<'_>) -> Result<Vec<Todo>, PageError> {
    let waiting = uploads::in_state(&mut desk.db, desk.app.fund_id(), state::CHECKED, MOST_ROWS)?;
    Ok(waiting
        .into_iter()
        .filter(|row| super::uploads::is_within(&desk.reach, row))
        .map(|row| Todo::WaitingUpload {
            refused: Preview::of(row.preview.as_deref()).rejected,
            by: words::actor(desk, &row.actor),
            id: row.upload_id,
            file: row.file_name,
        })
        .collect())
}

/// Newest file of each kind and bank, where it has refused rows: a later file has taken the place of the ones before.
fn refused_rows(desk: &mut Desk<'_>) -> Result<Vec<Todo>, PageError> {
    let fund_id = desk.app.fund_id();
    let mut refused: BTreeMap<String, i64> = BTreeMap::new();
    for (import, severity, rows) in imports::rows_with_findings(&mut desk.db, fund_id)? {
        if severity == "rejected" {
            refused.insert(import, rows);
        }
    }
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    let mut newest: BTreeMap<(String, Option<String>), ImportRow> = BTreeMap::new();
    let undone = undos::undone(&mut desk.db, fund_id)?;
    for row in imports::all(&mut desk.db, fund_id)?.into_iter().filter(|row| !undone.contains(&row.import_id)) {
        newest.insert((row.kind.clone(), row.bank.clone()), row);
    }
    let is_shown = |row: &ImportRow| refused.contains_key(&row.import_id) && desk.reach.holds(row.bank.as_deref());
    let mut files: Vec<ImportRow> = newest.into_values().filter(is_shown).collect();
    files.sort_by_key(|row| std::cmp::Reverse(row.recorded_at));
    Ok(files
        .into_iter()
        .take(MOST)
        .map(|row| Todo::RefusedRows {
            refused: refused.get(&row.import_id).copied().map_or(0, super::desk::unsigned),
            file_id: row.import_id,
            file: row.file_name,
        })
        .collect())
}
