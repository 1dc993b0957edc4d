//! Reading a file in a process of its own, with a memory and a time limit, so that no file can take the server down.
//!
//! Owns `Apart` (how to start the reader), `Live` (a reader at work) and the words they exchange (`wire`, `record`);
//! `child` is the other side. **Invariant:** a reader that dies is a refused file, never a half-read one.

pub mod child;
pub mod record;
pub mod rest;
pub mod wire;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::file_error::{FileError, Scarce};
use super::limits::Limits;
use super::mapping::MappingSet;
use super::propose::rows::FirstRows;
use super::{FileHead, ReadRequest};
use crate::hash::sha256_hex;
use wire::{Line, Order, Tail, garbled};

/// Longest line a reader may send: 100 loans, or every row of a report.
const LINE_BYTES: u64 = 256 * 1024 * 1024;

/// How to start a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    program: PathBuf,
}

/// One thing that a reader said.
#[derive(Debug)]
pub enum Said {
    /// The columns have been found.
    Opened(FileHead),
    /// Accepted loans.
    Loans(Vec<record::Loan>),
    /// Rows read so far.
    Rows(u64),
    /// Everything else; the reader has ended.
    Done(Box<Tail>),
}

/// A reader at work. Dropping it ends it.
#[derive(Debug)]
pub struct Live {
    child: Child,
    lines: BufReader<ChildStdout>,
    line: Vec<u8>,
    content_hash_hex: String,
}

impl Apart {
    /// Readers are this very program.
    ///
    /// # Errors
    /// What the system says of the program's own place.
    pub fn of_this_program() -> std::io::Result<Apart> {
        // Still this program after an update has replaced its file.
        let own = PathBuf::from("/proc/self/exe");
        let program = if own.exists() { own } else { std::env::current_exe()? };
        Ok(Apart { program })
    }

    /// The first rows of a file, as they are.
    ///
    /// # Errors
    /// What a file is refused for before any header is looked for; `ReaderLimit`, `ReaderFailed`.
    pub fn first_rows(&self, name: &str, bytes: &[u8], limits: Limits) -> Result<FirstRows, FileError> {
        let mut live = self.send(&Order::of_first_rows(name, limits), bytes)?;
        match live.line()? {
            Line::FirstRows(rows) => Ok(*rows),
            Line::Refused(error) => Err(error),
            _ => Err(garbled("answer").into()),
        }
    }

    /// Starts to read a file.
    ///
    /// # Errors
    /// `ReaderFailed` when no process can be started.
    pub fn start(
        &self,
        name: &str,
        bytes: &[u8],
        request: &ReadRequest,
        mappings: &MappingSet,
    ) -> Result<Live, FileError> {
        self.send(&Order::new(name, request, mappings), bytes)
    }

    /// Everything that a process started under another word answers to an order and a file, `most` bytes of it.
    ///
    /// # Errors
    /// `ReaderLimit`, `ReaderFailed` when the process has died or says more.
    pub fn whole_answer(&self, command: &str, order: &str, bytes: &[u8], most: u64) -> Result<Vec<u8>, FileError> {
        let mut live = self.begin(command, order, bytes)?;
        let mut answer = Vec::new();
        let mut limited = std::io::Read::take(&mut live.lines, most.saturating_add(1));
        let read = std::io::Read::read_to_end(&mut limited, &mut answer);
        if read.is_err() || answer.is_empty() || u64::try_from(answer.len()).unwrap_or(u64::MAX) > most {
            return Err(live.ended());
        }
        Ok(answer)
    }

    fn send(&self, order: &Order, bytes: &[u8]) -> Result<Live, FileError> {
        let order =
            serde_json::to_string(order).map_err(|error| FileError::ReaderFailed { detail: error.to_string() })?;
        self.begin(child::COMMAND, &order, bytes)
    }

    fn begin(&self, command: &str, order: &str, bytes: &[u8]) -> Result<Live, FileError> {
        let failed = |error: &dyn std::fmt::Display| FileError::ReaderFailed { detail: error.to_string() };
        let mut child = Command::new(&self.program)
            .arg(command)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&error))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(&"no pipes"));
        };
        let content_hash_hex = sha256_hex(bytes);
        let mut live =
            Live { child, lines: BufReader::with_capacity(1 << 16, output), line: Vec::new(), content_hash_hex };
        // The reader takes everything in before it says a word, so this cannot wait for it in a ring.
        let sent = input.write_all(order.as_bytes()).and_then(|()| input.write_all(b"\n"));
        if sent.and_then(|()| input.write_all(bytes)).is_err() {
            return Err(live.ended());
        }
        Ok(live)
    }
}

impl Live {
    /// The next thing the reader says.
    ///
    /// # Errors
    /// The refusal of the file; `ReaderLimit`, `ReaderFailed` when the reader has died.
    pub fn hear(&mut self) -> Result<Said, FileError> {
        match self.line()? {
            Line::Opened(head) => Ok(Said::Opened(head.read(self.content_hash_hex.clone()))),
            Line::Loans(loans) => Ok(Said::Loans(loans)),
            Line::Rows(rows) => Ok(Said::Rows(rows)),
            Line::Done(tail) => Ok(Said::Done(tail)),
            Line::Refused(error) => Err(error),
            Line::FirstRows(_) => Err(garbled("answer").into()),
        }
    }

    /// The next line.
    fn line(&mut self) -> Result<Line, FileError> {
        self.line.clear();
        let mut limited = std::io::Read::take(&mut self.lines, LINE_BYTES);
        let read = limited.read_until(b'\n', &mut self.line);
        if read.is_err() || self.line.last() != Some(&b'\n') {
            return Err(self.ended());
        }
        serde_json::from_slice(&self.line).map_err(|error| FileError::ReaderFailed { detail: error.to_string() })
    }

    /// Why a reader has ended without a last word.
    fn ended(&mut self) -> FileError {
        let _already_dead = self.child.kill();
        match self.child.wait() {
            Ok(status) => death(status),
            Err(error) => FileError::ReaderFailed { detail: error.to_string() },
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _already_dead = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[cfg(unix)]
fn death(status: ExitStatus) -> FileError {
    use std::os::unix::process::ExitStatusExt;
    // Signals as Linux numbers them: no memory left, no stack left, processor time used up.
    const ABORT: i32 = 6;
    const SEGMENT: i32 = 11;
    const CPU_TIME: i32 = 24;
    match status.signal() {
        Some(CPU_TIME) => FileError::ReaderLimit { what: Scarce::Time },
        Some(ABORT | SEGMENT) => FileError::ReaderLimit { what: Scarce::Memory },
        _ => FileError::ReaderFailed { detail: status.to_string() },
    }
}

#[cfg(not(unix))]
fn death(status: ExitStatus) -> FileError {
    FileError::ReaderFailed { detail: status.to_string() }
}
