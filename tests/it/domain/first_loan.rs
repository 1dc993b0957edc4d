//! First-time borrowers: what refutes a declaration and what does not.

use std::time::Instant;

use chrono::Days;
use pledgefund::domain::credit_code::CreditCode;
use pledgefund::domain::first_loan::{LoanRef, refuted};
use pledgefund::domain::names::PartnerCode;
use proptest::prelude::*;

use super::day;

const FIRMS: [&str; 3] = ["91140602MA0HT3K731", "91140681MA0LB5X26D", "91140600757263187U"];

/// (firm, bank, days after 2024-01-01, declared).
type Given = (usize, usize, u64, bool);

struct Book {
    firms: Vec<CreditCode>,
    banks: Vec<PartnerCode>,
    keys: Vec<String>,
    given: Vec<Given>,
}

impl Book {
    fn of(given: &[Given]) -> Book {
        Book {
            firms: FIRMS.iter().map(|code| CreditCode::parse(code).unwrap()).collect(),
            banks: ["SGH", "YMK", "YYC"].iter().map(|code| PartnerCode::new(code)).collect(),
            keys: (0..given.len()).map(|number| format!("{number:08}")).collect(),
            given: given.to_vec(),
        }
    }

    fn loans(&self) -> Vec<LoanRef<'_>> {
        self.given
            .iter()
            .zip(&self.keys)
            .map(|((firm, bank, after, declared), key)| LoanRef {
                key,
                borrower: &self.firms[*firm],
                bank: &self.banks[*bank],
                disbursed_on: day("2024-01-01") + Days::new(*after),
                first_loan_declared: *declared,
                contract: key,
            })
            .collect()
    }

    /// Pairs (refuted, refuting) by place.
    fn judged(&self) -> Vec<(usize, usize)> {
        let place = |key: &str| key.parse::<usize>().unwrap();
        refuted(&self.loans()).iter().map(|found| (place(found.loan.key), place(found.earlier.key))).collect()
    }

    /// The rule word for word, quadratic.
    fn judged_by_definition(&self) -> Vec<(usize, usize)> {
        let loans = &self.given;
        let earliest_against = |at: usize| {
            (0..loans.len())
                .filter(|other| loans[*other].0 == loans[at].0 && loans[*other].1 != loans[at].1)
                .filter(|other| loans[*other].2 < loans[at].2)
                .min_by_key(|other| (loans[*other].2, *other))
        };
        let declared = (0..loans.len()).filter(|at| loans[*at].3);
        declared.filter_map(|at| earliest_against(at).map(|other| (at, other))).collect()
    }
}

#[track_caller]
fn check(given: &[Given], want: &[(usize, usize)]) {
    assert_eq!(Book::of(given).judged(), want);
}

#[test]
fn an_earlier_loan_at_another_bank_refutes() {
    check(&[(0, 0, 10, true), (0, 1, 9, false)], &[(0, 1)]);
}

#[test]
fn an_earlier_loan_at_the_same_bank_does_not() {
    check(&[(0, 0, 10, true), (0, 0, 9, false)], &[]);
}

#[test]
fn a_loan_of_the_same_day_or_later_does_not() {
    check(&[(0, 0, 10, true), (0, 1, 10, true), (0, 2, 11, false)], &[]);
}

#[test]
fn a_loan_of_another_firm_does_not() {
    check(&[(0, 0, 10, true), (1, 1, 1, false)], &[]);
}

#[test]
fn an_undeclared_loan_has_nothing_to_refute() {
    check(&[(0, 0, 10, false), (0, 1, 1, false)], &[]);
}

#[test]
fn the_earliest_refuting_loan_is_named_also_behind_earlier_ones_of_the_own_bank() {
    check(&[(0, 0, 20, true), (0, 0, 1, false), (0, 1, 7, false), (0, 2, 5, false)], &[(0, 3)]);
}

#[test]
fn one_firm_with_very_many_loans_at_one_bank_is_judged_at_once() {
    let given: Vec<Given> = (0..60_000).map(|after| (0, 0, after, true)).collect();
    let started = Instant::now();
    check(&given, &[]);
    assert!(started.elapsed().as_secs() < 10, "quadratic in the loans of a firm: {:?}", started.elapsed());
}

proptest! {
    #[test]
    fn the_judgement_is_the_rule_word_for_word(
        given in prop::collection::vec((0usize..3, 0usize..3, 0u64..12, any::<bool>()), 0..40),
    ) {
        let book = Book::of(&given);
        prop_assert_eq!(book.judged(), book.judged_by_definition());
    }
}
