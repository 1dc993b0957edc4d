//! One handler a job, called with the business date of the occurrence.
//!
//! **Invariant:** a handler run twice for one occurrence leaves what it left the first time.

use super::runner::{Occurrence, Tally};
use crate::mail::deliver;
use crate::storage::Scope;
use crate::storage::find::{Reach, loans};
use crate::usecase::summarise::ReportKind;
use crate::usecase::{UseCaseError, close_day, compensate, measures, queue, reserve, sign_in, summarise, webhooks};

/// Names of all handlers.
pub const NAMES: &[&str] = &[
    "compute_compensation",
    "daily_close",
    "deliver_mail",
    "deliver_webhooks",
    "idle_accounts",
    "market_supervision_summary",
    "regulator_summary",
    "reserve_level",
];

/// Calls the handler of a job.
///
/// # Errors
/// What the handler refuses or fails with.
pub fn call(name: &str, occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    match name {
        "compute_compensation" => compute_compensation(occurrence),
        "daily_close" => daily_close(occurrence),
        "deliver_mail" => deliver::deliver_due(occurrence),
        "deliver_webhooks" => webhooks::send::deliver_due(occurrence),
        "idle_accounts" => sign_in::idle::disable_idle(occurrence),
        "market_supervision_summary" => summarise::summarise(occurrence, ReportKind::MarketSupervision),
        "regulator_summary" => summarise::summarise(occurrence, ReportKind::Regulator),
        "reserve_level" => reserve_level(occurrence),
        other => Err(UseCaseError::Report { name: other.to_owned(), reason: "no handler".to_owned() }),
    }
}

/// Opens the fund if nobody has, so that a close on an empty database has something to close.
fn open_fund(occurrence: &Occurrence<'_>) -> Result<(), UseCaseError> {
    let app = occurrence.app;
    if measures::is_open(&mut *app.store.read()?, app.fund_id())? {
        return Ok(());
    }
    app.store.write(&Scope::fund(app.fund_id()), &occurrence.act(), |tx| {
        measures::open_fund(tx, &app.config.fund).map(|_opened| ())
    })
}

fn daily_close(occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let fund_id = app.fund_id();
    open_fund(occurrence)?;
    let mut tally = Tally::default();
    for bank in loans::banks(&mut *app.store.read()?, &Reach::of_fund(fund_id))? {
        let scope = Scope::bank(fund_id, &bank);
        match app.store.write(&scope, &occurrence.act(), |tx| close_day::close(tx, fund_id, &bank)) {
            Ok(closed) => {
                tally.add("looked_at", closed.looked_at);
                tally.add("moved", closed.moved);
            }
            // One bank that fails does not stop the others; the run counts as failed and is tried again.
            Err(error) => tally.fail(&bank, &error.to_string()),
        }
    }
    let banks = loans::banks(&mut *app.store.read()?, &Reach::of_fund(fund_id))?;
    // A loan whose cover ends must not be reported meanwhile.
    let scope = banks.iter().fold(Scope::fund(fund_id), |scope, bank| scope.and(Scope::bank(fund_id, bank)));
    let (expired, released) = app.store.write(&scope, &occurrence.act(), |tx| {
        Ok::<_, UseCaseError>((queue::expire(tx, fund_id)?, queue::release(tx, fund_id)?))
    })?;
    tally.add("expired", expired);
    tally.add("released", released);
    tally.add("silent", queue::silent(&mut *app.store.read()?, fund_id, occurrence.on)?.len());
    Ok(tally)
}

fn compute_compensation(occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let fund_id = app.fund_id();
    open_fund(occurrence)?;
    let scope = Scope::fund(fund_id);
    let (open, changed) = app.store.write(&scope, &occurrence.act(), |tx| compensate::compute_open(tx, fund_id))?;
    let mut tally = Tally::default();
    tally.add("open", open);
    tally.add("changed", changed);
    Ok(tally)
}

fn reserve_level(occurrence: &Occurrence<'_>) -> Result<Tally, UseCaseError> {
    let app = occurrence.app;
    let fund_id = app.fund_id();
    open_fund(occurrence)?;
    let banks = loans::banks(&mut *app.store.read()?, &Reach::of_fund(fund_id))?;
    // All banks are held for a moment: the snapshot names the heads it was taken from.
    let scope = banks.iter().fold(Scope::fund(fund_id), |scope, bank| scope.and(Scope::bank(fund_id, bank)));
    let taken = app.store.write(&scope, &occurrence.act(), |tx| reserve::snapshot(tx, fund_id))?;
    let mut tally = Tally::default();
    tally.add("snapshots", usize::from(taken));
    Ok(tally)
}
