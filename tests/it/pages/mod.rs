//! The pages, from view to bytes to picture.

mod acting;
mod drawings;
pub mod fixture;
mod headers;
mod looks;
mod measures;
mod people;
mod pictures;
pub mod rendering;
pub mod server;
mod temp_look;
mod units;
