//! The interface filled from the database, and its requests carried out through the use cases.
//!
//! Owns what every operation needs (`Desk`), one module an area, and how a refusal of a use case becomes a problem.
//! **Invariant:** a thing out of reach answers exactly like one that is not there.

mod acts;
mod business;
mod files;
mod json;
mod measures;
mod money;
mod register;
mod running;
mod statements;
mod undos;

use std::sync::Arc;

use crate::app::App;
use crate::domain::access::{Permission, Reach as Sight};
use crate::http::api::limits::Limits;
use crate::http::api::problem::Problem;
use crate::http::api::{Api, Asked, Given};
use crate::i18n::Lang;
use crate::storage::db::Lent;
use crate::storage::find::Reach;
use crate::storage::{Circumstances, Store, StoreError};
use crate::usecase::{UseCaseError, machines};
use crate::views::api::shape::Fault;

/// The interface over an application.
#[must_use]
pub fn api(app: &Arc<App>) -> Api {
    let (known, worked) = (Arc::clone(app), Arc::clone(app));
    let limits = &app.config.api;
    Api {
        recognise: Arc::new(move |token| Ok(machines::recognise(&known, token)?)),
        call: Arc::new(move |asked| call(&worked, asked)),
        limits: Arc::new(Limits::new(limits.requests_per_minute, limits.requests_per_minute_and_address)),
    }
}

/// Carries out a checked request. Blocks while the database answers.
///
/// # Errors
/// A problem, with nothing saved.
pub fn call(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let mut given = answer(app, asked)?;
    // Whatever was told of it before: no sealed number leaves, wherever it stands in a text.
    match &mut given {
        Given::One(value) | Given::Versioned(value, _) => json::mask_seals(value),
        Given::Page(values, _) | Given::Acts(values, _, _) => values.iter_mut().for_each(json::mask_seals),
        Given::Bytes(_) => {}
    }
    Ok(given)
}

fn answer(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let (area, _) = asked.operation.split_once('.').unwrap_or((asked.operation, ""));
    if CHANGES.contains(&asked.operation) || asked.operation.ends_with(".act") {
        return change(&app.within(&circumstances(asked)), asked);
    }
    let mut desk = Desk::open(app, asked)?;
    if asked.operation.ends_with(".acts") || area == "acts" {
        return acts::call(&mut desk);
    }
    match area {
        "scorecards" | "persons" | "rights" => register::call(&mut desk),
        "me" | "loans" | "claims" | "partners" | "portfolio" => business::call(&mut desk),
        "statements" => statements::call(&mut desk),
        "fund" | "reserve" | "ledger" | "reconciliations" | "periods" => money::call(&mut desk),
        "rulebooks" | "quotes" => measures::call(&mut desk),
        "imports" | "uploads" | "attachments" => files::call(&mut desk),
        "undos" => undos::list(&mut desk),
        _ => running::call(&mut desk),
    }
}

/// Operations besides acts that change something.
const CHANGES: [&str; 13] = [
    "acts.bulk",
    "jobs.run",
    "statements.send",
    "statements.match",
    "statements.match_by_rule",
    "statements.unmatch",
    "uploads.send",
    "uploads.rows",
    "uploads.decide",
    "uploads.cancel",
    "attachments.add",
    "undos.request",
    "undos.withdraw",
];

/// What changes something holds no connection for reading meanwhile: many of them would wait for each other.
fn change(app: &App, asked: &Asked) -> Result<Given, Problem> {
    match asked.operation {
        "acts.bulk" => acts::bulk(app, asked),
        name if name.ends_with(".act") => acts::one(app, asked),
        "jobs.run" => running::run(app, asked),
        name if name.starts_with("undos.") => undos::change(app, asked),
        name if name.starts_with("statements.") => statements::change(app, asked),
        _ => files::change(app, asked),
    }
}

/// From where it was asked for: kept with every event.
fn circumstances(asked: &Asked) -> Circumstances {
    let (request_id, source) = (asked.request_id.clone(), asked.address.clone());
    Circumstances { request_id, source, via: Some(asked.via.clone()) }
}

/// What every operation works with.
struct Desk<'a> {
    app: &'a App,
    asked: &'a Asked,
    db: Lent,
}

