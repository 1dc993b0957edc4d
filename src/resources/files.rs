//! Files that come in, what was found in them, and papers that belong to things.
//!
//! **Invariant:** a bank's machine sends, sees and decides on files of its own bank only.

use serde_json::{Value, json};

use super::{Desk, json as tell, missing};
use crate::app::App;
use crate::domain::access::{Permission as P, Reach as Sight};
use crate::domain::names::PartnerCode;
use crate::http::api::problem::Problem;
use crate::http::api::{Asked, Given};
use crate::http::forms::SentFile;
use crate::http::pages::Download;
use crate::import::field::FileKind;
use crate::storage::find::{imports, uploads as find};
use crate::storage::rows::acts::AttachmentRow;
use crate::storage::rows::uploads::UploadRow;
use crate::usecase::attachments::{self, Paper};
use crate::usecase::lives::{Life, claim};
use crate::usecase::rows::{RowFault, csv_of};
use crate::usecase::uploads::{self, Answer, Sent};
use crate::views::api::shape::Fault;

/// State of an upload that waits for a decision.
const CHECKED: &str = "checked";

pub(super) fn call(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    match desk.asked.operation {
        "imports.list" => {
            let mut rows = imports::all(&mut desk.db, desk.app.fund_id())?;
            rows.retain(|row| desk.sees(P::ReadImports, row.bank.as_deref()));
            Ok(desk.cut(rows, |row| tell::import(&row)))
        }
        "imports.findings" => findings(desk),
        "uploads.get" => Ok(Given::One(tell::upload(&upload(desk, P::ReadImports)?))),
        "attachments.list" => {
            let rows = papers(desk, P::ReadAttachments)?;
            let told = attachments::verdicts(&mut desk.db, &rows)?;
            Ok(desk.cut(rows.iter().zip(told).collect(), |(row, scan)| tell::attachment(row, &scan)))
        }
        _ => {
            let id = desk.asked.place("id");
            let row = papers(desk, P::ReadAttachments)?.into_iter().find(|row| row.attachment_id == id);
            row.ok_or_else(missing)?;
            let paper = attachments::read(desk.app, &mut desk.db, id)?.ok_or_else(missing)?;
            Ok(Given::Bytes(Download { name: paper.file_name, media_type: paper.media_type, bytes: paper.content }))
        }
    }
}

/// What changes something: checked with a connection that is given back before the writing begins.
pub(super) fn change(app: &App, asked: &Asked) -> Result<Given, Problem> {
    match asked.operation {
        "uploads.send" => send(app, asked),
        "uploads.rows" => rows(app, asked),
        "uploads.decide" => decide(app, asked),
        "uploads.cancel" => {
            let row = upload(&mut Desk::open(app, asked)?, P::EnterFiles)?;
            uploads::cancel(app, &row.upload_id, &asked.asker.name)?;
            Ok(Given::One(tell::upload(&upload(&mut Desk::open(app, asked)?, P::EnterFiles)?)))
        }
        _ => attach(app, asked),
    }
}

fn findings(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let row = imports::one(&mut desk.db, desk.asked.place("id"))?;
    let row = row.filter(|row| row.fund_id == desk.fund_id() && desk.sees(P::ReadImports, row.bank.as_deref()));
    let rows = imports::findings(&mut desk.db, &row.ok_or_else(missing)?.import_id)?;
    Ok(desk.cut(rows, |row| {
        json!({
            "severity": row.severity,
            "row": row.row_no,
            "column": row.column_name,
            "code": row.code,
            "contract": row.contract,
        })
    }))
}

fn upload(desk: &mut Desk<'_>, permission: P) -> Result<UploadRow, Problem> {
    let row = find::one(&mut desk.db, desk.asked.place("id"))?;
    let seen = row.filter(|row| row.fund_id == desk.fund_id() && desk.sees(permission, row.bank.as_deref()));
    seen.ok_or_else(missing)
}

/// The bank of a file: that of the machine, or the one it names among those it reaches.
fn bank_of_file(desk: &Desk<'_>) -> Result<Option<PartnerCode>, Problem> {
    let named = Some(desk.asked.field("bank")).filter(|code| !code.is_empty()).map(PartnerCode::new);
    let fault = || Problem::with(422, "BODY_INVALID", vec![Fault { pointer: "/bank".into(), code: "BANK_NEEDED" }]);
    match (desk.asked.asker.reach_with(P::EnterFiles), named) {
        (Sight::All, named) => Ok(named),
        (Sight::Banks(banks), Some(named)) if banks.contains(&named) => Ok(Some(named)),
        (Sight::Banks(banks), None) if banks.len() == 1 => Ok(banks.into_iter().next()),
        _ => Err(fault()),
    }
}

