//! One door for everything people do to a claim, a registration, a loan, a partner, a person or the fund.
//!
//! Owns `perform`: who acts in which office, the number of the act, the answer kept under a key, and the event that
//! carries the act with all it does. Command line, pages and interface come through here and nowhere else.
//! **Invariant:** an act and everything it does are one transaction; the same key gives the same answer and does
//! nothing again; an act on a thing that has moved on since it was looked at is refused.

pub mod batch;
pub mod claim;
pub mod exemption;
pub mod fund;
pub mod json;
pub mod loan;
pub mod offers;
pub mod offices;
pub mod partner;
pub mod person;
pub mod registration;
pub mod returns;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::personal::sealed_details;
use super::reserve::fund_money;
use super::{UseCaseError, compensate, measures};
use crate::app::App;
use crate::domain::claim::ClaimAct;
use crate::domain::detail::{Act as _, Shape};
use crate::domain::exemption_life::ExemptionAct;
use crate::domain::fund_life::FundAct;
use crate::domain::loan_life::LoanAct;
use crate::domain::money::FenDelta;
use crate::domain::partner_life::PartnerAct;
use crate::domain::people::{Office, PersonAct};
use crate::domain::person::{PersonName, key_of};
use crate::domain::registration_life::RegistrationAct;
use crate::hash::sha256_hex;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::acts;
use crate::storage::rows::acts::{ActRow, IdempotencyRow};
use crate::storage::{Act, Scope, Tx};

/// Whose life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    /// A claim.
    Claim,
    /// A finding of care that frees from blame.
    Exemption,
    /// The fund.
    Fund,
    /// A loan.
    Loan,
    /// A partner.
    Partner,
    /// A person.
    Person,
    /// A registration.
    Registration,
}

impl Life {
    /// Every life.
    pub const ALL: [Life; 7] =
        [Life::Claim, Life::Exemption, Life::Fund, Life::Loan, Life::Partner, Life::Person, Life::Registration];

    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Life::Claim => claim::LIFE,
            Life::Exemption => exemption::LIFE,
            Life::Fund => fund::LIFE,
            Life::Loan => loan::LIFE,
            Life::Partner => partner::LIFE,
            Life::Person => "person",
            Life::Registration => registration::LIFE,
        }
    }

    /// The life of this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Life> {
        Life::ALL.into_iter().find(|life| life.code() == code)
    }
}

/// Longest key taken, in characters.
const LONGEST_KEY: usize = 255;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whose life.
    pub life: Life,
    /// The thing.
    pub subject: String,
    /// The act.
    pub act: String,
    /// Its particulars: a JSON object.
    pub details: Value,
    /// Name of who acts.
    pub by: String,
    /// Business date.
    pub on: NaiveDate,
    /// Number of the last act that was looked at; none to take the act whatever happened since.
    pub expected: Option<i64>,
    /// Key of the request, so that it does its work once.
    pub key: Option<String>,
}

/// Why an act is refused, by code and places of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRefusal {
    /// Stable code.
    pub code: &'static str,
    /// Places of its text.
    pub places: Vec<(&'static str, String)>,
}

impl ActRefusal {
    /// A refusal.
    #[must_use]
    pub fn new(code: &'static str, places: Vec<(&'static str, String)>) -> ActRefusal {
        ActRefusal { code, places }
    }
}

/// An act on its way into the books.
pub(super) struct Step<'r> {
    /// What is asked for.
    pub request: &'r Request,
    /// The fund.
    pub fund_id: &'r str,
    /// Who acts.
    pub person: PersonName,
    /// Number of the act.
    pub version: i64,
}

/// What an act became.
pub(super) struct Taken {
    /// In which office.
    pub office: String,
    /// Its particulars, with what was worked out.
    pub details: Value,
    /// What else the event writes.
    pub change: Change,
    /// What the answer tells besides.
    pub answer: Value,
}

