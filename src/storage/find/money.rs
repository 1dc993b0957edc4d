//! The ledger, promises out of the fund, and the daily level.
//!
//! **Invariant:** a balance is always a sum over ledger lines, never a stored number.

use chrono::NaiveDate;
use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;

use super::undos::standing;
use crate::domain::money::Fen;
use crate::storage::db::Db;
use crate::storage::error::StoreError;
use crate::storage::rows::acts::AccountBalanceRow;
use crate::storage::rows::money::{
    CommitmentRow, FundMovementRow, LedgerLineRow, LedgerTransactionRow, ReserveSnapshotRow,
};
use crate::storage::schema::{
    account_balances, claims, commitments, fund_rows, ledger_lines, ledger_transactions, loans, reserve_snapshots,
};
use crate::storage::total::total;

/// Balance of an account (debits less credits), in fen.
///
/// # Errors
/// What the database says.
pub fn account_balance(db: &mut Db, fund_id: &str, account: &str) -> Result<i64, StoreError> {
    let known = account_balances::table.find((fund_id, account)).select(account_balances::balance_fen);
    Ok(known.first(db).optional()?.unwrap_or(0))
}

/// Balances of the accounts that were ever booked on, by account; sums of promises are left out.
///
/// # Errors
/// What the database says.
pub fn balances(db: &mut Db, fund_id: &str) -> Result<Vec<AccountBalanceRow>, StoreError> {
    Ok(account_balances::table
        .filter(account_balances::fund_id.eq(fund_id))
        .filter(account_balances::account.not_like("promised:%"))
        .order(account_balances::account)
        .select(AccountBalanceRow::as_select())
        .load(db)?)
}

/// Every running balance, sums of promises too, by account.
///
/// # Errors
/// What the database says.
pub fn all_balances(db: &mut Db, fund_id: &str) -> Result<Vec<AccountBalanceRow>, StoreError> {
    Ok(account_balances::table
        .filter(account_balances::fund_id.eq(fund_id))
        .order(account_balances::account)
        .select(AccountBalanceRow::as_select())
        .load(db)?)
}

/// Money the fund can pay with: the special account or quota, and what lies with banks; in fen.
///
/// # Errors
/// What the database says.
pub fn in_hand(db: &mut Db, fund_id: &str) -> Result<i64, StoreError> {
    let is_money = account_balances::account.eq("cash").or(account_balances::account.like("bank_deposit:%"));
    let of_fund = account_balances::table.filter(account_balances::fund_id.eq(fund_id)).filter(is_money);
    Ok(of_fund.select(total(account_balances::balance_fen)).first(db)?)
}

/// Money the fund could pay with at the end of a day; in fen.
///
/// # Errors
/// What the database says.
pub fn in_hand_on(db: &mut Db, fund_id: &str, day: NaiveDate) -> Result<i64, StoreError> {
    let lines = ledger_lines::table
        .inner_join(ledger_transactions::table.on(ledger_transactions::tx_id.eq(ledger_lines::tx_id)))
        .filter(ledger_lines::fund_id.eq(fund_id))
        .filter(ledger_lines::account.eq("cash").or(ledger_lines::account.like("bank_deposit:%")))
        .filter(ledger_transactions::booked_on.le(day));
    let mut sum = |side: &str| -> Result<i64, StoreError> {
        Ok(lines.filter(ledger_lines::side.eq(side)).select(total(ledger_lines::amount_fen)).first(db)?)
    };
    Ok(sum("debit")?.saturating_sub(sum("credit")?))
}

/// Whether compensation was ever paid.
///
/// # Errors
/// What the database says.
pub fn was_compensated(db: &mut Db, fund_id: &str) -> Result<bool, StoreError> {
    let paid = account_balances::table
        .filter(account_balances::fund_id.eq(fund_id))
        .filter(account_balances::account.like("compensation:%"));
    let count: i64 = paid.select(count_star()).first(db)?;
    Ok(count > 0)
}

