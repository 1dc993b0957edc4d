//! GB 32100-2015 on real codes, made-up codes and everything one slip away from them.

use pledgefund::domain::credit_code::{CreditCode, CreditCodeError};
use proptest::prelude::*;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Real companies, made-up firms, and one whose weighted sum is a multiple of 31.
const VALID: [&str; 11] = [
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
    "91110000802100433B",
    "91110108551385082Q",
    "91140602MA0HT3K731",
    "91140681MA0LB5X26D",
    "91140600757263187U",
    "92140621MA0KW4P933",
    "911406021000002350",
    "91110000100001342C",
];

/// The check character by the definition of the standard, without the product's table of weights.
fn check_by_definition(body: &[u8]) -> u8 {
    let mut sum = 0;
    let mut weight = 1;
    for c in body {
        sum += weight * ALPHABET.iter().position(|known| known == c).unwrap();
        weight = weight * 3 % 31;
    }
    ALPHABET[(31 - sum % 31) % 31]
}

fn valid_code() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(ALPHABET), 17).prop_map(|mut body| {
        body.push(check_by_definition(&body));
        String::from_utf8(body).unwrap()
    })
}

#[test]
fn real_and_made_up_codes_are_read() {
    for code in VALID {
        let read = CreditCode::parse(code).unwrap();
        assert_eq!(read.as_str(), code);
        assert_eq!(read.to_string(), code);
    }
}

#[test]
fn full_width_lower_case_and_spaces_are_folded() {
    for text in ["９１３３０１００７９９６５５０５８Ｂ", "91330100799655058b", " 9133 0100\u{3000}799655058B\t"]
    {
        assert_eq!(CreditCode::parse(text).unwrap().as_str(), "91330100799655058B", "{text}");
    }
}

#[test]
fn the_example_of_the_standard_text_is_not_valid() {
    assert_eq!(CreditCode::parse("91350100M000100Y4Z"), Err(CreditCodeError::Charset { found: 'Z', meant: Some('2') }));
    assert_eq!(CreditCode::parse("91350100M000100Y4X"), Err(CreditCodeError::Check { expected: '3' }));
}

#[test]
fn samples_of_the_web_that_fail_are_refused() {
    assert!(matches!(CreditCode::parse("91310115MA1H8R7C6D"), Err(CreditCodeError::Check { .. })));
}

#[test]
fn length_is_judged_before_characters_and_characters_before_the_check() {
    assert_eq!(CreditCode::parse(""), Err(CreditCodeError::Length { found: 0 }));
    assert_eq!(CreditCode::parse("O1330100799655058"), Err(CreditCodeError::Length { found: 17 }));
    assert_eq!(CreditCode::parse("统一社会信用代码"), Err(CreditCodeError::Length { found: 8 }));
    assert_eq!(CreditCode::parse("9114O602591717416Y"), Err(CreditCodeError::Charset { found: 'O', meant: Some('0') }));
    assert_eq!(
        CreditCode::parse("93140602MA0JPC1E4F").map_err(|e| matches!(e, CreditCodeError::Check { .. })),
        Err(true)
    );
}

#[test]
fn letters_outside_the_alphabet_come_with_the_digit_they_are_taken_for() {
    for (found, meant) in [('O', Some('0')), ('I', Some('1')), ('Z', Some('2')), ('S', Some('5')), ('V', None)] {
        let text = format!("9133010079965505{found}B");
        assert_eq!(CreditCode::parse(&text), Err(CreditCodeError::Charset { found, meant }));
    }
    assert_eq!(CreditCode::parse("9133010079965505一B"), Err(CreditCodeError::Charset { found: '一', meant: None }));
}

#[test]
fn the_organisation_code_inside_is_checked_apart() {
    for code in VALID.iter().filter(|code| code[8..].starts_with(char::is_numeric)) {
        assert!(CreditCode::parse(code).unwrap().inner_check_holds(), "{code}");
    }
    // The outer check holds, the inner digit 8 was replaced by 9: still a code, only worth a warning.
    let mut body = *b"91330100799655059";
    let code = format!("{}{}", String::from_utf8_lossy(&body), char::from(check_by_definition(&body)));
    assert!(!CreditCode::parse(&code).unwrap().inner_check_holds());
    body[16] = b'8';
    assert_eq!(check_by_definition(&body), b'B');
}

proptest! {
    #[test]
    fn every_code_of_the_definition_is_read(code in valid_code()) {
        let read = CreditCode::parse(&code).unwrap();
        prop_assert_eq!(read.as_str(), code);
    }

    #[test]
    fn any_single_wrong_character_is_detected(code in valid_code(), place in 0usize..18, to in prop::sample::select(ALPHABET)) {
        let mut wrong = code.clone().into_bytes();
        prop_assume!(wrong[place] != to);
        wrong[place] = to;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert!(matches!(CreditCode::parse(&wrong), Err(CreditCodeError::Check { .. })), "{} for {}", wrong, code);
    }

    #[test]
    fn any_two_neighbours_of_the_body_swapped_are_detected(code in valid_code(), place in 0usize..16) {
        let mut wrong = code.clone().into_bytes();
        prop_assume!(wrong[place] != wrong[place + 1]);
        wrong.swap(place, place + 1);
        prop_assert!(CreditCode::parse(&String::from_utf8(wrong).unwrap()).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in ".{0,40}") {
        if let Ok(code) = CreditCode::parse(&text) {
            let _holds = code.inner_check_holds();
        }
    }
}
