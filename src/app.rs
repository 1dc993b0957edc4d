//! The running application: everything a command, a job or a page needs, built once.
//!
//! **Invariant:** no part below this one asks for the clock, the settings or the database by itself.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use thiserror::Error;

use crate::clock::Clock;
use crate::config::Config;
use crate::domain::calendar::{Month, utc_of_beijing};
use crate::jobs::declaration::{self, Declaration, DeclarationError};
use crate::jobs::handlers;
use crate::raster::Raster;
use crate::reference::{Reference, ReferenceError};
use crate::render::Renderer;
use crate::sealing::{Sealer, SealingError};
use crate::storage::find::settings;
use crate::storage::{Algorithm, Circumstances, Store, StoreError, migrate};
use crate::usecase::audit::aside::Proofs;
use crate::usecase::kept::Figures;
use crate::usecase::sign_in::SignInError;
use crate::usecase::sign_in::hashing::{Hasher, LEAST_MEMORY_KIB};
use crate::usecase::sign_in::oidc::provider::Memory;
use crate::usecase::sign_in::seen::Seen;
use crate::usecase::uploads::running::Running;

/// Name of the setting that holds a sealed word, by which a start without the right keys is noticed.
const SEALED_WORD: &str = "sealed_word";
/// The word, and what it is sealed for.
const WORD: &str = "pledgefund";
/// Name of the setting that keeps a simulated clock.
pub const SIMULATED_CLOCK: &str = "simulated_clock";
/// Folder below the data folder with edited copies of job declarations.
const OWN_JOBS: &str = "jobs";
/// How the simulated clock is written.
const CLOCK_FORMAT: &str = "%Y-%m-%dT%H:%M:%S%.6f";

