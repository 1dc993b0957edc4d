//! Acts on claims.
//!
//! Owns how a claim is read (`load`), and the order of taking an act: what is worked out, who may, what must hold, what
//! follows. Rules are the domain's (`domain::claim`); here facts are gathered and effects written.
//! **Invariant:** promises out of the fund follow from how the claim stands after the act: the earmark of an open
//! claim, the order of a granted one, nothing of any other.

pub mod bearings;
mod effects;
pub mod filing;
pub mod movements;
pub mod projection;
pub mod recoveries;
mod worked_out;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::json;

use super::json::{object, read, stored};
use super::offices::{in_some_office, offices};
use super::{ActRefusal, Step, Taken, office_of, returns};
use crate::domain::claim::{Claim, ClaimAct, ClaimRefusal, checks};
use crate::domain::detail::Act as _;
use crate::domain::names::DocumentKind;
use crate::domain::people::Office;
use crate::domain::person::key_of;
use crate::storage::find::{Reach, acts, claims, events, loans};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::claims::ClaimRow;
use crate::storage::{Db, Tx};
use crate::usecase::UseCaseError;

/// Life of claims.
pub const LIFE: &str = "claim";

/// The bank of a claim, or of the loan for which one is being written.
///
/// # Errors
/// `Act` for a claim of no loan; storage.
pub fn bank_of(db: &mut Db, fund_id: &str, claim_id: &str) -> Result<Option<String>, UseCaseError> {
    if let Some(filing) = claims::filing(db, claim_id)?.filter(|filing| filing.fund_id == fund_id) {
        return Ok(Some(filing.bank));
    }
    let loan = loans::one(db, &Reach::of_fund(fund_id), loan_part(claim_id))?;
    let unknown = || ActRefusal::new("CLAIM_UNKNOWN", vec![("claim", claim_id.to_owned())]);
    Ok(Some(loan.ok_or_else(unknown)?.bank))
}

/// The loan that the name of a claim begins with.
fn loan_part(claim_id: &str) -> &str {
    claim_id.rsplit_once('@').map_or(claim_id, |(loan_id, _)| loan_id)
}

/// A claim as its acts leave it.
///
/// # Errors
/// `Corrupt` for acts that do not fold; storage.
pub fn load(db: &mut Db, filing: &ClaimRow) -> Result<Claim, UseCaseError> {
    load_until(db, filing, NaiveDate::MAX)
}

/// A claim as its acts until the end of a day leave it.
///
/// # Errors
/// As `load`.
pub fn load_until(db: &mut Db, filing: &ClaimRow, on: NaiveDate) -> Result<Claim, UseCaseError> {
    let rows = acts::of(db, &filing.fund_id, LIFE, &filing.claim_id)?;
    let mut claim = begin(db, filing)?;
    for row in rows.iter().take_while(|row| row.business_date <= on) {
        claim = fold(&claim, row)?;
    }
    Ok(claim)
}

/// A claim as these acts of its own, until the end of a day, leave it, for figures: who had a hand in it before its
/// first act is left out, which keeps nobody from anything that was done.
///
/// # Errors
/// `Corrupt`.
pub fn told_until(filing: &ClaimRow, rows: &[ActRow], on: NaiveDate) -> Result<Claim, UseCaseError> {
    let mut claim = if filing.import_id.is_empty() {
        Claim::blank(&filing.bank, filing.filed_on)
    } else {
        Claim::filed(&filing.bank, "", filing.filed_on)
    };
    for row in rows.iter().take_while(|row| row.business_date <= on) {
        claim = fold(&claim, row)?;
    }
    Ok(claim)
}

/// A claim before its first act.
fn begin(db: &mut Db, filing: &ClaimRow) -> Result<Claim, UseCaseError> {
    let mut claim = if filing.import_id.is_empty() {
        Claim::blank(&filing.bank, filing.filed_on)
    } else {
        let maker = actor_of(db, &filing.event_id)?;
        Claim::filed(&filing.bank, &key_of(&maker), filing.filed_on)
    };
    claim.registrars = registrars(db, &filing.loan_id)?;
    Ok(claim)
}

