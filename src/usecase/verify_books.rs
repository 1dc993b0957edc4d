//! Proofs over the books themselves: the ledger, promises, snapshots, projections.
//!
//! **Invariant:** nothing here trusts a projection; each is recomputed from facts and held against what is stored.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::Value;

use super::UseCaseError;
use super::lives::{self, claim::projection};
use super::measures::{Measure, Measures};
use super::queue::EXPIRED;
use super::rebuild;
use super::standing::{Standing, place_of};
use super::verify::Check;
use crate::domain::ledger::{Account, Balances, Entry, Line, Side};
use crate::domain::money::{Fen, FenDelta, Ppm};
use crate::domain::names::FundSource;
use crate::domain::payout::cover_end::cover_until;
use crate::domain::reserve::{FundMoney, loan_reserve};
use crate::domain::rulebook::Floor;
use crate::storage::facts::Fact;
use crate::storage::find::{Reach, claims, loans, money, servicing};
use crate::storage::rows::claims::CalculationRow;
use crate::storage::rows::loans::{CoverageRow, LoanRegistrationRow, LoanRow};
use crate::storage::rows::money::{CommitmentRow, LedgerLineRow, LedgerTransactionRow, ReserveSnapshotRow};
use crate::storage::rows::servicing::LoanTierRow;
use crate::storage::{Db, StoreError};

/// The ledger as stored.
#[derive(Debug)]
pub struct Ledgered {
    transactions: Vec<LedgerTransactionRow>,
    lines: Vec<LedgerLineRow>,
    rows: BTreeMap<String, i64>,
}

impl Ledgered {
    /// Reads the ledger of a fund.
    ///
    /// # Errors
    /// Storage.
    pub fn load(db: &mut Db, fund_id: &str) -> Result<Ledgered, UseCaseError> {
        let mut transactions = money::transactions(db, fund_id)?;
        // Of one day in the order in which they were written.
        transactions.sort_by_key(|row| (row.booked_on, row.recorded_at, place_of(&row.event_id), row.tx_id.clone()));
        Ok(Ledgered {
            transactions,
            lines: money::lines(db, fund_id)?,
            rows: money::all_fund_rows(db, fund_id)?.into_iter().map(|row| (row.tx_id, row.amount_fen)).collect(),
        })
    }
}

/// Every booking balances, cash never falls below zero in the order of booking, every movement is booked with
/// its amount.
#[must_use]
pub fn ledger(books: &Ledgered) -> Vec<Check> {
    let mut unbalanced = Vec::new();
    let mut overdrawn = Vec::new();
    let mut unbooked = Vec::new();
    let mut balances = Balances::default();
    for transaction in &books.transactions {
        let lines: Vec<&LedgerLineRow> = books.lines.iter().filter(|line| line.tx_id == transaction.tx_id).collect();
        match entry_of(&lines) {
            None => unbalanced.push(format!("ledger_transactions {}", transaction.tx_id)),
            Some(entry) => {
                if balances.apply(&entry).is_err() {
                    overdrawn.push(format!("ledger_transactions {}", transaction.tx_id));
                }
            }
        }
        let into_cash = lines.iter().find(|line| line.account == "cash").map(|line| line.amount_fen);
        if books.rows.get(&transaction.tx_id).is_some_and(|amount| into_cash != Some(*amount)) {
            unbooked.push(format!("ledger_lines {}", transaction.tx_id));
        }
    }
    if !balances.trial_balance_is_zero() {
        unbalanced.push("trial balance".to_owned());
    }
    let count = books.transactions.len();
    vec![
        Check::new("ledger_balances", books.lines.len(), unbalanced),
        Check::new("cash_never_negative", count, overdrawn),
        Check::new("movements_booked", books.rows.len(), unbooked),
    ]
}

