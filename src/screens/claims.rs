//! The list of claims.
//!
//! **Invariant:** the database filters, sorts, cuts and sums; a page holds its own rows only.

use super::desk::{Desk, span, unsigned};
use crate::http::error::PageError;
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder, Entry};
use crate::views::claims::{ClaimListView, ClaimRow, ClaimSort, ClaimState, ClaimTotals, DecisionShown};
use crate::views::query::ClaimQuery;

/// What stands before the number in a case number.
const CASE: &str = "BC-";

/// Case number of the claim that arrived as number `arrival`.
pub(super) fn case_no(arrival: i64) -> String {
    format!("{CASE}{arrival:04}")
}

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
        shell: desk.shell()?,
        banks: desk.bank_choices(),
        rows: shown(desk, found)?,
        totals,
        ..ClaimListView::default()
    })
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

const fn order(sort: ClaimSort) -> ClaimOrder {
    match sort {
        ClaimSort::Filed => ClaimOrder::Filed,
        ClaimSort::Case => ClaimOrder::Arrival,
        ClaimSort::Borrower => ClaimOrder::Borrower,
        ClaimSort::Outstanding => ClaimOrder::Outstanding,
        ClaimSort::Payout => ClaimOrder::Payout,
    }
}
