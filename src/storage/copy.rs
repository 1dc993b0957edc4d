//! The facts of the books in a database of their own, to be asked and thrown away.
//!
//! Owns the cut: which facts count for a business date as known at an instant.
//!
//! - **Known.** A fact counts from the instant at which it was recorded.
//! - **Effective.** A fact counts from its business date, except where what it tells has a day of its own that lies
//!   before: a month-end report counts from the last day of its month, a claim from the day it was filed on. Money
//!   counts from the day it was booked on, before or after the business date. All rows of an event count together,
//!   but for its bookings; a file counts with the first thing that it brought. An undo says that a file should never
//!   have counted, and counts as soon as the file does; only money that was booked is taken back by a booking of its
//!   own day. What an undo brought about for others (first loans, the queue) counts from its business date.
//! - **Attached.** What speaks of a loan or a claim that does not count yet does not count either.
//!
//! Operational tables (jobs, mails under way, uploads) are no facts and stay empty.
//!
//! **Invariant:** the copy holds facts only; its projections are empty until they are rebuilt from them.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::QueryResult;
use diesel::prelude::*;
use tempfile::TempDir;

use super::db::{Db, Store};
use super::error::StoreError;
use super::facts::Fact;
use super::find::{events, undos};
use super::migrate;
use super::rows::claims::{ClaimRow, ClaimStatusRow};
use super::rows::events::{ScopeRow, SettingRow};
use super::rows::every::{FactVisitor, visit_facts};
use super::rows::insert_rows;
use super::rows::loans::LoanRow;
use super::rows::money::FundMovementRow;
use super::rows::parties::ImportRow;
use super::rows::servicing::{LoanMonthRow, ServicingReportRow};
use super::rows::undos::ImportUndoRow;
use super::schema::{claim_status, loan_months, loans, scopes, settings};
use crate::clock::Clock;
use crate::domain::calendar::Month;

/// Kind of a file of fund movements.
const FUND_FILE: &str = "fund";

/// Which facts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Business date; every date where there is none.
    pub on: Option<NaiveDate>,
    /// Instant of knowledge, UTC.
    pub known_at: NaiveDateTime,
}

impl Cut {
    /// Every fact there is.
    #[must_use]
    pub fn whole() -> Cut {
        // Both databases keep instants up to here and order them as text or number alike.
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
        Cut { on: None, known_at: last.and_time(chrono::NaiveTime::MIN) }
    }
}

/// A copy of the facts. Its file goes when it is dropped.
#[derive(Debug)]
pub struct FactCopy {
    // The connections close before the folder goes.
    store: Store,
    _folder: TempDir,
}

impl FactCopy {
    /// Copies the facts that count. `clock` is what the copy takes for the time.
    ///
    /// # Errors
    /// What either database says; `Unreachable` where no temporary file can be written.
    pub fn of(db: &mut Db, cut: Cut, clock: Clock) -> Result<FactCopy, StoreError> {
        let folder = tempfile::Builder::new()
            .prefix("pledgefund-")
            .tempdir()
            .map_err(|error| StoreError::Unreachable { reason: error.to_string() })?;
        let store = Store::scratch(folder.path().join("copy.db"), clock)?;
        migrate::migrate_scratch(&store)?;
        let copy = FactCopy { store, _folder: folder };
        steady(db, |db| copy.fill(db, cut))?;
        Ok(copy)
    }

    /// The copy as a database like any other.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    fn fill(&self, from: &mut Db, cut: Cut) -> Result<(), StoreError> {
        let mut to = self.store.writer()?;
        to.batch("BEGIN")?;
        let kept: Vec<SettingRow> = settings::table.select(SettingRow::as_select()).load(from)?;
        insert_rows!(settings::table, kept, &mut *to)?;
        let heads: Vec<ScopeRow> = events::heads_known(from, cut.known_at)?
            .into_iter()
            .map(|(scope_key, last_seq)| ScopeRow { scope_key, last_seq, head_hash: String::new(), sealed_month: None })
            .collect();
        insert_rows!(scopes::table, heads, &mut *to)?;
        let early = match cut.on {
            Some(on) => early_events(from, cut.known_at, on)?,
            None => BTreeSet::new(),
        };
        visit_facts(&mut Copying { from, to: &mut to, cut, early })?;
        if let Some(on) = cut.on {
            leave_out(&mut to, on)?;
        }
        to.batch("COMMIT")?;
        Ok(())
    }

    /// Writes the list of loans.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_loans(&self, rows: &[LoanRow]) -> Result<(), StoreError> {
        self.put(|db| insert_rows!(loans::table, rows, db))
    }

    /// Writes the reported rows in force.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_months(&self, rows: &[LoanMonthRow]) -> Result<(), StoreError> {
        self.put(|db| insert_rows!(loan_months::table, rows, db))
    }

    /// Writes how the claims stand.
    ///
    /// # Errors
    /// What the database says.
    pub fn put_claims(&self, rows: &[ClaimStatusRow]) -> Result<(), StoreError> {
        self.put(|db| insert_rows!(claim_status::table, rows, db))
    }

    fn put(&self, insert: impl FnOnce(&mut Db) -> QueryResult<()>) -> Result<(), StoreError> {
        let mut to = self.store.writer()?;
        to.batch("BEGIN")?;
        insert(&mut to)?;
        to.batch("COMMIT")?;
        Ok(())
    }
}

