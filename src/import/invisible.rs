//! Characters nobody sees: which are dropped, which stand for a space, and which make a text suspect.
//!
//! **Invariant:** a text that passes shows all it holds; what could make it read differently from what is stored
//! (direction marks, control characters) is named and never dropped in silence.

use std::borrow::Cow;

/// Whether text may hold any of the characters below; cheap, because every cell is asked.
fn is_suspect(text: &str) -> bool {
    let lead = |byte: u8| matches!(byte, 0..=0x1F | 0x7F | 0xC2 | 0xCD | 0xD8 | 0xE1..=0xE3 | 0xEF | 0xF3);
    text.bytes().any(lead)
}

/// Joiners, marks of byte order and direction, fillers and variants of glyphs: without width or meaning in a code,
/// an amount or a name.
const fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Spaces of other widths.
const fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}')
}

/// Control characters, separators of lines and orders that turn the direction of what follows.
const fn is_control(c: char) -> bool {
    matches!(c,
        '\u{00}'..='\u{08}' | '\u{0B}' | '\u{0C}' | '\u{0E}'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The text without what has no width, and with plain spaces.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !is_suspect(text) || !text.chars().any(|c| is_dropped(c) || is_space(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_dropped(*c)).map(|c| if is_space(c) { ' ' } else { c }).collect())
}

/// The first control character of a text, as `U+202E`.
#[must_use]
pub fn control_in(text: &str) -> Option<String> {
    if !is_suspect(text) {
        return None;
    }
    text.chars().find(|c| is_control(*c)).map(|c| format!("U+{:04X}", u32::from(c)))
}

/// Whether a text was damaged before it came here: replaced characters, or what replaced UTF-8 looks like when read
/// as GBK.
#[must_use]
pub fn is_damaged(text: &str) -> bool {
    text.contains('\u{FFFD}') || text.contains("锟斤拷")
}

/// The text without control characters, to be shown in a message about it.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().filter(|c| !is_control(*c)).collect()
}
