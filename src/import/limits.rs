//! How large a bank file may be before it is refused unread.
//!
//! **Invariant:** no reader allocates more than these limits allow, whatever a file claims of itself.

use serde::{Deserialize, Serialize};
/// Characters a cell of any spreadsheet holds.
pub const CELL_CHARACTERS: usize = 32_767;

/// Whether a text is longer than a cell can be.
#[must_use]
pub fn is_too_long(text: &str) -> bool {
    text.len() > CELL_CHARACTERS && text.encode_utf16().count() > CELL_CHARACTERS
}

/// Limits of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Data rows below the header that are not empty.
    pub rows: u32,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Columns of a row.
    pub columns: usize,
    /// Size of all parts of a workbook once unpacked, in bytes, counted while unpacking.
    pub inflated: u64,
    /// How many times its packed size a workbook may unpack to.
    pub ratio: u64,
    /// Parts of a workbook.
    pub parts: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            rows: 200_000,
            bytes: 20 * 1024 * 1024,
            columns: 100,
            inflated: 256 * 1024 * 1024,
            ratio: 100,
            parts: 200,
        }
    }
}
