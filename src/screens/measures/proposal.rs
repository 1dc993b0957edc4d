//! A proposal: what it is held against, what it would change, and its answer by another person.
//!
//! **Invariant:** the trial saves nothing; an answer goes through the use case, which asks for the second person.

use chrono::{Months, NaiveDate};

use super::rulebook::{body, differing};
use super::rulebooks::{proposal_row, told};
use crate::domain::access::Permission;
use crate::domain::person::key_of;
use crate::domain::rulebook::Rulebook;
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::import::cell::{CellValue, DateReading, read_date};
use crate::link;
use crate::rulebook::parse;
use crate::screens::acts::{Faults, Here};
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::screens::words::word;
use crate::usecase::UseCaseError;
use crate::usecase::issuing::{self, Accepted, Proposal, Word};
use crate::usecase::trial::{self, Compared, Sums, Trial};
use crate::views::measures::rulebooks::{ProposalView, TrialRow, TrialSums};

/// Changed loans that are shown one by one.
const SHOWN: usize = 50;
/// Months of the trial where nobody says otherwise.
const MONTHS: u32 = 12;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let mut faults = Faults::new(desk.lang);
    let mut view = shown(desk, asked, &mut faults)?;
    view.errors = faults.found;
    named::page(desk, "measures_proposal", "rulebooks", &view)
}

fn known(desk: &mut Desk<'_>, asked: &Named) -> Result<Proposal, PageError> {
    let all = issuing::list(&mut desk.db, desk.app.fund_id())?;
    all.into_iter().find(|one| one.proposed.proposal_id == asked.place("id")).ok_or(PageError::NotFound)
}

fn shown(desk: &mut Desk<'_>, asked: &Named, faults: &mut Faults) -> Result<ProposalView, PageError> {
    let known = known(desk, asked)?;
    let text = known.proposed.body.clone().unwrap_or_default();
    let parsed = parse(&known.proposed.file_name, &text).ok().map(|parsed| parsed.rulebook);
    let head = parsed.as_ref().map(|book| &book.head);
    let from = head.and_then(|head| head.effective_from.known().copied());
    let row = proposal_row(&known);
    // A version is held against the one in force when it begins, and once stored never against itself.
    let against = desk
        .measures
        .governing(from.unwrap_or(desk.today))
        .or_else(|| desk.measures.iter().last())
        .map(|measure| measure.rulebook.name())
        .filter(|name| *name != row.name);
    let before = match &against {
        Some(name) => body(desk, name)?.unwrap_or_default(),
        None => String::new(),
    };
    let answer = known.answer.as_ref();
    let mut view = ProposalView {
        differences: if before.is_empty() { Vec::new() } else { differing(&before, &text) },
        against: against.unwrap_or_default(),
        file: known.proposed.file_name.clone(),
        note: known.proposed.note.clone(),
        answer_note: answer.map(|answer| answer.note.clone()).unwrap_or_default(),
        repeals: answer.and_then(|answer| answer.repeals.clone()).unwrap_or_default(),
        repealed_from: answer.and_then(|answer| answer.repealed_from),
        from,
        to: head.and_then(|head| head.effective_to.known().copied()),
        weak: known.unconfirmed(),
        unknown_groups: known.proposed.unknown_groups,
        unknown_values: known.proposed.unknown_values,
        is_own: key_of(&known.proposed.person) == key_of(&desk.asker.name),
        row,
        ..ProposalView::default()
    };
    if let Some(book) = parsed {
        try_out(desk, asked, &book, &mut view, faults)?;
    }
    Ok(view)
}

fn try_out(
    desk: &mut Desk<'_>,
    asked: &Named,
    book: &Rulebook,
    view: &mut ProposalView,
    faults: &mut Faults,
) -> Result<(), PageError> {
    // From the first day of the version it is held against on: whatever that governs may change.
    let year_ago = desk.today.checked_sub_months(Months::new(MONTHS)).unwrap_or(desk.today);
    let against = desk.measures.iter().find(|measure| measure.rulebook.name() == view.against);
    let begin = against.and_then(|measure| measure.validity()).map_or(year_ago, |(from, _)| from);
    let mut typed = |field: &str, other: NaiveDate| -> (String, Option<NaiveDate>) {
        let text = asked.parameter(field);
        match read_date(&CellValue::from_text(text)) {
            DateReading::Day(day) => (day.to_string(), Some(day)),
            _ if text.is_empty() => (other.to_string(), Some(other)),
            _ => {
                faults.add(field, "page.rulebook.fault.day", &[("found", text)]);
                (text.to_owned(), None)
            }
        }
    };
    let (from_text, from) = typed("from", begin);
    let (to_text, to) = typed("to", desk.today);
    (view.trial_from, view.trial_to) = (from_text, to_text);
    let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
    if to < from {
        faults.add("to", "page.rulebook.fault.days", &[("from", &from.to_string()), ("to", &to.to_string())]);
        return Ok(());
    }
    if asked.parameter("try").is_empty() || !desk.may_for_fund(Permission::IssueRulebooks) {
        return Ok(());
    }
    let done = trial::run(&mut desk.db, desk.app.fund_id(), book, (from, to))?;
    tell(desk, &done, view);
    Ok(())
}

