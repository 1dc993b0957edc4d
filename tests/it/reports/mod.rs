//! The two monthly summaries against the sample bank files.

mod bank_tables;
mod figures;
mod mails;
mod pictures;
mod pledge_tables;
mod sample;
pub mod workbooks;
