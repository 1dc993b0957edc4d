//! Uploads as workers take, hold and leave them.
//!
//! Owns the rules of the queue: in order of arrival, one of a queue at a time, one holder, a fencing token.
//! **Invariant:** only the holder of the newest fencing token changes an upload that is worked on.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::uploads::Ending;
use crate::storage::Tx;
use crate::storage::door::UploadLease;
use crate::storage::error::StoreError;
use crate::storage::rows::uploads::{UploadRow, state};
use crate::storage::schema::uploads;

/// How a worker takes uploads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taking<'a> {
    /// Name of the process.
    pub owner: &'a str,
    /// How long an upload stays with it without a sign of life.
    pub lease: TimeDelta,
    /// How often a step is begun before it is given up.
    pub attempts: i64,
    /// How an upload ends that is given up.
    pub given_up: Ending<'a>,
}

/// Takes the oldest upload that has something to do and whose queue nobody works on.
///
/// # Errors
/// What the database says.
pub fn take(tx: &mut Tx<'_>, taking: &Taking<'_>) -> Result<Option<(UploadRow, UploadLease)>, StoreError> {
    let now = tx.now();
    let open: Vec<UploadRow> = uploads::table
        .filter(uploads::state.eq_any([state::RECEIVED, state::CHECKING, state::COMMITTING]))
        .order(uploads::place)
        .select(UploadRow::as_select())
        .load(&mut **tx)?;
    let held = |row: &UploadRow| row.lease_until.is_some_and(|until| until >= now);
    let busy: BTreeSet<String> = open.iter().filter(|row| held(row)).map(|row| row.queue.clone()).collect();
    for row in open.into_iter().filter(|row| !busy.contains(&row.queue)) {
        if row.attempts >= taking.attempts {
            give_up(tx, &row, &taking.given_up)?;
            continue;
        }
        if let Some(taken) = hold(tx, row, taking)? {
            return Ok(Some(taken));
        }
    }
    Ok(None)
}

fn hold(tx: &mut Tx<'_>, row: UploadRow, taking: &Taking<'_>) -> Result<Option<(UploadRow, UploadLease)>, StoreError> {
    let until = tx.now().checked_add_signed(taking.lease);
    let lease = UploadLease { upload_id: row.upload_id.clone(), fence: row.fence.saturating_add(1) };
    let step = if row.state == state::COMMITTING { state::COMMITTING } else { state::CHECKING };
    let taken = diesel::update(
        uploads::table.find(&row.upload_id).filter(uploads::fence.eq(row.fence)).filter(uploads::state.eq(&row.state)),
    )
    .set((
        uploads::state.eq(step),
        uploads::owner.eq(Some(taking.owner)),
        uploads::lease_until.eq(until),
        uploads::fence.eq(lease.fence),
        uploads::attempts.eq(row.attempts.saturating_add(1)),
        uploads::rows_done.eq(0),
    ))
    .execute(&mut **tx)?;
    Ok((taken == 1).then(|| (UploadRow { state: step.to_owned(), fence: lease.fence, ..row }, lease)))
}

