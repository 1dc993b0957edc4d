//! A case of the bare arithmetic as JSON, read strictly.
//!
//! Owns the faults of a case: which key, what is wrong with it and what would be right.
//! **Invariant:** a key that is unknown, missing or there twice is a fault, never a guess.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::domain::money::Fen;

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The line is no JSON object.
    Unreadable,
    /// It is not there.
    Missing,
    /// Nobody knows it.
    Unknown,
    /// It is there twice.
    Twice,
    /// What stands there is not right.
    Wrong,
}

/// What would be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// One JSON object in the line.
    Line,
    /// One of the keys that are named.
    Key,
    /// Each key once.
    Once,
    /// The kind of a case.
    Kind,
    /// A JSON object.
    Object,
    /// A list.
    List,
    /// A text.
    Text,
    /// A whole number of fen, zero or more.
    Amount,
    /// The same, or null for no limit.
    AmountOrNull,
    /// A whole number, zero or more.
    Count,
    /// A whole number, zero or more, as a weight.
    Weight,
    /// Weights of which one is above zero.
    Weights,
    /// Pairs of party and ppm, each party once, one of them above zero.
    Ratio,
    /// Pairs of party and fen, each party once.
    Borne,
    /// A party of the ratio.
    Party,
    /// A way of rounding.
    Rounding,
    /// A way of paying a batch.
    Method,
    /// Another id for each claim.
    OtherIds,
    /// Amounts whose sums fit.
    Sum,
}

impl Problem {
    /// All of them.
    pub const ALL: &'static [Problem] =
        &[Problem::Unreadable, Problem::Missing, Problem::Unknown, Problem::Twice, Problem::Wrong];

    /// The stable word, as keys of texts write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Problem::Unreadable => "unreadable",
            Problem::Missing => "missing",
            Problem::Unknown => "unknown",
            Problem::Twice => "twice",
            Problem::Wrong => "wrong",
        }
    }
}

impl Wanted {
    /// All of them.
    pub const ALL: &'static [Wanted] = &[
        Wanted::Line,
        Wanted::Key,
        Wanted::Once,
        Wanted::Kind,
        Wanted::Object,
        Wanted::List,
        Wanted::Text,
        Wanted::Amount,
        Wanted::AmountOrNull,
        Wanted::Count,
        Wanted::Weight,
        Wanted::Weights,
        Wanted::Ratio,
        Wanted::Borne,
        Wanted::Party,
        Wanted::Rounding,
        Wanted::Method,
        Wanted::OtherIds,
        Wanted::Sum,
    ];

    /// The stable word, as keys of texts write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Wanted::Line => "line",
            Wanted::Key => "key",
            Wanted::Once => "once",
            Wanted::Kind => "kind",
            Wanted::Object => "object",
            Wanted::List => "list",
            Wanted::Text => "text",
            Wanted::Amount => "amount",
            Wanted::AmountOrNull => "amount_or_null",
            Wanted::Count => "count",
            Wanted::Weight => "weight",
            Wanted::Weights => "weights",
            Wanted::Ratio => "ratio",
            Wanted::Borne => "borne",
            Wanted::Party => "party",
            Wanted::Rounding => "rounding",
            Wanted::Method => "method",
            Wanted::OtherIds => "other_ids",
            Wanted::Sum => "sum",
        }
    }
}

/// What keeps a line from being a well-formed case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MathFault {
    /// Dotted path of the key; empty where the line is no object.
    pub key: String,
    /// What is wrong with it.
    pub problem: Problem,
    /// What would be right.
    pub wanted: Wanted,
    /// More on it: the keys that are known, or what the JSON reader says.
    pub detail: String,
}

/// The object of a line.
pub(super) struct Document(Map<String, Value>);

/// An object of a case and where it stands.
pub(super) struct Object<'a> {
    path: String,
    map: &'a Map<String, Value>,
}

impl Document {
    pub(super) fn parse(line: &[u8]) -> Result<Document, MathFault> {
        let twice = RefCell::new(None);
        let mut reader = serde_json::Deserializer::from_slice(line);
        let read = Strict(&twice).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
        if let Some(key) = twice.take() {
            return Err(MathFault { key, problem: Problem::Twice, wanted: Wanted::Once, detail: String::new() });
        }
        let detail = match read {
            Ok(Value::Object(map)) => return Ok(Document(map)),
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        Err(MathFault { key: String::new(), problem: Problem::Unreadable, wanted: Wanted::Line, detail })
    }

    pub(super) fn root(&self) -> Object<'_> {
        Object { path: String::new(), map: &self.0 }
    }
}

