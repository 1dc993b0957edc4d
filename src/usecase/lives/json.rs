//! Acts as JSON.
//!
//! **Invariant:** what is written reads back as the same act; numbers that are no whole numbers are refused, never
//! rounded.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{ActRefusal, corrupt};
use crate::domain::detail::{Act, Detail, DetailFault, FaultKind, Shape};
use crate::storage::rows::acts::ActRow;
use crate::usecase::UseCaseError;

/// The particulars of an act from a JSON object; `null` members count as left out.
///
/// # Errors
/// `DetailFault`.
pub fn details(value: &Value) -> Result<BTreeMap<String, Detail>, DetailFault> {
    match value {
        Value::Null => Ok(BTreeMap::new()),
        Value::Object(members) => group("", members),
        _ => Err(DetailFault::new("", FaultKind::WrongKind)),
    }
}

fn group(at: &str, members: &Map<String, Value>) -> Result<BTreeMap<String, Detail>, DetailFault> {
    let mut fields = BTreeMap::new();
    for (name, value) in members {
        let at = crate::domain::detail::below(at, name);
        if let Some(detail) = detail(&at, value)? {
            fields.insert(name.clone(), detail);
        }
    }
    Ok(fields)
}

fn detail(at: &str, value: &Value) -> Result<Option<Detail>, DetailFault> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Bool(flag) => Detail::Flag(*flag),
        Value::String(text) => Detail::Text(text.clone()),
        Value::Number(number) => {
            Detail::Number(number.as_i64().ok_or_else(|| DetailFault::new(at, FaultKind::WrongKind))?)
        }
        Value::Array(items) => {
            let read = (1..).zip(items).map(|(nth, item)| detail(&format!("{at}[{nth}]"), item));
            Detail::List(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
        Value::Object(members) => Detail::Group(group(at, members)?),
    }))
}

/// The particulars of an act as a JSON object.
#[must_use]
pub fn object(details: &BTreeMap<String, Detail>) -> Value {
    Value::Object(details.iter().map(|(name, detail)| (name.clone(), value(detail))).collect())
}

fn value(detail: &Detail) -> Value {
    match detail {
        Detail::Text(text) => Value::String(text.clone()),
        Detail::Number(number) => Value::from(*number),
        Detail::Flag(flag) => Value::Bool(*flag),
        Detail::List(items) => Value::Array(items.iter().map(value).collect()),
        Detail::Group(fields) => object(fields),
    }
}

/// The act that is asked for.
///
/// # Errors
/// `Act` with the place and what is wrong.
pub fn read<A: Act>(word: &str, given: &Value) -> Result<A, UseCaseError> {
    let read = details(given).and_then(|details| A::read(word, &details));
    read.map_err(|fault| fault_of(&fault).into())
}

/// A stored act.
///
/// # Errors
/// `Corrupt`.
pub fn stored<A: Act>(row: &ActRow) -> Result<A, UseCaseError> {
    let value: Value = serde_json::from_str(&row.details).map_err(|_broken| corrupt(row, "details"))?;
    details(&value).and_then(|details| A::read(&row.act, &details)).map_err(|fault| corrupt(row, &fault.to_string()))
}

fn fault_of(fault: &DetailFault) -> ActRefusal {
    ActRefusal::new(fault.kind.code(), vec![("at", fault.at.clone())])
}

/// The acts of a life with their fields, for programs: name, kind, whether it must be there.
#[must_use]
pub fn vocabulary<A: Act>() -> Value {
    let acts = A::vocabulary();
    Value::Object(acts.into_iter().map(|(word, shape)| (word.to_owned(), shape_json(&shape))).collect())
}

fn shape_json(shape: &Shape) -> Value {
    match shape {
        Shape::Text => Value::from("text"),
        Shape::Day => Value::from("day"),
        Shape::Money => Value::from("money"),
        Shape::Share => Value::from("share"),
        Shape::Count => Value::from("count"),
        Shape::Flag => Value::from("flag"),
        Shape::Word(words) => serde_json::json!({ "one_of": words }),
        Shape::List(item) => serde_json::json!({ "list_of": shape_json(item) }),
        Shape::Group(fields) => {
            let told = fields.iter().map(|(name, shape, needed)| {
                let field = serde_json::json!({ "takes": shape_json(shape), "needed": needed });
                ((*name).to_owned(), field)
            });
            Value::Object(told.collect())
        }
    }
}
