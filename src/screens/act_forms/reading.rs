//! From what a form sends to the particulars of an act, and from proposed particulars to a form.
//!
//! **Invariant:** what cannot be read goes on as it was typed, so that the act itself refuses it with its place; an
//! empty field is left out.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::domain::detail::{FaultKind, Shape, below};
use crate::domain::money::{Fen, Ppm};
use crate::http::forms::Submission;
use crate::import::cell::{CellValue, DateReading, read_date, read_number};
use crate::import::mapping::Unit;

/// Most items of one list.
const MOST_ITEMS: usize = 50;

/// How many items of a list of groups were sent.
pub(super) fn items(typed: &Submission, at: &str) -> usize {
    let is_there = |nth: usize| {
        let start = format!("{at}[{nth}].");
        typed.fields().iter().any(|(name, _)| name.starts_with(&start))
    };
    (1..=MOST_ITEMS).take_while(|nth| is_there(*nth)).count()
}

/// The fields of a group at a place; nothing where none of them was filled in.
pub(in crate::screens) fn group(typed: &Submission, at: &str, fields: &[(&'static str, Shape, bool)]) -> Option<Value> {
    let mut members = Map::new();
    for (name, shape, _) in fields {
        if let Some(value) = value(typed, &below(at, name), shape) {
            members.insert((*name).to_owned(), value);
        }
    }
    // Lists are always sent; a group that holds nothing but empty ones was not filled in.
    let is_filled = |value: &Value| value.as_array().is_none_or(|items| !items.is_empty());
    (at.is_empty() && !members.is_empty() || members.values().any(is_filled)).then_some(Value::Object(members))
}

fn value(typed: &Submission, at: &str, shape: &Shape) -> Option<Value> {
    let text = typed.field(at);
    let said = || (!text.is_empty()).then(|| json!(text));
    match shape {
        Shape::Text | Shape::Word(_) => said(),
        Shape::Day => match read_date(&CellValue::from_text(text)) {
            DateReading::Day(day) => Some(json!(day.to_string())),
            _ => said(),
        },
        Shape::Money => said().map(|typed| yuan(text).map_or(typed, Value::String)),
        Shape::Share => said().map(|typed| share_of(text).map_or(typed, Value::String)),
        Shape::Count => said().map(|typed| count(text).map_or(typed, |number| json!(number))),
        Shape::Flag => match text {
            "yes" => Some(json!(true)),
            "no" => Some(json!(false)),
            _ => None,
        },
        Shape::Group(fields) => group(typed, at, fields),
        Shape::List(item) => list(typed, at, item),
    }
}

fn list(typed: &Submission, at: &str, item: &Shape) -> Option<Value> {
    let values: Vec<Value> = match item {
        Shape::Group(fields) => {
            (1..=items(typed, at)).filter_map(|nth| group(typed, &format!("{at}[{nth}]"), fields)).collect()
        }
        Shape::Word(_) => typed.all(at).into_iter().map(|word| json!(word)).collect(),
        _ => {
            let lines = typed.all(at).into_iter().flat_map(str::lines).map(str::trim);
            lines.filter(|line| !line.is_empty()).map(|line| json!(line)).collect()
        }
    };
    // A list that may be empty is still a list.
    Some(Value::Array(values))
}

/// Yuan of one 亿.
const HUNDRED_MILLION: Decimal = Decimal::from_parts(100_000_000, 0, 0, false, 0);

/// Yuan as a plain decimal out of what people write; an amount in 万元 or 亿元 says so itself.
pub(in crate::screens) fn yuan(text: &str) -> Option<String> {
    let plain = text.trim();
    if let Some(digits) = plain.strip_suffix("亿元").or_else(|| plain.strip_suffix('亿')) {
        let number = read_number(digits).filter(|number| number.unit.is_none())?;
        let yuan = number.text.parse::<Decimal>().ok()?.checked_mul(HUNDRED_MILLION)?;
        return Some(yuan.normalize().to_string());
    }
    read_number(text).map(|number| number.yuan(Unit::Yuan))
}

fn count(text: &str) -> Option<i64> {
    read_number(text).filter(|number| number.unit.is_none()).and_then(|number| number.text.parse().ok())
}

/// A share as a plain decimal out of a percentage.
fn share_of(text: &str) -> Option<String> {
    let plain: Decimal = read_number(text)?.text.parse().ok()?;
    Some(plain.checked_div(Decimal::ONE_HUNDRED)?.normalize().to_string())
}

/// A share as a percentage, for a form.
pub(super) fn percent_of(share: &str) -> String {
    let percent = share.parse::<Decimal>().ok().and_then(|share| share.checked_mul(Decimal::ONE_HUNDRED));
    percent.map_or_else(|| share.to_owned(), |percent| percent.normalize().to_string())
}

/// Particulars as a form would send them.
pub(super) fn typed(fields: &[(&'static str, Shape, bool)], value: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    type_group("", fields, value, &mut all);
    all
}

fn type_group(at: &str, fields: &[(&'static str, Shape, bool)], value: &Value, all: &mut Vec<(String, String)>) {
    for (name, shape, _) in fields {
        if let Some(value) = value.get(name).filter(|value| !value.is_null()) {
            type_value(&below(at, name), shape, value, all);
        }
    }
}

fn type_value(at: &str, shape: &Shape, value: &Value, all: &mut Vec<(String, String)>) {
    let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match shape {
        Shape::Group(fields) => type_group(at, fields, value, all),
        Shape::Flag => all.push((at.to_owned(), if value == &json!(true) { "yes" } else { "no" }.to_owned())),
        Shape::Share => all.push((at.to_owned(), percent_of(&text()))),
        Shape::List(item) => {
            let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
            match item.as_ref() {
                Shape::Group(fields) => {
                    for (nth, value) in (1..).zip(values) {
                        type_group(&format!("{at}[{nth}]"), fields, value, all);
                    }
                }
                Shape::Word(_) => {
                    all.extend(values.iter().filter_map(Value::as_str).map(|word| (at.to_owned(), word.to_owned())));
                }
                _ => {
                    let lines: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                    all.push((at.to_owned(), lines.join("\n")));
                }
            }
        }
        _ => all.push((at.to_owned(), text())),
    }
}

/// What does not read or is missing among the fields of a group, by place; a group that may be left out and is empty
/// has nothing wrong.
pub(super) fn faults(typed: &Submission, at: &str, fields: &[(&'static str, Shape, bool)]) -> Vec<(String, FaultKind)> {
    let mut found = Vec::new();
    for (name, shape, must) in fields {
        let here = below(at, name);
        match (shape, value(typed, &here, shape)) {
            (Shape::List(item), Some(Value::Array(values))) => {
                if *must && values.is_empty() {
                    found.push((here, FaultKind::Missing));
                } else if let Shape::Group(inner) = item.as_ref() {
                    for nth in 1..=items(typed, &here) {
                        let item = format!("{here}[{nth}]");
                        if group(typed, &item, inner).is_some() {
                            found.extend(faults(typed, &item, inner));
                        }
                    }
                }
            }
            (Shape::Group(inner), read) if *must || read.is_some() => found.extend(faults(typed, &here, inner)),
            (_, None) if *must => found.push((here, FaultKind::Missing)),
            (shape, Some(read)) => found.extend(kind_of_fault(shape, &read).map(|kind| (here, kind))),
            (_, None) => {}
        }
    }
    found
}

fn kind_of_fault(shape: &Shape, read: &Value) -> Option<FaultKind> {
    let text = read.as_str().unwrap_or_default();
    match shape {
        Shape::Day => text.parse::<NaiveDate>().is_err().then_some(FaultKind::BadDay),
        Shape::Money => Fen::from_yuan(text).is_err().then_some(FaultKind::BadMoney),
        Shape::Share => Ppm::from_fraction(text).is_err().then_some(FaultKind::BadShare),
        Shape::Count => (!read.is_u64()).then_some(FaultKind::WrongKind),
        Shape::Word(codes) => (!codes.contains(&text)).then_some(FaultKind::BadWord),
        Shape::Text | Shape::Flag | Shape::Group(_) | Shape::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::yuan;

    #[test]
    fn an_amount_says_its_unit_itself() {
        for (typed, read) in [
            ("100万元", Some("1000000")),
            ("1,234.50", Some("1234.50")),
            ("1.2亿", Some("120000000")),
            ("９亿元", Some("900000000")),
            ("亿", None),
            ("1亿2", None),
            ("1万亿", None),
        ] {
            let found = yuan(typed);
            let same = found
                .as_ref()
                .zip(read)
                .is_some_and(|(found, read)| found.parse::<rust_decimal::Decimal>().ok() == read.parse().ok());
            assert!(same || (found.is_none() && read.is_none()), "{typed}: {found:?}");
        }
    }
}
