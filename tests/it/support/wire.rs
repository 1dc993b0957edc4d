//! One plain HTTP/1.1 request over a socket, so that tests see exactly the bytes and headers a browser gets.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::serving::PATIENCE;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Head lines in lower case.
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("the body is UTF-8")
    }

    /// Value of the header `name` (lower case); empty when it is not there.
    pub fn header(&self, name: &str) -> String {
        let start = format!("{name}: ");
        self.head.iter().find_map(|line| line.strip_prefix(&start)).unwrap_or("").to_owned()
    }
}

pub fn get(server: SocketAddr, path: &str) -> Reply {
    send(server, "GET", path, &[], "")
}

#[track_caller]
pub fn send(server: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> Reply {
    try_send(server, method, path, headers, body).expect("the server answers")
}

/// As `send`, with a body that need not be text.
#[track_caller]
pub fn send_bytes(server: SocketAddr, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
    try_send_bytes(server, method, path, headers, body).expect("the server answers")
}

/// As `send`, for callers that have something to clean up.
pub fn try_send(server: SocketAddr, method: &str, path: &str, headers: &[&str], body: &str) -> io::Result<Reply> {
    try_send_bytes(server, method, path, headers, body.as_bytes())
}

fn try_send_bytes(server: SocketAddr, method: &str, path: &str, headers: &[&str], body: &[u8]) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let host =
        if headers.iter().any(|h| h.starts_with("Host:")) { String::new() } else { format!("Host: {server}\r\n") };
    let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    // A browser sends its session along, unless a test says which cookies it has.
    let session = match super::desk::ticket_at(server) {
        Some(ticket) if !headers.iter().any(|h| h.starts_with("Cookie:")) => format!("{}\r\n", ticket.cookie()),
        _ => String::new(),
    };
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{host}{more}{session}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    stream.write_all(body)?;
    let answer = read_answer(&mut stream)?;
    let no_answer = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP answer");
    let cut = head_end(&answer).ok_or_else(no_answer)?;
    let head = String::from_utf8_lossy(&answer[..cut]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|s| s.parse().ok());
    let lower = |line: &str| line.split_once(':').map(|(n, v)| format!("{}: {}", n.to_lowercase(), v.trim()));
    let status = status.ok_or_else(no_answer)?;
    Ok(Reply { status, head: lines.filter_map(lower).collect(), body: answer[cut + 4..].to_vec() })
}

/// Reads until the promised length is there or the other side closes: not every server closes when asked to.
fn read_answer(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let mut piece = [0_u8; 65_536];
    loop {
        let read = stream.read(&mut piece)?;
        answer.extend_from_slice(&piece[..read]);
        if read == 0 || is_whole(&answer) {
            return Ok(answer);
        }
    }
}

fn head_end(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|four| four == b"\r\n\r\n")
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(cut) = head_end(answer) else { return false };
    let head = String::from_utf8_lossy(&answer[..cut]).to_lowercase();
    let promised = head.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
    promised
        .and_then(|length| length.trim().parse::<usize>().ok())
        .is_some_and(|length| answer.len() >= cut + 4 + length)
}
