//! Mail: composed once, stored as bytes, delivered until it arrives.
//!
//! **Invariant:** the bytes delivered are the bytes stored; a repeat carries the same Message-ID.

pub mod compose;
pub mod deliver;
pub mod send;
