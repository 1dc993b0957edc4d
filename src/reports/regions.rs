//! Tables 2-2 按县区 and 2-3 按产业: pledges, loans, insurance and compensation by place and by industry.
//!
//! **Invariant:** every loan is in exactly one row, so the rows sum to the total; a place the files have no code
//! for is 未采集, not zero.

use std::collections::BTreeSet;

use super::ReportError;
use super::book::{Entry, balance, count, firms, this_year};
use super::cell::{Cell, Unit};
use super::dataset::{Basis, Row, RowKind, Table};
use super::facts::{LoanFact, LoanKey, PeriodFacts};
use super::pledges_by_kind::pledges;
use super::positions::Books;
use super::scope::column;
use super::words::say;
use crate::domain::money::Fen;
use crate::domain::names::IpKind;
use crate::i18n::Lang;

const COLUMNS: &[(&str, Unit, Basis)] = &[
    ("Q1", Unit::Items, Basis::Fund),
    ("Q2", Unit::Wan, Basis::Fund),
    ("Q3", Unit::Firms, Basis::Fund),
    ("Q4", Unit::Firms, Basis::Bank),
    ("Q5", Unit::Wan, Basis::Bank),
    ("Q6", Unit::Firms, Basis::Bank),
    ("Q7", Unit::Firms, Basis::Bank),
    ("Q8", Unit::Pieces, Basis::Fund),
    ("Q9", Unit::Wan, Basis::Fund),
    ("Q10", Unit::Loans, Basis::Fund),
    ("Q11", Unit::Wan, Basis::Fund),
    ("Q12", Unit::Wan, Basis::Fund),
];

/// How the loans of a table are split.
struct Split<'a> {
    facts: &'a PeriodFacts,
    books: &'a Books<'a>,
    lang: Lang,
}

/// Builds table 2-2.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn by_county(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<Table, ReportError> {
    let split = Split { facts, books, lang };
    let known: Vec<&String> = facts.lists.counties.iter().chain(&facts.lists.zones).collect();
    let mut rows = Vec::new();
    for county in &facts.lists.counties {
        rows.push(split.row(county, county.clone(), RowKind::Item, &|loan| loan.county == *county)?);
    }
    for zone in &facts.lists.zones {
        let label = say(lang, "row.zone", &[("name", zone)]);
        let mut row = split.row(zone, label, RowKind::Item, &|loan| loan.county == *zone)?;
        if !facts.loans.iter().any(|loan| loan.county == *zone) {
            row.cells.fill(Cell::NotCollected);
        }
        rows.push(row);
    }
    let elsewhere = |loan: &LoanFact| !known.contains(&&loan.county);
    if facts.loans.iter().any(elsewhere) {
        rows.push(split.row("elsewhere", say(lang, "row.elsewhere", &[]), RowKind::Item, &elsewhere)?);
    }
    split.table("2-2", "column.county", rows)
}

/// Builds table 2-3.
///
/// # Errors
/// `Money` when a sum does not fit.
pub fn by_industry(facts: &PeriodFacts, books: &Books<'_>, lang: Lang) -> Result<Table, ReportError> {
    let split = Split { facts, books, lang };
    let mut rows = Vec::new();
    for industry in &facts.lists.industries {
        rows.push(split.row(industry, industry.clone(), RowKind::Item, &|loan| loan.industry == *industry)?);
    }
    let other = |loan: &LoanFact| !facts.lists.industries.contains(&loan.industry);
    rows.push(split.row("other", say(lang, "row.other_industry", &[]), RowKind::Item, &other)?);
    split.table("2-3", "column.industry", rows)
}

impl Split<'_> {
    fn table(&self, code: &'static str, stub: &str, mut rows: Vec<Row>) -> Result<Table, ReportError> {
        rows.push(self.row("total", say(self.lang, "row.total", &[]), RowKind::Total, &|_| true)?);
        let table = Table {
            code,
            title: say(self.lang, &format!("table.{code}"), &[]),
            stub: say(self.lang, stub, &[]),
            columns: COLUMNS.iter().map(|(code, unit, basis)| column(self.lang, code, *unit, *basis)).collect(),
            rows,
        };
        table.check_shape()?;
        Ok(table)
    }

    fn row(&self, key: &str, label: String, kind: RowKind, of: &dyn Fn(&LoanFact) -> bool) -> Result<Row, ReportError> {
        let mut cells = self.pledged(of);
        cells.extend(self.outstanding(of)?);
        cells.extend(self.insured(of)?);
        cells.extend(self.compensated(of)?);
        cells.push(Cell::NotCollected);
        Ok(Row { key: key.to_owned(), label, kind, cells })
    }

    fn pledged(&self, of: &dyn Fn(&LoanFact) -> bool) -> Vec<Cell> {
        let month = self.facts.period;
        let this_year = |loan: &LoanFact| loan.pledged_on.is_some_and(|day| this_year(month, day));
        let found = pledges(self.facts, IpKind::ALL, |loan| of(loan) && this_year(loan));
        vec![Cell::Count(found.contracts()), Cell::NotCollected, Cell::Count(found.firms())]
    }

    fn outstanding(&self, of: &dyn Fn(&LoanFact) -> bool) -> Result<Vec<Cell>, ReportError> {
        let book = &self.books.current;
        if book.reported.is_empty() {
            return Ok(vec![Cell::NotReported; 4]);
        }
        let chosen = || book.all().filter(|entry| of(entry.loan));
        let firms_of =
            |test: fn(&LoanFact) -> bool| firms(chosen().map(|entry: &Entry<'_>| entry.loan).filter(|l| test(l)));
        Ok(vec![
            Cell::Count(firms_of(|_| true)),
            Cell::Money(balance(chosen())?),
            Cell::Count(firms_of(|loan| loan.first_loan)),
            Cell::Count(firms_of(|loan| loan.start_up)),
        ])
    }

    /// Policies active at the end of the period; the sum is 未采集 while one policy's sum is unknown.
    fn insured(&self, of: &dyn Fn(&LoanFact) -> bool) -> Result<[Cell; 2], ReportError> {
        let mut seen = BTreeSet::new();
        let mut sum = Some(Fen::ZERO);
        for policy in self.facts.loans.iter().filter(|loan| of(loan)).filter_map(|loan| loan.policy.as_ref()) {
            if seen.insert(policy.policy_no.as_str()) {
                sum = match (sum, policy.insured_sum) {
                    (Some(sum), Some(more)) => Some(sum.checked_add(more)?),
                    _ => None,
                };
            }
        }
        Ok([Cell::Count(count(seen.iter())), sum.map_or(Cell::NotCollected, Cell::Money)])
    }

    fn compensated(&self, of: &dyn Fn(&LoanFact) -> bool) -> Result<[Cell; 2], ReportError> {
        let chosen: BTreeSet<&LoanKey> =
            self.facts.loans.iter().filter(|loan| of(loan)).map(|loan| &loan.key).collect();
        let paid = || {
            let of_year = self.facts.payments.iter().filter(|payment| this_year(self.facts.period, payment.paid_on));
            of_year.filter(|payment| chosen.contains(&payment.loan))
        };
        Ok(Cell::pair((count(paid()), Fen::total(paid().map(|payment| payment.amount))?)))
    }
}
