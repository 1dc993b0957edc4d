//! 退回补正通知书 and 不予受理、不予补偿通知书: what goes back to the bank.
//!
//! **Invariant:** a notice states the act that it follows from, its reasons and its last day; it decides nothing.

use super::facts::{ClaimFacts, Told};
use super::sheet::{Sheet, who_when};
use super::{ClaimForm, about_claim};
use crate::domain::claim::ClaimAct;
use crate::domain::names::DocumentKind;
use crate::i18n::{self, Lang};

/// What a document is called: by the measure, by the product, or by its code; `code` is the word of a rulebook or the
/// code of a form.
pub(super) fn document(claim: &ClaimFacts, code: &str, lang: Lang) -> String {
    let kind = DocumentKind::from_code(code);
    let word = kind.map_or_else(|| code.to_lowercase(), |kind| kind.rulebook_word().to_owned());
    let mut items = claim.completeness.iter().flat_map(|list| &list.items);
    let by_measure = items.find(|item| item.code == word).map(|item| {
        let [zh, en] = &item.name;
        if lang == Lang::Zh { zh } else { en }
    });
    let by_product = || i18n::texts(lang).get(&format!("forms.document.{word}"));
    by_measure.filter(|name| !name.is_empty()).or_else(by_product).cloned().unwrap_or_else(|| code.to_owned())
}

fn head(sheet: &mut Sheet, claim: &ClaimFacts) {
    sheet.to(&claim.loan.bank_name);
    sheet.heading("heading.claim");
    sheet.case(claim);
    sheet.day("filed_on", Some(claim.filed_on));
    sheet.loan(&claim.loan);
    sheet.figure("outstanding", Some(claim.figures.outstanding));
    sheet.figure("applied", claim.figures.applied);
}

/// The notice with what is to be put right; none for a claim that was never returned.
pub(super) fn returned(claim: &ClaimFacts, lang: Lang) -> Option<Sheet> {
    let (act, (deficiencies, due_on)) = claim.last(|act| match act {
        ClaimAct::Returned { deficiencies, due_on } => Some((deficiencies, *due_on)),
        _ => None,
    })?;
    let at = Some((act.version, act.event.as_str()));
    let mut sheet = about_claim(claim, lang, ClaimForm::Returned, "title.returned", at);
    sheet.text("returned.lead", &[("day", &act.on.to_string())]);
    head(&mut sheet, claim);
    sheet.heading("heading.deficiencies");
    let rows = deficiencies.iter().zip(1..).map(|(fault, nth): (_, u32)| {
        let code = fault.code.code();
        vec![
            nth.to_string(),
            code.to_owned(),
            sheet.say(&format!("deficiency.{code}"), &[]),
            fault.document.as_deref().map(|code| document(claim, code, lang)).unwrap_or_default(),
            fault.note.clone().unwrap_or_default(),
        ]
    });
    let rows = rows.collect();
    sheet.table(&["nth", "code", "deficiency", "document", "note"], rows);
    match due_on {
        Some(day) => sheet.text("returned.due", &[("day", &day.to_string())]),
        None => sheet.text("returned.no_due", &[]),
    }
    sheet.text("returned.late", &[]);
    sheet.field("handled_by", who_when(lang, act));
    sheet.signs(&["fund_seal", "handled_by", "day", "bank_received"]);
    Some(sheet)
}

/// The notice with the reasons of a refusal; none for a claim that was never refused.
pub(super) fn rejected(claim: &ClaimFacts, lang: Lang) -> Option<Sheet> {
    let (act, (reasons, note, appeal_until)) = claim.last(|act| match act {
        ClaimAct::Rejected { reasons, note, appeal_until } => Some((reasons, note, *appeal_until)),
        _ => None,
    })?;
    // What the fund never took on is not accepted; what it took on is not paid.
    let before = claim.acts.iter().take_while(|earlier| earlier.version < act.version);
    let was_accepted = before.into_iter().any(|earlier| matches!(earlier.act, ClaimAct::Accepted { .. }));
    let which = if was_accepted { "not_paid" } else { "not_accepted" };
    let at = Some((act.version, act.event.as_str()));
    let mut sheet = about_claim(claim, lang, ClaimForm::Rejected, &format!("title.{which}"), at);
    sheet.text(&format!("rejected.{which}"), &[("day", &act.on.to_string())]);
    head(&mut sheet, claim);
    sheet.heading("heading.reasons");
    let told = |code: &String| reason(claim, code);
    sheet.told(&reasons.iter().map(told).collect::<Vec<_>>());
    sheet.field("grounds", note.clone());
    sheet.heading("heading.appeal");
    match appeal_until {
        Some(day) => sheet.text("rejected.appeal", &[("day", &day.to_string())]),
        None => sheet.text("rejected.no_appeal_day", &[]),
    }
    sheet.field("decided_by", who_when(lang, act));
    sheet.signs(&["fund_seal", "approved_by", "day", "bank_received"]);
    Some(sheet)
}

/// A reason as the calculation tells it, where it gave the same one.
fn reason(claim: &ClaimFacts, code: &str) -> Told {
    let computed = claim.calculation.iter().flat_map(|row| &row.reasons).find(|told| told.code == code);
    computed.cloned().unwrap_or_else(|| Told {
        code: code.to_owned(),
        article: String::new(),
        text: super::facts::Names { zh: code.to_owned(), en: code.to_owned() },
        amount: String::new(),
    })
}
