//! The list of passwords that everybody knows.
//!
//! Owns the reading of `data/known_passwords.txt`: a word a line, folded as `domain::sign_in::password` folds.
//! **Invariant:** the list is read once and asked for whole words only.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::embedded::{self, Reference};

/// File of the list.
pub const FILE: &str = "known_passwords.txt";

static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let text = embedded::text::<Reference>(FILE).unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
});

/// Whether a folded password is on the list.
#[must_use]
pub fn is_known(folded: &str) -> bool {
    WORDS.contains(folded)
}

/// How many words the list has.
#[must_use]
pub fn count() -> usize {
    WORDS.len()
}
