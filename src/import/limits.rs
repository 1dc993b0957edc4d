//! How large a bank file may be before it is refused unread.
//!
//! **Invariant:** no reader allocates more than these limits allow, whatever a file claims of itself.

use serde::{Deserialize, Serialize};

/// Limits of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Data rows below the header that are not empty.
    pub rows: u32,
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Columns of a row.
    pub columns: usize,
    /// Size of all parts of a workbook once unpacked, in bytes, as its directory declares it.
    pub inflated: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { rows: 200_000, bytes: 20 * 1024 * 1024, columns: 100, inflated: 256 * 1024 * 1024 }
    }
}
