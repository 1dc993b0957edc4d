//! Putting a form on the register, changing what is there, taking it off.
//!
//! **Invariant:** an amended loan keeps the version of the rulebook it was registered under; its reserve follows its
//! new figures; a loan that was reported or claimed never leaves the register.

use crate::storage::find::book_rows;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::form;
use crate::domain::names::PartnerCode;
use crate::domain::payout::evaluate::evaluate;
use crate::domain::payout::outcome::Outcome;
use crate::domain::registration_life::{LoanForm, RegistrationAct, RegistrationState};
use crate::domain::rulebook::vocabulary::ReasonCode;
use crate::import::rows::Record;
use crate::rulebook::outcome_json::outcome_to_json;
use crate::storage::chain::Chain;
use crate::storage::facts::Change;
use crate::storage::find::{Reach, acts, claims, loans, register};
use crate::storage::rows::loans::LoanRow;
use crate::storage::{StoreError, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::breaker_facts::BreakerFacts;
use crate::usecase::coverage::{Pledge, coverage_row, covers, enrolment_case, is_start_up, reason_codes};
use crate::usecase::first_loans::judge;
use crate::usecase::group_exposure;
use crate::usecase::lives::{ActRefusal, Step};
use crate::usecase::measures::{self, Measures};
use crate::usecase::queue;
use crate::usecase::registrations::{Entry, Register, entry_of, prepare};
use crate::usecase::succession::Stops;

/// The rows a form makes.
fn entry(step: &Step<'_>, bank: &str, form: &LoanForm) -> Result<Entry, UseCaseError> {
    let value = form::read(form)?;
    let record = Record { row: 0, value };
    let mut entry = entry_of(step.fund_id, &PartnerCode::new(bank), "", &record);
    entry.registration.timing = "on_time".to_owned();
    entry.registration.business_date = step.request.on;
    entry.form = Some(form.clone());
    Ok(entry)
}

/// What the version may ask of the bank, the fund and the borrower's other loans.
fn facts(tx: &mut Tx<'_>, step: &Step<'_>, bank: &str, entry: &Entry) -> Result<BreakerFacts, UseCaseError> {
    let loan = &entry.registration;
    BreakerFacts::for_loans(tx, step.fund_id, bank, step.request.on)?.and_borrower(
        tx,
        step.fund_id,
        &loan.credit_code,
        &loan.loan_id,
    )
}

/// What the measure says of an entry today.
fn told(tx: &mut Tx<'_>, step: &Step<'_>, entry: &Entry) -> Result<Outcome, UseCaseError> {
    let measures = Measures::load(tx, step.fund_id)?;
    let loan = &entry.registration;
    let measure = measures.for_loan(loan.disbursed_on)?;
    let pledge = entry.pledge();
    let pledge = Pledge { facts: pledge.facts.under(measure), ..pledge };
    // What the books contradict raises no rate, here as little as on the register.
    let is_first = loan.first_loan_declared && !is_refuted(tx, step, entry)?;
    let case = enrolment_case(loan, pledge, is_first, step.request.on)?;
    Ok(evaluate(&measure.rules(), &case))
}

/// The reasons with the fact that each is about.
fn told_reasons(outcome: &Outcome) -> Vec<String> {
    let told = outcome.reasons.iter().map(|reason| match reason.fact {
        Some(fact) => format!("{} {}", reason.code.code(), fact.code()),
        None => reason.code.code().to_owned(),
    });
    told.collect()
}

fn is_late(outcome: &Outcome) -> bool {
    outcome.notes.iter().any(|note| note.code == ReasonCode::RegisteredLate)
}

/// What registering would say now, told to the bank while it writes the form and when it hands it in: whether it is covered, at which ratio,
/// why not, and whether a right seems pledged elsewhere, without saying where. What the firm's group owes is the fund's to
/// know alone.
pub(super) fn preview(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    bank: &str,
    form: Option<&LoanForm>,
) -> Result<Value, UseCaseError> {
    let Some(form) = form else { return Ok(json!({})) };
    let mut entry = entry(step, bank, form)?;
    entry.facts = facts(tx, step, bank, &entry)?;
    let outcome = told(tx, step, &entry)?;
    let elsewhere = pledged_elsewhere(tx, step, &entry)?;
    Ok(json!({
        "decision": outcome.decision.code(),
        "reasons": reason_codes(&outcome),
        "why": outcome_to_json(&outcome)["reasons"],
        "fund_rate": outcome.fund_rate.map(crate::domain::money::Ppm::fraction),
        "is_late": is_late(&outcome),
        "right_pledged_elsewhere": !elsewhere.is_empty(),
        "start_up": is_start_up(form.founded_on, form.disbursed_on),
        "first_loan": form.first_loan_declared,
        "first_loan_refuted": is_refuted(tx, step, &entry)?,
    }))
}

/// Whether an earlier loan elsewhere contradicts that this one is the first; not whose.
fn is_refuted(tx: &mut Tx<'_>, step: &Step<'_>, entry: &Entry) -> Result<bool, UseCaseError> {
    let loan = &entry.registration;
    let borrowers = BTreeSet::from([loan.credit_code.as_str()]);
    Ok(judge(tx, step.fund_id, &borrowers, &[loan])?.contains_key(&loan.loan_id))
}

/// Loans still outstanding for which a right of this one is pledged too, under another pledge registration.
fn pledged_elsewhere(tx: &mut Tx<'_>, step: &Step<'_>, entry: &Entry) -> Result<Vec<String>, UseCaseError> {
    let numbers: Vec<String> = entry.rights.iter().map(|right| right.number.clone()).collect();
    let loan = &entry.registration;
    let known = register::pledges(tx, &Reach::of_fund(step.fund_id), &numbers)?;
    let conflicts = known.into_iter().filter(|pledge| {
        let is_right = entry.rights.iter().any(|right| right.kind == pledge.kind && right.number == pledge.number);
        let is_same =
            loan.pledge_no.is_some() && loan.pledge_no == pledge.pledge_no && loan.credit_code == pledge.credit_code;
        let runs = pledge.balance_fen.map_or(loan.disbursed_on <= pledge.matures_on, |balance| balance > 0);
        is_right && !is_same && runs && pledge.loan_id != loan.loan_id
    });
    Ok(conflicts.map(|pledge| pledge.loan_id).collect())
}

/// Takes a form on the register.
pub(super) fn register(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    before: &RegistrationState,
    on_record: Option<bool>,
    despite_pledge: Option<String>,
) -> Result<(RegistrationAct, Value), UseCaseError> {
    let missing = || ActRefusal::new("REGISTRATION_FORM_MISSING", Vec::new());
    let form = before.form.as_ref().ok_or_else(missing)?;
    let mut entry = entry(step, &before.bank, form)?;
    entry.facts = facts(tx, step, &before.bank, &entry)?;
    let loan_id = entry.registration.loan_id.clone();
    if loans::one(tx, &Reach::of_fund(step.fund_id), &loan_id)?.is_some() {
        return Err(ActRefusal::new("REGISTRATION_KNOWN", vec![("loan", loan_id)]).into());
    }
    let stops = Stops::of(tx, step.fund_id, &before.bank, step.request.on)?;
    if let Some(stopped) = stops.stop(entry.registration.disbursed_on) {
        return Err(ActRefusal::new(stopped.code(), vec![("partner", before.bank.clone())]).into());
    }
    let elsewhere = pledged_elsewhere(tx, step, &entry)?;
    if !elsewhere.is_empty() && despite_pledge.is_none() {
        return Err(ActRefusal::new("REGISTRATION_PLEDGED", vec![("loans", elsewhere.join("、"))]).into());
    }
    let renewed = renewed_loan(tx, step, &before.bank, form)?;
    let outcome = told(tx, step, &entry)?;
    let decision = outcome.decision.code();
    let reasons = reason_codes(&outcome);
    let keeps = on_record == Some(true) && decision == "no_cover";
    if !covers(decision) && !keeps {
        let code = if decision == "hold" { "REGISTRATION_HELD" } else { "REGISTRATION_NOT_COVERED" };
        return Err(ActRefusal::new(code, vec![("reasons", told_reasons(&outcome).join("、"))]).into());
    }
    entry.registration.timing = if is_late(&outcome) { "late" } else { "on_time" }.to_owned();
    let timing = entry.registration.timing.clone();
    let mut book = Register::open(tx, step.fund_id)?;
    let prepared = prepare(book.measures(), entry, 0, step.request.on)?;
    book.take(tx, &loan_id, vec![prepared])?;
    if let Some(earlier) = renewed {
        retire(tx, earlier)?;
    }
    let stored = loans::one(tx, &Reach::of_fund(step.fund_id), &loan_id)?;
    let is_queued = stored.as_ref().is_some_and(|loan| loan.state == "queued");
    let number = acts::subjects_with(tx, step.fund_id, super::LIFE, "registered")?.len().saturating_add(1);
    let certificate_no = format!("BA{}-{number:05}", step.request.on.format("%Y"));
    let group = group_exposure::of_form(tx, step.fund_id, &loan_id, form)?;
    let told = json!({
        "decision": decision,
        "reasons": reasons,
        "certificate_no": certificate_no,
        "group_exposure": group.map(|group| group.json()),
        "fund_rate": outcome.fund_rate.map(crate::domain::money::Ppm::fraction),
        "timing": timing,
        "queued": is_queued,
        "place": if is_queued { place_in_queue(tx, step.fund_id, &loan_id)? } else { None },
    });
    let act = RegistrationAct::Registered {
        certificate_no: Some(certificate_no),
        decision: Some(decision.to_owned()),
        timing: Some(timing),
        on_record,
        despite_pledge,
    };
    Ok((act, told))
}

/// The place of a loan among those that wait for room, from 1.
fn place_in_queue(tx: &mut Tx<'_>, fund_id: &str, loan_id: &str) -> Result<Option<usize>, UseCaseError> {
    let waiting = loans::queued(tx, &Reach::of_fund(fund_id))?;
    Ok(waiting.iter().position(|loan| loan.loan_id == loan_id).map(|at| at.saturating_add(1)))
}

/// The loan that a form renews: of the same bank and firm, on the register, not claimed.
fn renewed_loan(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    bank: &str,
    form: &LoanForm,
) -> Result<Option<LoanRow>, UseCaseError> {
    let Some(contract) = &form.renews else { return Ok(None) };
    let number = crate::domain::names::ContractNo::new(contract);
    let known = loans::by_contract(tx, &Reach::of_bank(step.fund_id, bank), &number)?;
    let refused = |code| ActRefusal::new(code, vec![("contract", contract.clone())]);
    let mut of_firm = known.into_iter().filter(|loan| loan.credit_code == form.credit_code.trim());
    match of_firm.next() {
        Some(loan) if loan.claimed => Err(refused("RENEWAL_CLAIMED").into()),
        Some(loan) if loan.tier.as_deref().is_some_and(is_npl) => Err(refused("RENEWAL_NPL").into()),
        Some(loan) => Ok(Some(loan)),
        None => Err(refused("RENEWAL_UNKNOWN").into()),
    }
}

fn is_npl(tier: &str) -> bool {
    crate::domain::names::Tier::from_code(tier).is_some_and(crate::domain::names::Tier::is_npl)
}

/// A renewed loan is the same risk as its renewal: its cover goes over, so that it is not promised twice.
fn retire(tx: &mut Tx<'_>, mut loan: LoanRow) -> Result<(), UseCaseError> {
    let limits = &measures::kept_by(tx, &loan.fund_id, &loan.loan_id)?.limits;
    loan.ended = Some("renewed".to_owned());
    let chain = Chain::Fund { fund_id: loan.fund_id.clone() };
    let change = Change::new(chain, "loan.renewed", loan.loan_id.clone());
    let change = queue::with_new_reserve(change, &mut loan, limits)?;
    tx.record(change)?;
    book_rows::project(tx, &[loan])?;
    Ok(())
}

/// Writes an amended form as the next version of the loan.
pub(super) fn amend(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    before: &RegistrationState,
    form: &LoanForm,
) -> Result<Value, UseCaseError> {
    let loan_id = &step.request.subject;
    let corrupt = || StoreError::Corrupt { table: "loans", key: loan_id.clone(), what: "gone".to_owned() };
    let known = loans::registration(tx, loan_id)?.ok_or_else(corrupt)?;
    let mut loan = loans::one(tx, &Reach::of_fund(step.fund_id), loan_id)?.ok_or_else(corrupt)?;
    let coverage = loans::coverage(tx, loan_id)?.ok_or_else(corrupt)?;
    let measure = measures::kept_by(tx, step.fund_id, loan_id)?;
    if known.credit_code != form.credit_code.trim() {
        return Err(ActRefusal::new("REGISTRATION_IDENTITY", Vec::new()).into());
    }
    let mut entry = entry(step, &before.bank, form)?;
    entry.facts = BreakerFacts::kept(&coverage)?;
    entry.number(known.version.saturating_add(1));
    entry.registration.timing.clone_from(&known.timing);
    let first_loan = coverage.first_loan && form.first_loan_declared;
    let version = coverage.version.saturating_add(1);
    let row = &entry.registration;
    let anew = coverage_row(&measure, row, entry.pledge(), first_loan, version, "amendment")?;
    loan.borrower_name.clone_from(&row.borrower_name);
    loan.county.clone_from(&row.county);
    loan.industry.clone_from(&row.industry);
    loan.principal_fen = row.principal_fen;
    loan.rate_ppm = row.rate_ppm;
    loan.disbursed_on = row.disbursed_on;
    loan.matures_on = row.matures_on;
    loan.ip_share_ppm = row.ip_share_ppm;
    loan.covered = covers(&anew.decision);
    loan.fund_rate_ppm = anew.fund_rate_ppm;
    loan.first_loan = anew.first_loan;
    loan.start_up = anew.start_up;
    loan.coverage_version = version;
    let decision = anew.decision.clone();
    let chain = Chain::Bank { fund_id: step.fund_id.to_owned(), bank: before.bank.clone() };
    let change = Change::new(chain, "loan.amended", loan_id.clone())
        .with(entry.registration)
        .with_all(entry.rights)
        .with_all(entry.insurances)
        .with_all(entry.guarantees)
        .with(anew);
    let change = queue::with_moved_end(change, &mut loan, &measure, step.request.on)?;
    tx.record(change)?;
    book_rows::project(tx, &[loan])?;
    Ok(json!({ "decision": decision }))
}

/// Takes a loan off the register that was never reported or claimed.
pub(super) fn cancel(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<(), UseCaseError> {
    let loan_id = &step.request.subject;
    let corrupt = || StoreError::Corrupt { table: "loans", key: loan_id.clone(), what: "gone".to_owned() };
    let reach = Reach::of_fund(step.fund_id);
    let mut loan = loans::one(tx, &reach, loan_id)?.ok_or_else(corrupt)?;
    if loan.last_month.is_some() {
        return Err(ActRefusal::new("REGISTRATION_REPORTED", Vec::new()).into());
    }
    if !claims::of_loan(tx, &reach, loan_id)?.is_empty() {
        return Err(ActRefusal::new("REGISTRATION_CLAIMED", Vec::new()).into());
    }
    let limits = &measures::kept_by(tx, step.fund_id, loan_id)?.limits;
    loan.ended = Some("cancelled".to_owned());
    // It leaves the line too.
    loan.state = "registered".to_owned();
    let chain = Chain::Fund { fund_id: step.fund_id.to_owned() };
    let change = Change::new(chain, "loan.cancelled", loan_id.clone());
    let change = queue::with_new_reserve(change, &mut loan, limits)?;
    tx.record(change)?;
    book_rows::project(tx, &[loan])?;
    queue::release(tx, step.fund_id)?;
    Ok(())
}
