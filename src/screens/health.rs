//! State of the server, for machines.
//!
//! **Invariant:** `ok` means that the database has answered just now.

use crate::app::App;
use crate::domain::calendar::beijing_time;
use crate::http::error::PageError;
use crate::storage::db::Location;
use crate::storage::find::jobs;
use crate::storage::migrate;
use crate::views::HealthView;

pub(super) fn load(app: &App) -> Result<HealthView, PageError> {
    let last_daily_close = jobs::last_done_on(&mut *app.store.read()?, "daily_close")?;
    let clock = app.store.clock();
    Ok(HealthView {
        status: "ok".to_owned(),
        database: match app.store.location() {
            Location::Sqlite(_) => "sqlite",
            Location::Postgres(_) => "postgresql",
        }
        .to_owned(),
        schema_version: migrate::applied(&app.store)?.into_iter().max().unwrap_or_default(),
        clock: beijing_time(clock.now()).format("%Y-%m-%dT%H:%M:%S+08:00").to_string(),
        simulated: clock.is_simulated(),
        last_daily_close,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        warnings: app.sealer.is_beside_data().then(|| "sealing_key_beside_data".to_owned()).into_iter().collect(),
    })
}
