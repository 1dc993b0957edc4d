//! What somebody must know to decide, above the form of an act and on its check.
//!
//! **Invariant:** what stands here is read from the books or worked out as the act itself works it out; nothing of it
//! is sent with the form.

use chrono::{Days, NaiveDate};
use serde_json::Value;

use super::form::About;
use super::outcome::told as told_of;
use crate::domain::access::Permission as P;
use crate::domain::claim::ClaimAct;
use crate::domain::detail::{Act as _, Shape};
use crate::domain::money::{Fen, FenDelta};
use crate::domain::registration_life::CREDIT_REPORT_DAYS;
use crate::http::error::PageError;
use crate::link;
use crate::render::grouped;
use crate::screens::claim_case::Papers;
use crate::screens::desk::Desk;
use crate::screens::words::word;
use crate::screens::{claim_draft, claims};
use crate::storage::find::claim_list::{self, Entry};
use crate::storage::find::{claims as filed_claims, loans};
use crate::usecase::UseCaseError;
use crate::usecase::drafted_claim::Drafted;
use crate::usecase::lives::claim::bearings;
use crate::usecase::lives::claim::filing::find_or_begin;
use crate::usecase::lives::json::object;
use crate::usecase::lives::{Life, registration, vocabulary};
use crate::views::acting::CheckLine;
use crate::views::parts::{Cell, Facts};

/// Acts on a claim that was handed in by which the fund decides or pays.
const DECIDES: [&str; 9] = [
    "accepted",
    "returned",
    "reviewed",
    "approved",
    "approval_confirmed",
    "rejected",
    "countersigned",
    "ordered",
    "paid",
];

type Lines = Vec<(String, Cell)>;

