//! Another system: keeps what it is told and answers as it is told to.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use ring::hmac;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    pub head: Vec<String>,
    pub body: String,
}

impl Request {
    /// The value of a header; empty where there is none.
    pub fn header(&self, name: &str) -> String {
        let of = |line: &String| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        self.head.iter().find_map(of).unwrap_or_default()
    }

    /// Whether one of its signatures was made with a secret, as whoever receives it would check.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let value = self.header("pledgefund-signature");
        let mut parts = value.split(',');
        let second = parts.next().and_then(|part| part.strip_prefix("t=")).unwrap_or_default();
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            format!("{second}.{}", self.body).as_bytes(),
        );
        let expected: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        parts.any(|part| part.strip_prefix("v1=") == Some(expected.as_str()))
    }
}

#[derive(Default)]
struct Shared {
    answers: VecDeque<u16>,
    got: Vec<Request>,
}

/// A listening system.
pub struct Receiver {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

impl Receiver {
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared: Arc<Mutex<Shared>> = Arc::default();
        let inside = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                let mut shared = inside.lock().unwrap();
                let status = shared.answers.pop_front().unwrap_or(200);
                shared.got.push(request);
                drop(shared);
                // A redirection leads back here, where whoever follows it is noticed.
                let _gone = write!(
                    &stream,
                    "HTTP/1.1 {status} Told\r\nLocation: http://127.0.0.1:{port}/elsewhere\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                );
            }
        });
        Receiver { port, shared }
    }

    /// Host and port.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Answers with these, then with 200.
    pub fn answer(&self, statuses: &[u16]) {
        self.shared.lock().unwrap().answers = statuses.iter().copied().collect();
    }

    /// What came in since the last time; answers that were not used are forgotten.
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.lock().unwrap().got)
    }
}

fn read(mut stream: &TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 4096];
    loop {
        let count = stream.read(&mut piece).ok()?;
        bytes.extend_from_slice(piece.get(..count)?);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head: Vec<String> = head.lines().map(str::to_owned).collect();
            let request = Request { head, body: body.to_owned() };
            if request.body.len() >= request.header("content-length").parse().unwrap_or(0) {
                return Some(request);
            }
        }
        if count == 0 {
            return None;
        }
    }
}
