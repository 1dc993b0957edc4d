//! The log: one JSON document a line, on standard error.
//!
//! **Invariant:** whatever a field holds, an event is one line of plain characters; a panic is an event like others, and
//! what was thrown is not in it.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;

/// Warnings and up go to the log unless `RUST_LOG` asks for more.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("warn"));
    let started =
        tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(|| OneLine(io::stderr())).try_init();
    drop(started);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place = %place, "a fault of the program stopped what was being done");
    }));
}

/// Writes what a terminal or a reader of lines might take for more than a character as its number.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(escaped(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let is_odd = (c.is_control() && c != '\n')
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}');
        if is_odd {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}
