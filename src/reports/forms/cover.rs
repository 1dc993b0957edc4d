//! 备案确认书 and 不予备案通知书: what the fund answers to a registration.
//!
//! **Invariant:** the check code of a confirmation covers the facts of the coverage alone, so that anybody who holds
//! the paper can ask whether the books still say the same.

use super::LoanForm;
use super::facts::CoverFacts;
use super::sheet::{Sheet, yes_no};
use crate::i18n::Lang;

fn begun(cover: &CoverFacts, lang: Lang, form: LoanForm) -> Sheet {
    let number = format!("{}-{}-{}", cover.loan.loan_id, form.code(), cover.version);
    let mut sheet = Sheet::about(lang, &format!("title.{}", form.code()), &number, &cover.loan);
    sheet.to(&cover.loan.bank_name);
    sheet.checked_by(cover.check_code.clone());
    sheet
}

fn loan(sheet: &mut Sheet, cover: &CoverFacts) {
    let lang = sheet.lang();
    sheet.heading("heading.loan");
    sheet.field("loan_id", cover.loan.loan_id.clone());
    sheet.loan(&cover.loan);
    sheet.share("annual_rate", cover.loan.annual_rate);
    sheet.day("registered_on", Some(cover.loan.registered_on));
    sheet.field("first_loan", yes_no(lang, cover.first_loan));
    let start_up = cover.start_up.map(|is| yes_no(lang, is)).unwrap_or_default();
    sheet.field("start_up", start_up);
}

/// The confirmation that a loan is covered.
pub(super) fn confirmation(cover: &CoverFacts, lang: Lang) -> Sheet {
    let mut sheet = begun(cover, lang, LoanForm::Confirmation);
    let day = cover.decided_on.to_string();
    sheet.text("confirmation.lead", &[("contract", &cover.loan.contract), ("day", &day)]);
    if cover.queued {
        sheet.text("confirmation.queued", &[]);
    }
    loan(&mut sheet, cover);
    sheet.heading("heading.liability");
    if let Some(rate) = cover.rate {
        sheet.share("fund_rate", rate);
    }
    sheet.amount("ceiling", cover.ceiling);
    sheet.text("confirmation.ceiling", &[]);
    sheet.heading("heading.ratio");
    sheet.told(&cover.steps);
    sheet.heading("heading.voids");
    if cover.voids.is_empty() {
        sheet.text("confirmation.no_void", &[]);
    } else {
        sheet.told(&cover.voids);
    }
    sheet.text("confirmation.first_loan", &[]);
    sheet.text("confirmation.verify", &[]);
    sheet.signs(&["fund_seal", "handled_by", "approved_by", "day"]);
    sheet
}

/// The notice that a loan is not covered.
pub(super) fn refusal(cover: &CoverFacts, lang: Lang) -> Sheet {
    let mut sheet = begun(cover, lang, LoanForm::Refusal);
    let day = cover.decided_on.to_string();
    sheet.text("refusal.lead", &[("contract", &cover.loan.contract), ("day", &day)]);
    loan(&mut sheet, cover);
    sheet.heading("heading.reasons");
    sheet.told(&cover.reasons);
    sheet.text("refusal.remedy", &[]);
    sheet.signs(&["fund_seal", "handled_by", "approved_by", "day"]);
    sheet
}
