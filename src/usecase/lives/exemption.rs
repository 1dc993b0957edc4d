//! Acts on findings of care that free from blame (尽职免责认定).
//!
//! **Invariant:** a finding is about a loan or a claim that the fund knows; a bank records findings only about its own
//! loans and its own staff.

use serde_json::{Value, json};

use super::json::{object, read, stored};
use super::offices::{in_some_office, offices};
use super::{ActRefusal, Step, Taken, change_of, corrupt, office_of};
use crate::domain::detail::Act as _;
use crate::domain::exemption_life::{Exemption, ExemptionAct, ExemptionRefusal};
use crate::domain::people::{Institution, Office};
use crate::storage::find::{Reach, acts, claims, loans};
use crate::storage::rows::acts::ActRow;
use crate::storage::{Db, Tx};
use crate::usecase::UseCaseError;

/// Life of findings.
pub const LIFE: &str = "exemption";

/// A finding as its acts leave it; none where nothing was recorded under the number.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn load(db: &mut Db, fund_id: &str, number: &str) -> Result<Option<Exemption>, UseCaseError> {
    fold(&acts::of(db, fund_id, LIFE, number)?)
}

fn fold(rows: &[ActRow]) -> Result<Option<Exemption>, UseCaseError> {
    let mut found = None;
    for row in rows {
        let act: ExemptionAct = stored(row)?;
        let next = Exemption::after(found.as_ref(), &act, &office_of(row)?);
        found = Some(next.map_err(|refusal| corrupt(row, refusal.code()))?);
    }
    Ok(found)
}

/// Every finding within reach, by number: a bank sees those about its own staff.
///
/// # Errors
/// Storage; `Corrupt`.
pub fn list(db: &mut Db, reach: &Reach) -> Result<Vec<(String, Exemption)>, UseCaseError> {
    let rows = acts::of_life(db, reach.fund_id(), LIFE)?;
    let mut all = Vec::new();
    for of_one in rows.chunk_by(|a, b| a.subject == b.subject) {
        let (Some(first), Some(found)) = (of_one.first(), fold(of_one)?) else { continue };
        let is_within = match (reach.bank(), &found.institution) {
            (None, _) => true,
            (Some(bank), Institution::Partner(of)) => of.as_str() == bank,
            (Some(_), _) => false,
        };
        if is_within {
            all.push((first.subject.clone(), found));
        }
    }
    Ok(all)
}

/// The findings within reach, for programs.
///
/// # Errors
/// As `list`.
pub fn list_json(db: &mut Db, reach: &Reach) -> Result<Value, UseCaseError> {
    let found = list(db, reach)?;
    let rows = found.into_iter().map(|(number, one)| {
        json!({
            "number": number,
            "loan": one.loan,
            "claim": one.claim,
            "persons": one.persons,
            "institution": one.institution.code(),
            "decision": one.decision.code(),
            "grounds": one.grounds,
            "minutes_no": one.minutes_no,
            "revisions": one.revisions,
        })
    });
    Ok(json!({ "exemptions": rows.collect::<Vec<_>>() }))
}

/// Takes an act on a finding.
///
/// # Errors
/// `Act`; storage.
pub(super) fn take(tx: &mut Tx<'_>, step: &Step<'_>) -> Result<Taken, UseCaseError> {
    let act: ExemptionAct = read(&step.request.act, &step.request.details)?;
    let number = step.request.subject.trim();
    if number.is_empty() || number != step.request.subject {
        return Err(ActRefusal::new("EXEMPTION_NUMBER", Vec::new()).into());
    }
    let before = load(tx, step.fund_id, number)?;
    let all = offices(tx, step.fund_id, &step.person, step.request.on)?;
    let (office, next) = in_some_office(
        &all,
        |office| Exemption::after(before.as_ref(), &act, office),
        |refusal: &ExemptionRefusal| matches!(refusal, ExemptionRefusal::Role),
        || ExemptionRefusal::Role,
    )
    .map_err(|refusal| ActRefusal::new(refusal.code(), vec![("number", number.to_owned())]))?;
    refuse_foreign(tx, step.fund_id, &next, &office)?;
    Ok(Taken {
        office: office.code(),
        details: object(&act.details()),
        change: change_of(step, "exemption.acted"),
        answer: json!({ "state": next.decision.code(), "revisions": next.revisions }),
    })
}

/// What a finding is about must be on record, and for a bank be its own.
fn refuse_foreign(db: &mut Db, fund_id: &str, found: &Exemption, by: &Office) -> Result<(), UseCaseError> {
    let reach = by.bank().map_or_else(|| Reach::of_fund(fund_id), |bank| Reach::of_bank(fund_id, bank.as_str()));
    let (subject, is_there) = match (&found.loan, &found.claim) {
        (Some(loan), _) => (loan, loans::one(db, &reach, loan)?.is_some()),
        (None, Some(claim)) => (claim, claims::status(db, &reach, claim)?.is_some()),
        (None, None) => return Ok(()),
    };
    if is_there { Ok(()) } else { Err(ActRefusal::new("EXEMPTION_SUBJECT", vec![("subject", subject.clone())]).into()) }
}
