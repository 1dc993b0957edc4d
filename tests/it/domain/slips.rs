//! Slips of the unit, balances that jump, ages below a measure's minimum.

use pledgefund::domain::balance_check::{Jump, jump};
use pledgefund::domain::minimum_age::minimum_age;
use pledgefund::domain::money::Fen;
use pledgefund::domain::unit_slip::{Slip, median, revenue_slip, slip, times};
use pledgefund::rulebook;

fn yuan(text: &str) -> Fen {
    Fen::from_yuan(text).unwrap()
}

#[test]
fn the_middle_of_eight_amounts_or_more_is_one_of_them() {
    let amounts = |count: i64| (1..=count).rev().map(|fen| Fen::try_new(fen * 100).unwrap()).collect();
    assert_eq!(median(amounts(7)), None);
    assert_eq!(median(amounts(8)), Some(yuan("4")));
    assert_eq!(median(amounts(9)), Some(yuan("5")));
    assert_eq!(median(vec![]), None);
}

#[test]
fn an_amount_slips_from_a_thousand_times_the_usual_on() {
    let usual = yuan("2000000");
    for (amount, found) in [
        ("20000000000", Some(Slip::TooLarge)),
        ("2000000000", Some(Slip::TooLarge)),
        ("1999999999.99", None),
        ("18000000", None),
        ("200000", None),
        ("2000.01", None),
        ("2000", Some(Slip::TooSmall)),
        ("200", Some(Slip::TooSmall)),
        ("0", None),
    ] {
        assert_eq!(slip(yuan(amount), usual), found, "{amount}");
    }
    assert_eq!(slip(usual, Fen::ZERO), None);
    assert_eq!(slip(Fen::MAX, Fen::MAX), None);
    assert_eq!((times(yuan("20000"), yuan("2")), times(yuan("2"), yuan("20000"))), (10_000, 10_000));
    assert_eq!(times(Fen::ZERO, yuan("1")), 0);
}

#[test]
fn a_revenue_slips_where_no_head_earns_so_much_or_so_little() {
    for (revenue, employees, found) in [
        ("20000000000", 20, Some(Slip::TooLarge)),
        ("19999999999.99", 20, None),
        ("91294300", 44, None),
        ("2000", 20, None),
        ("1999.99", 20, Some(Slip::TooSmall)),
        ("0", 20, None),
        ("1", 0, None),
    ] {
        assert_eq!(revenue_slip(yuan(revenue), employees), found, "{revenue}");
    }
}

#[test]
fn a_balance_jumps_by_its_unit_or_falls_by_more_than_nine_tenths() {
    for (before, now, found) in [
        ("5000000", "500", Some(Jump::Unit(Slip::TooSmall))),
        ("500", "5000000", Some(Jump::Unit(Slip::TooLarge))),
        ("5000000", "499999.99", Some(Jump::Fell)),
        ("5000000", "500000", None),
        ("5000000", "0", None),
        ("0", "5000000", None),
        ("5000000", "6000000", None),
    ] {
        assert_eq!(jump(yuan(before), yuan(now)), found, "{before} {now}");
    }
}

const SHIPPED: &str = include_str!("../../../rulebooks/shuozhou-1.toml");

fn age_asked(tests: &str) -> Option<(u32, String)> {
    let body = SHIPPED
        .replace("borrower = { state = \"none\", article = \"第十条\", note_zh = \"第 1 版不检验借款人条件\", note_en = \"version 1 has no borrower test\" }", "borrower = { state = \"stated\", article = \"第十条\", basis = \"proposal\" }");
    let parsed = rulebook::parse("test", &format!("{body}\n{tests}")).map_err(|faults| format!("{faults:?}")).unwrap();
    minimum_age(&parsed.rulebook).map(|age| (age.months, age.test.id.to_string()))
}

fn test(id: &str, conditions: &str) -> String {
    format!(
        "[[test]]\nid = \"{id}\"\ngroup = \"borrower\"\narticle = \"第十条\"\nbasis = \"proposal\"\n{conditions}\notherwise = \"reject\"\n"
    )
}

#[test]
fn the_least_age_is_the_highest_bound_that_every_borrower_must_keep() {
    let shipped = rulebook::parse("shuozhou-1", SHIPPED).unwrap();
    assert_eq!(minimum_age(&shipped.rulebook), None);
    let one = test("one_year", "require = { borrower.age = { at_least = \"12 个月\" } }");
    assert_eq!(age_asked(&one), Some((12, "one_year".to_owned())));
    let over = test("over", "require = { borrower.age = { over = \"23 个月\", below = \"240 个月\" } }");
    assert_eq!(age_asked(&format!("{one}{over}")), Some((24, "over".to_owned())));
    let either = test(
        "either",
        "require = { any = [{ borrower.age = { at_least = \"36 个月\" } }, { borrower.first_loan = true }] }",
    );
    assert_eq!(age_asked(&either), None);
    let some =
        test("some", "when = { borrower.first_loan = true }\nrequire = { borrower.age = { at_least = \"36 个月\" } }");
    assert_eq!(age_asked(&some), None);
    let young = test("young", "require = { borrower.age = { below = \"60 个月\" } }");
    assert_eq!(age_asked(&young), None);
}
