//! Lists that only go out: how loans and claims stand, files, findings, runs, mails, levels of the fund.
//!
//! **Invariant:** the values of a row stand in the order of its list of columns.

use std::collections::BTreeMap;

use super::super::UseCaseError;
use super::super::findings::finding_of;
use super::{ListCall, PAGE, Sink, coded, moment, word, yes_no};
use crate::domain::names::case_no;
use crate::export::table::ColumnKind as K;
use crate::export::table::Value;
use crate::storage::Db;
use crate::storage::find::claim_list::{self, ClaimFilter};
use crate::storage::find::loan_list::{self, LoanFilter, Standing, standing_of};
use crate::storage::find::{Reach, imports as files, jobs as queue, mail, money, parties, rights_list};
use crate::storage::rows::loans::LoanRow;

/// Columns of the loans as they stand.
pub(super) const LOAN_STATUS: &[(&str, K)] = &[
    ("bank", K::Code),
    ("bank_name", K::Text),
    ("contract", K::Code),
    ("drawdown", K::Code),
    ("borrower", K::Text),
    ("credit_code", K::Code),
    ("county", K::Text),
    ("industry", K::Text),
    ("principal", K::Money),
    ("annual_rate", K::Percent),
    ("disbursed_on", K::Date),
    ("matures_on", K::Date),
    ("ip_share", K::Percent),
    ("registered_on", K::Date),
    ("state", K::Text),
    ("covered", K::Text),
    ("fund_rate", K::Percent),
    ("first_loan", K::Text),
    ("start_up", K::Text),
    ("last_month", K::Text),
    ("balance", K::Money),
    ("tier", K::Text),
    ("overdue_since", K::Date),
    ("overdue_days", K::Count),
    ("reserved", K::Money),
];
/// Columns of the claims as they stand.
pub(super) const CLAIM_STATUS: &[(&str, K)] = &[
    ("case_no", K::Code),
    ("arrival", K::Count),
    ("filed_on", K::Date),
    ("bank", K::Code),
    ("bank_name", K::Text),
    ("contract", K::Code),
    ("drawdown", K::Code),
    ("borrower", K::Text),
    ("outstanding", K::Money),
    ("state", K::Text),
    ("decision", K::Text),
    ("payout", K::Money),
    ("fund_rate", K::Percent),
];
/// Columns of the files taken in.
pub(super) const IMPORTS: &[(&str, K)] = &[
    ("recorded_at", K::Text),
    ("file", K::Text),
    ("kind", K::Text),
    ("bank", K::Code),
    ("month", K::Text),
    ("version", K::Count),
    ("sheet", K::Text),
    ("mapping", K::Text),
    ("records_total", K::Count),
    ("records_accepted", K::Count),
    ("records_unchanged", K::Count),
    ("rows_refused", K::Count),
    ("rows_warned", K::Count),
    ("content_hash", K::Code),
];
/// Columns of the findings.
pub(super) const FINDINGS: &[(&str, K)] = &[
    ("file", K::Text),
    ("sheet", K::Text),
    ("row", K::Count),
    ("column", K::Text),
    ("severity", K::Text),
    ("code", K::Code),
    ("contract", K::Code),
    ("reason", K::Text),
];
/// Columns of the runs of jobs.
pub(super) const JOBS: &[(&str, K)] = &[
    ("job", K::Text),
    ("due_at", K::Text),
    ("business_date", K::Date),
    ("state", K::Text),
    ("attempts", K::Count),
    ("started_at", K::Text),
    ("finished_at", K::Text),
    ("counts", K::Text),
    ("error", K::Text),
];
/// Columns of the mails.
pub(super) const MAILS: &[(&str, K)] = &[
    ("recorded_at", K::Text),
    ("recipient", K::Text),
    ("recipient_name", K::Text),
    ("subject", K::Text),
    ("period", K::Text),
    ("state", K::Text),
    ("attempts", K::Count),
    ("delivered_at", K::Text),
    ("place", K::Text),
    ("error", K::Text),
    ("message_id", K::Code),
];
/// Columns of the levels of the fund.
pub(super) const RESERVE: &[(&str, K)] = &[
    ("business_date", K::Date),
    ("version", K::Count),
    ("rulebook", K::Text),
    ("cash", K::Money),
    ("floor", K::Money),
    ("reserved", K::Money),
    ("earmarked", K::Money),
    ("ordered", K::Money),
    ("free", K::Money),
    ("capacity", K::Money),
    ("policy_minimum", K::Money),
    ("contractual_maximum", K::Money),
];
/// Columns of the pledged rights.
pub(super) const RIGHTS: &[(&str, K)] = &[
    ("ip_kind", K::Text),
    ("ip_number", K::Code),
    ("ip_title", K::Text),
    ("ip_owner", K::Text),
    ("bank", K::Code),
    ("bank_name", K::Text),
    ("pledge_no", K::Code),
    ("pledge_registered_on", K::Date),
];

