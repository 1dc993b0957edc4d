//! The list of loans: filtered, sorted, cut and summed by the database.
//!
//! **Invariant:** rows and sums of a list come from the same condition.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::dsl::{count, count_star, exists, not};
use diesel::prelude::*;

use super::{Reach, containing, loans as book};
use crate::domain::names::fold_code;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::loans::LoanRow;
use crate::storage::schema::{claim_status, loans};
use crate::storage::total::total;

/// Where a loan stands in one word. What comes first here wins: a claimed loan is claimed however it was serviced, and one
/// for whose claim the fund has paid is compensated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The fund has paid a claim, less what was given back.
    Compensated,
    /// A claim is in progress.
    Claimed,
    /// Paid back.
    Settled,
    /// Balance gone without a stated reason.
    ToVerify,
    /// Balance gone otherwise than by being paid back.
    Gone,
    /// On record without cover.
    NotCovered,
    /// Waiting for capacity.
    Queued,
    /// Covered and counted.
    Registered,
    /// A standing that no stored loan has.
    Unheard,
}

/// Column a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoanOrder {
    /// Disbursement date.
    Disbursed,
    /// Contract number.
    Contract,
    /// Borrower's name.
    Borrower,
    /// Principal.
    Principal,
    /// Balance last reported; loans without a report stand last.
    Balance,
    /// Overdue days.
    Overdue,
    /// Reserve.
    Reserve,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct LoanFilter<'a> {
    /// Part of a contract number, a credit code or a borrower's name; empty for all.
    pub search: &'a str,
    /// Code of a bank; empty for all.
    pub bank: &'a str,
    /// Standing; none for all.
    pub standing: Option<Standing>,
}

/// Sums of a list, amounts in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable)]
pub struct LoanSums {
    /// Loans.
    pub loans: i64,
    /// Borrowers.
    pub borrowers: i64,
    /// Principal.
    pub principal: i64,
    /// Balance last reported.
    pub balance: i64,
    /// Reserves.
    pub reserved: i64,
}

/// Most loans that are few.
const MOST_FEW: usize = 500;

/// Stored words for a balance that is gone otherwise than by being paid back.
pub const GONE: [&str; 4] = ["written_off", "sold", "succeeded", "restructured"];

/// Of these loans those for which the fund has paid and not got everything back as wrongly paid.
///
/// # Errors
/// What the database says.
pub fn compensated(db: &mut Db, loans: &[LoanRow]) -> Result<BTreeSet<String>, StoreError> {
    let claimed: Vec<&str> = loans.iter().filter(|loan| loan.claimed).map(|loan| loan.loan_id.as_str()).collect();
    if claimed.is_empty() {
        return Ok(BTreeSet::new());
    }
    let paid: Vec<String> = claim_status::table
        .filter(claim_status::loan_id.eq_any(claimed))
        .filter(claim_status::paid_fen.gt(0))
        .select(claim_status::loan_id)
        .load(db)?;
    Ok(paid.into_iter().collect())
}

/// Where a loan stands; `compensated` are those of its list for which the fund has paid.
#[must_use]
pub fn standing_of(loan: &LoanRow, compensated: &BTreeSet<String>) -> Standing {
    match (loan.claimed, loan.servicing.as_str(), loan.covered, loan.state.as_str()) {
        (true, ..) if compensated.contains(&loan.loan_id) => Standing::Compensated,
        (true, ..) => Standing::Claimed,
        (false, "settled", ..) => Standing::Settled,
        (false, "to_verify", ..) => Standing::ToVerify,
        (false, servicing, ..) if GONE.contains(&servicing) => Standing::Gone,
        (false, _, false, _) => Standing::NotCovered,
        (false, _, true, "queued") => Standing::Queued,
        (false, _, true, _) => Standing::Registered,
    }
}

type Query<'a> = loans::BoxedQuery<'a, MultiBackend>;

