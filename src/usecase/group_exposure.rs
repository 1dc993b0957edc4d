//! What the firms of one group (集团、实际控制人) owe on loans of the register, and what the fund has promised and paid for
//! them, at every bank.
//!
//! A group is known by what registered forms call it; a firm belongs to every group that any of its loans is filed under,
//! so that its other loans count too, also those that a file told. The limits of the measure are set per borrower: that a
//! group as a whole goes beyond one is a warning for who decides, never a refusal.
//! **Invariant:** this is told to the fund alone: a bank would learn from it that its customer borrows elsewhere.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::UseCaseError;
use super::lives::registration;
use super::measures::{Measure, Measures};
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::GroupName;
use crate::domain::registration_life::{LoanForm, RegistrationStage};
use crate::domain::rulebook::vocabulary::LossLimitKind;
use crate::domain::rulebook::{Money, Open};
use crate::storage::Db;
use crate::storage::find::{Reach, acts, claims, loans, money};
use crate::storage::rows::loans::LoanRow;

/// How a form that names a group is told from others in stored acts.
const NAMES_A_GROUP: &str = "\"group\":\"";

/// A limit per borrower beyond which a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverLimit {
    /// Which: a word of `vocabulary`'s kinds of limits.
    pub kind: &'static str,
    /// The limit.
    pub limit: Fen,
    /// What the group comes to.
    pub figure: Fen,
}

/// A group on the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupExposure {
    /// As the forms name it; several names with a mark between.
    pub group: String,
    /// Firms known to belong to it.
    pub firms: usize,
    /// Banks at which they have loans.
    pub banks: usize,
    /// Their loans that still run.
    pub loans: usize,
    /// What is outstanding on these.
    pub outstanding: Fen,
    /// The part of it that the rights carry.
    pub ip_outstanding: Fen,
    /// What the fund has promised for these: cover, earmarks and orders.
    pub promised: Fen,
    /// What it has paid for them over their lives, less what was given back.
    pub paid: Fen,
    /// Limits per borrower that the group goes beyond.
    pub over: Vec<OverLimit>,
}

impl GroupExposure {
    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let over = self
            .over
            .iter()
            .map(|over| json!({ "limit_kind": over.kind, "limit": over.limit.yuan(), "figure": over.figure.yuan() }));
        json!({
            "group": self.group,
            "firms": self.firms,
            "banks": self.banks,
            "loans": self.loans,
            "outstanding": self.outstanding.yuan(),
            "ip_outstanding": self.ip_outstanding.yuan(),
            "promised": self.promised.yuan(),
            "paid": self.paid.yuan(),
            "over": over.collect::<Vec<_>>(),
        })
    }
}

/// The group of the firm of a form, over the loans on the register; none where nobody names one.
///
/// # Errors
/// Storage; `Rulebook`; `Overflow`; `Corrupt`.
pub fn of_form(
    db: &mut Db,
    fund_id: &str,
    loan_id: &str,
    form: &LoanForm,
) -> Result<Option<GroupExposure>, UseCaseError> {
    of_firm(db, fund_id, (loan_id, form.credit_code.trim(), form.group.as_deref()), form.disbursed_on)
}

/// The group of the firm of a loan, over the loans on the register; none where nobody names one.
///
/// # Errors
/// As `of_form`.
pub fn of_loan(db: &mut Db, loan: &LoanRow) -> Result<Option<GroupExposure>, UseCaseError> {
    let form = registration::form_of(db, &loan.fund_id, &loan.loan_id)?;
    let group = form.as_ref().and_then(|form| form.group.as_deref());
    of_firm(db, &loan.fund_id, (&loan.loan_id, &loan.credit_code, group), loan.disbursed_on)
}

fn of_firm(
    db: &mut Db,
    fund_id: &str,
    (loan_id, credit_code, group): (&str, &str, Option<&str>),
    disbursed_on: NaiveDate,
) -> Result<Option<GroupExposure>, UseCaseError> {
    let mut said = said(db, fund_id)?;
    said.retain(|one| one.loan_id != loan_id);
    let mut groups: BTreeSet<GroupName> =
        group.map(GroupName::new).filter(|name| !name.as_str().is_empty()).into_iter().collect();
    for one in &said {
        if one.credit_code == credit_code && !groups.contains(&one.group) && one.holds(db, fund_id)? {
            groups.insert(one.group.clone());
        }
    }
    if groups.is_empty() {
        return Ok(None);
    }
    let mut firms = BTreeSet::from([credit_code.to_owned()]);
    for one in &said {
        if groups.contains(&one.group) && !firms.contains(&one.credit_code) && one.holds(db, fund_id)? {
            firms.insert(one.credit_code.clone());
        }
    }
    let named: Vec<&str> = groups.iter().map(GroupName::as_str).collect();
    let mut exposure = summed(db, fund_id, &firms, named.join("、"))?;
    exposure.over = over(&exposure, Measures::load(db, fund_id)?.for_loan(disbursed_on)?)?;
    Ok(Some(exposure))
}

