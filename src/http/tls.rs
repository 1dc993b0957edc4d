//! Encryption of connections by the server itself.
//!
//! **Invariant:** TLS 1.2 or 1.3 and nothing older; a certificate or key that cannot be used stops the start, and no
//! part of the key reaches an error or the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig as TlsConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::serve::ListenError;
use crate::config::ServerConfig;

/// The encryption the settings ask for; none if they name no certificate.
///
/// # Errors
/// `BadCertificate`.
pub fn acceptor(settings: &ServerConfig) -> Result<Option<TlsAcceptor>, ListenError> {
    let (certificate, key) = (&settings.tls_certificate, &settings.tls_key);
    if certificate.as_os_str().is_empty() && key.as_os_str().is_empty() {
        return Ok(None);
    }
    let bad = |path: &Path, reason: String| ListenError::BadCertificate { path: PathBuf::from(path), reason };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| bad(certificate, error.to_string()))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, error.to_string()))?;
    let mut built = TlsConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(certificate, error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| bad(certificate, error.to_string()))?;
    built.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(built))))
}
