//! A real SMTP server that keeps what it gets.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Takes one connection after the other and writes what it gets to the folder given; nobody called `refused@` has a box.
const SINK: &str = r#"
import asyncio, os, sys
from aiosmtpd.controller import Controller

class Sink:
    count = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such box"
        envelope.rcpt_tos.append(address)
        return "250 known"
    async def handle_DATA(self, server, session, envelope):
        Sink.count += 1
        with open(os.path.join(sys.argv[1], f"{Sink.count}.eml"), "wb") as out:
            out.write(envelope.original_content)
        return "250 taken"

# The library wants a fixed port to probe; take a free one first.
import socket
probe = socket.socket(); probe.bind(("127.0.0.1", 0)); port = probe.getsockname()[1]; probe.close()
controller = Controller(Sink(), hostname="127.0.0.1", port=port)
controller.start()
print(port, flush=True)
sys.stdin.read()
controller.stop()
"#;

/// The Python that has the server; none where the tests may go without.
#[expect(clippy::disallowed_methods, reason = "the test command says through the environment where its Python is")]
pub fn python() -> Option<String> {
    let found = std::env::var("TEST_PYTHON").ok();
    let required = std::env::var("CI").is_ok_and(|value| !value.is_empty());
    assert!(found.is_some() || !required, "the SMTP server of the test is required here");
    if found.is_none() {
        eprintln!("\n!!! TEST_PYTHON is not set: THE SMTP TEST IS SKIPPED (scripts/test sets it) !!!\n");
    }
    found
}

/// Starts the server. Gives it and its port; it ends when its input does.
pub fn sink(python: &str, folder: &Path) -> (Child, u16) {
    let mut child = Command::new(python)
        .args(["-c", SINK])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().parse().expect("the server says its port");
    (child, port)
}

/// Lets the server end.
pub fn close(mut server: Child) {
    drop(server.stdin.take());
    server.wait().unwrap();
}
