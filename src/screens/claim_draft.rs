//! The page of a claim that is being written: its figures, its papers, what is missing, what would come of it.
//!
//! **Invariant:** its bank sees it, and who sees every bank; what stands there is what handing it in now would state.

use super::desk::Desk;
use super::{calculation, casework, claim, claims};
use crate::domain::claim::completeness::Completeness;
use crate::domain::rulebook::vocabulary::DocumentGate;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::link;
use crate::storage::find::acts;
use crate::storage::rows::claims::{CalculationRow, ClaimRow, ClaimStatusRow};
use crate::usecase::drafted_claim::{self, Drafted};
use crate::usecase::lives::claim as life;
use crate::views::claims::{Calculation, ClaimView};

/// A claim that is being written, where one is.
pub(super) fn look(desk: &mut Desk<'_>, id: &str) -> Result<Option<Drafted>, PageError> {
    let (app, fund_id) = (desk.app, desk.app.fund_id());
    match app.store.look(&mut desk.db, desk.today, |tx| drafted_claim::drafted(tx, fund_id, id)) {
        Ok(drafted) => Ok(Some(drafted)),
        Err(error) if error.is_refusal() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn load(desk: &mut Desk<'_>, id: &str) -> Result<PageView, PageError> {
    let fund_id = desk.app.fund_id();
    let bank = match life::bank_of(&mut desk.db, fund_id, id) {
        Ok(bank) => bank,
        Err(error) if error.is_refusal() => return Err(PageError::NotFound),
        Err(error) => return Err(error.into()),
    };
    let is_begun = acts::last_version(&mut desk.db, fund_id, life::LIFE, id)? > 0;
    if !is_begun || !desk.reach.holds(bank.as_deref()) {
        return Err(PageError::NotFound);
    }
    match look(desk, id)? {
        Some(drafted) => Ok(PageView::Claim(Box::new(view(desk, drafted)?))),
        // Another claim of the loan took its place.
        None => Ok(PageView::Elsewhere(format!("/loans/{}", link::segment(claims::loan_of(id))))),
    }
}

fn view(desk: &mut Desk<'_>, drafted: Drafted) -> Result<ClaimView, PageError> {
    let Drafted { filing, claim, loan, completeness, calculation } = drafted;
    let entry = (status(&filing, claim.stage.code(), calculation.as_ref()), filing, loan);
    let shown = calculation.as_ref().map(|row| preview(desk, row));
    let mut view = claim::view(desk, &entry, calculation.as_ref())?;
    view.row.case_no = claims::draft_name(desk, &entry.2.contract);
    view.row.filed_on = None;
    view.case.complete = complete(desk, &completeness);
    view.case.missing = missing(desk, &completeness);
    // Forms and the pack are of what was handed in.
    view.case.forms = Vec::new();
    view.case.pack_href = String::new();
    Ok(ClaimView { is_draft: true, calculation: shown, ..view })
}

/// How much of what is asked for is there; says so where the measure asks for nothing.
pub(super) fn complete(desk: &Desk<'_>, completeness: &Completeness) -> String {
    match completeness.percent() {
        Some(percent) => format!("{percent}%"),
        None => desk.text("page.case.nothing_asked", &[]),
    }
}

/// Papers that are asked for and not there, in words.
pub(super) fn missing(desk: &Desk<'_>, completeness: &Completeness) -> Vec<String> {
    let gates = [DocumentGate::Compute, DocumentGate::Approve];
    let codes: std::collections::BTreeSet<String> =
        gates.into_iter().flat_map(|gate| completeness.missing(gate)).collect();
    codes.iter().map(|code| casework::document(desk, code)).collect()
}

/// What would come of it, without the steps: they tell of a fund that is never short.
fn preview(desk: &Desk<'_>, row: &CalculationRow) -> Calculation {
    let shown = calculation::shown(desk, row, String::new());
    Calculation { steps: Vec::new(), caps: Vec::new(), ..shown }
}

fn status(filing: &ClaimRow, state: &str, calculation: Option<&CalculationRow>) -> ClaimStatusRow {
    ClaimStatusRow {
        claim_id: filing.claim_id.clone(),
        fund_id: filing.fund_id.clone(),
        bank: filing.bank.clone(),
        loan_id: filing.loan_id.clone(),
        credit_code: String::new(),
        filed_on: filing.filed_on,
        arrival: filing.arrival,
        state: state.to_owned(),
        decision: calculation.map(|row| row.decision.clone()),
        payout_fen: calculation.map(|row| row.payout_fen),
        calculation_version: 0,
        act_version: 0,
        due_on: None,
        earmarked_fen: 0,
        approved_fen: 0,
        paid_fen: 0,
        recovered_fen: 0,
    }
}
