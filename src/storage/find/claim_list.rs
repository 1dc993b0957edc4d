//! The list of claims: filtered, sorted, cut and summed by the database.
//!
//! **Invariant:** rows and sums of a list come from the same condition; withdrawn claims come only when asked for.

use std::collections::BTreeMap;

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use super::claims::WITHDRAWN;
use super::{Reach, containing};
use crate::domain::names::fold_code;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::claims::{ClaimRow, ClaimStatusRow};
use crate::storage::rows::loans::LoanRow;
use crate::storage::schema::{acts, calculations, claim_status, claims, loans};
use crate::storage::total::total;

/// Column a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimOrder {
    /// Claim date.
    Filed,
    /// Order of arrival.
    Arrival,
    /// Borrower's name.
    Borrower,
    /// Unpaid principal.
    Outstanding,
    /// Computed compensation; claims that are not computed stand last.
    Payout,
    /// Last day of the desk that has it; claims without one stand last.
    Due,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimFilter<'a> {
    /// Part of a contract number or a borrower's name; empty for all.
    pub search: &'a str,
    /// Number of arrival, where the search is a case number.
    pub arrival: Option<i64>,
    /// Code of a bank; empty for all.
    pub bank: &'a str,
    /// Stored state; empty for all.
    pub state: &'a str,
    /// Stored states, any of them; empty where `state` says it.
    pub states: &'a [&'a str],
    /// Word of the last act; empty for any.
    pub last_act: &'a str,
}

/// Sums of a list, amounts in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable)]
pub struct ClaimSums {
    /// Claims.
    pub claims: i64,
    /// Unpaid principal.
    pub outstanding: i64,
    /// Computed compensation.
    pub payout: i64,
    /// Granted.
    pub approved: i64,
}

/// How a claim stands, as filed, and its loan.
pub type Entry = (ClaimStatusRow, ClaimRow, LoanRow);

