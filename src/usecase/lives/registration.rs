//! Acts on registrations.
//!
//! Owns the way from a form to a registered loan, its amendments and its cancellation. A draft is nothing but acts; the
//! facts of the loan are written when the fund takes it on the register.
//! **Invariant:** what the measure says at registration is what is confirmed; a bank never learns from a refusal whose
//! customer somebody else is.

mod amend;
mod form;
mod look;

use std::collections::BTreeMap;

use serde_json::json;

use super::json::{object, read, stored};
use super::offices::{in_some_office, offices};
use super::{ActRefusal, Step, Taken, change_of, corrupt, office_of, returns};
use crate::domain::claim::clocks::last_day;
use crate::domain::detail::Act as _;
use crate::domain::names::ContractNo;
use crate::domain::registration_life::{
    LoanForm, PendingChange, RegistrationAct, RegistrationRefusal, RegistrationStage, RegistrationState,
};
use crate::reference;
use crate::storage::find::{acts, loan_facts, loans};
use crate::storage::{Db, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::lives::claim::bearings::handling_of;
use crate::usecase::measures::Measures;

pub use look::look;

/// Life of registrations.
pub const LIFE: &str = "registration";

/// The bank in the name of a loan: fund, bank, contract.
#[must_use]
pub fn bank_in(fund_id: &str, loan_id: &str) -> Option<String> {
    let rest = loan_id.strip_prefix(fund_id)?.strip_prefix(':')?;
    let (bank, contract) = rest.split_once(':')?;
    (!bank.is_empty() && !contract.is_empty()).then(|| bank.to_owned())
}

/// A registration as its acts leave it.
///
/// # Errors
/// `Act` for a name that is no loan's; storage; `Corrupt`.
pub fn state(db: &mut Db, fund_id: &str, loan_id: &str) -> Result<RegistrationState, UseCaseError> {
    let unknown = || ActRefusal::new("REGISTRATION_NAME", vec![("loan", loan_id.to_owned())]);
    let bank = bank_in(fund_id, loan_id).ok_or_else(unknown)?;
    let mut state = RegistrationState::blank(&bank);
    for row in acts::of(db, fund_id, LIFE, loan_id)? {
        let act: RegistrationAct = stored(&row)?;
        // Only what is on the register is ever changed: where no act put it there, a file did in between.
        if act.is_change() && state.is_before_register() {
            state = state.put_on_by_file();
        }
        state =
            state.after(&act, &office_of(&row)?, row.business_date).map_err(|refusal| corrupt(&row, refusal.code()))?;
    }
    let by_file = state.is_before_register() && loans::registration(db, loan_id)?.is_some();
    Ok(if by_file { state.put_on_by_file() } else { state })
}

/// Loans that no longer carry cover for a reason other than money: cancelled, or renewed by another loan. The word is
/// the state in the list of loans.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn ended(db: &mut Db, fund_id: &str) -> Result<BTreeMap<String, &'static str>, UseCaseError> {
    let mut ended = BTreeMap::new();
    for loan_id in acts::subjects_with(db, fund_id, LIFE, "cancellation_decided")? {
        if state(db, fund_id, &loan_id)?.stage == RegistrationStage::Cancelled {
            ended.insert(loan_id, "cancelled");
        }
    }
    for loan_id in acts::subjects_with(db, fund_id, LIFE, "registered")? {
        let state = state(db, fund_id, &loan_id)?;
        let Some(form) = state.form.filter(|_| state.stage == RegistrationStage::Registered) else { continue };
        let Some(contract) = &form.renews else { continue };
        let number = ContractNo::new(contract);
        let mut known = loan_facts::under_contract(db, fund_id, &state.bank, &number)?;
        known.retain(|(_, credit_code)| credit_code == form.credit_code.trim());
        ended.extend(known.into_iter().take(1).map(|(earlier, _)| (earlier, "renewed")));
    }
    Ok(ended)
}

/// The form that holds for a loan; none for one that only a file told.
///
/// # Errors
/// As `state`.
pub fn form_of(db: &mut Db, fund_id: &str, loan_id: &str) -> Result<Option<LoanForm>, UseCaseError> {
    if acts::last_version(db, fund_id, LIFE, loan_id)? == 0 {
        return Ok(None);
    }
    Ok(state(db, fund_id, loan_id)?.form)
}