/// Who put the loan on the register, as keys.
fn registrars(db: &mut Db, loan_id: &str) -> Result<BTreeSet<String>, UseCaseError> {
    let Some(registration) = loans::registration(db, loan_id)? else { return Ok(BTreeSet::new()) };
    Ok(BTreeSet::from([key_of(&actor_of(db, &registration.event_id)?)]))
}

fn actor_of(db: &mut Db, event_id: &str) -> Result<String, UseCaseError> {
    let causes = events::causes(db, &[event_id])?;
    Ok(causes.into_iter().map(|(_, actor, _)| actor).next().unwrap_or_default())
}

/// One more stored act.
///
/// # Errors
/// `Corrupt`.
pub fn fold(claim: &Claim, row: &ActRow) -> Result<Claim, UseCaseError> {
    let act: ClaimAct = stored(row)?;
    let office = office_of(row)?;
    claim.after(&act, &office, row.business_date).map_err(|refusal| super::corrupt(row, refusal.code()))
}

/// Which papers are there, as rulebooks name them: those stated with the claim, those handed in with it, and those
/// handed in with the loan.
///
/// # Errors
/// Storage.
pub fn documents_there(db: &mut Db, filing: &ClaimRow, claim: &Claim) -> Result<BTreeSet<String>, UseCaseError> {
    let stated: Vec<String> = serde_json::from_str(&filing.documents).unwrap_or_default();
    let mut there: BTreeSet<String> = stated.iter().chain(&claim.documents).map(|code| document_word(code)).collect();
    for (life, subject) in [(LIFE, &filing.claim_id), ("registration", &filing.loan_id)] {
        there.extend(acts::documents(db, &filing.fund_id, life, subject)?.iter().map(|code| document_word(code)));
    }
    Ok(there)
}

/// A document as rulebooks name it, from that word or from the code of a form.
#[must_use]
pub fn document_word(code: &str) -> String {
    DocumentKind::from_code(code).map_or_else(|| code.to_lowercase(), |kind| kind.rulebook_word().to_owned())
}

/// Takes an act on a claim.
///
/// # Errors
/// `Act`; storage; `Rulebook`; `Overflow`.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let asked: ClaimAct = read(&step.request.act, &step.request.details)?;
    let (filing, claim) = filing::find_or_begin(tx, step.fund_id, &step.request.subject, step.request.on)?;
    let on = step.request.on;
    let mut all = offices(tx, step.fund_id, &step.person, on)?;
    all.extend(returns::offices(tx, (step.fund_id, &filing.bank), &step.person, &filing.claim_id, on)?);
    // Who may not act is told nothing of what would be worked out.
    let may_try = |office: &Office| claim.may_try(&asked, office);
    let is_role = |refusal: &ClaimRefusal| matches!(refusal, ClaimRefusal::Role);
    in_some_office(&all, may_try, is_role, || ClaimRefusal::Role).map_err(refused)?;
    if matches!(asked, ClaimAct::Appealed { .. } | ClaimAct::AppealDecided { upheld: true, .. }) {
        filing::refuse_second(tx, step.fund_id, &filing.loan_id, &filing.claim_id)?;
    }
    let bearings = bearings::of(tx, &filing, &claim)?;
    let act = worked_out::complete(tx, &filing, &claim, asked, &bearings)?;
    let (office, next) = in_some_office(
        &all,
        |office: &Office| {
            let next = claim.after(&act, office, on)?;
            checks::check(&claim, &act, office, &bearings.told)?;
            Ok(next)
        },
        is_role,
        || ClaimRefusal::Role,
    )
    .map_err(refused)?;
    let done = effects::Done { filing: &filing, before: &claim, after: &next, act: &act, bearings: &bearings };
    let change = effects::of(tx, step, &done)?;
    Ok(Taken {
        office: office.code(),
        details: object(&act.details()),
        change,
        answer: json!({
            "state": next.stage.code(),
            "claim": filing.claim_id,
            "paid": next.paid_net().yuan(),
            "approved": next.award.as_ref().map(|award| award.amount.yuan()),
        }),
    })
}

/// A refusal of the domain as one of this door.
#[must_use]
pub fn refused(refusal: ClaimRefusal) -> UseCaseError {
    ActRefusal::new(refusal.code(), refusal.places()).into()
}
