//! Claims, their calculations, and how each stands.
//!
//! **Invariant:** whoever asks for claims says whose they may see.

use std::collections::BTreeMap;

use diesel::dsl::max;
use diesel::prelude::*;

use super::Reach;
use super::money::Holder;
use super::undos::standing;
use crate::domain::money::Fen;
use crate::storage::db::{Db, MultiBackend, each};
use crate::storage::error::StoreError;
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};
use crate::storage::schema::{calculations, claim_status, claims};
use crate::storage::total::total;
use crate::storage::{StoreError as Error, Tx};

/// State of a claim that was taken back with its import.
pub const WITHDRAWN: &str = "withdrawn";

fn within<'a>(reach: &Reach) -> claim_status::BoxedQuery<'a, MultiBackend> {
    let all = claim_status::table.filter(claim_status::fund_id.eq(reach.fund_id().to_owned())).into_boxed();
    match reach.bank() {
        Some(bank) => all.filter(claim_status::bank.eq(bank.to_owned())),
        None => all,
    }
}

/// How each claim within reach stands, in the order of claim date and arrival; withdrawn ones are left out.
///
/// # Errors
/// What the database says.
pub fn statuses(db: &mut Db, reach: &Reach) -> Result<Vec<ClaimStatusRow>, StoreError> {
    Ok(within(reach)
        .filter(claim_status::state.ne(WITHDRAWN))
        .select(ClaimStatusRow::as_select())
        .order((claim_status::filed_on, claim_status::arrival))
        .load(db)?)
}

/// Stored words of the stages at which a claim is computed again when facts change.
pub const OPEN: [&str; 5] = ["submitted", "returned", "accepted", "reviewed", "appealed"];

/// How each open claim within reach stands, in the order of claim date and arrival.
///
/// # Errors
/// What the database says.
pub fn open(db: &mut Db, reach: &Reach) -> Result<Vec<ClaimStatusRow>, StoreError> {
    Ok(within(reach)
        .filter(claim_status::state.eq_any(OPEN))
        .select(ClaimStatusRow::as_select())
        .order((claim_status::filed_on, claim_status::arrival))
        .load(db)?)
}

/// How the claims of one loan within reach stand, in the order of arrival; withdrawn ones too.
///
/// # Errors
/// What the database says.
pub fn of_loan(db: &mut Db, reach: &Reach, loan_id: &str) -> Result<Vec<ClaimStatusRow>, StoreError> {
    Ok(within(reach)
        .filter(claim_status::loan_id.eq(loan_id.to_owned()))
        .select(ClaimStatusRow::as_select())
        .order(claim_status::arrival)
        .load(db)?)
}

/// How each claim of a fund stands, withdrawn ones too.
///
/// # Errors
/// What the database says.
pub fn every_status(db: &mut Db, fund_id: &str) -> Result<Vec<ClaimStatusRow>, StoreError> {
    Ok(within(&Reach::of_fund(fund_id)).select(ClaimStatusRow::as_select()).order(claim_status::claim_id).load(db)?)
}

/// How one claim within reach stands.
///
/// # Errors
/// What the database says.
pub fn status(db: &mut Db, reach: &Reach, claim_id: &str) -> Result<Option<ClaimStatusRow>, StoreError> {
    Ok(within(reach)
        .filter(claim_status::claim_id.eq(claim_id.to_owned()))
        .select(ClaimStatusRow::as_select())
        .first(db)
        .optional()?)
}

/// A claim as filed, withdrawn or not.
///
/// # Errors
/// What the database says.
pub fn filing(db: &mut Db, claim_id: &str) -> Result<Option<ClaimRow>, StoreError> {
    Ok(claims::table.find(claim_id).select(ClaimRow::as_select()).first(db).optional()?)
}

/// The numbers under which these claims arrived; those that were not handed in are left out.
///
/// # Errors
/// What the database says.
pub fn arrivals(db: &mut Db, claim_ids: &[&str]) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = claims::table
        .filter(claims::claim_id.eq_any(claim_ids.to_vec()))
        .select((claims::claim_id, claims::arrival))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Every claim of a fund as filed that stands, by arrival.
///
/// # Errors
/// What the database says.
pub fn filings(db: &mut Db, fund_id: &str) -> Result<Vec<ClaimRow>, StoreError> {
    Ok(claims::table
        .filter(claims::fund_id.eq(fund_id))
        .filter(standing!(claims::import_id))
        .order(claims::arrival)
        .select(ClaimRow::as_select())
        .load(db)?)
}