fn matching<'a>(reach: &Reach, filter: &LoanFilter<'_>) -> Query<'a> {
    let mut found = book::within(reach);
    if !filter.bank.is_empty() {
        found = found.filter(loans::bank.eq(filter.bank.to_owned()));
    }
    if !filter.search.is_empty() {
        let (name, code) = (containing(filter.search), containing(&fold_code(filter.search)));
        found = found.filter(
            loans::borrower_name
                .like(name)
                .escape('\\')
                .or(loans::contract.like(code.clone()).escape('\\'))
                .or(loans::credit_code.like(code).escape('\\')),
        );
    }
    match filter.standing {
        Some(standing) => standing_as(found, standing),
        None => found,
    }
}

/// The claims of a loan for which the fund has paid.
#[diesel::dsl::auto_type(no_type_alias)]
fn paid_claims() -> _ {
    claim_status::table.filter(claim_status::loan_id.eq(loans::loan_id)).filter(claim_status::paid_fen.gt(0_i64))
}

/// The same order of precedence as `standing_of`.
fn standing_as(found: Query<'_>, standing: Standing) -> Query<'_> {
    let over = ["settled", "to_verify"].into_iter().chain(GONE).collect::<Vec<_>>();
    match standing {
        Standing::Compensated => found.filter(loans::claimed.eq(true)).filter(exists(paid_claims())),
        Standing::Claimed => found.filter(loans::claimed.eq(true)).filter(not(exists(paid_claims()))),
        Standing::Settled => found.filter(loans::claimed.eq(false)).filter(loans::servicing.eq("settled")),
        Standing::ToVerify => found.filter(loans::claimed.eq(false)).filter(loans::servicing.eq("to_verify")),
        Standing::Gone => found.filter(loans::claimed.eq(false)).filter(loans::servicing.eq_any(GONE)),
        Standing::NotCovered => found
            .filter(loans::claimed.eq(false))
            .filter(loans::servicing.ne_all(over))
            .filter(loans::covered.eq(false)),
        Standing::Queued => found
            .filter(loans::claimed.eq(false))
            .filter(loans::servicing.ne_all(over))
            .filter(loans::covered.eq(true))
            .filter(loans::state.eq("queued")),
        Standing::Registered => found
            .filter(loans::claimed.eq(false))
            .filter(loans::servicing.ne_all(over))
            .filter(loans::covered.eq(true))
            .filter(loans::state.ne("queued")),
        // The column is never NULL, so this finds nothing.
        Standing::Unheard => found.filter(loans::loan_id.is_null()),
    }
}

/// Sums over every matching loan within reach.
///
/// # Errors
/// What the database says.
pub fn sums(db: &mut Db, reach: &Reach, filter: &LoanFilter<'_>) -> Result<LoanSums, StoreError> {
    summed(db, matching(reach, filter))
}

fn summed(db: &mut Db, found: Query<'_>) -> Result<LoanSums, StoreError> {
    Ok(found
        .select((
            count_star(),
            count(loans::credit_code).aggregate_distinct(),
            total(loans::principal_fen),
            total(loans::balance_fen),
            total(loans::reserved_fen),
        ))
        .first(db)?)
}

/// One stretch of the matching loans within reach.
///
/// # Errors
/// What the database says.
pub fn rows(
    db: &mut Db,
    reach: &Reach,
    filter: &LoanFilter<'_>,
    order: (LoanOrder, bool),
    span: (i64, i64),
) -> Result<Vec<LoanRow>, StoreError> {
    cut(db, || matching(reach, filter), order, span)
}

/// Sorted by a column, and by identifier the same way where that is equal: an index then gives the rows in their order.
macro_rules! sorted {
    ($found:expr, $column:expr, $down:expr) => {
        if $down {
            $found.order(($column.desc(), loans::loan_id.desc()))
        } else {
            $found.order(($column.asc(), loans::loan_id.asc()))
        }
    };
}

/// Names alone are sorted and counted off; whole rows are read of those that are shown.
fn cut<'q>(
    db: &mut Db,
    found: impl Fn() -> Query<'q>,
    (order, down): (LoanOrder, bool),
    (offset, limit): (i64, i64),
) -> Result<Vec<LoanRow>, StoreError> {
    let ordered = match order {
        LoanOrder::Disbursed => sorted!(found(), loans::disbursed_on, down),
        LoanOrder::Contract => sorted!(found(), loans::contract, down),
        LoanOrder::Borrower => sorted!(found(), loans::borrower_name, down),
        LoanOrder::Principal => sorted!(found(), loans::principal_fen, down),
        LoanOrder::Balance => sorted!(found().filter(loans::balance_fen.is_not_null()), loans::balance_fen, down),
        LoanOrder::Overdue => sorted!(found(), loans::overdue_days, down),
        LoanOrder::Reserve => sorted!(found(), loans::reserved_fen, down),
    };
    let mut names: Vec<String> = ordered.offset(offset).limit(limit).select(loans::loan_id).load(db)?;
    let missing = limit.saturating_sub(i64::try_from(names.len()).unwrap_or(limit));
    if order == LoanOrder::Balance && missing > 0 {
        let known: i64 = found().filter(loans::balance_fen.is_not_null()).select(count_star()).first(db)?;
        let unknown = sorted!(found().filter(loans::balance_fen.is_null()), loans::disbursed_on, down);
        let from = offset.saturating_sub(known).max(0);
        let rest: Vec<String> = unknown.offset(from).limit(missing).select(loans::loan_id).load(db)?;
        names.extend(rest);
    }
    let shown: Vec<LoanRow> =
        loans::table.filter(loans::loan_id.eq_any(&names)).select(LoanRow::as_select()).load(db)?;
    let mut by_name: HashMap<String, LoanRow> = shown.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
    Ok(names.iter().filter_map(|name| by_name.remove(name)).collect())
}