/// Takes an act on a registration.
///
/// # Errors
/// `Act`; storage; `Rulebook`; `Overflow`.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let loan_id = step.request.subject.as_str();
    let asked: RegistrationAct = read(&step.request.act, &step.request.details)?;
    let before = state(tx, step.fund_id, loan_id)?;
    if let RegistrationAct::Drafted { form } | RegistrationAct::AmendmentProposed { form, .. } = &asked {
        form::must_name(step.fund_id, &before.bank, form, loan_id)?;
        form::read(form)?;
    }
    let on = step.request.on;
    let mut all = offices(tx, step.fund_id, &step.person, on)?;
    all.extend(returns::offices(tx, (step.fund_id, &before.bank), &step.person, loan_id, on)?);
    let makers = returns::makers(tx, step.fund_id, &before.bank)?;
    let attempt = |act: &RegistrationAct| {
        in_some_office(
            &all,
            |office| {
                let next = before.after(act, office, on)?;
                // Who writes for a bank has no hand in what the fund does with it.
                let is_maker = office.bank().is_none() && office.hands().any(|hand| makers.iter().any(|it| it == hand));
                if is_maker { Err(RegistrationRefusal::SamePerson) } else { Ok(next) }
            },
            |refusal: &RegistrationRefusal| matches!(refusal, RegistrationRefusal::Role),
            || RegistrationRefusal::Role,
        )
        .map_err(|refusal| refused(&refusal))
    };
    // Who may is asked before anything is read that the answer could give away.
    attempt(&asked)?;
    let (act, effect) = effect_of(tx, step, &before, asked)?;
    let (office, next) = attempt(&act)?;
    let mut answer = effect;
    answer["state"] = json!(next.stage.code());
    Ok(Taken {
        office: office.code(),
        details: object(&act.details()),
        change: change_of(step, "registration.acted"),
        answer,
    })
}

/// What an act does, with what is worked out filled in, and what the answer tells of it.
fn effect_of(
    tx: &mut Tx<'_>,
    step: &Step<'_>,
    before: &RegistrationState,
    act: RegistrationAct,
) -> Result<(RegistrationAct, serde_json::Value), UseCaseError> {
    Ok(match act {
        RegistrationAct::Returned { deficiencies, .. } => {
            let disbursed_on = before.form.as_ref().map_or(step.request.on, |form| form.disbursed_on);
            let span = Measures::load(tx, step.fund_id)?
                .governing(disbursed_on)
                .and_then(|measure| handling_of(measure).amend_within);
            let due_on = span.map(|span| last_day(reference::work_calendar(), step.request.on, span));
            (RegistrationAct::Returned { deficiencies, due_on }, json!({ "due_on": due_on }))
        }
        RegistrationAct::Submitted { note } => {
            let told = amend::preview(tx, step, &before.bank, before.form.as_ref())?;
            (RegistrationAct::Submitted { note }, told)
        }
        RegistrationAct::Drafted { form } => {
            // A draft is kept whatever the measure says of it, and where no measure says anything yet.
            let told = match amend::preview(tx, step, &before.bank, Some(&form)) {
                Ok(told) => told,
                Err(error) if error.is_refusal() => json!({}),
                Err(error) => return Err(error),
            };
            (RegistrationAct::Drafted { form }, told)
        }
        RegistrationAct::Registered { on_record, despite_pledge, .. } => {
            amend::register(tx, step, before, on_record, despite_pledge)?
        }
        RegistrationAct::AmendmentDecided { accepted: true, note } => {
            let Some(PendingChange::Amendment { form, .. }) = &before.pending else {
                return Err(refused(&RegistrationRefusal::NothingPending));
            };
            let told = amend::amend(tx, step, before, form)?;
            (RegistrationAct::AmendmentDecided { accepted: true, note }, told)
        }
        RegistrationAct::CancellationDecided { accepted: true, note } => {
            amend::cancel(tx, step)?;
            (RegistrationAct::CancellationDecided { accepted: true, note }, json!({}))
        }
        other => (other, json!({})),
    })
}

fn refused(refusal: &RegistrationRefusal) -> UseCaseError {
    let places = match refusal {
        RegistrationRefusal::Stage(stage) => vec![("stage", (*stage).to_owned())],
        _ => Vec::new(),
    };
    ActRefusal::new(refusal.code(), places).into()
}