/// Everything paid into a fund by its contributors, in fen.
///
/// # Errors
/// What the database says.
pub fn paid_in(db: &mut Db, fund_id: &str) -> Result<i64, StoreError> {
    let mut side = |side: &str| -> Result<i64, StoreError> {
        Ok(ledger_lines::table
            .filter(ledger_lines::fund_id.eq(fund_id))
            .filter(ledger_lines::account.like("contribution:%"))
            .filter(ledger_lines::side.eq(side))
            .select(total(ledger_lines::amount_fen))
            .first(db)?)
    };
    Ok(side("credit")?.saturating_sub(side("debit")?))
}

/// Everything paid into a fund by its contributors until the end of a day, in fen.
///
/// # Errors
/// What the database says.
pub fn paid_in_until(db: &mut Db, fund_id: &str, day: NaiveDate) -> Result<i64, StoreError> {
    let lines = ledger_lines::table
        .inner_join(ledger_transactions::table.on(ledger_transactions::tx_id.eq(ledger_lines::tx_id)))
        .filter(ledger_lines::fund_id.eq(fund_id))
        .filter(ledger_lines::account.like("contribution:%"))
        .filter(ledger_transactions::booked_on.le(day));
    let mut sum = |side: &str| -> Result<i64, StoreError> {
        Ok(lines.filter(ledger_lines::side.eq(side)).select(total(ledger_lines::amount_fen)).first(db)?)
    };
    Ok(sum("credit")?.saturating_sub(sum("debit")?))
}

/// What was paid for claims and not taken back, by a condition on the loan; in fen.
///
/// # Errors
/// What the database says.
pub fn compensation_paid(db: &mut Db, fund_id: &str, holder: &Holder<'_>) -> Result<i64, StoreError> {
    let lines = ledger_lines::table
        .inner_join(ledger_transactions::table.on(ledger_transactions::tx_id.eq(ledger_lines::tx_id)))
        .inner_join(claims::table.on(claims::claim_id.eq(ledger_transactions::source_ref)))
        .inner_join(loans::table.on(loans::loan_id.eq(claims::loan_id)))
        .filter(ledger_lines::fund_id.eq(fund_id))
        .filter(ledger_lines::account.like("compensation:%"));
    let mut sum = |side: &str| -> Result<i64, StoreError> {
        let of_side = lines.filter(ledger_lines::side.eq(side)).select(total(ledger_lines::amount_fen));
        Ok(match holder {
            Holder::Borrower { credit_code } => of_side.filter(loans::credit_code.eq(*credit_code)).first(db)?,
            Holder::FundYear { from, to } => {
                of_side.filter(ledger_transactions::booked_on.between(*from, *to)).first(db)?
            }
            Holder::BankYear { banks, from, to } => of_side
                .filter(loans::bank.eq_any(banks.to_vec()))
                .filter(ledger_transactions::booked_on.between(*from, *to))
                .first(db)?,
        })
    };
    Ok(sum("debit")?.saturating_sub(sum("credit")?))
}

