//! Listening and stopping.
//!
//! **Invariant:** other machines are listened to only where the edge allows it; whoever is slow or sends heads without
//! end loses the connection and holds up nobody else.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::transport::Perimeter;

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 1024;
/// For the head of a request, and between two requests of a connection.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// For the agreement on keys.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Bytes of a head, and headers in it.
const HEAD_SIZE: usize = 32 * 1024;
const HEADERS: usize = 64;
/// For requests under way when the server is asked to stop.
const STOP_TIME: Duration = Duration::from_secs(60);
/// After a connection that the system would not hand out.
const PAUSE: Duration = Duration::from_millis(50);

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum ListenError {
    /// The text is not an address with a port.
    #[error("{}", crate::i18n::both("page.serve.bad_address", &[("address", address)]))]
    BadAddress {
        /// The text given.
        address: String,
    },
    /// Other machines could reach the address.
    #[error("{}", crate::i18n::both("page.serve.not_loopback", &[("address", address)]))]
    NotLoopback {
        /// The text given.
        address: String,
    },
    /// A setting of the server cannot be understood.
    #[error("{}", crate::i18n::both("page.serve.bad_setting", &[("key", key), ("found", found)]))]
    BadSetting {
        /// Name of the setting.
        key: &'static str,
        /// Its value.
        found: String,
    },
    /// The certificate or its key cannot be used.
    #[error("{}", crate::i18n::both("page.serve.bad_certificate", &[("path", &path.to_string_lossy()), ("reason", reason)]))]
    BadCertificate {
        /// File.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The port is taken or not allowed.
    #[error("{}", crate::i18n::both("page.serve.cannot_listen", &[("address", address), ("reason", &source.to_string())]))]
    CannotListen {
        /// The text given.
        address: String,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads `address` (`127.0.0.1:8080`, `localhost:8080`, `[::1]:8080`); every address it stands for must be loopback.
///
/// # Errors
/// `BadAddress`, `NotLoopback`.
pub fn loopback(address: &str) -> Result<SocketAddr, ListenError> {
    let bad = || ListenError::BadAddress { address: address.to_owned() };
    let found: Vec<SocketAddr> = address.to_socket_addrs().map_err(|_unreadable| bad())?.collect();
    if found.iter().any(|one| !one.ip().is_loopback()) {
        return Err(ListenError::NotLoopback { address: address.to_owned() });
    }
    found.into_iter().next().ok_or_else(bad)
}

/// Starts to listen on a loopback `address`; port 0 takes any free port.
///
/// # Errors
/// `BadAddress`, `NotLoopback`, `CannotListen`.
pub async fn listen(address: &str) -> Result<TcpListener, ListenError> {
    listen_within(address, &Perimeter::default()).await
}

/// Starts to listen on an `address`; one that other machines reach only within an edge that allows it.
///
/// # Errors
/// `BadAddress`, `NotLoopback`, `CannotListen`.
pub async fn listen_within(address: &str, perimeter: &Perimeter) -> Result<TcpListener, ListenError> {
    let socket = match loopback(address) {
        Err(ListenError::NotLoopback { .. }) if perimeter.may_be_reached() => {
            let found = address.to_socket_addrs().ok().and_then(|mut found| found.next());
            found.ok_or_else(|| ListenError::BadAddress { address: address.to_owned() })?
        }
        other => other?,
    };
    TcpListener::bind(socket).await.map_err(|source| ListenError::CannotListen { address: address.to_owned(), source })
}

/// Answers until `stop` ends, then lets requests under way finish.
///
/// # Errors
/// What the system says when listening breaks.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_encrypted(listener, router, None, stop).await
}

/// As `serve`, over encrypted connections if there is a certificate.
///
/// # Errors
/// What the system says when listening breaks.
pub async fn serve_encrypted(
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (graceful, slots) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let (router, tls, watcher) = (router.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _slot = slot;
            talk(stream, peer, router, tls, watcher).await;
        });
    }
    drop(listener);
    if timeout(STOP_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the server stopped");
    }
    Ok(())
}

/// One connection. How it ends is the other side's affair: a browser that goes away is no error.
async fn talk(stream: TcpStream, peer: SocketAddr, router: Router, tls: Option<TlsAcceptor>, watcher: Watcher) {
    let _quick = stream.set_nodelay(true);
    match tls {
        None => exchange(stream, peer, router, watcher).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIME, tls.accept(stream)).await {
                exchange(stream, peer, router, watcher).await;
            }
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_SIZE).max_headers(HEADERS);
    // The buffer alone is no limit: it reads on into the room it once reserved.
    server.max_header_size(HEAD_SIZE);
    let _ended = watcher.watch(server.serve_connection(TokioIo::new(stream), service)).await;
}

/// Ends when the process is asked to stop: ctrl-c, or SIGTERM where the system has it.
pub async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = terminate.recv() => {}
                () = interrupted() => {}
            },
            Err(error) => {
                tracing::warn!(error = %error, "SIGTERM cannot be caught, only ctrl-c stops the server in order");
                interrupted().await;
            }
        }
    }
    #[cfg(not(unix))]
    interrupted().await;
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(error = %error, "ctrl-c cannot be caught");
        std::future::pending::<()>().await;
    }
}
