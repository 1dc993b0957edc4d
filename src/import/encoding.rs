//! Which encoding a text file is in.
//!
//! Strict UTF-8 (with or without byte-order mark) wins, then strict GB18030 (`settled.md`, Input, output).
//! **Invariant:** text comes out only when every byte belongs to the one encoding named; nothing is replaced.

use std::borrow::Cow;

use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};

use super::file_error::FileError;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// Multi-byte UTF-8 characters in one line that are no accident of GB18030 bytes.
const LINE_EVIDENCE: usize = 2;
/// The same for a single cell, where an accident is likelier because a cell is shorter than its line.
const CELL_EVIDENCE: usize = 4;

/// The encoding a text file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextEncoding {
    /// UTF-8 without mark.
    Utf8,
    /// UTF-8 with byte-order mark.
    Utf8Marked,
    /// GB18030, of which GBK and GB2312 are parts.
    Gb18030,
}

impl TextEncoding {
    /// Name shown to a person.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            TextEncoding::Utf8 => "UTF-8",
            TextEncoding::Utf8Marked => "UTF-8 BOM",
            TextEncoding::Gb18030 => "GB18030",
        }
    }
}

/// Reads bytes as text, and says as what.
///
/// # Errors
/// `EncodingMixed` when no one encoding explains every byte, or when parts of a GB18030 text are plainly UTF-8.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, TextEncoding), FileError> {
    let (body, marked) = match bytes.strip_prefix(UTF8_MARK) {
        Some(body) => (body, true),
        None => (bytes, false),
    };
    if let Ok(text) = std::str::from_utf8(body) {
        let encoding = if marked { TextEncoding::Utf8Marked } else { TextEncoding::Utf8 };
        return readable(Cow::Borrowed(text)).map(|text| (text, encoding));
    }
    if marked {
        return Err(FileError::EncodingMixed { line: first_foreign_line(body) });
    }
    if let Some(line) = utf8_line(body) {
        return Err(FileError::EncodingMixed { line });
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => readable(text).map(|text| (text, TextEncoding::Gb18030)),
        None => Err(FileError::EncodingMixed { line: first_foreign_line(body) }),
    }
}

/// A zero byte is in no bank's text file, but in every picture, archive and UTF-16 text.
fn readable(text: Cow<'_, str>) -> Result<Cow<'_, str>, FileError> {
    match text.split('\0').next() {
        Some(before) if before.len() < text.len() => {
            Err(FileError::EncodingMixed { line: count_lines(before.as_bytes()) })
        }
        _ => Ok(text),
    }
}

/// The first line, counted from 1, that is UTF-8 inside a text that as a whole is not.
fn utf8_line(body: &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for line in body.split(|byte| *byte == b'\n') {
        number = number.saturating_add(1);
        let cells = line.split(|byte| *byte == b',').filter_map(wide_characters).max().unwrap_or(0);
        if wide_characters(line).unwrap_or(0) >= LINE_EVIDENCE || cells >= CELL_EVIDENCE {
            return Some(number);
        }
    }
    None
}

/// How many characters of three or more bytes strict UTF-8 bytes hold; nothing if they are not UTF-8.
fn wide_characters(bytes: &[u8]) -> Option<usize> {
    std::str::from_utf8(bytes).ok().map(|text| text.chars().filter(|c| c.len_utf8() >= 3).count())
}

fn first_foreign_line(body: &[u8]) -> u32 {
    match std::str::from_utf8(body) {
        Ok(_) => 1,
        Err(error) => count_lines(body.get(..error.valid_up_to()).unwrap_or_default()),
    }
}

fn count_lines(before: &[u8]) -> u32 {
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}
