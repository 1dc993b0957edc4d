//! People who act, told apart by name until they sign in.
//!
//! Owns when two written names are one person's.
//! **Invariant:** spaces, width, case and invisible characters never make two persons out of one.

use std::fmt;

use super::names::fold_code;

/// Longest name taken, in characters.
const LONGEST: usize = 64;

/// A person's name as written, without the spaces around it.
#[derive(Debug, Clone)]
pub struct PersonName(String);

impl PersonName {
    /// The name in a text; nothing for an empty text, one that is too long, or one with control characters.
    #[must_use]
    pub fn read(text: &str) -> Option<PersonName> {
        let name = text.trim();
        let fits = !folded(name).is_empty() && name.chars().count() <= LONGEST && !name.chars().any(char::is_control);
        fits.then(|| PersonName(name.to_owned()))
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a stored name is this person's.
    #[must_use]
    pub fn is(&self, stored: &str) -> bool {
        folded(&self.0) == folded(stored)
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that is the same for every way in which one name is written.
#[must_use]
pub fn key_of(name: &str) -> String {
    folded(name)
}

/// Two-character names are often written with a space between: 张　三 is 张三.
fn folded(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !is_invisible(*c)).collect();
    fold_code(&visible)
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}
