//! `verify-audit`, `audit …` and `verify-export`: the audit chain proved, looked into, carried out.
//!
//! **Invariant:** `verify-export` opens no database and writes nothing.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::files::{unreadable, write_whole};
use super::known::{moment, shown};
use super::read::proof_lines;
use super::sheets::key;
use crate::app::Opening;
use crate::domain::calendar::utc_of_beijing;
use crate::export::stored_zip::{self, Files};
use crate::i18n;
use crate::storage::find::events::{self, Asked, Listed};
use crate::usecase::audit::export::{Days, make};
use crate::usecase::audit::head::{DailyHead, end_of, of_day};
use crate::usecase::audit::offline::{Checked, ExportFault, check};
use crate::usecase::audit::prove::prove;
use crate::usecase::verify::{Proof, proof_json};

/// What to compare the chains with.
#[derive(Debug, Args)]
pub struct VerifyAuditArgs {
    /// A head as a mail printed it: day, count, hash.
    #[arg(long)]
    head: Option<String>,
}

/// The audit chain.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Print the head of a day, by default of yesterday: what a mail of today says.
    Head {
        /// Day, Beijing time.
        #[arg(long)]
        day: Option<NaiveDate>,
    },
    /// List events, newest first.
    List(ListArgs),
    /// Print one event with everything it wrote.
    Show {
        /// Event, such as `fund:shuozhou#12`.
        event: String,
    },
    /// Write the events into a folder, or into one file where the name ends in `.zip`.
    Export {
        /// Folder that is not there yet, or file.
        out: PathBuf,
        /// First day on which an event was recorded.
        #[arg(long)]
        from: Option<NaiveDate>,
        /// Last day on which an event was recorded.
        #[arg(long)]
        to: Option<NaiveDate>,
    },
}

/// Which events to list.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Who acted.
    #[arg(long)]
    person: Option<String>,
    /// What it was done to.
    #[arg(long)]
    subject: Option<String>,
    /// What happened, such as `report.issued`.
    #[arg(long)]
    kind: Option<String>,
    /// Chain, such as `system` or `fund:shuozhou`.
    #[arg(long)]
    chain: Option<String>,
    /// First day on which it was recorded.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last day on which it was recorded.
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Go on after this event: the last of the page before.
    #[arg(long)]
    after: Option<String>,
    /// Events a page.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
}

/// Which export to check.
#[derive(Debug, Args)]
pub struct VerifyExportArgs {
    /// File or folder.
    file: PathBuf,
    /// Public key the fund publishes; without it the key of the export is printed for comparison.
    #[arg(long)]
    key: Option<String>,
}

/// Proves the chains; exit 1 where something does not hold.
///
/// # Errors
/// A head that does not read; storage.
pub fn verify(context: &Context, args: &VerifyAuditArgs) -> Result<Exit, Failure> {
    let head = match &args.head {
        Some(text) => Some(
            DailyHead::parse(text)
                .ok_or_else(|| Failure::refused("AUDIT_HEAD", "audit.head_unreadable", &[("text", text)]))?,
        ),
        None => None,
    };
    let app = context.open(Opening::AsItIs)?;
    let found = prove(&mut *app.store.read()?, head.as_ref())?;
    if context.json {
        print_json(&proof_json(&found));
    } else {
        print_lines(proof_lines(context, &found));
    }
    Ok(if found.ok { Exit::Done } else { Exit::Attention })
}

/// Looks into the chain.
///
/// # Errors
/// Storage; an event that is not there; a place that cannot be written.
pub fn run(context: &Context, command: &AuditCommand) -> Result<Exit, Failure> {
    match command {
        AuditCommand::Head { day } => head(context, *day),
        AuditCommand::List(args) => list(context, args),
        AuditCommand::Show { event } => show(context, event),
        AuditCommand::Export { out, from, to } => export(context, out, Days { from: *from, to: *to }),
    }
}

fn head(context: &Context, day: Option<NaiveDate>) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let today = app.store.clock().today();
    let day = day.or_else(|| today.pred_opt()).unwrap_or(today);
    let head = of_day(&mut *app.store.read()?, day)?;
    if context.json {
        print_json(&json!({ "day": head.day.to_string(), "count": head.count, "hash": head.hash,
            "head": head.to_string(), "closed": day < today }));
    } else {
        print_lines([head.to_string()]);
    }
    Ok(Exit::Done)
}

fn unknown(event: &str) -> Failure {
    Failure::refused("EVENT_UNKNOWN", "audit.event_unknown", &[("event", event)])
}

