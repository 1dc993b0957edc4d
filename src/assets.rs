//! Addresses of style sheets, scripts and pictures.
//!
//! Owns the link between a file of `static/` and the address pages use: `/static/{hash}/{name}`, where the hash is
//! made from the bytes. **Invariant:** an address with the right hash always answers the same bytes, so that browsers
//! may keep them for ever.

use crate::embedded::Static;

/// Bytes of the hash in an address.
const HASH_BYTES: usize = 6;

/// One file as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Media type.
    pub media_type: &'static str,
    /// The address held the hash of these bytes.
    pub immutable: bool,
}

/// Address of the file `name`; without a hash when there is no such file.
#[must_use]
pub fn address(name: &str) -> String {
    hash(name).map_or_else(|| format!("/static/{name}"), |hash| format!("/static/{hash}/{name}"))
}

/// The file behind what follows `/static/`: with its hash, with an old hash, or without one.
#[must_use]
pub fn find(path: &str) -> Option<Asset> {
    let (given, name) = match path.split_once('/') {
        Some((hash, name)) => (Some(hash), name),
        None => (None, path),
    };
    let media_type = media_type(name)?;
    let file = Static::get(name)?;
    let immutable = given.is_some() && given == hash(name).as_deref();
    Some(Asset { bytes: file.data.into_owned(), media_type, immutable })
}

fn hash(name: &str) -> Option<String> {
    let file = Static::get(name)?;
    Some(file.metadata.sha256_hash().iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect())
}

/// Files of other kinds are not served.
fn media_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        _ => None,
    }
}
