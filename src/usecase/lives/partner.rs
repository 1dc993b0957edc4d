//! Acts on partners.
//!
//! **Invariant:** a partner is one that the fund knows; what it is paid to is what its acts leave as its account.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::json::{object, read, stored};
use super::names;
use super::offices::{in_some_office, offices};
use super::registration::bank_in;
use super::{ActRefusal, Step, Taken, change_of, corrupt, office_of};
use crate::domain::detail::Act as _;
use crate::domain::partner_life::{PartnerAct, PartnerRefusal, PartnerState, SuspensionScope};
use crate::storage::find::{acts, parties};
use crate::storage::rows::acts::ActRow;
use crate::storage::{Db, Tx};
use crate::usecase::UseCaseError;
use crate::usecase::standing::place_of;
use crate::usecase::succession::Houses;

/// Life of partners.
pub const LIFE: &str = "partner";

/// Where a bank is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// Holder, number, bank and its number.
    pub account: crate::domain::partner_life::BankAccount,
    /// No payment has reached it since it came into force: by agreement, by change or by succession.
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

/// The same from its acts, by number.
pub(in crate::usecase) fn folded(code: &str, rows: &[ActRow]) -> Result<PartnerState, UseCaseError> {
    Ok(with_account_act(code, rows)?.0)
}

/// The state, and the place of the act by which the account in force came about.
fn with_account_act(code: &str, rows: &[ActRow]) -> Result<(PartnerState, i64), UseCaseError> {
    let mut state = PartnerState::default();
    let mut since = 0;
    for row in rows {
        let act: PartnerAct = stored(row)?;
        let office = office_of(row)?;
        let next =
            state.after(code, &act, &office, row.business_date).map_err(|refusal| corrupt(row, refusal.code()))?;
        if next.account != state.account || next.changed_on != state.changed_on {
            since = place_of(&row.event_id);
        }
        state = next;
    }
    Ok((state, since))
}

/// Where a bank is paid on a day; none while its agreement, or that of its successor, names no account.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn payee(db: &mut Db, fund_id: &str, code: &str, on: NaiveDate) -> Result<Option<Payee>, UseCaseError> {
    let houses = Houses::on(db, fund_id, on)?;
    let told = acts::of(db, fund_id, LIFE, houses.standing(code))?;
    Payers { fund_id: fund_id.to_owned(), houses, told, moved: movements(db, fund_id)? }.of(code)
}

/// Orders, payments and what came back, by claim.
fn movements(db: &mut Db, fund_id: &str) -> Result<Vec<ActRow>, UseCaseError> {
    Ok(acts::of_words(db, fund_id, super::claim::LIFE, &["ordered", "paid", "bounced"])?)
}

/// Where banks are paid on a day, for who asks about many.
#[derive(Debug)]
pub struct Payers {
    fund_id: String,
    houses: Houses,
    /// Acts on partners.
    told: Vec<ActRow>,
    moved: Vec<ActRow>,
}

impl Payers {
    /// Of every bank.
    ///
    /// # Errors
    /// Storage; `Corrupt`.
    pub fn on(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<Payers, UseCaseError> {
        let told = acts::of_life(db, fund_id, LIFE)?;
        let houses = Houses::told_by(&told, on)?;
        Ok(Payers { fund_id: fund_id.to_owned(), houses, told, moved: movements(db, fund_id)? })
    }

    /// The account of a bank; none while no agreement names one.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn of(&self, code: &str) -> Result<Option<Payee>, UseCaseError> {
        let standing = self.houses.standing(code);
        let own: Vec<ActRow> = self.told.iter().filter(|row| row.subject == standing).cloned().collect();
        let (state, since) = with_account_act(standing, &own)?;
        let Some(account) = state.account else { return Ok(None) };
        let payee = Payee { account, is_first_since_change: false };
        // To a bank that was taken over its successor's account is a new one, however well it served the successor.
        let only = (standing != code).then_some(code);
        let was_reached = self.has_reached(&payee.text(), since, only);
        Ok(Some(Payee { is_first_since_change: !was_reached, ..payee }))
    }

    /// Whether a payment was made to an account after a place in the chain and did not bounce; where only the claims of
    /// one bank count, on one of them.
    fn has_reached(&self, account: &str, since: i64, only: Option<&str>) -> bool {
        let counts = |claim: &str| only.is_none_or(|bank| bank_in(&self.fund_id, claim).as_deref() == Some(bank));
        self.moved.chunk_by(|a, b| a.subject == b.subject).any(|of_one| {
            let mut is_to_it = false;
            let mut paid = Vec::new();
            for row in of_one {
                match row.act.as_str() {
                    "ordered" => is_to_it = names(row, "payee", account),
                    "paid" => paid.push(is_to_it && since < place_of(&row.event_id)),
                    // It is the last payment that comes back.
                    _ => drop(paid.pop()),
                }
            }
            paid.contains(&true) && of_one.first().is_some_and(|row| counts(&row.subject))
        })
    }
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

/// What rests on a scan names one that was handed in with the partner.
fn refuse_scan_gone(db: &mut Db, fund_id: &str, code: &str, act: &PartnerAct) -> Result<(), UseCaseError> {
    let (refusal, scan) = match act {
        PartnerAct::ReturnTaken { scan, .. } => ("PARTNER_RETURN_SCAN", scan),
        PartnerAct::SuccessionProposed { scan, .. } => ("PARTNER_SUCCESSION_SCAN", scan),
        _ => return Ok(()),
    };
    if acts::paper_marks(db, fund_id, LIFE, code)?.iter().any(|(id, ..)| id == scan) {
        return Ok(());
    }
    Err(ActRefusal::new(refusal, vec![("partner", code.to_owned()), ("scan", scan.clone())]).into())
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
    refuse_scan_gone(tx, step.fund_id, code, &act)?;
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
