//! Acts on partners.
//!
//! **Invariant:** a partner is one that the fund knows; what it is paid to is what its acts leave as its account.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::json::{object, read, stored};
use super::names;
use super::offices::{in_some_office, offices};
use super::{ActRefusal, Step, Taken, change_of, corrupt, office_of};
use crate::domain::detail::Act as _;
use crate::domain::partner_life::{PartnerAct, PartnerRefusal, PartnerState, SuspensionScope};
use crate::storage::find::{acts, parties};
use crate::storage::rows::acts::ActRow;
use crate::storage::{Db, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::succession::Houses;

/// Life of partners.
pub const LIFE: &str = "partner";

/// Where a bank is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// Holder, number, bank and its number.
    pub account: crate::domain::partner_life::BankAccount,
    /// Nothing was ordered to it since it was changed.
    pub is_first_since_change: bool,
}

impl Payee {
    /// As a payment order names it.
    #[must_use]
    pub fn text(&self) -> String {
        let account = &self.account;
        format!("{} {} {} {}", account.holder, account.number, account.bank_name, account.bank_no)
    }
}

/// A partner as its acts leave it.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn state(db: &mut Db, fund_id: &str, code: &str) -> Result<PartnerState, UseCaseError> {
    folded(code, &acts::of(db, fund_id, LIFE, code)?)
}

fn folded(code: &str, rows: &[ActRow]) -> Result<PartnerState, UseCaseError> {
    let mut state = PartnerState::default();
    for row in rows {
        let act: PartnerAct = stored(row)?;
        let office = office_of(row)?;
        state = state.after(code, &act, &office, row.business_date).map_err(|refusal| corrupt(row, refusal.code()))?;
    }
    Ok(state)
}

/// Where a bank is paid on a day; none while its agreement, or that of its successor, names no account.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn payee(db: &mut Db, fund_id: &str, code: &str, on: NaiveDate) -> Result<Option<Payee>, UseCaseError> {
    let houses = Houses::on(db, fund_id, on)?;
    let state = state(db, fund_id, houses.standing(code))?;
    let Some(account) = state.account else { return Ok(None) };
    let payee = Payee { account, is_first_since_change: false };
    let text = payee.text();
    let is_first_since_change = state.changed_on.is_some() && !was_ordered_to(db, fund_id, &text)?;
    Ok(Some(Payee { is_first_since_change, ..payee }))
}

/// Whether a payment was ever ordered to an account.
fn was_ordered_to(db: &mut Db, fund_id: &str, account: &str) -> Result<bool, UseCaseError> {
    let orders = acts::of_word(db, fund_id, "claim", "ordered")?;
    Ok(orders.iter().any(|row| names(row, "payee", account)))
}

/// What is suspended at a bank, and since when: the furthest reaching of what holds it and any bank of its house.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn suspension(
    db: &mut Db,
    fund_id: &str,
    code: &str,
    on: NaiveDate,
) -> Result<Option<(SuspensionScope, NaiveDate)>, UseCaseError> {
    let houses = Houses::on(db, fund_id, on)?;
    let mut held = Vec::new();
    for bank in houses.together(code) {
        held.extend(state(db, fund_id, &bank)?.suspended.filter(|(_, since)| *since <= on));
    }
    Ok(furthest(held))
}

/// What is suspended at every bank on a day.
#[derive(Debug)]
pub struct Suspensions {
    houses: Houses,
    held: BTreeMap<String, (SuspensionScope, NaiveDate)>,
}

