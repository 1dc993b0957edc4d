//! The fund: level, ledger, promises, statements, months.
//!
//! **Invariant:** what belongs to the fund is told to whoever may read the fund, to no bank.

use chrono::NaiveDate;
use serde_json::json;

use super::{Desk, json as tell};
use crate::http::api::Given;
use crate::http::api::problem::Problem;
use crate::storage::find::{books, money};
use crate::usecase::books::reconciliation::{reconcile_all, reconciled_json};
use crate::usecase::books::trial_balance;
use crate::usecase::{measures, reserve};

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let fund_id = desk.app.fund_id();
    let today = desk.store().clock().today();
    match desk.asked.operation {
        "fund.get" => {
            // Before the first file or contribution there is no fund to tell of.
            if !measures::is_open(&mut desk.db, fund_id)? {
                return Err(Problem::of(404, "NOT_FOUND"));
            }
            let mut row = reserve::level(&mut desk.db, fund_id, today)?;
            row.business_date = today;
            Ok(Given::One(tell::level(&row)))
        }
        "fund.ledger" => ledger(desk),
        "fund.commitments" => {
            let asked = desk.asked.parameter("kind");
            let mut rows = Vec::new();
            for kind in ["earmarked", "ordered"].into_iter().filter(|kind| asked.is_empty() || asked == *kind) {
                rows.extend(money::commitments_in_force(&mut desk.db, fund_id, kind)?);
            }
            Ok(desk.cut(rows, |row| {
                json!({
                    "kind": row.kind,
                    "subject": row.subject,
                    "version": row.version,
                    "amount": tell::yuan(row.amount_fen),
                    "basis": row.basis,
                })
            }))
        }
        "reserve.list" => {
            let rows = money::snapshots(&mut desk.db, fund_id)?;
            Ok(desk.cut(rows, |row| tell::level(&row)))
        }
        "ledger.trial_balance" => {
            let day = |name| desk.asked.parameter(name).parse::<NaiveDate>().unwrap_or(today);
            let (from, to) = (day("from"), day("to"));
            let told = trial_balance::of_ledger(&mut desk.db, fund_id, from, to)?;
            Ok(Given::One(trial_balance::trial_json(&told, from, to)))
        }
        "reconciliations.list" => {
            let on: NaiveDate = desk.asked.parameter("on").parse().unwrap_or(today);
            let rows = reconcile_all(&mut desk.db, fund_id, on)?;
            Ok(desk.cut(rows, |row| tell::masked(reconciled_json(&row))))
        }
        _ => {
            let rows = books::period_steps(&mut desk.db, fund_id)?;
            Ok(desk.cut(
                rows,
                |row| json!({ "period": row.period, "version": row.version, "state": row.state, "by": row.person }),
            ))
        }
    }
}

fn ledger(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let rows = money::transactions(&mut desk.db, desk.app.fund_id())?;
    let (from, limit) = desk.asked.span;
    let more = rows.len() > from.saturating_add(limit);
    let mut told = Vec::new();
    for row in rows.into_iter().skip(from).take(limit) {
        let lines = money::lines_of(&mut desk.db, &row.tx_id)?;
        let lines = lines
            .iter()
            .map(|line| json!({ "account": line.account, "side": line.side, "amount": tell::yuan(line.amount_fen) }));
        told.push(json!({
            "id": row.tx_id,
            "kind": row.kind,
            "booked_on": row.booked_on,
            "memo": row.memo,
            "reverses": row.reverses,
            "lines": lines.collect::<Vec<_>>(),
        }));
    }
    Ok(Given::Page(told, more))
}
