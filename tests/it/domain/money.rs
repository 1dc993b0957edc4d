//! Amounts and ratios: read, written, compared, never rounded unasked.

use pledgefund::domain::money::{Fen, FenDelta, MoneyError, Ppm};
use proptest::prelude::*;

fn fen(amount: i64) -> Fen {
    Fen::try_new(amount).unwrap()
}

fn ppm(ratio: i64) -> Ppm {
    Ppm::try_new(ratio).unwrap()
}

#[test]
fn yuan_are_read_to_the_fen() {
    for (text, want) in [
        ("0", 0),
        ("-0.00", 0),
        ("0.01", 1),
        ("1.5", 150),
        ("+1.50", 150),
        ("1234.5000000", 123_450),
        ("0007", 700),
        ("92233720368547758.07", i64::MAX),
    ] {
        assert_eq!(Fen::from_yuan(text), Ok(fen(want)), "{text}");
    }
    assert_eq!(FenDelta::from_yuan("-1234.56"), Ok(FenDelta::new(-123_456)));
}

#[test]
fn what_is_no_plain_decimal_of_whole_fen_is_refused_with_its_reason() {
    for text in ["", "-", "+", ".", ".5", "1.", "1,000", "1 000", "１", "1e3", "--1", "+-1", "1.2.3", "NaN", "一"] {
        assert_eq!(Fen::from_yuan(text), Err(MoneyError::NotANumber), "{text}");
    }
    assert_eq!(Fen::from_yuan("0.001"), Err(MoneyError::TooFine));
    assert_eq!(Fen::from_yuan("-0.01"), Err(MoneyError::Negative { fen: -1 }));
    assert_eq!(Fen::from_yuan("92233720368547758.08"), Err(MoneyError::Overflow));
    assert_eq!(Fen::from_yuan(&"9".repeat(400)), Err(MoneyError::Overflow));
    assert_eq!(Fen::try_new(-1), Err(MoneyError::Negative { fen: -1 }));
}

#[test]
fn amounts_are_written_with_two_decimals_and_no_separators() {
    assert_eq!(fen(0).yuan(), "0.00");
    assert_eq!(fen(5).to_string(), "0.05");
    assert_eq!(fen(123_450).to_string(), "1234.50");
    assert_eq!(FenDelta::new(-5).to_string(), "-0.05");
    assert_eq!(FenDelta::new(i64::MIN).to_string(), "-92233720368547758.08");
}

#[test]
fn sums_and_differences_that_do_not_fit_are_refused() {
    assert_eq!(Fen::MAX.checked_add(fen(1)), Err(MoneyError::Overflow));
    assert_eq!(fen(1).checked_sub(fen(3)), Err(MoneyError::Negative { fen: -2 }));
    assert_eq!(fen(1).saturating_sub(fen(3)), Fen::ZERO);
    assert_eq!(Fen::total([fen(1), fen(2), fen(3)]), Ok(fen(6)));
    assert_eq!(Fen::total([Fen::MAX, fen(1)]), Err(MoneyError::Overflow));
    assert_eq!([Fen::MAX, fen(1)].into_iter().sum::<Option<Fen>>(), None);
    assert_eq!(FenDelta::between(Fen::MAX, Fen::ZERO), Ok(FenDelta::new(-i64::MAX)));
    assert_eq!(FenDelta::new(i64::MIN).checked_add(FenDelta::new(-1)), Err(MoneyError::Overflow));
}

#[test]
fn a_part_of_an_amount_is_rounded_down() {
    assert_eq!(fen(1_000_001).part_floor(ppm(400_000)), Ok(fen(400_000)));
    assert_eq!(fen(9).part_floor(ppm(999_999)), Ok(fen(8)));
    assert_eq!(Fen::MAX.part_floor(Ppm::ONE), Ok(Fen::MAX));
    assert_eq!(Fen::MAX.part_floor(ppm(1_000_001)), Err(MoneyError::Overflow));
}

#[test]
fn ratios_have_six_decimals_rounded_half_up() {
    for (part, whole, want) in [
        (1, 3, "0.333333"),
        (2, 3, "0.666667"),
        (1, 2_000_000, "0.000001"),
        (499_999, 1_000_000_000_000, "0.000000"),
        (500_000, 1_000_000_000_000, "0.000001"),
        (3, 2, "1.500000"),
        (0, 7, "0.000000"),
        (7, 0, "0.000000"),
    ] {
        assert_eq!(Ppm::ratio_half_up(fen(part), fen(whole)).unwrap().fraction(), want, "{part}/{whole}");
    }
    assert_eq!(Ppm::ratio_half_up(Fen::MAX, fen(1)), Err(MoneyError::Overflow));
    assert_eq!(Ppm::ratio_half_up(Fen::MAX, Fen::MAX), Ok(Ppm::ONE));
}

#[test]
fn percentages_and_fractions_are_read_exactly() {
    assert_eq!(Ppm::from_percent("4.35"), Ok(ppm(43_500)));
    assert_eq!(Ppm::from_percent("100"), Ok(Ppm::ONE));
    assert_eq!(Ppm::from_fraction("0.435"), Ok(ppm(435_000)));
    assert_eq!(Ppm::from_percent("0.00001"), Err(MoneyError::TooFine));
    assert!(matches!(Ppm::from_percent("-1"), Err(MoneyError::Negative { .. })));
    assert_eq!(Ppm::from_percent("4.35%"), Err(MoneyError::NotANumber));
    assert_eq!(ppm(43_549).percent(), "4.35");
    assert_eq!(ppm(43_550).percent(), "4.36");
    assert_eq!(ppm(49).percent(), "0.00");
    assert_eq!(ppm(50).percent(), "0.01");
}

proptest! {
    #[test]
    fn an_amount_reads_back_as_it_was_written(amount in 0..=i64::MAX) {
        prop_assert_eq!(Fen::from_yuan(&fen(amount).yuan()), Ok(fen(amount)));
        prop_assert_eq!(FenDelta::from_yuan(&FenDelta::new(-amount).yuan()), Ok(FenDelta::new(-amount)));
    }

    #[test]
    fn a_ratio_reads_back_as_it_was_written(ratio in 0..=i64::MAX) {
        prop_assert_eq!(Ppm::from_fraction(&ppm(ratio).fraction()), Ok(ppm(ratio)));
    }

    #[test]
    fn a_part_and_the_rest_are_the_whole_within_one_fen(amount in 0..=i64::MAX, ratio in 0i64..=1_000_000) {
        let part = fen(amount).part_floor(ppm(ratio)).unwrap().get();
        let rest = fen(amount).part_floor(ppm(1_000_000 - ratio)).unwrap().get();
        let lost = i128::from(amount) - i128::from(part) - i128::from(rest);
        prop_assert!((0..=1).contains(&lost));
    }

    #[test]
    fn a_ratio_is_within_half_a_millionth(part in 0i64..=i64::MAX / 1_000_000, whole in 1..=i64::MAX) {
        let ratio = Ppm::ratio_half_up(fen(part), fen(whole)).unwrap().get();
        let twice_off = 2 * (i128::from(ratio) * i128::from(whole) - i128::from(part) * 1_000_000);
        prop_assert!(-i128::from(whole) < twice_off && twice_off <= i128::from(whole));
    }
}
