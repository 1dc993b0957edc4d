//! The list of claims.
//!
//! **Invariant:** the database filters, sorts, cuts and sums; a page holds its own rows only.

use std::collections::BTreeMap;

use super::desk::{Desk, span, unsigned};
use crate::domain::money::Fen;
use crate::domain::names::CASE;
pub(super) use crate::domain::names::case_no;
use crate::http::error::PageError;
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder, Entry};
use crate::storage::find::{claims, loans, work};
use crate::storage::rows::acts::ActRow;
use crate::storage::rows::loans::LoanRow;
use crate::usecase::lives::Life;
use crate::views::claims::{ClaimListView, ClaimRow, ClaimSort, ClaimState, ClaimTotals, DecisionShown};
use crate::views::query::ClaimQuery;

/// Most claims that are being written.
const MOST_DRAFTS: i64 = 50;

/// The number of arrival in a case number.
pub(super) fn arrival_in(search: &str) -> Option<i64> {
    let folded = crate::domain::names::fold_code(search);
    folded.strip_prefix(CASE)?.parse().ok()
}

pub(super) fn load(desk: &mut Desk<'_>, query: &ClaimQuery) -> Result<ClaimListView, PageError> {
    let filter = ClaimFilter {
        search: &query.search,
        arrival: arrival_in(&query.search),
        bank: &query.bank,
        state: query.state.map_or("", ClaimState::code),
        ..ClaimFilter::default()
    };
    let sums = claim_list::sums(&mut desk.db, &desk.reach, &filter)?;
    let totals = ClaimTotals { claims: unsigned(sums.claims), outstanding: sums.outstanding, payout: sums.payout };
    let order = (order(query.sort), query.descending);
    let found = claim_list::rows(&mut desk.db, &desk.reach, &filter, order, span(query.page, totals.claims))?;
    Ok(ClaimListView {
        drafts: drafts(desk, query)?,
        shell: desk.shell()?,
        banks: desk.bank_choices(),
        rows: shown(desk, found)?,
        totals,
        ..ClaimListView::default()
    })
}

/// What the bank's own people are writing, unless the list is narrowed to something else.
fn drafts(desk: &mut Desk<'_>, query: &ClaimQuery) -> Result<Vec<ClaimRow>, PageError> {
    let other_state = query.state.is_some_and(|state| state != ClaimState::Drafted);
    let Some(bank) = desk.reach.bank().map(str::to_owned).filter(|_| !other_state && query.page <= 1) else {
        return Ok(Vec::new());
    };
    let lasts = [(Life::Claim.code(), "drafted")];
    let mut found = work::standing_at(&mut desk.db, (desk.app.fund_id(), Some(&bank)), &lasts, MOST_DRAFTS)?;
    let ids: Vec<&str> = found.iter().map(|act| act.subject.as_str()).collect();
    let handed_in = claims::arrivals(&mut desk.db, &ids)?;
    found.retain(|act| !handed_in.contains_key(&act.subject));
    let ids: Vec<String> = found.iter().map(|act| loan_of(&act.subject).to_owned()).collect();
    let of_loan: BTreeMap<String, LoanRow> =
        loans::some(&mut desk.db, &desk.reach, &ids)?.into_iter().map(|loan| (loan.loan_id.clone(), loan)).collect();
    let rows = found.iter().filter_map(|act| of_loan.get(loan_of(&act.subject)).map(|loan| draft_row(desk, act, loan)));
    Ok(rows.filter(|row| matches(row, &query.search)).collect())
}

/// The loan in the name of a claim.
pub(super) fn loan_of(claim_id: &str) -> &str {
    claim_id.rsplit_once('@').map_or(claim_id, |(loan, _)| loan)
}

fn matches(row: &ClaimRow, search: &str) -> bool {
    let contract = crate::domain::names::fold_code(search);
    search.is_empty() || row.borrower.contains(search) || row.contract.contains(&contract)
}

fn draft_row(desk: &Desk<'_>, act: &ActRow, loan: &LoanRow) -> ClaimRow {
    let details: serde_json::Value = serde_json::from_str(&act.details).unwrap_or_default();
    let outstanding = details["figures"]["outstanding"].as_str().and_then(|yuan| Fen::from_yuan(yuan).ok());
    ClaimRow {
        id: act.subject.clone(),
        case_no: draft_name(desk, &loan.contract),
        loan_id: loan.loan_id.clone(),
        contract: loan.contract.clone(),
        bank: desk.name(&loan.bank),
        borrower: loan.borrower_name.clone(),
        filed_on: Some(act.business_date),
        outstanding: outstanding.map_or(0, Fen::get),
        state: ClaimState::Drafted,
        ..ClaimRow::default()
    }
}

/// What a claim is called that has no number yet.
pub(super) fn draft_name(desk: &Desk<'_>, contract: &str) -> String {
    desk.text("page.claim.draft_of", &[("contract", contract)])
}

/// Claims as lists show them.
pub(super) fn shown(desk: &mut Desk<'_>, found: Vec<Entry>) -> Result<Vec<ClaimRow>, PageError> {
    let shares = claim_list::shares(&mut desk.db, &found)?;
    Ok(found.into_iter().map(|entry| row(desk, &entry, shares.get(&entry.0.claim_id).copied())).collect())
}

/// A claim as lists show it.
pub(super) fn row(desk: &Desk<'_>, entry: &Entry, fund_share: Option<i64>) -> ClaimRow {
    let (status, filed, loan) = entry;
    ClaimRow {
        id: status.claim_id.clone(),
        case_no: case_no(status.arrival),
        loan_id: status.loan_id.clone(),
        contract: loan.contract.clone(),
        bank: desk.name(&status.bank),
        borrower: loan.borrower_name.clone(),
        filed_on: Some(status.filed_on),
        outstanding: filed.outstanding_fen,
        fund_share,
        payout: status.payout_fen,
        decision: status.decision.as_deref().and_then(DecisionShown::from_code),
        state: ClaimState::from_code(&status.state).unwrap_or_default(),
    }
}

/// The order of rows that a column of the page sorts by.
pub(super) const fn order(sort: ClaimSort) -> ClaimOrder {
    match sort {
        ClaimSort::Filed => ClaimOrder::Filed,
        ClaimSort::Case => ClaimOrder::Arrival,
        ClaimSort::Borrower => ClaimOrder::Borrower,
        ClaimSort::Outstanding => ClaimOrder::Outstanding,
        ClaimSort::Payout => ClaimOrder::Payout,
    }
}
