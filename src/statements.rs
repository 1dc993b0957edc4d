//! How much was asked of the database.
//!
//! Owns the count of statements, kept by the thread that sent them: a page is read on one thread, so that what was
//! counted meanwhile is the page's own. Every connection counts here, and the log of a request says how many there were.
//! **Invariant:** counting changes nothing.

use std::cell::Cell;

thread_local! {
    static SENT: Cell<u64> = const { Cell::new(0) };
}

/// One more statement was sent.
pub fn sent() {
    SENT.set(SENT.get().wrapping_add(1));
}

/// What `work` gives, and how many statements it sent on this thread.
pub fn during<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = SENT.get();
    let done = work();
    (done, SENT.get().wrapping_sub(before))
}
