//! What the last proof of the books said, kept for the page of the settings.
//!
//! **Invariant:** keeping it is no event: a proof changes nothing that it proves.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::app::App;
use crate::storage::find::settings;
use crate::storage::{Act, Scope, StoreError};
use crate::usecase::verify::Proof;

/// Setting that holds it.
const LAST: &str = "last_proof";
const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.6f";

/// The last proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// When, UTC.
    pub at: NaiveDateTime,
    /// Every check passed.
    pub ok: bool,
    /// Checks.
    pub checks: u64,
    /// Checks that failed.
    pub failed: u64,
}

/// Keeps what a proof said. A database that cannot be written does not spoil the proof.
pub fn keep(app: &App, proof: &Proof) {
    let failed = proof.checks.iter().filter(|check| !check.ok).count();
    let told = json!({
        "at": app.store.clock().now().format(INSTANT).to_string(),
        "ok": proof.ok,
        "checks": proof.checks.len(),
        "failed": failed,
    });
    let act = Act::new("verify", app.store.clock().today());
    let kept: Result<(), StoreError> =
        app.store.write(&Scope::system(), &act, |tx| settings::set(tx, LAST, &told.to_string()));
    if let Err(error) = kept {
        tracing::warn!("what the proof said was not kept: {error}");
    }
}

/// What the last proof said.
///
/// # Errors
/// Storage.
pub fn last(app: &App) -> Result<Option<Last>, StoreError> {
    let Some(text) = settings::get(&mut *app.store.read()?, LAST)? else { return Ok(None) };
    let told: Value = serde_json::from_str(&text).unwrap_or_default();
    let at = told["at"].as_str().and_then(|at| NaiveDateTime::parse_from_str(at, INSTANT).ok());
    Ok(at.map(|at| Last {
        at,
        ok: told["ok"] == true,
        checks: told["checks"].as_u64().unwrap_or_default(),
        failed: told["failed"].as_u64().unwrap_or_default(),
    }))
}