/// What stands above a form.
pub(super) fn above(desk: &mut Desk<'_>, life: Life, subject: &str, act: &str) -> Result<Option<Facts>, PageError> {
    let lines = match (life, act) {
        (Life::Claim, "submitted") => match claim_draft::look(desk, subject)? {
            Some(drafted) => of_draft(desk, drafted)?,
            None => Vec::new(),
        },
        (Life::Claim, act) if DECIDES.contains(&act) => match claim_list::one(&mut desk.db, &desk.reach, subject)? {
            Some(entry) => of_claim(desk, &entry)?,
            None => Vec::new(),
        },
        (Life::Registration, "submitted" | "registered" | "returned" | "rejected") => of_registration(desk, subject)?,
        (Life::Registration, "drafted") => match taken_already(desk, subject)? {
            Some(known) => vec![(text(desk, "known"), Cell::link(known.text, known.href))],
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    let title = text(desk, "title");
    Ok((!lines.is_empty()).then(|| Facts { id: "above".to_owned(), title, has_money: false, lines }))
}

fn text(desk: &Desk<'_>, key: &str) -> String {
    desk.text(&format!("page.acting.above.{key}"), &[])
}

/// The claim as the officer wrote it, what is missing, and what would come of it.
fn of_draft(desk: &mut Desk<'_>, drafted: Drafted) -> Result<Lines, PageError> {
    let Drafted { filing, claim, loan, completeness, calculation } = drafted;
    let mut lines = vec![
        (
            text(desk, "claim"),
            Cell::link(
                claims::draft_name(desk, &loan.contract),
                format!("/claims/{}", link::segment(&filing.claim_id)),
            ),
        ),
        (text(desk, "borrower"), Cell::text(loan.borrower_name)),
    ];
    let papers = Papers::of(desk, &filing, &claim)?;
    if let Some(figures) = claim.figures {
        lines.extend(figures_told(desk, figures));
    }
    lines.push((desk.text("page.case.complete", &[]), Cell::text(claim_draft::complete(desk, &completeness))));
    lines.extend(papers_told(desk, &papers, &claim_draft::missing(desk, &completeness)));
    if let Some(row) = calculation {
        lines.push((text(desk, "decision"), Cell::text(word(desk.lang, "page.decision", &row.decision))));
        lines.push((text(desk, "preview"), Cell::yuan(row.payout_fen)));
    }
    Ok(lines)
}

fn figures_told(desk: &Desk<'_>, figures: crate::domain::claim::act::Figures) -> Lines {
    let declared = vocabulary(Life::Claim).into_iter().find(|(word, _)| *word == "drafted");
    let Some((_, Shape::Group(fields))) = declared else { return Vec::new() };
    let details = object(&ClaimAct::Drafted { figures }.details());
    let told = super::told(desk, (Life::Claim, "drafted"), &fields, &details);
    told.into_iter().filter(|line| !line.value.is_empty()).map(|line| (line.label, Cell::text(line.value))).collect()
}

fn papers_told(desk: &Desk<'_>, papers: &Papers, missing: &[String]) -> Lines {
    let list = |names: &[String]| names.join(&desk.text("screen.list", &[]));
    let counts = [("stated", papers.stated.len().to_string()), ("files", papers.on_file.len().to_string())];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let mut lines = vec![(desk.text("page.papers.title", &[]), Cell::text(desk.text("page.case.stated", &counts)))];
    let without_file = papers.without_file(desk);
    if !without_file.is_empty() {
        lines.push((desk.text("page.case.without_file", &[]), Cell::text(list(&without_file))));
    }
    if !missing.is_empty() {
        lines.push((desk.text("page.case.missing", &[]), Cell::text(list(missing))));
    }
    lines
}

/// Whose claim it is, and what it comes to.
fn of_claim(desk: &mut Desk<'_>, entry: &Entry) -> Result<Lines, PageError> {
    let (status, filed, loan) = entry;
    let page = format!("/claims/{}", link::segment(&filed.claim_id));
    let claim = crate::usecase::lives::claim::load(&mut desk.db, filed)?;
    let papers = Papers::of(desk, filed, &claim)?;
    let complete = bearings::completeness_stored(&mut desk.db, filed, &claim)?;
    let last = filed_claims::last_calculation(&mut desk.db, &filed.claim_id)?;
    let outstanding = claim.figures.as_ref().map_or(filed.outstanding_fen, |figures| figures.outstanding.get());
    let mut lines = vec![
        (text(desk, "claim"), Cell::link(claims::case_no(status.arrival), page.clone())),
        (text(desk, "borrower"), Cell::text(loan.borrower_name.clone())),
        (text(desk, "bank"), Cell::text(desk.name(&status.bank))),
        (text(desk, "loan"), Cell::link(loan.contract.clone(), format!("/loans/{}", link::segment(&loan.loan_id)))),
        (text(desk, "outstanding"), Cell::yuan(outstanding)),
    ];
    if let Some(row) = last {
        lines.push((text(desk, "decision"), Cell::text(word(desk.lang, "page.decision", &row.decision))));
        lines.push((text(desk, "computed"), Cell::yuan(bearings::payable(&row).get())));
        lines.push((text(desk, "calculation"), Cell::link(desk.text("page.calc.sheet", &[]), format!("{page}/sheet"))));
    }
    if status.approved_fen > 0 {
        lines.push((text(desk, "granted"), Cell::yuan(status.approved_fen)));
    }
    let missing = complete.map(|complete| claim_draft::missing(desk, &complete)).unwrap_or_default();
    lines.extend(papers_told(desk, &papers, &missing));
    Ok(lines)
}

/// Whose loan it is, and what the measure says of it.
fn of_registration(desk: &mut Desk<'_>, subject: &str) -> Result<Lines, PageError> {
    let Some(form) = registration::form_of(&mut desk.db, desk.app.fund_id(), subject)? else { return Ok(Vec::new()) };
    let page = format!("/registrations/{}", link::segment(subject));
    let mut lines = vec![
        (text(desk, "registration"), Cell::link(form.contract.clone(), page)),
        (text(desk, "borrower"), Cell::text(form.borrower_name)),
        (text(desk, "principal"), Cell::yuan(form.principal.get())),
    ];
    lines.extend(verdict(desk, subject)?.into_iter().map(|line| (line.label, Cell::text(line.value))));
    Ok(lines)
}

/// What the measure in force says of a registration that waits, as its officer was told.
pub(in crate::screens) fn verdict(desk: &mut Desk<'_>, subject: &str) -> Result<Vec<CheckLine>, PageError> {
    let (app, by, fund_id) = (desk.app, desk.asker.name.as_str(), desk.app.fund_id());
    match app.store.look(&mut desk.db, desk.today, |tx| registration::look(tx, (fund_id, subject), by)) {
        Ok(answer) => Ok(told_of(desk.lang, Life::Registration, &answer)),
        Err(error) if error.is_refusal() => {
            Ok(vec![CheckLine { label: desk.text("page.acting.refused", &[]), value: error.text(desk.lang), depth: 0 }])
        }
        Err(error) => Err(error.into()),
    }
}

/// A contract that is on its way or on the register already: in words, and where it is.
pub(in crate::screens) struct Known {
    pub text: String,
    pub href: String,
}

/// Whether a form under this contract would be refused for what became of an earlier one.
pub(in crate::screens) fn taken_already(desk: &mut Desk<'_>, subject: &str) -> Result<Option<Known>, PageError> {
    let state = match registration::state(&mut desk.db, desk.app.fund_id(), subject) {
        Ok(state) => state,
        Err(error) if error.is_refusal() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let stage = state.stage.code();
    if matches!(stage, "drafted" | "returned") {
        return Ok(None);
    }
    let contract = subject.rsplit(':').next().unwrap_or(subject);
    let stage = word(desk.lang, "page.acting.state_of.registration", stage);
    let is_listed = loans::one(&mut desk.db, &desk.reach, subject)?.is_some();
    let page = if is_listed { "loans" } else { "registrations" };
    Ok(Some(Known {
        text: desk.text("page.registrations.error.known", &[("contract", contract), ("state", &stage)]),
        href: format!("/{page}/{}", link::segment(subject)),
    }))
}

/// What the fund would have free once this is granted; told to who sees the fund.
pub(super) fn free_after(
    desk: &mut Desk<'_>,
    about: &About<'_>,
    details: &Value,
) -> Result<Option<CheckLine>, PageError> {
    if about.life != Life::Claim || about.act != "approved" || !desk.may_for_fund(P::ReadFund) {
        return Ok(None);
    }
    let Some(amount) = details["amount"].as_str().and_then(|yuan| Fen::from_yuan(yuan).ok()) else { return Ok(None) };
    let (app, fund_id, subject) = (desk.app, desk.app.fund_id(), about.subject);
    let free = app.store.look(&mut desk.db, desk.today, |tx| {
        let on = tx.on();
        let (filing, claim) = find_or_begin(tx, fund_id, subject, on)?;
        Ok::<_, UseCaseError>(bearings::of(tx, &filing, &claim)?.told.free_without)
    })?;
    let left = FenDelta::new(free.get().saturating_sub(amount.get()));
    let value = format!("{} {}", grouped(&left.yuan()), desk.text("page.acting.yuan", &[]));
    Ok(Some(CheckLine { label: text(desk, "free_after"), value, depth: 0 }))
}

/// What would keep a form from being handed in, told to its officer at once.
pub(super) fn hinders(desk: &Desk<'_>, about: &About<'_>, details: &Value) -> Vec<CheckLine> {
    if about.life != Life::Registration || about.act != "drafted" {
        return Vec::new();
    }
    let line = |value: String| CheckLine { label: text(desk, "hinders"), value, depth: 0 };
    before_submitting(details).into_iter().map(|(_, key)| line(desk.text(key, &[]))).collect()
}

/// What a draft of a loan's form may lack and a form that is handed in may not: place and words.
pub(super) fn before_submitting(details: &Value) -> Vec<(&'static str, &'static str)> {
    let form = &details["form"];
    let mut found = Vec::new();
    if form["consent"].is_null() {
        found.push(("form.consent.signed_on", "page.acting.consent_missing"));
    }
    if form["first_loan_declared"] == Value::Bool(true) && !is_proved(form) {
        found.push(("form.credit_report.queried_on", "act.REGISTRATION_FIRST_LOAN_PROOF"));
    }
    found
}

/// Whether the credit report of a first loan is of the days before the money was lent.
fn is_proved(form: &Value) -> bool {
    let day = |value: &Value| value.as_str().and_then(|text| text.parse::<NaiveDate>().ok());
    let days = day(&form["credit_report"]["queried_on"]).zip(day(&form["disbursed_on"]));
    days.is_some_and(|(queried, disbursed)| {
        let earliest = disbursed.checked_sub_days(Days::new(CREDIT_REPORT_DAYS)).unwrap_or(disbursed);
        earliest <= queried && queried <= disbursed
    })
}
