//! The pledged rights of a registered loan, from one cell or from several rows.
//!
//! **Invariant:** every right has a kind of the list and a number that keeps the check digit of its kind.

use chrono::NaiveDate;

use super::advice;
use super::field::Field;
use super::finding::{Fault, FindingCode};
use super::row::RowView;
use super::rows::Placed;
use crate::domain::ip_right::{IpNumber, IpNumberError, term_end};
use crate::domain::names::IpKind;
use crate::domain::registration::PledgedRight;

/// The rights of a loan whose rights stand in one row.
pub(super) fn from_one_row(view: &RowView<'_>, disbursed_on: NaiveDate) -> Result<Vec<PledgedRight>, Placed> {
    let kinds = view.parts(Field::IpKind, &view.needed_text(Field::IpKind)?);
    let numbers = view.parts(Field::IpNumber, &view.needed_text(Field::IpNumber)?);
    let whole_title = view.text(Field::IpTitle)?;
    let mut titles = view.parts(Field::IpTitle, &whole_title);
    // The separator may be part of the title of a single right.
    if numbers.len() == 1 && !titles.is_empty() {
        titles = vec![whole_title];
    }
    // A right without a title among others that have one.
    for title in titles.iter_mut().filter(|title| view.says_nothing(title)) {
        title.clear();
    }
    titles.resize(if titles.is_empty() { numbers.len() } else { titles.len() }, String::new());
    if kinds.len() != numbers.len() || titles.len() != numbers.len() {
        let counts = [kinds.len(), numbers.len(), titles.len()].map(|count| count.to_string());
        let [kinds, numbers, titles] = &counts;
        let args = [("kinds", kinds.as_str()), ("numbers", numbers.as_str()), ("titles", titles.as_str())];
        return Err(Fault::new(Field::IpNumber, FindingCode::IpCount, &args).into());
    }
    let mut rights = Vec::with_capacity(numbers.len());
    for ((kind, number), title) in kinds.iter().zip(&numbers).zip(titles) {
        rights.push(right(view, kind, number, title, disbursed_on)?);
    }
    Ok(rights)
}

/// The rights of a loan that has one row a right.
pub(super) fn from_rows(rows: &[RowView<'_>], disbursed_on: NaiveDate) -> Result<Vec<PledgedRight>, Placed> {
    rows.iter()
        .map(|view| from_right_row(view, disbursed_on).map_err(|fault| Placed { fault, row: Some(view.number()) }))
        .collect()
}

fn from_right_row(view: &RowView<'_>, disbursed_on: NaiveDate) -> Result<PledgedRight, Fault> {
    let kind = view.needed_text(Field::IpKind)?;
    let number = view.needed_text(Field::IpNumber)?;
    let title = view.text(Field::IpTitle)?;
    let mut right = right(view, &kind, &number, title, disbursed_on)?;
    right.appraised = view.money(Field::Appraised)?;
    Ok(right)
}

fn right(
    view: &RowView<'_>,
    kind: &str,
    number: &str,
    title: String,
    disbursed_on: NaiveDate,
) -> Result<PledgedRight, Fault> {
    let unknown = || Fault::new(Field::IpKind, FindingCode::IpKindUnknown, &[("value", kind)]);
    let kind = view.word_of(Field::IpKind, kind, IpKind::from_zh).ok_or_else(unknown)?;
    let checked = number_of(kind, number, Some(disbursed_on))?;
    Ok(PledgedRight { kind, number: checked, title, appraised: None })
}

/// The number of a right whose term is not over on a day, where the day is known.
pub(super) fn number_of(kind: IpKind, number: &str, disbursed_on: Option<NaiveDate>) -> Result<IpNumber, Fault> {
    let checked = IpNumber::read(kind, number).map_err(|error| {
        let code = match error {
            IpNumberError::Form => FindingCode::PatentForm,
            IpNumberError::Check { .. } => FindingCode::PatentCheck,
        };
        let mut fault = Fault::new(Field::IpNumber, code, &[("value", number)]);
        if kind.is_patent() {
            advice::on_patent(&mut fault.args, kind, number);
        }
        fault
    })?;
    match disbursed_on {
        Some(day) if term_end(kind, &checked).certainly_over_before(day) => {
            let args = [("number", checked.as_str()), ("date", &*day.to_string())];
            Err(Fault::new(Field::IpNumber, FindingCode::IpTermOver, &args))
        }
        _ => Ok(checked),
    }
}
