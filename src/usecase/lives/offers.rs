//! What a person may do next with a thing.
//!
//! Owns the question only: each act of the life is tried on the thing as it stands, with particulars that stand for
//! any, and what the fold says of stage, office and person decides. Nothing is written and no rule is told twice.
//! **Invariant:** an act that is not offered would be refused whatever its particulars say.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::claim::filing;
use super::json::read;
use super::offices::{everyone, in_some_office, offices, person};
use super::{ActRefusal, Life, exemption, fund, loan, partner, registration, returns};
use crate::domain::claim::{ClaimAct, ClaimRefusal};
use crate::domain::detail::{Act, Shape};
use crate::domain::exemption_life::{Exemption, ExemptionAct, ExemptionRefusal};
use crate::domain::fund_life::{FundAct, FundRefusal};
use crate::domain::loan_life::{LoanAct, LoanRefusal};
use crate::domain::partner_life::{PartnerAct, PartnerRefusal};
use crate::domain::people::{Office, PersonAct};
use crate::domain::person::{PersonName, key_of};
use crate::domain::registration_life::{RegistrationAct, RegistrationRefusal};
use crate::storage::Db;
use crate::usecase::UseCaseError;

/// An act that fits where a thing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Word of the act.
    pub act: &'static str,
    /// Why this person may not take it yet though its office could; none where it may.
    pub blocked: Option<ActRefusal>,
}

/// What a thing's acts say, whatever the particulars are: not now, not by this office.
const NOT_OFFERED: [&str; 21] = [
    "CLAIM_STAGE",
    "CLAIM_ROLE",
    "CLAIM_OTHER_BANK",
    "CLAIM_NOTHING_PENDING",
    "CLAIM_TOO_LATE",
    "CLAIM_NO_MOVEMENT",
    "ACT_ROLE",
    "REGISTRATION_STAGE",
    "REGISTRATION_OTHER_BANK",
    "REGISTRATION_NOTHING_PENDING",
    "REGISTRATION_FORM_MISSING",
    "LOAN_OTHER_BANK",
    "LOAN_NOTHING_WAITS",
    "LOAN_NOT_MARKED",
    "PARTNER_NOTHING_WAITS",
    "PARTNER_NOT_SUSPENDED",
    "PARTNER_ACCOUNT_KNOWN",
    "PERSON_KNOWN",
    "PERSON_UNKNOWN",
    "EXEMPTION_KNOWN",
    "EXEMPTION_UNKNOWN",
];
/// What holds against this person only, or until somebody else has decided.
const BLOCKED: [&str; 13] = [
    "CLAIM_SAME_PERSON",
    "CLAIM_CONFLICT",
    "CLAIM_PENDING",
    "REGISTRATION_SAME_PERSON",
    "REGISTRATION_PENDING",
    "LOAN_SAME_PERSON",
    "LOAN_WAITING",
    "CLAIM_COUNTERSIGN_NEEDED",
    "CLAIM_PUBLICITY_NEEDED",
    "CLAIM_OBJECTION_OPEN",
    "CLAIM_OPEN_BUSINESS",
    "PARTNER_SAME_PERSON",
    "PARTNER_WAITING",
];

/// The acts that fit where a thing stands and one of the person's offices.
///
/// # Errors
/// `Act` for a thing that is not there; storage; `Corrupt`.
pub fn offers(
    db: &mut Db,
    (fund_id, life, subject): (&str, Life, &str),
    by: &PersonName,
    on: NaiveDate,
) -> Result<Vec<Offered>, UseCaseError> {
    let mut all = offices(db, fund_id, by, on)?;
    Ok(match life {
        Life::Claim => {
            let (filing, claim) = filing::find_or_begin(db, fund_id, subject, on)?;
            all.extend(returns::offices(db, (fund_id, &filing.bank), by, &filing.claim_id, on)?);
            let tried = |act: &ClaimAct, office: &Office| claim.after(act, office, on).map(drop);
            let told = |refusal: &ClaimRefusal| ActRefusal::new(refusal.code(), refusal.places());
            tried_on(&all, on, tried, told, || ClaimRefusal::Role)
        }
        Life::Registration => {
            let state = registration::state(db, fund_id, subject)?;
            all.extend(returns::offices(db, (fund_id, &state.bank), by, subject, on)?);
            let tried = |act: &RegistrationAct, office: &Office| state.after(act, office, on).map(drop);
            let told = |refusal: &RegistrationRefusal| plain(refusal.code(), by);
            tried_on(&all, on, tried, told, || RegistrationRefusal::Role)
        }
        Life::Loan => {
            let state = loan::load(db, fund_id, subject)?;
            let tried = |act: &LoanAct, office: &Office| state.after(act, office, on).map(drop);
            let told = |refusal: &LoanRefusal| plain(refusal.code(), by);
            tried_on(&all, on, tried, told, || LoanRefusal::Role)
        }
        Life::Partner => {
            let state = partner::state(db, fund_id, subject)?;
            let tried = |act: &PartnerAct, office: &Office| state.after(subject, act, office, on).map(drop);
            let told =
                |refusal: &PartnerRefusal| ActRefusal::new(refusal.code(), vec![("partner", subject.to_owned())]);
            tried_on(&all, on, tried, told, || PartnerRefusal::Role)
        }
        Life::Fund => {
            let state = fund::state(db, fund_id)?;
            let waits = !state.pending.is_empty();
            let tried = |act: &FundAct, office: &Office| state.after(act, office).map(drop);
            let told = |refusal: &FundRefusal| plain(refusal.code(), by);
            let mut offered = tried_on(&all, on, tried, told, || FundRefusal::Role);
            offered.retain(|offer| offer.act != "move_decided" || waits);
            offered
        }
        Life::Exemption => {
            let state = exemption::load(db, fund_id, subject)?;
            let tried = |act: &ExemptionAct, office: &Office| Exemption::after(state.as_ref(), act, office).map(drop);
            let told = |refusal: &ExemptionRefusal| plain(refusal.code(), by);
            tried_on(&all, on, tried, told, || ExemptionRefusal::Role)
        }
        Life::Person => on_person(db, (fund_id, subject), by, &all, on)?,
    })
}