fn send(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let file = asked.files.first().cloned().ok_or_else(missing)?;
    take_in(app, asked, file, asked.field("all_or_nothing") == "true")
}

/// Rows as they are, taken in like the file a bank would have sent.
fn rows(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let kind = FileKind::from_code(asked.field("kind")).ok_or_else(missing)?;
    let sent = asked.body["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    let bytes = csv_of(kind, sent)?.map_err(|faults| {
        let at = |fault: &RowFault| Fault { pointer: format!("/rows/{}/{}", fault.row, fault.name), code: fault.code };
        Problem::with(422, "BODY_INVALID", faults.iter().map(at).collect())
    })?;
    let name = format!("{}-{}.csv", kind.code(), crate::hash::sha256_hex(&bytes).get(..12).unwrap_or_default());
    take_in(app, asked, SentFile { name, bytes }, asked.body["all_or_nothing"] == Value::Bool(true))
}

fn take_in(app: &App, asked: &Asked, file: SentFile, all_or_nothing: bool) -> Result<Given, Problem> {
    let desk = Desk::open(app, asked)?;
    let kind = FileKind::from_code(asked.field("kind")).ok_or_else(missing)?;
    let bank = bank_of_file(&desk)?;
    // Partners and movements of the fund are no bank's to send.
    if bank.is_some() && matches!(kind, FileKind::Partners | FileKind::Fund) && !desk.sees(P::EnterFiles, None) {
        return Err(Problem::of(403, "PERMISSION_MISSING"));
    }
    drop(desk);
    let sent = Sent {
        name: file.name,
        token: format!("{}\n{}", asked.token_id, crate::hash::sha256_hex(&file.bytes)),
        bytes: file.bytes,
        kind,
        bank,
        mapping: None,
        on: app.store.clock().today(),
        all_or_nothing,
        actor: asked.asker.name.clone(),
    };
    let id = uploads::receive(app, sent)?;
    let row = find::one(&mut *app.store.read()?, &id)?.ok_or_else(missing)?;
    Ok(Given::One(tell::upload(&row)))
}

fn decide(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let row = upload(&mut Desk::open(app, asked)?, P::EnterFiles)?;
    if row.state != CHECKED {
        return Err(Problem::of(409, "UPLOAD_NOT_CHECKED"));
    }
    let answer = match asked.field("answer") {
        "all" => Answer::All,
        "acceptable" => Answer::Acceptable,
        _ => Answer::Nothing,
    };
    let partial = asked.body["partial"] == Value::Bool(true);
    uploads::decide(app, &row.upload_id, answer, partial, &asked.asker.name)?;
    Ok(Given::One(tell::upload(&upload(&mut Desk::open(app, asked)?, P::EnterFiles)?)))
}

/// Life and subject of the thing that papers belong to, where it is reached.
fn thing(desk: &mut Desk<'_>, permission: P) -> Result<(String, String), Problem> {
    let asked = desk.asked;
    let named = |name: &str| match asked.parameter(name) {
        "" => asked.field(name).to_owned(),
        given => given.to_owned(),
    };
    let (life, subject) = (named("life"), named("subject"));
    let bank = match Life::from_code(&life) {
        Some(Life::Claim) => claim::bank_of(&mut desk.db, desk.app.fund_id(), &subject)?,
        Some(Life::Loan | Life::Registration) => {
            crate::usecase::lives::loan::bank_of(&mut desk.db, desk.app.fund_id(), &subject)?
        }
        Some(Life::Partner) => Some(subject.clone()),
        _ => None,
    };
    if desk.sees(permission, bank.as_deref()) { Ok((life, subject)) } else { Err(missing()) }
}

fn papers(desk: &mut Desk<'_>, permission: P) -> Result<Vec<AttachmentRow>, Problem> {
    let (life, subject) = thing(desk, permission)?;
    Ok(attachments::list(desk.app, &mut desk.db, &life, &subject)?)
}

fn attach(app: &App, asked: &Asked) -> Result<Given, Problem> {
    let (life, subject) = thing(&mut Desk::open(app, asked)?, P::AddAttachments)?;
    let file = asked.files.first().cloned().ok_or_else(missing)?;
    let document = asked.field("document").to_owned();
    let paper = Paper { life, subject, document, file_name: file.name, content: file.bytes };
    let done = attachments::attach(app, &paper, &asked.asker.name, app.store.clock().today())?;
    let mut db = app.store.read()?;
    let mut rows = attachments::list(app, &mut db, &paper.life, &paper.subject)?;
    rows.retain(|row| row.attachment_id == done.attachment_id);
    let told = attachments::verdicts(&mut db, &rows)?;
    rows.iter().zip(told).next().map(|(row, scan)| Given::One(tell::attachment(row, &scan))).ok_or_else(missing)
}
