//! Typed values as a measure writes them: "500 万元", "40 %", "5 pp", "15 工作日", "10 倍"; and back.
//!
//! **Invariant:** every value is read exactly, in decimal; what does not come out whole is refused.

use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::condition::Span;

/// Units of money with the number of decimal places they stand above one yuan.
const MONEY: &[(&str, usize)] = &[("亿元", 8), ("亿", 8), ("万元", 4), ("万", 4), ("元", 0), ("yuan", 0)];
/// Months in a year.
const MONTHS_PER_YEAR: u32 = 12;

/// An amount.
pub(super) fn money(text: &str) -> Option<Fen> {
    MONEY.iter().find_map(|(unit, places)| {
        let number = decimal(text.strip_suffix(unit)?)?;
        Fen::from_yuan(&shifted(&number, *places)?).ok()
    })
}

/// A share or rate in per cent.
pub(super) fn rate(text: &str) -> Option<Ppm> {
    Ppm::from_percent(&decimal(text.strip_suffix('%')?)?).ok()
}

/// Percentage points or basis points.
pub(super) fn points(text: &str) -> Option<Ppm> {
    if let Some(number) = text.strip_suffix("bp") {
        let number = decimal(number)?;
        let (whole, fraction) = parts(&number);
        let padded = format!("{whole:0>3}");
        let (percent, hundredths) = padded.split_at(padded.len() - 2);
        return Ppm::from_percent(&format!("{percent}.{hundredths}{fraction}")).ok();
    }
    let number = text.strip_suffix("pp").or_else(|| text.strip_suffix("个百分点"))?;
    Ppm::from_percent(&decimal(number)?).ok()
}

/// A multiple.
pub(super) fn multiple(text: &str) -> Option<Ppm> {
    let number = text.strip_suffix('倍').or_else(|| text.strip_suffix('x'))?;
    Ppm::from_fraction(&decimal(number)?).ok()
}

/// A rate in per cent, or a multiple.
pub(super) fn share(text: &str) -> Option<Ppm> {
    rate(text).or_else(|| multiple(text))
}

/// Points, or a rate in per cent.
pub(super) fn points_or_rate(text: &str) -> Option<Ppm> {
    points(text).or_else(|| rate(text))
}

/// A span in calendar days, working days, months or years, which are twelve months.
pub(super) fn span(text: &str) -> Option<Span> {
    let number = |unit: &str| text.strip_suffix(unit).and_then(|number| number.trim_end().parse::<u32>().ok());
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if text.ends_with("工作日") {
        return number("工作日").or_else(|| number("个工作日")).map(Span::WorkingDays);
    }
    if let Some(days) = number("天").or_else(|| number("日")) {
        return Some(Span::Days(days));
    }
    if let Some(months) = number("个月") {
        return Some(Span::Months(months));
    }
    number("年").and_then(|years| years.checked_mul(MONTHS_PER_YEAR)).map(Span::Months)
}

/// A rate in per cent as it is told to a reader, exact and without a sign: `49.99`.
#[must_use]
pub fn percent(rate: Ppm) -> String {
    let ppm = rate.get();
    let fraction = format!("{:04}", ppm % 10_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", ppm / 10_000)
}

/// An amount as a file writes it: `5000000.00 元`.
#[must_use]
pub fn money_text(amount: Fen) -> String {
    format!("{} 元", amount.yuan())
}

/// A rate as a file writes it: `4.35 %`.
#[must_use]
pub fn rate_text(rate: Ppm) -> String {
    format!("{} %", percent(rate))
}

/// Points as a file writes them: `1.5 pp`.
#[must_use]
pub fn points_text(points: Ppm) -> String {
    format!("{} pp", percent(points))
}

/// A multiple as a file writes it: `1.4 倍`.
#[must_use]
pub fn multiple_text(multiple: Ppm) -> String {
    let ppm = multiple.get();
    let fraction = format!("{:06}", ppm % 1_000_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction} 倍", ppm / 1_000_000)
}

/// A span as a file writes it: `15 工作日`.
#[must_use]
pub fn span_text(span: Span) -> String {
    match span {
        Span::Days(days) => format!("{days} 天"),
        Span::WorkingDays(days) => format!("{days} 工作日"),
        Span::Months(months) => format!("{months} 个月"),
    }
}

/// A plain decimal; thousands separators are taken only in groups of three.
fn decimal(text: &str) -> Option<String> {
    let text = text.trim_end();
    let (whole, fraction) = parts(text);
    let grouped = whole.contains(',');
    let groups_fit = whole.split(',').enumerate().all(|(place, group)| match place {
        0 => !grouped || (1..=3).contains(&group.len()),
        _ => group.len() == 3,
    });
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = whole.replace(',', "");
    if !groups_fit || whole.is_empty() || !digits(&whole) || !digits(fraction) || text.ends_with('.') {
        return None;
    }
    Some(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

/// Moves the decimal point `places` to the right.
fn shifted(number: &str, places: usize) -> Option<String> {
    let (whole, fraction) = parts(number);
    let padded = format!("{fraction:0<places$}");
    let (moved, rest) = padded.split_at_checked(places)?;
    Some(if rest.is_empty() { format!("{whole}{moved}") } else { format!("{whole}{moved}.{rest}") })
}

fn parts(number: &str) -> (&str, &str) {
    number.split_once('.').unwrap_or((number, ""))
}