/// Standings and their words in a filter.
const STANDINGS: [(&str, Standing); 8] = [
    ("registered", Standing::Registered),
    ("queued", Standing::Queued),
    ("not_covered", Standing::NotCovered),
    ("claimed", Standing::Claimed),
    ("compensated", Standing::Compensated),
    ("settled", Standing::Settled),
    ("to_verify", Standing::ToVerify),
    ("gone", Standing::Gone),
];

/// The filter of loans; a standing that no loan has finds none.
pub(super) fn loan_filter<'f>(call: &ListCall<'f>) -> LoanFilter<'f> {
    let state = call.filter.state.as_str();
    let known = STANDINGS.iter().find(|(code, _)| *code == state).map_or(Standing::Unheard, |(_, standing)| *standing);
    LoanFilter { search: &call.filter.search, bank: "", standing: (!state.is_empty()).then_some(known) }
}

/// The filter of claims.
pub(super) fn claim_filter<'f>(call: &ListCall<'f>) -> ClaimFilter<'f> {
    ClaimFilter { search: &call.filter.search, state: &call.filter.state, ..ClaimFilter::default() }
}

fn bank_names(db: &mut Db, reach: &Reach) -> Result<BTreeMap<String, String>, UseCaseError> {
    Ok(parties::partners(db, reach.fund_id())?.into_iter().map(|partner| (partner.code, partner.name)).collect())
}

fn name(names: &BTreeMap<String, String>, bank: &str) -> Value {
    Value::text(names.get(bank).map_or("", String::as_str))
}

pub(super) fn loan_status(
    db: &mut Db,
    reach: &Reach,
    call: &ListCall<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), UseCaseError> {
    let names = bank_names(db, reach)?;
    let filter = loan_filter(call);
    let (mut after, mut skipped) = (String::new(), 0);
    loop {
        let page = match call.filter.loans_by {
            Some(order) => loan_list::rows(db, reach, &filter, order, (skipped, PAGE))?,
            None => loan_list::following(db, reach, &filter, &after, PAGE)?,
        };
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.loan_id);
        skipped = PAGE.saturating_add(skipped);
        let compensated = loan_list::compensated(db, &page)?;
        for loan in &page {
            sink.row(&loan_line(call, &names, loan, standing_of(loan, &compensated)))?;
        }
    }
}

fn loan_line(call: &ListCall<'_>, names: &BTreeMap<String, String>, loan: &LoanRow, standing: Standing) -> Vec<Value> {
    let state = STANDINGS.iter().find(|(_, known)| *known == standing).map_or("", |(code, _)| code);
    vec![
        Value::text(&loan.bank),
        name(names, &loan.bank),
        Value::text(&loan.contract),
        Value::text(&loan.drawdown),
        Value::text(&loan.borrower_name),
        Value::text(&loan.credit_code),
        Value::text(&loan.county),
        Value::text(&loan.industry),
        Value::Fen(loan.principal_fen),
        Value::Ppm(loan.rate_ppm),
        Value::Date(loan.disbursed_on),
        Value::Date(loan.matures_on),
        Value::Ppm(loan.ip_share_ppm),
        Value::Date(loan.registered_on),
        coded(call.lang, "page.loan_state", state),
        yes_no(call.lang, loan.covered),
        Value::maybe(loan.fund_rate_ppm.filter(|_| loan.covered), Value::Ppm),
        yes_no(call.lang, loan.first_loan),
        Value::maybe(loan.start_up, |yes| yes_no(call.lang, yes)),
        Value::maybe(loan.last_month.as_deref(), Value::text),
        Value::maybe(loan.balance_fen, Value::Fen),
        Value::maybe(loan.tier.as_deref(), |tier| coded(call.lang, "page.tier", tier)),
        Value::maybe(loan.overdue_since, Value::Date),
        Value::Count(loan.overdue_days),
        Value::Fen(loan.reserved_fen),
    ]
}

