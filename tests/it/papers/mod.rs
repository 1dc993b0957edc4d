//! Papers: attachments, printed forms, evidence packs.

mod archive;
mod attachments;
mod forms;
mod journey;
mod packs;
mod texts;
