//! Statements, lines and reconciliations as a person reads them.
//!
//! **Invariant:** every word comes from the catalogue.

use crate::domain::money::FenDelta;
use crate::domain::reconciliation::Movement;
use crate::i18n::{self, Lang};
use crate::storage::rows::books::BankStatementRow;
use crate::usecase::books::matches::LineShown;
use crate::usecase::books::reconciliation::Reconciled;
use crate::usecase::books::statements::StatementFinding;

/// A statement in one line.
#[must_use]
pub fn statement_line(row: &BankStatementRow, lang: Lang) -> String {
    let places = [
        ("id", &*row.statement_id),
        ("account", &*row.account),
        ("from", &*row.from_on.to_string()),
        ("to", &*row.to_on.to_string()),
        ("opening", &*FenDelta::new(row.opening_fen).yuan()),
        ("closing", &*FenDelta::new(row.closing_fen).yuan()),
        ("lines", &*row.lines_total.to_string()),
        ("fresh", &*row.lines_new.to_string()),
        ("person", &*row.person),
    ];
    i18n::text(lang, "statement.line", &places)
}

/// What does not continue.
#[must_use]
pub fn findings_lines(row: &BankStatementRow, lang: Lang) -> Vec<String> {
    let words = |finding: StatementFinding| {
        let places: Vec<(&str, &str)> =
            finding.places.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let words = i18n::text(lang, &format!("statement.finding.{}", finding.code), &places);
        format!("  {}: {words}", finding.code)
    };
    StatementFinding::of(row).into_iter().map(words).collect()
}

/// A line of a statement in one line.
#[must_use]
pub fn line_line(one: &LineShown, lang: Lang) -> String {
    let line = &one.line;
    let matched = one.matched.as_ref().and_then(|row| row.tx_id.as_deref().map(|tx| (tx, row.rule.as_str())));
    let state = match matched {
        Some((tx, rule)) => {
            let rule = i18n::text(lang, &format!("statement.rule.{rule}"), &[]);
            i18n::text(lang, "statement.is_matched", &[("booking", tx), ("rule", &rule)])
        }
        None => i18n::text(lang, "statement.is_open", &[]),
    };
    let places = [
        ("id", &*line.line_id),
        ("on", &*line.booked_on.to_string()),
        ("direction", &*i18n::text(lang, &format!("statement.direction.{}", line.direction), &[])),
        ("amount", &*FenDelta::new(line.amount_fen).yuan()),
        ("name", &*line.counterparty_name),
        ("text", &*line.text),
        ("state", &*state),
    ];
    i18n::text(lang, "statement.line_line", &places)
}

/// A reconciliation, with every open item.
#[must_use]
pub fn reconciled_lines(one: &Reconciled, lang: Lang) -> Vec<String> {
    let told = &one.statement;
    let unknown = || i18n::text(lang, "statement.unknown", &[]);
    let say = |key: &str, value: &str| i18n::text(lang, &format!("statement.table.{key}"), &[("value", value)]);
    let maybe = |fen: Option<FenDelta>| fen.map_or_else(unknown, FenDelta::yuan);
    let accounts = one.bank_accounts.join(" ");
    let places = [("on", &*told.on.to_string()), ("ledger", &*one.ledger_account), ("accounts", &*accounts)];
    let mut lines = vec![i18n::text(lang, "statement.table.title", &places)];
    let mut list = |key: &str, items: &[Movement]| {
        lines.push(say(key, &items.len().to_string()));
        for item in items {
            let places = [
                ("id", &*item.id),
                ("on", &*item.on.to_string()),
                ("amount", &*item.amount.yuan()),
                ("text", &*item.text),
            ];
            lines.push(i18n::text(lang, "statement.table.item", &places));
        }
    };
    list("bank_received", &told.bank_received);
    list("bank_paid", &told.bank_paid);
    list("book_received", &told.book_received);
    list("book_paid", &told.book_paid);
    lines.push(say("book", &told.book.yuan()));
    lines.push(say("adjusted_book", &told.adjusted_book.yuan()));
    lines.push(say("bank", &maybe(told.bank)));
    lines.push(say("adjusted_bank", &maybe(told.adjusted_bank)));
    lines.push(say("difference", &maybe(told.difference)));
    lines
}
