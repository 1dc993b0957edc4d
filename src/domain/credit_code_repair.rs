//! The credit code that a mistyped one most likely stands for.
//!
//! Owns which slips are looked for, likeliest first: a letter the standard does not use, a look-alike, two
//! neighbours swapped, one wrong character; and one character too few or too many.
//! **Invariant:** a repair has the right check character, the right inner check (GB 11714) and a possible head;
//! where two repairs of the likeliest slip fit, none is given.

use std::collections::BTreeSet;

use super::credit_code::{CreditCode, alphabet, check_character, inner_check_holds, value_of};
use super::names::fold_code;

/// Heads of the bodies that may borrow or stand behind a loan: firms, sole traders, cooperatives, rural
/// collectives, public bodies, civil-affairs bodies.
const HEADS: [&str; 16] =
    ["91", "92", "93", "N1", "N2", "N3", "11", "12", "13", "19", "51", "52", "53", "54", "55", "59"];
/// Provinces as the region code of a registering authority begins; 10 is the state's own office.
const PROVINCES: [&str; 32] = [
    "10", "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
    "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
];
/// Letters the standard leaves out, with what they are taken for.
const LEFT_OUT: [(char, &str); 5] = [('O', "0"), ('I', "1"), ('Z', "2"), ('S', "5"), ('V', "UY")];
/// Characters of the standard that are taken for one another.
const LOOK_ALIKE: [(char, char); 5] = [('L', '1'), ('B', '8'), ('D', '0'), ('Q', '0'), ('G', '6')];

/// What can be said of a text that is no credit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeAdvice {
    /// One code clearly stands behind it.
    Repaired(CreditCode),
    /// The first 17 characters agree with each other; with them the last would have to be this.
    Expected(char),
    /// Something is wrong before the check character: the inner check or the head fails too.
    WrongInside,
    /// Nothing.
    Nothing,
}

/// What can be said of a text that `CreditCode::parse` refuses.
#[must_use]
pub fn advise(text: &str) -> CodeAdvice {
    let code = fold_code(text);
    let typed: Vec<char> = code.chars().collect();
    let whole = typed.len() == 18 && typed.iter().all(|c| value_of(*c).is_some());
    // Only the last character contradicts the others: it is as likely wrong itself as any before it.
    if whole && inner_check_holds(&code) && has_possible_head(&code) {
        return CodeAdvice::Expected(check_character(&code));
    }
    match repaired(&typed) {
        Some(code) => CodeAdvice::Repaired(code),
        None if whole => CodeAdvice::WrongInside,
        None => CodeAdvice::Nothing,
    }
}

type Slip = fn(&[char]) -> Vec<Vec<char>>;

fn repaired(typed: &[char]) -> Option<CreditCode> {
    let slips: &[Slip] = match typed.len() {
        18 => &[letters_left_out, look_alikes, swaps, replacements],
        17 => &[insertions],
        19 => &[deletions],
        _ => &[],
    };
    for slip in slips {
        let fitting: BTreeSet<CreditCode> = slip(typed).iter().filter_map(|chars| fitting(chars)).collect();
        match fitting.len() {
            0 => {}
            1 => return fitting.into_iter().next(),
            _ => return None,
        }
    }
    None
}

/// The code of these characters, if every check of the standards holds.
fn fitting(chars: &[char]) -> Option<CreditCode> {
    let text: String = chars.iter().collect();
    if !has_possible_head(&text) {
        return None;
    }
    CreditCode::parse(&text).ok().filter(CreditCode::inner_check_holds)
}

/// Whether a text begins as the code of a body with an office of a province does.
fn has_possible_head(text: &str) -> bool {
    let Some(region) = text.get(2..8) else { return false };
    HEADS.iter().any(|head| text.starts_with(head))
        && region.bytes().all(|byte| byte.is_ascii_digit())
        && PROVINCES.iter().any(|two| region.starts_with(two))
}

/// Every reading of the letters the standard leaves out; none where there is no such letter.
fn letters_left_out(typed: &[char]) -> Vec<Vec<char>> {
    let meant = |c: char| LEFT_OUT.iter().find(|(letter, _)| *letter == c).map(|(_, meant)| *meant);
    let letters = typed.iter().filter(|c| meant(**c).is_some()).count();
    // The readings of V multiply.
    if letters == 0 || typed.iter().filter(|c| **c == 'V').count() > 2 {
        return Vec::new();
    }
    let mut readings: Vec<Vec<char>> = vec![Vec::new()];
    for c in typed {
        let options: Vec<char> = meant(*c).map_or_else(|| vec![*c], |meant| meant.chars().collect());
        readings = readings
            .iter()
            .flat_map(|reading| options.iter().map(|option| [reading.as_slice(), &[*option]].concat()))
            .collect();
    }
    readings
}

fn look_alikes(typed: &[char]) -> Vec<Vec<char>> {
    let mut found = Vec::new();
    for (place, c) in typed.iter().enumerate() {
        for (one, other) in LOOK_ALIKE {
            let meant = if *c == one {
                other
            } else if *c == other {
                one
            } else {
                continue;
            };
            found.push(with(typed, place, meant));
        }
    }
    found
}

fn swaps(typed: &[char]) -> Vec<Vec<char>> {
    (1..typed.len())
        .map(|place| {
            let mut chars = typed.to_vec();
            chars.swap(place.saturating_sub(1), place);
            chars
        })
        .collect()
}

fn replacements(typed: &[char]) -> Vec<Vec<char>> {
    (0..typed.len()).flat_map(|place| alphabet().map(move |c| with(typed, place, c))).collect()
}

fn insertions(typed: &[char]) -> Vec<Vec<char>> {
    (0..=typed.len())
        .flat_map(|place| {
            let (before, after) = typed.split_at(place);
            alphabet().map(move |c| [before, &[c], after].concat())
        })
        .collect()
}

fn deletions(typed: &[char]) -> Vec<Vec<char>> {
    (0..typed.len())
        .map(|place| {
            let mut chars = typed.to_vec();
            chars.remove(place);
            chars
        })
        .collect()
}

fn with(typed: &[char], place: usize, c: char) -> Vec<char> {
    let mut chars = typed.to_vec();
    if let Some(at) = chars.get_mut(place) {
        *at = c;
    }
    chars
}
