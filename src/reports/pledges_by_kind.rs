//! Table 2-1 质押登记情况表（按权利种类）, from the pledges that came with enrolled loans.
//!
//! **Invariant:** what only the public gazette knows (secured amounts, first pledges, releases) stays 未采集.

use std::collections::BTreeSet;

use super::ReportError;
use super::book::{count, this_month, this_year};
use super::cell::{Cell, Unit};
use super::dataset::{Basis, Row, RowKind, Table};
use super::facts::{LoanFact, PeriodFacts};
use super::scope::column;
use super::words::say;
use crate::domain::names::IpKind;
use crate::i18n::Lang;

const COLUMNS: &[(&str, Unit)] = &[
    ("P1", Unit::Items),
    ("P2", Unit::Pieces),
    ("P3", Unit::Wan),
    ("P4", Unit::Firms),
    ("P5", Unit::Items),
    ("P6", Unit::Pieces),
    ("P7", Unit::Wan),
    ("P8", Unit::Firms),
    ("P9", Unit::Percent),
    ("P10", Unit::Items),
    ("P11", Unit::Wan),
    ("P12", Unit::Percent),
    ("P13", Unit::Firms),
    ("P14", Unit::Items),
    ("P15", Unit::Items),
    ("P16", Unit::Pieces),
    ("P17", Unit::Wan),
    ("P18", Unit::Text),
];

/// How many of the last columns before the source are 未采集: year-on-year to valid amount.
const GAZETTE_COLUMNS: usize = 9;

const PATENTS: &[IpKind] = &[IpKind::Invention, IpKind::UtilityModel, IpKind::Design];
const COPYRIGHTS: &[IpKind] = &[IpKind::SoftwareCopyright, IpKind::OtherCopyright];

/// Rows in printing order: key and kinds counted together.
const GROUPS: &[(&str, RowKind, &[IpKind])] = &[
    ("patents", RowKind::Subtotal, PATENTS),
    ("invention", RowKind::Item, &[IpKind::Invention]),
    ("utility_model", RowKind::Item, &[IpKind::UtilityModel]),
    ("design", RowKind::Item, &[IpKind::Design]),
    ("trademark", RowKind::Item, &[IpKind::Trademark]),
    ("copyrights", RowKind::Subtotal, COPYRIGHTS),
    ("software_copyright", RowKind::Item, &[IpKind::SoftwareCopyright]),
    ("other_copyright", RowKind::Item, &[IpKind::OtherCopyright]),
    ("geographical_indication", RowKind::Item, &[IpKind::GeographicalIndication]),
    ("ic_layout", RowKind::Item, &[IpKind::IcLayout]),
    ("plant_variety", RowKind::Item, &[IpKind::PlantVariety]),
    ("data_ip", RowKind::Item, &[IpKind::DataIp]),
    ("total", RowKind::Total, IpKind::ALL),
];

/// Builds table 2-1.
///
/// # Errors
/// `RowShape`, which a test keeps from happening.
pub fn table(facts: &PeriodFacts, lang: Lang) -> Result<Table, ReportError> {
    let row = |(key, kind, kinds): &(&str, RowKind, &[IpKind])| Row {
        key: (*key).to_owned(),
        label: say(lang, &format!("right.{key}"), &[]),
        kind: *kind,
        cells: cells(facts, kinds, lang),
    };
    let table = Table {
        code: "2-1",
        title: say(lang, "table.2-1", &[]),
        stub: say(lang, "column.P0", &[]),
        columns: COLUMNS.iter().map(|(code, unit)| column(lang, code, *unit, Basis::Fund)).collect(),
        rows: GROUPS.iter().map(row).collect(),
    };
    table.check_shape()?;
    Ok(table)
}

fn cells(facts: &PeriodFacts, kinds: &[IpKind], lang: Lang) -> Vec<Cell> {
    let month = facts.period;
    let mut cells = Vec::with_capacity(COLUMNS.len());
    let in_month = pledges(facts, kinds, |loan| loan.pledged_on.is_some_and(|day| this_month(month, day)));
    cells.extend(in_month.cells());
    let in_year = pledges(facts, kinds, |loan| loan.pledged_on.is_some_and(|day| this_year(month, day)));
    cells.extend(in_year.cells());
    cells.extend(std::iter::repeat_n(Cell::NotCollected, GAZETTE_COLUMNS));
    cells.push(Cell::Text(say(lang, "source.enrolment", &[])));
    cells
}

/// Pledge registrations: contracts, rights and firms, each counted once.
#[derive(Debug, Default)]
pub struct Pledges<'a> {
    contracts: BTreeSet<(&'a str, &'a str)>,
    rights: BTreeSet<(IpKind, &'a str)>,
    firms: BTreeSet<&'a str>,
}

impl Pledges<'_> {
    /// Pledge contracts.
    #[must_use]
    pub fn contracts(&self) -> u64 {
        count(self.contracts.iter())
    }

    /// Rights.
    #[must_use]
    pub fn rights(&self) -> u64 {
        count(self.rights.iter())
    }

    /// Firms.
    #[must_use]
    pub fn firms(&self) -> u64 {
        count(self.firms.iter())
    }

    fn cells(&self) -> [Cell; 4] {
        [Cell::Count(self.contracts()), Cell::Count(self.rights()), Cell::NotCollected, Cell::Count(self.firms())]
    }
}

/// The pledges of the loans `of` chooses that hold a right of one of `kinds`. Two loans under one registration
/// number are one contract.
#[must_use]
pub fn pledges<'a>(facts: &'a PeriodFacts, kinds: &[IpKind], of: impl Fn(&LoanFact) -> bool) -> Pledges<'a> {
    let mut found = Pledges::default();
    for loan in facts.loans.iter().filter(|loan| of(loan)) {
        let rights: Vec<(IpKind, &str)> = loan
            .rights
            .iter()
            .filter(|(kind, _)| kinds.contains(kind))
            .map(|(kind, no)| (*kind, no.as_str()))
            .collect();
        if !rights.is_empty() {
            found.rights.extend(rights);
            let own = (loan.key.bank.as_str(), loan.key.contract.as_str());
            found.contracts.insert(loan.pledge_no.as_deref().map_or(own, |number| ("", number)));
            found.firms.insert(&loan.borrower);
        }
    }
    found
}
