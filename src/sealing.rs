//! What may be read by nobody who only holds the database: sealed with keys that lie outside it.
//!
//! Owns the keys, the form of sealed bytes, and marks by which sealed values are found again. The first key seals, all
//! of them unseal, so that a key is changed by putting a new one in front. A key is named by a hash of itself, so that
//! no name can stand for the wrong one.
//! **Invariant:** what was sealed for one purpose, or changed by one bit, does not unseal; a key that sealed values need
//! is never replaced by a new one.

pub mod sm4_gcm;

use std::borrow::Cow;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use zeroize::Zeroizing;

use self::sm4_gcm::Sm4Gcm;
use crate::config::Config;
use crate::hash::{hex, sha256};
use crate::i18n::both;

/// File of the keys below the data folder, where no other is named.
const KEY_FILE: &str = "keys/sealing.key";
/// How sealed texts begin: a word, and the version of the form.
pub const TEXT_START: &str = "sealed:1:";
/// First byte of sealed bytes: the version of the form.
const VERSION: u8 = 1;
/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of the name of a key.
const ID: usize = 8;
/// Bytes before the sealed ones: version, algorithm, key, nonce.
const HEAD: usize = 2 + ID + NONCE_LEN;
/// Bytes that prove nothing was changed.
const TAG: usize = 16;

/// Why keys cannot be used or a value does not unseal.
#[derive(Debug, Error)]
pub enum SealingError {
    /// The key file cannot be read or made.
    #[error("{}", both("sealing.file", &[("path", &path.to_string_lossy()), ("reason", &source.to_string())]))]
    File {
        /// File.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The keys are not 64 hexadecimal characters each.
    #[error("{}", both("sealing.damaged", &[("from", from)]))]
    Damaged {
        /// Where they come from.
        from: String,
    },
    /// The system gives no random bytes.
    #[error("{}", both("sealing.no_random", &[]))]
    NoRandom,
    /// The books hold sealed values, but the key they need is not there.
    #[error("{}", both("sealing.missing_key", &[("key", key), ("path", path)]))]
    MissingKey {
        /// Name of the key.
        key: String,
        /// Where keys were looked for.
        path: String,
    },
    /// Not sealed bytes, changed since, or sealed for another purpose.
    #[error("{}", both("sealing.broken", &[]))]
    Broken,
}

/// With what is sealed. What was sealed with either unseals, whichever is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256-GCM.
    Aes,
    /// SM4-GCM (GB/T 32907, RFC 8998).
    Sm4,
}

impl Cipher {
    /// The cipher of this name in the settings.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Cipher> {
        match code {
            "aes-256-gcm" => Some(Cipher::Aes),
            "sm4-gcm" => Some(Cipher::Sm4),
            _ => None,
        }
    }

    /// Second byte of sealed bytes.
    const fn byte(self) -> u8 {
        match self {
            Cipher::Aes => 1,
            Cipher::Sm4 => 2,
        }
    }

    fn from_byte(byte: u8) -> Option<Cipher> {
        [Cipher::Aes, Cipher::Sm4].into_iter().find(|cipher| cipher.byte() == byte)
    }
}

/// One key in its uses.
struct Key {
    id: [u8; ID],
    aes: LessSafeKey,
    sm4: Sm4Gcm,
    marks: hmac::Key,
}

impl Key {
    /// Nothing above 64 GiB.
    fn seal(&self, cipher: Cipher, nonce: [u8; NONCE_LEN], bound: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        match cipher {
            Cipher::Aes => {
                let (nonce, mut body) = (Nonce::assume_unique_for_key(nonce), plain.to_vec());
                self.aes.seal_in_place_append_tag(nonce, Aad::from(bound), &mut body).ok()?;
                Some(body)
            }
            Cipher::Sm4 => self.sm4.seal(&nonce, bound, plain),
        }
    }

    /// Nothing where one bit differs.
    fn open(&self, cipher: Cipher, nonce: [u8; NONCE_LEN], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        match cipher {
            Cipher::Aes => {
                let (nonce, mut body) = (Nonce::assume_unique_for_key(nonce), sealed.to_vec());
                let length = self.aes.open_in_place(nonce, Aad::from(bound), &mut body).ok()?.len();
                body.truncate(length);
                Some(body)
            }
            Cipher::Sm4 => self.sm4.open(&nonce, bound, sealed),
        }
    }
}

/// Seals and unseals.
pub struct Sealer {
    keys: Vec<Key>,
    cipher: Cipher,
    place: String,
    is_beside_data: bool,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.key_ids()).field("place", &self.place).finish()
    }
}

impl Sealer {
    /// The keys of the settings; made in the data folder if none are named and none are there.
    ///
    /// # Errors
    /// `File`, `Damaged`, `NoRandom`.
    pub fn open(config: &Config) -> Result<Sealer, SealingError> {
        Sealer::from_settings(config, true)
    }

    /// The keys of the settings, which must be there.
    ///
    /// # Errors
    /// `File`, `Damaged`.
    pub fn existing(config: &Config) -> Result<Sealer, SealingError> {
        Sealer::from_settings(config, false)
    }

