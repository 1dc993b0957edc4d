//! Money into the fund: contributions, interest, recoveries, each booked once.
//!
//! **Invariant:** a movement is (date, kind, source, contract, amount, note, n-th equal row of its file); the
//! same movement again books nothing.

use std::collections::BTreeMap;

use super::UseCaseError;
use super::books::periods::refuse_sealed;
use super::personal::sealed_text;
use crate::domain::filing::FundRow as Filed;
use crate::domain::ledger::{Entry, LedgerError};
use crate::domain::names::FundRowKind;
use crate::hash::sha256_hex;
use crate::import::FileReading;
use crate::import::field::Field;
use crate::import::finding::{Finding, FindingCode};
use crate::import::rows::Record;
use crate::sealing::Sealer;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, loans, money};
use crate::storage::rows::money::{FundMovementRow, LedgerLineRow, LedgerTransactionRow};
use crate::storage::{StoreError, Tx};

/// What became of a row.
#[derive(Debug)]
pub enum Booked {
    /// Booked.
    New,
    /// Known.
    Unchanged,
    /// Refused.
    Refused(Finding),
}

/// Numbers equal rows of a file, so that two equal payments of one day are two.
#[must_use]
pub fn numbered(records: &[Record<Filed>]) -> Vec<(i64, &Record<Filed>)> {
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    records
        .iter()
        .map(|record| {
            let nth = seen.entry(natural_key(&record.value)).or_insert(0);
            *nth += 1;
            (*nth, record)
        })
        .collect()
}

fn natural_key(row: &Filed) -> String {
    let contract = row.contract.as_ref().map_or("", |contract| contract.as_str());
    format!("{}|{}|{}|{contract}|{}|{}", row.on, row.kind, row.source, row.amount.get(), row.note)
}

/// Books one movement.
///
/// # Errors
/// Storage; `Corrupt` for a booking that does not balance, which the constructors rule out.
pub fn book(
    tx: &mut Tx<'_>,
    (sealer, fund_id): (&Sealer, &str),
    import_id: &str,
    reading: &FileReading,
    record: &Record<Filed>,
    nth: i64,
) -> Result<Booked, UseCaseError> {
    let row = &record.value;
    let digest = sha256_hex(format!("{fund_id}|{}|{nth}", natural_key(row)).as_bytes());
    let plain = format!("{fund_id}:{}:{}", row.on, digest.get(..16).unwrap_or(&digest));
    let Some(row_id) = unused_id(tx, plain)? else {
        return Ok(Booked::Unchanged);
    };
    let loan_id = match loan_of(tx, fund_id, reading, record)? {
        Ok(loan_id) => loan_id,
        Err(finding) => return Ok(Booked::Refused(finding)),
    };
    if let Some(finding) = sealed(tx, fund_id, reading, record)? {
        return Ok(Booked::Refused(finding));
    }
    let entry = match row.kind {
        FundRowKind::Contribution => Entry::contribution(row.source, row.amount),
        FundRowKind::Interest => Entry::interest(row.amount),
        // Nothing is paid before claims are approved, so a recovery waits to be allocated (settled.md).
        FundRowKind::Recovery => Entry::recovery_unallocated(row.amount),
    };
    let entry = entry.map_err(|error| refused_entry(&row_id, &error))?;
    let note = sealed_text(sealer, &row.note);
    save(tx, fund_id, import_id, record, nth, &row_id, loan_id, note, &entry)?;
    Ok(Booked::New)
}

/// An identifier for a movement that no movement taken back has used; nothing where it stands already.
fn unused_id(tx: &mut Tx<'_>, plain: String) -> Result<Option<String>, UseCaseError> {
    let mut id = plain.clone();
    let mut nth = 1;
    while let Some(stands) = money::fund_row_stands(tx, &id)? {
        if stands {
            return Ok(None);
        }
        nth += 1;
        id = format!("{plain}~{nth}");
    }
    Ok(Some(id))
}

