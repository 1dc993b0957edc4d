//! The reading process: one file in, records out, and nothing else within reach.
//!
//! **Invariant:** the limits are set before the first byte of the file is looked at.

use std::io::{BufRead, BufWriter, Read, Write};

use super::record::Loan;
use super::wire::{Head, Line, Order, Tail};
use crate::domain::registration::Registration;
use crate::import::file_error::FileError;
use crate::import::propose::rows::FirstRows;
use crate::import::rows::Record;
use crate::import::{FileHead, Sink, stream_file};

/// The word under which the program reads one file for its parent.
pub const COMMAND: &str = "read-apart";
/// Address space of the reading process, in bytes (reliability.md, B05).
pub const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// Processor time of the reading process, in seconds (reliability.md, B05).
pub const CPU_SECONDS: u64 = 20;
/// Loans sent in one line.
const LOANS_A_LINE: usize = 100;

/// Reads the order and the file from `input` and answers on `output`. Gives whether the answer reached the parent.
pub fn serve(input: impl Read, output: impl Write) -> bool {
    confine(0);
    let mut answer = Answer { out: BufWriter::with_capacity(1 << 16, output), loans: Vec::new() };
    let last = read(input, &mut answer).unwrap_or_else(Line::Refused);
    answer.send(&last).is_ok() && answer.out.flush().is_ok()
}

/// Takes from this process what a reader never needs; it may write files of `file_bytes`.
pub fn confine(file_bytes: u64) {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        for (resource, limit) in
            [(Resource::AS, MEMORY_BYTES), (Resource::FSIZE, file_bytes), (Resource::CORE, 0), (Resource::NOFILE, 16)]
        {
            warn_of(resource.set(limit, limit));
        }
        // Past the soft limit the reader is told to end, which the parent can tell from being killed.
        warn_of(Resource::CPU.set(CPU_SECONDS, CPU_SECONDS.saturating_add(5)));
    }
}

#[cfg(unix)]
fn warn_of(set: std::io::Result<()>) {
    if let Err(error) = set {
        tracing::warn!(error = %error, "a limit of the reader could not be set: {error}");
    }
}

fn read(input: impl Read, answer: &mut Answer<impl Write>) -> Result<Line, FileError> {
    let failed = |error: &dyn std::fmt::Display| FileError::ReaderFailed { detail: error.to_string() };
    let mut input = std::io::BufReader::new(input);
    let mut line = String::new();
    input.read_line(&mut line).map_err(|error| failed(&error))?;
    let order: Order = serde_json::from_str(&line).map_err(|error| failed(&error))?;
    let wants_first_rows = order.wants_first_rows();
    let (name, request, mappings) = order.take();
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if wants_first_rows {
        return FirstRows::take(&name, &bytes, &request.limits).map(|rows| Line::FirstRows(Box::new(rows)));
    }
    let reading = stream_file(&name, &bytes, &request, &mappings, answer)?;
    answer.pass_on()?;
    Ok(Line::Done(Box::new(Tail::of(&reading))))
}

/// The way back to the parent.
struct Answer<W: Write> {
    out: BufWriter<W>,
    loans: Vec<Loan>,
}

impl<W: Write> Answer<W> {
    fn send(&mut self, line: &Line) -> Result<(), FileError> {
        // Nobody reads any more: the parent is gone or has stopped the import.
        serde_json::to_writer(&mut self.out, line).map_err(|_closed| FileError::Stopped)?;
        self.out.write_all(b"\n").map_err(|_closed| FileError::Stopped)
    }

    fn pass_on(&mut self) -> Result<(), FileError> {
        if self.loans.is_empty() {
            return Ok(());
        }
        let loans = std::mem::take(&mut self.loans);
        self.send(&Line::Loans(loans))
    }
}

impl<W: Write> Sink for Answer<W> {
    fn opened(&mut self, head: &FileHead) -> Result<(), FileError> {
        self.send(&Line::Opened(Head::of(head)))
    }

    fn loan(&mut self, record: Record<Registration>) -> Result<(), FileError> {
        self.loans.push(Loan::of(record));
        if self.loans.len() >= LOANS_A_LINE { self.pass_on() } else { Ok(()) }
    }

    fn rows(&mut self, rows: u64) {
        // A broken pipe shows with the next loan or the last line.
        let _unread = self.send(&Line::Rows(rows));
    }
}