/// What a form once said: that a firm belongs to a group.
struct Said {
    loan_id: String,
    credit_code: String,
    group: GroupName,
}

impl Said {
    /// Whether the form that holds for the loan still says so. What is only handed in, or was refused, says nothing.
    fn holds(&self, db: &mut Db, fund_id: &str) -> Result<bool, UseCaseError> {
        let state = registration::state(db, fund_id, &self.loan_id)?;
        let form = state.form.filter(|_| state.stage == RegistrationStage::Registered);
        Ok(form.is_some_and(|form| {
            form.credit_code.trim() == self.credit_code
                && form.group.as_deref().is_some_and(|name| GroupName::new(name) == self.group)
        }))
    }
}

/// Every form that names a group, whatever became of it.
fn said(db: &mut Db, fund_id: &str) -> Result<Vec<Said>, UseCaseError> {
    let words = ["drafted", "amendment_proposed"];
    let told = acts::telling(db, fund_id, registration::LIFE, &words, NAMES_A_GROUP)?;
    let said = told.into_iter().filter_map(|(loan_id, details)| {
        let details: Value = serde_json::from_str(&details).unwrap_or_default();
        let text = |field: &str| details["form"][field].as_str().map(str::trim).filter(|text| !text.is_empty());
        let (credit_code, group) = (text("credit_code")?.to_owned(), GroupName::new(text("group")?));
        Some(Said { loan_id, credit_code, group })
    });
    Ok(said.collect())
}

fn summed(db: &mut Db, fund_id: &str, firms: &BTreeSet<String>, group: String) -> Result<GroupExposure, UseCaseError> {
    let codes: Vec<&str> = firms.iter().map(String::as_str).collect();
    let mut running = loans::of_borrowers(db, &Reach::of_fund(fund_id), &codes)?;
    // A renewed loan is its renewal; cover that is over leaves the debt where it is.
    running
        .retain(|loan| !matches!(loan.ended.as_deref(), Some("cancelled" | "renewed")) && loan.balance_fen != Some(0));
    let mut told = GroupExposure {
        group,
        firms: firms.len(),
        banks: running.iter().map(|loan| &loan.bank).collect::<BTreeSet<_>>().len(),
        loans: running.len(),
        outstanding: Fen::ZERO,
        ip_outstanding: Fen::ZERO,
        promised: Fen::ZERO,
        paid: Fen::ZERO,
        over: Vec::new(),
    };
    for loan in &running {
        let owed = Fen::try_new(loan.balance_fen.unwrap_or(loan.principal_fen))?;
        told.outstanding = told.outstanding.checked_add(owed)?;
        told.ip_outstanding = told.ip_outstanding.checked_add(owed.part_floor(Ppm::try_new(loan.ip_share_ppm)?)?)?;
        told.promised = told.promised.checked_add(promised(db, loan)?)?;
    }
    for credit_code in &codes {
        let paid = money::compensation_paid(db, fund_id, &money::Holder::Borrower { credit_code })?;
        told.paid = told.paid.checked_add(Fen::try_new(paid.max(0))?)?;
    }
    Ok(told)
}

/// Cover of a loan, and what is set aside or ordered for its claims.
fn promised(db: &mut Db, loan: &LoanRow) -> Result<Fen, UseCaseError> {
    let mut sum = Fen::try_new(loan.reserved_fen)?;
    if !loan.claimed {
        return Ok(sum);
    }
    for claim in claims::of_loan(db, &Reach::of_fund(&loan.fund_id), &loan.loan_id)? {
        for kind in ["earmarked", "ordered"] {
            let row = money::commitment(db, kind, &claim.claim_id)?;
            sum = sum.checked_add(Fen::try_new(row.map_or(0, |row| row.amount_fen))?)?;
        }
    }
    Ok(sum)
}

/// The limits per borrower of a measure that the group goes beyond.
fn over(told: &GroupExposure, measure: &Measure) -> Result<Vec<OverLimit>, UseCaseError> {
    let payable = told.promised.checked_add(told.paid)?;
    let for_life = measure.limits.per_borrower_life.map(|limit| ("per_borrower_life", limit, payable));
    let of_losses = measure.rulebook.losses.iter().flat_map(|loss| &loss.limits);
    let counted = of_losses.filter_map(|limit| match (limit.kind, limit.limit) {
        (LossLimitKind::PerBorrowerLive, Open::Known(Money::Amount(most))) => {
            Some((LossLimitKind::PerBorrowerLive.code(), most, told.ip_outstanding))
        }
        _ => None,
    });
    let beyond = for_life.into_iter().chain(counted).filter(|(_, limit, figure)| figure > limit);
    Ok(beyond.map(|(kind, limit, figure)| OverLimit { kind, limit, figure }).collect())
}
