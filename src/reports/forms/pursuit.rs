//! 追偿情况表 and 补偿损失核销审核表: what came after the payment.
//!
//! **Invariant:** sums are those of the claim; what each party got is printed as it was shared, never shared again.

use super::approval::paper;
use super::facts::{ActFacts, ClaimFacts};
use super::sheet::{Sheet, say, who_when, yuan};
use super::{ClaimForm, about_claim, last_act};
use crate::domain::claim::ClaimAct;
use crate::domain::claim::act::ProposalKind;
use crate::domain::money::Fen;
use crate::i18n::Lang;

/// Every report of the pursuit and everything that was got back; none for a claim that was never paid.
pub(super) fn recovery(claim: &ClaimFacts, lang: Lang) -> Option<Sheet> {
    claim.last(|act| matches!(act, ClaimAct::Paid { .. }).then_some(()))?;
    let mut sheet = about_claim(claim, lang, ClaimForm::Recovery, "title.recovery", last_act(claim));
    head(&mut sheet, claim);
    sheet.heading("heading.reports");
    let reports = claim.acts.iter().filter_map(|act| report(act, lang)).collect();
    let columns = ["quarter", "progress", "court", "case_no", "#gross", "#cost", "next_step", "by"];
    sheet.table(&columns, reports);
    sheet.heading("heading.collected");
    let collected = claim.standing().filter_map(|act| collection(claim, act, lang)).collect();
    sheet.table(&["on", "kind", "#gross", "#cost", "parts", "#fund_part", "#surplus", "by"], collected);
    sheet.heading("heading.banked");
    let banked = claim.standing().filter_map(|act| arrival(act, lang)).collect();
    sheet.table(&["on", "destination", "voucher_no", "#amount", "by"], banked);
    sheet.heading("heading.sums");
    sums(&mut sheet, claim);
    sheet.signs(&["drafted_by", "reviewed_by", "head_of_bank", "bank_seal", "day"]);
    Some(sheet)
}

fn head(sheet: &mut Sheet, claim: &ClaimFacts) {
    sheet.heading("heading.claim");
    sheet.case(claim);
    sheet.loan(&claim.loan);
    let paid = claim.last(|act| match act {
        ClaimAct::Paid { paid_on, voucher_no } => Some((*paid_on, voucher_no.clone())),
        _ => None,
    });
    if let Some((_, (paid_on, voucher_no))) = paid {
        sheet.day("paid_on", Some(paid_on));
        sheet.field("voucher_no", voucher_no);
    }
    sheet.amount("paid_net", claim.sums.paid);
}

fn report(act: &ActFacts, lang: Lang) -> Option<Vec<String>> {
    let ClaimAct::RecoveryReported { quarter, progress, court, case_no, gross, cost, next_step } = &act.act else {
        return None;
    };
    Some(vec![
        quarter.clone(),
        progress.clone(),
        court.clone().unwrap_or_default(),
        case_no.clone().unwrap_or_default(),
        yuan(*gross),
        yuan(*cost),
        next_step.clone(),
        who_when(lang, act),
    ])
}

fn collection(claim: &ClaimFacts, act: &ActFacts, lang: Lang) -> Option<Vec<String>> {
    match &act.act {
        ClaimAct::RecoveryCollected { kind, gross, cost, on, parts, fund_part, surplus, .. } => {
            let told = parts.iter().map(|part| format!("{} {}", claim.party(&part.party, lang), yuan(part.amount)));
            Some(vec![
                on.to_string(),
                say(lang, &format!("recovery_kind.{}", kind.code()), &[]),
                yuan(*gross),
                yuan(*cost),
                told.collect::<Vec<_>>().join(&say(lang, "separator", &[])),
                fund_part.map(yuan).unwrap_or_default(),
                surplus.map(yuan).unwrap_or_default(),
                who_when(lang, act),
            ])
        }
        ClaimAct::RecoveryAllocated { movement, amount, fund_part } => Some(vec![
            act.on.to_string(),
            say(lang, "recovery_kind.allocated", &[("movement", movement)]),
            amount.map(yuan).unwrap_or_default(),
            String::new(),
            String::new(),
            fund_part.map(yuan).unwrap_or_default(),
            String::new(),
            who_when(lang, act),
        ]),
        _ => None,
    }
}