/// Number of the claim that arrived last, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_arrival(db: &mut Db, fund_id: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = claims::table.filter(claims::fund_id.eq(fund_id)).select(max(claims::arrival)).first(db)?;
    Ok(last.unwrap_or(0))
}

/// The last calculation of a claim.
///
/// # Errors
/// What the database says.
pub fn last_calculation(db: &mut Db, claim_id: &str) -> Result<Option<CalculationRow>, StoreError> {
    Ok(calculations::table
        .filter(calculations::claim_id.eq(claim_id))
        .order(calculations::version.desc())
        .select(CalculationRow::as_select())
        .first(db)
        .optional()?)
}

/// Writes how a claim stands.
///
/// # Errors
/// What the database says.
pub fn project(tx: &mut Tx<'_>, row: &ClaimStatusRow) -> Result<(), Error> {
    each!(&mut **tx, c => {
        diesel::delete(claim_status::table.find(&row.claim_id)).execute(c)?;
        diesel::insert_into(claim_status::table).values(row).execute(c)
    })?;
    Ok(())
}

/// Every calculation of a claim, oldest first.
///
/// # Errors
/// What the database says.
pub fn calculations(db: &mut Db, claim_id: &str) -> Result<Vec<CalculationRow>, StoreError> {
    Ok(calculations::table
        .filter(calculations::claim_id.eq(claim_id))
        .order(calculations::version)
        .select(CalculationRow::as_select())
        .load(db)?)
}

/// Claims that came with an import, by arrival.
///
/// # Errors
/// What the database says.
pub fn filed_with(db: &mut Db, import_id: &str) -> Result<Vec<ClaimRow>, StoreError> {
    Ok(claims::table
        .filter(claims::import_id.eq(import_id))
        .order(claims::arrival)
        .select(ClaimRow::as_select())
        .load(db)?)
}

/// What is set aside for claims that arrived before a place in line.
///
/// # Errors
/// What the database says; `Corrupt` for a sum that cannot be.
pub fn earmarked_ahead(db: &mut Db, fund_id: &str, arrival: i64) -> Result<Fen, StoreError> {
    let ahead = claim_status::table
        .filter(claim_status::fund_id.eq(fund_id))
        .filter(claim_status::state.ne(WITHDRAWN))
        .filter(claim_status::arrival.lt(arrival));
    let sum: i64 = ahead.select(total(claim_status::earmarked_fen)).first(db)?;
    let corrupt = |_negative| StoreError::Corrupt {
        table: "claim_status",
        key: fund_id.to_owned(),
        what: format!("earmarked {sum}"),
    };
    Fen::try_new(sum).map_err(corrupt)
}

/// Stored words of the stages at which a claim is granted and not paid yet.
pub const GRANTED: [&str; 3] = ["awaiting_confirmation", "approved", "ordered"];

/// What is promised on other claims and counts against the cap of a holder: what is granted and not paid yet, and what
/// is set aside for the claims that came before; in fen.
///
/// # Errors
/// What the database says.
pub fn promised_beside(
    db: &mut Db,
    fund_id: &str,
    holder: &Holder<'_>,
    (own, arrival): (&str, i64),
) -> Result<i64, StoreError> {
    let others = || {
        let all = claim_status::table
            .filter(claim_status::fund_id.eq(fund_id.to_owned()))
            .filter(claim_status::claim_id.ne(own.to_owned()))
            .into_boxed::<MultiBackend>();
        match holder {
            Holder::Borrower { credit_code } => all.filter(claim_status::credit_code.eq((*credit_code).to_owned())),
            Holder::BankYear { banks, .. } => all.filter(claim_status::bank.eq_any(banks.to_vec())),
            Holder::FundYear { .. } => all,
        }
    };
    let granted: i64 =
        others().filter(claim_status::state.eq_any(GRANTED)).select(total(claim_status::approved_fen)).first(db)?;
    let ahead: i64 = others()
        .filter(claim_status::state.eq_any(OPEN))
        .filter(claim_status::arrival.lt(arrival))
        .select(total(claim_status::earmarked_fen))
        .first(db)?;
    Ok(granted.saturating_add(ahead))
}
