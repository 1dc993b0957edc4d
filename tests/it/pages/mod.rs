//! The pages, from view to bytes to picture.

pub mod fixture;
mod headers;
mod looks;
mod measures;
pub mod rendering;
pub mod server;
mod units;
