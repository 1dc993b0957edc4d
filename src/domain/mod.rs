//! The rules, and nothing but the rules: no IO, no clock, no randomness.
//!
//! Reading order: `money`, `names`, `credit_code`, `ip_right`, `calendar`, `dated`, `tier`, `registration`, `filing`,
//! `first_loan`, `ledger`, `reserve`, `split`, `rulebook`, `payout`.

pub mod calendar;
pub mod credit_code;
pub mod dated;
pub mod filing;
pub mod first_loan;
pub mod ip_right;
pub mod ledger;
pub mod money;
pub mod names;
pub mod payout;
pub mod person;
pub mod registration;
pub mod reserve;
pub mod rulebook;
pub mod split;
pub mod tier;