impl Suspensions {
    /// On a day.
    ///
    /// # Errors
    /// Storage; `Corrupt`.
    pub fn on(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Suspensions, UseCaseError> {
        let houses = Houses::on(db, fund_id, on)?;
        Suspensions::among(db, fund_id, on, houses)
    }

    /// On a day, with who stands for whom then.
    ///
    /// # Errors
    /// Storage; `Corrupt`.
    pub fn among(db: &mut Db, fund_id: &str, on: NaiveDate, houses: Houses) -> Result<Suspensions, UseCaseError> {
        let mut held = BTreeMap::new();
        for acts in acts::of_life(db, fund_id, LIFE)?.chunk_by(|a, b| a.subject == b.subject) {
            let Some(code) = acts.first().map(|row| row.subject.clone()) else { continue };
            let suspended = folded(&code, acts)?.suspended.filter(|(_, since)| *since <= on);
            held.extend(suspended.map(|suspended| (code, suspended)));
        }
        Ok(Suspensions { houses, held })
    }

    /// What is suspended at a bank, and since when.
    #[must_use]
    pub fn of(&self, code: &str) -> Option<(SuspensionScope, NaiveDate)> {
        furthest(self.houses.together(code).iter().filter_map(|bank| self.held.get(bank).copied()))
    }
}

/// The first of those that reach furthest.
fn furthest(held: impl IntoIterator<Item = (SuspensionScope, NaiveDate)>) -> Option<(SuspensionScope, NaiveDate)> {
    held.into_iter().reduce(|furthest, held| {
        let reaches_further = furthest.0 == SuspensionScope::NewLoans && held.0 == SuspensionScope::Payments;
        if reaches_further { held } else { furthest }
    })
}

/// A successor must be a partner for which the bank itself does not stand already.
fn refuse_circle(db: &mut Db, step: &Step<'_>, successor: &str) -> Result<(), UseCaseError> {
    let places = |partner: &str| vec![("partner", partner.to_owned())];
    if !parties::partners(db, step.fund_id)?.iter().any(|partner| partner.code == successor) {
        return Err(ActRefusal::new("PARTNER_UNKNOWN", places(successor)).into());
    }
    // A succession that begins later closes a circle as well as one that has begun.
    let houses = Houses::on(db, step.fund_id, NaiveDate::MAX)?;
    if houses.standing(successor) == step.request.subject {
        return Err(ActRefusal::new("PARTNER_SUCCESSION", places(&step.request.subject)).into());
    }
    Ok(())
}

/// Takes an act on a partner.
///
/// # Errors
/// `Act`; storage.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let code = step.request.subject.as_str();
    let act: PartnerAct = read(&step.request.act, &step.request.details)?;
    if !parties::partners(tx, step.fund_id)?.iter().any(|partner| partner.code == code) {
        return Err(ActRefusal::new("PARTNER_UNKNOWN", vec![("partner", code.to_owned())]).into());
    }
    let before = state(tx, step.fund_id, code)?;
    if let PartnerAct::ReturnTaken { scan, .. } = &act
        && !acts::paper_marks(tx, step.fund_id, LIFE, code)?.iter().any(|(id, ..)| id == scan)
    {
        return Err(
            ActRefusal::new("PARTNER_RETURN_SCAN", vec![("partner", code.to_owned()), ("scan", scan.clone())]).into()
        );
    }
    let successor = match (&act, before.waiting.as_ref().map(|waiting| &waiting.act)) {
        (PartnerAct::SuccessionProposed { successor, .. }, _)
        | (
            PartnerAct::SuccessionDecided { accepted: true, .. },
            Some(PartnerAct::SuccessionProposed { successor, .. }),
        ) => Some(successor.as_str().to_owned()),
        _ => None,
    };
    if let Some(successor) = successor {
        refuse_circle(tx, step, &successor)?;
    }
    let on = step.request.on;
    let all = offices(tx, step.fund_id, &step.person, on)?;
    let (office, next) = in_some_office(
        &all,
        |office| before.after(code, &act, office, on),
        |refusal: &PartnerRefusal| matches!(refusal, PartnerRefusal::Role),
        || PartnerRefusal::Role,
    )
    .map_err(|refusal| ActRefusal::new(refusal.code(), vec![("partner", code.to_owned())]))?;
    let suspended = next.suspended.as_ref().map(|(scope, _)| scope.code());
    Ok(Taken {
        office: office.code(),
        details: object(&act.details()),
        change: change_of(step, "partner.acted"),
        answer: json!({
            "state": if suspended.is_some() { "suspended" } else { "active" },
            "suspended": suspended,
            "waiting": next.waiting.as_ref().map(|waiting| waiting.act.word()),
        }),
    })
}