pub(super) fn claim_status(
    db: &mut Db,
    reach: &Reach,
    call: &ListCall<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), UseCaseError> {
    let names = bank_names(db, reach)?;
    let filter = claim_filter(call);
    let (mut after, mut skipped) = (i64::MIN, 0);
    loop {
        let page = match call.filter.claims_by {
            Some(order) => claim_list::rows(db, reach, &filter, order, (skipped, PAGE))?,
            None => claim_list::following(db, reach, &filter, after, PAGE)?,
        };
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = last.arrival;
        skipped = PAGE.saturating_add(skipped);
        let shares = claim_list::shares(db, &page)?;
        for (status, claim, loan) in &page {
            sink.row(&[
                Value::text(&case_no(status.arrival)),
                Value::Count(status.arrival),
                Value::Date(status.filed_on),
                Value::text(&status.bank),
                name(&names, &status.bank),
                Value::text(&loan.contract),
                Value::text(&loan.drawdown),
                Value::text(&loan.borrower_name),
                Value::Fen(claim.outstanding_fen),
                coded(call.lang, "page.claim_state", &status.state),
                Value::maybe(status.decision.as_deref(), |code| coded(call.lang, "page.decision", code)),
                Value::maybe(status.payout_fen, Value::Fen),
                Value::maybe(shares.get(&status.claim_id), |share| Value::Ppm(*share)),
            ])?;
        }
    }
}

pub(super) fn imports(
    db: &mut Db,
    reach: &Reach,
    call: &ListCall<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), UseCaseError> {
    let found = files::rows_with_findings(db, reach.fund_id())?;
    let rows: BTreeMap<(&str, &str), i64> =
        found.iter().map(|(import, severity, rows)| ((import.as_str(), severity.as_str()), *rows)).collect();
    let count = |import: &str, severity: &str| Value::Count(rows.get(&(import, severity)).copied().unwrap_or(0));
    for row in &files::all(db, reach.fund_id())? {
        sink.row(&[
            moment(row.recorded_at),
            Value::text(&row.file_name),
            coded(call.lang, "export.kind", &row.kind),
            Value::maybe(row.bank.as_deref(), Value::text),
            Value::maybe(row.month.as_deref(), Value::text),
            Value::maybe(row.version, Value::Count),
            Value::maybe(row.sheet.as_deref(), Value::text),
            Value::text(&row.mapping),
            Value::Count(row.records_total),
            Value::Count(row.records_accepted),
            Value::Count(row.records_unchanged),
            count(&row.import_id, "rejected"),
            count(&row.import_id, "warning"),
            Value::text(&row.content_hash),
        ])?;
    }
    Ok(())
}

pub(super) fn findings(
    db: &mut Db,
    reach: &Reach,
    call: &ListCall<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), UseCaseError> {
    let mut offset = 0_i64;
    loop {
        let page = files::findings_page(db, reach, &call.filter.import_id, (offset, PAGE))?;
        if page.is_empty() {
            return Ok(());
        }
        offset = offset.saturating_add(PAGE);
        for (row, file, sheet) in &page {
            let reason = finding_of(row).map(|finding| finding.reason(call.lang)).unwrap_or_default();
            let severity = if row.severity == "rejected" { "refused" } else { row.severity.as_str() };
            sink.row(&[
                Value::text(file),
                Value::maybe(sheet.as_deref(), Value::text),
                Value::Count(row.row_no),
                Value::text(&row.column_name),
                coded(call.lang, "page.severity", severity),
                Value::text(&row.code),
                Value::maybe(row.contract.as_deref(), Value::text),
                Value::text(&reason),
            ])?;
        }
    }
}

