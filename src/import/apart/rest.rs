//! The rest of a book that is too large to be held, read on while it is being saved.
//!
//! **Invariant:** asked again, it gives the same loans from the same place, so that a transaction can be run again.

use std::sync::{Arc, Mutex, PoisonError, mpsc};

use super::wire::{Tail, read_loans};
use super::{Apart, Live, Said};
use crate::domain::registration::Registration;
use crate::import::file_error::FileError;
use crate::import::mapping::MappingSet;
use crate::import::rows::Record;
use crate::import::{Body, FileHead, FileReading, ReadRequest};

/// Loans of a file that are held; a file with more is read on while it is saved.
const HELD: usize = 2_000;
/// Loans handed on together.
pub const BATCH: usize = 500;
/// Batches that may wait between the reader and the one who saves them.
const WAITING: usize = 4;

/// What is made of loans before they are handed on, beside whoever saves them.
pub type Prepare<'p, P> = dyn Fn(Vec<Record<Registration>>) -> P + Sync + 'p;

/// The loans of a file behind those that are held.
#[derive(Debug)]
pub struct Rest {
    apart: Apart,
    name: String,
    bytes: Arc<[u8]>,
    request: ReadRequest,
    mappings: MappingSet,
    held: usize,
    live: Mutex<Option<Live>>,
}

/// Reads a file apart. A large book comes back as its first loans and the rest; what stands behind the last row (the
/// findings and counts) is complete only where there is no rest.
///
/// # Errors
/// Every way in which a whole file is refused.
pub fn open(
    apart: &Apart,
    name: &str,
    bytes: Arc<[u8]>,
    request: &ReadRequest,
    mappings: &MappingSet,
    progress: &mut dyn FnMut(u64),
) -> Result<(FileReading, Option<Rest>), FileError> {
    let mut live = apart.start(name, &bytes, request, mappings)?;
    let mut head: Option<FileHead> = None;
    let mut loans: Vec<Record<Registration>> = Vec::new();
    loop {
        match live.hear()? {
            Said::Opened(found) => head = Some(found),
            Said::Rows(rows) => progress(rows),
            Said::Loans(more) => loans.extend(read_loans(more)?),
            Said::Done(tail) => {
                let mut reading = FileReading::begun(need(head)?, Body::Registrations(loans));
                tail.complete(&mut reading)?;
                return Ok((reading, None));
            }
        }
        if loans.len() >= HELD {
            let held = loans.len();
            let rest = Rest {
                apart: apart.clone(),
                name: name.to_owned(),
                bytes,
                request: request.clone(),
                mappings: mappings.clone(),
                held,
                live: Mutex::new(Some(live)),
            };
            return Ok((FileReading::begun(need(head)?, Body::Registrations(loans)), Some(rest)));
        }
    }
}

fn need(head: Option<FileHead>) -> Result<FileHead, FileError> {
    head.ok_or_else(|| FileError::ReaderFailed { detail: "records before the head".to_owned() })
}

impl Rest {
    /// Hands on the loans behind those that are held, batch by batch as `prepare` makes them, and completes `reading`
    /// with what stands behind the last row. The outer error is what `take` said, the inner one the refusal of the file.
    ///
    /// # Errors
    /// What `take` returns.
    pub fn each<P: Send, E>(
        &self,
        reading: &mut FileReading,
        prepare: &Prepare<'_, P>,
        take: &mut dyn FnMut(P) -> Result<(), E>,
    ) -> Result<Result<(), FileError>, E> {
        let live = match self.reader() {
            Ok(live) => live,
            Err(error) => return Ok(Err(error)),
        };
        let (hand, batches) = mpsc::sync_channel::<Result<P, FileError>>(WAITING);
        std::thread::scope(|threads| {
            let reader = threads.spawn(move || read_on(live, prepare, &hand));
            for batch in batches {
                match batch {
                    Ok(loans) => take(loans)?,
                    Err(error) => return Ok(Err(error)),
                }
            }
            let ended = reader.join().unwrap_or(None);
            Ok(match ended {
                Some(tail) => tail.complete(reading).map_err(FileError::from),
                None => Err(FileError::ReaderFailed { detail: "no last word".to_owned() }),
            })
        })
    }

    /// The reader that stands behind the held loans: the first one, or a new one that has been led there.
    fn reader(&self) -> Result<Live, FileError> {
        let first = self.live.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(live) = first {
            return Ok(live);
        }
        let mut live = self.apart.start(&self.name, &self.bytes, &self.request, &self.mappings)?;
        let mut passed = 0;
        while passed < self.held {
            match live.hear()? {
                Said::Loans(loans) => passed = passed.saturating_add(loans.len()),
                Said::Opened(_) | Said::Rows(_) => {}
                Said::Done(_) => return Err(FileError::ReaderFailed { detail: "fewer loans than before".to_owned() }),
            }
        }
        Ok(live)
    }
}

/// Reads to the end; stops early when nobody takes the batches any more.
fn read_on<P>(
    mut live: Live,
    prepare: &Prepare<'_, P>,
    hand: &mpsc::SyncSender<Result<P, FileError>>,
) -> Option<Box<Tail>> {
    let mut loans: Vec<Record<Registration>> = Vec::with_capacity(BATCH);
    loop {
        let said = live.hear();
        let last = match said {
            Ok(Said::Opened(_) | Said::Rows(_)) => continue,
            Ok(Said::Loans(more)) => match read_loans(more) {
                Ok(more) => {
                    loans.extend(more);
                    None
                }
                Err(garbled) => Some(Err(FileError::from(garbled))),
            },
            Ok(Said::Done(tail)) => Some(Ok(tail)),
            Err(error) => Some(Err(error)),
        };
        if loans.len() >= BATCH || (last.is_some() && !loans.is_empty()) {
            let batch = prepare(std::mem::replace(&mut loans, Vec::with_capacity(BATCH)));
            hand.send(Ok(batch)).ok()?;
        }
        match last {
            None => {}
            Some(Ok(tail)) => return Some(tail),
            Some(Err(error)) => {
                // Without a taker the error has been met on the other side already.
                let _untaken = hand.send(Err(error));
                return None;
            }
        }
    }
}
