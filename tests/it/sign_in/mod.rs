//! Signing in: rules, guessing, sessions, the first administrator, pages by role and bank.

mod guessing;
mod idle;
mod narrow;
mod oidc;
mod pages;
mod passwords;
mod provider;
mod roles;
mod sessions;
mod totp;

use pledgefund::app::{App, Opening};
use pledgefund::clock::Clock;
use pledgefund::config::Config;
use pledgefund::domain::calendar::utc_of_beijing;
use pledgefund::usecase::sign_in::{Guest, known};

use crate::support::product::Installation;

/// An application on a clock that is moved, with hashes that cost nothing: only a simulated clock takes those.
pub fn quick(installation: &Installation) -> App {
    let mut config = Config::load(None).unwrap();
    config.data.dir = installation.folder.path().to_owned();
    config.data.database_url = installation.url.clone().unwrap_or_default();
    config.sign_in.memory_kib = 64;
    let noon = chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap().and_hms_opt(12, 0, 0).unwrap();
    App::open(config, Clock::simulated(utc_of_beijing(noon)), Opening::Migrate).unwrap()
}

/// Lets seconds pass.
pub fn pass(app: &App, seconds: i64) {
    app.wall.move_to(app.wall.now() + chrono::TimeDelta::seconds(seconds));
}

/// Who has a token.
pub fn guest(app: &App, token: &str) -> Option<Guest> {
    known(app, token).unwrap()
}
