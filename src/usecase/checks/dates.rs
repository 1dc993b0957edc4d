//! Dates of a loan beside the day of the import, and the age a measure asks.
//!
//! **Invariant:** the age is that of the day of disbursement, under the measure that governs it.

use chrono::NaiveDate;

use super::registrations::File;
use crate::domain::calendar::full_months;
use crate::domain::minimum_age::minimum_age;
use crate::import::field::Field;
use crate::import::finding::FindingCode;
use crate::storage::rows::loans::LoanRegistrationRow;
use crate::usecase::measures::Measures;

pub(super) fn look(file: &mut File, loan: &LoanRegistrationRow, on: NaiveDate, measures: &Measures) {
    for (field, day) in [(Field::FoundedOn, loan.founded_on), (Field::DisbursedOn, loan.disbursed_on)] {
        if day > on {
            let args = [("value", &*day.to_string()), ("date", &*on.to_string())];
            file.note(loan, field, FindingCode::DateInFuture, &args);
        }
    }
    let Some(measure) = measures.governing(loan.disbursed_on) else { return };
    let Some(least) = minimum_age(&measure.rulebook) else { return };
    let found = full_months(loan.founded_on, loan.disbursed_on);
    if found < least.months {
        let (found, months) = (found.to_string(), least.months.to_string());
        let rulebook = measure.rulebook.name();
        let article = least.test.origin.article.as_deref().unwrap_or(&least.test.id);
        let args = [("found", &*found), ("least", &*months), ("rulebook", &*rulebook), ("article", article)];
        file.note(loan, Field::FoundedOn, FindingCode::AgeBelowMinimum, &args);
    }
}
