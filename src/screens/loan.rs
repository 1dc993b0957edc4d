//! One loan with all that belongs to it.
//!
//! **Invariant:** the cover shown is the stored one, with the reasons stored beside it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use serde_json::Value;

use super::calculation::{reasons_of, rulebook_label, step_reasons};
use super::desk::{Desk, ratio, small};
use super::{claims, loans, words};
use crate::domain::calendar::Month;
use crate::domain::ip_right::{IpNumber, TermEnd, term_end};
use crate::domain::money::{Fen, FenDelta, PPM_ONE, Ppm};
use crate::domain::names::IpKind;
use crate::http::error::PageError;
use crate::link;
use crate::screens::act_forms::offers;
use crate::screens::casework;
use crate::storage::find::{acts, claim_list, imports, loan_list, loans as book, money as promises, servicing, work};
use crate::storage::rows::loans::{CoverageRow, LoanRegistrationRow, LoanRightRow, LoanRow};
use crate::usecase::coverage::{ip_amount, told};
use crate::usecase::lives::Life;
use crate::usecase::measures::Measures;
use crate::usecase::queue::EXPIRED;
use crate::views::acting::Offer;
use crate::views::claims::ClaimState;
use crate::views::loans::{ClaimLink, Coverage, LoanMonth, LoanView, PolicyRow, RightRow};
use crate::views::{HistoryLine, beijing};

pub(super) fn load(desk: &mut Desk<'_>, id: &str) -> Result<LoanView, PageError> {
    let loan = book::one(&mut desk.db, &desk.reach, id)?.ok_or(PageError::NotFound)?;
    let registration = book::registration(&mut desk.db, id)?.ok_or(PageError::NotFound)?;
    let covers = book::coverages_of(&mut desk.db, id)?;
    let rights = book::rights(&mut desk.db, id, registration.version)?;
    let guarantee = book::guarantees_of(&mut desk.db, id, registration.version)?.into_iter().next();
    let entries = claim_list::of_loan(&mut desk.db, &desk.reach, id)?;
    let history = history(desk, &registration, &covers, &entries)?;
    let draft = draft_of(desk, id, &entries)?;
    let offers = offers_of(desk, id, &entries, draft.as_deref())?;
    let written = match draft {
        Some(draft) => draft_link(desk, &loan, draft)?,
        None => None,
    };
    let compensated = loan_list::compensated(&mut desk.db, std::slice::from_ref(&loan))?;
    Ok(LoanView {
        offers,
        passed: casework::passed(desk, Life::Loan, id)?,
        papers: (casework::papers(desk, Life::Loan, id)?, format!("/papers/loan/{}", link::segment(id))),
        shell: desk.shell()?,
        row: loans::row(desk, &loan, &compensated),
        bank_code: loan.bank.clone(),
        credit_code: loan.credit_code.clone(),
        county: loan.county.clone(),
        industry: loan.industry.clone(),
        size: words::word(desk.lang, "payout.word", &registration.size_declared),
        founded_on: Some(registration.founded_on),
        matures_on: Some(loan.matures_on),
        registered_on: Some(loan.registered_on),
        repayment: words::word(desk.lang, "screen.repayment", &registration.repayment),
        first_loan: loan.first_loan,
        start_up: loan.start_up.unwrap_or(false),
        pledge_no: registration.pledge_no.clone().unwrap_or_default(),
        pledge_registered_on: registration.pledge_registered_on,
        appraiser: registration.appraiser.as_deref().map(|code| desk.name(code)).unwrap_or_default(),
        appraised_total: registration.appraised_fen,
        guarantor: guarantee.as_ref().map(|part| desk.name(&part.guarantor)).unwrap_or_default(),
        guarantor_share: guarantee.map(|part| part.share_ppm),
        rights: rights.iter().map(|right| right_row(desk, right)).collect(),
        policies: policies(desk, &registration)?,
        coverage: match covers.last() {
            Some(cover) => coverage(desk, &loan, cover)?,
            None => Coverage::default(),
        },
        months: months(desk, id)?,
        claims: written
            .into_iter()
            .chain(entries.into_iter().map(|entry| {
                let row = claims::row(desk, &entry, None);
                ClaimLink { id: row.id, case_no: row.case_no, state: row.state, payout: row.payout }
            }))
            .collect(),
        history,
    })
}