/// Claims within reach that match: joined with what was filed and with the loan.
macro_rules! matching {
    ($reach:expr, $filter:expr) => {{
        let (reach, filter): (&Reach, &ClaimFilter<'_>) = ($reach, $filter);
        let mut found = claim_status::table
            .inner_join(claims::table.on(claims::claim_id.eq(claim_status::claim_id)))
            .inner_join(loans::table.on(loans::loan_id.eq(claim_status::loan_id)))
            .filter(claim_status::fund_id.eq(reach.fund_id().to_owned()))
            .into_boxed::<MultiBackend>();
        if let Some(bank) = reach.bank() {
            found = found.filter(claim_status::bank.eq(bank.to_owned()));
        }
        if !filter.bank.is_empty() {
            found = found.filter(claim_status::bank.eq(filter.bank.to_owned()));
        }
        found = if !filter.states.is_empty() {
            found.filter(
                claim_status::state.eq_any(filter.states.iter().map(|state| (*state).to_owned()).collect::<Vec<_>>()),
            )
        } else if filter.state.is_empty() {
            found.filter(claim_status::state.ne(WITHDRAWN))
        } else {
            found.filter(claim_status::state.eq(filter.state.to_owned()))
        };
        if !filter.last_act.is_empty() {
            let last = acts::table
                .filter(acts::fund_id.eq(claim_status::fund_id))
                .filter(acts::life.eq("claim"))
                .filter(acts::subject.eq(claim_status::claim_id))
                .filter(acts::version.eq(claim_status::act_version))
                .filter(acts::act.eq(filter.last_act.to_owned()));
            found = found.filter(exists(last));
        }
        if let Some(arrival) = filter.arrival {
            found = found.filter(claim_status::arrival.eq(arrival));
        } else if !filter.search.is_empty() {
            let (name, code) = (containing(filter.search), containing(&fold_code(filter.search)));
            found =
                found.filter(loans::borrower_name.like(name).escape('\\').or(loans::contract.like(code).escape('\\')));
        }
        found
    }};
}

/// Sums over every matching claim within reach.
///
/// # Errors
/// What the database says.
pub fn sums(db: &mut Db, reach: &Reach, filter: &ClaimFilter<'_>) -> Result<ClaimSums, StoreError> {
    Ok(matching!(reach, filter)
        .select((
            count_star(),
            total(claims::outstanding_fen),
            total(claim_status::payout_fen),
            total(claim_status::approved_fen),
        ))
        .first(db)?)
}

/// One stretch of the matching claims within reach.
///
/// # Errors
/// What the database says.
pub fn rows(
    db: &mut Db,
    reach: &Reach,
    filter: &ClaimFilter<'_>,
    order: (ClaimOrder, bool),
    span: (i64, i64),
) -> Result<Vec<Entry>, StoreError> {
    let found = matching!(reach, filter);
    let found = match order {
        (ClaimOrder::Filed, true) => found.order((claim_status::filed_on.desc(), claim_status::arrival.desc())),
        (ClaimOrder::Filed, false) => found.order((claim_status::filed_on.asc(), claim_status::arrival.asc())),
        (ClaimOrder::Arrival, true) => found.order(claim_status::arrival.desc()),
        (ClaimOrder::Arrival, false) => found.order(claim_status::arrival.asc()),
        (ClaimOrder::Borrower, true) => found.order((loans::borrower_name.desc(), claim_status::arrival)),
        (ClaimOrder::Borrower, false) => found.order((loans::borrower_name.asc(), claim_status::arrival)),
        (ClaimOrder::Outstanding, true) => found.order((claims::outstanding_fen.desc(), claim_status::arrival)),
        (ClaimOrder::Outstanding, false) => found.order((claims::outstanding_fen.asc(), claim_status::arrival)),
        (ClaimOrder::Payout, true) => {
            found.order((claim_status::payout_fen.is_null(), claim_status::payout_fen.desc(), claim_status::arrival))
        }
        (ClaimOrder::Payout, false) => {
            found.order((claim_status::payout_fen.is_null(), claim_status::payout_fen.asc(), claim_status::arrival))
        }
        (ClaimOrder::Due, true) => {
            found.order((claim_status::due_on.is_null(), claim_status::due_on.desc(), claim_status::arrival))
        }
        (ClaimOrder::Due, false) => {
            found.order((claim_status::due_on.is_null(), claim_status::due_on.asc(), claim_status::arrival))
        }
    };
    let (offset, limit) = span;
    Ok(found
        .offset(offset)
        .limit(limit)
        .select((ClaimStatusRow::as_select(), ClaimRow::as_select(), LoanRow::as_select()))
        .load(db)?)
}

/// One claim within reach, withdrawn or not, with what was filed and its loan.
///
/// # Errors
/// What the database says.
pub fn one(db: &mut Db, reach: &Reach, claim_id: &str) -> Result<Option<Entry>, StoreError> {
    for state in ["", WITHDRAWN] {
        let found: Option<Entry> = matching!(reach, &ClaimFilter { state, ..ClaimFilter::default() })
            .filter(claim_status::claim_id.eq(claim_id.to_owned()))
            .select((ClaimStatusRow::as_select(), ClaimRow::as_select(), LoanRow::as_select()))
            .first(db)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Claims within reach that came in under these numbers, by number; withdrawn ones are none of them.
///
/// # Errors
/// What the database says.
pub fn of_arrivals(db: &mut Db, reach: &Reach, arrivals: &[i64]) -> Result<Vec<Entry>, StoreError> {
    Ok(matching!(reach, &ClaimFilter::default())
        .filter(claim_status::arrival.eq_any(arrivals.to_vec()))
        .order(claim_status::arrival)
        .select((ClaimStatusRow::as_select(), ClaimRow::as_select(), LoanRow::as_select()))
        .load(db)?)
}

/// Claims on one loan within reach, oldest first.
///
/// # Errors
/// What the database says.
pub fn of_loan(db: &mut Db, reach: &Reach, loan_id: &str) -> Result<Vec<Entry>, StoreError> {
    Ok(matching!(reach, &ClaimFilter::default())
        .filter(claim_status::loan_id.eq(loan_id.to_owned()))
        .order(claim_status::arrival)
        .select((ClaimStatusRow::as_select(), ClaimRow::as_select(), LoanRow::as_select()))
        .load(db)?)
}

/// The fund's share of the newest calculation of each of these claims, ppm.
///
/// # Errors
/// What the database says.
pub fn shares(db: &mut Db, entries: &[Entry]) -> Result<BTreeMap<String, i64>, StoreError> {
    let ids: Vec<&str> = entries.iter().map(|(status, ..)| status.claim_id.as_str()).collect();
    let rows: Vec<(String, Option<i64>)> = calculations::table
        .filter(calculations::claim_id.eq_any(ids))
        .order((calculations::claim_id, calculations::version))
        .select((calculations::claim_id, calculations::fund_rate_ppm))
        .load(db)?;
    // The last version of a claim comes last and so replaces the ones before.
    let newest: BTreeMap<String, Option<i64>> = rows.into_iter().collect();
    Ok(newest.into_iter().filter_map(|(id, rate)| rate.map(|rate| (id, rate))).collect())
}

/// The version of the measure by which each of these claims was computed last: id and version.
///
/// # Errors
/// What the database says.
pub fn measures(db: &mut Db, entries: &[Entry]) -> Result<BTreeMap<String, (String, String)>, StoreError> {
    let ids: Vec<&str> = entries.iter().map(|(status, ..)| status.claim_id.as_str()).collect();
    let rows: Vec<(String, String, String)> = calculations::table
        .filter(calculations::claim_id.eq_any(ids))
        .order((calculations::claim_id, calculations::version))
        .select((calculations::claim_id, calculations::rulebook_id, calculations::rulebook_version))
        .load(db)?;
    // The last version of a claim comes last and so replaces the ones before.
    Ok(rows.into_iter().map(|(claim, id, version)| (claim, (id, version))).collect())
}

/// The next matching claims within reach behind the one that arrived as number `after`.
///
/// # Errors
/// What the database says.
pub fn following(
    db: &mut Db,
    reach: &Reach,
    filter: &ClaimFilter<'_>,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    Ok(matching!(reach, filter)
        .filter(claim_status::arrival.gt(after))
        .order(claim_status::arrival)
        .limit(limit)
        .select((ClaimStatusRow::as_select(), ClaimRow::as_select(), LoanRow::as_select()))
        .load(db)?)
}
