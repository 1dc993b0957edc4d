//! What is read to sum up books: a few columns of loans, and claims by bank, by stage and by day.
//!
//! **Invariant:** nothing here carries what is not summed.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Reach;
use super::claims::OPEN;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{claim_status, loans};
use crate::storage::total::total;

/// Stored words of the stages of a claim that is granted and not paid.
pub const GRANTED: [&str; 3] = ["awaiting_confirmation", "approved", "ordered"];

/// What sums read of a loan, amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Line {
    /// Bank.
    pub bank: String,
    /// Borrower's credit code.
    pub credit_code: String,
    /// Borrower's name.
    pub borrower: String,
    /// Industry as it is told.
    pub industry: String,
    /// Month last reported; none before the first report.
    pub month: Option<String>,
    /// Tier; none before the first report.
    pub tier: Option<String>,
    /// It is covered.
    pub covered: bool,
    /// Principal.
    pub principal: i64,
    /// Share of the rights, ppm.
    pub ip_share: i64,
    /// Balance last reported.
    pub balance: Option<i64>,
    /// Cover held.
    pub cover: i64,
}

/// The loans of these banks, of all banks where none are named.
///
/// # Errors
/// What the database says.
pub fn lines(db: &mut Db, fund_id: &str, banks: Option<&[&str]>) -> Result<Vec<Line>, StoreError> {
    let mut found = loans::table
        .select((
            loans::bank,
            loans::credit_code,
            loans::borrower_name,
            loans::industry,
            loans::last_month,
            loans::tier,
            loans::covered,
            loans::principal_fen,
            loans::ip_share_ppm,
            loans::balance_fen,
            loans::reserved_fen,
        ))
        .filter(loans::fund_id.eq(fund_id.to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(banks) = banks {
        found = found.filter(loans::bank.eq_any(banks.iter().map(|bank| (*bank).to_owned()).collect::<Vec<_>>()));
    }
    Ok(found.load(db)?)
}

/// What the claims of one bank at one stage came to, fen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable)]
pub struct BankClaims {
    /// Bank.
    pub bank: String,
    /// Stored word of the stage.
    pub state: String,
    /// Set aside.
    pub earmarked: i64,
    /// Granted.
    pub approved: i64,
    /// Paid less what came back as wrongly paid.
    pub paid: i64,
    /// Came back by recovery.
    pub recovered: i64,
}

/// Claims within reach by bank and stage.
///
/// # Errors
/// What the database says.
pub fn claims_by_bank(db: &mut Db, reach: &Reach) -> Result<Vec<BankClaims>, StoreError> {
    let mut found = claim_status::table
        .group_by((claim_status::bank, claim_status::state))
        .select((
            claim_status::bank,
            claim_status::state,
            total(claim_status::earmarked_fen),
            total(claim_status::approved_fen),
            total(claim_status::paid_fen),
            total(claim_status::recovered_fen),
        ))
        .filter(claim_status::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(claim_status::bank.eq(bank.to_owned()));
    }
    Ok(found.load(db)?)
}

/// Claims in progress within reach by the day they were handed in, oldest first: day, claims, computed compensation.
///
/// # Errors
/// What the database says.
pub fn waiting(db: &mut Db, reach: &Reach) -> Result<Vec<(NaiveDate, i64, i64)>, StoreError> {
    let states: Vec<&str> = OPEN.into_iter().chain(GRANTED).collect();
    let mut found = claim_status::table
        .group_by(claim_status::filed_on)
        .select((claim_status::filed_on, count_star(), total(claim_status::payout_fen)))
        .filter(claim_status::fund_id.eq(reach.fund_id().to_owned()))
        .filter(claim_status::state.eq_any(states))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(claim_status::bank.eq(bank.to_owned()));
    }
    Ok(found.order(claim_status::filed_on).load(db)?)
}
