//! The proof of everything for people who look at it: made aside, because it goes through all the books.
//!
//! Owns the one proof that is being made in this process, and the last one that was. Whoever asks first waits a moment,
//! which is enough for small books; on large ones the last proof is shown with the moment it was made.
//! **Invariant:** whoever looks while none is being made sets one going: no proof is shown twice as if it were new.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDateTime;

use crate::storage::Store;
use crate::storage::find::events;
use crate::usecase::UseCaseError;
use crate::usecase::verify::{Proof, verify};

/// How long the first who asks waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// Chain, last number, hash.
type Head = (String, i64, String);

/// A proof that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Begun at, UTC.
    pub at: NaiveDateTime,
    /// The proof.
    pub proof: Proof,
    /// Heads of the chains.
    pub heads: Vec<Head>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<NaiveDateTime>,
    last: Option<Arc<Proved>>,
    fault: Option<String>,
}

/// The proofs of this process.
#[derive(Debug, Default)]
pub struct Proofs {
    state: Mutex<State>,
    ended: Condvar,
}

/// What can be shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The last proof.
    pub proved: Option<Arc<Proved>>,
    /// Since when one is being made, UTC.
    pub running: Option<NaiveDateTime>,
    /// Why the last try came to nothing.
    pub fault: Option<String>,
}

impl Proofs {
    /// The last proof, and a new one set going where none is.
    pub fn look(self: &Arc<Proofs>, store: &Store, fund_id: &str) -> Shown {
        let mut state = self.locked();
        if state.running.is_none() {
            let at = store.clock().now();
            state.running = Some(at);
            drop(state);
            self.begin(store.clone(), fund_id.to_owned(), at);
            let waited = self.ended.wait_timeout_while(self.locked(), PATIENCE, |state| state.running.is_some());
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Shown { proved: state.last.clone(), running: state.running, fault: state.fault.clone() }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(self: &Arc<Proofs>, store: Store, fund_id: String, at: NaiveDateTime) {
        let here = Arc::clone(self);
        let work = move || {
            let ending = Ending(&here);
            let made = prove(&store, &fund_id, at);
            let mut state = here.locked();
            match made {
                Ok(proved) => (state.last, state.fault) = (Some(Arc::new(proved)), None),
                Err(error) => state.fault = Some(error.to_string()),
            }
            drop(state);
            drop(ending);
        };
        if let Err(error) = std::thread::Builder::new().name("proof".to_owned()).spawn(work) {
            let mut state = self.locked();
            (state.running, state.fault) = (None, Some(error.to_string()));
        }
    }
}

/// Says that nothing is being made any more, also where the thread panics.
struct Ending<'a>(&'a Proofs);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.locked().running = None;
        self.0.ended.notify_all();
    }
}

fn prove(store: &Store, fund_id: &str, at: NaiveDateTime) -> Result<Proved, UseCaseError> {
    let mut db = store.read()?;
    let proof = verify(&mut db, fund_id)?;
    Ok(Proved { at, proof, heads: events::heads(&mut db)? })
}
