//! The workers that import uploads inside the server.
//!
//! Owns their threads, the signs of life of what they hold, and their orderly end.
//! **Invariant:** a worker that dies, stalls or is stopped leaves an upload either untouched or done; another one
//! goes on when its lease has run out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chrono::TimeDelta;

use crate::app::App;
use crate::storage::db::Location;
use crate::storage::find::upload_work;
use crate::storage::rows::uploads::UploadRow;
use crate::storage::{Act, Scope, StoreError};
use crate::usecase::uploads::running::{Progress, Stop};
use crate::usecase::uploads::{self, work};

/// How often workers look for uploads that other processes received, and give signs of life.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often bytes that are no longer needed are looked for.
const CLEAR_EVERY: Duration = Duration::from_secs(3_600);
/// How long an orderly end may take.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// The running workers.
#[derive(Debug)]
pub struct Importer {
    app: Arc<App>,
    quit: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts as many workers as the settings say; a SQLite file has one writer and so gets one worker.
///
/// # Errors
/// What the system says when a thread cannot be started.
pub fn start(app: &Arc<App>) -> std::io::Result<Importer> {
    let on_postgres = matches!(app.store.location(), Location::Postgres(_));
    let workers = if on_postgres { app.config.imports.workers } else { 1 };
    let mut importer = Importer { app: Arc::clone(app), quit: Arc::new(AtomicBool::new(false)), threads: Vec::new() };
    for _ in 0..workers {
        importer.spawn("importer", run)?;
    }
    importer.spawn("import-clearing", clear)?;
    if on_postgres {
        importer.spawn("import-heartbeat", give_signs)?;
    }
    Ok(importer)
}

impl Importer {
    fn spawn(&mut self, name: &str, body: fn(&App, &AtomicBool)) -> std::io::Result<()> {
        let (app, quit) = (Arc::clone(&self.app), Arc::clone(&self.quit));
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || body(&app, &quit))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Stops the workers: what they hold is taken back and given to whoever comes next. Waits ten seconds at most.
    pub fn stop(self) {
        self.quit.store(true, Ordering::SeqCst);
        let until = Instant::now() + STOP_WITHIN;
        while self.threads.iter().any(|thread| !thread.is_finished()) && Instant::now() < until {
            for progress in self.app.running.all() {
                progress.stop(Stop::ShuttingDown);
            }
            self.app.running.ring();
            std::thread::park_timeout(Duration::from_millis(20));
        }
        let left = self.threads.iter().filter(|thread| !thread.is_finished()).count();
        if left > 0 {
            tracing::warn!(left, "an import did not stop in time; its lease runs out by itself");
        }
    }
}

fn run(app: &App, quit: &AtomicBool) {
    while !quit.load(Ordering::SeqCst) {
        let rung = app.running.rung();
        match uploads::take(app) {
            Ok(Some((row, lease))) => {
                let entered = app.running.enter(lease);
                do_one(app, &row, &entered.progress);
            }
            Ok(None) => app.running.wait(rung, LOOK_EVERY),
            Err(error) => {
                tracing::error!(error = %error, "uploads cannot be taken: {error}");
                app.running.wait(rung, LOOK_EVERY);
            }
        }
    }
}

fn do_one(app: &App, row: &UploadRow, progress: &Progress) {
    tracing::info!(upload = %row.upload_id, state = %row.state, "upload {} is worked on", row.upload_id);
    let done = match catch_unwind(AssertUnwindSafe(|| work::work(app, row, progress))) {
        Ok(done) => done,
        Err(_payload) => {
            tracing::error!(upload = %row.upload_id, "a worker panicked over upload {}", row.upload_id);
            let act = Act::new(&row.actor, row.business_date);
            app.store.write(&Scope::system(), &act, |tx| upload_work::give_back(tx, &progress.lease, true))
        }
    };
    match done {
        // Somebody else has it, and will record how it ends.
        Ok(()) | Err(StoreError::LeaseLost) => {}
        Err(error) => {
            tracing::error!(upload = %row.upload_id, error = %error, "an upload's end was not recorded: {error}");
        }
    }
}

/// Keeps what this process holds, tells others how far it is, and hears who wants it cancelled. Where one process
/// owns the database alone nobody could take anything over, and the one writer is busy with the import.
fn give_signs(app: &App, quit: &AtomicBool) {
    let lease = TimeDelta::seconds(app.config.imports.lease_seconds);
    while !quit.load(Ordering::SeqCst) {
        for progress in app.running.all() {
            give_sign(app, &progress, lease);
        }
        std::thread::park_timeout(
            LOOK_EVERY.min(Duration::from_secs(app.config.imports.lease_seconds.unsigned_abs()) / 3),
        );
    }
}

fn give_sign(app: &App, progress: &Progress, lease: TimeDelta) {
    let standing = progress.standing();
    let rows = if standing.saving { standing.saved } else { standing.read };
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let act = Act::new("import", app.store.clock().today());
    let beaten = app.store.write(&Scope::system(), &act, |tx| {
        let until = tx.now().checked_add_signed(lease).unwrap_or(tx.now());
        upload_work::beat(tx, &progress.lease, rows, until)
    });
    match beaten {
        Ok(true) => progress.stop(Stop::Cancelled),
        Ok(false) => {}
        Err(StoreError::LeaseLost) => progress.stop(Stop::LeaseLost),
        Err(error) => tracing::warn!(error = %error, "a sign of life was not recorded: {error}"),
    }
}

fn clear(app: &App, quit: &AtomicBool) {
    let mut next = Instant::now();
    while !quit.load(Ordering::SeqCst) {
        if next <= Instant::now() {
            next = Instant::now() + CLEAR_EVERY;
            match uploads::clear(app) {
                Ok(0) => {}
                Ok(cleared) => tracing::info!(cleared, "forgot the bytes of {cleared} uploads"),
                Err(error) => tracing::warn!(error = %error, "uploads were not cleared: {error}"),
            }
        }
        let rung = app.running.rung();
        app.running.wait(rung, LOOK_EVERY);
    }
}
