//! 补偿审批表 (`shuozhou.md` §6.4): every step of a claim from acceptance to receipt, with who took it and on what.
//!
//! **Invariant:** a step that was not taken is left open for the pen; one that was is printed from its act alone.

use super::facts::{ActFacts, ClaimFacts};
use super::notices::document;
use super::sheet::{Sheet, say, who_when, yes_no, yuan};
use super::{ClaimForm, about_claim, last_act};
use crate::domain::claim::ClaimAct;
use crate::domain::claim::act::{CheckAnswer, Inspection, Meeting};
use crate::domain::money::Fen;
use crate::i18n::Lang;

/// The approval sheet of a claim, as far as it has come.
pub(super) fn approval(claim: &ClaimFacts, lang: Lang) -> Sheet {
    let mut sheet = about_claim(claim, lang, ClaimForm::Approval, "title.approval", last_act(claim));
    head(&mut sheet, claim);
    acceptance(&mut sheet, claim);
    review(&mut sheet, claim);
    decision(&mut sheet, claim);
    publicity(&mut sheet, claim);
    countersignature(&mut sheet, claim);
    payment(&mut sheet, claim);
    receipt(&mut sheet, claim);
    log(&mut sheet, claim);
    sheet.heading("heading.file");
    sheet.blank("approval.file");
    sheet.signs(&["reviewed_by", "approved_by", "treasury_seal", "fund_seal", "day"]);
    sheet
}

fn head(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.claim");
    sheet.case(claim);
    sheet.day("filed_on", Some(claim.filed_on));
    sheet.field("stage", say(lang, &format!("stage.{}", claim.stage), &[]));
    sheet.loan(&claim.loan);
    sheet.figure("outstanding", Some(claim.figures.outstanding));
    match claim.figures.applied {
        Some(amount) => sheet.amount("applied", amount),
        None => sheet.field("applied", ""),
    }
    if let Some(row) = &claim.calculation {
        sheet.field("calculation", format!("{}-{}", claim.claim_id, row.version));
        sheet.amount("payable", row.payable);
    }
    let granted = claim.last(|act| match act {
        ClaimAct::Approved { amount, .. } => Some(*amount),
        _ => None,
    });
    match granted {
        Some((_, amount)) => sheet.amount("granted", amount),
        None => sheet.field("granted", ""),
    }
}

fn acceptance(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.acceptance");
    let accepted = claim.last(|act| match act {
        ClaimAct::Accepted { note } => Some(note.clone()),
        _ => None,
    });
    match accepted {
        Some((act, note)) => {
            sheet.field("handled_by", who_when(lang, act));
            sheet.field("opinion", note.unwrap_or_else(|| say(lang, "approval.accepted", &[])));
        }
        None => sheet.blank("approval.open"),
    }
}

fn review(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.review");
    let found = claim.last(|act| match act {
        ClaimAct::Reviewed { opinion, checks, inspection, early_default, no_conflict, note } => {
            Some((*opinion, checks, inspection, early_default, *no_conflict, note))
        }
        _ => None,
    });
    super::application::materials(sheet, claim);
    let Some((act, (opinion, checks, inspection, early_default, no_conflict, note))) = found else {
        sheet.blank("approval.open");
        return;
    };
    answers(sheet, checks);
    if let Some(inspection) = inspection {
        closer_look(sheet, claim, inspection);
    }
    if let Some(text) = early_default {
        sheet.field("early_default", text.clone());
    }
    let word = say(lang, &format!("opinion.{}", opinion.code()), &[]);
    sheet.field("opinion", [word, note.clone().unwrap_or_default()].join(" ").trim().to_owned());
    declaration(sheet, no_conflict);
    sheet.field("reviewed_by", who_when(lang, act));
}

fn answers(sheet: &mut Sheet, checks: &[CheckAnswer]) {
    let lang = sheet.lang();
    let row = |(answer, nth): (&CheckAnswer, u32)| {
        vec![nth.to_string(), answer.item.clone(), yes_no(lang, answer.holds), answer.note.clone().unwrap_or_default()]
    };
    sheet.table(&["nth", "point", "holds", "note"], checks.iter().zip(1..).map(row).collect());
}

fn closer_look(sheet: &mut Sheet, claim: &ClaimFacts, inspection: &Inspection) {
    let lang = sheet.lang();
    sheet.field("inspection", say(lang, &format!("inspection.{}", inspection.kind.code()), &[]));
    sheet.day("held_on", Some(inspection.held_on));
    sheet.field("members", inspection.members.join(&say(lang, "separator", &[])));
    declaration(sheet, inspection.no_conflict);
    sheet.field("findings", inspection.findings.clone());
    sheet.field("report_no", inspection.report_no.clone());
    if let Some(scan) = &inspection.scan {
        sheet.field("scan", paper(claim, scan));
    }
}

