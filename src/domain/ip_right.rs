//! Numbers and terms of intellectual-property rights (domain.md A6, A7).
//!
//! **Invariant:** a patent number kept here has the right check digit; a term whose end is not known is never
//! taken for one that is.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use super::names::{IpKind, fold_code};

/// Weights of the digits before the check digit.
const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
/// First filing year of the Chinese patent office, and so of the eight-digit form.
const SHORT_FORM_SINCE: i32 = 1985;
/// First filing year of the twelve-digit form and last of the eight-digit form (changed on 2003-10-01).
const LONG_FORM_SINCE: i32 = 2003;
/// First filing year in which part of the designs live 15 years (from 2021-06-01).
const LONGER_DESIGNS_SINCE: i32 = 2021;

/// The number of a right; patents as `ZL`, digits, dot, check digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpNumber(String);

/// Why a text is no number of a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IpNumberError {
    /// Empty, or for a patent neither 8 nor 12 digits with a check digit, or a year without such numbers.
    #[error("not of the form of such a number")]
    Form,
    /// The check digit of a patent is wrong.
    #[error("check digit should be {expected}")]
    Check {
        /// What it would have to be.
        expected: char,
    },
}

/// When the term of a right ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermEnd {
    /// On this day, the last of the term.
    Known(NaiveDate),
    /// On a day of this span: only the filing year is known.
    WithinYear {
        /// First possible last day.
        first: NaiveDate,
        /// Last possible last day.
        last: NaiveDate,
    },
    /// No end that a number tells: renewable, or without a term.
    Open,
}

impl IpNumber {
    /// Reads a number, folding full width, lower case and spaces; patents with or without `ZL` and dot.
    ///
    /// # Errors
    /// `Form`, `Check`.
    pub fn read(kind: IpKind, text: &str) -> Result<IpNumber, IpNumberError> {
        let folded = fold_code(text);
        if folded.is_empty() {
            return Err(IpNumberError::Form);
        }
        if !kind.is_patent() {
            return Ok(IpNumber(folded));
        }
        let (digits, check) = patent_parts(&folded).ok_or(IpNumberError::Form)?;
        let expected = check_digit(digits);
        if check != expected {
            return Err(IpNumberError::Check { expected });
        }
        Ok(IpNumber(format!("ZL{digits}.{check}")))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The filing year in a patent's number.
    #[must_use]
    pub fn filing_year(&self) -> Option<i32> {
        self.digits().and_then(year_of)
    }

    /// Whether the digit for the kind in a patent's number agrees with `kind`.
    #[must_use]
    pub fn kind_digit_agrees(&self, kind: IpKind) -> bool {
        let Some(found) = self.kind_digit() else {
            return true;
        };
        kind_digits(kind).is_empty() || kind_digits(kind).contains(&found)
    }

    /// The digit for the kind in a patent's number.
    #[must_use]
    pub fn kind_digit(&self) -> Option<char> {
        self.digits().and_then(|digits| digits.chars().nth(kind_place(digits.len())))
    }

    fn digits(&self) -> Option<&str> {
        self.0.strip_prefix("ZL").and_then(|rest| rest.split('.').next())
    }
}

impl fmt::Display for IpNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// When the term of a right ends, from its kind and number: invention 20 years, utility model 10, design 10, or
/// 15 where filed from 2021-06-01. Only the filing year is known, so the end is somewhere in a year.
#[must_use]
pub fn term_end(kind: IpKind, number: &IpNumber) -> TermEnd {
    let Some(year) = number.filing_year() else {
        return TermEnd::Open;
    };
    let (shortest, longest) = match kind {
        IpKind::Invention => (20, 20),
        IpKind::UtilityModel => (10, 10),
        IpKind::Design if year > LONGER_DESIGNS_SINCE => (15, 15),
        IpKind::Design if year == LONGER_DESIGNS_SINCE => (10, 15),
        IpKind::Design => (10, 10),
        _ => return TermEnd::Open,
    };
    let first = NaiveDate::from_ymd_opt(year.saturating_add(shortest), 1, 1);
    let last = NaiveDate::from_ymd_opt(year.saturating_add(longest), 12, 31);
    match (first, last) {
        (Some(first), Some(last)) => TermEnd::WithinYear { first, last },
        _ => TermEnd::Open,
    }
}

/// Last filing year of the patents of a kind whose term may end by a day; none for kinds without a term.
#[must_use]
pub fn filed_until(kind: IpKind, day: NaiveDate) -> Option<i32> {
    let before = |years: i32| day.year().saturating_sub(years);
    match kind {
        IpKind::Invention => Some(before(20)),
        IpKind::UtilityModel => Some(before(10)),
        IpKind::Design if before(15) > LONGER_DESIGNS_SINCE => Some(before(15)),
        IpKind::Design => Some(before(10).min(LONGER_DESIGNS_SINCE)),
        _ => None,
    }
}

impl TermEnd {
    /// Whether the right is in its term on a day; `None` where that cannot be known.
    #[must_use]
    pub fn in_term_on(self, day: NaiveDate) -> Option<bool> {
        match self {
            TermEnd::Known(last) => Some(day <= last),
            TermEnd::WithinYear { first, .. } if day < first => Some(true),
            TermEnd::WithinYear { last, .. } if day > last => Some(false),
            TermEnd::WithinYear { .. } => None,
            TermEnd::Open => Some(true),
        }
    }

