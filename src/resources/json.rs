//! Stored rows as the interface tells them.
//!
//! **Invariant:** what is told here is what `views::api::things` declares; account, phone and identity numbers leave
//! masked.

use chrono::{NaiveDateTime, SecondsFormat};
use serde_json::{Value, json};

use crate::domain::money::{FenDelta, Ppm};
use crate::storage::rows::acts::{ActRow, AttachmentRow};
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};
use crate::storage::rows::events::EventRow;
use crate::storage::rows::loans::LoanRow;
use crate::storage::rows::money::ReserveSnapshotRow;
use crate::storage::rows::parties::ImportRow;
use crate::storage::rows::servicing::LoanMonthRow;
use crate::storage::rows::uploads::UploadRow;

/// Members that hold numbers of persons and accounts.
const MASKED: [&str; 8] =
    ["number", "account_number", "phone", "mobile", "id_number", "id_card", "holder_id", "counterparty_account"];

pub(super) fn yuan(fen: i64) -> String {
    FenDelta::new(fen).yuan()
}

pub(super) fn share(ppm: i64) -> String {
    Ppm::try_new(ppm).map_or_else(|_negative| "0".to_owned(), Ppm::fraction)
}

pub(super) fn moment(at: NaiveDateTime) -> String {
    at.and_utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A stored JSON text as an object.
pub(super) fn object(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Value::Object(members),
        Ok(other) => json!({ "value": other }),
        Err(_no_json) => json!({}),
    }
}