/// What can be done about a person: by those who keep the register, and about a deputy by the person itself.
fn on_person(
    db: &mut Db,
    (fund_id, subject): (&str, &str),
    by: &PersonName,
    all: &[Office],
    on: NaiveDate,
) -> Result<Vec<Offered>, UseCaseError> {
    let (key, own) = (key_of(subject), key_of(subject) == key_of(by.as_str()));
    let keeps = all.iter().any(|office| super::person::keeps_register(office.role));
    let is_known = person(db, fund_id, &key)?.is_some_and(|person| !person.departed);
    let has_deputy = everyone(db, fund_id)?
        .into_iter()
        .any(|(known, person)| known == key && person.delegations.iter().any(|delegation| delegation.until >= on));
    let fits = |word: &str| match word {
        "appointed" => keeps && !is_known,
        "delegated" => is_known && (keeps || own),
        "delegation_ended" => is_known && has_deputy && (keeps || own),
        _ => is_known && keeps && !own,
    };
    let words = PersonAct::vocabulary().into_iter().map(|(word, _)| word).filter(|word| fits(word));
    Ok(words.map(|act| Offered { act, blocked: None }).collect())
}

fn tried_on<A: Act, E>(
    all: &[Office],
    on: NaiveDate,
    tried: impl Fn(&A, &Office) -> Result<(), E>,
    told: impl Fn(&E) -> ActRefusal,
    no_office: impl Fn() -> E,
) -> Vec<Offered> {
    let mut offered = Vec::new();
    for (word, shape) in A::vocabulary() {
        let Ok(act) = read::<A>(word, &any(&shape, on)) else { continue };
        let is_role = |refusal: &E| matches!(told(refusal).code, "ACT_ROLE" | "CLAIM_ROLE");
        let refused = in_some_office(all, |office| tried(&act, office), is_role, &no_office).err();
        match refused.as_ref().map(&told) {
            Some(refusal) if NOT_OFFERED.contains(&refusal.code) => {}
            Some(refusal) if BLOCKED.contains(&refusal.code) => {
                offered.push(Offered { act: word, blocked: Some(refusal) });
            }
            _ => offered.push(Offered { act: word, blocked: None }),
        }
    }
    offered
}

/// A refusal that names nobody but who asks.
fn plain(code: &'static str, by: &PersonName) -> ActRefusal {
    ActRefusal::new(code, vec![("person", by.as_str().to_owned())])
}

/// Particulars that stand for any: everything that must be there, nothing else; lists with one item, so that a missing
/// reason is not taken for the refusal that counts.
fn any(shape: &Shape, on: NaiveDate) -> Value {
    match shape {
        Shape::Text => json!("x"),
        Shape::Day => json!(on.to_string()),
        Shape::Money => json!("1.00"),
        Shape::Share => json!("0.1"),
        Shape::Count => json!(1),
        Shape::Flag => json!(true),
        Shape::Word(words) => json!(words.first()),
        Shape::List(item) => json!([any(item, on)]),
        Shape::Group(fields) => Value::Object(
            fields
                .iter()
                .filter(|(.., must)| *must)
                .map(|(name, shape, _)| ((*name).to_owned(), any(shape, on)))
                .collect(),
        ),
    }
}
