//! What ends soon of the loans of banks.
//!
//! Owns which policies and patents are pointed out, and in which order. How early that is tells `domain::reminders`.
//! **Invariant:** what is pointed out of the fund is that of its banks; all of it is counted, however little is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::ip_right::{IpNumber, TermEnd, term_end};
use crate::domain::names::IpKind;
use crate::domain::reminders::{Notice, POLICY_NOTICE_DAYS, RIGHT_NOTICE_DAYS, of_policy, of_right, until};
use crate::storage::find::reminders::{self, EndingPolicy, EndingRight};
use crate::storage::{Db, StoreError};

/// A policy that is pointed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNotice {
    /// Why.
    pub notice: Notice,
    /// The policy with its loan.
    pub policy: EndingPolicy,
}

/// A patent that is pointed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatentNotice {
    /// Why.
    pub notice: Notice,
    /// When its term ends.
    pub term: TermEnd,
    /// The patent with its loan.
    pub patent: EndingRight,
}

impl PatentNotice {
    /// The last day on which the term may end.
    #[must_use]
    pub const fn last_day(&self) -> Option<NaiveDate> {
        match self.term {
            TermEnd::Known(last) | TermEnd::WithinYear { last, .. } => Some(last),
            TermEnd::Open => None,
        }
    }
}

/// What is pointed out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reminders {
    /// Policies, those that end first before the rest, as many as are kept.
    pub policies: Vec<PolicyNotice>,
    /// Patents, the gravest first, then those that end first, as many as are kept.
    pub patents: Vec<PatentNotice>,
    /// How many policies there are.
    pub policy_count: usize,
    /// How many patents there are.
    pub patent_count: usize,
}

impl Reminders {
    /// What is pointed out today of the loans of each of these banks, at most `most` of a kind; `all` says that these are
    /// most of the fund's banks, and nearly every loan is looked at anyway.
    ///
    /// # Errors
    /// What the database says.
    pub fn of_banks(
        db: &mut Db,
        fund_id: &str,
        (banks, all): (&[&str], bool),
        today: NaiveDate,
        most: usize,
    ) -> Result<BTreeMap<String, Arc<Reminders>>, StoreError> {
        let asked = (!all).then_some(banks);
        let mut found: BTreeMap<String, Reminders> = BTreeMap::new();
        for policy in reminders::policies(db, fund_id, asked, until(today, POLICY_NOTICE_DAYS))? {
            let Some(ends_on) = policy.ends_on else { continue };
            if let Some(notice) = of_policy(ends_on, policy.loan.matures_on, today) {
                let of_bank = found.entry(policy.loan.bank.clone()).or_default();
                of_bank.policies.push(PolicyNotice { notice, policy });
            }
        }
        for patent in reminders::patents(db, fund_id, asked, until(today, RIGHT_NOTICE_DAYS))? {
            let number = IpKind::from_code(&patent.kind).map(|kind| (kind, IpNumber::read(kind, &patent.number)));
            let Some((kind, Ok(number))) = number else { continue };
            let term = term_end(kind, &number);
            if let Some(notice) = of_right(term, patent.loan.matures_on, today) {
                let of_bank = found.entry(patent.loan.bank.clone()).or_default();
                of_bank.patents.push(PatentNotice { notice, term, patent });
            }
        }
        Ok(found.into_iter().map(|(bank, all)| (bank, Arc::new(all.counted(most)))).collect())
    }

    /// Of several banks together, at most `most` of a kind.
    #[must_use]
    pub fn together<'r>(of_banks: impl Iterator<Item = &'r Reminders>, most: usize) -> Reminders {
        let mut whole = Reminders::default();
        let (mut policy_count, mut patent_count) = (0_usize, 0_usize);
        for of_bank in of_banks {
            policy_count = policy_count.saturating_add(of_bank.policy_count);
            patent_count = patent_count.saturating_add(of_bank.patent_count);
            whole.policies.extend(of_bank.policies.iter().cloned());
            whole.patents.extend(of_bank.patents.iter().cloned());
        }
        Reminders { policy_count, patent_count, ..whole.counted(most) }
    }

    /// In order, counted, and cut.
    fn counted(mut self, most: usize) -> Reminders {
        let key = |one: &PolicyNotice| (one.policy.ends_on, one.policy.loan.loan_id.clone());
        self.policies.sort_by_cached_key(key);
        let key = |one: &PatentNotice| {
            (one.notice, one.last_day(), one.patent.number.clone(), one.patent.loan.loan_id.clone())
        };
        self.patents.sort_by_cached_key(key);
        (self.policy_count, self.patent_count) = (self.policies.len(), self.patents.len());
        self.policies.truncate(most);
        self.patents.truncate(most);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{EndingPolicy, Notice, PolicyNotice, Reminders};
    use crate::storage::find::reminders::EndingLoan;

    fn policies(bank: &str, days: &[u32]) -> Reminders {
        let policy = |day: &u32| {
            let loan = EndingLoan {
                loan_id: format!("{bank}-{day}"),
                contract: String::new(),
                borrower: String::new(),
                bank: bank.to_owned(),
                matures_on: "2027-01-01".parse().unwrap(),
            };
            let ends_on = chrono::NaiveDate::from_ymd_opt(2026, 1, *day);
            let policy = EndingPolicy { loan, insurer: String::new(), policy_no: format!("{bank}{day}"), ends_on };
            PolicyNotice { notice: Notice::Over, policy }
        };
        Reminders { policies: days.iter().map(policy).collect(), ..Reminders::default() }
    }

    #[test]
    fn banks_together_show_what_ends_first_and_count_all_even_what_was_cut() {
        let (one, two) = (policies("A", &[9, 3, 7]).counted(2), policies("B", &[5, 1, 8, 2]).counted(2));
        assert_eq!((one.policies.len(), one.policy_count, two.policy_count), (2, 3, 4));
        let whole = Reminders::together([&one, &two].into_iter(), 3);
        let numbers: Vec<&str> = whole.policies.iter().map(|one| one.policy.policy_no.as_str()).collect();
        assert_eq!((numbers, whole.policy_count), (vec!["B1", "B2", "A3"], 7));
    }
}
