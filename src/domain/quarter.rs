//! Calendar quarters, as banks report their pursuit of debtors by.
//!
//! **Invariant:** a quarter reads back from how it is written, `2026Q3`, and from nothing else.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

/// A quarter of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter {
    first_day: NaiveDate,
}

impl Quarter {
    /// The quarter that a text like `2026Q3` names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Quarter> {
        let (year, nth) = text.split_once('Q')?;
        let is_written =
            year.len() == 4 && nth.len() == 1 && year.bytes().chain(nth.bytes()).all(|b| b.is_ascii_digit());
        let (year, nth): (i32, u32) = (year.parse().ok()?, nth.parse().ok()?);
        let month = nth.checked_sub(1)?.checked_mul(3)?.checked_add(1)?;
        NaiveDate::from_ymd_opt(year, month, 1).filter(|_| is_written).map(|first_day| Quarter { first_day })
    }

    /// The last quarter that was over before a day.
    #[must_use]
    pub fn last_before(day: NaiveDate) -> Option<Quarter> {
        let of_year = day.month0().checked_div(3)?;
        let first_month = of_year.checked_mul(3)?.checked_add(1)?;
        let this = NaiveDate::from_ymd_opt(day.year(), first_month, 1)?;
        this.checked_sub_months(Months::new(3)).map(|first_day| Quarter { first_day })
    }

    /// First day.
    #[must_use]
    pub const fn first_day(self) -> NaiveDate {
        self.first_day
    }

    /// Last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        let next = self.first_day.checked_add_months(Months::new(3));
        next.and_then(|next| next.pred_opt()).unwrap_or(self.first_day)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}Q{}", self.first_day.year(), self.first_day.month0().wrapping_div(3).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Quarter;

    #[test]
    fn a_quarter_reads_back_and_nothing_else_does() {
        for text in ["2025Q1", "2025Q2", "2025Q3", "2025Q4"] {
            assert_eq!(Quarter::parse(text).unwrap().to_string(), text);
        }
        for text in ["2025Q0", "2025Q5", "25Q3", "2025-3", "2025Q03", "+025Q1", "第三季度", ""] {
            assert_eq!(Quarter::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_full_quarter_begins_three_months_before_this_one() {
        let before = |day: &str| {
            let quarter = Quarter::last_before(day.parse().unwrap()).unwrap();
            (quarter.to_string(), quarter.last_day().to_string())
        };
        assert_eq!(before("2026-01-01"), ("2025Q4".to_owned(), "2025-12-31".to_owned()));
        assert_eq!(before("2026-03-31"), ("2025Q4".to_owned(), "2025-12-31".to_owned()));
        assert_eq!(before("2026-12-31"), ("2026Q3".to_owned(), "2026-09-30".to_owned()));
    }
}
