//! The key a fund signs its payout sheets with, and documents that carry their signature.
//!
//! Ed25519 (RFC 8032). The secret half lies in one file of the data folder, readable by its owner only, and is made
//! at its first use; the public half is printed on every sheet and by `pledgefund signing-key`.
//! **Invariant:** an existing key is never replaced.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::hash::sha256_hex;

/// File of the secret half, below the data folder.
const KEY_FILE: &str = "keys/payout-sheet.key";
/// Bytes of the secret half.
const SEED: usize = 32;
/// Name of the algorithm, as signatures state it.
pub const ALGORITHM: &str = "ed25519";

/// Why nothing was signed.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The key file cannot be read or made.
    #[error("key file {path}: {source}")]
    File {
        /// File.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The key file does not hold a key.
    #[error("key file {path} does not hold a key")]
    Damaged {
        /// File.
        path: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandom,
}

/// A key that signs.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// The key of a data folder; made if there is none.
    ///
    /// # Errors
    /// `KeyError`.
    pub fn of_folder(folder: &Path) -> Result<SigningKey, KeyError> {
        let path = folder.join(KEY_FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => SigningKey::read(&path, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => SigningKey::make(&path),
            Err(source) => Err(KeyError::File { path, source }),
        }
    }

    fn read(path: &Path, text: &str) -> Result<SigningKey, KeyError> {
        let seed = from_hex(text.trim()).filter(|seed| seed.len() == SEED);
        let pair = seed.and_then(|seed| Ed25519KeyPair::from_seed_unchecked(&seed).ok());
        pair.map(SigningKey).ok_or_else(|| KeyError::Damaged { path: path.to_owned() })
    }

    fn make(path: &Path) -> Result<SigningKey, KeyError> {
        let failed = |source| KeyError::File { path: path.to_owned(), source };
        let mut seed = [0_u8; SEED];
        SystemRandom::new().fill(&mut seed).map_err(|_unspecified| KeyError::NoRandom)?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        // A file beside it first: whoever finds the key finds all of it, also when two make one at the same time.
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft).map_err(failed)?;
        writeln!(file, "{}", to_hex(&seed)).and_then(|()| file.sync_all()).map_err(failed)?;
        let linked = std::fs::hard_link(&draft, path);
        let _removed = std::fs::remove_file(&draft);
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
            _ => SigningKey::read(path, &std::fs::read_to_string(path).map_err(failed)?),
        }
    }

    /// The public half, lower-case hexadecimal.
    #[must_use]
    pub fn public_hex(&self) -> String {
        to_hex(self.0.public_key().as_ref())
    }

    /// The signature of bytes, lower-case hexadecimal.
    #[must_use]
    pub fn sign_hex(&self, bytes: &[u8]) -> String {
        to_hex(self.0.sign(bytes).as_ref())
    }
}

/// Whether `signature` of `bytes` was made with the secret half of `public`; both lower-case hexadecimal.
#[must_use]
pub fn is_signed_by(public: &str, signature: &str, bytes: &[u8]) -> bool {
    let (Some(public), Some(signature)) = (from_hex(public), from_hex(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, public).verify(bytes, &signature).is_ok()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pair = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map(pair).collect()
}

/// A document with its signature, as a file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What is signed.
    pub content: Value,
    /// Who signed it.
    pub signature: Signature,
}

/// A signature over the content, written without spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Algorithm.
    pub algorithm: String,
    /// Public half of the key, hexadecimal.
    pub public_key: String,
    /// Signature, hexadecimal.
    pub value: String,
}

impl Signed {
    /// Signs a content.
    #[must_use]
    pub fn by(content: Value, key: &SigningKey) -> Signed {
        let value = key.sign_hex(content.to_string().as_bytes());
        let signature = Signature { algorithm: ALGORITHM.to_owned(), public_key: key.public_hex(), value };
        Signed { content, signature }
    }

    /// SHA-256 of what is signed, hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256_hex(self.content.to_string().as_bytes())
    }
}
