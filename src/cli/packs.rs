//! `claim pack` and `verify-pack`: evidence packs out, evidence packs checked.
//!
//! **Invariant:** `verify-pack` opens no database and writes nothing.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::files::{unreadable, write_whole};
use super::sheets::{claim_id, key};
use crate::app::Opening;
use crate::i18n;
use crate::usecase::evidence_pack::{Checked, PackFault, check, make};

/// Which pack, and where to.
#[derive(Debug, Args)]
pub struct PackArgs {
    /// Claim, by its identifier or the contract number of its loan.
    claim: String,
    /// File to write.
    #[arg(long)]
    out: PathBuf,
}

/// Which pack to check.
#[derive(Debug, Args)]
pub struct VerifyPackArgs {
    /// File.
    file: PathBuf,
    /// Public key the fund publishes; without it the key of the pack is printed for comparison.
    #[arg(long)]
    key: Option<String>,
}

/// Writes the evidence pack of a claim.
///
/// # Errors
/// No such claim; storage; the signing key; the file.
pub fn pack(context: &Context, args: &PackArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let id = claim_id(&app, &mut db, &args.claim)?;
    let none = || Failure::refused("CLAIM_UNKNOWN", "cli.sheet_none", &[("claim", &args.claim)]);
    let pack = make(&app, &mut db, &id, &key(&app.config.data.dir)?)?.ok_or_else(none)?;
    let shown = args.out.to_string_lossy().into_owned();
    write_whole(&args.out, |out| {
        out.write_all(&pack.bytes).map_err(|error| {
            let places = [("file", &*shown), ("detail", &*error.to_string())];
            Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &places)
        })
    })?;
    if context.json {
        print_json(&json!({ "file": shown, "claim": id, "files": pack.count,
            "sha256": crate::hash::sha256_hex(&pack.bytes) }));
    } else {
        let places = [("file", &*shown), ("count", &*pack.count.to_string())];
        print_lines([i18n::text(context.lang, "forms.cli.pack_written", &places)]);
    }
    Ok(Exit::Done)
}

/// Checks an evidence pack; exit 1 where a check does not hold.
///
/// # Errors
/// A file that cannot be read or is no pack.
pub fn verify(context: &Context, args: &VerifyPackArgs) -> Result<Exit, Failure> {
    let shown = args.file.to_string_lossy().into_owned();
    let bytes = std::fs::read(&args.file).map_err(|error| unreadable(&shown, &error))?;
    let checked = check(&bytes, args.key.as_deref()).map_err(|PackFault { detail }| {
        Failure::refused("NOT_A_PACK", "forms.cli.not_a_pack", &[("file", &*shown), ("detail", &*detail)])
    })?;
    if context.json {
        let told = checked.checks.iter();
        let told = told.map(|(name, wrong)| json!({ "name": name, "ok": wrong.is_none(), "detail": wrong }));
        print_json(&json!({ "ok": checked.holds(), "claim": checked.claim, "files": checked.count,
            "public_key": checked.public_key, "checks": told.collect::<Vec<_>>() }));
    } else {
        print_lines(lines(context, &checked, args.key.is_none()));
    }
    Ok(if checked.holds() { Exit::Done } else { Exit::Attention })
}

fn lines(context: &Context, checked: &Checked, unknown_key: bool) -> Vec<String> {
    let text = |key: &str, places: &[(&str, &str)]| i18n::text(context.lang, &format!("forms.{key}"), places);
    let line = |(check, wrong): &(&'static str, Option<String>)| {
        let name = text(&format!("check.{check}"), &[]);
        wrong.as_ref().map_or_else(|| format!("ok    {name}"), |wrong| format!("FAIL  {name}: {wrong}"))
    };
    let mut lines: Vec<String> = checked.checks.iter().map(line).collect();
    if unknown_key {
        lines.push(text("cli.pack_signed_by", &[("key", &checked.public_key)]));
    }
    lines.push(match checked.holds() {
        true => text("cli.pack_holds", &[("count", &checked.count.to_string())]),
        false => text("cli.pack_wrong", &[]),
    });
    lines
}
