//! The one integration binary: every area of the product, against both databases.

#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test that meets the unexpected should stop there")]

mod access;
mod api;
mod audit;
mod books;
mod checks;
mod domain;
mod explain;
mod export;
mod import;
mod issuing;
mod known;
mod loan_life;
mod pages;
mod papers;
mod payout_math;
mod reports;
mod rulebook;
mod schemes;
mod screens;
mod secrets;
mod sheets;
mod sign_in;
mod spine;
mod stories;
mod support;
mod texts;
mod tidy;
mod transport;
mod undo;
mod uploads;
mod webhooks;
