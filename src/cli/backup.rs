//! `pledgefund backup`: a whole copy of a SQLite database, proved before it counts.
//!
//! **Invariant:** exit 1 where something in the copy fails its proof, exit 2 where there is no copy.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::Opening;
use crate::i18n;
use crate::usecase::sign_in::accounts::CONSOLE;
use crate::usecase::upkeep::backup::make;

/// Where a copy goes.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Folder; made where it is not there.
    #[arg(long)]
    to: PathBuf,
}

/// Takes a copy.
///
/// # Errors
/// PostgreSQL; a folder that cannot be written; storage.
pub fn run(context: &Context, args: &BackupArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let made = make(&app, &args.to, CONSOLE)?;
    if context.json {
        print_json(&json!({
            "file": made.file,
            "bytes": made.bytes,
            "sha256": made.sha256,
            "digest": made.digest,
            "ok": made.ok,
            "faults": made.faults,
        }));
    } else {
        let text = |key: &str, places: &[(&str, &str)]| i18n::text(context.lang, key, places);
        let (bytes, faults) = (made.bytes.to_string(), made.faults.join(" "));
        let places = [("file", made.file.as_str()), ("bytes", &bytes), ("sha256", &made.sha256)];
        let proof = if made.ok {
            text("upkeep.backup.sound", &[])
        } else {
            text("upkeep.backup.unsound", &[("faults", &faults)])
        };
        print_lines([text("upkeep.backup.made", &places), proof, text("upkeep.backup.keys", &[])]);
    }
    Ok(if made.ok { Exit::Done } else { Exit::Attention })
}
