//! The rules, judged from outside: worked figures of the standards and laws for all inputs.

mod calendar;
mod claim_levels;
mod code_repair;
mod credit_code;
mod first_loan;
mod ip_right;
mod ledger;
mod money;
mod person;
mod reference;
mod reminders;
mod size_class;
mod slips;
mod tier;
mod working_days;

use chrono::NaiveDate;

/// A day written `YYYY-MM-DD`.
fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
