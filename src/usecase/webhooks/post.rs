//! One request over one connection, to addresses that were looked at before.
//!
//! Owns as much of HTTP/1.1 as a telling needs: it is sent whole, of the answer only the status counts. No redirect is
//! followed, because an answer of that kind is an answer like any other.
//! **Invariant:** a request ends after its time, whatever the other side does, and reads a limited number of bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::target::Target;

/// Time for the whole request.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes read of an answer.
const MOST: usize = 64 * 1024;

/// Sends a body. Gives the status of the answer.
///
/// # Errors
/// What went wrong, for the log of deliveries.
pub fn post(target: &Target, addresses: &[SocketAddr], headers: &[(&str, &str)], body: &str) -> Result<u16, String> {
    let until = Instant::now() + TIMEOUT;
    let stream = connect(addresses, until)?;
    let host = if target.host.contains(':') { format!("[{}]", target.host) } else { target.host.clone() };
    let mut request = format!(
        "POST {} HTTP/1.1\r\nHost: {host}:{}\r\nUser-Agent: pledgefund\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n",
        target.path,
        target.port,
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    let timed = Timed { stream, until };
    if target.tls {
        let name = ServerName::try_from(target.host.clone()).map_err(|error| error.to_string())?;
        let connection = ClientConnection::new(trust()?, name).map_err(|error| error.to_string())?;
        exchange(&mut StreamOwned::new(connection, timed), &request)
    } else {
        exchange(&mut { timed }, &request)
    }
}

fn connect(addresses: &[SocketAddr], until: Instant) -> Result<TcpStream, String> {
    let mut last = "no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(address, left(until).map_err(|error| error.to_string())?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

fn trust() -> Result<Arc<ClientConfig>, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn exchange(stream: &mut (impl Read + Write), request: &str) -> Result<u16, String> {
    stream.write_all(request.as_bytes()).and_then(|()| stream.flush()).map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    let mut part = [0_u8; 4096];
    while answer.len() < MOST && !answer.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    status(&answer).ok_or_else(|| "not an answer of HTTP/1.1".to_owned())
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(answer.get(..12)?).ok()?;
    let digits = line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 "))?;
    digits.parse().ok().filter(|status| (200..600).contains(status))
}

fn left(until: Instant) -> std::io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// A connection of which every step ends when the time of the whole is over.
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(into)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}
