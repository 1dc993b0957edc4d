//! Pledged rights as a list: for those who see what is pledged and nothing of the loan.
//!
//! **Invariant:** only the last registration of a loan counts, and only one that stands.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::undos::{APPROVED, standing};
use super::{Reach, containing};
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{import_undos, loan_registrations, loan_rights, loans};

/// A right in the pledge of a loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PledgedRight {
    /// Kind.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Who pledged it.
    pub owner: String,
    /// Bank.
    pub bank: String,
    /// Number of the pledge's registration.
    pub pledge_no: Option<String>,
    /// Day of the pledge's registration.
    pub pledged_on: Option<NaiveDate>,
}

/// Name of a right: kind, number, loan, version of the loan's registration, place in it.
type Name = (String, String, String, i64, i64);

/// The rows of the list. Both of its questions are asked of the same ones.
macro_rules! matching {
    ($reach:expr, $search:expr) => {{
        // Hardly any loan is registered twice, or was taken back; only of those is asked which registration counts.
        let doubtful = diesel::alias!(loan_registrations as doubtful);
        let own = diesel::alias!(loan_registrations as own);
        let later = diesel::alias!(loan_registrations as later);
        let counts = own
            .filter(own.field(loan_registrations::loan_id).eq(loan_rights::loan_id))
            .filter(own.field(loan_registrations::version).eq(loan_rights::version))
            .filter(standing!(own.field(loan_registrations::import_id)));
        let is_replaced = later
            .filter(later.field(loan_registrations::loan_id).eq(loan_rights::loan_id))
            .filter(standing!(later.field(loan_registrations::import_id)))
            .filter(later.field(loan_registrations::version).gt(loan_rights::version));
        let taken_back = import_undos::table.filter(import_undos::state.eq(APPROVED)).select(import_undos::import_id);
        let in_doubt = doubtful
            .filter(
                doubtful
                    .field(loan_registrations::version)
                    .gt(1)
                    .or(doubtful.field(loan_registrations::import_id).eq_any(taken_back)),
            )
            .select(doubtful.field(loan_registrations::loan_id));
        let mut found = loan_rights::table
            .filter(loan_rights::fund_id.eq($reach.fund_id().to_owned()))
            .filter(loan_rights::loan_id.ne_all(in_doubt).or(exists(counts).and(not(exists(is_replaced)))))
            .into_boxed::<MultiBackend>();
        if !$search.is_empty() {
            let pattern = containing($search);
            // Owners are looked for once, not beside every right.
            let owned = diesel::alias!(loans as owned);
            let of_owner = owned
                .filter(owned.field(loans::borrower_name).like(pattern.clone()).escape('\\'))
                .select(owned.field(loans::loan_id));
            found = found.filter(
                loan_rights::number
                    .like(pattern.clone())
                    .escape('\\')
                    .or(loan_rights::title.like(pattern).escape('\\'))
                    .or(loan_rights::loan_id.eq_any(of_owner)),
            );
        }
        if let Some(bank) = $reach.bank() {
            let lent = diesel::alias!(loans as lent);
            let of_bank = lent.filter(lent.field(loans::bank).eq(bank.to_owned())).select(lent.field(loans::loan_id));
            found = found.filter(loan_rights::loan_id.eq_any(of_bank));
        }
        found
    }};
}

/// How many rights within reach have a number, title or owner that holds a text.
///
/// # Errors
/// What the database says.
pub fn count(db: &mut Db, reach: &Reach, search: &str) -> Result<i64, StoreError> {
    Ok(matching!(reach, search).select(count_star()).first(db)?)
}

/// A stretch of them, by kind and number.
///
/// # Errors
/// What the database says.
pub fn page(db: &mut Db, reach: &Reach, search: &str, span: (i64, i64)) -> Result<Vec<PledgedRight>, StoreError> {
    let (offset, limit) = span;
    // Names alone are sorted and counted off; what belongs to them is read of those that are shown.
    let names: Vec<Name> = matching!(reach, search)
        .order((loan_rights::kind, loan_rights::number, loan_rights::loan_id, loan_rights::ordinal))
        .offset(offset)
        .limit(limit)
        .select((
            loan_rights::kind,
            loan_rights::number,
            loan_rights::loan_id,
            loan_rights::version,
            loan_rights::ordinal,
        ))
        .load(db)?;
    let shown: BTreeSet<&str> = names.iter().map(|(_, _, loan_id, ..)| loan_id.as_str()).collect();
    let rows: Vec<((String, i64, i64), PledgedRight)> = loan_rights::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id)))
        .inner_join(
            loan_registrations::table.on(loan_registrations::loan_id
                .eq(loan_rights::loan_id)
                .and(loan_registrations::version.eq(loan_rights::version))),
        )
        .filter(loan_rights::loan_id.eq_any(shown))
        .select((
            (loan_rights::loan_id, loan_rights::version, loan_rights::ordinal),
            (
                loan_rights::kind,
                loan_rights::number,
                loan_rights::title,
                loans::borrower_name,
                loans::bank,
                loan_registrations::pledge_no,
                loan_registrations::pledge_registered_on,
            ),
        ))
        .load(db)?;
    let mut by_name: BTreeMap<(String, i64, i64), PledgedRight> = rows.into_iter().collect();
    let of = |(_, _, loan_id, version, ordinal): Name| by_name.remove(&(loan_id, version, ordinal));
    Ok(names.into_iter().filter_map(of).collect())
}
