//! What happens to claims, told as the people of a small town live it. Each story runs on both databases and ends
//! with the books proved.

mod again;
mod breaker;
mod caps;
mod conflicts;
mod corrections;
mod ends;
mod expiry;
mod funding;
mod groups;
mod keys;
mod money;
mod payees;
mod proof;
mod races;
mod returned;
mod returns;
pub mod town;
