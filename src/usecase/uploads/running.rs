//! What this process is working on, and how far it is.
//!
//! Progress lives in memory: while an import holds the one writer of a SQLite file, nothing else could be written.
//! **Invariant:** an upload is in here exactly as long as a worker of this process is at it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::storage::UploadLease;

/// Why a worker shall leave an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A person does not want it any more.
    Cancelled,
    /// The process ends; another one goes on.
    ShuttingDown,
    /// Another process has taken it over.
    LeaseLost,
}

/// How far a worker is with one upload.
#[derive(Debug)]
pub struct Progress {
    /// The lease it works under.
    pub lease: UploadLease,
    saving: AtomicBool,
    read: AtomicU64,
    saved: AtomicU64,
    total: AtomicU64,
    stop: Mutex<Option<Stop>>,
}

/// How far a worker is, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The file has been read; its records are being taken in.
    pub saving: bool,
    /// Rows read.
    pub read: u64,
    /// Records taken in.
    pub saved: u64,
    /// Records in the file; 0 while they are being counted.
    pub total: u64,
    /// Somebody has asked for it to stop.
    pub stopping: bool,
}

impl Progress {
    /// A worker begins.
    #[must_use]
    pub fn new(lease: UploadLease) -> Progress {
        Progress {
            lease,
            saving: AtomicBool::new(false),
            read: AtomicU64::new(0),
            saved: AtomicU64::new(0),
            total: AtomicU64::new(0),
            stop: Mutex::new(None),
        }
    }

    /// Rows done in the present half of the work.
    pub fn at(&self, rows: u64) {
        let half = if self.saving.load(Ordering::Relaxed) { &self.saved } else { &self.read };
        half.store(rows, Ordering::Relaxed);
    }

    /// The file has been read and holds so many records.
    pub fn saving(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.saved.store(0, Ordering::Relaxed);
        self.saving.store(true, Ordering::Relaxed);
    }

    /// How far it is.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            saving: self.saving.load(Ordering::Relaxed),
            read: self.read.load(Ordering::Relaxed),
            saved: self.saved.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            stopping: self.stopped().is_some(),
        }
    }

    /// Why it shall stop, if it shall.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a stop. A reason that is known stays, but a lost lease is final.
    pub fn stop(&self, why: Stop) {
        let mut stop = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if stop.is_none() || why == Stop::LeaseLost {
            *stop = Some(why);
        }
    }
}

/// Everything this process is working on.
#[derive(Debug, Default)]
pub struct Running {
    open: Mutex<BTreeMap<String, Arc<Progress>>>,
    rung: Mutex<u64>,
    bell: Condvar,
}

/// Takes an upload off the list when its worker is done with it, however that ends.
#[derive(Debug)]
pub struct Entered<'a> {
    running: &'a Running,
    /// How far the worker is.
    pub progress: Arc<Progress>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let mut open = self.running.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&self.progress.lease.upload_id);
    }
}

impl Running {
    /// Puts an upload on the list.
    pub fn enter(&self, lease: UploadLease) -> Entered<'_> {
        let progress = Arc::new(Progress::new(lease));
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(progress.lease.upload_id.clone(), Arc::clone(&progress));
        Entered { running: self, progress }
    }

    /// How far an upload is, where this process works on it.
    #[must_use]
    pub fn of(&self, upload_id: &str) -> Option<Standing> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(upload_id).map(|progress| progress.standing())
    }

    /// Everything on the list.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Progress>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Asks the worker of an upload to stop. Gives whether this process works on it.
    pub fn stop(&self, upload_id: &str, why: Stop) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(upload_id).map(|progress| progress.stop(why)).is_some()
    }

    /// Wakes workers that wait for something to do.
    pub fn ring(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        *rung = rung.wrapping_add(1);
        self.bell.notify_all();
    }

    /// How often somebody has rung; asked before looking for work, so that no ring is missed.
    #[must_use]
    pub fn rung(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until somebody has rung since `seen`, at most `most`.
    pub fn wait(&self, seen: u64, most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(rung, most, |rung| *rung == seen);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