impl<'a> Object<'a> {
    /// A fault of what stands under `key`.
    pub(super) fn fault(&self, key: &str, wanted: Wanted) -> MathFault {
        let name = key.split_once('[').map_or(key, |(name, _)| name);
        let problem = if self.map.contains_key(name) { Problem::Wrong } else { Problem::Missing };
        MathFault { key: self.place(key), problem, wanted, detail: String::new() }
    }

    /// A fault of this object as a whole.
    pub(super) fn whole_fault(&self, wanted: Wanted) -> MathFault {
        MathFault { key: self.path.clone(), problem: Problem::Wrong, wanted, detail: String::new() }
    }

    /// Refuses every key but these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), MathFault> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(MathFault {
                key: self.place(key),
                problem: Problem::Unknown,
                wanted: Wanted::Key,
                detail: known.join(", "),
            }),
        }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'a String> {
        self.map.keys()
    }

    pub(super) fn text(&self, key: &str) -> Result<&'a str, MathFault> {
        self.map.get(key).and_then(Value::as_str).ok_or_else(|| self.fault(key, Wanted::Text))
    }

    pub(super) fn object(&self, key: &str) -> Result<Object<'a>, MathFault> {
        let map = self.map.get(key).and_then(Value::as_object).ok_or_else(|| self.fault(key, Wanted::Object))?;
        Ok(Object { path: self.place(key), map })
    }

    pub(super) fn list(&self, key: &str) -> Result<&'a [Value], MathFault> {
        let list = self.map.get(key).and_then(Value::as_array).ok_or_else(|| self.fault(key, Wanted::List))?;
        Ok(list)
    }

    pub(super) fn objects(&self, key: &str) -> Result<Vec<Object<'a>>, MathFault> {
        let list = self.list(key)?.iter().enumerate();
        list.map(|(place, item)| {
            let key = format!("{key}[{place}]");
            let map = item.as_object().ok_or_else(|| self.fault(&key, Wanted::Object))?;
            Ok(Object { path: self.place(&key), map })
        })
        .collect()
    }

    /// Pairs of a party and a whole number, at least one, each party once.
    pub(super) fn pairs(&self, key: &str, wanted: Wanted) -> Result<Vec<(String, i64)>, MathFault> {
        let list = self.map.get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
        let mut pairs: Vec<(String, i64)> = Vec::new();
        for (place, item) in list.ok_or_else(|| self.fault(key, wanted))?.iter().enumerate() {
            let pair = match item.as_array().map(Vec::as_slice) {
                Some([party, number]) => party.as_str().zip(whole(number)),
                _ => None,
            };
            match pair {
                Some((party, number)) if pairs.iter().all(|(known, _)| known != party) => {
                    pairs.push((party.to_owned(), number));
                }
                _ => return Err(self.fault(&format!("{key}[{place}]"), wanted)),
            }
        }
        Ok(pairs)
    }

    pub(super) fn amount(&self, key: &str) -> Result<Fen, MathFault> {
        self.map.get(key).and_then(fen).ok_or_else(|| self.fault(key, Wanted::Amount))
    }

    /// An amount, or null for none. The key must be there.
    pub(super) fn amount_or_null(&self, key: &str) -> Result<Option<Fen>, MathFault> {
        match self.map.get(key) {
            Some(Value::Null) => Ok(None),
            found => found.and_then(fen).map(Some).ok_or_else(|| self.fault(key, Wanted::AmountOrNull)),
        }
    }

    pub(super) fn count(&self, key: &str) -> Result<i64, MathFault> {
        self.map.get(key).and_then(whole).ok_or_else(|| self.fault(key, Wanted::Count))
    }

    /// One word of a closed list.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        all: &[T],
        code: fn(T) -> &'static str,
        wanted: Wanted,
    ) -> Result<T, MathFault> {
        let word = self.map.get(key).and_then(Value::as_str);
        let found = all.iter().copied().find(|one| word == Some(code(*one)));
        found.ok_or_else(|| self.fault(key, wanted))
    }

    fn place(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// A whole number, zero or more.
pub(super) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().filter(|number| *number >= 0)
}

fn fen(value: &Value) -> Option<Fen> {
    Fen::try_new(value.as_i64()?).ok()
}

/// Reads a value and stops at a key that comes twice, which plain JSON readers let pass.
#[derive(Clone, Copy)]
struct Strict<'t>(&'t RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    /// Stays a fraction: a reader that asks for a whole number refuses it, also `1.0`.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                self.0.replace(Some(key));
                return Err(A::Error::custom("a key that is there twice"));
            }
            map.insert(key, entries.next_value_seed(self)?);
        }
        Ok(Value::Object(map))
    }
}
