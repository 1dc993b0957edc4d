//! 补偿申请书 (`shuozhou.md` §6.2): the bank's figures, how they lead to an amount, and its papers.
//!
//! **Invariant:** a paper is listed as there only where it was stated or handed in.

use super::facts::ClaimFacts;
use super::notices::document;
use super::sheet::{Sheet, say, who_when};
use super::{ClaimForm, about_claim, last_act};
use crate::domain::claim::ClaimAct;
use crate::domain::claim::completeness::Item;
use crate::domain::names::DocumentKind;
use crate::domain::rulebook::vocabulary::DocumentGate;
use crate::i18n::Lang;

/// The application, also of a claim that came with a file.
pub(super) fn application(claim: &ClaimFacts, lang: Lang) -> Sheet {
    let mut sheet = about_claim(claim, lang, ClaimForm::Application, "title.application", last_act(claim));
    sheet.to(claim.loan.fund.of(lang));
    sheet.heading("heading.claim");
    sheet.case(claim);
    sheet.day("filed_on", Some(claim.filed_on));
    sheet.loan(&claim.loan);
    figures(&mut sheet, claim);
    computed(&mut sheet, claim);
    materials(&mut sheet, claim);
    sheet.heading("heading.promise");
    sheet.text("application.promise", &[]);
    hands(&mut sheet, claim);
    sheet.signs(&["drafted_by", "reviewed_by", "head_of_bank", "bank_seal", "day"]);
    sheet
}

fn figures(sheet: &mut Sheet, claim: &ClaimFacts) {
    let figures = &claim.figures;
    sheet.heading("heading.figures");
    sheet.amount("outstanding", figures.outstanding);
    sheet.figure("overdue_interest", figures.overdue_interest);
    sheet.day("overdue_since", Some(figures.overdue_since));
    sheet.day("pledge_registered_on", figures.pledge_registered_on);
    for (key, amount) in [
        ("insurer_paid", figures.insurer_paid),
        ("guarantor_paid", figures.guarantor_paid),
        ("collateral_gross", figures.collateral_gross),
        ("collateral_cost", figures.collateral_cost),
        ("ip_disposal_net", figures.ip_disposal_net),
        ("other_policy_paid", figures.other_policy_paid),
        ("other_levels_paid", figures.other_levels_paid),
    ] {
        sheet.figure(key, amount);
    }
    sheet.day("court_accepted_on", figures.court_accepted_on);
    match figures.applied {
        Some(amount) => sheet.amount("applied", amount),
        None => sheet.field("applied", ""),
    }
}

/// How the system comes to an amount; what the bank applies for may be another one.
fn computed(sheet: &mut Sheet, claim: &ClaimFacts) {
    let Some(row) = &claim.calculation else { return };
    sheet.heading("heading.computed");
    sheet.field("calculation", format!("{}-{}", claim.claim_id, row.version));
    sheet.day("computed_on", Some(row.on));
    sheet.figure("loss_base", row.loss_base);
    if let Some(rate) = row.rate {
        sheet.share("fund_rate", rate);
    }
    sheet.amount("payable", row.payable);
    sheet.told(&row.steps);
    if !row.reasons.is_empty() {
        sheet.heading("heading.reasons");
        sheet.told(&row.reasons);
    }
}

/// Every paper that is asked for, and how complete the file is.
pub(super) fn materials(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.materials");
    let Some(list) = claim.completeness.as_ref().filter(|list| !list.items.is_empty()) else {
        stated(sheet, claim);
        return;
    };
    let row = |(item, nth): (&Item, u32)| {
        let gate = if item.gate == DocumentGate::Compute { "gate.compute" } else { "gate.approve" };
        let is_of_item = |document: &str| {
            let named = word(document);
            named == item.code || item.any_of.contains(&named)
        };
        let papers = claim.papers.iter().filter(|paper| is_of_item(&paper.document));
        let there = match (item.is_there, is_on_file(claim, item)) {
            (true, true) => "there",
            (true, false) => "stated",
            (false, _) => "missing",
        };
        vec![
            nth.to_string(),
            item.code.to_uppercase(),
            document(claim, &item.code, lang),
            say(lang, gate, &[]),
            say(lang, there, &[]),
            papers.map(|paper| paper.name.clone()).collect::<Vec<_>>().join(&say(lang, "separator", &[])),
        ]
    };
    let rows = list.items.iter().zip(1..).map(row).collect();
    sheet.table(&["nth", "code", "document", "gate", "there", "paper"], rows);
    let there = list.items.iter().filter(|item| item.is_there).count().to_string();
    if let Some(percent) = list.percent() {
        let (percent, all) = (percent.to_string(), list.items.len().to_string());
        sheet.text("application.percent", &[("percent", &*percent), ("there", &*there), ("all", &*all)]);
    }
}

/// A document as rulebooks name it.
fn word(code: &str) -> String {
    DocumentKind::from_code(code).map_or_else(|| code.to_lowercase(), |kind| kind.rulebook_word().to_owned())
}

/// Whether a file of it came, with the claim or with its loan; otherwise it was only said to be there.
fn is_on_file(claim: &ClaimFacts, item: &Item) -> bool {
    let mut files = claim.papers.iter().map(|paper| word(&paper.document)).chain(claim.loan_papers.iter().cloned());
    files.any(|file| file == item.code || item.any_of.contains(&file))
}

/// The papers of a claim whose measure asks for none: those that were stated, and those that were handed in.
fn stated(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    let mut codes: Vec<String> = claim.figures.documents.iter().map(|code| word(code)).collect();
    codes.extend(claim.papers.iter().map(|paper| word(&paper.document)));
    codes.sort();
    codes.dedup();
    let row = |(code, nth): (&String, u32)| {
        let papers = claim.papers.iter().filter(|paper| word(&paper.document) == *code);
        let files: Vec<String> = papers.map(|paper| paper.name.clone()).collect();
        let there = if files.is_empty() && !claim.loan_papers.contains(code) { "stated" } else { "there" };
        let files = files.join(&say(lang, "separator", &[]));
        vec![nth.to_string(), code.to_uppercase(), document(claim, code, lang), say(lang, there, &[]), files]
    };
    sheet.text("application.none_asked", &[]);
    sheet.table(&["nth", "code", "document", "there", "paper"], codes.iter().zip(1..).map(row).collect());
}

/// Who of the bank wrote it down and handed it in.
fn hands(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    let drafted = claim.last(|act| matches!(act, ClaimAct::Drafted { .. }).then_some(()));
    let submitted = claim.last(|act| matches!(act, ClaimAct::Submitted { .. }).then_some(()));
    for (key, found) in [("drafted_by", drafted), ("submitted_by", submitted)] {
        if let Some((act, ())) = found {
            sheet.field(key, who_when(lang, act));
        }
    }
}
