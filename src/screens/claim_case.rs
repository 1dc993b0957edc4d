//! The working side of a claim: its way so far, its papers, what the bank says beside what the books say.
//!
//! **Invariant:** what is due and what is missing is the measure's word, read from the books.

use super::act_forms::offers::offers;
use super::act_forms::todo::who_has;
use super::casework;
use super::desk::Desk;
use super::words::word;
use crate::domain::access::Permission as P;
use crate::domain::claim::Claim;
use crate::domain::claim::clocks::taken;
use crate::http::error::PageError;
use crate::link;
use crate::reference;
use crate::reports::forms::ClaimForm;
use crate::storage::find::claim_list::Entry;
use crate::storage::find::servicing;
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::claims::CalculationRow;
use crate::usecase::lives::claim::{bearings, load};
use crate::usecase::lives::{Life, claim as life};
use crate::views::casework::{ClaimCase, Compared, Printable, StepShown};

/// Steps of the usual way: word, acts that take it, states in which it is open.
const STEPS: [(&str, &[&str], &[&str]); 7] = [
    ("drafted", &["drafted"], &["returned"]),
    ("submitted", &["submitted", "relodged"], &[]),
    ("accepted", &["accepted"], &["submitted"]),
    ("reviewed", &["reviewed"], &["accepted"]),
    ("approved", &["approved", "approval_confirmed"], &["reviewed", "awaiting_confirmation"]),
    ("paid", &["paid"], &["approved", "ordered"]),
    ("received", &["received"], &["paid"]),
];

/// The working side of a claim that is filed.
pub(super) fn of(desk: &mut Desk<'_>, entry: &Entry, last: Option<&CalculationRow>) -> Result<ClaimCase, PageError> {
    let (status, filed, _) = entry;
    let id = &filed.claim_id;
    let claim = load(&mut desk.db, filed)?;
    let rows = crate::storage::find::acts::of(&mut desk.db, &filed.fund_id, life::LIFE, id)?;
    let complete = bearings::completeness_stored(&mut desk.db, filed, &claim)?;
    let missing = complete.as_ref().map(|complete| {
        let gates = [
            crate::domain::rulebook::vocabulary::DocumentGate::Compute,
            crate::domain::rulebook::vocabulary::DocumentGate::Approve,
        ];
        gates.into_iter().flat_map(|gate| complete.missing(gate)).collect::<std::collections::BTreeSet<_>>()
    });
    let days = taken(&claim, reference::work_calendar(), desk.today);
    let today = desk.today;
    Ok(ClaimCase {
        steps: steps(desk, entry, &claim, &rows),
        passed: casework::passed(desk, Life::Claim, id)?,
        papers: casework::papers(desk, Life::Claim, id)?,
        papers_href: format!("/papers/claim/{}", link::segment(id)),
        percent: complete.map(|complete| complete.percent()),
        missing: missing.unwrap_or_default().iter().map(|code| casework::document(desk, code)).collect(),
        bank_days: days.bank,
        fund_days: days.fund,
        due_on: status.due_on,
        days_left: status.due_on.map(|due| due.signed_duration_since(today).num_days()),
        compared: compared(desk, entry, &claim, last)?,
        offers: offers(desk, Life::Claim, id)?,
        forms: forms(desk, id, &rows),
        pack_href: if desk.asker.may(P::ReadAttachments) {
            format!("/claims/{}/pack", link::segment(id))
        } else {
            String::new()
        },
    })
}

