//! The list of loans.
//!
//! **Invariant:** the database filters, sorts, cuts and sums; a page holds its own rows only.

use std::collections::BTreeSet;

use super::desk::{Desk, small, span, unsigned};
use super::{figures, words};
use crate::http::error::PageError;
use crate::storage::find::loan_list::{self, LoanFilter, LoanOrder, Standing, standing_of};
use crate::storage::rows::loans::LoanRow as Stored;
use crate::views::loans::{LoanListView, LoanRow, LoanSort, LoanState, LoanTotals};
use crate::views::query::LoanQuery;

pub(super) fn load(desk: &mut Desk<'_>, query: &LoanQuery) -> Result<LoanListView, PageError> {
    let filter = LoanFilter { search: &query.search, bank: &query.bank, standing: query.state.map(standing) };
    let few = if query.search.is_empty() { None } else { figures::few_loans(desk, &filter)? };
    let sums = match &few {
        Some(few) => few.sums(&mut desk.db, &desk.reach)?,
        None => figures::loan_sums(desk, &filter)?,
    };
    let totals = LoanTotals {
        loans: unsigned(sums.loans),
        borrowers: unsigned(sums.borrowers),
        principal: sums.principal,
        balance: sums.balance,
        reserve: sums.reserved,
    };
    let order = (order(query.sort), query.descending);
    let span = span(query.page, totals.loans);
    let found = match &few {
        Some(few) => few.rows(&mut desk.db, &desk.reach, order, span)?,
        None => loan_list::rows(&mut desk.db, &desk.reach, &filter, order, span)?,
    };
    let compensated = loan_list::compensated(&mut desk.db, &found)?;
    Ok(LoanListView {
        shell: desk.shell()?,
        banks: desk.bank_choices(),
        rows: found.iter().map(|loan| row(desk, loan, &compensated)).collect(),
        totals,
        ..LoanListView::default()
    })
}

/// A loan as lists show it.
pub(super) fn row(desk: &Desk<'_>, loan: &Stored, compensated: &BTreeSet<String>) -> LoanRow {
    LoanRow {
        id: loan.loan_id.clone(),
        contract: loan.contract.clone(),
        drawdown: loan.drawdown.clone(),
        bank: desk.name(&loan.bank),
        borrower: loan.borrower_name.clone(),
        disbursed_on: Some(loan.disbursed_on),
        principal: loan.principal_fen,
        ip_share: loan.ip_share_ppm,
        annual_rate: loan.rate_ppm,
        fund_share: loan.fund_rate_ppm.filter(|_| loan.covered),
        balance: loan.balance_fen,
        tier: loan.tier.as_deref().map(words::tier),
        overdue_days: small(loan.overdue_days),
        reserve: loan.reserved_fen,
        state: state(standing_of(loan, compensated)),
    }
}

const fn state(standing: Standing) -> LoanState {
    match standing {
        Standing::Claimed => LoanState::Claimed,
        Standing::Compensated => LoanState::Compensated,
        Standing::Settled => LoanState::Settled,
        Standing::ToVerify => LoanState::ToVerify,
        Standing::Gone => LoanState::Gone,
        Standing::NotCovered => LoanState::NotCovered,
        Standing::Queued => LoanState::Queued,
        Standing::Registered | Standing::Unheard => LoanState::Registered,
    }
}

/// A loan that its bank has withdrawn is on no list.
const fn standing(state: LoanState) -> Standing {
    match state {
        LoanState::Registered => Standing::Registered,
        LoanState::Queued => Standing::Queued,
        LoanState::NotCovered => Standing::NotCovered,
        LoanState::Claimed => Standing::Claimed,
        LoanState::Settled => Standing::Settled,
        LoanState::ToVerify => Standing::ToVerify,
        LoanState::Gone => Standing::Gone,
        LoanState::Compensated => Standing::Compensated,
        LoanState::Withdrawn => Standing::Unheard,
    }
}

/// The order of rows that a column of the page sorts by.
pub(super) const fn order(sort: LoanSort) -> LoanOrder {
    match sort {
        LoanSort::Disbursed => LoanOrder::Disbursed,
        LoanSort::Contract => LoanOrder::Contract,
        LoanSort::Borrower => LoanOrder::Borrower,
        LoanSort::Principal => LoanOrder::Principal,
        LoanSort::Balance => LoanOrder::Balance,
        LoanSort::Overdue => LoanOrder::Overdue,
        LoanSort::Reserve => LoanOrder::Reserve,
    }
}