fn give_up(tx: &mut Tx<'_>, row: &UploadRow, ending: &Ending<'_>) -> Result<(), StoreError> {
    let now = tx.now();
    diesel::update(uploads::table.find(&row.upload_id).filter(uploads::fence.eq(row.fence)))
        .set((
            uploads::state.eq(ending.state),
            uploads::error_code.eq(Some(ending.code)),
            uploads::error_text.eq(Some(ending.text)),
            uploads::lease_until.eq(None::<NaiveDateTime>),
            uploads::finished_at.eq(Some(now)),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A sign of life: the lease goes on, `rows` are told. Gives whether a person wants it cancelled.
///
/// # Errors
/// `LeaseLost`.
pub fn beat(tx: &mut Tx<'_>, lease: &UploadLease, rows: i64, until: NaiveDateTime) -> Result<bool, StoreError> {
    let held = diesel::update(
        uploads::table
            .find(&lease.upload_id)
            .filter(uploads::fence.eq(lease.fence))
            .filter(uploads::state.eq_any([state::CHECKING, state::COMMITTING])),
    )
    .set((uploads::lease_until.eq(Some(until)), uploads::rows_done.eq(rows)))
    .execute(&mut **tx)?;
    if held != 1 {
        return Err(StoreError::LeaseLost);
    }
    is_unwanted(tx, &lease.upload_id)
}

/// Whether a person wants an upload cancelled.
///
/// # Errors
/// What the database says.
pub fn is_unwanted(tx: &mut Tx<'_>, upload_id: &str) -> Result<bool, StoreError> {
    let wish: Option<bool> =
        uploads::table.find(upload_id).select(uploads::cancel_requested).first(&mut **tx).optional()?;
    Ok(wish.unwrap_or(false))
}

/// What the check found; the file now waits for a person.
///
/// # Errors
/// `LeaseLost`.
pub fn checked(tx: &mut Tx<'_>, lease: &UploadLease, preview: &str) -> Result<(), StoreError> {
    let changed = diesel::update(uploads::table.find(&lease.upload_id).filter(uploads::fence.eq(lease.fence)))
        .set((
            uploads::state.eq(state::CHECKED),
            uploads::preview.eq(Some(preview)),
            uploads::decision.eq(None::<String>),
            uploads::lease_until.eq(None::<NaiveDateTime>),
            uploads::attempts.eq(0),
        ))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// Keeps everything that was found in a file that is held, for the workbook that marks it.
///
/// # Errors
/// `LeaseLost`.
pub fn keep_findings(tx: &mut Tx<'_>, lease: &UploadLease, findings: &str) -> Result<(), StoreError> {
    let changed = diesel::update(uploads::table.find(&lease.upload_id).filter(uploads::fence.eq(lease.fence)))
        .set(uploads::findings.eq(Some(findings)))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// The file has become an import, or is a repeat of one. Belongs into the transaction that saves it.
///
/// # Errors
/// `LeaseLost`.
pub fn done(tx: &mut Tx<'_>, lease: &UploadLease, result: &str, import_id: Option<&str>) -> Result<(), StoreError> {
    let now = tx.now();
    let changed = diesel::update(
        uploads::table
            .find(&lease.upload_id)
            .filter(uploads::fence.eq(lease.fence))
            .filter(uploads::state.eq_any([state::CHECKING, state::COMMITTING])),
    )
    .set((
        uploads::state.eq(state::DONE),
        uploads::result.eq(Some(result)),
        uploads::import_id.eq(import_id),
        uploads::lease_until.eq(None::<NaiveDateTime>),
        uploads::finished_at.eq(Some(now)),
    ))
    .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// The file does not come in. What was found (for the page, and all of it) is kept where there is something.
///
/// # Errors
/// `LeaseLost`.
pub fn end(
    tx: &mut Tx<'_>,
    lease: &UploadLease,
    ending: &Ending<'_>,
    found: Option<(&str, &str)>,
) -> Result<(), StoreError> {
    let now = tx.now();
    let held = uploads::table
        .find(&lease.upload_id)
        .filter(uploads::fence.eq(lease.fence))
        .filter(uploads::state.eq_any([state::CHECKING, state::COMMITTING]));
    let changed = diesel::update(held)
        .set((
            uploads::state.eq(ending.state),
            uploads::error_code.eq(Some(ending.code)),
            uploads::error_text.eq(Some(ending.text)),
            uploads::lease_until.eq(None::<NaiveDateTime>),
            uploads::finished_at.eq(Some(now)),
        ))
        .execute(&mut **tx)?;
    if changed != 1 {
        return Err(StoreError::LeaseLost);
    }
    if let Some((preview, findings)) = found {
        diesel::update(uploads::table.find(&lease.upload_id))
            .set((uploads::preview.eq(Some(preview)), uploads::findings.eq(Some(findings))))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Gives an upload back so that another worker, or this one later, begins its step again. `counts` says whether
/// the try that ends here counts among those allowed.
///
/// # Errors
/// `LeaseLost`.
pub fn give_back(tx: &mut Tx<'_>, lease: &UploadLease, counts: bool) -> Result<(), StoreError> {
    let held = uploads::table
        .find(&lease.upload_id)
        .filter(uploads::fence.eq(lease.fence))
        .filter(uploads::state.eq_any([state::CHECKING, state::COMMITTING]));
    let less = i64::from(!counts);
    let changed = diesel::update(held)
        .set((
            uploads::lease_until.eq(None::<NaiveDateTime>),
            uploads::attempts.eq(uploads::attempts - less),
            uploads::rows_done.eq(0),
        ))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::LeaseLost) }
}

/// Gives back what a process that is certainly gone had taken: used where this process owns the database alone.
///
/// # Errors
/// What the database says.
pub fn release_all(tx: &mut Tx<'_>) -> Result<usize, StoreError> {
    Ok(diesel::update(uploads::table.filter(uploads::state.eq_any([state::CHECKING, state::COMMITTING])))
        .set(uploads::lease_until.eq(None::<NaiveDateTime>))
        .execute(&mut **tx)?)
}