/// A movement dated in a closed month is refused like any other row: the file may hold rows of open months too.
fn sealed(
    tx: &mut Tx<'_>,
    fund_id: &str,
    reading: &FileReading,
    record: &Record<Filed>,
) -> Result<Option<Finding>, UseCaseError> {
    let on = record.value.on;
    match refuse_sealed(tx, fund_id, on) {
        Ok(()) => Ok(None),
        Err(UseCaseError::Books(refusal)) => {
            let contract = record.value.contract.as_ref().map(|contract| contract.as_str());
            let args = [("on", &*on.to_string()), ("sealed", &*refusal.named.join(" "))];
            let column = reading.column(Field::BookedOn);
            Ok(Some(Finding::new(record.row, column, FindingCode::PeriodSealed, contract, &args)))
        }
        Err(other) => Err(other),
    }
}

fn refused_entry(row_id: &str, error: &LedgerError) -> StoreError {
    StoreError::Corrupt { table: "ledger_transactions", key: row_id.to_owned(), what: error.to_string() }
}

fn loan_of(
    tx: &mut Tx<'_>,
    fund_id: &str,
    reading: &FileReading,
    record: &Record<Filed>,
) -> Result<Result<Option<String>, Finding>, UseCaseError> {
    let Some(contract) = &record.value.contract else {
        return Ok(Ok(None));
    };
    let mut found = loans::by_contract(tx, &Reach::of_fund(fund_id), contract)?;
    let banks = found.iter().map(|loan| loan.bank.as_str()).collect::<Vec<_>>().join("、");
    let refuse = |code: FindingCode| {
        let args = [("contract", contract.as_str()), ("banks", &*banks)];
        Finding::new(record.row, reading.column(Field::Contract), code, Some(contract.as_str()), &args)
    };
    Ok(match (found.pop(), found.is_empty()) {
        (None, _) => Err(refuse(FindingCode::ContractUnknown)),
        (Some(_), false) => Err(refuse(FindingCode::ContractAmbiguous)),
        (Some(loan), true) => Ok(Some(loan.loan_id)),
    })
}

#[expect(clippy::too_many_arguments, reason = "one movement has this many independent parts, used nowhere else")]
fn save(
    tx: &mut Tx<'_>,
    fund_id: &str,
    import_id: &str,
    record: &Record<Filed>,
    nth: i64,
    row_id: &str,
    loan_id: Option<String>,
    note: String,
    entry: &Entry,
) -> Result<(), UseCaseError> {
    let row = &record.value;
    let (business_date, recorded_at, event_id) = unstamped();
    let movement = FundMovementRow {
        fund_id: fund_id.to_owned(),
        row_id: row_id.to_owned(),
        row_date: row.on,
        kind: row.kind.code().to_owned(),
        source: row.source.code().to_owned(),
        contract: row.contract.as_ref().map(|contract| contract.as_str().to_owned()),
        loan_id,
        amount_fen: row.amount.get(),
        note: note.clone(),
        nth,
        import_id: import_id.to_owned(),
        row_no: i64::from(record.row),
        tx_id: row_id.to_owned(),
        business_date,
        recorded_at,
        event_id: event_id.clone(),
    };
    let transaction = LedgerTransactionRow {
        fund_id: fund_id.to_owned(),
        tx_id: row_id.to_owned(),
        kind: row.kind.code().to_owned(),
        booked_on: row.on,
        memo: note,
        source_ref: row_id.to_owned(),
        reverses: None,
        business_date,
        recorded_at,
        event_id,
    };
    let lines = lines_of(fund_id, row_id, entry);
    let chain = Chain::Fund { fund_id: fund_id.to_owned() };
    let change = Change::new(chain, "money.received", row_id.to_owned());
    tx.record(change.with(movement).with(transaction).with_all(lines))?;
    Ok(())
}

/// The lines of a booking, as rows.
#[must_use]
pub fn lines_of(fund_id: &str, tx_id: &str, entry: &Entry) -> Vec<LedgerLineRow> {
    let (business_date, recorded_at, event_id) = unstamped();
    (1..)
        .zip(entry.lines())
        .map(|(line_no, line)| LedgerLineRow {
            fund_id: fund_id.to_owned(),
            tx_id: tx_id.to_owned(),
            line_no,
            account: line.account.code(),
            side: line.side.code().to_owned(),
            amount_fen: line.amount.get(),
            business_date,
            recorded_at,
            event_id: event_id.clone(),
        })
        .collect()
}
