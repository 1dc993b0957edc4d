//! Printed forms of a fund (HTML for A4), in Chinese and English.
//!
//! Reading order: `facts` (what a form is filled in with), `sheet` (what every form is made of), then one module for
//! each place where forms are used: `cover`, `notices`, `application`, `approval`, `pursuit`, `call`.
//! **Invariant:** a form is a function of its facts and its language: no clock, no database, no file.

pub mod application;
pub mod approval;
pub mod call;
pub mod cover;
pub mod facts;
pub mod notices;
pub mod pursuit;
pub mod sheet;

use self::facts::{ClaimFacts, CoverFacts};
use self::sheet::{Sheet, check_code};
use crate::i18n::Lang;

/// A form about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimForm {
    /// 补偿申请书.
    Application,
    /// 补偿审批表.
    Approval,
    /// 退回补正通知书.
    Returned,
    /// 不予受理、不予补偿通知书.
    Rejected,
    /// 追偿情况表.
    Recovery,
    /// 补偿损失核销审核表.
    WriteOff,
}

impl ClaimForm {
    /// Every form.
    pub const ALL: [ClaimForm; 6] = [
        ClaimForm::Application,
        ClaimForm::Approval,
        ClaimForm::Returned,
        ClaimForm::Rejected,
        ClaimForm::Recovery,
        ClaimForm::WriteOff,
    ];

    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ClaimForm::Application => "application",
            ClaimForm::Approval => "approval",
            ClaimForm::Returned => "returned",
            ClaimForm::Rejected => "rejected",
            ClaimForm::Recovery => "recovery",
            ClaimForm::WriteOff => "write-off",
        }
    }

    /// The form in a language; none where the claim gives no occasion for it.
    #[must_use]
    pub fn fill(self, claim: &ClaimFacts, lang: Lang) -> Option<Sheet> {
        match self {
            ClaimForm::Application => Some(application::application(claim, lang)),
            ClaimForm::Approval => Some(approval::approval(claim, lang)),
            ClaimForm::Returned => notices::returned(claim, lang),
            ClaimForm::Rejected => notices::rejected(claim, lang),
            ClaimForm::Recovery => pursuit::recovery(claim, lang),
            ClaimForm::WriteOff => pursuit::write_off(claim, lang),
        }
    }
}

/// A form about a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoanForm {
    /// 备案确认书.
    Confirmation,
    /// 不予备案通知书.
    Refusal,
}

impl LoanForm {
    /// Stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            LoanForm::Confirmation => "confirmation",
            LoanForm::Refusal => "refusal",
        }
    }

    /// The form in a language; none where the loan gives no occasion for it.
    #[must_use]
    pub fn fill(self, cover: &CoverFacts, lang: Lang) -> Option<Sheet> {
        match self {
            LoanForm::Confirmation if cover.covered => Some(cover::confirmation(cover, lang)),
            LoanForm::Refusal if !cover.covered => Some(cover::refusal(cover, lang)),
            _ => None,
        }
    }
}

/// A form about a claim begun: number after the act it states, check code over the claim and the event of that act.
fn about_claim(claim: &ClaimFacts, lang: Lang, form: ClaimForm, title: &str, at: Option<(i64, &str)>) -> Sheet {
    let (version, event) = at.unwrap_or((0, ""));
    let number = format!("{}-{}-{version}", claim.case_no, form.code());
    let mut sheet = Sheet::about(lang, title, &number, &claim.loan);
    let calculation = claim.calculation.as_ref().map_or(0, |row| row.version).to_string();
    let hash = claim.loan.measure.hash.as_str();
    sheet.checked_by(check_code(&[form.code(), &claim.claim_id, &version.to_string(), event, &calculation, hash]));
    sheet
}

/// The last act of a claim: its number and the hash of its event.
fn last_act(claim: &ClaimFacts) -> Option<(i64, &str)> {
    claim.acts.last().map(|act| (act.version, act.event.as_str()))
}
