//! The pages, from view to bytes to picture.

mod acting;
pub mod fixture;
mod headers;
mod looks;
mod measures;
mod people;
mod queries;
pub mod rendering;
pub mod server;
mod units;
