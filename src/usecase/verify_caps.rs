//! Proof that nobody was promised or paid more than a cap allows, over all claims together.
//!
//! **Invariant:** the caps are those of the versions that govern the loans; where several do, the widest counts, so that
//! what is found is a fault whichever of them is asked.

use std::collections::BTreeMap;

use super::UseCaseError;
use super::measures::{Limits, Measures};
use super::reserve::year_of;
use super::verify::Check;
use crate::domain::money::Fen;
use crate::storage::Db;
use crate::storage::find::claims::GRANTED;
use crate::storage::find::{Reach, acts, claims, loans, money};

/// What is used of a cap, and the cap; none where a version sets none.
struct Used {
    fen: i64,
    most: Option<Fen>,
}

impl Used {
    fn is_kept(&self) -> bool {
        self.most.is_none_or(|most| self.fen <= most.get())
    }
}

/// Adds what is used under one version; the widest cap stays.
fn add(used: &mut BTreeMap<String, Used>, key: String, fen: i64, cap: Option<Fen>) {
    let entry = used.entry(key).or_insert(Used { fen: 0, most: Some(Fen::ZERO) });
    entry.fen = entry.fen.saturating_add(fen);
    entry.most = entry.most.zip(cap).map(|(known, cap)| known.max(cap));
}

/// Borrowers over their lives, with what is granted and not paid yet, and banks year by year.
///
/// # Errors
/// Storage; `Rulebook`.
pub(super) fn caps(db: &mut Db, fund_id: &str) -> Result<Check, UseCaseError> {
    let measures = Measures::load(db, fund_id)?;
    let reach = Reach::of_fund(fund_id);
    let (mut borrowers, mut years) = (BTreeMap::new(), BTreeMap::new());
    for status in claims::statuses(db, &reach)? {
        let is_granted = GRANTED.contains(&status.state.as_str());
        let promised = if is_granted { status.approved_fen } else { 0 };
        let used = status.paid_fen.saturating_add(promised);
        if used == 0 {
            continue;
        }
        let limits = governing(db, &measures, &status.loan_id)?;
        let cap = limits.as_ref().and_then(|limits| limits.per_borrower_life);
        add(&mut borrowers, status.credit_code.clone(), used, cap);
        for paid in acts::of(db, fund_id, "claim", &status.claim_id)?.iter().filter(|row| row.act == "paid") {
            let (from, _) = year_of(paid.business_date);
            let cap = limits.as_ref().and_then(|limits| limits.per_bank_year);
            add(&mut years, format!("{}:{from}", status.bank), 0, cap);
        }
    }
    let mut failures: Vec<String> =
        borrowers.iter().filter(|(_, used)| !used.is_kept()).map(|(code, _)| format!("borrower {code}")).collect();
    let checked = borrowers.len().saturating_add(years.len());
    for (key, mut used) in years {
        let Some((bank, from)) = key.split_once(':') else { continue };
        let Ok(from) = from.parse() else { continue };
        let (from, to) = year_of(from);
        let banks = [bank.to_owned()];
        used.fen = money::compensation_paid(db, fund_id, &money::Holder::BankYear { banks: &banks, from, to })?;
        if !used.is_kept() {
            failures.push(format!("bank {key}"));
        }
    }
    Ok(Check::new("caps_kept", checked, failures))
}

/// The limits of the version that governs a loan.
fn governing(db: &mut Db, measures: &Measures, loan_id: &str) -> Result<Option<Limits>, UseCaseError> {
    let Some(coverage) = loans::coverage(db, loan_id)? else { return Ok(None) };
    let measure = measures.version(&coverage.rulebook_id, &coverage.rulebook_version);
    Ok(measure.map(|measure| measure.limits.clone()))
}
