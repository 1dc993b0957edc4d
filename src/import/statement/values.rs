//! Days and amounts as statements write them.
//!
//! **Invariant:** what is not exactly a day or an amount of whole fen is nothing.

use chrono::NaiveDate;

use crate::domain::money::FenDelta;

/// A day: 2025-07-01, 2025/7/1, 2025.7.1, 20250701, each with a time behind it or without.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(text, "%Y%m%d").ok();
    }
    let mut parts = text.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.next().is_some() || year.len() != 4 || !shaped(year, 4) || !shaped(month, 2) || !shaped(day, 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// A day of an XML element: `YYYY-MM-DD`, with a time or a zone behind it or without.
pub(super) fn iso_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let (day, rest) = text.split_at_checked(10)?;
    let ends = rest.is_empty() || rest.starts_with(['T', '+', '-', 'Z']);
    ends.then(|| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()).flatten()
}

/// An amount in yuan, with commas between groups or without. Nothing for an empty cell or a dash.
///
/// # Errors
/// What is no amount.
pub(super) fn amount(text: &str) -> Result<Option<FenDelta>, ()> {
    let text = text.trim();
    if text.is_empty() || text == "-" || text == "--" {
        return Ok(None);
    }
    let plain = if text.contains(',') { ungrouped(text).ok_or(())? } else { text.to_owned() };
    let plain = plain.strip_prefix('+').unwrap_or(&plain);
    FenDelta::from_yuan(plain).map(Some).map_err(|_not_an_amount| ())
}

/// The digits without commas, which must stand every three digits before the point.
fn ungrouped(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.trim_start_matches(['-', '+']);
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let fits = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !fraction.contains(',');
    fits.then(|| text.replace(',', ""))
}

/// Text of one line, trimmed, without characters nobody sees, and no longer than is kept.
pub(super) fn words(text: &str) -> String {
    const LONGEST: usize = 500;
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}
