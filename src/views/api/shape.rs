//! What a value of the interface looks like: the one description from which bodies are checked and documents written.
//!
//! **Invariant:** what the description of the interface promises is what is checked; a member that is not described is
//! refused.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::domain::detail;

/// Longest text taken, in characters.
pub const LONGEST_TEXT: usize = 4_000;
/// Most items of a list taken.
pub const MOST_ITEMS: usize = 1_000;

/// A kind of value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// A text that says something, of at most this many characters.
    Name(usize),
    /// A day, `2026-08-01`.
    Day,
    /// A month, `2026-08`.
    Month,
    /// A moment, UTC.
    Moment,
    /// An amount in yuan with two decimals, as a text.
    Money,
    /// A share of one, as a text.
    Share,
    /// A whole number between two.
    Count(i64, i64),
    /// Yes or no.
    Flag,
    /// One of these words.
    Word(Vec<&'static str>),
    /// Several.
    List(Box<Shape>),
    /// Named members: name, kind, whether it must be there.
    Group(Vec<(&'static str, Shape, bool)>),
    /// One of several kinds, told apart by the word in the member named.
    Choice(&'static str, Vec<(&'static str, Shape)>),
    /// The kind, or null.
    Maybe(Box<Shape>),
    /// A group with names of its own.
    Free,
}

/// What is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer, or the name of a parameter.
    pub pointer: String,
    /// Stable code.
    pub code: &'static str,
}

/// Short ways to write shapes.
pub mod kinds {
    use super::Shape;

    /// A member that is always there.
    #[must_use]
    pub const fn must(name: &'static str, shape: Shape) -> (&'static str, Shape, bool) {
        (name, shape, true)
    }
    /// A member that may be left out.
    #[must_use]
    pub const fn may(name: &'static str, shape: Shape) -> (&'static str, Shape, bool) {
        (name, shape, false)
    }
    /// A member that is there, or null.
    #[must_use]
    pub fn null(name: &'static str, shape: Shape) -> (&'static str, Shape, bool) {
        (name, Shape::Maybe(Box::new(shape)), true)
    }
    /// Several.
    #[must_use]
    pub fn list(shape: Shape) -> Shape {
        Shape::List(Box::new(shape))
    }
}

impl Shape {
    /// What an act of a life takes.
    #[must_use]
    pub fn of_detail(shape: &detail::Shape) -> Shape {
        match shape {
            detail::Shape::Text => Shape::Name(LONGEST_TEXT),
            detail::Shape::Day => Shape::Day,
            detail::Shape::Money => Shape::Money,
            detail::Shape::Share => Shape::Share,
            detail::Shape::Count => Shape::Count(0, i64::MAX),
            detail::Shape::Flag => Shape::Flag,
            detail::Shape::Word(words) => Shape::Word(words.clone()),
            detail::Shape::List(item) => Shape::List(Box::new(Shape::of_detail(item))),
            detail::Shape::Group(fields) => Shape::Group(
                fields.iter().map(|(name, shape, needed)| (*name, Shape::of_detail(shape), *needed)).collect(),
            ),
        }
    }

    /// Everything that is wrong with a value.
    #[must_use]
    pub fn faults(&self, value: &Value) -> Vec<Fault> {
        let mut found = Vec::new();
        self.check("", value, &mut found);
        found
    }

    fn check(&self, at: &str, value: &Value, found: &mut Vec<Fault>) {
        let mut say = |code| found.push(Fault { pointer: at.to_owned(), code });
        match (self, value) {
            (Shape::Maybe(_), Value::Null) | (Shape::Free, Value::Object(_)) | (Shape::Flag, Value::Bool(_)) => {}
            (Shape::Maybe(inner), value) => inner.check(at, value, found),
            (Shape::Count(least, most), Value::Number(number)) => match number.as_i64() {
                Some(whole) if (*least..=*most).contains(&whole) => {}
                Some(_) => say("FIELD_OUT_OF_RANGE"),
                None => say("FIELD_WRONG_KIND"),
            },
            (Shape::List(item), Value::Array(items)) => {
                if items.len() > MOST_ITEMS {
                    say("FIELD_TOO_MANY");
                    return;
                }
                for (nth, one) in items.iter().enumerate() {
                    item.check(&format!("{at}/{nth}"), one, found);
                }
            }
            (Shape::Group(fields), Value::Object(members)) => check_group(at, fields, members, found),
            (Shape::Choice(name, choices), Value::Object(members)) => {
                let word = members.get(*name).and_then(Value::as_str);
                match choices.iter().find(|(known, _)| Some(*known) == word) {
                    Some((_, shape)) => shape.check(at, value, found),
                    None => found.push(Fault { pointer: format!("{at}/{name}"), code: "FIELD_BAD_WORD" }),
                }
            }
            (_, Value::String(text)) => {
                if let Some(code) = self.fault_of_text(text) {
                    say(code);
                }
            }
            _ => say("FIELD_WRONG_KIND"),
        }
    }

