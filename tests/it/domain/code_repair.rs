//! What a mistyped credit code or patent number most likely stands for.

use pledgefund::domain::credit_code::CreditCode;
use pledgefund::domain::credit_code_repair::{self, CodeAdvice};
use pledgefund::domain::ip_right::IpNumber;
use pledgefund::domain::names::IpKind;
use pledgefund::domain::nearness::is_near;
use pledgefund::domain::patent_repair::{self, PatentAdvice};

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CODES: [&str; 11] = [
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
    "91110000802100433B",
    "91110108551385082Q",
    "91140602MA0HT3K731",
    "91140681MA0LB5X26D",
    "91140600757263187U",
    "92140621MA0KW4P933",
    "91140602591717416Y",
    "93140602MA0JPC1E4B",
];

#[track_caller]
fn repaired(text: &str, code: &str) {
    assert_eq!(credit_code_repair::advise(text), CodeAdvice::Repaired(CreditCode::parse(code).unwrap()), "{text}");
}

/// Repaired rightly, left alone, repaired wrongly.
fn tally(slips: impl Fn(&str) -> Vec<String>) -> [usize; 3] {
    let mut counts = [0; 3];
    for code in CODES {
        for slip in slips(code).into_iter().filter(|slip| CreditCode::parse(slip).is_err()) {
            let place = match credit_code_repair::advise(&slip) {
                CodeAdvice::Repaired(found) if found.as_str() == code => 0,
                CodeAdvice::Repaired(_) => 2,
                _ => 1,
            };
            counts[place] += 1;
        }
    }
    counts
}

#[test]
fn letters_the_standard_leaves_out_are_read_as_the_digits_they_look_like() {
    repaired("9114O602591717416Y", "91140602591717416Y");
    repaired("9I14O6O259I7I74I6Y", "91140602591717416Y");
    repaired("９１14o602591717416y", "91140602591717416Y");
}

#[test]
fn a_swap_of_neighbours_is_found_again_and_hardly_ever_mistaken() {
    let swaps = |code: &str| {
        (1..18)
            .map(|place| {
                let mut chars: Vec<char> = code.chars().collect();
                chars.swap(place - 1, place);
                chars.into_iter().collect()
            })
            .collect()
    };
    assert_eq!(tally(swaps), [104, 56, 2]);
}

#[test]
fn a_wrong_character_is_put_right_only_where_both_checks_point_at_one_code() {
    let replaced = |code: &str| {
        (0..18)
            .flat_map(|place| ALPHABET.chars().map(move |c| (place, c)))
            .map(|(place, c)| code.chars().enumerate().map(|(at, old)| if at == place { c } else { old }).collect())
            .collect()
    };
    // The wrong ones are those that a swap of neighbours explains too.
    assert_eq!(tally(replaced), [3_374, 2_481, 85]);
}

#[test]
fn a_character_too_many_or_too_few_is_put_right_where_one_code_fits() {
    let shorter = |code: &str| (0..18).map(|place| [&code[..place], &code[place + 1..]].concat()).collect();
    let doubled = |code: &str| (1..=18).map(|place| [&code[..place], &code[place - 1..]].concat()).collect();
    assert_eq!((tally(shorter), tally(doubled)), ([66, 132, 0], [187, 11, 0]));
}

#[test]
fn a_wrong_last_character_is_told_and_not_guessed() {
    assert_eq!(credit_code_repair::advise("93140602MA0JPC1E4F"), CodeAdvice::Expected('B'));
    assert_eq!(credit_code_repair::advise("91140602591717416A"), CodeAdvice::Expected('Y'));
}

#[test]
fn a_text_that_is_far_from_any_code_gets_no_advice() {
    for text in ["", "1", "91140602", "统一社会信用代码", "91140602591717416Y91140602591717416Y", "SSSSSSSSSSSSSSSSSS"]
    {
        assert_eq!(credit_code_repair::advise(text), CodeAdvice::Nothing, "{text}");
    }
}

#[track_caller]
fn patent(kind: IpKind, text: &str, number: &str) {
    let number = IpNumber::read(kind, number).unwrap();
    assert_eq!(patent_repair::advise(kind, text), PatentAdvice::Repaired(number), "{text}");
}