/// A paper by its name and the first characters of its hash.
pub(super) fn paper(claim: &ClaimFacts, id: &str) -> String {
    let known = claim.papers.iter().find(|paper| paper.id == id);
    known.map_or_else(|| id.to_owned(), |paper| format!("{} ({id}) SHA-256 {}", paper.name, paper.hash))
}

fn declaration(sheet: &mut Sheet, no_conflict: bool) {
    let lang = sheet.lang();
    sheet.field("declaration", say(lang, if no_conflict { "declared" } else { "not_declared" }, &[]));
}

/// Every grant of the claim: one may be void and followed by another.
fn decision(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.decision");
    let mut any = false;
    for act in &claim.acts {
        match &act.act {
            ClaimAct::Approved { level, amount, no_conflict, reduced_because, meeting, signed_scan, .. } => {
                any = true;
                let at = act.office.level.as_ref().or(level.as_ref());
                sheet.field("level", at.map(|id| claim.level(id, lang)).unwrap_or_default());
                sheet.amount("granted", *amount);
                if let Some(why) = reduced_because {
                    sheet.field("reduced_because", why.clone());
                }
                declaration(sheet, *no_conflict);
                way(sheet, claim, meeting.as_ref(), signed_scan.as_deref());
                sheet.field("approved_by", who_when(lang, act));
            }
            ClaimAct::ApprovalConfirmed { note } => {
                any = true;
                sheet.field("confirmed_by", [who_when(lang, act), note.clone().unwrap_or_default()].join(" "));
            }
            ClaimAct::Rejected { note, .. } => {
                any = true;
                sheet.field("rejected_by", [who_when(lang, act), note.clone()].join(" "));
            }
            _ => {}
        }
    }
    if !any {
        sheet.blank("approval.open");
    }
}

/// On line, by a meeting, or by a wet signature.
fn way(sheet: &mut Sheet, claim: &ClaimFacts, meeting: Option<&Meeting>, signed_scan: Option<&str>) {
    let lang = sheet.lang();
    let word = match (meeting, signed_scan) {
        (Some(_), _) => "way.meeting",
        (None, Some(_)) => "way.paper",
        (None, None) => "way.online",
    };
    sheet.field("way", say(lang, word, &[]));
    if let Some(meeting) = meeting {
        sheet.field("meeting", meeting.name.clone());
        sheet.day("held_on", Some(meeting.held_on));
        let counted = [
            ("present", meeting.present.to_string()),
            ("required", meeting.required.to_string()),
            ("for", meeting.votes_for.to_string()),
            ("against", meeting.votes_against.to_string()),
        ];
        let places: Vec<(&str, &str)> = counted.iter().map(|(name, count)| (*name, count.as_str())).collect();
        sheet.field("votes", say(lang, "votes", &places));
        sheet.field("minutes_no", meeting.minutes_no.clone());
        sheet.field("scan", paper(claim, &meeting.scan));
    }
    if let Some(scan) = signed_scan {
        sheet.field("signed_scan", paper(claim, scan));
    }
}

fn publicity(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.publicity");
    let rows: Vec<Vec<String>> = claim
        .acts
        .iter()
        .filter_map(|act| {
            let (what, told) = match &act.act {
                ClaimAct::Publicised { medium, from, until } => {
                    let until = until.unwrap_or(*from).to_string();
                    let places = [("medium", &**medium), ("from", &*from.to_string()), ("until", &*until)];
                    ("publicised", say(lang, "approval.publicised", &places))
                }
                ClaimAct::Objected { by, text } => {
                    ("objected", say(lang, "approval.objected", &[("by", by), ("text", text)]))
                }
                ClaimAct::ObjectionSettled { upheld, note } => {
                    let key = if *upheld { "approval.upheld" } else { "approval.dismissed" };
                    ("objection_settled", say(lang, key, &[("note", note)]))
                }
                _ => return None,
            };
            Some(vec![say(lang, &format!("act.{what}"), &[]), told, who_when(lang, act)])
        })
        .collect();
    sheet.table(&["step", "told", "by"], rows);
}

fn countersignature(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.countersignature");
    let signed = claim.last(|act| match act {
        ClaimAct::Countersigned { funded_from, document_no, no_conflict } => {
            Some((funded_from, document_no, *no_conflict))
        }
        _ => None,
    });
    let Some((act, (funded_from, document_no, no_conflict))) = signed else {
        sheet.blank("approval.open");
        return;
    };
    sheet.field("funded_from", funded_from.clone());
    sheet.field("quota_no", document_no.clone().unwrap_or_default());
    declaration(sheet, no_conflict);
    sheet.field("countersigned_by", who_when(lang, act));
}