/// Whose payments are summed for a cap.
#[derive(Debug, Clone, Copy)]
pub enum Holder<'a> {
    /// A borrower, over its life.
    Borrower {
        /// Credit code.
        credit_code: &'a str,
    },
    /// Everybody, within a span of days.
    FundYear {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// A bank with those it stands for, within a span of days.
    BankYear {
        /// Codes.
        banks: &'a [String],
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
}

/// Movements as files told them that stand, by date.
///
/// # Errors
/// What the database says.
pub fn fund_rows(db: &mut Db, fund_id: &str) -> Result<Vec<FundMovementRow>, StoreError> {
    Ok(fund_rows::table
        .filter(fund_rows::fund_id.eq(fund_id))
        .filter(standing!(fund_rows::import_id))
        .order((fund_rows::row_date, fund_rows::row_no))
        .select(FundMovementRow::as_select())
        .load(db)?)
}

/// A movement by its identifier: whether it stands, or nothing where there is none.
///
/// # Errors
/// What the database says.
pub fn fund_row_stands(db: &mut Db, row_id: &str) -> Result<Option<bool>, StoreError> {
    let named = || fund_rows::table.filter(fund_rows::row_id.eq(row_id)).select(count_star());
    let there: i64 = named().first(db)?;
    let standing: i64 = named().filter(standing!(fund_rows::import_id)).first(db)?;
    Ok((there > 0).then_some(standing > 0))
}

/// Movements that came with an import, by row.
///
/// # Errors
/// What the database says.
pub fn booked_with(db: &mut Db, import_id: &str) -> Result<Vec<FundMovementRow>, StoreError> {
    Ok(fund_rows::table
        .filter(fund_rows::import_id.eq(import_id))
        .order(fund_rows::row_no)
        .select(FundMovementRow::as_select())
        .load(db)?)
}

/// Every movement of a fund, standing or taken back.
///
/// # Errors
/// What the database says.
pub fn all_fund_rows(db: &mut Db, fund_id: &str) -> Result<Vec<FundMovementRow>, StoreError> {
    Ok(fund_rows::table
        .filter(fund_rows::fund_id.eq(fund_id))
        .order((fund_rows::row_date, fund_rows::row_no))
        .select(FundMovementRow::as_select())
        .load(db)?)
}

/// Bookings by date of booking.
///
/// # Errors
/// What the database says.
pub fn transactions(db: &mut Db, fund_id: &str) -> Result<Vec<LedgerTransactionRow>, StoreError> {
    Ok(ledger_transactions::table
        .filter(ledger_transactions::fund_id.eq(fund_id))
        .order((ledger_transactions::booked_on, ledger_transactions::tx_id))
        .select(LedgerTransactionRow::as_select())
        .load(db)?)
}

/// Day of the first booking; none before it.
///
/// # Errors
/// What the database says.
pub fn first_booking_on(db: &mut Db, fund_id: &str) -> Result<Option<NaiveDate>, StoreError> {
    let all = ledger_transactions::table.select(min(ledger_transactions::booked_on));
    Ok(all.filter(ledger_transactions::fund_id.eq(fund_id)).first(db)?)
}

/// Day and number of the last booking; none before the first.
///
/// # Errors
/// What the database says.
pub fn last_booking(db: &mut Db, fund_id: &str) -> Result<Option<(NaiveDate, String)>, StoreError> {
    Ok(ledger_transactions::table
        .filter(ledger_transactions::fund_id.eq(fund_id))
        .order((ledger_transactions::booked_on.desc(), ledger_transactions::recorded_at.desc()))
        .then_order_by(ledger_transactions::tx_id.desc())
        .select((ledger_transactions::booked_on, ledger_transactions::tx_id))
        .first(db)
        .optional()?)
}

/// Every ledger line, by booking and number.
///
/// # Errors
/// What the database says.
pub fn lines(db: &mut Db, fund_id: &str) -> Result<Vec<LedgerLineRow>, StoreError> {
    Ok(ledger_lines::table
        .filter(ledger_lines::fund_id.eq(fund_id))
        .order((ledger_lines::tx_id, ledger_lines::line_no))
        .select(LedgerLineRow::as_select())
        .load(db)?)
}

/// The promise now in force for a loan or a claim.
///
/// # Errors
/// What the database says.
pub fn commitment(db: &mut Db, kind: &str, subject: &str) -> Result<Option<CommitmentRow>, StoreError> {
    Ok(commitments::table
        .filter(commitments::kind.eq(kind))
        .filter(commitments::subject.eq(subject))
        .order(commitments::version.desc())
        .select(CommitmentRow::as_select())
        .first(db)
        .optional()?)
}

/// Promises in force of a kind: the last version of each subject.
///
/// # Errors
/// What the database says.
pub fn commitments_in_force(db: &mut Db, fund_id: &str, kind: &str) -> Result<Vec<CommitmentRow>, StoreError> {
    let newer = diesel::alias!(commitments as newer);
    Ok(commitments::table
        .filter(commitments::fund_id.eq(fund_id))
        .filter(commitments::kind.eq(kind))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            newer
                .filter(newer.field(commitments::kind).eq(commitments::kind))
                .filter(newer.field(commitments::subject).eq(commitments::subject))
                .filter(newer.field(commitments::version).gt(commitments::version)),
        )))
        .order(commitments::subject)
        .select(CommitmentRow::as_select())
        .load(db)?)
}

