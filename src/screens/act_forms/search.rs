//! One search over everything that has a name or a number.
//!
//! **Invariant:** what is found is within reach of who searches.

use serde::Serialize;

use crate::domain::access::Permission;
use crate::http::error::PageError;
use crate::http::pages::{Named, PageView};
use crate::screens::desk::Desk;
use crate::screens::{claims, figures, named};
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder};
use crate::storage::find::loan_list::{self, LoanFilter, LoanOrder};
use crate::views::Choice;

/// Most of each kind.
const MOST: i64 = 20;

/// What was found.
#[derive(Debug, Serialize)]
struct Found {
    q: String,
    loans: Vec<FoundLine>,
    claims: Vec<FoundLine>,
    partners: Vec<Choice>,
}

#[derive(Debug, Serialize)]
struct FoundLine {
    id: String,
    number: String,
    borrower: String,
    bank: String,
    amount: i64,
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let q = asked.parameter("q").to_owned();
    let mut found = Found { q: q.clone(), loans: Vec::new(), claims: Vec::new(), partners: Vec::new() };
    if !q.is_empty() {
        found.loans = loans(desk, &q)?;
        if desk.asker.may(Permission::ReadClaims) {
            found.claims = of_claims(desk, &q)?;
        }
        let named = desk.partners.values().filter(|partner| desk.reach.holds(Some(&partner.code)));
        let fits = named.filter(|partner| partner.name.contains(&q) || partner.code.eq_ignore_ascii_case(&q));
        found.partners = fits.map(|bank| Choice { code: bank.code.clone(), name: bank.name.clone() }).collect();
    }
    named::page(desk, "search", "", &found)
}

fn loans(desk: &mut Desk<'_>, q: &str) -> Result<Vec<FoundLine>, PageError> {
    let filter = LoanFilter { search: q, bank: "", standing: None };
    let order = (LoanOrder::Disbursed, true);
    let found = match figures::few_loans(desk, &filter)? {
        Some(few) => few.rows(&mut desk.db, &desk.reach, order, (0, MOST))?,
        None => loan_list::rows(&mut desk.db, &desk.reach, &filter, order, (0, MOST))?,
    };
    let line = |loan: &crate::storage::rows::loans::LoanRow| FoundLine {
        id: loan.loan_id.clone(),
        number: loan.contract.clone(),
        borrower: loan.borrower_name.clone(),
        bank: desk.name(&loan.bank),
        amount: loan.balance_fen.unwrap_or(loan.principal_fen),
    };
    Ok(found.iter().map(line).collect())
}

fn of_claims(desk: &mut Desk<'_>, q: &str) -> Result<Vec<FoundLine>, PageError> {
    let filter = ClaimFilter { search: q, arrival: claims::arrival_in(q), ..ClaimFilter::default() };
    let found = claim_list::rows(&mut desk.db, &desk.reach, &filter, (ClaimOrder::Filed, true), (0, MOST))?;
    let line = |(status, filed, loan): &claim_list::Entry| FoundLine {
        id: status.claim_id.clone(),
        number: claims::case_no(status.arrival),
        borrower: loan.borrower_name.clone(),
        bank: desk.name(&status.bank),
        amount: filed.outstanding_fen,
    };
    Ok(found.iter().map(line).collect())
}
