//! Loans, claims, partners, and who asks.
//!
//! **Invariant:** every finder is given the reach of the asker.

use serde_json::json;

use super::{Desk, json as tell, missing};
use crate::domain::access::{Permission as P, Reach as Sight};
use crate::http::api::Given;
use crate::http::api::problem::Problem;
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder, Entry};
use crate::storage::find::loan_list::{self, LoanFilter, LoanOrder, Standing};
use crate::storage::find::{acts, claims, loans, parties, servicing};
use crate::storage::rows::loans::LoanRow;
use crate::usecase::{group_exposure, payout_sheet, portfolio};

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    match desk.asked.operation {
        "me.get" => Ok(me(desk)),
        "loans.list" => loans_list(desk),
        "loans.get" => {
            let loan = one_loan(desk)?;
            let version = acts::last_version(&mut desk.db, desk.app.fund_id(), "loan", &loan.loan_id)?;
            let mut told = tell::loan(&loan);
            let group = match desk.sees(P::ReadPortfolio, None) {
                true => group_exposure::of_loan(&mut desk.db, &loan)?,
                false => None,
            };
            told["group_exposure"] = json!(group.map(|group| group.json()));
            Ok(Given::Versioned(told, version))
        }
        "loans.months" => {
            let loan = one_loan(desk)?;
            let reach = crate::storage::find::Reach::of_bank(desk.fund_id(), &loan.bank);
            let rows = servicing::rows_of_loan(&mut desk.db, &reach, &loan.loan_id)?;
            Ok(desk.cut(rows, |row| tell::month(&row)))
        }
        "claims.list" => claims_list(desk),
        "claims.get" => {
            let (status, filed, loan) = one_claim(desk)?;
            Ok(Given::Versioned(tell::claim(&status, &filed, &loan), status.act_version))
        }
        "claims.calculation" => {
            let (status, ..) = one_claim(desk)?;
            let row = claims::last_calculation(&mut desk.db, &status.claim_id)?.ok_or_else(missing)?;
            Ok(Given::One(tell::calculation(&row)))
        }
        "claims.sheet" => {
            let (status, ..) = one_claim(desk)?;
            let sheet = payout_sheet::of_claim(desk.app, &mut desk.db, &status.claim_id)?;
            Ok(Given::One(sheet.ok_or_else(missing)?))
        }
        "partners.list" => partners(desk),
        _ => Ok(Given::One(portfolio::portfolio(desk.app, &mut desk.db)?)),
    }
}

fn me(desk: &Desk<'_>) -> Given {
    let asker = &desk.asked.asker;
    let banks = match asker.reach() {
        Sight::All => None,
        Sight::Banks(banks) => Some(banks.iter().map(|bank| bank.as_str().to_owned()).collect()),
        Sight::Nothing => Some(Vec::new()),
    };
    Given::One(json!({
        "name": asker.name,
        "token_id": desk.asked.token_id,
        "offices": asker.offices.iter().map(|office| office.code()).collect::<Vec<_>>(),
        "permissions": asker.permissions().iter().map(|permission| permission.code()).collect::<Vec<_>>(),
        "banks": banks,
        "fund": desk.fund_id(),
    }))
}

fn loans_list(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let reach = desk.list_reach(P::ReadPortfolio)?;
    let asked = desk.asked;
    let standing = match asked.parameter("state") {
        "claimed" => Some(Standing::Claimed),
        "compensated" => Some(Standing::Compensated),
        "settled" => Some(Standing::Settled),
        "to_verify" => Some(Standing::ToVerify),
        "gone" => Some(Standing::Gone),
        "not_covered" => Some(Standing::NotCovered),
        "queued" => Some(Standing::Queued),
        "registered" => Some(Standing::Registered),
        _ => None,
    };
    let filter = LoanFilter { search: asked.parameter("search"), bank: asked.parameter("bank"), standing };
    let (word, descending) = order_of(asked.parameter("sort"));
    let order = match word {
        "disbursed" => LoanOrder::Disbursed,
        "borrower" => LoanOrder::Borrower,
        "principal" => LoanOrder::Principal,
        "balance" => LoanOrder::Balance,
        "overdue" => LoanOrder::Overdue,
        "reserve" => LoanOrder::Reserve,
        _ => LoanOrder::Contract,
    };
    let span = desk.span();
    let rows = loan_list::rows(&mut desk.db, &reach, &filter, (order, descending), span)?;
    Ok(desk.stretch(rows, |row| tell::loan(&row)))
}

fn claims_list(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let reach = desk.list_reach(P::ReadClaims)?;
    let asked = desk.asked;
    let (search, bank) = (asked.parameter("search"), asked.parameter("bank"));
    let filter = ClaimFilter { search, bank, state: asked.parameter("state"), ..ClaimFilter::default() };
    let (word, descending) = order_of(asked.parameter("sort"));
    let order = match word {
        "filed" => ClaimOrder::Filed,
        "borrower" => ClaimOrder::Borrower,
        "outstanding" => ClaimOrder::Outstanding,
        "payout" => ClaimOrder::Payout,
        _ => ClaimOrder::Arrival,
    };
    let span = desk.span();
    let rows = claim_list::rows(&mut desk.db, &reach, &filter, (order, descending), span)?;
    Ok(desk.stretch(rows, |(status, filed, loan)| tell::claim(&status, &filed, &loan)))
}

/// A sort key and whether a minus turns it around.
fn order_of(sort: &str) -> (&str, bool) {
    sort.strip_prefix('-').map_or((sort, false), |word| (word, true))
}

fn one_loan(desk: &mut Desk<'_>) -> Result<LoanRow, Problem> {
    for reach in desk.reaches(P::ReadPortfolio) {
        if let Some(loan) = loans::one(&mut desk.db, &reach, desk.asked.place("id"))? {
            return Ok(loan);
        }
    }
    Err(missing())
}

fn one_claim(desk: &mut Desk<'_>) -> Result<Entry, Problem> {
    for reach in desk.reaches(P::ReadClaims) {
        if let Some(entry) = claim_list::one(&mut desk.db, &reach, desk.asked.place("id"))? {
            return Ok(entry);
        }
    }
    Err(missing())
}

/// Partners with their limits: a bank sees itself.
fn partners(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let mut rows = parties::partners(&mut desk.db, desk.app.fund_id())?;
    rows.retain(|row| desk.sees(P::ReadPartners, Some(&row.code)));
    Ok(desk.cut(rows, |row| {
        json!({
            "code": row.code,
            "kind": row.kind,
            "name": row.name,
            "agreed_from": row.agreed_from,
            "agreed_to": row.agreed_to,
            "limit": row.limit_fen.map(tell::yuan),
        })
    }))
}
