//! The apostrophe that keeps a spreadsheet from taking a text for a formula: set on the way out, taken off on the way
//! in.
//!
//! **Invariant:** `unguarded(&guarded(t))` is `t` for every text, also for one that begins with apostrophes itself; a
//! text that was not guarded is never changed.

use std::borrow::Cow;

/// What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection), or what hides one: signs in half
/// and full width, the minus sign, and the control characters that a program drops before it looks.
pub const SIGNS: [char; 13] = ['=', '+', '-', '@', '\u{2212}', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\0'];

const APOSTROPHE: char = '\'';

/// The text with an apostrophe before it where it needs one. A text of apostrophes and then a sign gets one more, so
/// that taking one off always gives back what was there.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("{APOSTROPHE}{text}")) } else { Cow::Borrowed(text) }
}

/// The text behind an apostrophe that `guarded` has set; nothing where the text carries none.
#[must_use]
pub fn unguarded(text: &str) -> Option<&str> {
    text.strip_prefix(APOSTROPHE).filter(|rest| is_risky(rest))
}

fn is_risky(text: &str) -> bool {
    text.trim_start_matches(APOSTROPHE).starts_with(SIGNS)
}
