//! What every clause has: a name that is cheap to cite, where it comes from, and values that may be left open.
//!
//! **Invariant:** copying a name copies no text.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::vocabulary::Basis;

/// An id, a word or an article as rulebooks write it; shared, so that traces may cite it freely.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name(Arc::from(text))
    }
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name(Arc::from(text))
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A value that the measure may leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open<T> {
    /// Stated.
    Known(T),
    /// Left open.
    Unknown,
}

impl<T> Open<T> {
    /// The value, if it is stated.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Open::Known(value) => Some(value),
            Open::Unknown => None,
        }
    }

    /// The value under `change`; what is left open stays so.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Open<U> {
        match self {
            Open::Known(value) => Open::Known(change(value)),
            Open::Unknown => Open::Unknown,
        }
    }
}

/// Where a clause comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What the clause is called, where the file says.
    pub name: Option<Titled>,
    /// Article of the measure, for instance 第十一条.
    pub article: Option<Name>,
    /// Where its values come from; as weak as the weakest key.
    pub basis: Basis,
    /// Single keys whose basis differs.
    pub key_basis: Vec<(Name, Basis)>,
    /// Note in Chinese.
    pub note_zh: Option<Name>,
    /// Note in English.
    pub note_en: Option<Name>,
}

impl Origin {
    /// A clause that cites nothing and rests on the text.
    pub const NONE: Origin =
        Origin { name: None, article: None, basis: Basis::Text, key_basis: Vec::new(), note_zh: None, note_en: None };
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Titled {
    /// In Chinese.
    pub zh: Name,
    /// In English.
    pub en: Name,
}
