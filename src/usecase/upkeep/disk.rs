//! Room on the disk of the data folder.
//!
//! **Invariant:** where the machine does not say, nothing is guessed.

use std::path::Path;
use std::process::{Command, Stdio};

/// Bytes of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// All of it.
    pub whole: u64,
    /// Free.
    pub free: u64,
}

/// Room on the file system of a folder, as `df` tells it; none where there is no such command.
#[must_use]
pub fn room(folder: &Path) -> Option<Room> {
    let mut df = Command::new("df");
    df.args(["-P", "-k", "--"]).arg(folder).stdin(Stdio::null()).stderr(Stdio::null());
    let told = df.output().ok().filter(|told| told.status.success())?;
    read(&String::from_utf8_lossy(&told.stdout))
}

/// The second line, in the columns that POSIX fixes: name, blocks, used, available.
fn read(told: &str) -> Option<Room> {
    let mut columns = told.lines().nth(1)?.split_whitespace().skip(1);
    let mut next = || columns.next()?.parse::<u64>().ok()?.checked_mul(1_024);
    let whole = next()?;
    next()?;
    Some(Room { whole, free: next()? })
}
