//! Pledged rights as a list: for those who see what is pledged and nothing of the loan.
//!
//! **Invariant:** only the last registration of a loan counts, and only one that stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::counting::counting;
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
pub type Name = (String, String, String, i64, i64);

/// Columns of a name.
const NAME: (loan_rights::kind, loan_rights::number, loan_rights::loan_id, loan_rights::version, loan_rights::ordinal) =
    (loan_rights::kind, loan_rights::number, loan_rights::loan_id, loan_rights::version, loan_rights::ordinal);

/// Most rights that are few.
const MOST_FEW: i64 = 500;

/// The rows of the list. All of its questions are asked of the same ones.
macro_rules! matching {
    ($reach:expr, $search:expr) => {{
        let mut found = counting!(loan_rights::table, loan_rights, $reach.fund_id()).into_boxed::<MultiBackend>();
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

/// What a search finds: by their names where they are few, so that a page needs no second search, else how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// All of them, in order.
    Few(Arc<Vec<Name>>),
    /// How many.
    Many(i64),
}

impl Found {
    /// Rights within reach whose number, title or owner holds a text.
    ///
    /// # Errors
    /// What the database says.
    pub fn find(db: &mut Db, reach: &Reach, search: &str) -> Result<Found, StoreError> {
        let names = ordered(db, reach, search, (0, MOST_FEW.saturating_add(1)))?;
        if i64::try_from(names.len()).is_ok_and(|count| count <= MOST_FEW) {
            return Ok(Found::Few(Arc::new(names)));
        }
        Ok(Found::Many(matching!(reach, search).select(count_star()).first(db)?))
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> i64 {
        match self {
            Found::Few(names) => i64::try_from(names.len()).unwrap_or(MOST_FEW),
            Found::Many(count) => *count,
        }
    }
}

/// How many rights are pledged to each of these banks.
///
/// # Errors
/// What the database says.
pub fn of_banks(db: &mut Db, fund_id: &str, banks: &[&str]) -> Result<Vec<(String, i64)>, StoreError> {
    let by_bank = loan_rights::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id)))
        .group_by(loans::bank)
        .select((loans::bank, count_star()))
        .filter(loans::bank.eq_any(banks));
    Ok(counting!(by_bank, loan_rights, fund_id).load(db)?)
}

/// Names by kind and number, counted off from the first.
fn ordered(db: &mut Db, reach: &Reach, search: &str, span: (i64, i64)) -> Result<Vec<Name>, StoreError> {
    let found = matching!(reach, search).order((
        loan_rights::kind,
        loan_rights::number,
        loan_rights::loan_id,
        loan_rights::ordinal,
    ));
    Ok(found.offset(span.0).limit(span.1).select(NAME).load(db)?)
}

/// The rows that stand behind a name, in one direction.
macro_rules! behind {
    ($found:expr, $after:expr, $further:ident) => {{
        let (kind, number, loan_id, _version, ordinal) = $after.clone();
        let of_loan = loan_rights::loan_id.eq(loan_id.clone()).and(loan_rights::ordinal.$further(ordinal));
        let of_number = loan_rights::number.eq(number.clone()).and(loan_rights::loan_id.$further(loan_id).or(of_loan));
        let of_kind = loan_rights::kind.eq(kind.clone()).and(loan_rights::number.$further(number).or(of_number));
        $found.filter(loan_rights::kind.$further(kind).or(of_kind))
    }};
}

/// The next rights behind one, in the order of the list or backwards, each with its name.
///
/// # Errors
/// What the database says.
pub fn following(
    db: &mut Db,
    reach: &Reach,
    (search, backwards): (&str, bool),
    after: Option<&Name>,
    limit: i64,
) -> Result<Vec<(Name, PledgedRight)>, StoreError> {
    let found = matching!(reach, search);
    let found = match (after, backwards) {
        (None, _) => found,
        (Some(after), false) => behind!(found, after, gt),
        (Some(after), true) => behind!(found, after, lt),
    };
    let found = if backwards {
        found.order((
            loan_rights::kind.desc(),
            loan_rights::number.desc(),
            loan_rights::loan_id.desc(),
            loan_rights::ordinal.desc(),
        ))
    } else {
        found.order((
            loan_rights::kind.asc(),
            loan_rights::number.asc(),
            loan_rights::loan_id.asc(),
            loan_rights::ordinal.asc(),
        ))
    };
    let names: Vec<Name> = found.limit(limit).select(NAME).load(db)?;
    with_names(db, names)
}

/// The same stretch, counted off from the last of `total`.
fn from_the_end(
    db: &mut Db,
    reach: &Reach,
    search: &str,
    (offset, limit): (i64, i64),
    total: i64,
) -> Result<Vec<Name>, StoreError> {
    let shown = limit.min(total.saturating_sub(offset)).max(0);
    let found = matching!(reach, search).order((
        loan_rights::kind.desc(),
        loan_rights::number.desc(),
        loan_rights::loan_id.desc(),
        loan_rights::ordinal.desc(),
    ));
    let behind = total.saturating_sub(offset).saturating_sub(shown);
    let mut names: Vec<Name> = found.offset(behind).limit(shown).select(NAME).load(db)?;
    names.reverse();
    Ok(names)
}

/// A stretch of what was found, by kind and number. A name is a row of an index: names alone are counted off, from the
/// end that is nearer, and what belongs to them is read of those that are shown. Backwards, the last come first.
///
/// # Errors
/// What the database says.
pub fn page(
    db: &mut Db,
    reach: &Reach,
    (search, backwards): (&str, bool),
    found: &Found,
    span: (i64, i64),
) -> Result<Vec<PledgedRight>, StoreError> {
    if backwards {
        let total = found.count();
        let shown = span.1.min(total.saturating_sub(span.0)).max(0);
        let mirrored = (total.saturating_sub(span.0).saturating_sub(shown), shown);
        let mut rights = page(db, reach, (search, false), found, mirrored)?;
        rights.reverse();
        return Ok(rights);
    }
    let (offset, limit) = span;
    let names = match found {
        Found::Few(names) => {
            let place = |number: i64| usize::try_from(number).unwrap_or_default();
            names.iter().skip(place(offset)).take(place(limit)).cloned().collect()
        }
        Found::Many(total) if offset > total / 2 => from_the_end(db, reach, search, span, *total)?,
        Found::Many(_) => ordered(db, reach, search, span)?,
    };
    shown(db, names)
}

fn shown(db: &mut Db, names: Vec<Name>) -> Result<Vec<PledgedRight>, StoreError> {
    Ok(with_names(db, names)?.into_iter().map(|(_, right)| right).collect())
}

fn with_names(db: &mut Db, names: Vec<Name>) -> Result<Vec<(Name, PledgedRight)>, StoreError> {
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
    let mut told = Vec::with_capacity(names.len());
    for name in names {
        let key = (name.2.clone(), name.3, name.4);
        told.extend(by_name.remove(&key).map(|right| (name, right)));
    }
    Ok(told)
}