/// Why the application could not be built.
#[derive(Debug, Error)]
pub enum AppError {
    /// Storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Job declarations.
    #[error(transparent)]
    Jobs(#[from] DeclarationError),
    /// Reference data.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// Hashing of passwords.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// Passwords of real books would be hashed too cheaply.
    #[error("sign_in.memory_kib below {LEAST_MEMORY_KIB} is for tests and demos only")]
    CheapHashes,
    /// Templates.
    #[error("template: {0}")]
    Template(#[from] minijinja::Error),
    /// Keys of sealed values.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// The data folder cannot be used.
    #[error("folder {path}: {source}")]
    Folder {
        /// Folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The application.
#[derive(Debug)]
pub struct App {
    /// Settings.
    pub config: Config,
    /// Database.
    pub store: Store,
    /// Dated reference data.
    pub reference: Reference,
    /// Declared jobs.
    pub jobs: Vec<Declaration>,
    /// Templates.
    pub renderer: Arc<Renderer>,
    /// Makes pictures for mails.
    pub raster: Arc<Raster>,
    /// The clock that sessions and codes go by; it goes on where the clock of a demo stands.
    pub wall: Clock,
    /// Hashes passwords.
    pub hasher: Arc<Hasher>,
    /// When sessions were last used.
    pub seen: Arc<Seen>,
    /// What is known of the provider by which people sign in.
    pub provider: Arc<Memory>,
    /// Seals and unseals.
    pub sealer: Arc<Sealer>,
    /// Proofs of everything, made aside.
    pub proofs: Arc<Proofs>,
    /// Figures over whole books.
    pub figures: Arc<Figures>,
    /// Uploads this process is working on.
    pub running: Arc<Running>,
    /// Name of this process among those that take jobs.
    pub owner: String,
    jobs_count_from: NaiveDateTime,
}

/// How to open the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Create or bring up to date what is missing.
    Migrate,
    /// Use it as it is; refuse one that does not fit.
    AsItIs,
}

impl App {
    /// Builds the application. A database that keeps a simulated clock gets that clock back.
    ///
    /// # Errors
    /// `AppError`.
    pub fn open(config: Config, clock: Clock, opening: Opening) -> Result<App, AppError> {
        let folder = config.data.dir.clone();
        if config.data.database_url.is_empty() {
            std::fs::create_dir_all(&folder).map_err(|source| AppError::Folder { path: folder, source })?;
        }
        let (wall, hasher) = (clock.clone(), Hasher::new(&config.sign_in)?);
        let algorithm = Algorithm::from_code(&config.audit.algorithm).unwrap_or_default();
        let store = Store::open(&config.database_url(), clock)?.hashing_by(algorithm);
        match opening {
            Opening::Migrate => {
                migrate::migrate(&store)?;
            }
            Opening::AsItIs => migrate::refuse_newer(&store)?,
        }
        migrate::require_ready(&store)?;
        let store = match stored_clock(&store)? {
            Some(at) if !store.clock().is_simulated() => store.with_clock(Clock::simulated(at)),
            Some(at) => {
                store.clock().move_to(at);
                store
            }
            None => store,
        };
        refuse_cheap_hashes(&config, &store)?;
        let sealer = sealer_of(&config, &store)?;
        let jobs_count_from = store.clock().now();
        let jobs = declaration::load(handlers::NAMES, &config.data.dir.join(OWN_JOBS))?;
        let raster = Arc::new(Raster::new(&config.mail.font));
        Ok(App {
            config,
            store,
            raster,
            reference: Reference::embedded()?,
            jobs,
            renderer: Arc::new(Renderer::new()?),
            wall,
            hasher: Arc::new(hasher),
            seen: Arc::default(),
            provider: Arc::default(),
            sealer: Arc::new(sealer),
            proofs: Arc::default(),
            figures: Arc::default(),
            running: Arc::default(),
            owner: format!("process-{}", std::process::id()),
            jobs_count_from,
        })
    }

    /// The same application over other books: what it is asked, those answer.
    #[must_use]
    pub fn over(&self, store: Store) -> App {
        App {
            config: self.config.clone(),
            store,
            reference: self.reference.clone(),
            jobs: self.jobs.clone(),
            renderer: Arc::clone(&self.renderer),
            raster: Arc::clone(&self.raster),
            wall: self.wall.clone(),
            hasher: Arc::clone(&self.hasher),
            seen: Arc::clone(&self.seen),
            provider: Arc::clone(&self.provider),
            sealer: Arc::clone(&self.sealer),
            proofs: Arc::default(),
            figures: Arc::default(),
            running: Arc::default(),
            owner: self.owner.clone(),
            jobs_count_from: self.jobs_count_from,
        }
    }

    /// The same application for what is asked for from somewhere: every event it writes says so.
    #[must_use]
    pub fn within(&self, circumstances: &Circumstances) -> App {
        let (running, figures, proofs) =
            (Arc::clone(&self.running), Arc::clone(&self.figures), Arc::clone(&self.proofs));
        App { running, figures, proofs, ..self.over(self.store.within(circumstances)) }
    }

    /// Name of the fund.
    #[must_use]
    pub fn fund_id(&self) -> &str {
        &self.config.fund.id
    }

    /// First month with reports.
    #[must_use]
    pub fn first_period(&self) -> Month {
        Month::parse(&self.config.fund.first_period).expect("checked when the settings were loaded")
    }

    /// Instant after which jobs count where none has been recorded yet.
    #[must_use]
    pub const fn jobs_count_from(&self) -> NaiveDateTime {
        self.jobs_count_from
    }

    /// Lets jobs that were never recorded count from the start of a Beijing day.
    pub fn count_jobs_from(&mut self, day: NaiveDate) {
        self.jobs_count_from = utc_of_beijing(day.and_time(NaiveTime::MIN));
    }

    /// Moves a simulated clock forward and keeps its time in the database, so that a restart goes on from there.
    ///
    /// # Errors
    /// What the database says.
    pub fn move_clock_to(&self, to: NaiveDateTime) -> Result<(), StoreError> {
        let clock = self.store.clock();
        if !clock.is_simulated() || clock.now() >= to {
            return Ok(());
        }
        let act = crate::storage::Act::new("clock", crate::domain::calendar::beijing_date(to));
        let text = to.format(CLOCK_FORMAT).to_string();
        self.store.write(&crate::storage::Scope::system(), &act, |tx| settings::set(tx, SIMULATED_CLOCK, &text))?;
        clock.move_to(to);
        Ok(())
    }
}

/// Cheap hashes are taken only where the database says that its books are a demo's or a test's.
fn refuse_cheap_hashes(config: &Config, store: &Store) -> Result<(), AppError> {
    if config.sign_in.memory_kib >= LEAST_MEMORY_KIB || store.clock().is_simulated() {
        return Ok(());
    }
    match settings::get(&mut *store.read()?, migrate::TEST_DATABASE)? {
        Some(_) => Ok(()),
        None => Err(AppError::CheapHashes),
    }
}

fn stored_clock(store: &Store) -> Result<Option<NaiveDateTime>, StoreError> {
    let text = settings::get(&mut *store.read()?, SIMULATED_CLOCK)?;
    Ok(text.and_then(|text| NaiveDateTime::parse_from_str(&text, CLOCK_FORMAT).ok()))
}

/// The keys of these books. Books that hold a sealed word were begun with keys, so that none are made for them.
fn sealer_of(config: &Config, store: &Store) -> Result<Sealer, AppError> {
    if let Some(sealed) = settings::get(&mut *store.read()?, SEALED_WORD)? {
        let sealer = Sealer::existing(config)?;
        sealer.unseal_text(WORD, &sealed)?;
        return Ok(sealer);
    }
    let sealer = Sealer::open(config)?;
    let act = crate::storage::Act::new("sealing", store.clock().today());
    let sealed = sealer.seal_text(WORD, WORD);
    store.write(&crate::storage::Scope::system(), &act, |tx| settings::set(tx, SEALED_WORD, &sealed))?;
    Ok(sealer)
}
