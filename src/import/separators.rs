//! How many cells the lines of a text have, before a reader makes room for them.
//!
//! **Invariant:** a text that passes has no line with more cells than a spreadsheet has columns, filled or not.

use memchr::{memchr, memchr3_iter};

use super::file_error::FileError;

/// Columns of any spreadsheet; a line may end in as many empty cells.
const COLUMNS: usize = 16_384;

/// Counts the separators of every line, quotation marks taken as the reader takes them: they open a cell only at its
/// start, and two within are one.
///
/// # Errors
/// `TooManyColumns`, naming `limit`.
pub(super) fn check(text: &str, limit: usize) -> Result<(), FileError> {
    let bytes = text.as_bytes();
    let line_end = if memchr(b'\n', bytes).is_some() { b'\n' } else { b'\r' };
    let (mut cells, mut line, mut quoted, mut escaped) = (1_usize, 1_u32, false, None);
    for at in memchr3_iter(b',', b'"', line_end, bytes) {
        let byte = bytes.get(at).copied().unwrap_or_default();
        if byte == b'"' && quoted {
            if escaped == Some(at) {
                escaped = None;
            } else if bytes.get(at.saturating_add(1)) == Some(&b'"') {
                escaped = Some(at.saturating_add(1));
            } else {
                quoted = false;
            }
        } else if byte == b'"' {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            quoted = matches!(before, None | Some(b',' | b'\n' | b'\r'));
        } else if byte == b',' && !quoted {
            cells = cells.saturating_add(1);
            if cells > COLUMNS {
                return Err(FileError::TooManyColumns { row: line, limit });
            }
        } else if !quoted {
            (cells, line) = (1, line.saturating_add(1));
        }
    }
    Ok(())
}
