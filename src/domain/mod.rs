//! The rules, and nothing but the rules: no IO, no clock, no randomness.
//!
//! Reading order: `money`, `names`, `credit_code`, `ip_right`, `calendar`, `dated`, `tier`, `registration`, `filing`,
//! `first_loan`, what helps with slips of the pen (`credit_code_repair`, `patent_repair`, `nearness`, `unit_slip`,
//! `balance_check`, `size_class`, `minimum_age`), `ledger`, `reserve`, `split`, the rest of the payout
//! maths (`batch`, `recovery`, `settlement`, `case_account`, `waterfall`), `rulebook`, `payout`; for the books `statement`,
//! `matching`, `reconciliation`, `trial_balance`.

pub mod access;
pub mod balance_check;
pub mod batch;
pub mod calendar;
pub mod case_account;
pub mod claim;
pub mod credit_code;
pub mod credit_code_repair;
pub mod dated;
pub mod detail;
pub mod exemption_life;
pub mod filing;
pub mod first_loan;
pub mod fund_life;
pub mod ip_right;
pub mod ledger;
pub mod loan_life;
pub mod matching;
pub mod minimum_age;
pub mod money;
pub mod names;
pub mod nearness;
pub mod outgoing;
pub mod partner_life;
pub mod patent_repair;
pub mod payout;
pub mod people;
pub mod person;
pub mod personal;
pub mod quarter;
pub mod reconciliation;
pub mod recovery;
pub mod registration;
pub mod registration_life;
pub mod reminders;
pub mod reserve;
pub mod right_history;
pub mod rulebook;
pub mod scorecard;
pub mod separation;
pub mod settlement;
pub mod sign_in;
pub mod size_class;
pub mod split;
pub mod statement;
pub mod tier;
pub mod trial_balance;
pub mod unit_slip;
pub mod waterfall;
