//! Files that come in, what was found in them, and papers that belong to things.
//!
//! **Invariant:** a bank's machine sends, sees and decides on files of its own bank only.

use serde_json::{Value, json};

use super::{Desk, json as tell, missing};
use crate::domain::access::{Permission as P, Reach as Sight};
use crate::domain::names::PartnerCode;
use crate::http::api::Given;
use crate::http::api::problem::Problem;
use crate::http::pages::Download;
use crate::import::field::FileKind;
use crate::storage::find::{imports, uploads as find};
use crate::storage::rows::acts::AttachmentRow;
use crate::storage::rows::uploads::UploadRow;
use crate::usecase::attachments::{self, Paper};
use crate::usecase::lives::{Life, claim};
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
        "uploads.send" => send(desk),
        "uploads.get" => Ok(Given::One(tell::upload(&upload(desk, P::ReadImports)?))),
        "uploads.decide" => decide(desk),
        "uploads.cancel" => {
            let row = upload(desk, P::EnterFiles)?;
            uploads::cancel(desk.app, &row.upload_id, &desk.asked.asker.name)?;
            Ok(Given::One(tell::upload(&upload(desk, P::EnterFiles)?)))
        }
        "attachments.list" => {
            let rows = papers(desk, P::ReadAttachments)?;
            Ok(desk.cut(rows, |row| tell::attachment(&row)))
        }
        "attachments.add" => attach(desk),
        _ => {
            let id = desk.asked.place("id");
            let row = papers(desk, P::ReadAttachments)?.into_iter().find(|row| row.attachment_id == id);
            let row = row.ok_or_else(missing)?;
            Ok(Given::Bytes(Download {
                name: row.file_name,
                media_type: "application/octet-stream",
                bytes: row.content,
            }))
        }
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

fn send(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let kind = FileKind::ALL.into_iter().find(|kind| kind.code() == desk.asked.field("kind")).ok_or_else(missing)?;
    let bank = bank_of_file(desk)?;
    // Partners and movements of the fund are no bank's to send.
    if bank.is_some() && matches!(kind, FileKind::Partners | FileKind::Fund) && !desk.sees(P::EnterFiles, None) {
        return Err(Problem::of(403, "PERMISSION_MISSING"));
    }
    let file = desk.asked.files.first().cloned().ok_or_else(missing)?;
    let sent = Sent {
        name: file.name,
        token: format!("{}\n{}", desk.asked.token_id, crate::hash::sha256_hex(&file.bytes)),
        bytes: file.bytes,
        kind,
        bank,
        mapping: None,
        on: desk.store().clock().today(),
        all_or_nothing: desk.asked.field("all_or_nothing") == "true",
        actor: desk.asked.asker.name.clone(),
    };
    let id = uploads::receive(desk.app, sent)?;
    let row = find::one(&mut desk.db, &id)?.ok_or_else(missing)?;
    Ok(Given::One(tell::upload(&row)))
}

fn decide(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let row = upload(desk, P::EnterFiles)?;
    if row.state != CHECKED {
        return Err(Problem::of(409, "UPLOAD_NOT_CHECKED"));
    }
    let answer = match desk.asked.field("answer") {
        "all" => Answer::All,
        "acceptable" => Answer::Acceptable,
        _ => Answer::Nothing,
    };
    let partial = desk.asked.body["partial"] == Value::Bool(true);
    uploads::decide(desk.app, &row.upload_id, answer, partial, &desk.asked.asker.name)?;
    Ok(Given::One(tell::upload(&upload(desk, P::EnterFiles)?)))
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

fn attach(desk: &mut Desk<'_>) -> Result<Given, Problem> {
    let (life, subject) = thing(desk, P::AddAttachments)?;
    let file = desk.asked.files.first().cloned().ok_or_else(missing)?;
    let document = desk.asked.field("document").to_owned();
    let paper = Paper { life, subject, document, file_name: file.name, content: file.bytes };
    let today = desk.store().clock().today();
    let done = attachments::attach(desk.app, &paper, &desk.asked.asker.name, today)?;
    let rows = attachments::list(desk.app, &mut desk.db, &paper.life, &paper.subject)?;
    let row = rows.iter().find(|row| row.attachment_id == done.attachment_id).ok_or_else(missing)?;
    Ok(Given::One(tell::attachment(row)))
}
