//! Rulebooks: stored texts, their articles, and trial cases.
//!
//! **Invariant:** a quote is computed by the code that pays, and saves nothing.

use serde_json::{Value, json};

use super::{Desk, acts::refused, json as tell, missing};
use crate::domain::payout::evaluate::evaluate;
use crate::http::api::Given;
use crate::http::api::problem::Problem;
use crate::http::pages::Download;
use crate::rulebook::explain::explain;
use crate::rulebook::outcome_json::outcome_to_json;
use crate::rulebook::quote_json::case_from_json;
use crate::storage::find::parties;
use crate::storage::rows::parties::RulebookRow;
use crate::usecase::measures::Measures;
use crate::views::api::shape::Fault;

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let fund_id = desk.app.fund_id();
    match desk.asked.operation {
        "rulebooks.list" => {
            let rows = parties::rulebooks(&mut desk.db, fund_id)?;
            Ok(desk.cut(rows, |row| {
                json!({
                    "id": row.rulebook_id,
                    "version": row.version,
                    "hash": row.hash,
                    "recorded_at": tell::moment(row.recorded_at),
                })
            }))
        }
        "rulebooks.text" => {
            let row = stored(desk)?;
            let name = format!("{}-{}.toml", row.rulebook_id, row.version);
            Ok(Given::Bytes(Download { name, media_type: "application/toml", bytes: row.body.into_bytes() }))
        }
        "rulebooks.articles" => {
            let measures = Measures::load(&mut desk.db, fund_id)?;
            let found = measures.version(desk.asked.place("id"), desk.asked.place("version")).ok_or_else(missing)?;
            let articles = explain(&found.rulebook, desk.asked.lang);
            Ok(desk.cut(articles, |one| json!({ "clause": one.clause, "article": one.article, "text": one.text })))
        }
        _ => quotes(desk),
    }
}

fn stored(desk: &mut Desk<'_>) -> Result<RulebookRow, Problem> {
    let (id, version) = (desk.asked.place("id"), desk.asked.place("version"));
    let rows = parties::rulebooks(&mut desk.db, desk.app.fund_id())?;
    rows.into_iter().find(|row| row.rulebook_id == id && row.version == version).ok_or_else(missing)
}

fn quotes(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let measures = Measures::load(&mut desk.db, desk.app.fund_id())?;
    let found = measures.version(desk.asked.field("rulebook"), desk.asked.field("version"));
    let measure = found.ok_or_else(|| {
        let fault = Fault { pointer: "/rulebook".to_owned(), code: "RULEBOOK_UNKNOWN" };
        Problem::with(422, "BODY_INVALID", vec![fault])
    })?;
    let cases = desk.asked.body["cases"].as_array().cloned().unwrap_or_default();
    let told = cases.iter().enumerate().map(|(index, case)| match case_from_json(case) {
        Ok(case) => {
            let outcome = evaluate(&measures.rules_for(measure, &case), &case);
            json!({ "index": index, "status": 200, "answer": outcome_to_json(&outcome) })
        }
        Err(_malformed) => refused(index, &Problem::of(422, "CASE_MALFORMED"), desk.asked),
    });
    let told: Vec<Value> = told.collect();
    Ok(Given::One(json!({ "items": told })))
}