fn tell(desk: &Desk<'_>, done: &Trial, view: &mut ProposalView) {
    view.tried = true;
    view.sums = vec![sums(String::new(), &done.total)];
    view.sums.extend(done.banks.iter().map(|(bank, own)| sums(desk.name(bank), own)));
    view.claims = changed(&done.claims).into_iter().map(|one| line(desk, one)).collect();
    let loans = changed(&done.loans);
    view.loans_changed = loans.len();
    view.loans = loans.into_iter().take(SHOWN).map(|one| line(desk, one)).collect();
}

/// Those that change, the largest difference first.
fn changed(all: &[Compared]) -> Vec<&Compared> {
    let mut changed: Vec<&Compared> = all.iter().filter(|one| one.changes()).collect();
    changed.sort_by_key(|one| std::cmp::Reverse(one.difference().unsigned_abs()));
    changed
}

fn sums(bank: String, of: &Sums) -> TrialSums {
    TrialSums {
        bank,
        loans: of.loans,
        claims: of.claims,
        reserve: of.reserve_fen,
        payout: of.payout_fen,
        decisions: of.decisions,
    }
}

fn line(desk: &Desk<'_>, one: &Compared) -> TrialRow {
    TrialRow {
        contract: one.contract.clone(),
        bank: desk.name(&one.bank),
        decision_before: word(desk.lang, "trial.decision", &one.before.decision),
        decision_after: word(desk.lang, "trial.decision", &one.after.decision),
        before: one.before.amount_fen,
        after: one.after.amount_fen,
        difference: one.difference(),
        clauses: one.clauses.join(" "),
    }
}

/// Confirms, rejects or withdraws a proposal.
pub(super) fn answer(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    known(&mut here.desk()?, asked)?;
    let own = asked.path.clone();
    // A measure decides over money of years: whoever confirms one proves again to be who signed in.
    if form.field("answer") == "confirm" && !asked.stepped_up {
        return Ok(Acted::SeeOther(link::with_query("/sign-in/again", &[("next", own)])));
    }
    let mut faults = Faults::new(here.lang);
    let id = asked.place("id");
    let note = form.field("note");
    let word = Word { by: &here.asker.name, note, on: here.app.store.clock().today() };
    let done = match form.field("answer") {
        "confirm" => confirm(here, id, form, word, &mut faults),
        "reject" => issuing::reject(here.app, id, word).map(Some),
        "withdraw" => issuing::withdraw(here.app, id, word).map(Some),
        _ => return Err(PageError::BadForm),
    };
    match done {
        Ok(Some(_)) => {
            let done = match form.field("answer") {
                "confirm" => "confirmed",
                "reject" => "rejected",
                _ => "withdrawn",
            };
            return Ok(Acted::SeeOther(link::with_query(&own, &[("done", done.to_owned())])));
        }
        Ok(None) => {}
        Err(UseCaseError::Issuing(refusal)) => faults.say(field_of(refusal.code), told(here, &refusal)),
        Err(other) => return Err(other.into()),
    }
    let mut desk = here.desk()?;
    let mut view = shown(&mut desk, asked, &mut faults)?;
    view.typed_note = note.to_owned();
    view.typed_repeal = form.field("repeal_from").to_owned();
    view.errors = faults.found;
    drop(desk);
    named::again(here, "measures_proposal", "rulebooks", &view)
}

fn field_of(code: &str) -> &'static str {
    match code {
        "RULEBOOK_NOTE_MISSING" => "note",
        "RULEBOOK_UNACCEPTED" | "RULEBOOK_CLAUSE_UNKNOWN" => "accept",
        "RULEBOOK_OVERLAPS" | "RULEBOOK_NOTHING_TO_REPEAL" => "repeal_from",
        _ => "answer",
    }
}

fn confirm(
    here: Here<'_>,
    id: &str,
    form: &Submission,
    word: Word<'_>,
    faults: &mut Faults,
) -> Result<Option<Proposal>, UseCaseError> {
    let typed = form.field("repeal_from");
    let repeal = match read_date(&CellValue::from_text(typed)) {
        DateReading::Day(day) => Some(day),
        _ if typed.is_empty() => None,
        _ => {
            faults.add("repeal_from", "page.rulebook.fault.day", &[("found", typed)]);
            return Ok(None);
        }
    };
    let accepted = if form.field("accept") == "yes" { Accepted::All } else { Accepted::Named(&[]) };
    issuing::confirm(here.app, id, accepted, repeal, word).map(Some)
}
