//! Month-end reports: versions as they came, and the row in force of each loan and month.
//!
//! **Invariant:** of the versions of a bank and month that stand, the latest row of each loan is in force.

use diesel::dsl::max;
use diesel::prelude::*;

use super::Reach;
use super::undos::standing;
use crate::domain::calendar::Month;
use crate::storage::db::{Db, MultiBackend};
use crate::storage::error::StoreError;
use crate::storage::rows::servicing::{LoanMonthRow, LoanTierRow, ServicingReportRow, ServicingRow};
use crate::storage::schema::{import_findings, loan_months, loan_tiers, loans, servicing_reports, servicing_rows};

/// The code of the warning that stands beside every carried row.
const CARRIED: &str = "LOAN_CARRIED";

/// Rows in force within reach.
fn months_within<'a>(reach: &Reach) -> loan_months::BoxedQuery<'a, MultiBackend> {
    let all = loan_months::table.filter(loan_months::fund_id.eq(reach.fund_id().to_owned())).into_boxed();
    match reach.bank() {
        Some(bank) => all.filter(loan_months::bank.eq(bank.to_owned())),
        None => all,
    }
}

/// Rows in force of one month within reach.
///
/// # Errors
/// What the database says.
pub fn rows_of_month(db: &mut Db, reach: &Reach, month: &str) -> Result<Vec<LoanMonthRow>, StoreError> {
    Ok(months_within(reach)
        .filter(loan_months::month.eq(month.to_owned()))
        .select(LoanMonthRow::as_select())
        .order(loan_months::loan_id)
        .load(db)?)
}

/// Rows in force of one loan, oldest month first.
///
/// # Errors
/// What the database says.
pub fn rows_of_loan(db: &mut Db, reach: &Reach, loan_id: &str) -> Result<Vec<LoanMonthRow>, StoreError> {
    Ok(months_within(reach)
        .filter(loan_months::loan_id.eq(loan_id.to_owned()))
        .select(LoanMonthRow::as_select())
        .order(loan_months::month)
        .load(db)?)
}

/// Every row in force of a fund.
///
/// # Errors
/// What the database says.
pub fn all_months(db: &mut Db, reach: &Reach) -> Result<Vec<LoanMonthRow>, StoreError> {
    Ok(months_within(reach)
        .select(LoanMonthRow::as_select())
        .order((loan_months::month, loan_months::loan_id))
        .load(db)?)
}

/// Every report of a fund that stands, by bank, month and version.
///
/// # Errors
/// What the database says.
pub fn reports(db: &mut Db, fund_id: &str) -> Result<Vec<ServicingReportRow>, StoreError> {
    Ok(servicing_reports::table
        .filter(servicing_reports::fund_id.eq(fund_id))
        .filter(standing!(servicing_reports::import_id))
        .order((servicing_reports::bank, servicing_reports::month, servicing_reports::version))
        .select(ServicingReportRow::as_select())
        .load(db)?)
}

