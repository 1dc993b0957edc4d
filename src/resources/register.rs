//! What stands on registers: persons, pledged rights, and how banks do.
//!
//! **Invariant:** of a pledged right its own facts are told, not what was lent on it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::Desk;
use crate::domain::access::Permission as P;
use crate::domain::money::Ppm;
use crate::http::api::Given;
use crate::http::api::problem::Problem;
use crate::storage::find::loans;
use crate::storage::rows::loans::LoanRegistrationRow;
use crate::usecase::lives::offices::everyone;
use crate::usecase::scorecards::cards;

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    match desk.asked.operation {
        "persons.list" => persons(desk),
        "rights.list" => rights(desk),
        _ => scorecards(desk),
    }
}

fn persons(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let all = everyone(&mut desk.db, desk.app.fund_id())?;
    Ok(desk.cut(all, |(key, person)| {
        json!({
            "key": key,
            "institution": person.institution.code(),
            "roles": person.roles.keys().map(|role| role.code()).collect::<Vec<_>>(),
            "departed": person.departed,
            "deputies": person.delegations.iter().map(|one| one.deputy.clone()).collect::<Vec<_>>(),
        })
    }))
}

fn rights(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let fund_id = desk.app.fund_id();
    // The newest version of a registration comes last and so replaces the ones before.
    let newest: BTreeMap<String, LoanRegistrationRow> =
        loans::registrations(&mut desk.db, fund_id)?.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
    let mut all = Vec::new();
    for right in loans::all_rights(&mut desk.db, fund_id)? {
        let Some(loan) = newest.get(&right.loan_id).filter(|loan| loan.version == right.version) else { continue };
        if desk.sees(P::ReadRights, Some(&loan.bank)) {
            all.push(json!({
                "kind": right.kind,
                "number": right.number,
                "title": right.title,
                "owner": loan.borrower_name,
                "pledge_no": loan.pledge_no,
                "pledge_registered_on": loan.pledge_registered_on,
            }));
        }
    }
    Ok(desk.cut(all, |one| one))
}

fn scorecards(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let on: NaiveDate = desk.asked.parameter("on").parse().unwrap_or_else(|_none| desk.store().clock().today());
    let mut all = cards(desk.app, &mut desk.db, on)?;
    all.retain(|card| desk.sees(P::ReadPartners, Some(&card.bank)));
    let share = |ratio: Option<Ppm>| ratio.map(Ppm::fraction);
    Ok(desk.cut(all, |card| {
        json!({
            "bank": card.bank,
            "stands_for": card.stands_for,
            "npl_ratio": share(card.figures.npl_ratio),
            "claim_ratio": share(card.figures.claim_ratio),
            "late_marking": share(card.figures.late_marking),
            "late_registration": share(card.figures.late_registration),
            "deficiency": share(card.figures.deficiency),
            "recovery": share(card.figures.recovery),
            "in_time": share(card.figures.in_time),
        })
    }))
}
