//! What happens to claims, told as the people of a small town live it. Each story runs on both databases and ends
//! with the books proved.

mod caps;
mod conflicts;
mod corrections;
mod ends;
mod funding;
mod keys;
mod money;
mod payees;
mod proof;
mod races;
mod returned;
mod returns;
pub mod town;