/// Number of the last version of a bank and month that stands, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_version(db: &mut Db, fund_id: &str, bank: &str, month: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = servicing_reports::table
        .filter(servicing_reports::fund_id.eq(fund_id))
        .filter(servicing_reports::bank.eq(bank))
        .filter(servicing_reports::month.eq(month))
        .filter(standing!(servicing_reports::import_id))
        .select(max(servicing_reports::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// Number of the last version a bank has sent for a month, taken back or not, 0 if none: the next counts on.
///
/// # Errors
/// What the database says.
pub fn last_number(db: &mut Db, fund_id: &str, bank: &str, month: &str) -> Result<i64, StoreError> {
    let last: Option<i64> = servicing_reports::table
        .filter(servicing_reports::fund_id.eq(fund_id))
        .filter(servicing_reports::bank.eq(bank))
        .filter(servicing_reports::month.eq(month))
        .select(max(servicing_reports::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// The last month with a report of a bank that stands.
///
/// # Errors
/// What the database says.
pub fn last_month(db: &mut Db, fund_id: &str, bank: &str) -> Result<Option<String>, StoreError> {
    Ok(servicing_reports::table
        .filter(servicing_reports::fund_id.eq(fund_id))
        .filter(servicing_reports::bank.eq(bank))
        .filter(standing!(servicing_reports::import_id))
        .select(max(servicing_reports::month))
        .first(db)?)
}

/// Number of the last tier change of a loan, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_tier_version(db: &mut Db, loan_id: &str) -> Result<i64, StoreError> {
    let last: Option<i64> =
        loan_tiers::table.filter(loan_tiers::loan_id.eq(loan_id)).select(max(loan_tiers::version)).first(db)?;
    Ok(last.unwrap_or(0))
}

/// Rows of one report, as sent.
///
/// # Errors
/// What the database says.
pub fn rows_of_report(db: &mut Db, report_id: &str) -> Result<Vec<ServicingRow>, StoreError> {
    Ok(servicing_rows::table
        .filter(servicing_rows::report_id.eq(report_id))
        .order(servicing_rows::row_no)
        .select(ServicingRow::as_select())
        .load(db)?)
}

/// These reports.
///
/// # Errors
/// What the database says.
pub fn reports_by_id(db: &mut Db, ids: &[String]) -> Result<Vec<ServicingReportRow>, StoreError> {
    Ok(servicing_reports::table
        .filter(servicing_reports::report_id.eq_any(ids))
        .select(ServicingReportRow::as_select())
        .load(db)?)
}

/// Changes of the tier of a loan, oldest first.
///
/// # Errors
/// What the database says.
pub fn tiers_of(db: &mut Db, loan_id: &str) -> Result<Vec<LoanTierRow>, StoreError> {
    Ok(loan_tiers::table
        .filter(loan_tiers::loan_id.eq(loan_id))
        .order(loan_tiers::version)
        .select(LoanTierRow::as_select())
        .load(db)?)
}

/// Every report of a fund, standing or taken back, by bank, month and version.
///
/// # Errors
/// What the database says.
pub fn all_sent(db: &mut Db, fund_id: &str) -> Result<Vec<ServicingReportRow>, StoreError> {
    Ok(servicing_reports::table
        .filter(servicing_reports::fund_id.eq(fund_id))
        .order((servicing_reports::bank, servicing_reports::month, servicing_reports::version))
        .select(ServicingReportRow::as_select())
        .load(db)?)
}

/// Every row a bank has sent, standing or taken back.
///
/// # Errors
/// What the database says.
pub fn rows_sent(db: &mut Db, reach: &Reach) -> Result<Vec<ServicingRow>, StoreError> {
    let all = servicing_rows::table.filter(servicing_rows::fund_id.eq(reach.fund_id().to_owned())).into_boxed();
    let all: servicing_rows::BoxedQuery<'_, MultiBackend> = match reach.bank() {
        Some(bank) => all.filter(servicing_rows::bank.eq(bank.to_owned())),
        None => all,
    };
    Ok(all.select(ServicingRow::as_select()).order((servicing_rows::report_id, servicing_rows::row_no)).load(db)?)
}

/// Every change of a tier in a fund, by loan and version.
///
/// # Errors
/// What the database says.
pub fn all_tiers(db: &mut Db, fund_id: &str) -> Result<Vec<LoanTierRow>, StoreError> {
    Ok(loan_tiers::table
        .filter(loan_tiers::fund_id.eq(fund_id))
        .order((loan_tiers::loan_id, loan_tiers::version))
        .select(LoanTierRow::as_select())
        .load(db)?)
}

/// A loan of which a month in force only carries on what was reported before.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CarriedLoan {
    /// Bank.
    pub bank: String,
    /// Month.
    pub month: String,
    /// Loan.
    pub loan_id: String,
    /// The refused row below zero, 0 where no row names the loan.
    pub row_no: i64,
}

/// The loans within reach that a month, or any month, only carries on.
///
/// # Errors
/// What the database says.
pub fn carried(db: &mut Db, reach: &Reach, month: Option<Month>) -> Result<Vec<CarriedLoan>, StoreError> {
    // Every carried row has its warning, and there are far fewer findings than rows.
    let reports: Vec<String> = servicing_reports::table
        .inner_join(import_findings::table.on(import_findings::import_id.eq(servicing_reports::import_id)))
        .filter(servicing_reports::fund_id.eq(reach.fund_id().to_owned()))
        .filter(import_findings::code.eq(CARRIED))
        .select(servicing_reports::report_id)
        .distinct()
        .load(db)?;
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let of_row =
        servicing_rows::report_id.eq(loan_months::report_id).and(servicing_rows::loan_id.eq(loan_months::loan_id));
    let mut found = loan_months::table
        .inner_join(servicing_rows::table.on(of_row))
        .filter(servicing_rows::report_id.eq_any(reports))
        .filter(servicing_rows::row_no.le(0))
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loan_months::bank.eq(bank.to_owned()));
    }
    if let Some(month) = month {
        found = found.filter(loan_months::month.eq(month.to_string()));
    }
    Ok(found
        .order((loan_months::month, loan_months::loan_id))
        .select((loan_months::bank, loan_months::month, loan_months::loan_id, servicing_rows::row_no))
        .load(db)?)
}

/// The next rows in force within reach behind a month and loan, of one month or of all, each with contract and drawdown.
///
/// # Errors
/// What the database says.
pub fn following(
    db: &mut Db,
    reach: &Reach,
    month: Option<&str>,
    (after_month, after_loan): (&str, &str),
    limit: i64,
) -> Result<Vec<(LoanMonthRow, String, String)>, StoreError> {
    let mut found = loan_months::table
        .inner_join(loans::table.on(loans::loan_id.eq(loan_months::loan_id)))
        .filter(loan_months::fund_id.eq(reach.fund_id().to_owned()))
        .filter(
            loan_months::month
                .gt(after_month.to_owned())
                .or(loan_months::month.eq(after_month.to_owned()).and(loan_months::loan_id.gt(after_loan.to_owned()))),
        )
        .into_boxed::<MultiBackend>();
    if let Some(bank) = reach.bank() {
        found = found.filter(loan_months::bank.eq(bank.to_owned()));
    }
    if let Some(month) = month {
        found = found.filter(loan_months::month.eq(month.to_owned()));
    }
    Ok(found
        .order((loan_months::month, loan_months::loan_id))
        .limit(limit)
        .select((LoanMonthRow::as_select(), loans::contract, loans::drawdown))
        .load(db)?)
}