impl<'a> Desk<'a> {
    fn open(app: &'a App, asked: &'a Asked) -> Result<Desk<'a>, Problem> {
        Ok(Desk { app, asked, db: app.store.read()? })
    }

    fn fund_id(&self) -> &str {
        self.app.fund_id()
    }

    fn store(&self) -> &Store {
        &self.app.store
    }

    /// Whose business is reached with a permission, for the finders.
    fn reaches(&self, permission: Permission) -> Vec<Reach> {
        match self.asked.asker.reach_with(permission) {
            Sight::All => vec![Reach::of_fund(self.fund_id())],
            Sight::Banks(banks) => banks.iter().map(|bank| Reach::of_bank(self.fund_id(), bank.as_str())).collect(),
            Sight::Nothing => Vec::new(),
        }
    }

    /// The reach of a list: that of the only bank, of the bank asked for, or of the fund.
    fn list_reach(&self, permission: Permission) -> Result<Reach, Problem> {
        let mut reaches = self.reaches(permission);
        let asked = self.asked.parameter("bank");
        if reaches.len() > 1 {
            let fault = Fault { pointer: "bank".to_owned(), code: "BANK_NEEDED" };
            reaches.retain(|reach| reach.bank() == Some(asked));
            return reaches.pop().ok_or_else(|| Problem::with(400, "PARAMETER_INVALID", vec![fault]));
        }
        reaches.pop().ok_or_else(missing)
    }

    /// Whether a bank's business is reached; what belongs to no bank is reached by the fund alone.
    fn sees(&self, permission: Permission, bank: Option<&str>) -> bool {
        self.reaches(permission).iter().any(|reach| reach.bank().is_none() || reach.bank() == bank)
    }

    /// A stretch of a list that is at hand.
    fn cut<T>(&self, all: Vec<T>, tell: impl FnMut(T) -> serde_json::Value) -> Given {
        let (from, limit) = self.asked.span;
        let more = all.len() > from.saturating_add(limit);
        Given::Page(all.into_iter().skip(from).take(limit).map(tell).collect(), more)
    }

    /// Offset and size of a stretch for a finder: one item more than is told, to see whether more follows.
    fn span(&self) -> (i64, i64) {
        let (from, limit) = self.asked.span;
        (i64::try_from(from).unwrap_or(i64::MAX), i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))
    }

    /// A stretch that a finder gave.
    fn stretch<T>(&self, mut rows: Vec<T>, tell: impl FnMut(T) -> serde_json::Value) -> Given {
        let more = rows.len() > self.asked.span.1;
        rows.truncate(self.asked.span.1);
        Given::Page(rows.into_iter().map(tell).collect(), more)
    }
}

/// Nothing is here, or nothing that the asker may know of.
fn missing() -> Problem {
    Problem::of(404, "NOT_FOUND")
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match error {
            StoreError::Unreachable { reason } => Problem { inside: reason, ..Problem::of(503, "UNAVAILABLE") },
            other => Problem::internal(other.to_string()),
        }
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Problem {
        if let UseCaseError::Store(error) = error {
            return error.into();
        }
        if !error.is_refusal() {
            return Problem::internal(format!("{}: {error}", error.code()));
        }
        let code = error.code();
        let status = status_of(code);
        if status == 404 {
            return missing();
        }
        let faults = match &error {
            UseCaseError::Act(refusal) if code.starts_with("FIELD_") => {
                let at = refusal.places.iter().find(|(place, _)| *place == "at").map_or("", |(_, at)| at.as_str());
                vec![Fault { pointer: format!("/details/{}", at.replace('.', "/")), code: refusal.code }]
            }
            _ => Vec::new(),
        };
        let detail = Some(Box::new([error.text(Lang::Zh), error.text(Lang::En)]));
        Problem { status, code: code.to_owned(), detail, faults, inside: String::new() }
    }
}

/// The status of a refusal: what is not there, who may not, what is wrong with the request, and what does not fit now.
fn status_of(code: &str) -> u16 {
    match code {
        "ACT_VERSION" => 412,
        "ACT_KEY_REUSED" => 422,
        "ACT_KEY" => 400,
        "UNDO_REASON_MISSING" => 422,
        "ACT_PERSON_UNKNOWN" | "UNDO_NOT_REQUESTER" => 403,
        "REGISTRATION_NAME" | "ATTACHMENT_SUBJECT" | "LOAN_UNKNOWN" | "CLAIM_UNKNOWN" | "FUND_UNKNOWN" => 404,
        _ if code.starts_with("FIELD_") || code.starts_with("ATTACHMENT_") && code != "ATTACHMENT_OFFICE" => 422,
        _ if code.ends_with("_ROLE") || code.ends_with("_OTHER_BANK") || code == "ATTACHMENT_OFFICE" => 403,
        _ if code.ends_with("_UNKNOWN") => 404,
        _ => 409,
    }
}
