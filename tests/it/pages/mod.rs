//! The pages, from view to bytes to picture.

mod acting;
mod deciding;
mod drafts;
mod drawings;
pub mod fixture;
mod groups;
mod headers;
mod keeping;
mod kept;
mod looks;
mod machines;
mod measures;
mod money;
mod offices;
mod people;
mod pictures;
mod queries;
mod reminders;
pub mod rendering;
pub mod server;
mod units;