fn arrival(act: &ActFacts, lang: Lang) -> Option<Vec<String>> {
    let ClaimAct::RecoveryBanked { amount, on, destination, voucher_no } = &act.act else { return None };
    Some(vec![
        on.to_string(),
        say(lang, &format!("destination.{}", destination.code()), &[]),
        voucher_no.clone(),
        yuan(*amount),
        who_when(lang, act),
    ])
}

fn sums(sheet: &mut Sheet, claim: &ClaimFacts) {
    let gross = claim.standing().filter_map(|act| match &act.act {
        ClaimAct::RecoveryCollected { gross, cost, .. } => Some((*gross, *cost)),
        _ => None,
    });
    let (mut all, mut costs) = (Fen::ZERO, Fen::ZERO);
    for (gross, cost) in gross {
        all = all.checked_add(gross).unwrap_or(all);
        costs = costs.checked_add(cost).unwrap_or(costs);
    }
    sheet.figure("gross_sum", Some(all));
    sheet.figure("cost_sum", Some(costs));
    sheet.amount("collected", claim.sums.collected);
    sheet.figure("banked", Some(claim.sums.banked));
    sheet.figure("in_transit", Some(claim.sums.collected.saturating_sub(claim.sums.banked)));
    sheet.amount("open_loss", claim.sums.paid.saturating_sub(claim.sums.collected));
}

/// The sheet on which a write-off of the fund's loss is judged; none where none was proposed.
pub(super) fn write_off(claim: &ClaimFacts, lang: Lang) -> Option<Sheet> {
    let (proposed, (basis, basis_since, ground, evidence)) = claim.last(|act| match act {
        ClaimAct::Proposed { proposal: ProposalKind::WriteOff, basis, basis_since, ground, evidence } => {
            Some((basis, basis_since, ground, evidence))
        }
        _ => None,
    })?;
    let at = Some((proposed.version, proposed.event.as_str()));
    let mut sheet = about_claim(claim, lang, ClaimForm::WriteOff, "title.write_off", at);
    head(&mut sheet, claim);
    sheet.heading("heading.sums");
    sums(&mut sheet, claim);
    sheet.heading("heading.proposal");
    if let Some(basis) = basis {
        sheet.field("basis", say(lang, &format!("write_off_basis.{}", basis.code()), &[]));
        sheet.day("basis_since", *basis_since);
    }
    sheet.field("grounds", ground.clone());
    let named: Vec<String> = evidence
        .iter()
        .map(|code| match claim.papers.iter().any(|known| known.id == *code) {
            true => paper(claim, code),
            false => super::notices::document(claim, code, lang),
        })
        .collect();
    sheet.field("evidence", named.join(&say(lang, "separator", &[])));
    sheet.field("proposed_by", who_when(lang, proposed));
    sheet.heading("heading.decision");
    let decided = claim.acts.iter().find_map(|act| match &act.act {
        ClaimAct::ProposalDecided { accepted, note, minutes_no } if act.version > proposed.version => {
            Some((act, *accepted, note, minutes_no))
        }
        _ => None,
    });
    match decided {
        Some((act, accepted, note, minutes_no)) => {
            let word = say(lang, if accepted { "write_off.accepted" } else { "write_off.refused" }, &[]);
            sheet.field("decision", [word, note.clone().unwrap_or_default()].join(" ").trim().to_owned());
            sheet.field("minutes_no", minutes_no.clone().unwrap_or_default());
            sheet.field("decided_by", who_when(lang, act));
        }
        None => sheet.blank("approval.open"),
    }
    sheet.text("write_off.kept", &[]);
    sheet.signs(&["handled_by", "approved_by", "treasury_seal", "fund_seal", "day"]);
    Some(sheet)
}
