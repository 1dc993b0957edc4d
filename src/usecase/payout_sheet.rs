//! The payout sheet (补偿计算书): everything a computed payout follows from, signed, and checked without a database.
//!
//! Owns the content of a sheet (`of_claim`) and its check (`check`); `crate::signing` signs it.
//! **Invariant:** a sheet holds the whole rulebook and the whole case, so that whoever has the file can compute the
//! payout again.

mod check;

use serde_json::{Value, json};

use super::UseCaseError;
use super::measures::Measures;
use crate::app::App;
use crate::storage::find::{claims, events, parties};
use crate::storage::rows::claims::{CalculationRow, ClaimRow};
use crate::storage::{Db, StoreError};

pub use check::{Checked, SheetFault, check};

/// What the first line of a sheet says it is.
pub const FORMAT: &str = "pledgefund.payout-sheet/1";

/// The sheet of the last calculation of a claim; none for a claim that is not on record or not computed.
///
/// # Errors
/// Storage; `Rulebook`; `Corrupt` for stored texts that do not read.
pub fn of_claim(app: &App, db: &mut Db, claim_id: &str) -> Result<Option<Value>, UseCaseError> {
    let fund_id = app.fund_id();
    let Some(filing) = claims::filing(db, claim_id)?.filter(|filing| filing.fund_id == fund_id) else {
        return Ok(None);
    };
    let Some(row) = claims::calculations(db, claim_id)?.pop() else {
        return Ok(None);
    };
    let measures = Measures::load(db, fund_id)?;
    let rulebook = rulebook_json(db, fund_id, &measures, &row)?;
    let (actor, event) = match events::causes(db, &[row.event_id.as_str()])?.pop() {
        Some((_, actor, hash)) => (actor, hash),
        None => (String::new(), String::new()),
    };
    let fund = parties::fund(db, fund_id)?;
    let bank = parties::partners(db, fund_id)?.into_iter().rfind(|partner| partner.code == filing.bank);
    let corrupt = |what: &str| StoreError::Corrupt {
        table: "calculations",
        key: format!("{}:{}", row.claim_id, row.version),
        what: what.to_owned(),
    };
    let read = |text: &str, what: &str| serde_json::from_str::<Value>(text).map_err(|_unreadable| corrupt(what));
    Ok(Some(json!({
        "format": FORMAT,
        "number": format!("{}-{}", row.claim_id, row.version),
        "fund": { "id": fund_id, "name_zh": fund.as_ref().map(|fund| &fund.name_zh),
            "name_en": fund.as_ref().map(|fund| &fund.name_en) },
        "claim": claim_json(&filing, bank.map(|bank| bank.name)),
        "computed": { "on": row.business_date, "recorded_at": format!("{}Z", row.recorded_at.format("%Y-%m-%dT%H:%M:%S")),
            "actor": actor, "event": event, "program": concat!("pledgefund ", env!("CARGO_PKG_VERSION")) },
        "rulebook": rulebook,
        "case": read(&row.input, "input")?,
        "result": read(&row.outcome, "outcome")?,
    })))
}

fn claim_json(filing: &ClaimRow, bank_name: Option<String>) -> Value {
    json!({
        "id": filing.claim_id,
        "bank": filing.bank,
        "bank_name": bank_name,
        "loan": filing.loan_id,
        "filed_on": filing.filed_on,
    })
}

/// The rulebook that governed a calculation, with its bytes.
fn rulebook_json(db: &mut Db, fund_id: &str, measures: &Measures, row: &CalculationRow) -> Result<Value, UseCaseError> {
    let name = format!("{}@{}", row.rulebook_id, row.rulebook_version);
    let stored = parties::rulebooks(db, fund_id)?.into_iter().find(|stored| stored.hash == row.rulebook_hash);
    let measure = measures.version(&row.rulebook_id, &row.rulebook_version);
    let (Some(stored), Some(measure)) = (stored, measure) else {
        return Err(StoreError::Corrupt { table: "rulebooks", key: name, what: "missing".to_owned() }.into());
    };
    let head = &measure.rulebook.head;
    Ok(json!({
        "id": row.rulebook_id,
        "version": row.rulebook_version,
        "sha256": row.rulebook_hash,
        "title_zh": head.title.zh.as_str(),
        "title_en": head.title.en.as_str(),
        "proposal": head.proposal,
        "body": stored.body,
    }))
}
