//! The books of a business date as they were known at an instant, ready to be asked like any other.
//!
//! Owns nothing but the way there: the facts that count (`storage::copy`) go into a copy, the projections are rebuilt
//! from them, and every list, sum and page that reads an application reads this one.
//! **Invariant:** what is asked here is answered by the code that answers for today; nothing written here stays.

use chrono::{NaiveDate, NaiveDateTime};

use super::error::Refusal;
use super::rebuild::rebuild;
use super::{UseCaseError, measures, reserve};
use crate::app::App;
use crate::clock::Clock;
use crate::storage::copy::{Cut, FactCopy};
use crate::storage::rows::money::ReserveSnapshotRow;

/// Books of an earlier moment.
#[derive(Debug)]
pub struct AsKnown {
    // The application lets go of the file before the copy removes it.
    app: App,
    _copy: FactCopy,
    on: NaiveDate,
    known_at: NaiveDateTime,
}

impl AsKnown {
    /// The books for business date `on`, as known at `known_at` (UTC).
    ///
    /// # Errors
    /// `Known` with `KNOWN_NOT_OPEN` where the fund was not open by then; storage.
    pub fn open(app: &App, on: NaiveDate, known_at: NaiveDateTime) -> Result<AsKnown, UseCaseError> {
        let cut = Cut { on: Some(on), known_at };
        let copy = FactCopy::of(&mut *app.store.read()?, cut, Clock::simulated(known_at))?;
        if !measures::is_open(&mut *copy.store().read()?, app.fund_id())? {
            return Err(UseCaseError::Known(Refusal::new("KNOWN_NOT_OPEN", vec![on.to_string()])));
        }
        rebuild(&copy, app.fund_id())?;
        Ok(AsKnown { app: app.over(copy.store().clone()), _copy: copy, on, known_at })
    }

    /// The application over these books. Its clock stands at the instant of knowledge.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Business date.
    #[must_use]
    pub const fn on(&self) -> NaiveDate {
        self.on
    }

    /// Instant of knowledge, UTC.
    #[must_use]
    pub const fn known_at(&self) -> NaiveDateTime {
        self.known_at
    }

    /// The level of the fund.
    ///
    /// # Errors
    /// Storage; `Overflow`; `Corrupt` for a balance below zero.
    pub fn level(&self) -> Result<ReserveSnapshotRow, UseCaseError> {
        let mut row = reserve::level(&mut *self.app.store.read()?, self.app.fund_id(), self.on)?;
        row.business_date = self.on;
        row.recorded_at = self.known_at;
        Ok(row)
    }
}
