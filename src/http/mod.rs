//! The read-only pages and the server that shows them.
//!
//! Owns addresses, headers and languages; figures come from the `load` function the caller supplies.
//! **Invariant:** no request changes anything, and only this machine can ask until sign-in exists.

pub mod answer;
pub mod error;
pub mod headers;
pub mod pages;
pub mod router;
pub mod serve;
pub mod visit;
