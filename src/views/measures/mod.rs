//! Partners, rulebooks, reports and time, as their pages show them.
//!
//! **Invariant:** plain data; nothing here reads a clock or a database.

pub mod calendar;
pub mod partners;
pub mod portal;
pub mod reports;
pub mod rulebooks;
