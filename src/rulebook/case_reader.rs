//! Reading the fields of a case from JSON, in any order, each at most once.
//!
//! **Invariant:** a key that nobody takes is an error, so nothing in a case is ever ignored.

use std::fmt;

use serde_json_borrow::{ObjectAsVec, Value};

use super::case_codec::{Codec, ValueForm, Writer};
use super::quote_json::CaseError;

/// Where a part stands; written out only for an error.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
    /// The whole.
    Root,
    /// Under a key.
    Key(&'p Place<'p>, &'static str),
    /// In a list.
    Item(&'p Place<'p>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Root => Ok(()),
            Place::Key(Place::Root, key) => f.write_str(key),
            Place::Key(above, key) => write!(f, "{above}.{key}"),
            Place::Item(above, place) => write!(f, "{above}[{place}]"),
        }
    }
}

impl Place<'_> {
    fn below(&self, key: &str) -> String {
        match self {
            Place::Root => key.to_owned(),
            above => format!("{above}.{key}"),
        }
    }
}

/// Reads the fields of one object and remembers which it has taken.
pub(super) struct Reader<'p, 'v> {
    place: Place<'p>,
    object: &'v ObjectAsVec<'v>,
    /// One bit an entry.
    taken: u64,
    next: usize,
    error: Option<CaseError>,
}

/// More keys than an object of a case has.
const MOST_KEYS: usize = 64;

impl<'p, 'v> Reader<'p, 'v> {
    /// Opens an object.
    pub fn open(place: Place<'p>, value: &'v Value<'v>) -> Result<Reader<'p, 'v>, CaseError> {
        match value.as_object() {
            Some(object) if object.len() > MOST_KEYS => {
                Err(CaseError::Form { path: place.to_string(), expected: "an object of a case" })
            }
            Some(object) => Ok(Reader { place, object, taken: 0, next: 0, error: None }),
            None => Err(CaseError::Form { path: place.to_string(), expected: "an object" }),
        }
    }

    /// The first error, or the first key that nobody took.
    pub fn close(self) -> Result<(), CaseError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let left = self.object.iter().enumerate().find(|(at, _)| self.taken & (1 << at) == 0);
        let Some((at, (key, _))) = left else {
            return Ok(());
        };
        let path = self.place.below(key);
        match self.object.iter().take(at).any(|(before, _)| before == key) {
            true => Err(CaseError::Twice { path }),
            false => Err(CaseError::Unknown { path }),
        }
    }

    /// The value under `key`, taken. Keys mostly stand in the order in which they are asked for.
    fn take(&mut self, key: &str) -> Option<&'v Value<'v>> {
        let count = self.object.len();
        for step in 0..count {
            let at = (self.next + step) % count;
            if let Some((found, value)) = self.object.get_key_value_at(at)
                && found == key
            {
                if self.taken & (1 << at) != 0 {
                    return None;
                }
                self.taken |= 1 << at;
                self.next = at + 1;
                return Some(value);
            }
        }
        None
    }

    /// A text that must be there.
    pub fn required_text(&mut self, key: &'static str) -> Result<String, CaseError> {
        match self.take(key) {
            None => Err(CaseError::Missing { path: self.place.below(key) }),
            Some(Value::Str(text)) => Ok(text.clone().into_owned()),
            Some(_) => Err(CaseError::Form { path: self.place.below(key), expected: "text" }),
        }
    }

    /// A text that may be there.
    pub fn text(&mut self, key: &'static str) -> Result<Option<String>, CaseError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text.clone().into_owned())),
            Some(_) => Err(CaseError::Form { path: self.place.below(key), expected: "text" }),
        }
    }

    /// A part that must be there, and in it a principal.
    pub fn required_part(
        &mut self,
        key: &'static str,
        walk: impl FnOnce(&mut Reader<'_, '_>),
    ) -> Result<(), CaseError> {
        match self.object.get(key).and_then(Value::as_object) {
            None => Err(CaseError::Missing { path: self.place.below(key) }),
            Some(object) if !object.contains_key("principal") => {
                Err(CaseError::Missing { path: Place::Key(&self.place, key).below("principal") })
            }
            Some(_) => self.part(key, walk).map(|_present| ()),
        }
    }

    /// A part, if it is there; says whether it was.
    pub fn part(&mut self, key: &'static str, walk: impl FnOnce(&mut Reader<'_, '_>)) -> Result<bool, CaseError> {
        let Some(value) = self.take(key) else {
            return Ok(false);
        };
        let place = self.place;
        let mut reader = Reader::open(Place::Key(&place, key), value)?;
        walk(&mut reader);
        reader.close().map(|()| true)
    }

    fn fail(&mut self, error: CaseError) {
        self.error.get_or_insert(error);
    }
}

impl Codec for Reader<'_, '_> {
    fn field<T>(&mut self, key: &'static str, slot: &mut Option<T>, form: &dyn ValueForm<T>) {
        let Some(value) = self.take(key) else {
            return;
        };
        match form.read(value) {
            Some(read) => *slot = Some(read),
            None => self.fail(CaseError::Form { path: self.place.below(key), expected: form.expected() }),
        }
    }

    fn list<T: Default + Clone>(
        &mut self,
        key: &'static str,
        slot: &mut Option<Vec<T>>,
        reading: fn(&mut Reader<'_, '_>, &mut T),
        _writing: fn(&mut Writer, &mut T),
    ) {
        let Some(value) = self.take(key) else {
            return;
        };
        let Some(items) = value.as_array() else {
            self.fail(CaseError::Form { path: self.place.below(key), expected: "a list" });
            return;
        };
        let mut parts = Vec::with_capacity(items.len());
        let place = self.place;
        let list = Place::Key(&place, key);
        for (at, item) in items.iter().enumerate() {
            let mut part = T::default();
            let read = Reader::open(Place::Item(&list, at), item).and_then(|mut reader| {
                reading(&mut reader, &mut part);
                reader.close()
            });
            match read {
                Ok(()) => parts.push(part),
                Err(error) => self.fail(error),
            }
        }
        *slot = Some(parts);
    }
}
