//! Patent numbers and terms on real numbers, and one slip away from them.

use chrono::Datelike;
use pledgefund::domain::ip_right::{IpNumber, IpNumberError, TermEnd, term_end};
use pledgefund::domain::names::IpKind;
use proptest::prelude::*;

use super::day;

/// Numbers of real patents with the kind their digit tells, in both forms.
const REAL: [(IpKind, &str, i32); 10] = [
    (IpKind::Invention, "202011156730.2", 2020),
    (IpKind::Invention, "201210593328.X", 2012),
    (IpKind::Invention, "201510148217.1", 2015),
    (IpKind::Invention, "201710601862.3", 2017),
    (IpKind::Invention, "200710308494.X", 2007),
    (IpKind::Invention, "200710077832.3", 2007),
    (IpKind::Design, "200930143483.0", 2009),
    (IpKind::Invention, "200480002090.2", 2004),
    (IpKind::Invention, "95115608.X", 1995),
    (IpKind::Invention, "97101765.4", 1997),
];

fn patent(kind: IpKind, text: &str) -> IpNumber {
    IpNumber::read(kind, text).unwrap()
}

/// The check digit by its definition, without the product's table of weights.
fn check_by_definition(digits: &str) -> char {
    let weights = (2..=9).cycle();
    let sum: u32 = digits.chars().zip(weights).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
    char::from_digit(sum % 11, 10).unwrap_or('X')
}

#[test]
fn real_numbers_of_both_forms_are_read_into_one_text() {
    for (kind, bare, year) in REAL {
        let number = patent(kind, bare);
        assert_eq!(number.as_str(), format!("ZL{bare}"));
        assert_eq!(number.to_string(), number.as_str());
        assert_eq!(number.filing_year(), Some(year), "{bare}");
        assert!(number.kind_digit_agrees(kind), "{bare}");
    }
}

#[test]
fn prefix_dot_spaces_width_and_case_do_not_matter() {
    let forms = [
        "ZL201210593328.X",
        "201210593328x",
        "zl 2012 1 0593328 . x",
        "ＺＬ２０１２１０５９３３２８．Ｘ",
        "ZL201210593328X",
    ];
    for text in forms {
        assert_eq!(patent(IpKind::Invention, text).as_str(), "ZL201210593328.X", "{text}");
    }
    assert_eq!(patent(IpKind::Invention, "ZL95115608X").as_str(), "ZL95115608.X");
}

#[test]
fn a_wrong_check_digit_is_named_with_the_right_one() {
    for (text, expected) in
        [("200490000001.3", '6'), ("ZL201210593328.0", 'X'), ("95115608.1", 'X'), ("202011156730.X", '2')]
    {
        assert_eq!(IpNumber::read(IpKind::UtilityModel, text), Err(IpNumberError::Check { expected }), "{text}");
    }
}

#[test]
fn what_has_not_the_form_of_a_patent_number_is_refused_as_such() {
    let wrong = [
        "",
        "   ",
        "ZL",
        ".",
        "ZL.",
        "X",
        "202011156730",
        "2020111567302.",
        "20201115673.02",
        "2020.1115.6730.2",
        ".2020111567302",
        "CN112272063B",
        "20201115673A.2",
        "202011156730.Y",
        "ZL202011156730.22",
        "专利202011156730.2",
        "２０２０１１１５６７３０。２",
    ];
    for text in wrong {
        assert_eq!(IpNumber::read(IpKind::Invention, text), Err(IpNumberError::Form), "{text}");
    }
}

#[test]
fn a_year_in_which_no_such_number_was_given_out_is_refused() {
    for digits in ["200210000000", "000012345678", "04100000", "50112345", "84100000"] {
        let text = format!("{digits}.{}", check_by_definition(digits));
        assert_eq!(IpNumber::read(IpKind::Invention, &text), Err(IpNumberError::Form), "{text}");
    }
    for (digits, year) in
        [("85100001", 1985), ("99100001", 1999), ("00100001", 2000), ("03100001", 2003), ("200310000001", 2003)]
    {
        let text = format!("{digits}.{}", check_by_definition(digits));
        assert_eq!(patent(IpKind::Invention, &text).filing_year(), Some(year), "{text}");
    }
}

#[test]
fn a_kind_digit_that_disagrees_is_told_and_not_refused() {
    let number = patent(IpKind::UtilityModel, "202011156730.2");
    assert!(number.kind_digit_agrees(IpKind::Invention));
    assert!(!number.kind_digit_agrees(IpKind::UtilityModel));
    assert!(!number.kind_digit_agrees(IpKind::Design));
    assert!(number.kind_digit_agrees(IpKind::Trademark));
}

