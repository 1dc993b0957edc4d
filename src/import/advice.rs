//! What to do about a refused credit code or patent number.
//!
//! Owns which advice a refusal carries. **Invariant:** advice adds arguments to a refusal and never changes its code,
//! its place or whether it is one.

use super::field::Field;
use super::finding::{ADVICE, Arguments, Fault, FindingCode, SUGGESTED};
use super::row::RowView;
use crate::domain::credit_code::CreditCode;
use crate::domain::credit_code_repair::{self, CodeAdvice};
use crate::domain::names::{IpKind, fold_code};
use crate::domain::nearness::is_near;
use crate::domain::patent_repair::{self, PatentAdvice};

/// Slips between a refused credit code and the one the firm of that name is known by.
const SLIPS_OF_CODES: usize = 2;
/// Slips between a refused patent number and one that the firm is known to have.
const SLIPS_OF_PATENTS: usize = 1;
/// Argument with the name of the firm of a refused record.
pub const FIRM: &str = "firm";
/// Argument with the credit code of the firm of a refused record.
pub const FIRM_CODE: &str = "firm_code";

/// Whether a code refuses a credit code.
#[must_use]
pub const fn refuses_credit_code(code: FindingCode) -> bool {
    matches!(code, FindingCode::UsccCheck | FindingCode::UsccCharset | FindingCode::UsccLength)
}

/// Whether a code refuses a patent number.
#[must_use]
pub const fn refuses_patent(code: FindingCode) -> bool {
    matches!(code, FindingCode::PatentCheck | FindingCode::PatentForm)
}

/// Advises on a refused credit code, and names the firm, so that its known code can be looked for.
pub(super) fn on_credit_code(fault: &mut Fault, head: &RowView<'_>) {
    if !refuses_credit_code(fault.code) {
        return;
    }
    on_code(&mut fault.args, &head.cell(Field::CreditCode).text());
    if let Ok(name) = head.needed_text(Field::Borrower) {
        fault.args.insert(FIRM.to_owned(), name);
    }
}

/// Advises on a credit code that does not read.
pub(super) fn on_code(args: &mut Arguments, text: &str) {
    match credit_code_repair::advise(text) {
        CodeAdvice::Repaired(code) => say(args, "code_suggested", &[(SUGGESTED, code.as_str())]),
        CodeAdvice::Expected(last) => say(args, "code_expected", &[("expected", &last.to_string())]),
        CodeAdvice::WrongInside => say(args, "code_inside", &[]),
        CodeAdvice::Nothing => say(args, "code_licence", &[]),
    }
}

/// Names the firm of a refused patent number, so that its known numbers can be looked for.
pub(super) fn on_firm_of_patent(fault: &mut Fault, head: &RowView<'_>) {
    if refuses_patent(fault.code)
        && let Ok(code) = CreditCode::parse(&head.cell(Field::CreditCode).text())
    {
        fault.args.insert(FIRM_CODE.to_owned(), code.as_str().to_owned());
    }
}

/// Advises on a refused patent number.
pub(super) fn on_patent(args: &mut Arguments, kind: IpKind, number: &str) {
    match patent_repair::advise(kind, number) {
        PatentAdvice::Repaired(number) => say(args, "patent_suggested", &[(SUGGESTED, number.as_str())]),
        PatentAdvice::Expected { check, swapped: Some(number) } => {
            say(args, "patent_swapped", &[("expected", &check.to_string()), (SUGGESTED, number.as_str())]);
        }
        PatentAdvice::Expected { check, swapped: None } => {
            say(args, "patent_expected", &[("expected", &check.to_string())]);
        }
        PatentAdvice::Publication => say(args, "patent_publication", &[]),
        PatentAdvice::Nothing => say(args, "patent_form", &[]),
    }
}

/// Puts advice with its places among the arguments of a refusal, instead of what was there.
pub fn say(args: &mut Arguments, advice: &str, places: &[(&str, &str)]) {
    args.insert(ADVICE.to_owned(), advice.to_owned());
    args.extend(places.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
}

/// Whether a known credit code is what a refused text was meant to be.
#[must_use]
pub fn may_mean_code(refused: &str, known: &str) -> bool {
    is_near(&plain(refused), &plain(known), SLIPS_OF_CODES)
}

/// Whether a known patent number is what a refused text was meant to be. Patents filed together have numbers that
/// differ in a digit and the check digit, so one slip is all there may be.
#[must_use]
pub fn may_mean_patent(refused: &str, known: &str) -> bool {
    is_near(&plain(refused), &plain(known), SLIPS_OF_PATENTS)
}

/// An identifier without the signs that forms of it differ by.
fn plain(text: &str) -> String {
    let folded = fold_code(text);
    let bare = folded.strip_prefix("ZL").or_else(|| folded.strip_prefix("CN")).unwrap_or(&folded);
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}