fn payment(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.payment");
    let mut any = false;
    let mut ordered = Fen::ZERO;
    for act in &claim.acts {
        match &act.act {
            ClaimAct::Ordered { amount, payee, external_no, account_changed, despite_calendar } => {
                any = true;
                ordered = *amount;
                sheet.amount("ordered", *amount);
                sheet.field("payee", payee.clone().unwrap_or_default());
                if *account_changed == Some(true) {
                    sheet.field("account_changed", yes_no(lang, true));
                }
                sheet.field("external_no", external_no.clone().unwrap_or_default());
                if let Some(why) = despite_calendar {
                    sheet.field("despite_calendar", why.clone());
                }
                sheet.field("ordered_by", who_when(lang, act));
            }
            ClaimAct::OrderCancelled { reason } => {
                sheet.field("order_cancelled", [reason.clone(), who_when(lang, act)].join(" "));
            }
            ClaimAct::Paid { paid_on, voucher_no } => {
                sheet.amount("paid", ordered);
                sheet.day("paid_on", Some(*paid_on));
                sheet.field("voucher_no", voucher_no.clone());
                sheet.field("paid_by", who_when(lang, act));
            }
            ClaimAct::Bounced { bounced_on, reason } => {
                sheet.field("bounced", [bounced_on.to_string(), reason.clone(), who_when(lang, act)].join(" "));
            }
            _ => {}
        }
    }
    if !any {
        sheet.blank("approval.open");
    }
}

fn receipt(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.receipt");
    let received = claim.last(|act| match act {
        ClaimAct::Received { received_on, bank_receipt_no } => Some((*received_on, bank_receipt_no)),
        _ => None,
    });
    let Some((act, (received_on, bank_receipt_no))) = received else {
        sheet.blank("approval.open");
        return;
    };
    sheet.day("received_on", Some(received_on));
    sheet.field("bank_receipt_no", bank_receipt_no.clone());
    sheet.field("received_by", who_when(lang, act));
}

/// Every act in order, returns and appeals among them, so that no step is missing from the sheet.
fn log(sheet: &mut Sheet, claim: &ClaimFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.log");
    let row = |act: &ActFacts| {
        let step = say(lang, &format!("act.{}", crate::domain::detail::Act::word(&act.act)), &[]);
        vec![act.version.to_string(), step, remark(claim, act, lang), who_when(lang, act)]
    };
    sheet.table(&["nth", "step", "told", "by"], claim.acts.iter().map(row).collect());
}

/// What an act adds in words or money that the sections above do not print.
fn remark(claim: &ClaimFacts, act: &ActFacts, lang: Lang) -> String {
    match &act.act {
        ClaimAct::Returned { deficiencies, .. } => {
            let told = deficiencies.iter().map(|fault| {
                let word = say(lang, &format!("deficiency.{}", fault.code.code()), &[]);
                let paper = fault.document.as_deref().map(|code| document(claim, code, lang));
                [Some(word), paper, fault.note.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
            });
            told.collect::<Vec<_>>().join(&say(lang, "separator", &[]))
        }
        ClaimAct::Relodged { note, .. } | ClaimAct::Submitted { note } => note.clone().unwrap_or_default(),
        ClaimAct::Withdrawn { reason } => reason.clone(),
        ClaimAct::Appealed { grounds } => grounds.clone(),
        ClaimAct::AppealDecided { note, .. } => note.clone(),
        ClaimAct::Resettled { cause, due, .. } => {
            [due.map(yuan).unwrap_or_default(), cause.clone()].join(" ").trim().to_owned()
        }
        ClaimAct::GivenBack { amount, voucher_no, .. } | ClaimAct::RecoveryBanked { amount, voucher_no, .. } => {
            [yuan(*amount), voucher_no.clone()].join(" ")
        }
        ClaimAct::RecoveryCollected { gross, .. } => yuan(*gross),
        ClaimAct::Proposed { ground, .. } => ground.clone(),
        ClaimAct::ApprovalRevoked { reason } => reason.clone(),
        ClaimAct::MovementReversed { act_no, reason } => format!("{act_no} {reason}"),
        ClaimAct::ResettlementDecided { meeting: Some(meeting), .. } => {
            [meeting.name.clone(), meeting.minutes_no.clone()].join(" ")
        }
        _ => String::new(),
    }
}
