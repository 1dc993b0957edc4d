//! SM4 in Galois/counter mode (RFC 8998), put together from the block cipher and the mode of the RustCrypto crates.
//!
//! **Invariant:** the form is that of AES-GCM: a nonce of 96 bits, a tag of 128 bits behind what was sealed.

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use sm4::Sm4;

/// Bytes of a key.
pub const KEY: usize = 16;
/// Bytes of a nonce.
pub const NONCE: usize = 12;

/// One key, ready for use.
pub struct Sm4Gcm(AesGcm<Sm4, U12>);

impl Sm4Gcm {
    /// A key.
    #[must_use]
    pub fn new(key: &[u8; KEY]) -> Sm4Gcm {
        Sm4Gcm(AesGcm::new(key.into()))
    }

    /// Seals bytes under a nonce that is never used twice with one key; the tag stands behind.
    ///
    /// Nothing above 64 GiB.
    #[must_use]
    pub fn seal(&self, nonce: &[u8; NONCE], bound: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        self.0.encrypt(nonce.into(), Payload { msg: plain, aad: bound }).ok()
    }

    /// What was sealed, or nothing where one bit differs.
    #[must_use]
    pub fn open(&self, nonce: &[u8; NONCE], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.0.decrypt(nonce.into(), Payload { msg: sealed, aad: bound }).ok()
    }
}
