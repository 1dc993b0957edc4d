//! The scanner an operator puts in front of papers.
//!
//! Owns how it is asked: a program of the settings gets the paper on its standard input, no shell, no environment,
//! and so much time; 0 means clean, 1 means it found something.
//! **Invariant:** a scanner that was asked for and does not answer lets nothing through.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::config::AttachmentsConfig;
use crate::usecase::lives::ActRefusal;

/// How often it is looked whether the scanner has ended.
const LOOK: Duration = Duration::from_millis(10);

/// What is known of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Scanned, nothing found.
    Clean,
    /// No scanner is set.
    NotScanned,
}

impl Verdict {
    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::NotScanned => "not_scanned",
        }
    }
}

/// Asks the scanner.
///
/// # Errors
/// `ATTACHMENT_INFECTED`; `ATTACHMENT_SCANNER` if it gave no answer.
pub fn scan(settings: &AttachmentsConfig, content: &[u8]) -> Result<Verdict, ActRefusal> {
    let Some((program, arguments)) = settings.scanner.split_first() else { return Ok(Verdict::NotScanned) };
    match exit_code(program, arguments, content, Duration::from_secs(settings.scanner_seconds)) {
        Some(0) => Ok(Verdict::Clean),
        Some(1) => Err(ActRefusal::new("ATTACHMENT_INFECTED", Vec::new())),
        _ => Err(ActRefusal::new("ATTACHMENT_SCANNER", Vec::new())),
    }
}

fn exit_code(program: &str, arguments: &[String], content: &[u8], patience: Duration) -> Option<i32> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            tracing::error!(error = %error, "the scanner cannot be started");
            return None;
        }
    };
    let mut input = child.stdin.take()?;
    let until = Instant::now() + patience;
    std::thread::scope(|scope| {
        // A scanner that has seen enough may close its end.
        scope.spawn(move || drop(input.write_all(content)));
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.code(),
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
                _ => {
                    tracing::error!("the scanner gave no answer in time");
                    let _gone = child.kill();
                    let _waited = child.wait();
                    return None;
                }
            }
        }
    })
}
