//! `attach` and `attachments`: papers in, papers listed.
//!
//! **Invariant:** a file is taken under its own name, without the folders it lay in.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;
use serde_json::json;

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::files::unreadable;
use crate::app::Opening;
use crate::i18n;
use crate::usecase::attachments::{LARGEST, Paper, attach as hand_in, list, verdicts};

/// What to hand in.
#[derive(Debug, Args)]
pub struct AttachArgs {
    /// Whose paper: claim, registration, loan, partner, person or fund.
    life: String,
    /// The thing, by its identifier.
    subject: String,
    /// File.
    file: PathBuf,
    /// Which document: the word of a rulebook or the code of a form, such as LOAN_CONTRACT.
    #[arg(long)]
    document: String,
    /// Who hands it in.
    #[arg(long)]
    by: String,
    /// Business date; default: today.
    #[arg(long)]
    on: Option<NaiveDate>,
}

/// Whose papers to list.
#[derive(Debug, Args)]
pub struct AttachmentsArgs {
    /// Whose papers: claim, registration, loan, partner, person or fund.
    life: String,
    /// The thing, by its identifier.
    subject: String,
}

/// Hands in a paper.
///
/// # Errors
/// A file that cannot be read; what is refused; storage.
pub fn attach(context: &Context, args: &AttachArgs) -> Result<Exit, Failure> {
    let shown = args.file.to_string_lossy().into_owned();
    let size = std::fs::metadata(&args.file).map_err(|error| unreadable(&shown, &error))?.len();
    if size > u64::try_from(LARGEST).unwrap_or(u64::MAX) {
        let places = [("size", &*size.to_string()), ("limit", &*LARGEST.to_string())];
        return Err(Failure::refused("ATTACHMENT_SIZE", "act.ATTACHMENT_SIZE", &places));
    }
    let content = std::fs::read(&args.file).map_err(|error| unreadable(&shown, &error))?;
    let file_name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let app = context.open(Opening::AsItIs)?;
    let paper = Paper {
        life: args.life.clone(),
        subject: args.subject.clone(),
        document: args.document.clone(),
        file_name,
        content,
    };
    let on = args.on.unwrap_or_else(|| app.store.clock().today());
    let attached = hand_in(&app, &paper, &args.by, on)?;
    if context.json {
        print_json(&json!({ "attachment_id": attached.attachment_id, "sha256": attached.content_hash,
            "document": attached.document, "was_there": attached.was_there }));
    } else {
        let key = if attached.was_there { "forms.cli.was_there" } else { "forms.cli.attached" };
        print_lines([i18n::text(context.lang, key, &[("id", &attached.attachment_id)])]);
    }
    Ok(Exit::Done)
}

/// Lists the papers of a thing.
///
/// # Errors
/// A thing that is not known; storage.
pub fn attachments(context: &Context, args: &AttachmentsArgs) -> Result<Exit, Failure> {
    let app = context.open(Opening::AsItIs)?;
    let mut db = app.store.read()?;
    let papers = list(&app, &mut db, &args.life, &args.subject)?;
    let papers = papers.iter().zip(verdicts(&mut db, &papers)?);
    if context.json {
        let told = papers.map(|(paper, verdict)| {
            json!({ "attachment_id": paper.attachment_id, "document": paper.document, "file_name": paper.file_name,
                "size": paper.size, "sha256": paper.content_hash, "person": paper.person, "on": paper.business_date, "scan": verdict })
        });
        print_json(&json!({ "attachments": told.collect::<Vec<_>>() }));
    } else {
        print_lines(papers.map(|(paper, verdict)| {
            let (id, document, name) = (&paper.attachment_id, &paper.document, &paper.file_name);
            let scan = i18n::text(context.lang, &format!("forms.cli.scan_{verdict}"), &[]);
            format!("{id}  {document}  {}  {}  {}  {scan}  {name}", paper.business_date, paper.person, paper.size)
        }));
    }
    Ok(Exit::Done)
}
