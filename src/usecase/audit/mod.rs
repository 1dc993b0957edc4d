//! The audit chain as people use it: following it, the head of a day, looking into it, carrying it out and checking
//! what was carried out.
//!
//! **Invariant:** nothing here writes; whoever follows a chain looks at every link, never only at its ends.

pub mod aside;
pub mod export;
pub mod head;
pub mod offline;
pub mod prove;
pub mod walk;