/// Masks what identifies a person or an account: the last four characters stay.
pub(super) fn masked(mut value: Value) -> Value {
    mask(&mut value);
    value
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if MASKED.contains(&name.as_str()) => *text = stars(text),
                    other => mask(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

/// Shows of every sealed number in any text its last characters alone.
pub(super) fn mask_seals(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(mask_seals),
        Value::Array(items) => items.iter_mut().for_each(mask_seals),
        Value::String(text) => {
            if let std::borrow::Cow::Owned(shown) = crate::sealing::masked(text) {
                *text = shown;
            }
        }
        _ => {}
    }
}

/// A number of which only the end is told.
pub(super) fn stars(text: &str) -> String {
    let all = text.chars().count();
    let shown: String = text.chars().skip(all.saturating_sub(4)).collect();
    if all <= 4 { "****".to_owned() } else { format!("****{shown}") }
}

pub(super) fn loan(row: &LoanRow) -> Value {
    json!({
        "id": row.loan_id,
        "bank": row.bank,
        "contract": row.contract,
        "drawdown": row.drawdown,
        "credit_code": row.credit_code,
        "borrower": row.borrower_name,
        "county": row.county,
        "industry": row.industry,
        "principal": yuan(row.principal_fen),
        "annual_rate": share(row.rate_ppm),
        "disbursed_on": row.disbursed_on,
        "matures_on": row.matures_on,
        "ip_share": share(row.ip_share_ppm),
        "registered_on": row.registered_on,
        "state": row.state,
        "covered": row.covered,
        "fund_share": row.fund_rate_ppm.map(share),
        "first_loan": row.first_loan,
        "start_up": row.start_up,
        "last_month": row.last_month,
        "balance": row.balance_fen.map(yuan),
        "servicing": row.servicing,
        "tier": row.tier,
        "overdue_since": row.overdue_since,
        "overdue_days": row.overdue_days,
        "reserved": yuan(row.reserved_fen),
        "claimed": row.claimed,
        "ended": row.ended,
    })
}

pub(super) fn month(row: &LoanMonthRow) -> Value {
    json!({
        "month": row.month,
        "balance": yuan(row.balance_fen),
        "overdue_principal": yuan(row.overdue_principal_fen),
        "overdue_interest": yuan(row.overdue_interest_fen),
        "overdue_since": row.overdue_since,
        "overdue_days": row.overdue_days,
        "bank_tier": row.bank_tier,
        "tier": row.tier,
    })
}

pub(super) fn claim(status: &ClaimStatusRow, filed: &ClaimRow, loan: &LoanRow) -> Value {
    json!({
        "id": status.claim_id,
        "bank": status.bank,
        "loan": status.loan_id,
        "contract": loan.contract,
        "borrower": loan.borrower_name,
        "filed_on": status.filed_on,
        "arrival": status.arrival,
        "state": status.state,
        "decision": status.decision,
        "outstanding": yuan(filed.outstanding_fen),
        "overdue_interest": yuan(filed.overdue_interest_fen),
        "payout": status.payout_fen.map(yuan),
        "earmarked": yuan(status.earmarked_fen),
        "approved": yuan(status.approved_fen),
        "paid": yuan(status.paid_fen),
        "recovered": yuan(status.recovered_fen),
        "due_on": status.due_on,
        "calculation_version": status.calculation_version,
        "version": status.act_version,
    })
}

pub(super) fn calculation(row: &CalculationRow) -> Value {
    json!({
        "claim": row.claim_id,
        "version": row.version,
        "decision": row.decision,
        "reasons": row.reasons.split(' ').filter(|code| !code.is_empty()).collect::<Vec<_>>(),
        "rulebook": format!("{}@{}", row.rulebook_id, row.rulebook_version),
        "rulebook_hash": row.rulebook_hash,
        "loss_base": row.loss_base_fen.map(yuan),
        "fund_rate": row.fund_rate_ppm.map(share),
        "payout": yuan(row.payout_fen),
        "input": object(&row.input),
        "outcome": object(&row.outcome),
        "recorded_at": moment(row.recorded_at),
    })
}

pub(super) fn act(row: &ActRow) -> Value {
    json!({
        "version": row.version,
        "act": row.act,
        "by": row.person,
        "office": row.office,
        "on": row.business_date,
        "recorded_at": moment(row.recorded_at),
        "details": masked(object(&row.details)),
    })
}

pub(super) fn level(row: &ReserveSnapshotRow) -> Value {
    json!({
        "on": row.business_date,
        "version": row.version,
        "rulebook": format!("{}@{}", row.rulebook_id, row.rulebook_version),
        "balance": yuan(row.cash_fen),
        "floor": yuan(row.floor_fen),
        "reserved": yuan(row.reserved_fen),
        "earmarked": yuan(row.earmarked_fen),
        "ordered": yuan(row.ordered_fen),
        "free": yuan(row.free_fen),
        "capacity": yuan(row.capacity_fen),
        "policy_minimum": yuan(row.policy_minimum_fen),
        "contractual_maximum": yuan(row.contractual_maximum_fen),
    })
}

pub(super) fn import(row: &ImportRow) -> Value {
    json!({
        "id": row.import_id,
        "kind": row.kind,
        "bank": row.bank,
        "month": row.month,
        "version": row.version,
        "file": row.file_name,
        "content_hash": row.content_hash,
        "records_total": row.records_total,
        "records_accepted": row.records_accepted,
        "records_unchanged": row.records_unchanged,
        "nil_return": row.nil_return,
        "partial": row.is_partial,
        "on": row.business_date,
        "recorded_at": moment(row.recorded_at),
    })
}

pub(super) fn upload(row: &UploadRow) -> Value {
    json!({
        "id": row.upload_id,
        "state": row.state,
        "kind": row.kind,
        "bank": row.bank,
        "file": row.file_name,
        "content_hash": row.content_hash,
        "size": row.size,
        "received_at": moment(row.received_at),
        "preview": row.preview.as_deref().map(object),
        "import": row.import_id,
        "error": row.error_code,
    })
}

pub(super) fn attachment(row: &AttachmentRow, scan: &str) -> Value {
    json!({
        "id": row.attachment_id,
        "document": row.document,
        "file": row.file_name,
        "content_hash": row.content_hash,
        "size": row.size,
        "scan": scan,
        "by": row.person,
        "recorded_at": moment(row.recorded_at),
    })
}

pub(super) fn event(row: &EventRow) -> Value {
    json!({
        "id": row.event_id,
        "chain": row.chain,
        "seq": row.seq,
        "kind": row.kind,
        "subject": row.subject,
        "by": row.actor,
        "on": row.business_date,
        "recorded_at": moment(row.recorded_at),
        "algorithm": row.alg,
        "previous_hash": row.prev_hash,
        "hash": row.hash,
    })
}
