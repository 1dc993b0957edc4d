//! Proofs over statements, matches and closed months.
//!
//! **Invariant:** every row that breaks a rule is named.

use std::collections::{BTreeMap, BTreeSet};

use super::account::{bookings_of, move_of, movement_of};
use super::periods;
use super::trial_balance;
use crate::domain::calendar::Month;
use crate::domain::person::PersonName;
use crate::domain::reconciliation::sum;
use crate::domain::statement::Direction;
use crate::hash::sha256_hex;
use crate::storage::Db;
use crate::storage::facts::Fact;
use crate::storage::find::books::{self, SEALED};
use crate::storage::find::money;
use crate::storage::rows::books::{BankStatementLineRow, PeriodStepRow};
use crate::usecase::UseCaseError;
use crate::usecase::verify::Check;

/// All proofs over the books beside the bank.
///
/// # Errors
/// Storage.
pub fn checks(db: &mut Db, fund_id: &str) -> Result<Vec<Check>, UseCaseError> {
    Ok(vec![
        statements_add_up(db, fund_id)?,
        matches_agree(db, fund_id)?,
        by_two_persons(db, fund_id)?,
        sealed_recompute(db, fund_id)?,
        nothing_after_the_seal(db, fund_id)?,
    ])
}

/// A statement all of whose lines came with it leads from its opening to its closing balance.
fn statements_add_up(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut lines: BTreeMap<String, Vec<BankStatementLineRow>> = BTreeMap::new();
    for line in books::lines(db, fund_id)? {
        lines.entry(line.statement_id.clone()).or_default().push(line);
    }
    let statements = books::statements(db, fund_id)?;
    let mut failures = Vec::new();
    for statement in &statements {
        let own = lines.get(&statement.statement_id).map_or(&[][..], Vec::as_slice);
        let counted = i64::try_from(own.len()).is_ok_and(|count| count == statement.lines_new);
        let mut moves = Vec::with_capacity(own.len());
        for line in own {
            moves.push(move_of(line)?.1);
        }
        let moved = statement.closing_fen.checked_sub(statement.opening_fen);
        let adds_up = statement.lines_new < statement.lines_total || Some(sum(moves)?.get()) == moved;
        if !counted || !adds_up {
            failures.push(format!("bank_statements {}", statement.key()));
        }
    }
    Ok(Check::new("statements_add_up", statements.len(), failures))
}

/// A match moved the same amount the same way on both sides; no booking of an account has two lines.
fn matches_agree(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let accounts: BTreeMap<String, String> =
        books::statements(db, fund_id)?.into_iter().map(|row| (row.statement_id, row.ledger_account)).collect();
    let mut booked: BTreeMap<(String, String), (Direction, i64)> = BTreeMap::new();
    for account in accounts.values().collect::<BTreeSet<_>>() {
        for one in bookings_of(db, fund_id, account)? {
            booked.insert((account.clone(), one.tx.tx_id), (one.direction, one.amount.get()));
        }
    }
    let lines: BTreeMap<String, BankStatementLineRow> =
        books::lines(db, fund_id)?.into_iter().map(|line| (line.line_id.clone(), line)).collect();
    let last = books::last_matches(db, fund_id)?;
    let mut taken = BTreeSet::new();
    let mut failures = Vec::new();
    for row in last.values() {
        let Some(tx_id) = &row.tx_id else { continue };
        let account = lines.get(&row.line_id).and_then(|line| accounts.get(&line.statement_id)).cloned();
        let key = (account.unwrap_or_default(), tx_id.clone());
        let told = match lines.get(&row.line_id) {
            Some(line) => Some(movement_of(line)?),
            None => None,
        };
        let told = told.map(|(direction, amount)| (direction, amount.get()));
        if told.is_none() || told != booked.get(&key).copied() || !taken.insert(key) {
            failures.push(format!("statement_matches {}", row.key()));
        }
    }
    Ok(Check::new("statement_matches", last.len(), failures))
}

/// Each answer follows a proposal and is given by who may give it; months are sealed in order, without holes.
fn by_two_persons(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let steps = periods::list(db, fund_id)?;
    let mut failures = Vec::new();
    let mut before: Option<&PeriodStepRow> = None;
    let mut sealed: Option<Month> = None;
    for step in &steps {
        let earlier = before.filter(|earlier| earlier.period == step.period);
        let follows = step.version == earlier.map_or(0, |earlier| earlier.version).saturating_add(1);
        let asked = earlier.filter(|earlier| earlier.state == "proposed");
        let same =
            |asked: &PeriodStepRow| PersonName::read(&step.person).is_some_and(|person| person.is(&asked.person));
        let fits = match (step.state.as_str(), asked) {
            ("proposed", None) => earlier.is_none_or(|earlier| earlier.state != SEALED),
            ("withdrawn", Some(asked)) => same(asked),
            (_, Some(asked)) => !same(asked),
            (_, None) => false,
        };
        let month = Month::parse(&step.period).ok();
        let in_order =
            step.state != SEALED || month.is_some_and(|month| sealed.is_none_or(|last| last.next() == month));
        if step.state == SEALED {
            sealed = month;
        }
        if !follows || !fits || !in_order {
            failures.push(format!("period_steps {}", step.key()));
        }
        before = Some(step);
    }
    Ok(Check::new("periods_by_two_persons", steps.len(), failures))
}

/// The trial balance of every sealed month is that of the ledger, and hashes to its row.
fn sealed_recompute(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut sealed = periods::list(db, fund_id)?;
    sealed.retain(|step| step.state == SEALED);
    let mut failures = Vec::new();
    for step in &sealed {
        let again = match Month::parse(&step.period) {
            Ok(month) => Some(trial_balance::document(db, fund_id, month)?.0),
            Err(_not_a_month) => None,
        };
        let hashes = sha256_hex(step.trial_balance.as_bytes()) == step.trial_balance_hash;
        if !hashes || again.as_ref() != Some(&step.trial_balance) {
            failures.push(format!("period_steps {}", step.key()));
        }
    }
    Ok(Check::new("sealed_trial_balances", sealed.len(), failures))
}

/// No booking that was recorded after a seal lies in the sealed month or before it.
fn nothing_after_the_seal(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut seals = Vec::new();
    for step in periods::list(db, fund_id)?.into_iter().filter(|step| step.state == SEALED) {
        if let Ok(month) = Month::parse(&step.period) {
            seals.push((month.last_day(), step.recorded_at));
        }
    }
    let mut failures = Vec::new();
    if books::last_sealed(db, fund_id)? != books::sealed_mark(db, fund_id)? {
        failures.push(format!("scopes fund:{fund_id}"));
    }
    let bookings = money::transactions(db, fund_id)?;
    let late = bookings.iter().filter(|booking| {
        seals.iter().any(|(last, sealed_at)| booking.booked_on <= *last && booking.recorded_at > *sealed_at)
    });
    failures.extend(late.map(|booking| format!("ledger_transactions {}", booking.tx_id)));
    Ok(Check::new("sealed_periods_unmoved", if seals.is_empty() { 0 } else { bookings.len() }, failures))
}
