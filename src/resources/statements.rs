//! Bank statements: sent in, their lines, and what they are matched with.
//!
//! **Invariant:** a number of an account leaves as its last characters only.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Desk, json as tell};
use crate::app::App;
use crate::domain::money::FenDelta;
use crate::http::api::problem::Problem;
use crate::http::api::{Asked, Given};
use crate::import::statement::Told;
use crate::storage::find::books;
use crate::storage::rows::books::BankStatementRow;
use crate::usecase::books::Word;
use crate::usecase::books::matches::{self, DAYS_APART, LineShown, match_json};
use crate::usecase::books::statements::{Incoming, import_statement};
use crate::views::api::shape::Fault;

/// Account of the ledger that holds the fund's money where none is named.
const CASH: &str = "cash";

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let fund_id = desk.app.fund_id();
    if desk.asked.operation == "statements.list" {
        let rows = books::statements(&mut desk.db, fund_id)?;
        return Ok(desk.cut(rows, |row| statement(&row)));
    }
    let mut rows = matches::lines(&mut desk.db, fund_id)?;
    let open = desk.asked.parameter("open") == "true";
    rows.retain(|one| !open || one.matched.as_ref().is_none_or(|row| row.tx_id.is_none()));
    Ok(desk.cut(rows, |one| line(&one)))
}

pub(super) fn change(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let by = asked.asker.name.as_str();
    let word = |note| Word { by, note, on: app.store.clock().today() };
    let id = asked.place("id");
    Ok(Given::One(match asked.operation {
        "statements.send" => send(app, asked, word(""))?,
        "statements.match_by_rule" => {
            let days = asked.body["days"].as_u64().and_then(|days| u32::try_from(days).ok()).unwrap_or(DAYS_APART);
            let made = matches::match_by_rule(app, days, word(""))?;
            json!({ "items": made.iter().map(match_json).collect::<Vec<_>>() })
        }
        "statements.match" => {
            match_json(&matches::match_by_person(app, id, asked.field("booking"), word(asked.field("reason")))?)
        }
        _ => match_json(&matches::unmatch(app, id, word(asked.field("reason")))?),
    }))
}

fn send(app: &App, asked: &Asked, word: Word<'_>) -> Result<Value, Problem> {
    let file = asked.files.first().ok_or_else(|| invalid("file", "FIELD_MISSING"))?;
    let told = Told {
        account: asked.field("account").to_owned(),
        opening: yuan(asked, "opening")?,
        closing: yuan(asked, "closing")?,
        from: day(asked, "from"),
        to: day(asked, "to"),
    };
    let ledger_account = Some(asked.field("ledger_account")).filter(|named| !named.is_empty()).unwrap_or(CASH);
    let incoming = Incoming { file: &file.name, bytes: &file.bytes, told: &told, ledger_account };
    let taken = import_statement(app, &incoming, word)?;
    Ok(json!({
        "known": taken.is_known,
        "unbooked": taken.unbooked,
        "statements": taken.statements.iter().map(statement).collect::<Vec<_>>(),
    }))
}

fn invalid(name: &str, code: &'static str) -> Problem {
    Problem::with(422, "BODY_INVALID", vec![Fault { pointer: format!("/{name}"), code }])
}

/// An amount that may lie below zero.
fn yuan(asked: &Asked, name: &str) -> Result<Option<FenDelta>, Problem> {
    match asked.field(name) {
        "" => Ok(None),
        text => FenDelta::from_yuan(text).map(Some).map_err(|_no_amount| invalid(name, "FIELD_BAD_MONEY")),
    }
}

fn day(asked: &Asked, name: &str) -> Option<NaiveDate> {
    asked.field(name).parse().ok()
}

fn statement(row: &BankStatementRow) -> Value {
    json!({
        "id": row.statement_id,
        "account": tell::stars(&row.account),
        "from": row.from_on,
        "to": row.to_on,
        "opening": tell::yuan(row.opening_fen),
        "closing": tell::yuan(row.closing_fen),
        "lines_total": row.lines_total,
        "lines_new": row.lines_new,
        "file": row.file_name,
    })
}

fn line(one: &LineShown) -> Value {
    let line = &one.line;
    json!({
        "id": line.line_id,
        "account": tell::stars(&line.account),
        "booked_on": line.booked_on,
        "value_on": line.value_on,
        "direction": line.direction,
        "amount": tell::yuan(line.amount_fen),
        "reversal": line.is_reversal,
        "reference": line.reference,
        "text": line.text,
        "match": one.matched.as_ref().map(match_json),
    })
}
