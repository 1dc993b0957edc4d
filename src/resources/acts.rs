//! Acts: taken, told and listed.
//!
//! **Invariant:** every act goes through `usecase::lives::perform` under the name of the machine, on the day of the
//! clock; its key belongs to the machine, so that no key of another one is met.

use serde_json::{Value, json};

use super::{Desk, json as tell, missing};
use crate::app::App;
use crate::domain::access::Permission as P;
use crate::domain::claim::ClaimAct;
use crate::domain::exemption_life::ExemptionAct;
use crate::domain::fund_life::FundAct;
use crate::domain::loan_life::LoanAct;
use crate::domain::partner_life::PartnerAct;
use crate::domain::people::PersonAct;
use crate::domain::person::key_of;
use crate::domain::registration_life::RegistrationAct;
use crate::http::api::problem::Problem;
use crate::http::api::{Asked, Given};
use crate::storage::Db;
use crate::storage::find::acts as find;
use crate::usecase::lives::json::vocabulary;
use crate::usecase::lives::{Life, Request, claim, loan, perform, registration, rehearse};

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    match desk.asked.operation {
        "acts.words" => words(desk.asked.place("life")),
        name => history(desk, life_of(name).ok_or_else(missing)?),
    }
}

fn life_of(operation: &str) -> Option<Life> {
    Some(match operation.split_once('.')?.0 {
        "claims" => Life::Claim,
        "registrations" => Life::Registration,
        "loans" => Life::Loan,
        "partners" => Life::Partner,
        "persons" => Life::Person,
        "fund" => Life::Fund,
        "exemptions" => Life::Exemption,
        _ => return None,
    })
}

/// Permission to read a life and to act on it, and whether acting is for the fund alone.
const fn permissions(life: Life) -> (P, P, bool) {
    match life {
        Life::Claim => (P::ReadClaims, P::ActOnClaims, false),
        Life::Registration => (P::ReadPortfolio, P::ActOnRegistrations, false),
        Life::Loan => (P::ReadPortfolio, P::ActOnLoans, false),
        Life::Partner => (P::ReadPartners, P::ActOnPartners, true),
        Life::Person => (P::ReadPersons, P::KeepPersons, true),
        Life::Fund => (P::ReadFund, P::ActOnFund, true),
        Life::Exemption => (P::ReadPortfolio, P::ActOnExemptions, true),
    }
}

fn words(life: &str) -> Result<Given, Problem> {
    Ok(Given::One(match Life::from_code(life).ok_or_else(missing)? {
        Life::Claim => vocabulary::<ClaimAct>(),
        Life::Exemption => vocabulary::<ExemptionAct>(),
        Life::Fund => vocabulary::<FundAct>(),
        Life::Loan => vocabulary::<LoanAct>(),
        Life::Partner => vocabulary::<PartnerAct>(),
        Life::Person => vocabulary::<PersonAct>(),
        Life::Registration => vocabulary::<RegistrationAct>(),
    }))
}

/// The bank a thing belongs to; the thing need not have begun.
fn bank_of(db: &mut Db, fund_id: &str, life: Life, subject: &str) -> Result<Option<String>, Problem> {
    match life {
        Life::Claim => Ok(claim::bank_of(db, fund_id, subject)?),
        Life::Loan => Ok(loan::bank_of(db, fund_id, subject)?),
        Life::Registration => Ok(Some(registration::bank_in(fund_id, subject).ok_or_else(missing)?)),
        Life::Partner => Ok(Some(subject.to_owned())),
        Life::Fund if subject != fund_id => Err(missing()),
        Life::Person | Life::Exemption | Life::Fund => Ok(None),
    }
}

fn history(desk: &mut Desk<'_>, life: Life) -> Result<Given, Problem> {
    let fund_id = desk.app.fund_id();
    let subject = match life {
        Life::Person => key_of(desk.asked.place("id")),
        _ => desk.asked.place("id").to_owned(),
    };
    let bank = bank_of(&mut desk.db, fund_id, life, &subject)?;
    if !desk.sees(permissions(life).0, bank.as_deref()) && life != Life::Person {
        return Err(missing());
    }
    let rows = find::of(&mut desk.db, fund_id, life.code(), &subject)?;
    let last = rows.last().map_or(0, |row| row.version);
    match desk.cut(rows, |row| tell::act(&row)) {
        Given::Page(items, more) => Ok(Given::Acts(items, more, last)),
        other => Ok(other),
    }
}

pub(super) fn one(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let request = Request {
        life: life_of(asked.operation).ok_or_else(missing)?,
        subject: asked.place("id").to_owned(),
        act: asked.field("act").to_owned(),
        details: asked.body.get("details").cloned().unwrap_or_else(|| json!({})),
        by: asked.asker.name.clone(),
        on: app.store.clock().today(),
        expected: asked.expected,
        key: asked.key.as_deref().map(|key| own_key(asked, key)),
    };
    let answer = take(app, asked, &request, asked.parameter("dry_run") == "true")?;
    let version = answer["version"].as_i64().unwrap_or(0);
    Ok(Given::Versioned(answer, version))
}

/// A key as it is kept.
fn own_key(asked: &Asked, key: &str) -> String {
    format!("{}/{key}", key_of(&asked.asker.name))
}

fn take(app: &App, asked: &Asked, request: &Request, dry_run: bool) -> Result<Value, Problem> {
    let (_, act, for_fund) = permissions(request.life);
    let asker = &asked.asker;
    if !(if for_fund { asker.may_for_fund(act) } else { asker.may(act) }) {
        return Err(Problem::of(403, "PERMISSION_MISSING"));
    }
    let mut desk = Desk::open(app, asked)?;
    let bank = bank_of(&mut desk.db, app.fund_id(), request.life, &request.subject)?;
    if !for_fund && !desk.sees(act, bank.as_deref()) {
        return Err(missing());
    }
    drop(desk);
    let done = if dry_run { rehearse(app, request) } else { perform(app, request) };
    Ok(done?)
}

/// Several acts, each for itself: what is refused does not hold up the others.
pub(super) fn bulk(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let items = asked.body["items"].as_array().cloned().unwrap_or_default();
    let mut told = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        told.push(match of_item(app, asked, item) {
            Ok(answer) => json!({ "index": index, "status": 200, "answer": answer }),
            Err(problem) if problem.status >= 500 => return Err(problem),
            Err(problem) => refused(index, &problem, asked),
        });
    }
    Ok(Given::One(json!({ "items": told })))
}

/// What is wrong with one item.
pub(super) fn refused(index: usize, problem: &Problem, asked: &Asked) -> Value {
    let detail = problem.words(asked.lang);
    json!({ "index": index, "status": problem.status, "code": problem.code, "detail": detail })
}

fn of_item(app: &App, asked: &Asked, item: &Value) -> Result<Value, Problem> {
    let text = |name: &str| item[name].as_str().unwrap_or("").to_owned();
    let request = Request {
        life: Life::from_code(&text("life")).ok_or_else(missing)?,
        subject: text("subject"),
        act: text("act"),
        details: item.get("details").cloned().unwrap_or_else(|| json!({})),
        by: asked.asker.name.clone(),
        on: app.store.clock().today(),
        expected: item["expected_version"].as_i64(),
        key: Some(own_key(asked, &text("key"))),
    };
    take(app, asked, &request, false)
}