/// No sub-fund ever gave more than it held, in the order in which bookings were made: a payment is drawn from what the
/// sub-funds hold when it is booked, whatever day it is booked for.
#[must_use]
pub fn sub_funds(books: &Ledgered) -> Check {
    let mut lines: BTreeMap<&str, Vec<&LedgerLineRow>> = BTreeMap::new();
    for line in &books.lines {
        lines.entry(&line.tx_id).or_default().push(line);
    }
    let mut made: Vec<&LedgerTransactionRow> = books.transactions.iter().collect();
    // Every booking is an event of the fund's chain.
    made.sort_by_key(|row| (place_of(&row.event_id), &row.tx_id));
    let mut held: BTreeMap<FundSource, i64> = BTreeMap::new();
    let mut failures = Vec::new();
    for transaction in &made {
        let own = lines.get(transaction.tx_id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let mut touched = BTreeSet::new();
        for line in own {
            let Some(source) = Account::from_code(&line.account).and_then(|account| account.source()) else { continue };
            let signed = if line.side == "credit" { line.amount_fen } else { line.amount_fen.saturating_neg() };
            let sum = held.entry(source).or_default();
            *sum = sum.saturating_add(signed);
            touched.insert(source);
        }
        let short = touched.iter().filter(|source| held.get(source).is_some_and(|sum| *sum < 0));
        failures.extend(short.map(|source| format!("ledger_transactions {} {source}", transaction.tx_id)));
    }
    Check::new("sub_funds_never_negative", made.len(), failures)
}

fn entry_of(lines: &[&LedgerLineRow]) -> Option<Entry> {
    let mut read = Vec::with_capacity(lines.len());
    for line in lines {
        read.push(Line {
            account: Account::from_code(&line.account)?,
            side: Side::from_code(&line.side)?,
            amount: Fen::try_new(line.amount_fen).ok()?,
        });
    }
    Entry::try_new(read).ok()
}

/// The columns of a calculation say what its stored outcome says, and its shares make up the loss.
///
/// # Errors
/// Storage.
pub fn payout_columns(db: &mut Db) -> Result<Check, UseCaseError> {
    let rows = CalculationRow::load_all(db).map_err(StoreError::from)?;
    let mut failures = Vec::new();
    for row in &rows {
        if !columns_agree(row) {
            failures.push(format!("calculations {}", row.key()));
        }
    }
    Ok(Check::new("payout_columns", rows.len(), failures))
}

fn columns_agree(row: &CalculationRow) -> bool {
    let outcome: Value = serde_json::from_str(&row.outcome).unwrap_or_default();
    let shares: Vec<Value> = serde_json::from_str(&row.shares).unwrap_or_default();
    let yuan = |fen: i64| FenDelta::new(fen).yuan();
    let base = row.loss_base_fen.map(yuan);
    let payout = yuan(row.payout_fen);
    let held = outcome["held"].as_str().map_or_else(|| payout.clone(), str::to_owned);
    let sum: i64 = shares.iter().filter_map(|share| share["fen"].as_i64()).sum();
    let shares_agree = shares.iter().all(|share| {
        let party = share["party"].as_str().unwrap_or_default();
        outcome["shares"][party].as_str() == share["fen"].as_i64().map(yuan).as_deref()
    });
    outcome["decision"].as_str() == Some(row.decision.as_str())
        && outcome["payout"].as_str() == Some(payout.as_str())
        && outcome["loss_base"].as_str() == base.as_deref()
        && yuan(row.earmark_fen) == held
        && shares_agree
        && (shares.is_empty() || row.loss_base_fen == Some(sum))
}

/// Each loan's reserve in force is what its coverage and latest report make of it; none ended while a claim could come.
///
/// # Errors
/// Storage; `Rulebook`.
pub fn reservations(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let in_force: BTreeMap<String, CommitmentRow> = money::commitments_in_force(db, fund_id, "reserved")?
        .into_iter()
        .map(|row| (row.subject.clone(), row))
        .collect();
    let expected = Expected::load(db, fund_id)?;
    let mut failures = Vec::new();
    for loan in expected.loans.values() {
        let wanted = expected.reserve(loan)?;
        let stored = in_force.get(&loan.loan_id);
        let ended_in_time = stored.is_none_or(|row| row.basis != EXPIRED || expected.was_over(loan, row.business_date));
        if stored.map(|row| row.amount_fen) != Some(wanted.get()) || loan.reserved_fen != wanted.get() || !ended_in_time
        {
            let version = in_force.get(&loan.loan_id).map_or(0, |row| row.version);
            failures.push(format!("commitments reserved:{}:{version}", loan.loan_id));
        }
    }
    // A loan that left the book is promised nothing.
    let gone = in_force.values().filter(|row| !expected.loans.contains_key(&row.subject) && row.amount_fen != 0);
    failures.extend(gone.map(|row| format!("commitments reserved:{}:{}", row.subject, row.version)));
    Ok(Check::new("reserved_sum", expected.loans.len(), failures))
}

/// Each claim's earmark and order in force are what its acts and its last calculation ask for, nothing where it was
/// withdrawn.
///
/// # Errors
/// Storage; `Corrupt` for acts that do not fold.
pub fn earmarks(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let mut in_force: BTreeMap<(&str, String), i64> = BTreeMap::new();
    for kind in ["earmarked", "ordered"] {
        for row in money::commitments_in_force(db, fund_id, kind)? {
            in_force.insert((kind, row.subject), row.amount_fen);
        }
    }
    let filings = claims::filings(db, fund_id)?;
    let mut failures = Vec::new();
    for filing in &filings {
        let claim = lives::claim::load(db, filing)?;
        let last = claims::last_calculation(db, &filing.claim_id)?;
        let (earmark, ordered) = projection::promises(&claim, last.as_ref());
        for (kind, asked) in [("earmarked", earmark), ("ordered", ordered)] {
            if in_force.remove(&(kind, filing.claim_id.clone())).unwrap_or(0) != asked.get() {
                failures.push(format!("commitments {kind}:{}", filing.claim_id));
            }
        }
    }
    let gone = in_force.iter().filter(|(_, amount)| **amount != 0);
    failures.extend(gone.map(|((kind, claim), _)| format!("commitments {kind}:{claim}")));
    Ok(Check::new("earmarked_sum", filings.len(), failures))
}

/// Each snapshot's promises are the sums of the commitments recorded up to the heads it names, and its derived
/// figures follow from its own.
///
/// # Errors
/// Storage; `Rulebook`.
pub fn snapshots(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let rows = money::snapshots(db, fund_id)?;
    let mut commitments = CommitmentRow::load_all(db).map_err(StoreError::from)?;
    commitments.sort_by_key(|row| (row.kind.clone(), row.subject.clone(), row.version));
    let lines = money::lines(db, fund_id)?;
    let measures = Measures::load(db, fund_id)?;
    let mut failures = Vec::new();
    for row in &rows {
        let heads: BTreeMap<String, i64> = serde_json::from_str(&row.heads).unwrap_or_default();
        let known = |event_id: &str| {
            event_id.rsplit_once('#').is_some_and(|(chain, seq)| {
                let seq: i64 = seq.parse().unwrap_or(i64::MAX);
                heads.get(chain).is_some_and(|head| seq <= *head)
            })
        };
        let mut sums: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for commitment in commitments.iter().filter(|commitment| known(&commitment.event_id)) {
            sums.insert((&commitment.kind, &commitment.subject), commitment.amount_fen);
        }
        let sum = |kind: &str| sums.iter().filter(|((of, _), _)| *of == kind).map(|(_, fen)| fen).sum::<i64>();
        let cash: i64 = lines
            .iter()
            .filter(|line| is_money(&line.account) && known(&line.event_id))
            .map(|line| if line.side == "debit" { line.amount_fen } else { -line.amount_fen })
            .sum();
        let promised = (sum("reserved"), sum("earmarked"), sum("ordered"));
        let stored = (row.reserved_fen, row.earmarked_fen, row.ordered_fen);
        if cash != row.cash_fen || promised != stored || !follows(row, &measures)? {
            failures.push(format!("reserve_snapshots {}", row.key()));
        }
    }
    Ok(Check::new("snapshots_recomputed", rows.len(), failures))
}

/// Whether an account is money the fund can pay with.
fn is_money(account: &str) -> bool {
    Account::from_code(account).is_some_and(|account| account.is_money())
}

fn follows(row: &ReserveSnapshotRow, measures: &Measures) -> Result<bool, UseCaseError> {
    let Some(measure) = measures.version(&row.rulebook_id, &row.rulebook_version) else {
        return Ok(false);
    };
    let state = FundMoney {
        cash: Fen::try_new(row.cash_fen)?,
        floor: Fen::try_new(row.floor_fen)?,
        earmarked: Fen::try_new(row.earmarked_fen)?,
        ordered: Fen::try_new(row.ordered_fen)?,
        reserved: Fen::try_new(row.reserved_fen)?,
    };
    let multiple = measure.limits.multiple;
    let floor_fits = match measure.limits.floor {
        Floor::Amount(floor) => state.floor == floor,
        // A share of what was paid in by then; the contributions of the day are proved with the ledger.
        Floor::OfTotal(_) => true,
    };
    Ok(floor_fits
        && state.free()?.get() == row.free_fen
        && state.capacity(multiple)?.get() == row.capacity_fen
        && state.policy_minimum(multiple)?.get() == row.policy_minimum_fen
        && row.contractual_maximum_fen <= row.reserved_fen.saturating_add(row.earmarked_fen))
}

/// What the loans must look like, from facts alone.
struct Expected {
    loans: BTreeMap<String, LoanRow>,
    registrations: BTreeMap<String, LoanRegistrationRow>,
    coverages: BTreeMap<String, CoverageRow>,
    measures: Measures,
    standing: Standing,
    claimed: BTreeSet<String>,
}

impl Expected {
    fn load(db: &mut Db, fund_id: &str) -> Result<Expected, UseCaseError> {
        let reach = Reach::of_fund(fund_id);
        let registrations = loans::registrations(db, fund_id)?;
        Ok(Expected {
            loans: loans::all(db, &reach)?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect(),
            registrations: registrations.into_iter().map(|row| (row.loan_id.clone(), row)).collect(),
            coverages: rebuild::coverages(db, fund_id)?,
            measures: Measures::load(db, fund_id)?,
            standing: Standing::load(db, &reach, None)?,
            claimed: rebuild::claimed_loans(db, fund_id)?,
        })
    }

    /// The loan as the reports that stand leave it.
    fn replayed(&self, loan: &LoanRow) -> Option<LoanRow> {
        self.registrations.get(&loan.loan_id).map(|registration| self.standing.replay(loan, registration))
    }

    /// The version that a loan keeps.
    fn kept(&self, loan: &LoanRow) -> Option<&Measure> {
        let coverage = self.coverages.get(&loan.loan_id)?;
        self.measures.version(&coverage.rulebook_id, &coverage.rulebook_version)
    }

    /// Whether the last day for a claim on a loan lay before a day, had nothing been paid at maturity.
    fn was_over(&self, loan: &LoanRow, on: NaiveDate) -> bool {
        let last = self.kept(loan).and_then(|measure| cover_until(&measure.rules(), loan.matures_on, None));
        last.is_some_and(|last| last < on)
    }

    fn reserve(&self, loan: &LoanRow) -> Result<Fen, UseCaseError> {
        let coverage = self.coverages.get(&loan.loan_id).filter(|row| row.decision == "cover");
        let Some(coverage) = coverage else {
            return Ok(Fen::ZERO);
        };
        if loan.state == "queued" || loan.ended.is_some() || self.claimed.contains(&loan.loan_id) {
            return Ok(Fen::ZERO);
        }
        let balance = self.replayed(loan).and_then(|replayed| replayed.balance_fen);
        let base = Fen::try_new(balance.unwrap_or(loan.principal_fen))?;
        let rate = Ppm::try_new(coverage.fund_rate_ppm.unwrap_or(0))?;
        let cap = self.kept(loan).and_then(|measure| measure.limits.per_loan);
        Ok(loan_reserve(base, Ppm::try_new(loan.ip_share_ppm)?, rate, cap)?)
    }
}

/// Each row of the loan list is what registrations, coverages, reports, promises and claims make of it, and its tier
/// the last one of its history.
///
/// # Errors
/// Storage.
pub fn loan_projection(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let expected = rebuild::loan_rows(db, fund_id)?;
    let stored = loans::all(db, &Reach::of_fund(fund_id))?;
    let tiers: BTreeMap<String, LoanTierRow> =
        servicing::all_tiers(db, fund_id)?.into_iter().map(|tier| (tier.loan_id.clone(), tier)).collect();
    let key = |row: &LoanRow| format!("loans {}", row.loan_id);
    let mut failures = differing(&expected, &stored, key);
    for row in &expected {
        // An undo of the only report tells a loan's tier as empty.
        let told = tiers.get(&row.loan_id).map(|tier| tier.tier.as_str()).unwrap_or_default();
        if row.tier.as_deref().unwrap_or_default() != told && !failures.contains(&key(row)) {
            failures.push(key(row));
        }
    }
    Ok(Check::new("projection_loans", expected.len(), failures))
}

/// Each row of the claim list is what the claim and its last calculation say; a claim whose import was taken back
/// is withdrawn, and no other is.
///
/// # Errors
/// Storage.
pub fn claim_projection(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let expected = rebuild::claim_rows(db, fund_id)?;
    let stored = claims::every_status(db, fund_id)?;
    let failures = differing(&expected, &stored, |row| format!("claim_status {}", row.claim_id));
    Ok(Check::new("projection_claims", expected.len(), failures))
}

/// Each row in force of a loan and month is the row of the latest standing version that holds the loan.
///
/// # Errors
/// Storage.
pub fn month_projection(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let expected = rebuild::month_rows(db, fund_id)?;
    let stored = servicing::all_months(db, &Reach::of_fund(fund_id))?;
    let failures = differing(&expected, &stored, |row| format!("loan_months {}:{}", row.loan_id, row.month));
    Ok(Check::new("projection_months", stored.len(), failures))
}

/// Rows that stand on one side only, or otherwise on the other, by their key.
pub(super) fn differing<R: PartialEq>(expected: &[R], stored: &[R], key: impl Fn(&R) -> String) -> Vec<String> {
    let mut open: BTreeMap<String, &R> = stored.iter().map(|row| (key(row), row)).collect();
    let mut failures = Vec::new();
    for row in expected {
        let key = key(row);
        if open.remove(&key) != Some(row) {
            failures.push(key);
        }
    }
    failures.extend(open.into_keys());
    failures
}
