//! What was taken together, as a list to be printed and signed (拨付清单).
//!
//! **Invariant:** the list holds what was done under the keys of one form, and nothing that was refused.

use serde_json::Value;

use super::batch::capital_in;
use super::payments::{STAGES, told};
use crate::http::error::PageError;
use crate::http::guard;
use crate::http::pages::{Named, PageView};
use crate::link;
use crate::screens::act_forms::words as act_words;
use crate::screens::claims::case_no;
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::storage::find::{acts, claim_list};
use crate::storage::rows::acts::ActRow;
use crate::usecase::lives::{Life, batch};
use crate::views::payments::{BatchListView, BatchRow, DoneTogether};

/// Characters of a key that name its list.
const NUMBER_CHARS: usize = 8;
/// Lists that are shown as made lately.
const LISTS_SHOWN: usize = 12;
/// Acts that are looked at for them: of so many lists and one more, each of a page of claims at most, so that none is
/// counted in part.
const ACTS_LOOKED_AT: i64 = 13 * 50;

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let key = asked.place("key");
    if !guard::is_well_formed(key) {
        return Err(PageError::NotFound);
    }
    let fund_id = desk.app.fund_id();
    let mut view = BatchListView { number: number_of(key), ..BatchListView::default() };
    for kept in acts::answers_below(&mut desk.db, fund_id, &batch::keys_of(key))? {
        let answer: Value = serde_json::from_str(&kept.answer).unwrap_or_default();
        let (claim, version) = (answer["subject"].as_str().unwrap_or_default(), answer["version"].as_i64());
        let all = acts::of(&mut desk.db, fund_id, Life::Claim.code(), claim)?;
        let Some(taken) = all.iter().find(|row| Some(row.version) == version) else { continue };
        let order = all.iter().rfind(|row| row.act == "ordered" && row.version <= taken.version);
        if let Some(row) = row(desk, claim, taken, order)? {
            view.sum = view.sum.saturating_add(row.amount);
            view.rows.push(row);
            heading(desk, &mut view, taken);
        }
    }
    if view.rows.is_empty() {
        return Err(PageError::NotFound);
    }
    view.rows.sort_by_key(|row| row.number);
    view.capital = capital_in(desk.lang, view.sum);
    named::page(desk, "payment_list", "payments", &view)
}

/// The lists within reach that were made last.
pub(super) fn latest(desk: &mut Desk<'_>) -> Result<Vec<DoneTogether>, PageError> {
    let mut lists: Vec<DoneTogether> = Vec::new();
    for taken in acts::taken_together(&mut desk.db, &desk.reach, batch::LIKE_KEYS, ACTS_LOOKED_AT)? {
        let Some(form) = batch::form_of(&taken.key).filter(|form| guard::is_well_formed(form)) else { continue };
        let href = link_of(form);
        if let Some(known) = lists.iter_mut().find(|list| list.href == href) {
            known.count = known.count.saturating_add(1);
        } else if lists.len() < LISTS_SHOWN {
            lists.push(DoneTogether {
                number: number_of(form),
                href,
                label: act_words::act(desk.lang, Life::Claim, &taken.act),
                on: Some(taken.on),
                by: taken.person,
                count: 1,
            });
        }
    }
    Ok(lists)
}

/// The page of the list of a form.
pub(super) fn link_of(form: &str) -> String {
    format!("/payments/batch/{}", link::segment(form))
}

fn number_of(form: &str) -> String {
    form.chars().take(NUMBER_CHARS).collect()
}

fn heading(desk: &Desk<'_>, view: &mut BatchListView, taken: &ActRow) {
    view.label = act_words::act(desk.lang, Life::Claim, &taken.act);
    view.reference = act_words::field(desk.lang, (Life::Claim, &taken.act), reference_of(&taken.act));
    view.on = Some(taken.business_date);
    view.by.clone_from(&taken.person);
    let next = STAGES.iter().find(|stage| stage.word == taken.act).map_or("approved", |stage| stage.word);
    view.back = format!("/payments?state={next}");
}

/// The field with the number that a row has of its own.
fn reference_of(act: &str) -> &'static str {
    match act {
        "paid" => "voucher_no",
        "received" => "bank_receipt_no",
        _ => "external_no",
    }
}

/// A claim of the list; none where it is out of reach.
fn row(
    desk: &mut Desk<'_>,
    claim: &str,
    taken: &ActRow,
    order: Option<&ActRow>,
) -> Result<Option<BatchRow>, PageError> {
    let Some((status, _, loan)) = claim_list::one(&mut desk.db, &desk.reach, claim)? else { return Ok(None) };
    let of_order = |field: &str| order.map(|row| told(row, field)).unwrap_or_default();
    let amount = crate::domain::money::FenDelta::from_yuan(&of_order("amount"));
    Ok(Some(BatchRow {
        number: status.arrival,
        case_no: case_no(status.arrival),
        href: format!("/claims/{}", link::segment(claim)),
        borrower: loan.borrower_name,
        bank: desk.name(&status.bank),
        payee: of_order("payee"),
        amount: amount.map(crate::domain::money::FenDelta::get).unwrap_or_default(),
        reference: told(taken, reference_of(&taken.act)),
        ..BatchRow::default()
    }))
}
