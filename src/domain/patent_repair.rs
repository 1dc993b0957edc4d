//! The patent number that a mistyped one most likely stands for.
//!
//! Owns which slips are looked for: letters for digits and signs in between, a missing check digit, a digit too
//! many, a digit for the kind that contradicts the declared kind, two neighbours swapped.
//! **Invariant:** a repair has the right check digit, a year in which such numbers were given out and the digit of
//! the declared kind. The check digit alone tells one number in eleven, so a swap is only ever a possibility.

use std::collections::BTreeSet;

use super::ip_right::{IpNumber, check_digit, kind_digits, kind_place, year_of};
use super::names::{IpKind, fold_code};

/// Letters taken for digits.
const LOOK_ALIKE: [(char, char); 8] =
    [('O', '0'), ('Q', '0'), ('D', '0'), ('I', '1'), ('L', '1'), ('Z', '2'), ('S', '5'), ('B', '8')];

/// What can be said of a text that is no patent number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatentAdvice {
    /// One number clearly stands behind it.
    Repaired(IpNumber),
    /// With these digits the check digit would have to be this; one pair of neighbours may also be swapped.
    Expected {
        /// The check digit.
        check: char,
        /// The number with the only pair swapped that fits.
        swapped: Option<IpNumber>,
    },
    /// It is the number of a publication, which is not the number of the patent.
    Publication,
    /// Nothing.
    Nothing,
}

/// What can be said of a text that `IpNumber::read` refuses for a kind of patent.
#[must_use]
pub fn advise(kind: IpKind, text: &str) -> PatentAdvice {
    let folded = fold_code(text);
    if is_publication(&folded) {
        return PatentAdvice::Publication;
    }
    let typed = bare(&folded);
    let candidates = match typed.len() {
        9 | 13 if fits(kind, &typed).is_some() => vec![typed.clone()],
        9 | 13 => kinds_put_right(kind, &typed),
        8 | 12 if !folded.contains('.') => vec![with_check_digit(&typed)],
        10 | 14 => without_each(&typed),
        _ => Vec::new(),
    };
    if let Some(number) = only(kind, &candidates) {
        return PatentAdvice::Repaired(number);
    }
    match split(&typed) {
        Some((digits, _)) if year_of(&digits).is_some() => {
            PatentAdvice::Expected { check: check_digit(&digits), swapped: only(kind, &swaps(&typed)) }
        }
        _ => PatentAdvice::Nothing,
    }
}

/// `CN`, seven to nine digits, and the letter of the kind of publication.
fn is_publication(folded: &str) -> bool {
    let Some(rest) = folded.strip_prefix("CN") else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letter = rest.get(digits..).and_then(|tail| tail.chars().next());
    (7..=9).contains(&digits) && letter.is_some_and(|c| matches!(c, 'A' | 'B' | 'C' | 'U' | 'Y' | 'S' | 'D'))
}

/// Digits and check digit alone: no prefix, no signs, no letter of a publication behind, letters read as digits.
fn bare(folded: &str) -> Vec<char> {
    let rest = folded.strip_prefix("ZL").or_else(|| folded.strip_prefix("CN")).unwrap_or(folded);
    let mut chars: Vec<char> = rest.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    if matches!(chars.len(), 10 | 14) && chars.last().is_some_and(|c| matches!(c, 'A' | 'B' | 'C' | 'U' | 'Y' | 'S')) {
        chars.pop();
    }
    let digit = |c: char| LOOK_ALIKE.iter().find(|(letter, _)| *letter == c).map_or(c, |(_, digit)| *digit);
    chars.into_iter().map(digit).collect()
}

fn fits(kind: IpKind, chars: &[char]) -> Option<IpNumber> {
    let (digits, check) = split(chars)?;
    let number = IpNumber::read(kind, &format!("{digits}.{check}")).ok()?;
    number.kind_digit_agrees(kind).then_some(number)
}

fn only(kind: IpKind, candidates: &[Vec<char>]) -> Option<IpNumber> {
    let fitting: BTreeSet<IpNumber> = candidates.iter().filter_map(|chars| fits(kind, chars)).collect();
    if fitting.len() == 1 { fitting.into_iter().next() } else { None }
}

/// Digits and check digit of a text of the right length.
fn split(chars: &[char]) -> Option<(String, char)> {
    let (check, digits) = chars.split_last()?;
    matches!(digits.len(), 8 | 12).then(|| (digits.iter().collect(), *check))
}

/// The number with each digit that the declared kind may have, where it has another.
fn kinds_put_right(kind: IpKind, chars: &[char]) -> Vec<Vec<char>> {
    let place = kind_place(chars.len().saturating_sub(1));
    let allowed = kind_digits(kind);
    if chars.get(place).is_none_or(|found| allowed.contains(found)) {
        return Vec::new();
    }
    let replaced = |digit: &char| {
        let mut chars = chars.to_vec();
        if let Some(at) = chars.get_mut(place) {
            *at = *digit;
        }
        chars
    };
    allowed.iter().map(replaced).collect()
}

fn with_check_digit(chars: &[char]) -> Vec<char> {
    let digits: String = chars.iter().collect();
    [chars, &[check_digit(&digits)]].concat()
}

fn without_each(chars: &[char]) -> Vec<Vec<char>> {
    let without = |place: usize| {
        let mut chars = chars.to_vec();
        chars.remove(place);
        chars
    };
    (0..chars.len()).map(without).collect()
}

fn swaps(chars: &[char]) -> Vec<Vec<char>> {
    let swapped = |place: usize| {
        let mut chars = chars.to_vec();
        chars.swap(place.saturating_sub(1), place);
        chars
    };
    (1..chars.len()).map(swapped).collect()
}