/// Takes an act.
///
/// # Errors
/// `Act`, with nothing saved; storage.
pub fn perform(app: &App, request: &Request) -> Result<Value, UseCaseError> {
    let person = PersonName::read(&request.by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    if request.key.as_ref().is_some_and(|key| key.trim().is_empty() || key.chars().count() > LONGEST_KEY) {
        return Err(ActRefusal::new("ACT_KEY", Vec::new()).into());
    }
    let scope = scope_of(app, request)?;
    let act = Act::new(person.as_str(), request.on);
    app.store.write(&scope, &act, |tx| take(tx, app, request, &person))
}

/// Tries an act and takes it back: what it would answer, or why it is refused.
///
/// # Errors
/// As `perform`.
pub fn rehearse(app: &App, request: &Request) -> Result<Value, UseCaseError> {
    let person = PersonName::read(&request.by).ok_or_else(|| ActRefusal::new("ACT_NAME", Vec::new()))?;
    let scope = scope_of(app, request)?;
    let act = Act { dry_run: true, ..Act::new(person.as_str(), request.on) };
    app.store.write(&scope, &act, |tx| take(tx, app, request, &person))
}

/// The fields of each act of a life.
#[must_use]
pub fn vocabulary(life: Life) -> Vec<(&'static str, Shape)> {
    match life {
        Life::Claim => ClaimAct::vocabulary(),
        Life::Exemption => ExemptionAct::vocabulary(),
        Life::Fund => FundAct::vocabulary(),
        Life::Loan => LoanAct::vocabulary(),
        Life::Partner => PartnerAct::vocabulary(),
        Life::Person => PersonAct::vocabulary(),
        Life::Registration => RegistrationAct::vocabulary(),
    }
}

fn scope_of(app: &App, request: &Request) -> Result<Scope, UseCaseError> {
    let fund_id = app.fund_id();
    let scope = Scope::fund(fund_id);
    let bank = match request.life {
        Life::Claim => claim::bank_of(&mut *app.store.read()?, fund_id, &request.subject)?,
        Life::Loan => loan::bank_of(&mut *app.store.read()?, fund_id, &request.subject)?,
        Life::Registration => registration::bank_in(fund_id, &request.subject),
        Life::Exemption | Life::Fund | Life::Partner | Life::Person => None,
    };
    Ok(match bank {
        Some(bank) => scope.and(Scope::bank(fund_id, &bank)),
        None => scope,
    })
}

fn take(tx: &mut Tx<'_>, app: &App, request: &Request, person: &PersonName) -> Result<Value, UseCaseError> {
    let fund_id = app.fund_id();
    // A plain hash of what holds a number of few digits would tell the number to who tries them all.
    let hash = app.sealer.mark("request", &request_text(request));
    if let Some(answered) = answered(tx, app, request)? {
        return Ok(answered);
    }
    // From here on nothing sees a number of a person or an account unsealed.
    let sealed = Request { details: sealed_details(&app.sealer, &request.details), ..request.clone() };
    let request = &sealed;
    let last = acts::last_version(tx, fund_id, request.life.code(), &subject_of(request))?;
    if let Some(expected) = request.expected.filter(|expected| *expected != last) {
        let places = vec![("expected", expected.to_string()), ("last", last.to_string())];
        return Err(ActRefusal::new("ACT_VERSION", places).into());
    }
    let step = Step { request, fund_id, person: person.clone(), version: last.saturating_add(1) };
    let taken = match request.life {
        Life::Claim => claim::take(tx, &step)?,
        Life::Exemption => exemption::take(tx, &step)?,
        Life::Fund => fund::take(tx, &step)?,
        Life::Loan => loan::take(tx, &step)?,
        Life::Partner => partner::take(tx, &step)?,
        Life::Person => person::take(tx, &step)?,
        Life::Registration => registration::take(tx, &step)?,
    };
    let answer = record(tx, &step, taken, &hash)?;
    if matches!(request.life, Life::Claim | Life::Fund) {
        squeeze(tx, fund_id)?;
    }
    Ok(answer)
}

/// Where more is promised than there is, the claims that stand last in line are cut: computed again in their order, so
/// that free money is never below zero after an act.
fn squeeze(tx: &mut Tx<'_>, fund_id: &str) -> Result<(), UseCaseError> {
    if !measures::is_open(tx, fund_id)? {
        return Ok(());
    }
    let limits = measures::governing_fund(tx, fund_id)?.limits;
    if fund_money(tx, fund_id, &limits)?.free()? < FenDelta::ZERO {
        compensate::compute_open(tx, fund_id)?;
    }
    Ok(())
}

/// The thing, as it is stored.
fn subject_of(request: &Request) -> String {
    match request.life {
        Life::Person => key_of(&request.subject),
        Life::Claim | Life::Exemption | Life::Fund | Life::Loan | Life::Partner | Life::Registration => {
            request.subject.clone()
        }
    }
}

/// The answer that was given under the key of the request.
fn answered(tx: &mut Tx<'_>, app: &App, request: &Request) -> Result<Option<Value>, UseCaseError> {
    let Some(key) = &request.key else { return Ok(None) };
    let Some(row) = acts::answer(tx, app.fund_id(), key)? else { return Ok(None) };
    let said = request_text(request);
    let known = app.sealer.marks("request", &said);
    // Requests from before marks were keyed left a plain hash.
    if !known.contains(&row.request_hash) && sha256_hex(said.as_bytes()) != row.request_hash {
        return Err(ActRefusal::new("ACT_KEY_REUSED", vec![("key", key.clone())]).into());
    }
    Ok(Some(serde_json::from_str(&row.answer).unwrap_or_default()))
}

/// What the request is, apart from its key: the same key for another request is refused.
fn request_text(request: &Request) -> String {
    let said = json!([
        request.life.code(),
        subject_of(request),
        request.act,
        request.details,
        key_of(&request.by),
        request.on.to_string(),
        request.expected,
    ]);
    said.to_string()
}

fn record(tx: &mut Tx<'_>, step: &Step<'_>, taken: Taken, hash: &str) -> Result<Value, UseCaseError> {
    let request = step.request;
    let subject = subject_of(request);
    let (business_date, recorded_at, event_id) = unstamped();
    let row = ActRow {
        fund_id: step.fund_id.to_owned(),
        life: request.life.code().to_owned(),
        subject: subject.clone(),
        version: step.version,
        act: request.act.clone(),
        person: step.person.as_str().to_owned(),
        office: taken.office,
        details: taken.details.to_string(),
        business_date,
        recorded_at,
        event_id: event_id.clone(),
    };
    let mut answer = taken.answer;
    if let Some(told) = answer.as_object_mut() {
        told.insert("life".to_owned(), json!(request.life.code()));
        told.insert("subject".to_owned(), json!(subject));
        told.insert("version".to_owned(), json!(step.version));
        told.insert("act".to_owned(), json!(request.act));
    }
    let mut change = taken.change.with(row);
    if let Some(key) = &request.key {
        change = change.with(IdempotencyRow {
            fund_id: step.fund_id.to_owned(),
            idempotency_key: key.clone(),
            request_hash: hash.to_owned(),
            answer: answer.to_string(),
            business_date,
            recorded_at,
            event_id,
        });
    }
    tx.record(change)?;
    Ok(answer)
}

/// A change of a thing in the chain of the fund.
fn change_of(step: &Step<'_>, kind: &'static str) -> Change {
    Change::new(Chain::Fund { fund_id: step.fund_id.to_owned() }, kind, subject_of(step.request))
}

/// Whether a field of a stored act holds exactly this text.
#[must_use]
pub fn names(row: &ActRow, field: &str, text: &str) -> bool {
    serde_json::from_str::<Value>(&row.details).is_ok_and(|details| details[field].as_str() == Some(text))
}

/// The office in which a stored act was taken.
///
/// # Errors
/// `Corrupt` for an office that does not read.
pub fn office_of(row: &ActRow) -> Result<Office, UseCaseError> {
    Office::read(&row.person, &row.office).ok_or_else(|| corrupt(row, "office"))
}

fn corrupt(row: &ActRow, what: &str) -> UseCaseError {
    let key = format!("{}:{}:{}", row.life, row.subject, row.version);
    crate::storage::StoreError::Corrupt { table: "acts", key, what: what.to_owned() }.into()
}