pub(super) fn jobs(db: &mut Db, call: &ListCall<'_>, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    let mut offset = 0_i64;
    loop {
        let page = queue::page(db, &call.filter.search, (offset, PAGE))?;
        if page.is_empty() {
            return Ok(());
        }
        offset = offset.saturating_add(PAGE);
        for run in &page {
            let outcome = match run.state.as_str() {
                "due" => "pending",
                "done" => "succeeded",
                other => other,
            };
            sink.row(&[
                Value::word(&run.job, word(call.lang, "screen.job", &run.job)),
                moment(run.due_at),
                Value::Date(run.business_date),
                coded(call.lang, "page.outcome", outcome),
                Value::Count(run.attempts),
                Value::maybe(run.started_at, moment),
                Value::maybe(run.finished_at, moment),
                Value::text(&run.counts),
                Value::maybe(run.error.as_deref(), Value::text),
            ])?;
        }
    }
}

pub(super) fn mails(db: &mut Db, reach: &Reach, call: &ListCall<'_>, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    let mut offset = 0_i64;
    loop {
        let page = mail::page(
            db,
            reach.fund_id(),
            &call.filter.search,
            call.filter.mails_by.unwrap_or(mail::NEWEST),
            (offset, PAGE),
        )?;
        if page.is_empty() {
            return Ok(());
        }
        offset = offset.saturating_add(PAGE);
        for (line, period) in &page {
            sink.row(&[
                moment(line.recorded_at),
                Value::text(&line.recipient),
                Value::text(&line.recipient_name),
                Value::text(&line.subject),
                Value::maybe(period.as_deref(), Value::text),
                coded(call.lang, "page.mail_state", &line.state),
                Value::Count(line.attempts),
                Value::maybe(line.delivered_at, moment),
                Value::maybe(line.place.as_deref(), Value::text),
                Value::maybe(line.last_error.as_deref(), Value::text),
                Value::text(&line.message_id),
            ])?;
        }
    }
}

pub(super) fn reserve(db: &mut Db, reach: &Reach, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    for row in &money::snapshots(db, reach.fund_id())? {
        sink.row(&[
            Value::Date(row.business_date),
            Value::Count(row.version),
            Value::Text(format!("{}@{}", row.rulebook_id, row.rulebook_version)),
            Value::Fen(row.cash_fen),
            Value::Fen(row.floor_fen),
            Value::Fen(row.reserved_fen),
            Value::Fen(row.earmarked_fen),
            Value::Fen(row.ordered_fen),
            Value::Fen(row.free_fen),
            Value::Fen(row.capacity_fen),
            Value::Fen(row.policy_minimum_fen),
            Value::Fen(row.contractual_maximum_fen),
        ])?;
    }
    Ok(())
}

/// Pledged rights in the order of their page: nothing of the loan but its bank and its borrower.
pub(super) fn rights(db: &mut Db, reach: &Reach, call: &ListCall<'_>, sink: &mut Sink<'_>) -> Result<(), UseCaseError> {
    let names = bank_names(db, reach)?;
    let order = (call.filter.search.as_str(), call.filter.backwards);
    let mut after = None;
    loop {
        let page = rights_list::following(db, reach, order, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.0.clone());
        for (_, right) in &page {
            sink.row(&[
                coded(call.lang, "payout.word", &right.kind),
                Value::text(&right.number),
                Value::text(&right.title),
                Value::text(&right.owner),
                Value::text(&right.bank),
                name(&names, &right.bank),
                Value::text(right.pledge_no.as_deref().unwrap_or_default()),
                Value::maybe(right.pledged_on, Value::Date),
            ])?;
        }
    }
}