    /// Whether the term was certainly over before a day.
    #[must_use]
    pub fn certainly_over_before(self, day: NaiveDate) -> bool {
        self.in_term_on(day) == Some(false)
    }
}

/// The digits that stand for a kind of patent, those of international applications last; none for other kinds.
#[must_use]
pub const fn kind_digits(kind: IpKind) -> &'static [char] {
    match kind {
        IpKind::Invention => &['1', '8'],
        IpKind::UtilityModel => &['2', '9'],
        IpKind::Design => &['3'],
        _ => &[],
    }
}

/// Where the digit for the kind stands among so many digits.
pub(super) const fn kind_place(digits: usize) -> usize {
    if digits >= 12 { 4 } else { 2 }
}

/// A folded patent number as digits and check digit. A number whose year never was is no patent number: its term
/// could not be told, and an untold term must not pass for an open one.
fn patent_parts(folded: &str) -> Option<(&str, char)> {
    let bare = folded.strip_prefix("ZL").unwrap_or(folded);
    let (digits, check) = match bare.split_once('.') {
        Some(parts) => parts,
        None => bare.split_at_checked(bare.len().checked_sub(1)?)?,
    };
    let mut after = check.chars();
    let check = after.next().filter(|c| c.is_ascii_digit() || *c == 'X')?;
    let digits_only = digits.bytes().all(|b| b.is_ascii_digit());
    (after.next().is_none() && digits_only && year_of(digits).is_some()).then_some((digits, check))
}

/// The filing year in the digits of a patent number, where a number of that length was given out in it.
pub(super) fn year_of(digits: &str) -> Option<i32> {
    match digits.len() {
        8 => {
            let short: i32 = digits.get(..2)?.parse().ok()?;
            let mut years = [1900, 2000].into_iter().filter_map(|century| short.checked_add(century));
            years.find(|year| (SHORT_FORM_SINCE..=LONG_FORM_SINCE).contains(year))
        }
        12 => digits.get(..4)?.parse().ok().filter(|year| *year >= LONG_FORM_SINCE),
        _ => None,
    }
}

/// The check digit that the digits of a patent number ask for.
pub(super) fn check_digit(digits: &str) -> char {
    let sum = digits
        .chars()
        .zip(WEIGHTS)
        .fold(0_u32, |sum, (c, weight)| sum.wrapping_add(c.to_digit(10).unwrap_or(0).wrapping_mul(weight)));
    match sum.wrapping_rem(11) {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}
