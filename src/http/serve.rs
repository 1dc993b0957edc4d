//! Listening and stopping.
//!
//! **Invariant:** until sign-in exists, nothing but the loopback address is ever listened on.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use axum::Router;
use thiserror::Error;
use tokio::net::TcpListener;

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
    let socket = loopback(address)?;
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
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).with_graceful_shutdown(stop).await
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
