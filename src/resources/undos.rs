//! Requests to take an import back.
//!
//! **Invariant:** the interface asks and withdraws and never approves: an import is taken back by a second person. A
//! bank hears that its import cannot be taken back, and not which thing, maybe another bank's, stands in the way.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Desk, missing};
use crate::app::App;
use crate::domain::access::{Permission as P, Reach as Sight};
use crate::http::api::problem::Problem;
use crate::http::api::{Asked, Given};
use crate::storage::find::imports;
use crate::usecase::UseCaseError;
use crate::usecase::undo::{self, Undo};

/// Refusals that speak of the request alone, so that a bank may hear them.
const OF_THE_REQUEST: [&str; 6] = [
    "UNDO_ALREADY_REQUESTED",
    "UNDO_ANSWERED",
    "UNDO_BEFORE_IMPORT",
    "UNDO_DONE",
    "UNDO_NOT_REQUESTER",
    "UNDO_REASON_MISSING",
];

pub(super) fn list(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let seen = seen(desk, P::ReadImports)?;
    Ok(desk.cut(seen, |one| told(&one)))
}

/// What asks and withdraws: whose business it is, is looked up before anything is said of it.
pub(super) fn change(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let (id, by, on) = (asked.place("id"), asked.asker.name.as_str(), app.store.clock().today());
    let done = if asked.operation == "undos.request" {
        let mut desk = Desk::open(app, asked)?;
        let row = imports::one(&mut desk.db, id)?;
        let own = row.filter(|row| row.fund_id == app.fund_id() && desk.sees(P::AskUndo, row.bank.as_deref()));
        drop(desk);
        undo::request_undo(app, &own.ok_or_else(missing)?.import_id, by, asked.field("reason"), on)
    } else {
        let own = seen(&mut Desk::open(app, asked)?, P::AskUndo)?.into_iter().find(|one| one.asked.undo_id == id);
        undo::withdraw_undo(app, &own.ok_or_else(missing)?.asked.undo_id, by, on)
    };
    Ok(Given::One(told(&done.map_err(|error| refusal(asked, error))?)))
}

/// Requests on imports that are reached.
fn seen(desk: &mut Desk<'_>, permission: P) -> Result<Vec<Undo>, Problem> {
    let rows = imports::all(&mut desk.db, desk.app.fund_id())?;
    let banks: BTreeMap<String, Option<String>> = rows.into_iter().map(|row| (row.import_id, row.bank)).collect();
    let mut all = undo::list(&mut desk.db, desk.app.fund_id())?;
    all.retain(|one| banks.get(&one.asked.import_id).is_some_and(|bank| desk.sees(permission, bank.as_deref())));
    Ok(all)
}

fn refusal(asked: &Asked, error: UseCaseError) -> Problem {
    let open = asked.asker.reach_with(P::AskUndo) == Sight::All;
    match &error {
        UseCaseError::Undo { .. } if !open && !OF_THE_REQUEST.contains(&error.code()) => {
            Problem::of(409, "UNDO_NOT_NOW")
        }
        _ => error.into(),
    }
}

fn told(one: &Undo) -> Value {
    let answer = one.answer.as_ref();
    json!({
        "id": one.asked.undo_id,
        "import": one.asked.import_id,
        "state": one.state(),
        "reason": one.asked.note,
        "requested_by": one.asked.person,
        "requested_on": one.asked.business_date,
        "answered_by": answer.map(|answer| &answer.person),
        "answered_on": answer.map(|answer| answer.business_date),
        "answer": answer.map(|answer| &answer.note),
    })
}
