//! The month-ends a summary compares, and changes on the same basis 同口径.
//!
//! **Invariant:** a change only compares banks that reported both dates; a date without data gives 未采集.

use super::ReportError;
use super::book::{Banks, Book};
use super::cell::Cell;
use super::facts::{PeriodFacts, Position};
use crate::domain::money::{Fen, FenDelta, MoneyError, PPM_ONE, Ppm};

/// The period's month-end and those it is compared with.
#[derive(Debug)]
pub struct Books<'a> {
    /// The period itself.
    pub current: Book<'a>,
    /// One month before.
    pub previous: Option<Book<'a>>,
    /// End of the year before.
    pub year_end: Option<Book<'a>>,
    /// Same month of the year before.
    pub year_before: Option<Book<'a>>,
}

impl<'a> Books<'a> {
    /// Opens all month-ends of the facts.
    ///
    /// # Errors
    /// `LoanUnknown`.
    pub fn open(facts: &'a PeriodFacts) -> Result<Books<'a>, ReportError> {
        let earlier = |position: &'a Option<Position>| {
            position.as_ref().map(|position| Book::earlier(facts, position)).transpose()
        };
        Ok(Books {
            current: Book::current(facts),
            previous: earlier(&facts.previous_month)?,
            year_end: earlier(&facts.last_year_end)?,
            year_before: earlier(&facts.year_before)?,
        })
    }
}

/// Banks of `banks` that reported both month-ends.
#[must_use]
pub fn same_basis<'a>(banks: &Banks<'a>, now: &Book<'_>, then: &Book<'_>) -> Banks<'a> {
    banks.iter().copied().filter(|code| now.reported.contains(code) && then.reported.contains(code)).collect()
}

/// A change with its two sides on the same basis.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Before.
    pub then: Fen,
    /// After.
    pub now: Fen,
}

impl Change {
    /// Balance of `banks` at both month-ends; `None` where no bank can be compared.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn of_balance(
        banks: &Banks<'_>,
        now: &Book<'_>,
        then: Option<&Book<'_>>,
    ) -> Result<Option<Change>, MoneyError> {
        let Some((then, common)) = comparable(banks, now, then) else { return Ok(None) };
        Ok(Some(Change { then: then.balance(&common)?, now: now.balance(&common)? }))
    }

    /// The difference in fen.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn delta(self) -> Result<FenDelta, MoneyError> {
        FenDelta::between(self.then, self.now)
    }

    /// Growth in ppm, rounded half away from zero; `None` from nothing.
    ///
    /// # Errors
    /// `Overflow`.
    pub fn growth(self) -> Result<Option<i64>, MoneyError> {
        if self.then == Fen::ZERO {
            return Ok(None);
        }
        let size = Fen::try_new(self.delta()?.get().saturating_abs())?;
        let ppm = Ppm::ratio_half_up(size, self.then)?.get();
        Ok(Some(if self.now < self.then { ppm.saturating_neg() } else { ppm }))
    }
}

/// Change of the NPL ratio in ppm on the same basis; `None` where it cannot be compared.
///
/// # Errors
/// `Overflow`.
pub fn npl_ratio_change(banks: &Banks<'_>, now: &Book<'_>, then: Option<&Book<'_>>) -> Result<Option<i64>, MoneyError> {
    let Some((then, common)) = comparable(banks, now, then) else { return Ok(None) };
    let before = Ppm::ratio_half_up(then.npl_balance(&common)?, then.balance(&common)?)?;
    let after = Ppm::ratio_half_up(now.npl_balance(&common)?, now.balance(&common)?)?;
    Ok(Some(after.get().saturating_sub(before.get())))
}

/// The cell of a ratio: blank where there is nothing to divide by.
///
/// # Errors
/// `Overflow`.
pub fn ratio_cell(part: Fen, whole: Fen) -> Result<Cell, MoneyError> {
    if whole == Fen::ZERO {
        return Ok(Cell::NotApplicable);
    }
    Ppm::ratio_half_up(part, whole).map(Cell::Percent)
}

/// Rate of a sum of (amount, rate) weighted by amount, rounded half up; blank without an amount.
///
/// # Errors
/// `Overflow`.
pub fn weighted_rate(parts: impl Iterator<Item = (Fen, Ppm)>) -> Result<Cell, MoneyError> {
    let mut amount = 0_i128;
    let mut product = 0_i128;
    for (principal, rate) in parts {
        let principal = i128::from(principal.get());
        let weighed = principal.checked_mul(i128::from(rate.get())).ok_or(MoneyError::Overflow)?;
        product = product.checked_add(weighed).ok_or(MoneyError::Overflow)?;
        amount = amount.checked_add(principal).ok_or(MoneyError::Overflow)?;
    }
    if amount == 0 {
        return Ok(Cell::NotApplicable);
    }
    let raised = product.checked_add(amount / 2).ok_or(MoneyError::Overflow)?;
    let ppm = i64::try_from(raised / amount).map_err(|_too_large| MoneyError::Overflow)?;
    Ppm::try_new(ppm).map(Cell::Percent)
}

/// `part ÷ whole` as a multiple with two decimals, such as `3.25`; `None` where `whole` is not above zero.
#[must_use]
pub fn multiple(part: Fen, whole: FenDelta) -> Option<String> {
    if whole.get() <= 0 {
        return None;
    }
    let ppm = Ppm::ratio_half_up(part, Fen::try_new(whole.get()).ok()?).ok()?;
    let hundredths = ppm.get().saturating_add(PPM_ONE / 200) / (PPM_ONE / 100);
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

fn comparable<'a, 'b, 'c>(
    banks: &Banks<'a>,
    now: &Book<'_>,
    then: Option<&'b Book<'c>>,
) -> Option<(&'b Book<'c>, Banks<'a>)> {
    let then = then?;
    let common = same_basis(banks, now, then);
    (!common.is_empty()).then_some((then, common))
}
