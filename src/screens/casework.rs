//! Acts and papers of a thing as its page shows them.
//!
//! **Invariant:** what an act said is shown as it was kept; nothing is left out of a timeline.

use std::collections::BTreeMap;

use super::act_forms::words as act_words;
use super::desk::{Desk, unsigned};
use super::words::word;
use crate::domain::claim::clocks::working_days;
use crate::domain::detail::Shape;
use crate::domain::people::{Institution, Office};
use crate::http::error::PageError;
use crate::reference;
use crate::screens::act_forms::told;
use crate::storage::find::acts;
use crate::storage::rows::acts::{ActRow, AttachmentRow};
use crate::usecase::attachments;
use crate::usecase::lives::{Life, vocabulary};
use crate::views::beijing;
use crate::views::casework::{PaperRow, Passed};

/// Fields that hold what somebody said.
const SAID: [&str; 7] = ["note", "reason", "grounds", "ground", "text", "cause", "progress"];

/// Every act on a thing, the newest first.
pub(super) fn passed(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<Vec<Passed>, PageError> {
    let rows = acts::of(&mut desk.db, desk.app.fund_id(), life.code(), subject)?;
    let shapes: BTreeMap<&str, Shape> = vocabulary(life).into_iter().collect();
    let mut all = Vec::with_capacity(rows.len());
    let mut before = None;
    for row in &rows {
        let took = before.map(|before| working_days(reference::work_calendar(), before, row.business_date));
        before = Some(row.business_date);
        all.push(one(desk, life, row, shapes.get(row.act.as_str()), took));
    }
    all.reverse();
    Ok(all)
}

fn one(desk: &Desk<'_>, life: Life, row: &ActRow, shape: Option<&Shape>, took: Option<u32>) -> Passed {
    let details: serde_json::Value = serde_json::from_str(&row.details).unwrap_or_default();
    let note = SAID.iter().filter_map(|name| details[*name].as_str()).next().unwrap_or_default().to_owned();
    let mut rest = details;
    if let Some(members) = rest.as_object_mut() {
        members.retain(|name, _| !SAID.contains(&name.as_str()));
    }
    let told = match shape {
        Some(Shape::Group(fields)) => told(desk, (life, &row.act), fields, &rest),
        _ => Vec::new(),
    };
    Passed {
        at: beijing(row.recorded_at),
        act: act_words::act(desk.lang, life, &row.act),
        tone: tone(&row.act, &rest),
        who: row.person.clone(),
        role: office(desk, row),
        note,
        told,
        took,
    }
}

/// Returned is visibly other than refused, and both other than granted.
fn tone(act: &str, details: &serde_json::Value) -> &'static str {
    match act {
        "returned" | "objected" | "appealed" | "bounced" => "warn",
        "rejected" | "withdrawn" | "order_cancelled" | "approval_revoked" | "movement_reversed" => "bad",
        "reviewed" if details["opinion"] == "oppose" => "bad",
        _ if details["accepted"] == serde_json::Value::Bool(false) => "bad",
        "accepted" | "reviewed" | "approved" | "approval_confirmed" | "paid" | "received" | "registered" => "ok",
        _ => "",
    }
}

/// Role and institution, and for whom it was done.
fn office(desk: &Desk<'_>, row: &ActRow) -> String {
    let Some(office) = Office::read(&row.person, &row.office) else { return String::new() };
    let role = word(desk.lang, "forms.role", office.role.code());
    let place = match &office.institution {
        Institution::Partner(bank) => desk.name(bank.as_str()),
        _ => String::new(),
    };
    let mut text = if place.is_empty() { role } else { format!("{place} {role}") };
    if let Some(absent) = &office.stands_in_for {
        text.push_str(&desk.text("forms.on_behalf", &[("person", absent)]));
    }
    text
}

/// Papers of a thing.
pub(super) fn papers(desk: &mut Desk<'_>, life: Life, subject: &str) -> Result<Vec<PaperRow>, PageError> {
    let rows = attachments::list(desk.app, &mut desk.db, life.code(), subject)?;
    let verdicts = attachments::verdicts(&mut desk.db, &rows)?;
    Ok(rows.iter().zip(verdicts).map(|(row, verdict)| paper(desk, row, &verdict)).collect())
}

fn paper(desk: &Desk<'_>, row: &AttachmentRow, verdict: &str) -> PaperRow {
    let ending = row.file_name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_uppercase();
    PaperRow {
        id: row.attachment_id.clone(),
        document: document(desk, &row.document),
        name: row.file_name.clone(),
        kilobytes: unsigned(row.size).div_ceil(1024),
        on: Some(row.business_date),
        by: row.person.clone(),
        verdict: word(desk.lang, "page.papers.verdict", verdict),
        opens: matches!(ending.as_str(), "PDF" | "PNG" | "JPG" | "JPEG"),
        kind: ending,
    }
}

/// A document in words, by the word of a rulebook or the code of a form.
pub(super) fn document(desk: &Desk<'_>, code: &str) -> String {
    use crate::domain::names::DocumentKind;
    let kind = DocumentKind::ALL.iter().find(|kind| kind.code() == code || kind.rulebook_word() == code);
    word(desk.lang, "screen.document", kind.map_or(code, |kind| kind.code()))
}
