//! Connections the server encrypts itself: by which protocols, with which header, and what it does not start with.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use pledgefund::config::ServerConfig;
use pledgefund::http::serve::ListenError;
use pledgefund::http::tls::acceptor;
use pledgefund::http::transport::Perimeter;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

use super::edge::settings;
use crate::pages::server::{Data, Server, pages, start_encrypted};
use crate::support::product::Installation;

/// A certificate for this machine, signed by itself, and its key.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    let kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    let about = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    let ends = ["-addext", "basicConstraints=critical,CA:FALSE"];
    let mut command = Command::new("openssl");
    command.args(kind).args(about).args(ends).arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    let made = command.output().expect("openssl is there");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

fn with(certificate: &Path, key: &Path) -> ServerConfig {
    let mut settings = settings(&[], &["localhost"]);
    (settings.tls_certificate, settings.tls_key) = (certificate.to_owned(), key.to_owned());
    settings
}

fn server(settings: &ServerConfig) -> Server {
    let perimeter = Perimeter::of(settings).unwrap();
    let routes = pledgefund::http::router::router_within(pages(Data::Full), perimeter);
    start_encrypted(routes, acceptor(settings).unwrap())
}

/// What is answered over a connection of one version, and the version that was agreed.
fn ask(
    address: SocketAddr,
    trusted: &Path,
    version: &'static SupportedProtocolVersion,
) -> Result<(ProtocolVersion, String), std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(trusted).unwrap()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(client), ServerName::try_from("localhost").unwrap()).unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let agreed = stream.conn.protocol_version().unwrap();
    Ok((agreed, String::from_utf8_lossy(&answer).to_lowercase()))
}

/// The first words of a client that speaks a version as its newest, in the old way: the answer's record kind, and its
/// first bytes.
fn hello(address: SocketAddr, minor: u8) -> Vec<u8> {
    let suites: [u8; 8] = [0xc0, 0x2b, 0xc0, 0x09, 0xc0, 0x0a, 0x00, 0x2f];
    // Curve P-256; points as they are; ECDSA with SHA-256 and with SHA-1.
    let extensions: [u8; 24] = [0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 2, 3];
    let mut body = vec![3, minor];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 8]);
    body.extend(suites);
    body.extend([1, 0, 0, 24]);
    body.extend(extensions);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(&record).unwrap();
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).unwrap();
    answer.to_vec()
}

#[test]
fn tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    let folder = tempfile::tempdir().unwrap();
    let (own, key) = certificate(folder.path(), "own");
    let (foreign, _) = certificate(folder.path(), "foreign");
    let server = server(&with(&own, &key));
    for (version, expected) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let (agreed, answer) = ask(server.address, &own, version).unwrap();
        assert_eq!(agreed, expected);
        assert!(answer.starts_with("http/1.1 200"), "{answer}");
        let stays = answer.lines().find_map(|line| line.strip_prefix("strict-transport-security: ")).unwrap();
        let age = stays.split("max-age=").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
        assert!(age.parse::<u64>().unwrap() >= 31_536_000 && stays.contains("includesubdomains"), "{stays}");
        // Whoever trusts another certificate does not talk with this server.
        assert!(ask(server.address, &foreign, version).is_err());
    }
    // A handshake record with the server's own first words, as a client of 1.2 gets them.
    let spoken = hello(server.address, 3);
    assert_eq!((spoken[0], spoken[5]), (22, 2), "{spoken:?}");
    for minor in [2, 1, 0] {
        // An alert, fatal: protocol version.
        let refused = hello(server.address, minor);
        assert_eq!((refused[0], &refused[5..]), (21, &[2, 70][..]), "3.{minor}: {refused:?}");
    }
    // Plain words on an encrypted port get no page.
    let mut plain = TcpStream::connect(server.address).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _closed = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"), "{answer:?}");
}

#[test]
fn a_key_that_does_not_fit_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (own, key) = certificate(folder.path(), "own");
    let (foreign, other) = certificate(folder.path(), "foreign");
    let (empty, broken) = (folder.path().join("empty.pem"), folder.path().join("broken.pem"));
    std::fs::write(&empty, "").unwrap();
    let text = std::fs::read_to_string(&key).unwrap();
    let secret = text.lines().nth(1).unwrap();
    std::fs::write(&broken, text.replace(&secret[..20], "MIGHAgEAMBMGByqGSM48")).unwrap();
    let nowhere = folder.path().join("nowhere.pem");
    for (certificate, key) in [
        (&own, &other),
        (&foreign, &key),
        (&own, &empty),
        (&own, &own),
        (&own, &broken),
        (&own, &nowhere),
        (&empty, &key),
        (&key, &key),
        (&nowhere, &key),
    ] {
        let refused = acceptor(&with(certificate, key));
        let Err(ListenError::BadCertificate { reason, .. }) = refused else {
            panic!("{} with {} was taken", certificate.display(), key.display())
        };
        assert!(!reason.contains(secret) && !reason.contains(&secret[..20]), "{reason}");
    }
    assert!(acceptor(&with(&own, &key)).unwrap().is_some());
    // The program itself: it says why, tells nothing of the key, and listens to nobody.
    let installation = Installation::sqlite();
    let mut command = installation.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("PLEDGEFUND_SERVER__TLS_CERTIFICATE", &own).env("PLEDGEFUND_SERVER__TLS_KEY", &other);
    let log = folder.path().join("log");
    command.env("RUST_LOG", "trace").stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if line.contains("https://") {
        child.kill().unwrap();
    }
    let ended = child.wait().unwrap();
    let told = std::fs::read_to_string(&log).unwrap() + &line;
    assert_eq!(ended.code(), Some(2), "{told}");
    assert!(told.contains("own.pem"), "{told}");
    for key in [&key, &other] {
        let text = std::fs::read_to_string(key).unwrap();
        let inside: Vec<&str> = text.lines().filter(|line| !line.starts_with("-----")).collect();
        assert!(inside.len() > 1 && inside.iter().all(|part| !told.contains(part)), "{told}");
    }
}
