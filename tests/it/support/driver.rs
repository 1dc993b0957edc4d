//! A running chromedriver, and what is asked of it beside the client library.
//!
//! **Invariant**: the driver ends with its value, and one that does not start says why in its own words.

use std::io::{BufRead, BufReader, Read, Seek};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::wire;

/// What went wrong with the browser.
pub type Failure = Box<dyn std::error::Error>;

/// How often the driver is started until its two addresses agree on a port.
const STARTS: usize = 50;

/// A running chromedriver; ends with this value.
pub struct Driver {
    child: Child,
    pub address: SocketAddr,
    /// Kept open: the driver stops when nobody reads what it says.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    /// A driver at a port that the system chose. `command` is the program, and what it is given before the port.
    pub fn start(command: &[&str]) -> Result<Driver, Failure> {
        for _ in 0..STARTS {
            match Driver::try_start(command)? {
                Ok(driver) => return Ok(driver),
                // The system gave it a port of `::1` whose number something else uses at `127.0.0.1`, as the client's end
                // of any connection may; it ends then instead of asking for another.
                Err(said) if said.contains("port not available") => {}
                Err(said) => return Err(format!("the driver ended before it named its port: {said}").into()),
            }
        }
        Err(format!("no port was free at both addresses in {STARTS} starts").into())
    }

    /// A driver, or what it said before it ended.
    fn try_start(command: &[&str]) -> Result<Result<Driver, String>, Failure> {
        let (program, before) = command.split_first().ok_or("a driver has a program")?;
        let mut errors = tempfile::tempfile()?;
        let mut child = Command::new(program)
            .args(before)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::from(errors.try_clone()?))
            .spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("the driver has an output")?);
        let (mut said, mut line) = (String::new(), String::new());
        while output.read_line(&mut line)? > 0 {
            // The first line repeats the port asked for, which is 0.
            let named = line.rsplit_once("on port ").map(|(_, port)| port.trim().trim_end_matches('.'));
            if let Some(port) = named.filter(|port| *port != "0") {
                let address = SocketAddr::from(([127, 0, 0, 1], port.parse()?));
                return Ok(Ok(Driver { child, address, _output: output }));
            }
            said.push_str(&line);
            line.clear();
        }
        said.push_str(&child.wait()?.to_string());
        errors.rewind()?;
        errors.read_to_string(&mut said)?;
        Ok(Err(said))
    }

    /// What the driver answers to a command that the client library does not know.
    pub fn ask(&self, session: &str, command: &str, body: &Value) -> Result<Value, Failure> {
        let path = format!("/session/{session}/{command}");
        let reply =
            wire::try_send(self.address, "POST", &path, &["Content-Type: application/json"], &body.to_string())?;
        if reply.status != 200 {
            return Err(format!("{command}: {} {}", reply.status, reply.text()).into());
        }
        Ok(serde_json::from_slice(&reply.body)?)
    }

    /// Console messages of level warning and above since the last time.
    pub fn complaints(&self, session: &str) -> Result<Vec<String>, Failure> {
        let log = self.ask(session, "se/log", &json!({ "type": "browser" }))?;
        let said = log["value"].as_array().cloned().unwrap_or_default();
        let loud = |entry: &&Value| ["WARNING", "SEVERE"].contains(&entry["level"].as_str().unwrap_or("SEVERE"));
        Ok(said.iter().filter(loud).map(|entry| entry["message"].to_string()).collect())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The session is closed by now; a driver that has already ended cannot be killed again, which is fine.
        let _already_gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A driver that says `words` on its first start and ends, and names its port on every later one.
#[cfg(test)]
fn fussy(words: &str) -> Result<Driver, Failure> {
    let folder = tempfile::tempdir()?;
    let mark = folder.path().join("mark").display().to_string();
    let script = "[ -e \"$1\" ] && echo started successfully on port 9. && exec sleep 60; touch \"$1\"; echo \"$0\"";
    Driver::start(&["/bin/sh", "-c", script, words, &mark])
}

#[test]
fn a_driver_whose_port_is_taken_asks_for_another() {
    let driver = fussy("IPv4 port not available. Exiting...").expect("it starts");
    assert_eq!(driver.address.port(), 9);
}

#[test]
fn a_driver_that_cannot_start_says_why() {
    let why = fussy("Unable to initialize logging. Exiting...").err().expect("it does not start").to_string();
    assert!(why.contains("Unable to initialize logging"), "{why}");
}
