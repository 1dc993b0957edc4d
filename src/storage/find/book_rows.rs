//! The rows that books are summed from: loans as they stand, and their months in force.
//!
//! **Invariant:** these rows are changed here alone, and with them the mark of the bank whose book they are.

use diesel::prelude::*;

use super::loans::KEYS_PER_STATEMENT;
use crate::domain::calendar::Month;
use crate::storage::db::each;
use crate::storage::rows::insert_rows;
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::servicing::LoanMonthRow;
use crate::storage::schema::{loan_months, loans};
use crate::storage::{StoreError as Error, Tx};

/// Writes rows of the projection: new ones are inserted, known ones replaced.
///
/// # Errors
/// What the database says.
pub fn project(tx: &mut Tx<'_>, rows: &[LoanRow]) -> Result<(), Error> {
    rows.iter().for_each(|row| tx.book_changes(&row.fund_id, &row.bank));
    each!(&mut **tx, c => {
        for row in rows {
            diesel::delete(loans::table.find(&row.loan_id)).execute(c)?;
            diesel::insert_into(loans::table).values(row).execute(c)?;
        }
        Ok::<(), diesel::result::Error>(())
    })?;
    Ok(())
}

/// Writes rows of the projection that are not in it yet.
///
/// # Errors
/// What the database says.
pub fn project_new(tx: &mut Tx<'_>, rows: &[LoanRow]) -> Result<(), Error> {
    rows.iter().for_each(|row| tx.book_changes(&row.fund_id, &row.bank));
    insert_rows!(loans::table, rows, &mut **tx)?;
    Ok(())
}

/// Takes loans out of the projection: they are in no list, sum or judgement any more.
///
/// # Errors
/// What the database says.
pub fn leave(tx: &mut Tx<'_>, loan_ids: &[&str]) -> Result<(), Error> {
    for ids in loan_ids.chunks(KEYS_PER_STATEMENT) {
        let left: Vec<(String, String)> = loans::table
            .filter(loans::loan_id.eq_any(ids.to_vec()))
            .select((loans::fund_id, loans::bank))
            .distinct()
            .load(&mut **tx)?;
        left.iter().for_each(|(fund_id, bank)| tx.book_changes(fund_id, bank));
        diesel::delete(loans::table.filter(loans::loan_id.eq_any(ids.to_vec()))).execute(&mut **tx)?;
    }
    Ok(())
}

/// Puts rows in force: a row of the same loan and month is replaced.
///
/// # Errors
/// What the database says.
pub fn put_in_force(tx: &mut Tx<'_>, rows: &[LoanMonthRow]) -> Result<(), Error> {
    rows.iter().for_each(|row| tx.book_changes(&row.fund_id, &row.bank));
    each!(&mut **tx, c => {
        for row in rows {
            diesel::delete(loan_months::table.find((&row.loan_id, &row.month))).execute(c)?;
            diesel::insert_into(loan_months::table).values(row).execute(c)?;
        }
        Ok::<(), diesel::result::Error>(())
    })?;
    Ok(())
}

/// Takes the rows of these loans of a bank and month out of force.
///
/// # Errors
/// What the database says.
pub fn let_go(tx: &mut Tx<'_>, (fund_id, bank): (&str, &str), month: Month, loan_ids: &[&str]) -> Result<(), Error> {
    for ids in loan_ids.chunks(KEYS_PER_STATEMENT) {
        tx.book_changes(fund_id, bank);
        diesel::delete(
            loan_months::table
                .filter(loan_months::fund_id.eq(fund_id))
                .filter(loan_months::bank.eq(bank))
                .filter(loan_months::month.eq(month.to_string()))
                .filter(loan_months::loan_id.eq_any(ids.to_vec())),
        )
        .execute(&mut **tx)?;
    }
    Ok(())
}

/// Takes every row in force of a bank and month out of force.
///
/// # Errors
/// What the database says.
pub fn take_out_of_force(tx: &mut Tx<'_>, fund_id: &str, bank: &str, month: &str) -> Result<(), Error> {
    tx.book_changes(fund_id, bank);
    diesel::delete(
        loan_months::table
            .filter(loan_months::fund_id.eq(fund_id))
            .filter(loan_months::bank.eq(bank))
            .filter(loan_months::month.eq(month)),
    )
    .execute(&mut **tx)?;
    Ok(())
}
