//! The claim an act is about: one that is filed, or one that is being written.
//!
//! **Invariant:** a claim that is being written has no row in the list of claims and takes nothing of the fund.

use chrono::NaiveDate;

use crate::domain::claim::Claim;
use crate::storage::Db;
use crate::storage::facts::unstamped;
use crate::storage::find::{Reach, acts, claims, loans};
use crate::storage::rows::claims::ClaimRow;
use crate::usecase::UseCaseError;
use crate::usecase::lives::ActRefusal;

/// The filing and the claim as its acts leave it. For a claim that is being written the filing is the one that
/// handing it in would make.
///
/// # Errors
/// `Act`; storage.
pub fn find_or_begin(
    db: &mut Db,
    fund_id: &str,
    claim_id: &str,
    on: NaiveDate,
) -> Result<(ClaimRow, Claim), UseCaseError> {
    if let Some(filing) = claims::filing(db, claim_id)?.filter(|filing| filing.fund_id == fund_id) {
        refuse_taken_back(db, &filing)?;
        let claim = super::load(db, &filing)?;
        return Ok((filing, claim));
    }
    let loan_id = super::loan_part(claim_id);
    let unknown = || ActRefusal::new("CLAIM_UNKNOWN", vec![("claim", claim_id.to_owned())]);
    let loan = loans::one(db, &Reach::of_fund(fund_id), loan_id)?.ok_or_else(unknown)?;
    refuse_second(db, fund_id, loan_id, claim_id)?;
    let (business_date, recorded_at, event_id) = unstamped();
    let mut filing = ClaimRow {
        fund_id: fund_id.to_owned(),
        claim_id: claim_id.to_owned(),
        loan_id: loan.loan_id,
        bank: loan.bank.clone(),
        filed_on: on,
        arrival: claims::last_arrival(db, fund_id)?.saturating_add(1),
        outstanding_fen: 0,
        overdue_interest_fen: 0,
        overdue_since: on,
        pledge_registered_on: None,
        insurer_paid_fen: 0,
        guarantor_paid_fen: 0,
        collateral_gross_fen: 0,
        collateral_cost_fen: 0,
        documents: "[]".to_owned(),
        import_id: String::new(),
        row_no: 0,
        business_date,
        recorded_at,
        event_id,
    };
    let mut claim = super::begin(db, &filing)?;
    for row in acts::of(db, fund_id, super::LIFE, claim_id)? {
        claim = super::fold(&claim, &row)?;
    }
    state_figures(db, &mut filing, &claim)?;
    Ok((filing, claim))
}

/// A claim of a file that was taken back has no life any more.
fn refuse_taken_back(db: &mut Db, filing: &ClaimRow) -> Result<(), UseCaseError> {
    if !filing.import_id.is_empty() && !crate::storage::find::imports::stands(db, &filing.import_id)? {
        return Err(ActRefusal::new("CLAIM_TAKEN_BACK", vec![("claim", filing.claim_id.clone())]).into());
    }
    Ok(())
}

/// A loan has one claim at a time: another may be written once the first was refused or taken back, and a refusal is
/// looked at again only while no other claim stands.
///
/// # Errors
/// `Act` with `CLAIM_ALREADY`; storage.
pub(super) fn refuse_second(db: &mut Db, fund_id: &str, loan_id: &str, own: &str) -> Result<(), UseCaseError> {
    let known = claims::of_loan(db, &Reach::of_fund(fund_id), loan_id)?;
    let mut others = known.into_iter().filter(|claim| claim.claim_id != own);
    match others.find(|claim| !matches!(claim.state.as_str(), "withdrawn" | "rejected")) {
        Some(open) => Err(ActRefusal::new("CLAIM_ALREADY", vec![("claim", open.claim_id)]).into()),
        None => Ok(()),
    }
}

fn state_figures(db: &mut Db, filing: &mut ClaimRow, claim: &Claim) -> Result<(), UseCaseError> {
    let registered = crate::storage::find::loans::registration(db, &filing.loan_id)?;
    filing.pledge_registered_on = registered.and_then(|row| row.pledge_registered_on);
    let Some(figures) = &claim.figures else { return Ok(()) };
    let fen = |amount: Option<crate::domain::money::Fen>| amount.map_or(0, crate::domain::money::Fen::get);
    filing.outstanding_fen = figures.outstanding.get();
    filing.overdue_interest_fen = fen(figures.overdue_interest);
    filing.overdue_since = figures.overdue_since;
    filing.pledge_registered_on = figures.pledge_registered_on.or(filing.pledge_registered_on);
    filing.insurer_paid_fen = fen(figures.insurer_paid);
    filing.guarantor_paid_fen = fen(figures.guarantor_paid);
    filing.collateral_gross_fen = fen(figures.collateral_gross);
    filing.collateral_cost_fen = fen(figures.collateral_cost);
    filing.documents = serde_json::json!(figures.documents).to_string();
    Ok(())
}
