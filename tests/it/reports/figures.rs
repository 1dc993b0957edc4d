//! The figures of every month equal `expected.json`.

use pledgefund::reports::ReportError;
use pledgefund::reports::facts::ReportState;
use pledgefund::reports::month_figures::month_figures;

use super::sample::{Sample, expected, months};

#[test]
fn the_figures_of_every_month_equal_the_expected_ones() {
    let sample = Sample::read();
    let months = months();
    assert_eq!(months.len(), 12);
    for month in months {
        let figures = month_figures(&sample.facts(&month)).unwrap().to_json();
        assert_eq!(figures, expected()["months"][&month], "month {month}");
    }
}

#[test]
fn the_figures_print_their_keys_in_the_order_of_the_expected_file() {
    let figures = month_figures(&Sample::read().facts("2025-10")).unwrap().to_json();
    assert_eq!(figures.to_string(), expected()["months"]["2025-10"].to_string());
}

#[test]
fn a_missing_bank_with_rows_is_refused() {
    let mut facts = Sample::read().facts("2025-11");
    facts.banks[2].state = ReportState::Missing;
    let refused = month_figures(&facts).unwrap_err();
    assert!(matches!(refused, ReportError::MissingBankHasRows { ref bank, .. } if bank == "YYC"), "{refused:?}");
}

#[test]
fn a_nil_return_with_a_balance_is_refused() {
    let mut facts = Sample::read().facts("2025-11");
    facts.banks[0].state = ReportState::Nil { version: 1 };
    let refused = month_figures(&facts).unwrap_err();
    assert!(matches!(refused, ReportError::NilBankHasBalance { ref bank, .. } if bank == "SGH"), "{refused:?}");
}
