//! The working side of a claim: its way so far, its papers, what the bank says beside what the books say.
//!
//! **Invariant:** what is due and what is missing is the measure's word, read from the books.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::act_forms::offers::offers;
use super::act_forms::todo::who_has;
use super::desk::Desk;
use super::words::word;
use super::{casework, claim_draft};
use crate::domain::access::Permission as P;
use crate::domain::calendar::Month;
use crate::domain::claim::Claim;
use crate::domain::claim::clocks::taken;
use crate::http::error::PageError;
use crate::link;
use crate::reference;
use crate::reports::forms::ClaimForm;
use crate::storage::find::claim_list::Entry;
use crate::storage::find::{acts, servicing};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::rows::servicing::LoanMonthRow;
use crate::usecase::lives::claim::{bearings, document_word, load};
use crate::usecase::lives::{Life, claim as life};
use crate::views::casework::{ClaimCase, Compared, Printable, StepShown};

/// Steps of the usual way: word, acts that take it, states in which it is open.
const STEPS: [(&str, &[&str], &[&str]); 7] = [
    ("drafted", &["drafted"], &["returned"]),
    ("submitted", &["submitted", "relodged"], &["drafted"]),
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
    let rows = acts::of(&mut desk.db, &filed.fund_id, life::LIFE, id)?;
    let complete = bearings::completeness_stored(&mut desk.db, filed, &claim)?;
    let missing = complete.as_ref().map(|complete| claim_draft::missing(desk, complete));
    let papers = Papers::of(desk, filed, &claim)?;
    let days = taken(&claim, reference::work_calendar(), desk.today);
    let today = desk.today;
    Ok(ClaimCase {
        steps: steps(desk, entry, &claim, &rows),
        passed: casework::passed(desk, Life::Claim, id)?,
        papers: casework::papers(desk, Life::Claim, id)?,
        papers_href: format!("/papers/claim/{}", link::segment(id)),
        complete: complete.map(|complete| claim_draft::complete(desk, &complete)).unwrap_or_default(),
        missing: missing.unwrap_or_default(),
        stated: papers.stated.len(),
        on_file: papers.on_file.len(),
        without_file: papers.without_file(desk),
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

/// Papers of a claim, as rulebooks name them: what was said to be there is not yet a file.
pub(super) struct Papers {
    pub stated: BTreeSet<String>,
    pub on_file: BTreeSet<String>,
}

impl Papers {
    pub fn of(desk: &mut Desk<'_>, filed: &ClaimRow, claim: &Claim) -> Result<Papers, PageError> {
        let by_file: Vec<String> = serde_json::from_str(&filed.documents).unwrap_or_default();
        let stated = by_file.iter().chain(&claim.documents).map(|code| document_word(code)).collect();
        let mut on_file = BTreeSet::new();
        for (life, subject) in [(Life::Claim, &filed.claim_id), (Life::Registration, &filed.loan_id)] {
            let codes = acts::documents(&mut desk.db, &filed.fund_id, life.code(), subject)?;
            on_file.extend(codes.iter().map(|code| document_word(code)));
        }
        Ok(Papers { stated, on_file })
    }

    /// Stated papers of which no file came, in words.
    pub fn without_file(&self, desk: &Desk<'_>) -> Vec<String> {
        self.stated.difference(&self.on_file).map(|code| casework::document(desk, code)).collect()
    }
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
    let month = reported_by(&months, filed.filed_on);
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

/// The return to hold a claim against: the last one whose month was over on the day of filing; before there was one,
/// the one of the month that ran then. What was reported later tells of another day.
fn reported_by(months: &[LoanMonthRow], filed_on: NaiveDate) -> Option<&LoanMonthRow> {
    let newest = |day: fn(Month) -> NaiveDate| {
        let by_then = months.iter().filter(|row| Month::parse(&row.month).is_ok_and(|month| day(month) <= filed_on));
        by_then.max_by(|a, b| a.month.cmp(&b.month))
    };
    newest(Month::last_day).or_else(|| newest(Month::first_day))
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

#[cfg(test)]
mod tests {
    use super::{LoanMonthRow, reported_by};

    fn month(month: &str) -> LoanMonthRow {
        LoanMonthRow {
            loan_id: String::new(),
            month: month.to_owned(),
            fund_id: String::new(),
            bank: String::new(),
            report_id: String::new(),
            balance_fen: 0,
            overdue_principal_fen: 0,
            overdue_interest_fen: 0,
            overdue_since: None,
            overdue_days: 0,
            bank_tier: String::new(),
            floor_tier: String::new(),
            tier: String::new(),
        }
    }

    #[test]
    fn a_claim_is_held_against_the_last_month_that_was_over_when_it_was_filed() {
        let months = ["2025-09", "2025-10", "2025-11", "2026-07"].map(month);
        let found = |day: &str| reported_by(&months, day.parse().unwrap()).map(|row| row.month.as_str());
        assert_eq!(found("2025-11-03"), Some("2025-10"));
        assert_eq!(found("2025-11-30"), Some("2025-11"));
        assert_eq!(found("2025-09-15"), Some("2025-09"), "no month was over: the one that ran");
        assert_eq!(found("2025-08-31"), None);
        assert_eq!(found("2026-12-01"), Some("2026-07"));
    }
}
