//! The pages, from view to bytes to picture.

mod acting;
mod drafts;
pub mod fixture;
mod headers;
mod keeping;
mod looks;
mod measures;
mod money;
mod people;
mod queries;
pub mod rendering;
pub mod server;
mod units;