/// The matching loans within reach where they are few: a search then goes through the book once, and what is asked of
/// them afterwards is asked by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few(Arc<Vec<String>>);

impl Few {
    /// Nothing where more match.
    ///
    /// # Errors
    /// What the database says.
    pub fn find(db: &mut Db, reach: &Reach, filter: &LoanFilter<'_>) -> Result<Option<Few>, StoreError> {
        let most = i64::try_from(MOST_FEW).unwrap_or(i64::MAX).saturating_add(1);
        let names: Vec<String> = matching(reach, filter).limit(most).select(loans::loan_id).load(db)?;
        Ok((names.len() <= MOST_FEW).then(|| Few(Arc::new(names))))
    }

    /// Sums over all of them.
    ///
    /// # Errors
    /// What the database says.
    pub fn sums(&self, db: &mut Db, reach: &Reach) -> Result<LoanSums, StoreError> {
        summed(db, book::within(reach).filter(loans::loan_id.eq_any(self.0.iter().cloned())))
    }

    /// One stretch of them.
    ///
    /// # Errors
    /// What the database says.
    pub fn rows(
        &self,
        db: &mut Db,
        reach: &Reach,
        order: (LoanOrder, bool),
        span: (i64, i64),
    ) -> Result<Vec<LoanRow>, StoreError> {
        cut(db, || book::within(reach).filter(loans::loan_id.eq_any(self.0.iter().cloned())), order, span)
    }
}

/// Loans within reach that matured before a day, hold cover or wait for it, and of which no report of `told_before` or
/// later speaks.
///
/// # Errors
/// What the database says.
pub fn silent(
    db: &mut Db,
    reach: &Reach,
    matured_before: NaiveDate,
    told_before: &str,
) -> Result<Vec<LoanRow>, StoreError> {
    Ok(book::within(reach)
        .filter(loans::matures_on.lt(matured_before))
        .filter(loans::last_month.is_null().or(loans::last_month.lt(told_before)))
        .filter(loans::reserved_fen.gt(0).or(loans::state.eq("queued")))
        .filter(loans::ended.is_null())
        .select(LoanRow::as_select())
        .order(loans::loan_id)
        .load(db)?)
}

/// The next matching loans within reach behind `after`, by identifier: all of them, page by page, without counting off.
///
/// # Errors
/// What the database says.
pub fn following(
    db: &mut Db,
    reach: &Reach,
    filter: &LoanFilter<'_>,
    after: &str,
    limit: i64,
) -> Result<Vec<LoanRow>, StoreError> {
    Ok(matching(reach, filter)
        .filter(loans::loan_id.gt(after.to_owned()))
        .order(loans::loan_id)
        .limit(limit)
        .select(LoanRow::as_select())
        .load(db)?)
}