#[test]
fn other_rights_keep_their_folded_text_and_have_no_known_end() {
    for (kind, text, kept) in [
        (IpKind::Trademark, " 第 12345678 号", "第12345678号"),
        (IpKind::SoftwareCopyright, "２０２３ｓｒ0001", "2023SR0001"),
        (IpKind::GeographicalIndication, "AGI2010-03-00345", "AGI2010-03-00345"),
    ] {
        let number = IpNumber::read(kind, text).unwrap();
        assert_eq!(number.as_str(), kept);
        assert_eq!(number.filing_year(), None);
        assert_eq!(term_end(kind, &number), TermEnd::Open);
        assert!(number.kind_digit_agrees(kind));
        assert_eq!(IpNumber::read(kind, " \u{3000}"), Err(IpNumberError::Form));
    }
}

#[track_caller]
fn check_term(kind: IpKind, filing_year: i32, first: &str, last: &str) {
    let digits = format!("{filing_year}10000000");
    let number = patent(kind, &format!("{digits}.{}", check_by_definition(&digits)));
    assert_eq!(term_end(kind, &number), TermEnd::WithinYear { first: day(first), last: day(last) });
}

#[test]
fn terms_run_20_10_and_10_or_15_years_from_the_filing_year() {
    check_term(IpKind::Invention, 2005, "2025-01-01", "2025-12-31");
    check_term(IpKind::UtilityModel, 2015, "2025-01-01", "2025-12-31");
    check_term(IpKind::Design, 2020, "2030-01-01", "2030-12-31");
    check_term(IpKind::Design, 2021, "2031-01-01", "2036-12-31");
    check_term(IpKind::Design, 2022, "2037-01-01", "2037-12-31");
}

#[test]
fn whether_a_right_is_in_its_term_is_yes_no_or_not_to_be_known() {
    let end = term_end(IpKind::UtilityModel, &patent(IpKind::UtilityModel, "ZL201221223736.8"));
    assert_eq!(end, TermEnd::WithinYear { first: day("2022-01-01"), last: day("2022-12-31") });
    for (date, in_term) in [
        ("2021-12-31", Some(true)),
        ("2022-01-01", None),
        ("2022-12-31", None),
        ("2023-01-01", Some(false)),
        ("2025-01-17", Some(false)),
    ] {
        assert_eq!(end.in_term_on(day(date)), in_term, "{date}");
        assert_eq!(end.certainly_over_before(day(date)), in_term == Some(false), "{date}");
    }
    let known = TermEnd::Known(day("2025-06-30"));
    assert_eq!(known.in_term_on(day("2025-06-30")), Some(true));
    assert_eq!(known.in_term_on(day("2025-07-01")), Some(false));
    assert!(!known.certainly_over_before(day("2025-06-30")));
    assert!(known.certainly_over_before(day("2025-07-01")));
    assert_eq!(TermEnd::Open.in_term_on(day("2999-12-31")), Some(true));
    assert!(!TermEnd::Open.certainly_over_before(day("2999-12-31")));
}

proptest! {
    #[test]
    fn any_single_wrong_digit_is_detected(year in 2003u32..2030, kind in prop::sample::select(&[1u32, 2, 3, 8, 9][..]),
        serial in 0u32..10_000_000, place in 0usize..12, to in 0u8..10) {
        let digits = format!("{year:04}{kind}{serial:07}");
        let check = check_by_definition(&digits);
        let right = format!("ZL{digits}.{check}");
        let read = patent(IpKind::Invention, &right);
        prop_assert_eq!(read.as_str(), &right);
        let mut wrong = digits.into_bytes();
        prop_assume!(wrong[place] != b'0' + to);
        wrong[place] = b'0' + to;
        let wrong = format!("{}.{check}", String::from_utf8(wrong).unwrap());
        prop_assert!(IpNumber::read(IpKind::Invention, &wrong).is_err(), "{} for {}", wrong, right);
    }

    #[test]
    fn a_number_that_was_read_reads_again_as_itself_and_has_a_filing_year(text in "(ZL)?[0-9]{8}([0-9]{4})?\\.?[0-9X]") {
        if let Ok(number) = IpNumber::read(IpKind::Invention, &text) {
            prop_assert_eq!(IpNumber::read(IpKind::Invention, number.as_str()).unwrap(), number.clone());
            let ends_in_a_year = matches!(term_end(IpKind::Invention, &number), TermEnd::WithinYear { first, last } if first.year() == last.year());
            prop_assert!(ends_in_a_year, "{}", number);
        }
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in ".{0,30}", kind in prop::sample::select(IpKind::ALL)) {
        if let Ok(number) = IpNumber::read(kind, &text) {
            let _end = term_end(kind, &number);
            let _agrees = number.kind_digit_agrees(kind);
        }
    }
}
