//! Papers: attachments, printed forms, evidence packs.

mod archive;
mod attachments;
mod forms;
pub mod journey;
mod packs;
mod texts;