/// What can be done with the loan itself, with its registration, and with a claim that is being written.
fn offers_of(
    desk: &mut Desk<'_>,
    id: &str,
    claims: &[claim_list::Entry],
    draft: Option<&str>,
) -> Result<Vec<Offer>, PageError> {
    let mut all = Vec::new();
    let claim = draft.map_or_else(|| format!("{id}@{}", desk.today), str::to_owned);
    if claims.iter().all(|(status, ..)| status.claim_id != claim) {
        all.extend(offers::offers(desk, Life::Claim, &claim)?);
    }
    all.extend(offers::offers(desk, Life::Loan, id)?);
    all.extend(offers::offers(desk, Life::Registration, id)?);
    Ok(all)
}

/// The way to a claim that is being written; none to one that was given up.
fn draft_link(desk: &mut Desk<'_>, loan: &LoanRow, id: String) -> Result<Option<ClaimLink>, PageError> {
    let all = acts::of(&mut desk.db, desk.app.fund_id(), Life::Claim.code(), &id)?;
    let is_written = all.last().is_some_and(|act| act.act == "drafted");
    let case_no = claims::draft_name(desk, &loan.contract);
    Ok(is_written.then_some(ClaimLink { id, case_no, state: ClaimState::Drafted, payout: None }))
}

/// The claim on a loan that is being written, the newest where several were begun.
fn draft_of(desk: &mut Desk<'_>, id: &str, claims: &[claim_list::Entry]) -> Result<Option<String>, PageError> {
    let written = work::begun(&mut desk.db, desk.app.fund_id(), "claim", &format!("{id}@"))?;
    let is_filed = |subject: &String| claims.iter().any(|(status, ..)| status.claim_id == *subject);
    Ok(written.into_iter().rev().find(|subject| !is_filed(subject)))
}

fn right_row(desk: &Desk<'_>, right: &LoanRightRow) -> RightRow {
    let kind = IpKind::from_code(&right.kind);
    let end = kind.and_then(|kind| IpNumber::read(kind, &right.number).ok().map(|number| term_end(kind, &number)));
    RightRow {
        kind: words::ip_kind(desk.lang, &right.kind),
        number: right.number.clone(),
        title: right.title.clone(),
        appraised: right.appraised_fen,
        valid_until: match end {
            Some(TermEnd::Known(last)) => Some(last),
            _ => None,
        },
        in_term: end.and_then(|end| end.in_term_on(desk.today)),
    }
}

fn policies(desk: &mut Desk<'_>, registration: &LoanRegistrationRow) -> Result<Vec<PolicyRow>, PageError> {
    let found = book::policies_of(&mut desk.db, &registration.loan_id, registration.version)?;
    Ok(found
        .into_iter()
        .map(|policy| PolicyRow {
            insurer: desk.name(&policy.insurer),
            product: policy.product,
            number: policy.policy_no,
            insured: policy.insured_fen,
            premium: policy.premium_fen,
            starts_on: policy.starts_on,
            ends_on: policy.ends_on,
        })
        .collect())
}

fn coverage(desk: &mut Desk<'_>, loan: &LoanRow, cover: &CoverageRow) -> Result<Coverage, PageError> {
    let measures = Measures::load(&mut desk.db, desk.app.fund_id())?;
    let outcome = told(&measures, cover)?;
    let refused = reasons_of(desk.lang, &outcome);
    let steps = ["test_passed", "base_rate", "bonus", "bonus_off", "bonus_unknown", "rate"];
    // Without cover the bank bears everything, whatever the rate would have been.
    let fund_share = cover.fund_rate_ppm.filter(|_| loan.covered).unwrap_or(0);
    let bank_share = if loan.covered { bank_share(&outcome) } else { None };
    let carried = Fen::try_new(loan.principal_fen)
        .and_then(|principal| ip_amount(principal, Ppm::try_new(loan.ip_share_ppm)?))
        .map_or(0, Fen::get);
    Ok(Coverage {
        covered: loan.covered,
        rulebook: rulebook_label(desk, &cover.rulebook_id, &cover.rulebook_version),
        fund_share,
        bank_share: bank_share.unwrap_or(PPM_ONE.saturating_sub(fund_share)),
        ip_principal: carried,
        reserve: loan.reserved_fen,
        frozen_on: Some(cover.business_date),
        reasons: if refused.is_empty() { step_reasons(desk.lang, &outcome, &steps) } else { refused },
    })
}

/// The bank's part of what all parties share, where the stored outcome tells it.
fn bank_share(outcome: &Value) -> Option<i64> {
    let shares = outcome.get("shares")?.as_object()?;
    let fen = |value: &Value| value.as_str().and_then(|yuan| FenDelta::from_yuan(yuan).ok()).map_or(0, FenDelta::get);
    ratio(shares.get("bank").map(fen)?, shares.values().map(fen).sum())
}