/// Sum of the promises in force of a kind that is taken out of cash: `earmarked` or `ordered`.
///
/// # Errors
/// What the database says; `Corrupt` for a sum that cannot be.
pub fn committed(db: &mut Db, fund_id: &str, kind: &'static str) -> Result<Fen, StoreError> {
    let sum = account_balance(db, fund_id, &format!("promised:{kind}"))?;
    Fen::try_new(sum).map_err(|_negative| StoreError::Corrupt {
        table: "account_balances",
        key: kind.to_owned(),
        what: format!("sum {sum}"),
    })
}

/// Day of the last promise of a kind, or of the last change of one; none before the first.
///
/// # Errors
/// What the database says.
pub fn last_promise_on(db: &mut Db, fund_id: &str, kind: &str) -> Result<Option<NaiveDate>, StoreError> {
    Ok(commitments::table
        .filter(commitments::fund_id.eq(fund_id))
        .filter(commitments::kind.eq(kind))
        .select(max(commitments::business_date))
        .first(db)?)
}

/// The last snapshot of a day, or the last one at or before it.
///
/// # Errors
/// What the database says.
pub fn snapshot_on_or_before(
    db: &mut Db,
    fund_id: &str,
    on: NaiveDate,
) -> Result<Option<ReserveSnapshotRow>, StoreError> {
    Ok(reserve_snapshots::table
        .filter(reserve_snapshots::fund_id.eq(fund_id))
        .filter(reserve_snapshots::business_date.le(on))
        .order((reserve_snapshots::business_date.desc(), reserve_snapshots::version.desc()))
        .select(ReserveSnapshotRow::as_select())
        .first(db)
        .optional()?)
}

/// Every snapshot, by day and version.
///
/// # Errors
/// What the database says.
pub fn snapshots(db: &mut Db, fund_id: &str) -> Result<Vec<ReserveSnapshotRow>, StoreError> {
    Ok(reserve_snapshots::table
        .filter(reserve_snapshots::fund_id.eq(fund_id))
        .order((reserve_snapshots::business_date, reserve_snapshots::version))
        .select(ReserveSnapshotRow::as_select())
        .load(db)?)
}

/// Number of the last snapshot of a day, 0 if none.
///
/// # Errors
/// What the database says.
pub fn last_snapshot_version(db: &mut Db, fund_id: &str, on: NaiveDate) -> Result<i64, StoreError> {
    let last: Option<i64> = reserve_snapshots::table
        .filter(reserve_snapshots::fund_id.eq(fund_id))
        .filter(reserve_snapshots::business_date.eq(on))
        .select(max(reserve_snapshots::version))
        .first(db)?;
    Ok(last.unwrap_or(0))
}

/// Lines of one booking, by number.
///
/// # Errors
/// What the database says.
pub fn lines_of(db: &mut Db, tx_id: &str) -> Result<Vec<LedgerLineRow>, StoreError> {
    Ok(ledger_lines::table
        .filter(ledger_lines::tx_id.eq(tx_id))
        .order(ledger_lines::line_no)
        .select(LedgerLineRow::as_select())
        .load(db)?)
}

/// A stretch of the movements as files told them that stand, by date.
///
/// # Errors
/// What the database says.
pub fn fund_rows_page(db: &mut Db, fund_id: &str, span: (i64, i64)) -> Result<Vec<FundMovementRow>, StoreError> {
    let (offset, limit) = span;
    Ok(fund_rows::table
        .filter(fund_rows::fund_id.eq(fund_id))
        .filter(standing!(fund_rows::import_id))
        .order((fund_rows::row_date, fund_rows::row_no, fund_rows::row_id))
        .offset(offset)
        .limit(limit)
        .select(FundMovementRow::as_select())
        .load(db)?)
}