fn steps(desk: &Desk<'_>, entry: &Entry, claim: &Claim, rows: &[ActRow]) -> Vec<StepShown> {
    let state = claim.stage.code();
    let done = |acts: &[&str]| rows.iter().rev().find(|row| acts.contains(&row.act.as_str()));
    let now = STEPS.iter().position(|(.., open)| open.contains(&state));
    let past_all = matches!(state, "recovering" | "closed");
    let step = |(place, (label, acts, _)): (usize, &(&str, &[&str], &[&str]))| {
        let taken = done(acts);
        let is_now = now == Some(place);
        let is_done = past_all || now.is_some_and(|now| place < now) || now.is_none() && taken.is_some();
        let note = match taken {
            Some(row) if !is_now => format!("{} {}", row.business_date.format("%m-%d"), row.person),
            _ if is_now => {
                let due = entry.0.due_on.map(|due| format!(" · {due}")).unwrap_or_default();
                let holder = who_has(state).map(|role| word(desk.lang, "forms.role", role.code()));
                format!("{}{due}", holder.unwrap_or_default())
            }
            // What came in by a file has no acts of its own.
            _ if place < 2 && !entry.1.import_id.is_empty() => desk.text("page.case.by_file", &[]),
            _ => String::new(),
        };
        let state = if is_now {
            "now"
        } else if is_done {
            "done"
        } else {
            ""
        };
        StepShown { label: desk.text(&format!("page.case.step.{label}"), &[]), state, note }
    };
    STEPS.iter().enumerate().map(step).collect()
}

fn compared(
    desk: &mut Desk<'_>,
    entry: &Entry,
    claim: &Claim,
    last: Option<&CalculationRow>,
) -> Result<Vec<Compared>, PageError> {
    let (_, filed, loan) = entry;
    let months = servicing::rows_of_loan(&mut desk.db, &desk.reach, &loan.loan_id)?;
    let month = months.iter().max_by(|a, b| a.month.cmp(&b.month));
    let same = |bank: Option<i64>, own: Option<i64>| bank.zip(own).map(|(bank, own)| bank == own);
    let row = |label: &str, basis: String, bank: Option<i64>, own: Option<i64>| Compared {
        label: desk.text(&format!("page.case.compared.{label}"), &[]),
        basis,
        bank_amount: bank,
        own_amount: own,
        same: same(bank, own),
        ..Compared::default()
    };
    let report = month.map(|row| desk.text("page.case.report", &[("month", &row.month)])).unwrap_or_default();
    let reported_since = month.and_then(|row| row.overdue_since);
    let applied = claim.figures.as_ref().and_then(|figures| figures.applied).map(crate::domain::money::Fen::get);
    Ok(vec![
        row("outstanding", report.clone(), Some(filed.outstanding_fen), month.map(|row| row.balance_fen)),
        row("interest", report.clone(), Some(filed.overdue_interest_fen), month.map(|row| row.overdue_interest_fen)),
        Compared {
            label: desk.text("page.case.compared.overdue_since", &[]),
            basis: report,
            bank_day: Some(filed.overdue_since),
            own_day: reported_since,
            same: reported_since.map(|day| day == filed.overdue_since),
            ..Compared::default()
        },
        row("payout", desk.text("page.case.by_rule", &[]), applied, last.map(|row| row.payout_fen)),
    ])
}

fn forms(desk: &Desk<'_>, id: &str, rows: &[ActRow]) -> Vec<Printable> {
    let took = |act: &str| rows.iter().any(|row| row.act == act);
    let has = |form: ClaimForm| match form {
        ClaimForm::Application | ClaimForm::Approval => true,
        ClaimForm::Returned => took("returned"),
        ClaimForm::Rejected => took("rejected"),
        ClaimForm::Recovery => took("recovery_reported"),
        ClaimForm::WriteOff => took("proposed"),
    };
    let name = |form: ClaimForm| match form {
        ClaimForm::Application => "application",
        ClaimForm::Approval => "approval",
        ClaimForm::Returned => "returned",
        ClaimForm::Rejected => "not_paid",
        ClaimForm::Recovery => "recovery",
        ClaimForm::WriteOff => "write_off",
    };
    let printable = |form: ClaimForm| Printable {
        label: desk.text(&format!("forms.title.{}", name(form)), &[]),
        href: format!("/claims/{}/forms/{}", link::segment(id), form.code()),
    };
    ClaimForm::ALL.into_iter().filter(|form| has(*form)).map(printable).collect()
}
