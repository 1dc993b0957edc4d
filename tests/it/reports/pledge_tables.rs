//! Tables 2-1 to 2-3.

use pledgefund::domain::names::IpKind;
use pledgefund::i18n::Lang;
use pledgefund::reports::cell::Cell;
use pledgefund::reports::dataset::{Dataset, RowKind};
use pledgefund::reports::market_supervision;

use super::sample::{Sample, expected, yuan};

#[track_caller]
fn cell(dataset: &Dataset, table: &str, row: &str, column: &str) -> Cell {
    dataset.table(table).unwrap().cell(row, column).unwrap_or_else(|| panic!("{table} {row} {column}")).clone()
}

#[test]
fn places_and_industries_sum_to_the_balance_of_the_month() {
    let dataset = market_supervision::build(&Sample::read().facts("2025-11"), Lang::Zh).unwrap();
    let wanted = yuan(expected()["months"]["2025-11"]["outstanding_total"].as_str().unwrap());
    for code in ["2-2", "2-3"] {
        let table = dataset.table(code).unwrap();
        let items = table.rows.iter().filter(|row| row.kind == RowKind::Item);
        let sum: i64 = items.filter_map(|row| table.cell(&row.key, "Q5").unwrap().fen()).sum();
        assert_eq!(sum, wanted.get(), "{code}");
        assert_eq!(cell(&dataset, code, "total", "Q5"), Cell::Money(wanted));
    }
}

#[test]
fn an_industry_outside_the_plan_is_counted_under_other() {
    let dataset = market_supervision::build(&Sample::read().facts("2025-11"), Lang::Zh).unwrap();
    assert!(cell(&dataset, "2-3", "other", "Q5").fen().unwrap() > 0);
}

#[test]
fn the_zone_without_a_code_in_the_files_is_not_collected() {
    let mut facts = Sample::read().facts("2025-11");
    let dataset = market_supervision::build(&facts, Lang::Zh).unwrap();
    let zone = dataset.table("2-2").unwrap().row("朔州经济开发区").unwrap();
    assert!(zone.cells.iter().all(|cell| *cell == Cell::NotCollected));
    facts.loans[0].county = "朔州经济开发区".to_owned();
    let dataset = market_supervision::build(&facts, Lang::Zh).unwrap();
    assert!(matches!(cell(&dataset, "2-2", "朔州经济开发区", "Q4"), Cell::Count(_)));
}

#[test]
fn a_place_outside_the_list_gets_a_row_so_that_the_total_holds() {
    let mut facts = Sample::read().facts("2025-11");
    assert!(market_supervision::build(&facts, Lang::Zh).unwrap().table("2-2").unwrap().row("elsewhere").is_none());
    facts.loans[0].county = "大同市".to_owned();
    assert!(market_supervision::build(&facts, Lang::Zh).unwrap().table("2-2").unwrap().row("elsewhere").is_some());
}

#[test]
fn a_pledge_of_two_kinds_counts_once_in_the_total_and_one_number_is_one_pledge() {
    let mut facts = Sample::read().facts("2025-11");
    facts.loans.truncate(2);
    facts.claims.clear();
    facts.payments.clear();
    facts.recoveries.clear();
    facts.previous_month = None;
    for loan in &mut facts.loans {
        loan.pledged_on = Some(facts.period.first_day());
        loan.pledge_no = Some("Y2025140000001".to_owned());
        loan.rights = vec![(IpKind::Invention, "ZL1".to_owned()), (IpKind::Trademark, "2".to_owned())];
    }
    let dataset = market_supervision::build(&facts, Lang::Zh).unwrap();
    for row in ["patents", "invention", "trademark", "total"] {
        assert_eq!(cell(&dataset, "2-1", row, "P1"), Cell::Count(1), "{row}");
    }
    assert_eq!(cell(&dataset, "2-1", "total", "P2"), Cell::Count(2));
    assert_eq!(cell(&dataset, "2-1", "total", "P4"), Cell::Count(2));
}

#[test]
fn what_only_the_gazette_knows_is_not_collected() {
    let dataset = market_supervision::build(&Sample::read().facts("2025-11"), Lang::Zh).unwrap();
    for column in ["P3", "P7", "P9", "P10", "P11", "P12", "P13", "P14", "P15", "P16", "P17"] {
        assert_eq!(cell(&dataset, "2-1", "total", column), Cell::NotCollected, "{column}");
    }
    assert_eq!(cell(&dataset, "2-1", "total", "P18"), Cell::Text("备案随附".to_owned()));
}

#[test]
fn an_unknown_insured_sum_makes_the_total_unknown() {
    let mut facts = Sample::read().facts("2025-11");
    facts.loans[0].policy.as_mut().unwrap().insured_sum = None;
    let dataset = market_supervision::build(&facts, Lang::Zh).unwrap();
    assert_eq!(cell(&dataset, "2-2", "total", "Q9"), Cell::NotCollected);
}

#[test]
fn compensation_of_the_year_stands_in_the_county_of_the_loan() {
    let sample = Sample::read();
    let dataset = market_supervision::build(&sample.facts("2025-12"), Lang::Zh).unwrap();
    assert_eq!(cell(&dataset, "2-2", "total", "Q11"), Cell::Money(yuan("225000.00")));
    let next_year = market_supervision::build(&sample.facts("2026-01"), Lang::Zh).unwrap();
    assert_eq!(cell(&next_year, "2-2", "total", "Q10"), Cell::Count(0));
}