/// Bookings that came of one thing, by identifier.
///
/// # Errors
/// What the database says.
pub fn of_source(db: &mut Db, source_ref: &str) -> Result<Vec<LedgerTransactionRow>, StoreError> {
    Ok(ledger_transactions::table
        .filter(ledger_transactions::source_ref.eq(source_ref))
        .order(ledger_transactions::tx_id)
        .select(LedgerTransactionRow::as_select())
        .load(db)?)
}

/// One booking.
///
/// # Errors
/// What the database says.
pub fn transaction(db: &mut Db, tx_id: &str) -> Result<Option<LedgerTransactionRow>, StoreError> {
    Ok(ledger_transactions::table.find(tx_id).select(LedgerTransactionRow::as_select()).first(db).optional()?)
}

/// What the accounts `prefix:…` hold of the bookings that came of one thing: account, debits less credits.
///
/// # Errors
/// What the database says.
pub fn booked_for(db: &mut Db, source_ref: &str, prefix: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let lines: Vec<(String, String, i64)> = ledger_lines::table
        .inner_join(ledger_transactions::table.on(ledger_transactions::tx_id.eq(ledger_lines::tx_id)))
        .filter(ledger_transactions::source_ref.eq(source_ref))
        .filter(ledger_lines::account.like(format!("{prefix}:%")))
        .select((ledger_lines::account, ledger_lines::side, ledger_lines::amount_fen))
        .load(db)?;
    let mut sums: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for (account, side, amount) in lines {
        let signed = if side == "debit" { amount } else { amount.saturating_neg() };
        let sum = sums.entry(account).or_default();
        *sum = sum.saturating_add(signed);
    }
    Ok(sums.into_iter().collect())
}

/// A movement by its identifier.
///
/// # Errors
/// What the database says.
pub fn fund_row(db: &mut Db, row_id: &str) -> Result<Option<FundMovementRow>, StoreError> {
    Ok(fund_rows::table.find(row_id).select(FundMovementRow::as_select()).first(db).optional()?)
}

/// Whether a booking was taken back.
///
/// # Errors
/// What the database says.
pub fn is_reversed(db: &mut Db, tx_id: &str) -> Result<bool, StoreError> {
    let count: i64 =
        ledger_transactions::table.filter(ledger_transactions::reverses.eq(tx_id)).select(count_star()).first(db)?;
    Ok(count > 0)
}

/// The least balance an account has at the end of a day from `from` on, in fen: what may be taken out on that day without
/// any later day falling short.
///
/// # Errors
/// What the database says.
pub fn least_balance_from(db: &mut Db, fund_id: &str, account: &str, from: NaiveDate) -> Result<i64, StoreError> {
    let mut balance = account_balance(db, fund_id, account)?;
    let mut least = balance;
    let later: Vec<(NaiveDate, String, i64)> = ledger_lines::table
        .inner_join(ledger_transactions::table.on(ledger_transactions::tx_id.eq(ledger_lines::tx_id)))
        .filter(ledger_lines::fund_id.eq(fund_id))
        .filter(ledger_lines::account.eq(account))
        .filter(ledger_transactions::booked_on.gt(from))
        .order(ledger_transactions::booked_on.desc())
        .select((ledger_transactions::booked_on, ledger_lines::side, ledger_lines::amount_fen))
        .load(db)?;
    for of_day in later.chunk_by(|a, b| a.0 == b.0) {
        for (_, side, amount) in of_day {
            balance = if side == "debit" { balance.saturating_sub(*amount) } else { balance.saturating_add(*amount) };
        }
        least = least.min(balance);
    }
    Ok(least)
}

/// Every promise ever made for these things, by kind, thing and number.
///
/// # Errors
/// What the database says.
pub fn commitments_of(db: &mut Db, fund_id: &str, subjects: &[&str]) -> Result<Vec<CommitmentRow>, StoreError> {
    Ok(commitments::table
        .filter(commitments::fund_id.eq(fund_id))
        .filter(commitments::subject.eq_any(subjects))
        .order((commitments::kind, commitments::subject, commitments::version))
        .select(CommitmentRow::as_select())
        .load(db)?)
}
