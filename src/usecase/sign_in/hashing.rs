//! Passwords hashed, two at a time.
//!
//! Owns Argon2id and its gate. A hash takes tens of megabytes and a good part of a core, so that only two run at once and
//! only a few wait; more are turned away before they cost anything.
//! **Invariant:** a password of nobody is hashed like one of somebody; comparing takes the same time wherever they differ.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::{
    Decimal, Ident, ParamsString, PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString,
};
use argon2::{Algorithm, Argon2, Params, Version};

use super::{Refusal, SignInError};
use crate::config::SignInConfig;

/// Hashes that run at once.
const AT_ONCE: usize = 2;
/// Tries that may wait for their turn.
const WAITING: usize = 64;
/// Least memory where the books are real, in KiB: 46 MiB.
pub const LEAST_MEMORY_KIB: u32 = 46 * 1024;

/// Hashes passwords.
pub struct Hasher {
    argon: Argon2<'static>,
    gate: Mutex<Gate>,
    left: Condvar,
    nobody: String,
}

#[derive(Debug, Default)]
struct Gate {
    running: usize,
    waiting: usize,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher")
    }
}

fn broken(error: &dyn std::fmt::Display) -> SignInError {
    SignInError::Broken(format!("argon2: {error}"))
}

impl Hasher {
    /// A hasher with the settings of this installation.
    ///
    /// # Errors
    /// `Broken` for settings Argon2 does not take.
    pub fn new(settings: &SignInConfig) -> Result<Hasher, SignInError> {
        let params = Params::new(settings.memory_kib, settings.passes, 1, None).map_err(|error| broken(&error))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (gate, left) = (Mutex::new(Gate::default()), Condvar::new());
        let nobody = phc_of_nobody(settings)?;
        Ok(Hasher { argon, gate, left, nobody })
    }

    /// The hash of a password, as a PHC string.
    ///
    /// # Errors
    /// `Busy`; `Broken`.
    pub fn hash(&self, password: &str) -> Result<String, SignInError> {
        let _turn = self.turn()?;
        let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(|error| broken(&error))?;
        let hash = self.argon.hash_password(password.as_bytes(), &salt).map_err(|error| broken(&error))?;
        Ok(hash.to_string())
    }

    /// Whether a password is the one that was hashed. Without a hash the same work is done, in vain.
    ///
    /// # Errors
    /// `Busy`; `Broken`.
    pub fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool, SignInError> {
        let _turn = self.turn()?;
        let parsed = PasswordHash::new(phc.unwrap_or(&self.nobody)).map_err(|error| broken(&error))?;
        let fits = self.argon.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(fits && phc.is_some())
    }

    /// Waits for a turn, unless too many wait already.
    fn turn(&self) -> Result<Turn<'_>, SignInError> {
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        if gate.running >= AT_ONCE {
            if gate.waiting >= WAITING {
                return Err(Refusal::Busy.into());
            }
            gate.waiting += 1;
            while gate.running >= AT_ONCE {
                gate = self.left.wait(gate).unwrap_or_else(PoisonError::into_inner);
            }
            gate.waiting -= 1;
        }
        gate.running += 1;
        Ok(Turn(self))
    }
}

/// A turn; the next one begins when it is dropped.
struct Turn<'h>(&'h Hasher);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut gate = self.0.gate.lock().unwrap_or_else(PoisonError::into_inner);
        gate.running = gate.running.saturating_sub(1);
        self.0.left.notify_one();
    }
}

/// A hash no password has: random bytes with these settings.
fn phc_of_nobody(settings: &SignInConfig) -> Result<String, SignInError> {
    let mut params = ParamsString::new();
    let pairs: [(&str, Decimal); 3] = [("m", settings.memory_kib), ("t", settings.passes), ("p", 1)];
    for (name, value) in pairs {
        let name = Ident::new(name).map_err(|error| broken(&error))?;
        params.add_decimal(name, value).map_err(|error| broken(&error))?;
    }
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(|error| broken(&error))?;
    let output = argon2::password_hash::Output::new(&rand::random::<[u8; 32]>()).map_err(|error| broken(&error))?;
    let hash = PasswordHash {
        algorithm: argon2::ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(hash.to_string())
}
