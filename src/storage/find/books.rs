//! Bank statements, matches, closed months and outside voucher numbers.
//!
//! **Invariant:** of facts that grow by version, the last one counts; only proof looks at the others.

use std::collections::BTreeMap;

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use crate::storage::chain::Chain;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::books::{
    BankStatementLineRow, BankStatementRow, PeriodStepRow, StatementMatchRow, VoucherNumberRow,
};
use crate::storage::schema::{
    bank_statement_lines, bank_statements, period_steps, scopes, statement_matches, voucher_numbers,
};

/// State of a month that is closed.
pub const SEALED: &str = "sealed";

/// Every statement of a fund, by account and day.
///
/// # Errors
/// What the database says.
pub fn statements(db: &mut Db, fund_id: &str) -> Result<Vec<BankStatementRow>, StoreError> {
    Ok(bank_statements::table
        .filter(bank_statements::fund_id.eq(fund_id))
        .order((bank_statements::account, bank_statements::from_on, bank_statements::statement_id))
        .select(BankStatementRow::as_select())
        .load(db)?)
}

/// Statements that came with a file, in its order.
///
/// # Errors
/// What the database says.
pub fn of_file(
    db: &mut Db,
    fund_id: &str,
    account: &str,
    content_hash: &str,
) -> Result<Vec<BankStatementRow>, StoreError> {
    Ok(bank_statements::table
        .filter(bank_statements::fund_id.eq(fund_id))
        .filter(bank_statements::account.eq(account))
        .filter(bank_statements::content_hash.eq(content_hash))
        .order(bank_statements::ordinal)
        .select(BankStatementRow::as_select())
        .load(db)?)
}

/// Number of statements of a fund, which names the next one.
///
/// # Errors
/// What the database says.
pub fn count_statements(db: &mut Db, fund_id: &str) -> Result<i64, StoreError> {
    Ok(bank_statements::table.filter(bank_statements::fund_id.eq(fund_id)).select(count_star()).first(db)?)
}

/// Every line of a fund's statements, by day.
///
/// # Errors
/// What the database says.
pub fn lines(db: &mut Db, fund_id: &str) -> Result<Vec<BankStatementLineRow>, StoreError> {
    Ok(bank_statement_lines::table
        .filter(bank_statement_lines::fund_id.eq(fund_id))
        .order((bank_statement_lines::booked_on, bank_statement_lines::line_id))
        .select(BankStatementLineRow::as_select())
        .load(db)?)
}

/// One statement of a fund.
///
/// # Errors
/// What the database says.
pub fn statement(db: &mut Db, fund_id: &str, statement_id: &str) -> Result<Option<BankStatementRow>, StoreError> {
    Ok(bank_statements::table
        .filter(bank_statements::fund_id.eq(fund_id))
        .filter(bank_statements::statement_id.eq(statement_id))
        .select(BankStatementRow::as_select())
        .first(db)
        .optional()?)
}

/// The lines that came with a statement, by day.
///
/// # Errors
/// What the database says.
pub fn lines_of(db: &mut Db, fund_id: &str, statement_id: &str) -> Result<Vec<BankStatementLineRow>, StoreError> {
    Ok(bank_statement_lines::table
        .filter(bank_statement_lines::fund_id.eq(fund_id))
        .filter(bank_statement_lines::statement_id.eq(statement_id))
        .order((bank_statement_lines::booked_on, bank_statement_lines::line_id))
        .select(BankStatementLineRow::as_select())
        .load(db)?)
}

/// One line.
///
/// # Errors
/// What the database says.
pub fn line(db: &mut Db, fund_id: &str, line_id: &str) -> Result<Option<BankStatementLineRow>, StoreError> {
    Ok(bank_statement_lines::table
        .filter(bank_statement_lines::fund_id.eq(fund_id))
        .filter(bank_statement_lines::line_id.eq(line_id))
        .select(BankStatementLineRow::as_select())
        .first(db)
        .optional()?)
}

/// Every version of every match, by line and version.
///
/// # Errors
/// What the database says.
pub fn matches(db: &mut Db, fund_id: &str) -> Result<Vec<StatementMatchRow>, StoreError> {
    Ok(statement_matches::table
        .filter(statement_matches::fund_id.eq(fund_id))
        .order((statement_matches::line_id, statement_matches::version))
        .select(StatementMatchRow::as_select())
        .load(db)?)
}

/// The last word on each line that was ever matched.
///
/// # Errors
/// What the database says.
pub fn last_matches(db: &mut Db, fund_id: &str) -> Result<BTreeMap<String, StatementMatchRow>, StoreError> {
    // In order of version, so that the last one stays.
    Ok(matches(db, fund_id)?.into_iter().map(|row| (row.line_id.clone(), row)).collect())
}

/// Number of the last version of a line's match, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_match_version(db: &mut Db, line_id: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = statement_matches::table
        .filter(statement_matches::line_id.eq(line_id))
        .select(max(statement_matches::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// Every step of closing months, by month and version.
///
/// # Errors
/// What the database says.
pub fn period_steps(db: &mut Db, fund_id: &str) -> Result<Vec<PeriodStepRow>, StoreError> {
    Ok(period_steps::table
        .filter(period_steps::fund_id.eq(fund_id))
        .order((period_steps::period, period_steps::version))
        .select(PeriodStepRow::as_select())
        .load(db)?)
}

/// The last closed month, as YYYY-MM.
///
/// # Errors
/// What the database says.
pub fn last_sealed(db: &mut Db, fund_id: &str) -> Result<Option<String>, StoreError> {
    Ok(period_steps::table
        .filter(period_steps::fund_id.eq(fund_id))
        .filter(period_steps::state.eq(SEALED))
        .select(max(period_steps::period))
        .first(db)?)
}

/// The last sealed month as the row of the fund's scope marks it.
///
/// # Errors
/// What the database says.
pub fn sealed_mark(db: &mut Db, fund_id: &str) -> Result<Option<String>, StoreError> {
    let key = Chain::Fund { fund_id: fund_id.to_owned() }.key();
    let mark: Option<Option<String>> = scopes::table.find(key).select(scopes::sealed_month).first(db).optional()?;
    Ok(mark.flatten())
}

/// Every version of every outside voucher number, by booking and version.
///
/// # Errors
/// What the database says.
pub fn voucher_numbers(db: &mut Db, fund_id: &str) -> Result<Vec<VoucherNumberRow>, StoreError> {
    Ok(voucher_numbers::table
        .filter(voucher_numbers::fund_id.eq(fund_id))
        .order((voucher_numbers::tx_id, voucher_numbers::version))
        .select(VoucherNumberRow::as_select())
        .load(db)?)
}

/// Number of the last version of a booking's outside voucher number, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_voucher_version(db: &mut Db, tx_id: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = voucher_numbers::table
        .filter(voucher_numbers::tx_id.eq(tx_id))
        .select(max(voucher_numbers::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}