#[test]
fn signs_letters_and_forms_of_a_patent_number_are_put_right() {
    patent(IpKind::Invention, "ZL2O2O1115673O.2", "202011156730.2");
    patent(IpKind::Invention, "CN202011156730.2A", "202011156730.2");
    patent(IpKind::Invention, "ZL202011156730·2", "202011156730.2");
    patent(IpKind::Invention, "ZL202011156730-2", "202011156730.2");
    patent(IpKind::Invention, "ZL 9511560B.X", "95115608.X");
}

#[test]
fn a_missing_check_digit_is_computed_where_the_digits_are_whole() {
    patent(IpKind::Invention, "ZL202011156730", "202011156730.2");
    patent(IpKind::Invention, "201210593328", "201210593328.X");
    patent(IpKind::Design, "200930143483", "200930143483.0");
    // The kind digit says invention, so these are no whole digits of a design.
    assert_eq!(patent_repair::advise(IpKind::Design, "202011156730"), PatentAdvice::Nothing);
    // A dot that stands too early: a digit before it is missing, and nobody knows which.
    assert_eq!(patent_repair::advise(IpKind::Invention, "20201115673.2"), PatentAdvice::Nothing);
}

#[test]
fn a_kind_digit_that_contradicts_the_declared_kind_is_put_right_where_the_check_digit_agrees() {
    patent(IpKind::Invention, "202021156730.2", "202011156730.2");
    // An invention whose digit says utility model, but the check digit does not ask for another: told, not guessed.
    let advice = patent_repair::advise(IpKind::Invention, "202021156730.3");
    assert!(matches!(advice, PatentAdvice::Expected { .. }), "{advice:?}");
}

#[test]
fn a_digit_too_many_is_taken_out_where_one_number_fits() {
    patent(IpKind::Invention, "2020111567302.2", "202011156730.2");
    // Here three numbers would fit.
    let advice = patent_repair::advise(IpKind::Invention, "2020111567730.2");
    assert_eq!(advice, PatentAdvice::Nothing);
}

#[test]
fn the_expected_check_digit_is_told_with_a_swap_where_one_fits() {
    let PatentAdvice::Expected { check, swapped } = patent_repair::advise(IpKind::Invention, "202011156703.2") else {
        panic!("not told");
    };
    assert_ne!(check, '2');
    assert_eq!(swapped.unwrap().as_str(), "ZL202011156730.2");
    let PatentAdvice::Expected { swapped, .. } = patent_repair::advise(IpKind::Invention, "202011156370.2") else {
        panic!("not told");
    };
    assert_eq!(swapped, None, "four swaps fit");
}

#[test]
fn the_number_of_a_publication_is_recognised() {
    for text in ["CN112272063B", "CN 102272063 A", "cn213456789u"] {
        assert_eq!(patent_repair::advise(IpKind::Invention, text), PatentAdvice::Publication, "{text}");
    }
}

#[test]
fn a_text_that_is_no_number_gets_no_advice() {
    for text in ["", "专利", "ZL", "123", "ZL202011156730.22.1", "ZL198011156730.2"] {
        assert_eq!(patent_repair::advise(IpKind::Invention, text), PatentAdvice::Nothing, "{text}");
    }
}

#[test]
fn two_identifiers_are_near_up_to_so_many_slips() {
    for (one, other, slips) in [
        ("91140602591717416Y", "91140602591717416A", 1),
        ("91140602591717416Y", "91140602597117416Y", 1),
        ("91140602591717416Y", "9114060259171741Y", 1),
        ("91140602591717416Y", "91140602597117416A", 2),
        ("91140602591717416Y", "91140602579117461Y", 3),
        ("91140602591717416Y", "91140602MA0HT3K731", 10),
    ] {
        for most in 0..=10 {
            let near = (is_near(one, other, most), is_near(other, one, most));
            assert_eq!(near, (slips <= most, slips <= most), "{one} {other} {most}");
        }
    }
    assert!(!is_near("", "", 2), "the same text is not near itself");
}
