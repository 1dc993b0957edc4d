//! The journal of a month as a file for the accounting software (记账凭证导出表).
//!
//! **Invariant:** every booking of the month is one voucher with all its lines, debits equal to credits; no file comes
//! about while an account is mapped to nothing. Numbers of a month that is not sealed are preliminary, as an earlier day
//! may still be booked on, and say so wherever they stand.

use std::io::Write;

use super::journal_accounts::JournalAccounts;
use super::vouchers::{Voucher, of_month};
use super::{periods, refused};
use crate::domain::calendar::Month;
use crate::export::table::{self, Column, ColumnKind, Format, Table, Value};
use crate::i18n::{self, Lang};
use crate::sealing::masked;
use crate::storage::Db;
use crate::usecase::UseCaseError;

/// Columns: key and kind.
const COLUMNS: [(&str, ColumnKind); 11] = [
    ("date", ColumnKind::Date),
    ("voucher", ColumnKind::Code),
    ("outside_number", ColumnKind::Code),
    ("summary", ColumnKind::Text),
    ("account", ColumnKind::Code),
    ("financial", ColumnKind::Text),
    ("budget", ColumnKind::Text),
    ("debit", ColumnKind::Money),
    ("credit", ColumnKind::Money),
    ("source", ColumnKind::Code),
    ("booking", ColumnKind::Code),
];

/// A journal ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    table: Table,
    rows: Vec<Vec<Value>>,
    /// Vouchers in it.
    pub vouchers: usize,
    /// The month is not sealed, so that the numbers are preliminary.
    pub is_draft: bool,
}

impl Journal {
    /// The journal of a month.
    ///
    /// # Errors
    /// `Books` with every account that is mapped to nothing, or where nothing was booked; storage.
    pub fn of_month(
        db: &mut Db,
        fund_id: &str,
        period: Month,
        accounts: &JournalAccounts,
        lang: Lang,
    ) -> Result<Journal, UseCaseError> {
        let vouchers = of_month(db, fund_id, period)?;
        if vouchers.is_empty() {
            return Err(refused("JOURNAL_EMPTY", vec![period.to_string()]));
        }
        let all = vouchers.iter().flat_map(|voucher| &voucher.lines);
        let mut unmapped: Vec<String> =
            all.map(|line| line.account.clone()).filter(|code| accounts.of(code).is_err()).collect();
        unmapped.sort();
        unmapped.dedup();
        if !unmapped.is_empty() {
            return Err(refused("JOURNAL_ACCOUNT_UNMAPPED", unmapped));
        }
        let is_draft = !periods::is_sealed(db, fund_id, period)?;
        let mut rows = Vec::new();
        for voucher in &vouchers {
            rows.extend(rows_of(voucher, accounts, is_draft, lang)?);
        }
        let title = |key: &str| i18n::text(lang, &format!("books.journal.{key}"), &[]);
        let columns = COLUMNS.map(|(key, kind)| Column { key, title: title(key), kind }).to_vec();
        let mut lines = vec![title("proposal")];
        lines.extend(is_draft.then(|| title("draft")));
        let table = Table { sheet: title("sheet"), lines, columns };
        Ok(Journal { table, rows, vouchers: vouchers.len(), is_draft })
    }

    /// Writes it.
    ///
    /// # Errors
    /// `Export`.
    pub fn write(&self, format: Format, out: &mut (dyn Write + Send)) -> Result<usize, UseCaseError> {
        let mut writer = table::begin(format, &self.table, out)?;
        for row in &self.rows {
            writer.row(row)?;
        }
        writer.finish()?;
        Ok(self.rows.len())
    }
}

/// The number of a voucher as people write it; a preliminary one says so.
#[must_use]
pub fn voucher_name(number: usize, is_draft: bool, lang: Lang) -> String {
    let key = if is_draft { "books.journal.draft_number" } else { "books.journal.number" };
    i18n::text(lang, key, &[("number", &format!("{number:04}"))])
}

/// What a booking is, in words: its kind where the catalogue knows it, and its memo, a sealed number in it by its last
/// characters.
#[must_use]
pub fn summary(kind: &str, memo: &str, lang: Lang) -> String {
    let key = format!("books.kind.{kind}");
    let named = i18n::texts(lang).get(&key).map_or(kind, String::as_str);
    if memo.is_empty() { named.to_owned() } else { format!("{named} {}", masked(memo)) }
}

fn rows_of(
    voucher: &Voucher,
    accounts: &JournalAccounts,
    is_draft: bool,
    lang: Lang,
) -> Result<Vec<Vec<Value>>, UseCaseError> {
    let mut rows = Vec::with_capacity(voucher.lines.len());
    for line in &voucher.lines {
        let outside = accounts.of(&line.account)?;
        let on = |side: &str| if line.side == side { Value::Fen(line.amount_fen) } else { Value::Empty };
        rows.push(vec![
            Value::Date(voucher.tx.booked_on),
            Value::Text(voucher_name(voucher.number, is_draft, lang)),
            Value::text(voucher.outside.as_deref().unwrap_or_default()),
            Value::text(&summary(&voucher.tx.kind, &voucher.tx.memo, lang)),
            Value::text(&line.account),
            Value::text(&outside.financial),
            Value::text(&outside.budget),
            on("debit"),
            on("credit"),
            Value::text(&voucher.tx.source_ref),
            Value::text(&voucher.tx.tx_id),
        ]);
    }
    Ok(rows)
}
