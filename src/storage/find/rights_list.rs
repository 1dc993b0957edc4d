//! Pledged rights as a list: for those who see what is pledged and nothing of the loan.
//!
//! **Invariant:** only the last registration of a loan counts, and only one that stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

use super::undos::{APPROVED, standing};
use super::{Reach, containing};
use crate::domain::ip_right::filed_until;
use crate::domain::names::IpKind;
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

/// What numbers of eight digits begin with at least: their years are 85 to 99 and 00 to 03, and the latter end before any
/// of the new form.
const OLD_FORM: &str = "ZL3";
/// Most rights that are few.
const MOST_FEW: i64 = 500;

/// Of a query of rights those of a fund whose registration counts.
macro_rules! pledged {
    ($query:expr, $fund_id:expr) => {{
        // Hardly any loan is registered twice, or was taken back; only of those is asked which registration counts.
        let doubtful = diesel::alias!(loan_registrations as doubtful);
        let brought = diesel::alias!(loan_registrations as brought);
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
        let undone = import_undos::table.filter(import_undos::state.eq(APPROVED)).select(import_undos::import_id);
        // Two questions, each of an index of its own: one for both would read every registration.
        let again = doubtful
            .filter(doubtful.field(loan_registrations::version).gt(1))
            .select(doubtful.field(loan_registrations::loan_id));
        let taken_back = brought
            .filter(brought.field(loan_registrations::import_id).eq_any(undone))
            .select(brought.field(loan_registrations::loan_id));
        let is_plain = loan_rights::loan_id.ne_all(again).and(loan_rights::loan_id.ne_all(taken_back));
        $query
            .filter(loan_rights::fund_id.eq($fund_id.to_owned()))
            .filter(is_plain.or(exists(counts).and(not(exists(is_replaced)))))
    }};
}

/// The rows of the list. All of its questions are asked of the same ones.
macro_rules! matching {
    ($reach:expr, $search:expr) => {{
        let mut found = pledged!(loan_rights::table, $reach.fund_id()).into_boxed::<MultiBackend>();
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
    Ok(pledged!(by_bank, fund_id).load(db)?)
}

/// A right whose term may end, with its loan.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct EndingRight {
    /// Loan.
    pub loan_id: String,
    /// Contract number.
    pub contract: String,
    /// Borrower.
    pub borrower: String,
    /// Bank.
    pub bank: String,
    /// Day on which the loan falls due.
    pub matures_on: NaiveDate,
    /// Kind.
    pub kind: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
}

/// Patents within reach, pledged for loans that count, whose filing year lets their term end by a day: by kind and
/// number, at most `limit`. Numbers of the old form, all filed before the new one, stand behind those of the new in order.
///
/// # Errors
/// What the database says.
pub fn ending(db: &mut Db, reach: &Reach, by: NaiveDate, limit: i64) -> Result<Vec<EndingRight>, StoreError> {
    let filed = |kind: IpKind| {
        let behind = filed_until(kind, by).map_or_else(String::new, |year| format!("ZL{}", year.saturating_add(1)));
        // Two stretches of the index of kinds and numbers; asked for as one, every right of the kind would be read.
        let is_new = loan_rights::kind.eq(kind.code()).and(loan_rights::number.lt(behind));
        is_new.or(loan_rights::kind.eq(kind.code()).and(loan_rights::number.ge(OLD_FORM)))
    };
    let mut found = pledged!(
        loan_rights::table.inner_join(loans::table.on(loans::loan_id.eq(loan_rights::loan_id))),
        reach.fund_id()
    )
    .filter(filed(IpKind::Invention).or(filed(IpKind::UtilityModel)).or(filed(IpKind::Design)))
    .filter(loans::balance_fen.ne(0).or(loans::reserved_fen.ne(0)))
    .select((
        loans::loan_id,
        loans::contract,
        loans::borrower_name,
        loans::bank,
        loans::matures_on,
        loan_rights::kind,
        loan_rights::number,
        loan_rights::title,
    ))
    .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loans::bank.eq(bank.to_owned()));
    }
    Ok(found.order((loan_rights::kind, loan_rights::number, loan_rights::loan_id)).limit(limit).load(db)?)
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
/// end that is nearer, and what belongs to them is read of those that are shown.
///
/// # Errors
/// What the database says.
pub fn page(
    db: &mut Db,
    reach: &Reach,
    search: &str,
    found: &Found,
    span: (i64, i64),
) -> Result<Vec<PledgedRight>, StoreError> {
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