    /// What is wrong with a text, in the place of this kind.
    #[must_use]
    pub fn fault_of_text(&self, text: &str) -> Option<&'static str> {
        let bad_text = text.contains('\0') || text.chars().count() > LONGEST_TEXT;
        match self {
            _ if bad_text => Some("FIELD_BAD_TEXT"),
            Shape::Text => None,
            Shape::Name(most) => {
                let fits = !text.trim().is_empty() && text.chars().count() <= *most;
                (!fits || text.chars().any(char::is_control)).then_some("FIELD_BAD_TEXT")
            }
            Shape::Day => (!is_day(text)).then_some("FIELD_BAD_DAY"),
            Shape::Month => (text.len() != 7 || !is_day(&format!("{text}-01"))).then_some("FIELD_BAD_DAY"),
            Shape::Moment => chrono::DateTime::parse_from_rfc3339(text).is_err().then_some("FIELD_BAD_MOMENT"),
            Shape::Money => (!is_decimal(text, 2, true)).then_some("FIELD_BAD_MONEY"),
            Shape::Share => (!is_decimal(text, 6, false)).then_some("FIELD_BAD_SHARE"),
            Shape::Word(words) => (!words.contains(&text)).then_some("FIELD_BAD_WORD"),
            Shape::Maybe(inner) => inner.fault_of_text(text),
            _ => Some("FIELD_WRONG_KIND"),
        }
    }

    /// As a JSON schema of the description.
    #[must_use]
    pub fn schema(&self) -> Value {
        match self {
            Shape::Text => json!({ "type": "string", "maxLength": LONGEST_TEXT }),
            Shape::Name(most) => json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": NAME }),
            Shape::Day => json!({ "type": "string", "format": "date" }),
            Shape::Month => json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }),
            Shape::Moment => json!({ "type": "string", "format": "date-time" }),
            Shape::Money => json!({ "type": "string", "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,2})?$" }),
            Shape::Share => json!({ "type": "string", "pattern": "^[0-9]{1,15}(\\.[0-9]{1,6})?$" }),
            Shape::Count(least, most) if *most == i64::MAX => json!({ "type": "integer", "minimum": least }),
            Shape::Count(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Word(words) => json!({ "type": "string", "enum": words }),
            Shape::List(item) => json!({ "type": "array", "maxItems": MOST_ITEMS, "items": item.schema() }),
            Shape::Group(fields) => group_schema(fields),
            Shape::Choice(_, choices) => {
                json!({ "oneOf": choices.iter().map(|(_, shape)| shape.schema()).collect::<Vec<_>>() })
            }
            Shape::Maybe(inner) => json!({ "anyOf": [inner.schema(), { "type": "null" }] }),
            Shape::Free => json!({ "type": "object" }),
        }
    }
}

/// A text that says something and holds no control characters.
const NAME: &str =
    "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$";

fn group_schema(fields: &[(&'static str, Shape, bool)]) -> Value {
    let members: Map<String, Value> =
        fields.iter().map(|(name, shape, _)| ((*name).to_owned(), shape.schema())).collect();
    let needed: Vec<&str> = fields.iter().filter(|(.., needed)| *needed).map(|(name, ..)| *name).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": members });
    if !needed.is_empty() {
        schema["required"] = json!(needed);
    }
    schema
}

fn check_group(at: &str, fields: &[(&'static str, Shape, bool)], members: &Map<String, Value>, found: &mut Vec<Fault>) {
    let known: BTreeMap<&str, (&Shape, bool)> =
        fields.iter().map(|(name, shape, needed)| (*name, (shape, *needed))).collect();
    for (name, value) in members {
        let below = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        match known.get(name.as_str()) {
            Some((shape, _)) => shape.check(&below, value, found),
            None => found.push(Fault { pointer: below, code: "FIELD_UNKNOWN" }),
        }
    }
    for (name, ..) in fields.iter().filter(|(name, _, needed)| *needed && !members.contains_key(*name)) {
        found.push(Fault { pointer: format!("{at}/{name}"), code: "FIELD_MISSING" });
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_decimal(text: &str, places: usize, signed: bool) -> bool {
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let bare = if signed { text.strip_prefix('-').unwrap_or(text) } else { text };
    match bare.split_once('.') {
        Some((whole, rest)) => digits(whole, 15) && digits(rest, places),
        None => digits(bare, 15),
    }
}