fn list(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let older_than = match &args.after {
        Some(id) => events::one(&mut db, id)?
            .map(|event| (event.recorded_at, event.chain, event.seq))
            .ok_or_else(|| unknown(id))?
            .into(),
        None => None,
    };
    let asked = Asked {
        actor: args.person.clone(),
        subject: args.subject.clone(),
        kind: args.kind.clone(),
        chain: args.chain.clone(),
        from: args.from.map(|day| utc_of_beijing(day.and_time(NaiveTime::MIN))),
        until: args.to.map(end_of),
        older_than,
    };
    let mut found = events::listed(&mut db, &asked, args.limit.saturating_add(1))?;
    let wanted = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|event| event.event_id.clone());
    if context.json {
        print_json(&json!({ "events": found.iter().map(listed_json).collect::<Vec<_>>(), "next": next }));
    } else {
        print_lines(found.iter().map(|event| {
            format!(
                "{}  {}  {}  {}  {}",
                shown(event.recorded_at),
                event.event_id,
                event.kind,
                event.subject,
                event.actor
            )
        }));
        print_lines(next.map(|id| i18n::text(context.lang, "audit.more", &[("event", &id)])));
    }
    Ok(Exit::Done)
}

fn listed_json(event: &Listed) -> Value {
    json!({ "event_id": event.event_id, "chain": event.chain, "seq": event.seq, "kind": event.kind,
        "subject": event.subject, "actor": event.actor, "business_date": event.business_date.to_string(),
        "recorded_at": moment(event.recorded_at), "context": circumstances(&event.context), "hash": event.hash })
}

fn circumstances(context: &str) -> Value {
    serde_json::from_str(context).unwrap_or(Value::Null)
}

fn show(context: &Context, id: &str) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let event = events::one(&mut *app.store.read()?, id)?.ok_or_else(|| unknown(id))?;
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    print_json(&json!({ "event_id": event.event_id, "kind": event.kind, "subject": event.subject,
        "actor": event.actor, "business_date": event.business_date.to_string(),
        "recorded_at": moment(event.recorded_at), "context": circumstances(&event.context), "alg": event.alg,
        "prev_hash": event.prev_hash, "hash": event.hash, "payload": payload }));
    Ok(Exit::Done)
}

fn export(context: &Context, out: &Path, days: Days) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let files = make(&app, &mut *app.store.read()?, days, &key(&app.config.data.dir)?)?;
    let shown = out.to_string_lossy().into_owned();
    let unwritable = |detail: String| {
        Failure::refused("FILE_UNWRITABLE", "cli.unwritable", &[("file", &*shown), ("detail", &*detail)])
    };
    if out.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("zip")) {
        let bytes = stored_zip::write(&files).map_err(|error| unwritable(error.to_string()))?;
        write_whole(out, |to| to.write_all(&bytes).map_err(|error| unwritable(error.to_string())))?;
    } else {
        fs::create_dir(out).map_err(|error| unwritable(error.to_string()))?;
        for (name, content) in &files {
            fs::write(out.join(name), content).map_err(|error| unwritable(error.to_string()))?;
        }
    }
    let count = files.len().to_string();
    if context.json {
        print_json(&json!({ "file": shown, "files": files.keys().collect::<Vec<_>>() }));
    } else {
        print_lines([i18n::text(context.lang, "audit.exported", &[("file", &*shown), ("count", &*count)])]);
    }
    Ok(Exit::Done)
}

/// Checks an export; exit 1 where a check does not hold.
///
/// # Errors
/// Files that cannot be read or are no export.
pub fn verify_export(context: &Context, args: &VerifyExportArgs) -> Result<Exit, Failure> {
    let shown = args.file.to_string_lossy().into_owned();
    let none = |detail: &str| {
        Failure::refused("NOT_AN_EXPORT", "audit.not_an_export", &[("file", &*shown), ("detail", detail)])
    };
    let (files, differs_at) = if args.file.is_dir() {
        (folder(&args.file).map_err(|error| unreadable(&shown, &error))?, None)
    } else {
        let bytes = fs::read(&args.file).map_err(|error| unreadable(&shown, &error))?;
        stored_zip::read(&bytes).map_err(|error| none(&error.to_string()))?
    };
    let checked = check(&files, differs_at, args.key.as_deref()).map_err(|ExportFault { detail }| none(&detail))?;
    let Checked { fund, public_key, digest, checks } = checked;
    let proof = Proof { ok: checks.iter().all(|check| check.ok), digest, checks };
    if context.json {
        let mut told = proof_json(&proof);
        told["fund"] = json!(fund);
        told["public_key"] = json!(public_key);
        print_json(&told);
    } else {
        print_lines(proof_lines(context, &proof));
        let signed = i18n::text(context.lang, "forms.cli.pack_signed_by", &[("key", &public_key)]);
        print_lines(args.key.is_none().then_some(signed));
    }
    Ok(if proof.ok { Exit::Done } else { Exit::Attention })
}

fn folder(path: &Path) -> std::io::Result<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
    }
    Ok(files)
}
