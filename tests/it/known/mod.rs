//! The books for a business date as they were known at a moment, and what lies between two such states.

mod difference;
mod moments;
mod replay;

use chrono::{NaiveDateTime, TimeDelta};

use crate::support::product::Installation;

/// Lets an installation live on a clock that stands at a Beijing time.
pub fn clock_at(installation: &Installation, beijing: &str) {
    installation.run(&["migrate"]);
    let utc = beijing.parse::<NaiveDateTime>().unwrap() - TimeDelta::hours(8);
    let text = utc.format("%Y-%m-%dT%H:%M:%S%.6f");
    installation.tamper(&format!(
        "DELETE FROM settings WHERE name = 'simulated_clock'; \
         INSERT INTO settings (name, value) VALUES ('simulated_clock', '{text}')"
    ));
}
