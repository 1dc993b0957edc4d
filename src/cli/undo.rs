//! `pledgefund undo` and `pledgefund import-log`.
//!
//! **Invariant:** exit 2 where an undo is refused; nothing is saved then.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use crate::app::Opening;
use crate::i18n::{self, Lang};
use crate::storage::find::{events, imports};
use crate::storage::rows::parties::ImportRow;
use crate::usecase::undo::{self, Undo};

/// What to do with undos.
#[derive(Debug, Subcommand)]
pub enum UndoCommand {
    /// Ask for the undo of an import.
    Request {
        /// Import, as `import-log` names it.
        import_id: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Approve a request and take the import back.
    Approve {
        /// Request, as `undo list` names it.
        undo_id: String,
        /// What there is to say.
        #[arg(long, default_value = "")]
        note: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Reject a request.
    Reject {
        /// Request, as `undo list` names it.
        undo_id: String,
        /// Why.
        #[arg(long)]
        note: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
    /// Withdraw one's own request.
    Withdraw {
        /// Request, as `undo list` names it.
        undo_id: String,
        /// Who acts, and when.
        #[command(flatten)]
        act: ActArgs,
    },
    /// List the requests, newest first.
    List,
}

/// Who acts, and when.
#[derive(Debug, Args)]
pub struct ActArgs {
    /// Name of the person who acts.
    #[arg(long)]
    by: String,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

/// Runs `undo`.
///
/// # Errors
/// A refused undo; storage.
pub fn run(context: &Context, command: &UndoCommand) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let day = |act: &ActArgs| act.on.unwrap_or_else(|| app.store.clock().today());
    let done = match command {
        UndoCommand::List => return list(context),
        UndoCommand::Request { import_id, reason, act } => {
            undo::request_undo(&app, import_id, &act.by, reason, day(act))?
        }
        UndoCommand::Approve { undo_id, note, act } => undo::decide_undo(&app, undo_id, &act.by, true, note, day(act))?,
        UndoCommand::Reject { undo_id, note, act } => undo::decide_undo(&app, undo_id, &act.by, false, note, day(act))?,
        UndoCommand::Withdraw { undo_id, act } => undo::withdraw_undo(&app, undo_id, &act.by, day(act))?,
    };
    if context.json {
        print_json(&undo_json(&done));
    } else {
        let places = [("id", done.asked.undo_id.as_str()), ("import", done.asked.import_id.as_str())];
        print_lines([i18n::text(context.lang, &format!("undo.{}", done.state()), &places)]);
    }
    Ok(Exit::Done)
}

fn list(context: &Context) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let all = undo::list(&mut *app.store.read()?, app.fund_id())?;
    if context.json {
        print_json(&json!({ "undos": all.iter().map(undo_json).collect::<Vec<_>>() }));
    } else {
        print_lines(all.iter().map(|one| undo_line(one, context.lang)));
    }
    Ok(Exit::Done)
}

/// A request as `undo list --json` prints it.
#[must_use]
pub fn undo_json(undo: &Undo) -> Value {
    let answer = undo.answer.as_ref();
    json!({
        "id": undo.asked.undo_id,
        "import": undo.asked.import_id,
        "state": undo.state(),
        "requested_by": undo.asked.person,
        "requested_on": undo.asked.business_date.to_string(),
        "reason": undo.asked.note,
        "answered_by": answer.map(|step| step.person.clone()),
        "answered_on": answer.map(|step| step.business_date.to_string()),
        "note": answer.map(|step| step.note.clone()),
    })
}

fn undo_line(undo: &Undo, lang: Lang) -> String {
    let answer = undo.answer.as_ref().map_or_else(String::new, |step| {
        let places = [("person", &*step.person), ("on", &*step.business_date.to_string()), ("note", &*step.note)];
        i18n::text(lang, "undo.answer", &places)
    });
    let state = i18n::text(lang, &format!("undo.state.{}", undo.state()), &[]);
    let places = [
        ("id", &*undo.asked.undo_id),
        ("state", &*state),
        ("asked_by", &*undo.asked.person),
        ("asked_on", &*undo.asked.business_date.to_string()),
        ("reason", &*undo.asked.note),
        ("answer", &*answer),
    ];
    i18n::text(lang, "undo.line", &places).trim_end().to_owned()
}

/// Prints the files taken in.
///
/// # Errors
/// Storage.
pub fn log(context: &Context) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let rows = imports::all(&mut db, app.fund_id())?;
    let ids: Vec<&str> = rows.iter().map(|row| row.event_id.as_str()).collect();
    let actors: BTreeMap<String, String> =
        events::causes(&mut db, &ids)?.into_iter().map(|(event, actor, _)| (event, actor)).collect();
    // The newest request of an import comes first and is the one that counts.
    let mut states: BTreeMap<String, String> = BTreeMap::new();
    for one in undo::list(&mut db, app.fund_id())? {
        let state = match one.state() {
            "rejected" | "withdrawn" => "standing",
            other => other,
        };
        states.entry(one.asked.import_id.clone()).or_insert_with(|| state.to_owned());
    }
    let known = |row: &ImportRow| {
        let actor = actors.get(&row.event_id).cloned().unwrap_or_default();
        let state = states.get(&row.import_id).cloned().unwrap_or_else(|| "standing".to_owned());
        (actor, state)
    };
    if context.json {
        let list: Vec<Value> = rows.iter().rev().map(|row| import_json(row, &known(row))).collect();
        print_json(&json!({ "imports": list }));
    } else {
        print_lines(rows.iter().rev().map(|row| import_line(row, &known(row), context.lang)));
    }
    Ok(Exit::Done)
}

fn import_json(row: &ImportRow, (actor, state): &(String, String)) -> Value {
    json!({
        "id": row.import_id,
        "kind": row.kind,
        "bank": row.bank,
        "month": row.month,
        "version": row.version,
        "file": row.file_name,
        "on": row.business_date.to_string(),
        "records_total": row.records_total,
        "records_accepted": row.records_accepted,
        "records_unchanged": row.records_unchanged,
        "imported_by": actor,
        "state": state,
    })
}

fn import_line(row: &ImportRow, (actor, state): &(String, String), lang: Lang) -> String {
    let state = i18n::text(lang, &format!("undo.state.{state}"), &[]);
    let places = [
        ("on", &*row.business_date.to_string()),
        ("id", &*row.import_id),
        ("file", &*row.file_name),
        ("accepted", &*row.records_accepted.to_string()),
        ("unchanged", &*row.records_unchanged.to_string()),
        ("actor", &**actor),
        ("state", &*state),
    ];
    i18n::text(lang, "undo.import_line", &places)
}
