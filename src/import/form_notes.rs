//! What a form of a loan says wrong or unlikely, while it is still being written: the findings of a file's row, field by
//! field, on as much as is there.
//!
//! **Invariant:** a field that is empty or does not read says nothing here; what refuses a row refuses a field.

use std::str::FromStr;

use chrono::NaiveDate;
use serde_json::Value;

use super::field::Field;
use super::finding::{Arguments, Fault, FindingCode, reason_with_advice};
use super::registration::{HIGHEST_RATE_PPM, credit_code_fault};
use super::{advice, loan_notes, rights};
use crate::domain::credit_code::CreditCode;
use crate::domain::money::{Fen, Ppm};
use crate::domain::names::IpKind;
use crate::i18n::Lang;

/// Something about one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormNote {
    /// Place of the field within the form, as `rights[2].number`.
    pub at: String,
    /// The form cannot be taken with it.
    pub refuses: bool,
    /// Why.
    pub code: FindingCode,
    /// What fills the reason.
    pub args: Arguments,
}

impl FormNote {
    /// In words, with what was most likely meant.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        reason_with_advice(self.code, &self.args, lang)
    }
}

/// The fields of a form as far as they read: amounts in yuan, shares as decimals, days as `2026-08-01`.
struct Form<'v>(&'v Value);

impl Form<'_> {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default().trim()
    }

    fn read<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    fn money(&self, name: &str) -> Option<Fen> {
        Fen::from_yuan(self.text(name)).ok()
    }
}

/// What is to be said of a form so far.
#[must_use]
pub fn notes(form: &Value) -> Vec<FormNote> {
    let mut found = Vec::new();
    let form = Form(form);
    of_firm(&form, &mut found);
    of_loan(&form, &mut found);
    of_rights(&form, &mut found);
    found
}

fn note(at: &str, refuses: bool, fault: Fault) -> FormNote {
    FormNote { at: at.to_owned(), refuses, code: fault.code, args: fault.args }
}

fn of_firm(form: &Form<'_>, found: &mut Vec<FormNote>) {
    let typed = form.text("credit_code");
    match CreditCode::parse(typed) {
        _ if typed.is_empty() => {}
        Ok(code) => found.extend(loan_notes::code_inside(&code).map(|fault| note("credit_code", false, fault))),
        Err(error) => {
            let mut fault = credit_code_fault(typed, error);
            advice::on_code(&mut fault.args, typed);
            found.push(note("credit_code", true, fault));
        }
    }
    let days = form.read("founded_on").zip(form.read("disbursed_on"));
    let after = days.and_then(|(founded, disbursed)| loan_notes::founded_after(founded, disbursed));
    found.extend(after.map(|fault| note("founded_on", true, fault)));
    let employees = form.0["employees"].as_u64().and_then(|count| u32::try_from(count).ok());
    let revenue = loan_notes::revenue(form.money("revenue"), employees);
    found.extend(revenue.map(|fault| note("revenue", false, fault)));
}

fn of_loan(form: &Form<'_>, found: &mut Vec<FormNote>) {
    let days: Option<(NaiveDate, NaiveDate)> = form.read("disbursed_on").zip(form.read("matures_on"));
    if let Some((start, end)) = days.filter(|(start, end)| end < start) {
        let args = [("start", &*start.to_string()), ("end", &*end.to_string())];
        found.push(note("matures_on", true, Fault::new(Field::MaturesOn, FindingCode::DateOrder, &args)));
    }
    let typed = form.text("annual_rate");
    let highest = Ppm::try_new(HIGHEST_RATE_PPM).unwrap_or(Ppm::ONE);
    if let Some(rate) = Ppm::from_fraction(typed).ok().filter(|rate| *rate > highest) {
        let args = [("value", &*rate.percent())];
        found.push(note("annual_rate", true, Fault::new(Field::AnnualRate, FindingCode::RateRange, &args)));
    }
    if let Some(share) = Ppm::from_fraction(form.text("ip_share")).ok().filter(|share| *share > Ppm::ONE) {
        let args = [("value", &*share.percent())];
        found.push(note("ip_share", true, Fault::new(Field::IpShare, FindingCode::IpShareRange, &args)));
    }
    let Some(principal) = form.money("principal").filter(|principal| *principal > Fen::ZERO) else { return };
    let insured = Fen::from_yuan(form.0["insurance"]["insured_sum"].as_str().unwrap_or_default()).ok();
    let beside = [
        ("insurance.insured_sum", Field::InsuredSum, insured),
        ("appraised_total", Field::Appraised, form.money("appraised_total")),
    ];
    for (at, field, amount) in beside {
        let fault = amount.and_then(|amount| loan_notes::unit_fault(field, "principal", amount, principal));
        found.extend(fault.map(|fault| note(at, false, fault)));
    }
}

fn of_rights(form: &Form<'_>, found: &mut Vec<FormNote>) {
    let disbursed: Option<NaiveDate> = form.read("disbursed_on");
    let all = form.0["rights"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (nth, right) in (1..).zip(all) {
        let right = Form(right);
        let Some(kind) = IpKind::from_code(right.text("kind")) else { continue };
        let (at, typed) = (format!("rights[{nth}].number"), right.text("number"));
        if typed.is_empty() {
            continue;
        }
        match rights::number_of(kind, typed, disbursed) {
            Ok(number) => found.extend(loan_notes::kind_digit(kind, &number).map(|fault| note(&at, false, fault))),
            Err(fault) => found.push(note(&at, true, fault)),
        }
    }
}
