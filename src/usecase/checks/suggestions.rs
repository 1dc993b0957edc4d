//! Refused codes and numbers beside what the register knows of the same firm.
//!
//! **Invariant:** only the advice of a refusal changes; where the register knows two that come near, the advice of
//! the rules alone stays.

use std::collections::BTreeSet;

use super::firms::Firms;
use super::registrations::File;
use crate::import::advice::{
    FIRM, FIRM_CODE, may_mean_code, may_mean_patent, refuses_credit_code, refuses_patent, say,
};
use crate::import::finding::{Finding, SUGGESTED};
use crate::storage::Tx;
use crate::storage::find::Reach;
use crate::storage::find::register::{self, KnownFirm};
use crate::usecase::UseCaseError;

/// Refusals compared in one query.
const BATCH: usize = 500;

pub(super) fn improve(
    tx: &mut Tx<'_>,
    reach: &Reach,
    file: &File,
    firms: &Firms,
    rejected: &mut [Finding],
) -> Result<(), UseCaseError> {
    let mut codes: Vec<&mut Finding> = Vec::new();
    let mut patents: Vec<&mut Finding> = Vec::new();
    for finding in rejected {
        if refuses_credit_code(finding.code) && finding.args.contains_key(FIRM) {
            codes.push(finding);
        } else if refuses_patent(finding.code) && finding.args.contains_key(FIRM_CODE) {
            patents.push(finding);
        }
    }
    for batch in codes.chunks_mut(BATCH) {
        let known = register::firms_by_name(tx, reach, &values(batch, FIRM))?;
        batch.iter_mut().for_each(|finding| improve_code(finding, file, firms, &known));
    }
    for batch in patents.chunks_mut(BATCH) {
        let known = register::numbers_of_firms(tx, reach, &values(batch, FIRM_CODE))?;
        batch.iter_mut().for_each(|finding| improve_patent(finding, file, &known));
    }
    Ok(())
}

fn values(batch: &[&mut Finding], name: &str) -> Vec<String> {
    let distinct: BTreeSet<&String> = batch.iter().filter_map(|finding| finding.args.get(name)).collect();
    distinct.into_iter().cloned().collect()
}

fn improve_code(finding: &mut Finding, file: &File, firms: &Firms, known: &[KnownFirm]) {
    let (Some(name), Some(value)) = (finding.args.get(FIRM).cloned(), finding.args.get("value").cloned()) else {
        return;
    };
    let of_name = known.iter().filter(|firm| firm.name == name && may_mean_code(&value, &firm.credit_code));
    let on_register: BTreeSet<(&str, bool)> =
        of_name.map(|firm| (firm.credit_code.as_str(), firm.bank == file.bank)).collect();
    let in_file = firms.code_in_file(&name).filter(|code| may_mean_code(&value, code));
    let all: BTreeSet<&str> = on_register.iter().map(|(code, _)| *code).chain(in_file).collect();
    let Some(code) = one(&all) else { return };
    // That the code comes from another bank's loan is not told.
    let advice = if in_file.is_some() {
        "code_in_file"
    } else if on_register.contains(&(code, true)) {
        "code_known"
    } else {
        "code_suggested"
    };
    say(&mut finding.args, advice, &[(SUGGESTED, code)]);
}

fn improve_patent(finding: &mut Finding, file: &File, known: &[(String, String, String)]) {
    let (Some(firm), Some(value)) = (finding.args.get(FIRM_CODE).cloned(), finding.args.get("value").cloned()) else {
        return;
    };
    let near = known.iter().filter(|(code, _, number)| *code == firm && may_mean_patent(&value, number));
    let near: BTreeSet<(&str, bool)> = near.map(|(_, bank, number)| (number.as_str(), *bank == file.bank)).collect();
    let numbers: BTreeSet<&str> = near.iter().map(|(number, _)| *number).collect();
    let Some(number) = one(&numbers) else { return };
    let advice = if near.contains(&(number, true)) { "patent_known" } else { "patent_suggested" };
    say(&mut finding.args, advice, &[(SUGGESTED, number)]);
}

/// The only one of several.
fn one<'v>(values: &BTreeSet<&'v str>) -> Option<&'v str> {
    if values.len() == 1 { values.first().copied() } else { None }
}
