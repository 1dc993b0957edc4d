//! A whole copy of a SQLite database, looked into before it counts.
//!
//! Reading order: `make` (copy, look, name, record), `last`.
//! **Invariant:** a copy gets its name after its pages were found sound and everything in it was proved; its event
//! stands in the books it was taken of, so it is never inside the copy itself.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Step, refused};
use crate::app::App;
use crate::domain::calendar::beijing_time;
use crate::hash::hex;
use crate::storage::chain::Chain;
use crate::storage::db::Location;
use crate::storage::facts::Change;
use crate::storage::find::upkeep as find;
use crate::storage::rows::upkeep::UpkeepStepRow;
use crate::storage::{Act, Scope, Store, StoreError, state};
use crate::usecase::UseCaseError;
use crate::usecase::verify::verify;

/// Kind of a copy that was taken.
pub const MADE: &str = "backup_made";
/// Command that takes one.
pub const COMMAND: &str = "pledgefund backup";
/// Bytes hashed at once.
const PIECE: usize = 1 << 16;

/// A copy that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Name of the file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// Digest over the heads of all chains in it, as `verify` prints it.
    pub digest: String,
    /// Its pages are sound and everything in it was proved.
    pub ok: bool,
    /// What was found wrong.
    pub faults: Vec<String>,
}

/// Copies the database into a folder, proves the copy, and records it. A copy in which something fails is kept and
/// recorded as such: it is as good as the books are.
///
/// # Errors
/// `Upkeep`: PostgreSQL, a folder that cannot be written, a copy that is there already; storage.
pub fn make(app: &App, folder: &Path, by: &str) -> Result<Backup, UseCaseError> {
    if matches!(app.store.location(), Location::Postgres(_)) {
        return Err(refused("UPKEEP_BACKUP_POSTGRES", Vec::new()));
    }
    let unwritable = |error: io::Error| refused("UPKEEP_BACKUP_FOLDER", vec![error.to_string()]);
    fs::create_dir_all(folder).map_err(unwritable)?;
    let file = format!("pledgefund-{}.db", beijing_time(app.wall.now()).format("%Y%m%d-%H%M%S"));
    let (place, waiting) = (folder.join(&file), folder.join(format!(".{file}.part")));
    if place.exists() || waiting.exists() {
        return Err(refused("UPKEEP_BACKUP_THERE", vec![file]));
    }
    // Nobody else may read what is in it, from its first byte on.
    private_file(&waiting).map_err(unwritable)?;
    let made = take(app, &waiting, &file);
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            let _gone = fs::remove_file(&waiting);
            return Err(error);
        }
    };
    finish(app, folder, &waiting, &made).map_err(unwritable)?;
    record(app, &made, by)?;
    Ok(made)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).open(path).map(drop)
}

fn take(app: &App, waiting: &Path, file: &str) -> Result<Backup, UseCaseError> {
    let unreadable = |error: io::Error| refused("UPKEEP_BACKUP_FOLDER", vec![error.to_string()]);
    state::copy_to(&app.store, waiting)?;
    let (digest, faults) = look(app, waiting)?;
    let (bytes, sha256) = measured(waiting).map_err(unreadable)?;
    Ok(Backup { file: file.to_owned(), bytes, sha256, digest, ok: faults.is_empty(), faults })
}

/// Proves the copy. Gives the digest over its chains and the names of what failed.
fn look(app: &App, copy: &Path) -> Result<(String, Vec<String>), UseCaseError> {
    let copy = Store::look_into(copy.to_owned(), app.store.clock().clone())?;
    let mut db = copy.read()?;
    let mut faults: Vec<String> = state::unsound(&mut db)?.into_iter().take(1).collect();
    let proof = verify(&mut db, app.fund_id())?;
    faults.extend(proof.checks.iter().filter(|check| !check.ok).map(|check| check.name.to_owned()));
    Ok((proof.digest, faults))
}

fn measured(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hasher, mut bytes) = (File::open(path)?, Sha256::new(), 0u64);
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        bytes = bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
    Ok((bytes, hex(&hasher.finalize())))
}

/// Gives the copy its name, with a small file beside it that says what it is.
fn finish(app: &App, folder: &Path, waiting: &Path, made: &Backup) -> io::Result<()> {
    File::open(waiting)?.sync_all()?;
    let beside: PathBuf = folder.join(format!("{}.json", made.file));
    let mut told = particulars(made);
    told["made_at"] = json!(beijing_time(app.wall.now()).format("%Y-%m-%dT%H:%M:%S+08:00").to_string());
    let mut out = File::create(&beside)?;
    out.write_all(format!("{told:#}\n").as_bytes())?;
    out.sync_all()?;
    fs::rename(waiting, folder.join(&made.file))?;
    File::open(folder)?.sync_all()
}

fn particulars(made: &Backup) -> Value {
    json!({
        "file": made.file,
        "bytes": made.bytes,
        "sha256": made.sha256,
        "digest": made.digest,
        "ok": made.ok,
        "faults": made.faults,
        "command": COMMAND,
    })
}

fn record(app: &App, made: &Backup, by: &str) -> Result<(), UseCaseError> {
    let id = format!("backup:{}", made.file);
    let step = Step { id: &id, kind: MADE, subject: &made.file, by };
    app.store.write(&Scope::system(), &Act::new(by, app.store.clock().today()), |tx| {
        let row = step.row(app.fund_id(), &particulars(made));
        tx.record(Change::new(Chain::System, "backup.made", &*made.file).with(row))?;
        Ok(())
    })
}

/// The last copies that were taken, newest first.
///
/// # Errors
/// Storage.
pub fn last(app: &App, count: i64) -> Result<Vec<UpkeepStepRow>, StoreError> {
    find::latest(&mut *app.store.read()?, app.fund_id(), MADE, count)
}
