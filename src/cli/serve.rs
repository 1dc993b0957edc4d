//! `pledgefund serve`.
//!
//! **Invariant:** one process at a time works on a SQLite file; a demo database stays at the end of its replay.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;

use super::Context;
use super::answer::{Exit, Failure, print_lines};
use crate::app::{App, Opening};
use crate::http::pages::Pages;
use crate::http::router::router_within;
use crate::http::serve::{asked_to_stop, listen_within, serve_encrypted};
use crate::http::tls;
use crate::http::transport::Perimeter;
use crate::i18n;
use crate::jobs::{importer, ticker};
use crate::resources;
use crate::screens;
use crate::screens::door::AppDoor;
use crate::storage::db::Location;
use crate::storage::find::{jobs as find, upload_work};
use crate::storage::{Act, Circumstances, Scope};
use crate::usecase::sign_in::setup;

/// Serves until asked to stop.
///
/// # Errors
/// An address that is not loopback or taken; storage.
pub fn run(context: &Context, address: Option<SocketAddr>) -> Result<Exit, Failure> {
    let app = context.open(Opening::Migrate)?.within(&Circumstances::server());
    let lock = own_alone(&app)?;
    let exit = serve_app(context, app, address);
    drop(lock);
    exit
}

/// Takes the lock beside a SQLite file, and gives back what a process that is gone had taken.
///
/// # Errors
/// Another process works on the file.
pub fn own_alone(app: &App) -> Result<Option<File>, Failure> {
    let lock = match app.store.location() {
        Location::Postgres(_) if !app.store.clock().is_simulated() => return Ok(None),
        Location::Postgres(_) => None,
        Location::Sqlite(path) => {
            let beside = path.with_extension("lock");
            let shown = beside.to_string_lossy().into_owned();
            let busy = || Failure::refused("DATABASE_BUSY", "cli.database_busy", &[("file", &shown)]);
            let file = File::create(&beside).map_err(|_denied| busy())?;
            file.try_lock().map_err(|_held| busy())?;
            Some(file)
        }
    };
    let act = Act::new("recovery", app.store.clock().today());
    app.store.write(&Scope::system(), &act, |tx| {
        upload_work::release_all(tx)?;
        find::release_all(tx)
    })?;
    Ok(lock)
}

/// Serves an open application.
///
/// # Errors
/// An address that is not loopback or taken.
pub fn serve_app(context: &Context, app: App, address: Option<SocketAddr>) -> Result<Exit, Failure> {
    let address = address.unwrap_or(context.config.server.listen).to_string();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::refused("START", "error.START", &[("detail", &e.to_string())]))?;
    runtime.block_on(answer(context, Arc::new(app), &address))
}

async fn answer(context: &Context, app: Arc<App>, address: &str) -> Result<Exit, Failure> {
    let refused = |e: &dyn std::fmt::Display| Failure::refused("LISTEN", "error.LISTEN", &[("detail", &e.to_string())]);
    let settings = &context.config.server;
    let perimeter = Perimeter::of(settings).map_err(|e| refused(&e))?;
    let encryption = tls::acceptor(settings).map_err(|e| refused(&e))?;
    let scheme = if encryption.is_some() { "https" } else { "http" };
    let listener = listen_within(address, &perimeter).await.map_err(|e| refused(&e))?;
    let at = listener.local_addr().map_or_else(|_unknown| address.to_owned(), |at| at.to_string());
    let (source, changed) = (Arc::clone(&app), Arc::clone(&app));
    let pages = Pages {
        act: Arc::new(move |act, lang, asker, from| {
            screens::act(&screens::door::within(&changed, from), act, lang, asker)
        }),
        load: Arc::new(move |request, lang, asker| screens::load(&source, request, lang, asker)),
        door: Arc::new(AppDoor(Arc::clone(&app))),
        renderer: Arc::clone(&app.renderer),
        api: resources::api(&app),
    };
    let importer = importer::start(&app).map_err(|e| refused(&e))?;
    let mut ticking = None;
    if !app.store.clock().is_simulated() {
        ticking = Some(ticker::start(Arc::clone(&app)).await.map_err(|e| refused(&e))?);
    }
    let url = format!("{scheme}://{at}/");
    print_lines([i18n::text(context.lang, "cli.listening", &[("url", &url)])]);
    if setup::is_new(&app)? {
        print_lines([i18n::text(context.lang, "sign_in.console.none", &[("url", &url)])]);
    }
    let served = serve_encrypted(listener, router_within(pages, perimeter), encryption, asked_to_stop()).await;
    // Stopping waits for threads, so it may not hold up the runtime.
    tokio::task::spawn_blocking(move || importer.stop()).await.map_err(|e| refused(&e))?;
    if let Some(mut scheduler) = ticking {
        scheduler.shutdown().await.map_err(|e| refused(&e))?;
    }
    served.map_err(|e| refused(&e))?;
    Ok(Exit::Done)
}
