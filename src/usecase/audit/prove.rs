//! Proving the audit chain alone: every event, every link, every head, and a head that somebody outside kept.
//!
//! **Invariant:** the witnessed head is compared with one recomputed from the events, not with a stored one.

use super::head::{DailyHead, Gathered};
use super::walk::walk;
use crate::storage::chain::digest_of;
use crate::storage::find::events;
use crate::storage::{Db, StoreError, insert_only};
use crate::usecase::UseCaseError;
use crate::usecase::verify::{Check, Proof};

/// Recomputes the chains and compares them with a head from outside, if there is one.
///
/// # Errors
/// Storage. What fails to prove is in the proof, not an error.
pub fn prove(db: &mut Db, witnessed: Option<&DailyHead>) -> Result<Proof, UseCaseError> {
    let mut gathered = witnessed.map(|head| Gathered::new(head.day));
    let walked = walk(db, |event| {
        if let Some(gathered) = &mut gathered {
            gathered.take(event);
        }
    })?;
    let mut checks = vec![Check::new("audit_chain", walked.checked, walked.failures), kept(db)?];
    if let (Some(witnessed), Some(gathered)) = (witnessed, gathered) {
        let found = gathered.head();
        let differs = found != *witnessed;
        checks.push(Check::new("witnessed_head", 1, differs.then(|| found.to_string()).into_iter().collect()));
    }
    Ok(Proof { ok: checks.iter().all(|check| check.ok), digest: digest_of(&events::heads(db)?), checks })
}

/// Whether the database still refuses to change what was written.
fn kept(db: &mut Db) -> Result<Check, StoreError> {
    let missing = insert_only::missing(db)?;
    Ok(Check::new("insert_only", insert_only::count(db), missing))
}
