//! Odd requests, byte by byte: never two answers to one, never a fault of the server.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::pages::server::{Data, start};
use crate::support::wire;

/// What comes back until the server closes.
fn talk(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let _closed_early = stream.write_all(bytes);
    let _gone = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Each hides a second request in what one of two readers takes for the body of the first.
fn odd_requests() -> Vec<String> {
    let hidden = "GET /static/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let length = hidden.len();
    let post = "POST /loans HTTP/1.1\r\nHost: localhost\r\n";
    let chunked = format!("0\r\n\r\n{hidden}");
    let both = length + 5;
    let mut odd: Vec<String> = [
        format!("Content-Length: {both}\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {both}\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: chunked\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: xchunked\r\nContent-Length: {both}\r\n\r\n{chunked}"),
        format!("Transfer-Encoding : chunked\r\nContent-Length: {both}\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: chunked, identity\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: identity\r\nContent-Length: {length}\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: gzip, chunked\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{chunked}"),
        format!("Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n{chunked}"),
        format!("Transfer-Encoding: \x0bchunked\r\nContent-Length: {both}\r\n\r\n{chunked}"),
        format!("X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: {both}\r\n\r\n{chunked}"),
        format!("Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{hidden}"),
        format!("Content-Length: {length}\r\nContent-Length: 0\r\n\r\n{hidden}"),
        format!("Content-Length: 0, {length}\r\n\r\n{hidden}"),
        format!("Content-Length: +{length}\r\n\r\n{hidden}"),
        format!("Content-Length: -1\r\n\r\n{hidden}"),
        format!("Content-Length: 0x10\r\n\r\n{hidden}"),
        format!("Content-Length: 99999999999999999999\r\n\r\n{hidden}"),
        format!("Content-Length : {length}\r\n\r\n{hidden}"),
        format!("Content-Length:\r\n\r\n{hidden}"),
        format!("Content_Length: {length}\r\nContent-Length: {length}\r\n\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n{:x};a=\"\r\n{hidden}\r\n0\r\n\r\n", hidden.len()),
        format!("Transfer-Encoding: chunked\r\n\r\n-1\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n{hidden}"),
        format!("Transfer-Encoding: chunked\r\n\r\n0\n\n{hidden}"),
    ]
    .into_iter()
    .map(|rest| format!("{post}{rest}"))
    .collect();
    odd.extend([
        format!("GET /loans HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{hidden}"),
        format!("GET /loans HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n{hidden}"),
        format!("GET /loans HTTP/9.9\r\nHost: localhost\r\n\r\n{hidden}"),
        format!("GET /lo ans HTTP/1.1\r\nHost: localhost\r\n\r\n{hidden}"),
        format!("GET /loans\r\n{hidden}"),
        format!("GET /loans HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n{hidden}"),
        format!("GET /loans HTTP/1.1\nHost: localhost\nX: a\rb\n\n{hidden}"),
        format!("\0\0\0\x16\x03\x01{hidden}"),
        format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{hidden}"),
    ]);
    odd
}

#[test]
fn odd_requests_get_at_most_one_answer_and_never_a_fault() {
    let server = start(Data::Full);
    let odd = odd_requests();
    assert!(odd.len() >= 30, "{}", odd.len());
    for request in odd {
        let answer = talk(server.address, request.as_bytes());
        let answers = answer.matches("HTTP/1.1 ").count() + answer.matches("HTTP/1.0 ").count();
        assert!(answers <= 1, "{answers} answers to {request:?}: {answer}");
        assert!(!answer.contains("HTTP/1.1 5"), "{request:?}: {answer}");
    }
    assert_eq!(wire::get(server.address, "/loans").status, 200);
}

#[test]
fn heads_have_an_end() {
    let server = start(Data::Full);
    let long = format!("GET /loans HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(100_000));
    let many: String = (0..200).map(|n| format!("X-{n}: a\r\n")).collect();
    let many = format!("GET /loans HTTP/1.1\r\nHost: localhost\r\n{many}\r\n");
    let target = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(70_000));
    for request in [long, many, target] {
        let answer = talk(server.address, request.as_bytes());
        let first = answer.lines().next().unwrap_or("").to_owned();
        assert!(first.is_empty() || first.contains(" 431") || first.contains(" 414"), "{first}");
    }
    assert_eq!(wire::get(server.address, "/loans").status, 200);
}

/// To the byte, however the head is cut into pieces on its way.
#[test]
fn a_head_of_32_kib_is_read_and_one_byte_more_is_not() {
    let server = start(Data::Full);
    let ask = |length: usize, piece: usize| {
        let (before, after) = ("GET /loans HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: ", "\r\n\r\n");
        let head = format!("{before}{}{after}", "a".repeat(length - before.len() - after.len()));
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let _closed_early = head.as_bytes().chunks(piece).try_for_each(|bytes| stream.write_all(bytes));
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    };
    let limit = 32 * 1024;
    for piece in [1_000, 8_192, 1 << 20] {
        for length in [limit - 1, limit] {
            let answer = ask(length, piece);
            assert!(answer.starts_with("HTTP/1.1 ") && !answer.contains(" 431"), "{length} by {piece}: {answer}");
        }
        for length in [limit + 1, limit + 1_000, 40_000, 64_000] {
            let answer = ask(length, piece);
            // Where the rest was still under way, the system throws the answer away with the connection.
            assert!(answer.is_empty() || answer.contains(" 431"), "{length} by {piece}: {answer}");
        }
    }
}

#[test]
fn methods_that_are_not_listed_are_refused() {
    let server = start(Data::Full);
    for method in ["TRACE", "CONNECT", "OPTIONS", "PROPFIND", "PUT", "DELETE", "PATCH", "X"] {
        let status = wire::send(server.address, method, "/loans", &[], "").status;
        assert!(matches!(status, 400 | 405), "{method}: {status}");
    }
}

/// What is no HTTP at all is answered by the library below every layer: a bare status, nothing of the inside, and the
/// connection ends. The headers of all other answers are not there, and no browser shows anything of it.
#[test]
fn what_the_library_refuses_itself_is_a_bare_answer() {
    let server = start(Data::Full);
    let many: String = (0..200).map(|nth| format!("X-{nth}: y\r\n")).collect();
    let canary = "canary-in-a-head";
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n"), "431"),
        (format!("GET /{canary} HTTP/1.1\r\nHost: localhost\r\n{canary}\r\n\r\n"), "400"),
        (format!("{canary}\r\n\r\n"), "400"),
    ] {
        let answer = talk(server.address, request.as_bytes()).to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "", "{answer}");
        assert!(head.contains("connection: close") && head.contains("content-length: 0"), "{answer}");
        for name in ["server:", "x-powered-by:", "set-cookie:", canary] {
            assert!(!answer.contains(name), "{answer}");
        }
    }
}
