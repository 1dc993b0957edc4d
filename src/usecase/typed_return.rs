//! A month's report that was typed in on a page: it becomes a file of the standard layout and goes the way of every file,
//! so that it is checked, decided on, kept and taken back like one.
//!
//! **Invariant:** nothing is reported that a person has not decided on after the check.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::UseCaseError;
use super::exports::outstanding::expected_loans;
use super::registrations::loan_id;
use super::uploads::{Sent, receive};
use crate::app::App;
use crate::domain::calendar::Month;
use crate::domain::names::{PartnerCode, Tier};
use crate::export::error::ExportError;
use crate::export::layout;
use crate::import::field::{Field, FileKind};
use crate::storage::Db;
use crate::storage::find::{Reach, servicing};
use crate::storage::rows::servicing::LoanMonthRow;

/// Most loans that are typed in; a bank with more sends a file.
pub const MOST: usize = 300;

/// A loan that the report has to speak of, with what was reported of it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Contract.
    pub contract: String,
    /// Drawdown number, empty if none.
    pub drawdown: String,
    /// Borrower.
    pub borrower: String,
    /// Balance last reported, fen; none where it has never been.
    pub balance_fen: Option<i64>,
    /// What the month before says of it.
    pub before: Option<LoanMonthRow>,
}

/// One loan as it was typed: amounts in yuan as plain decimals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedRow {
    /// Contract.
    pub contract: String,
    /// Drawdown number, empty if none.
    pub drawdown: String,
    /// Balance.
    pub balance: String,
    /// Overdue principal.
    pub overdue_principal: String,
    /// Overdue interest.
    pub overdue_interest: String,
    /// First overdue day; none where nothing is overdue.
    pub overdue_since: Option<NaiveDate>,
    /// Grade.
    pub grade: Option<Tier>,
}

/// The loans of a bank that the report of a month has to speak of.
///
/// # Errors
/// Storage.
pub fn expected(db: &mut Db, fund_id: &str, bank: &str, month: Month) -> Result<Vec<Expected>, UseCaseError> {
    let reach = Reach::of_bank(fund_id, bank);
    let rows = servicing::rows_of_month(db, &reach, &month.prev().to_string())?;
    let mut before: BTreeMap<String, LoanMonthRow> = rows.into_iter().map(|row| (row.loan_id.clone(), row)).collect();
    let loans = expected_loans(db, &reach, month)?;
    let with_before = loans.into_iter().map(|loan| Expected {
        before: before.remove(&loan_id(fund_id, bank, &loan.contract, &loan.drawdown)),
        contract: loan.contract,
        drawdown: loan.drawdown,
        borrower: loan.borrower,
        balance_fen: loan.balance_fen,
    });
    Ok(with_before.collect())
}

/// Hands a typed report in for its check. Gives the upload; the same form sent twice gives the same.
///
/// # Errors
/// Storage; `Export`.
pub fn hand_in(
    app: &App,
    (bank, month): (&str, Month),
    rows: &[TypedRow],
    token: &str,
    actor: &str,
) -> Result<String, UseCaseError> {
    let mut file = csv::Writer::from_writer(Vec::new());
    let broken = |error: csv::Error| ExportError::Write(error.into());
    let columns = layout::columns(FileKind::Servicing)?;
    file.write_record(columns.iter().map(|column| column.title.as_str())).map_err(broken)?;
    let reported_on = month.last_day().to_string();
    for row in rows {
        let since = row.overdue_since.map(|day| day.to_string()).unwrap_or_default();
        let cells = layout::fields(FileKind::Servicing).iter().map(|field| match field {
            Field::Contract => row.contract.as_str(),
            Field::Drawdown => &row.drawdown,
            Field::ReportedOn => &reported_on,
            Field::Balance => &row.balance,
            Field::OverduePrincipal => &row.overdue_principal,
            Field::OverdueInterest => &row.overdue_interest,
            Field::OverdueSince => &since,
            Field::Grade => row.grade.map_or("", Tier::zh),
            _ => "",
        });
        file.write_record(cells).map_err(broken)?;
    }
    let bytes = file.into_inner().map_err(|error| ExportError::Write(error.into_error()))?;
    receive(
        app,
        Sent {
            // A report is told by bank and month in its name, as banks send them.
            name: format!("{bank}_{}.csv", month.to_string().replace('-', "")),
            bytes,
            kind: FileKind::Servicing,
            bank: Some(PartnerCode::new(bank)),
            mapping: None,
            on: app.store.clock().today(),
            all_or_nothing: false,
            actor: actor.to_owned(),
            token: token.to_owned(),
        },
    )
}
