//! One claim with its calculation; one that is being written with what would come of it.
//!
//! **Invariant:** the calculation shown of a claim that was handed in is the last stored one.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;

use super::desk::Desk;
use super::{calculation, claim_case, claim_draft, claims, loan, words};
use crate::domain::access::Permission;
use crate::domain::money::FenDelta;
use crate::domain::names::DocumentKind;
use crate::domain::tier::overdue_days;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::render::grouped;
use crate::storage::find::claim_list::{self, Entry};
use crate::storage::find::{claims as filed_claims, events, loans};
use crate::storage::rows::claims::CalculationRow;
use crate::views::claims::{ClaimView, DocumentRow};
use crate::views::{HistoryLine, beijing};

/// Actor and hash of an event, by event.
type Causes = BTreeMap<String, (String, String)>;

pub(super) fn load(desk: &mut Desk<'_>, id: &str) -> Result<PageView, PageError> {
    match claim_list::one(&mut desk.db, &desk.reach, id)? {
        Some(entry) => Ok(PageView::Claim(Box::new(handed_in(desk, id, &entry)?))),
        None => claim_draft::load(desk, id),
    }
}

fn handed_in(desk: &mut Desk<'_>, id: &str, entry: &Entry) -> Result<ClaimView, PageError> {
    let computed = filed_claims::calculations(&mut desk.db, id)?;
    let ids: Vec<&str> = computed.iter().map(|row| row.event_id.as_str()).collect();
    let causes: Causes =
        events::causes(&mut desk.db, &ids)?.into_iter().map(|(event, actor, hash)| (event, (actor, hash))).collect();
    let history = history(desk, entry, &computed, &causes)?;
    let last = computed.last();
    let digest = last.and_then(|row| causes.get(&row.event_id)).map(|(_, hash)| hash.clone()).unwrap_or_default();
    // What the fund has left is the fund's business.
    let free_before = last.and_then(calculation::free_before).filter(|_| desk.may_for_fund(Permission::ReadFund));
    let view = view(desk, entry, last)?;
    Ok(ClaimView {
        calculation: last.map(|row| calculation::shown(desk, row, digest)),
        free_before,
        free_after: free_before.zip(last).map(|(free, row)| free.saturating_sub(row.payout_fen)),
        history,
        ..view
    })
}

/// What the page shows of any claim, handed in or not.
pub(super) fn view(desk: &mut Desk<'_>, entry: &Entry, last: Option<&CalculationRow>) -> Result<ClaimView, PageError> {
    let (_, filed, of_loan) = entry;
    let registration = loans::registration(&mut desk.db, &filed.loan_id)?;
    let rights = match &registration {
        Some(row) => loans::rights(&mut desk.db, &filed.loan_id, row.version)?,
        None => Vec::new(),
    };
    let case = claim_case::of(desk, entry, last)?;
    Ok(ClaimView {
        case,
        shell: desk.shell()?,
        row: claims::row(desk, entry, last.and_then(|row| row.fund_rate_ppm)),
        credit_code: of_loan.credit_code.clone(),
        disbursed_on: Some(of_loan.disbursed_on),
        matures_on: Some(of_loan.matures_on),
        overdue_interest: filed.overdue_interest_fen,
        overdue_since: Some(filed.overdue_since),
        overdue_days: overdue_days(filed.overdue_since, filed.filed_on),
        pledge_registered_on: filed.pledge_registered_on,
        rights: words::rights(desk, &rights),
        insurer_paid: filed.insurer_paid_fen,
        guarantor_paid: filed.guarantor_paid_fen,
        collateral_gross: filed.collateral_gross_fen,
        collateral_cost: filed.collateral_cost_fen,
        documents: documents(desk, &filed.documents),
        ..ClaimView::default()
    })
}

/// Papers that came and those that did not. The measure in force asks for none by name, so none is marked required.
fn documents(desk: &Desk<'_>, stored: &str) -> Vec<DocumentRow> {
    let present: Vec<String> = serde_json::from_str(stored).unwrap_or_default();
    if present.is_empty() {
        return Vec::new();
    }
    let row = |kind: &DocumentKind| DocumentRow {
        name: words::word(desk.lang, "screen.document", kind.code()),
        present: present.iter().any(|code| code == kind.code()),
        required: false,
    };
    DocumentKind::ALL.iter().map(row).collect()
}

fn history(
    desk: &mut Desk<'_>,
    entry: &Entry,
    computed: &[CalculationRow],
    causes: &Causes,
) -> Result<Vec<HistoryLine>, PageError> {
    let (_, filed, _) = entry;
    let line =
        |at: NaiveDateTime, what: String, who: String| HistoryLine { at: beijing(at), what, who, note: String::new() };
    let mut lines: Vec<(NaiveDateTime, HistoryLine)> = Vec::new();
    if !filed.import_id.is_empty() {
        let who = loan::origin(desk, &filed.import_id, filed.row_no)?;
        lines.push((filed.recorded_at, line(filed.recorded_at, desk.text("screen.history.claimed", &[]), who)));
    }
    for row in computed {
        let what = if row.decision == "pay" {
            let amount = grouped(&FenDelta::new(row.payout_fen).yuan());
            desk.text("screen.history.computed", &[("amount", &amount)])
        } else {
            let decision = words::word(desk.lang, "page.decision", calculation::decision(&row.decision).code());
            desk.text("screen.history.computed_as", &[("decision", &decision)])
        };
        let who = causes.get(&row.event_id).map(|(actor, _)| words::actor(desk, actor)).unwrap_or_default();
        lines.push((row.recorded_at, line(row.recorded_at, what, who)));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.reverse();
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}
