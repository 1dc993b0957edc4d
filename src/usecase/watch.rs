//! Who goes along with an import: sees how far it is, may stop it, and has the last word before it is saved.
//!
//! **Invariant:** what a watcher refuses or writes stands or falls with the import itself.

use super::UseCaseError;
use super::import::FileOutcome;
use crate::storage::{Lease, Tx};

/// Follows an import while it runs, and may stop it.
pub trait Watch: Sync {
    /// `rows` data rows have been taken so far.
    ///
    /// # Errors
    /// `Cancelled`: the import ends with the code `CANCELLED` and saves nothing.
    fn rows(&self, rows: u64) -> Result<(), Cancelled>;

    /// The work under which the import is saved, if any.
    fn lease(&self) -> Option<Lease> {
        None
    }

    /// Everything is written and not yet committed: the last chance to refuse, and the place for what must be
    /// saved together with the import.
    ///
    /// # Errors
    /// A refusal or a storage failure takes everything back.
    fn before_commit(&self, _tx: &mut Tx<'_>, _outcomes: &[FileOutcome]) -> Result<(), UseCaseError> {
        Ok(())
    }
}

/// The import is not wanted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

/// Follows nothing and stops nothing.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn rows(&self, _rows: u64) -> Result<(), Cancelled> {
        Ok(())
    }
}