fn months(desk: &mut Desk<'_>, id: &str) -> Result<Vec<LoanMonth>, PageError> {
    let rows = servicing::rows_of_loan(&mut desk.db, &desk.reach, id)?;
    let ids: Vec<String> = rows.iter().map(|row| row.report_id.clone()).collect();
    let reports: BTreeMap<String, _> = servicing::reports_by_id(&mut desk.db, &ids)?
        .into_iter()
        .map(|report| (report.report_id.clone(), report))
        .collect();
    let carried: BTreeSet<String> = servicing::carried(&mut desk.db, &desk.reach, None)?
        .into_iter()
        .filter(|row| row.loan_id == id)
        .map(|row| row.month)
        .collect();
    let shown = rows.into_iter().rev().map(|row| {
        let report = reports.get(&row.report_id);
        LoanMonth {
            month_end: Month::parse(&row.month).ok().map(Month::last_day),
            version: report.map_or(1, |report| small(report.version)),
            is_carried: carried.contains(&row.month),
            balance: row.balance_fen,
            overdue_principal: row.overdue_principal_fen,
            overdue_interest: row.overdue_interest_fen,
            overdue_days: small(row.overdue_days),
            bank_tier: words::tier(&row.bank_tier),
            tier: words::tier(&row.tier),
            received: report.map(|report| beijing(report.arrived_at)).unwrap_or_default(),
        }
    });
    Ok(shown.collect())
}

/// Where a row of a file stands, in words; empty for a file that is not on record.
pub(super) fn origin(desk: &mut Desk<'_>, import_id: &str, row: i64) -> Result<String, PageError> {
    let import = imports::one(&mut desk.db, import_id)?;
    Ok(import.map(|import| words::file_row(desk, &import.file_name, row)).unwrap_or_default())
}

fn history(
    desk: &mut Desk<'_>,
    registration: &LoanRegistrationRow,
    covers: &[CoverageRow],
    entries: &[claim_list::Entry],
) -> Result<Vec<HistoryLine>, PageError> {
    let mut lines: Vec<(NaiveDateTime, HistoryLine)> = Vec::new();
    let mut add = |at: NaiveDateTime, what: String, who: String, note: String| {
        lines.push((at, HistoryLine { at: beijing(at), what, who, note }));
    };
    let who = origin(desk, &registration.import_id, registration.row_no)?;
    add(registration.recorded_at, desk.text("screen.history.registered", &[]), who, String::new());
    for cover in covers {
        let key = if cover.decision == "cover" { "covered" } else { "not_covered" };
        let note = rulebook_label(desk, &cover.rulebook_id, &cover.rulebook_version);
        add(cover.recorded_at, desk.text(&format!("screen.history.{key}"), &[]), String::new(), note);
    }
    let promise = promises::commitment(&mut desk.db, "reserved", &registration.loan_id)?;
    if let Some(over) = promise.filter(|row| row.basis == EXPIRED) {
        let who = words::job(desk.lang, "daily_close");
        add(over.recorded_at, desk.text("screen.history.expired", &[]), who, String::new());
    }
    for tier in servicing::tiers_of(&mut desk.db, &registration.loan_id)? {
        let what = if tier.tier.is_empty() {
            desk.text("screen.history.tier_none", &[])
        } else {
            let name = words::word(desk.lang, "page.tier", &tier.tier);
            desk.text("screen.history.tier", &[("tier", &name)])
        };
        let who = match tier.source.as_str() {
            "day_floor" => words::job(desk.lang, "daily_close"),
            "undo" => desk.text("screen.history.tier_undo", &[]),
            "unmarked" => desk.text("screen.history.tier_unmarked", &[]),
            _ => desk.text("screen.history.tier_report", &[]),
        };
        let note = match tier.overdue_days {
            0 => String::new(),
            days => desk.text("screen.history.tier_days", &[("days", &days.to_string())]),
        };
        add(tier.recorded_at, what, who, note);
    }
    for (status, filed, _) in entries {
        let who = origin(desk, &filed.import_id, filed.row_no)?;
        let note = claims::case_no(status.arrival);
        add(filed.recorded_at, desk.text("screen.history.claimed", &[]), who, note);
    }
    // Kept in the order in which they were added, so that what one moment brought reads newest first too.
    lines.sort_by_key(|(at, _)| *at);
    Ok(lines.into_iter().rev().map(|(_, line)| line).collect())
}