/// Reads everything from one state of the books, whoever writes meanwhile.
///
/// # Errors
/// What `read` gives; what the database says.
pub fn steady<T, E: From<StoreError>>(db: &mut Db, read: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
    db.batch(match db {
        Db::Sqlite(_) => "BEGIN",
        Db::Pg(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    })
    .map_err(StoreError::from)?;
    let done = read(db);
    let ended = db.batch("ROLLBACK");
    let value = done?;
    ended.map_err(StoreError::from)?;
    Ok(value)
}

struct Copying<'a> {
    from: &'a mut Db,
    to: &'a mut Db,
    cut: Cut,
    early: BTreeSet<String>,
}

impl FactVisitor for Copying<'_> {
    type Error = StoreError;

    fn visit<F: Fact>(&mut self, _check: &'static str) -> Result<(), StoreError> {
        let mut rows = F::load_known(self.from, self.cut.known_at)?;
        if let Some(on) = self.cut.on {
            rows.retain(|row| row.stamp().0 <= on || self.early.contains(row.event_id()));
        }
        F::insert_all(&rows, self.to)?;
        F::follow(&rows, self.to)?;
        Ok(())
    }
}

/// Events of a later business date that tell of a day up to `on`, and those of the files they came with.
fn early_events(from: &mut Db, known_at: NaiveDateTime, on: NaiveDate) -> Result<BTreeSet<String>, StoreError> {
    let mut early = BTreeSet::new();
    let mut files = BTreeSet::new();
    let mut take = |event_id: String, import_id: String| {
        early.insert(event_id);
        files.insert(import_id);
    };
    for row in ServicingReportRow::load_known(from, known_at)? {
        if Month::parse(&row.month).is_ok_and(|month| month.last_day() <= on) {
            take(row.event_id, row.import_id);
        }
    }
    for row in ClaimRow::load_known(from, known_at)?.into_iter().filter(|row| row.filed_on <= on) {
        take(row.event_id, row.import_id);
    }
    for row in FundMovementRow::load_known(from, known_at)?.into_iter().filter(|row| row.row_date <= on) {
        take(row.event_id, row.import_id);
    }
    let mut not_money = BTreeSet::new();
    for row in ImportRow::load_known(from, known_at)? {
        let is_early = files.contains(&row.import_id);
        if (is_early || row.business_date <= on) && row.kind != FUND_FILE {
            not_money.insert(row.import_id);
        }
        if is_early {
            early.insert(row.event_id);
        }
    }
    let undone = ImportUndoRow::load_known(from, known_at)?.into_iter().filter(|row| row.state == undos::APPROVED);
    early.extend(undone.filter(|row| not_money.contains(&row.import_id)).map(|row| row.event_id));
    Ok(early)
}

/// Takes out bookings of a later day, and what speaks of loans and claims that do not count yet.
fn leave_out(to: &mut Db, on: NaiveDate) -> Result<(), StoreError> {
    to.batch(&format!(
        "DELETE FROM ledger_transactions WHERE booked_on > '{on}';
         DELETE FROM ledger_lines WHERE tx_id NOT IN (SELECT tx_id FROM ledger_transactions);
         DELETE FROM fund_rows WHERE row_date > '{on}';
         DELETE FROM servicing_rows WHERE loan_id NOT IN (SELECT loan_id FROM loan_registrations);
         DELETE FROM loan_tiers WHERE loan_id NOT IN (SELECT loan_id FROM loan_registrations);
         DELETE FROM claims WHERE loan_id NOT IN (SELECT loan_id FROM loan_registrations);
         DELETE FROM calculations WHERE claim_id NOT IN (SELECT claim_id FROM claims);
         DELETE FROM commitments WHERE kind = 'reserved' AND subject NOT IN (SELECT loan_id FROM loan_registrations);
         DELETE FROM commitments WHERE kind = 'earmarked' AND subject NOT IN (SELECT claim_id FROM claims)"
    ))?;
    Ok(())
}
