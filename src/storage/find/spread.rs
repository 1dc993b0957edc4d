//! How the book spreads: over borrowers, industries, banks and tiers, and how long claims have waited.
//!
//! **Invariant:** a sum is made by the database; what comes back is as long as the list of banks, industries or days, or
//! cut to the largest, however many loans there are.

use chrono::NaiveDate;
use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::Reach;
use super::claims::OPEN;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::schema::{claim_status, loans};
use crate::storage::total::total;

/// Stored words of the stages of a claim that is granted and not paid.
pub const GRANTED: [&str; 3] = ["awaiting_confirmation", "approved", "ordered"];

/// What lies with one borrower or in one industry, of loans that count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable)]
pub struct Lot {
    /// Credit code, or the industry as it is told.
    pub key: String,
    /// Name, where it has one.
    pub name: Option<String>,
    /// Loans.
    pub loans: i64,
    /// Balance last reported, fen.
    pub balance: i64,
    /// Cover held, fen.
    pub cover: i64,
}

/// Loans that count: with a balance, or with cover before the first report.
macro_rules! live {
    ($query:expr, $reach:expr) => {{
        let mut found = $query
            .filter(loans::fund_id.eq($reach.fund_id().to_owned()))
            .filter(loans::balance_fen.ne(0).or(loans::reserved_fen.ne(0)))
            .into_boxed::<MultiBackend>();
        if let Some(bank) = $reach.bank() {
            found = found.filter(loans::bank.eq(bank.to_owned()));
        }
        found
    }};
}

/// The borrowers within reach with the largest balances, largest first.
///
/// # Errors
/// What the database says.
pub fn largest_borrowers(db: &mut Db, reach: &Reach, most: i64) -> Result<Vec<Lot>, StoreError> {
    let grouped = loans::table.group_by(loans::credit_code).select((
        loans::credit_code,
        max(loans::borrower_name),
        count_star(),
        total(loans::balance_fen),
        total(loans::reserved_fen),
    ));
    Ok(live!(grouped, reach).order((total(loans::balance_fen).desc(), loans::credit_code)).limit(most).load(db)?)
}

/// The industries within reach, the largest first.
///
/// # Errors
/// What the database says.
pub fn industries(db: &mut Db, reach: &Reach) -> Result<Vec<Lot>, StoreError> {
    let grouped = loans::table.group_by(loans::industry).select((
        loans::industry,
        max(loans::industry),
        count_star(),
        total(loans::balance_fen),
        total(loans::reserved_fen),
    ));
    Ok(live!(grouped, reach).order((total(loans::balance_fen).desc(), loans::industry)).load(db)?)
}

/// Loans within reach that count, their borrowers, their balance and their cover.
///
/// # Errors
/// What the database says.
pub fn whole(db: &mut Db, reach: &Reach) -> Result<(i64, i64, i64, i64), StoreError> {
    let all = loans::table.select((
        count_star(),
        diesel::dsl::count(loans::credit_code).aggregate_distinct(),
        total(loans::balance_fen),
        total(loans::reserved_fen),
    ));
    Ok(live!(all, reach).first(db)?)
}

/// What lies with one bank in one tier of one month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable)]
pub struct BankTier {
    /// Bank.
    pub bank: String,
    /// Month last reported; none before the first report.
    pub month: Option<String>,
    /// Tier; none before the first report.
    pub tier: Option<String>,
    /// They are covered.
    pub covered: bool,
    /// Loans.
    pub loans: i64,
    /// Balance last reported, fen.
    pub balance: i64,
    /// Cover held, fen.
    pub cover: i64,
    /// IP part of the principal, each loan's rounded up to a fen as `usecase::coverage::ip_amount` does.
    pub ip_principal: i64,
}

/// The book within reach by bank, month of the last report, tier and cover.
///
/// # Errors
/// What the database says.
pub fn by_bank_and_tier(db: &mut Db, reach: &Reach) -> Result<Vec<BankTier>, StoreError> {
    let part = (loans::principal_fen * loans::ip_share_ppm + 999_999_i64) / 1_000_000_i64;
    let mut found = loans::table
        .group_by((loans::bank, loans::last_month, loans::tier, loans::covered))
        .select((
            loans::bank,
            loans::last_month,
            loans::tier,
            loans::covered,
            count_star(),
            total(loans::balance_fen),
            total(loans::reserved_fen),
            total(part),
        ))
        .filter(loans::fund_id.eq(reach.fund_id().to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loans::bank.eq(bank.to_owned()));
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