    fn from_settings(config: &Config, may_make: bool) -> Result<Sealer, SealingError> {
        let settings = &config.sealing;
        let cipher = Cipher::from_code(&settings.algorithm).unwrap_or(Cipher::Aes);
        if !settings.keys.is_empty() {
            let sealer = Sealer::read(settings.keys.expose(), "sealing.keys".to_owned(), false)?;
            return Ok(sealer.with(cipher));
        }
        let named = !settings.key_file.as_os_str().is_empty();
        let path = if named { settings.key_file.clone() } else { config.data.dir.join(KEY_FILE) };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound && may_make && !named => make(&path)?,
            Err(source) => return Err(SealingError::File { path, source }),
        };
        let sealer = Sealer::read(&text, path.to_string_lossy().into_owned(), path.starts_with(&config.data.dir))?;
        Ok(sealer.with(cipher))
    }

    /// The same keys, sealing with this cipher from now on.
    #[must_use]
    pub fn with(self, cipher: Cipher) -> Sealer {
        Sealer { cipher, ..self }
    }

    /// Keys as a text holds them, one a line: 64 hexadecimal characters; the first one seals.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn from_text(text: &str) -> Result<Sealer, SealingError> {
        Sealer::read(text, "text".to_owned(), false)
    }

    fn read(text: &str, place: String, is_beside_data: bool) -> Result<Sealer, SealingError> {
        let lines = text.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Option<Vec<Key>> = lines.map(key_of).collect();
        match keys.filter(|keys| !keys.is_empty()) {
            Some(keys) => Ok(Sealer { keys, cipher: Cipher::Aes, place, is_beside_data }),
            None => Err(SealingError::Damaged { from: place }),
        }
    }

    /// Names of the keys, the one that seals first.
    #[must_use]
    pub fn key_ids(&self) -> Vec<String> {
        self.keys.iter().map(|key| hex(&key.id)).collect()
    }

    /// Whether the keys lie in the data folder, where a copy of the folder takes them along.
    #[must_use]
    pub const fn is_beside_data(&self) -> bool {
        self.is_beside_data
    }

    /// Seals bytes for a purpose.
    ///
    /// # Panics
    /// Where the system gives no random bytes: nothing may then be sealed, and nothing be stored unsealed.
    #[must_use]
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0_u8; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).expect("a system without random bytes can seal nothing");
        self.seal_with(nonce, purpose, plain)
    }

    /// Seals bytes with a number that must never be used twice with one key; for known answers.
    ///
    /// # Panics
    /// Above 64 GiB, which no caller holds in memory.
    #[must_use]
    pub fn seal_with(&self, nonce: [u8; NONCE_LEN], purpose: &str, plain: &[u8]) -> Vec<u8> {
        let key = self.keys.first().expect("a sealer is not built without a key");
        let mut sealed = Vec::with_capacity(HEAD + plain.len() + TAG);
        let form = [VERSION, self.cipher.byte()];
        sealed.extend_from_slice(&form);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        let bound = bound_to(&form, &key.id, purpose);
        let body = key.seal(self.cipher, nonce, &bound, plain);
        sealed.append(&mut body.expect("only more than 64 GiB cannot be sealed"));
        sealed
    }

    /// The bytes that were sealed for this purpose.
    ///
    /// # Errors
    /// `MissingKey`, `Broken`.
    pub fn unseal(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SealingError> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealingError::Broken)?;
        let (form, rest) = head.split_at_checked(2).ok_or(SealingError::Broken)?;
        let (id, nonce) = rest.split_at_checked(ID).ok_or(SealingError::Broken)?;
        let cipher = match *form {
            [VERSION, byte] => Cipher::from_byte(byte).ok_or(SealingError::Broken)?,
            _ => return Err(SealingError::Broken),
        };
        let missing = || SealingError::MissingKey { key: hex(id), path: self.place.clone() };
        let key = self.keys.iter().find(|key| key.id == id).ok_or_else(missing)?;
        let nonce = *nonce.first_chunk::<NONCE_LEN>().ok_or(SealingError::Broken)?;
        key.open(cipher, nonce, &bound_to(form, id, purpose), body).ok_or(SealingError::Broken)
    }

    /// Seals a text; the result is a text: `sealed:1:` and hexadecimal.
    #[must_use]
    pub fn seal_text(&self, purpose: &str, plain: &str) -> String {
        format!("{TEXT_START}{}", hex(&self.seal(purpose, plain.as_bytes())))
    }

    /// The text that was sealed for this purpose.
    ///
    /// # Errors
    /// `MissingKey`, `Broken`.
    pub fn unseal_text(&self, purpose: &str, sealed: &str) -> Result<String, SealingError> {
        let sealed = sealed.strip_prefix(TEXT_START).and_then(from_hex).ok_or(SealingError::Broken)?;
        String::from_utf8(self.unseal(purpose, &sealed)?).map_err(|_not_text| SealingError::Broken)
    }

    /// Seals a number so that people still tell it from others: what is shown of it stands behind the sealed part.
    #[must_use]
    pub fn seal_token(&self, purpose: &str, plain: &str, shown: &str) -> String {
        format!("{}:{shown}", self.seal_text(purpose, plain))
    }

    /// A text with every sealed number in it readable.
    ///
    /// # Errors
    /// `MissingKey`, `Broken`.
    pub fn revealed(&self, purpose: &str, text: &str) -> Result<String, SealingError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, token, after)) = next_token(rest) {
            out.push_str(before);
            let sealed = token.rsplit_once(':').map_or(token, |(sealed, _)| sealed);
            out.push_str(&self.unseal_text(purpose, sealed)?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The mark of a value: equal for equal values, and without a key nobody finds the value to a mark.
    #[must_use]
    pub fn mark(&self, purpose: &str, plain: &str) -> String {
        self.marks(purpose, plain).into_iter().next().unwrap_or_default()
    }

    /// The marks of a value under every key, so that one made before a change of keys is found too.
    #[must_use]
    pub fn marks(&self, purpose: &str, plain: &str) -> Vec<String> {
        let mark = |key: &Key| hex(hmac::sign(&key.marks, &bound_to(plain.as_bytes(), &[], purpose)).as_ref());
        self.keys.iter().map(mark).collect()
    }
}

/// The first sealed number of a text: what stands before it, itself, what comes after.
fn next_token(text: &str) -> Option<(&str, &str, &str)> {
    let (before, found) = text.split_at_checked(text.find(TEXT_START)?)?;
    let body = found.get(TEXT_START.len()..)?;
    let hex = body.bytes().take_while(u8::is_ascii_hexdigit).count();
    let shown = match body.as_bytes().get(hex) {
        Some(b':') => 1 + body.bytes().skip(hex + 1).take_while(u8::is_ascii_alphanumeric).take(4).count(),
        _ => 0,
    };
    let (token, after) = found.split_at_checked(TEXT_START.len() + hex + shown)?;
    Some((before, token, after))
}

/// Whether a text is one sealed number and nothing else.
#[must_use]
pub fn is_token(text: &str) -> bool {
    next_token(text).is_some_and(|(before, _, after)| before.is_empty() && after.is_empty())
}

/// How many sealed numbers a text holds.
#[must_use]
pub fn tokens_in(text: &str) -> usize {
    text.matches(TEXT_START).count()
}

/// A text as it is shown: of each sealed number the last characters.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    if !text.contains(TEXT_START) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, token, after)) = next_token(rest) {
        out.push_str(before);
        let shown = token.get(TEXT_START.len()..).and_then(|body| body.split_once(':')).map_or("", |(_, shown)| shown);
        out.push_str("****");
        out.push_str(shown);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What is not secret but must be the same when unsealed; each part is led by its length.
fn bound_to(form: &[u8], id: &[u8], purpose: &str) -> Vec<u8> {
    [form, id, purpose.as_bytes()].into_iter().fold(Vec::new(), |mut all, part| {
        all.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        all.extend_from_slice(part);
        all
    })
}

fn key_of(line: &str) -> Option<Key> {
    let bytes = Zeroizing::new(from_hex(line).filter(|bytes| bytes.len() == KEY)?);
    let named = Zeroizing::new([b"pledgefund sealing key".as_slice(), &bytes].concat());
    let id = sha256(&named).first_chunk::<ID>().copied()?;
    // Sealing and marking never share a key.
    let root = Salt::new(HKDF_SHA256, b"pledgefund").extract(&bytes);
    let derive = |use_of: &'static [u8]| {
        let mut derived = Zeroizing::new([0_u8; KEY]);
        root.expand(&[use_of], Length).and_then(|okm| okm.fill(derived.as_mut())).ok()?;
        Some(derived)
    };
    let aes = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, derive(b"seal")?.as_ref()).ok()?);
    let sm4 = Sm4Gcm::new(derive(b"seal sm4")?.first_chunk()?);
    Some(Key { id, aes, sm4, marks: hmac::Key::new(hmac::HMAC_SHA256, derive(b"mark")?.as_ref()) })
}

/// Length of a derived key.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY
    }
}

fn make(path: &Path) -> Result<Zeroizing<String>, SealingError> {
    let failed = |source| SealingError::File { path: path.to_owned(), source };
    let mut bytes = Zeroizing::new([0_u8; KEY]);
    SystemRandom::new().fill(bytes.as_mut()).map_err(|_unspecified| SealingError::NoRandom)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // A file beside it first: whoever finds the key finds all of it, also when two make one at the same time.
    let draft = path.with_extension(format!("{}.new", hex(&rand::random::<[u8; 8]>())));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft).map_err(failed)?;
    let text = Zeroizing::new(hex(bytes.as_ref()));
    writeln!(file, "{}", text.as_str()).and_then(|()| file.sync_all()).map_err(failed)?;
    let linked = std::fs::hard_link(&draft, path);
    let _removed = std::fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
        _ => std::fs::read_to_string(path).map(Zeroizing::new).map_err(failed),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pair = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map(pair).collect()
}
