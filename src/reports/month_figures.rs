//! The figures of one month by which the summaries are checked, and `portfolio --json` answers.
//!
//! **Invariant:** amounts are yuan as text with two decimals, ratios text with six; a missing bank is null and in
//! no total.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::ReportError;
use super::book::{Banks, Book, balance, count};
use super::facts::PeriodFacts;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::Tier;

/// The figures of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthFigures {
    /// Codes of the banks without a report.
    pub missing_reports: Vec<String>,
    /// Loans with a balance.
    pub loans_outstanding: u64,
    /// Their balance.
    pub outstanding_total: Fen,
    /// Balance by bank; `None` for a missing bank.
    pub outstanding_by_bank: BTreeMap<String, Option<Fen>>,
    /// Loans with overdue days.
    pub overdue_loans: u64,
    /// Their whole balance.
    pub overdue_loan_balance: Fen,
    /// Overdue principal.
    pub overdue_principal: Fen,
    /// Overdue interest.
    pub overdue_interest: Fen,
    /// Count and balance by tier, mildest first.
    pub tiers: Vec<(Tier, u64, Fen)>,
    /// Non-performing balance.
    pub npl_balance: Fen,
    /// Its share of the balance.
    pub npl_ratio: Ppm,
    /// Non-performing balance and ratio by bank; `None` for a missing bank.
    pub npl_by_bank: BTreeMap<String, Option<(Fen, Ppm)>>,
}

/// Computes the figures of the period.
///
/// # Errors
/// Facts that contradict each other, or a sum that does not fit.
pub fn month_figures(facts: &PeriodFacts) -> Result<MonthFigures, ReportError> {
    facts.check()?;
    let book = Book::current(facts);
    let overdue = || book.all().filter(|entry| entry.at.overdue_days > 0);
    let total = balance(book.all())?;
    let bad = balance(book.all().filter(|entry| entry.at.tier.is_npl()))?;
    let mut figures = MonthFigures {
        missing_reports: missing(facts),
        loans_outstanding: count(book.all()),
        outstanding_total: total,
        outstanding_by_bank: BTreeMap::new(),
        overdue_loans: count(overdue()),
        overdue_loan_balance: balance(overdue())?,
        overdue_principal: Fen::total(book.all().map(|entry| entry.at.overdue_principal))?,
        overdue_interest: Fen::total(book.all().map(|entry| entry.at.overdue_interest))?,
        tiers: Vec::new(),
        npl_balance: bad,
        npl_ratio: Ppm::ratio_half_up(bad, total)?,
        npl_by_bank: BTreeMap::new(),
    };
    let everyone: Banks<'_> = book.reported.clone();
    for tier in Tier::ALL {
        let (loans, amount) = book.tier(&everyone, *tier)?;
        figures.tiers.push((*tier, loans, amount));
    }
    for bank in &facts.banks {
        let code = bank.code.to_string();
        let alone: Banks<'_> = std::iter::once(&bank.code).collect();
        let (whole, bad) = (book.balance(&alone)?, book.npl_balance(&alone)?);
        let arrived = bank.state.arrived();
        figures.outstanding_by_bank.insert(code.clone(), arrived.then_some(whole));
        let ratio = Ppm::ratio_half_up(bad, whole)?;
        figures.npl_by_bank.insert(code, arrived.then_some((bad, ratio)));
    }
    Ok(figures)
}

fn missing(facts: &PeriodFacts) -> Vec<String> {
    facts.banks.iter().filter(|bank| !bank.state.arrived()).map(|bank| bank.code.to_string()).collect()
}

impl MonthFigures {
    /// As JSON, in the shape of one month of `portfolio --json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let by_bank: Map<String, Value> = self
            .outstanding_by_bank
            .iter()
            .map(|(code, amount)| (code.clone(), json!(amount.map(Fen::yuan))))
            .collect();
        let npl_by_bank: Map<String, Value> = self
            .npl_by_bank
            .iter()
            .map(|(code, npl)| {
                let value = npl.map(|(amount, ratio)| json!({ "balance": amount.yuan(), "ratio": ratio.fraction() }));
                (code.clone(), json!(value))
            })
            .collect();
        let tiers: Map<String, Value> = self
            .tiers
            .iter()
            .map(|(tier, loans, amount)| (tier.zh().to_owned(), json!({ "count": loans, "balance": amount.yuan() })))
            .collect();
        json!({
            "missing_reports": self.missing_reports,
            "loans_outstanding": self.loans_outstanding,
            "outstanding_total": self.outstanding_total.yuan(),
            "outstanding_by_bank": by_bank,
            "overdue_loans": self.overdue_loans,
            "overdue_loan_balance": self.overdue_loan_balance.yuan(),
            "overdue_principal": self.overdue_principal.yuan(),
            "overdue_interest": self.overdue_interest.yuan(),
            "tiers": tiers,
            "npl_balance": self.npl_balance.yuan(),
            "npl_ratio": self.npl_ratio.fraction(),
            "npl_by_bank": npl_by_bank,
        })
    }

    /// The same as flat rows of (JSON pointer, type, value); a list leads with its length, so that an empty one
    /// is not lost. Types: `text`, `number`, `null`, `list`.
    #[must_use]
    pub fn rows(&self) -> Vec<(String, &'static str, String)> {
        let mut rows = Vec::new();
        flatten("", &self.to_json(), &mut rows);
        rows
    }
}

fn flatten(path: &str, value: &Value, rows: &mut Vec<(String, &'static str, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                flatten(&format!("{path}/{key}"), inner, rows);
            }
        }
        Value::Array(items) => {
            rows.push((path.to_owned(), "list", items.len().to_string()));
            for (place, inner) in items.iter().enumerate() {
                flatten(&format!("{path}/{place}"), inner, rows);
            }
        }
        Value::Null => rows.push((path.to_owned(), "null", String::new())),
        Value::String(text) => rows.push((path.to_owned(), "text", text.clone())),
        other => rows.push((path.to_owned(), "number", other.to_string())),
    }
}
