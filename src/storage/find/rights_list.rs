//! Pledged rights as a list: for those who see what is pledged and nothing of the loan.
//!
//! **Invariant:** only the last registration of a loan counts, and only one that stands.

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::undos::standing;
use super::{Reach, containing};
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{loan_registrations, loan_rights, loans};

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

/// The rows of the list. Both of its questions are asked of the same ones.
macro_rules! matching {
    ($reach:expr, $search:expr) => {{
        // Hardly any loan is registered twice; only of those is asked which registration is the last.
        let amended = diesel::alias!(loan_registrations as amended);
        let later = diesel::alias!(loan_registrations as later);
        let mut found = loan_rights::table
            .inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id)))
            .inner_join(
                loan_registrations::table.on(loan_registrations::loan_id
                    .eq(loan_rights::loan_id)
                    .and(loan_registrations::version.eq(loan_rights::version))),
            )
            .filter(standing!(loan_registrations::import_id))
            .filter(
                loan_rights::loan_id
                    .ne_all(
                        amended
                            .filter(amended.field(loan_registrations::version).gt(1))
                            .select(amended.field(loan_registrations::loan_id)),
                    )
                    .or(not(exists(
                        later
                            .filter(later.field(loan_registrations::loan_id).eq(loan_rights::loan_id))
                            .filter(standing!(later.field(loan_registrations::import_id)))
                            .filter(later.field(loan_registrations::version).gt(loan_rights::version)),
                    ))),
            )
            .filter(loans::fund_id.eq($reach.fund_id().to_owned()))
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
            found = found.filter(loans::bank.eq(bank.to_owned()));
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
    Ok(matching!(reach, search)
        .select((
            loan_rights::kind,
            loan_rights::number,
            loan_rights::title,
            loans::borrower_name,
            loans::bank,
            loan_registrations::pledge_no,
            loan_registrations::pledge_registered_on,
        ))
        .order((loan_rights::kind, loan_rights::number, loan_rights::loan_id, loan_rights::ordinal))
        .offset(offset)
        .limit(limit)
        .load(db)?)
}
