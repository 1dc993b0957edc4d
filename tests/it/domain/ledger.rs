//! The books: what they refuse, and that they balance whatever is booked.

use std::collections::BTreeMap;

use pledgefund::domain::ledger::sub_funds;
use pledgefund::domain::ledger::{Account, AccountKind, Balances, Entry, LedgerError, Line, Side};
use pledgefund::domain::money::{Fen, FenDelta, MoneyError};
use pledgefund::domain::names::{FundSource, PartnerCode};
use proptest::prelude::*;

fn fen(amount: i64) -> Fen {
    Fen::try_new(amount).unwrap()
}

fn line(account: Account, side: Side, amount: i64) -> Line {
    Line { account, side, amount: fen(amount) }
}

fn every_account() -> Vec<Account> {
    let mut accounts = vec![
        Account::Cash,
        Account::InterestIncome,
        Account::RecoveriesUnallocated,
        Account::Compensation(FundSource::City),
        Account::RecoveryIncome(FundSource::City),
        Account::OwedToBank(PartnerCode::new("SGH")),
    ];
    accounts.extend(FundSource::ALL.iter().map(|source| Account::Contribution(*source)));
    accounts
}

fn payout(amount: i64) -> Entry {
    Entry::try_new(vec![
        line(Account::Compensation(FundSource::City), Side::Debit, amount),
        line(Account::Cash, Side::Credit, amount),
    ])
    .unwrap()
}

#[test]
fn an_account_reads_back_from_its_code() {
    for account in every_account() {
        assert_eq!(Account::from_code(&account.code()), Some(account.clone()), "{}", account.code());
    }
    assert_eq!(Account::Contribution(FundSource::Province).code(), "contribution:province");
    assert_eq!(Account::OwedToBank(PartnerCode::new("sgh")).code(), "owed_to_bank:SGH");
    for code in
        ["", "gold", "cash:", "contribution:", "contribution:moon", "contribution", "owed_to_bank:", "owed_to_bank: "]
    {
        assert_eq!(Account::from_code(code), None, "{code}");
    }
    for side in [Side::Debit, Side::Credit] {
        assert_eq!(Side::from_code(side.code()), Some(side));
    }
    assert_eq!(Side::from_code("left"), None);
}

#[test]
fn every_account_has_its_kind() {
    let kinds: Vec<AccountKind> = every_account().iter().take(7).map(Account::kind).collect();
    let want = [
        AccountKind::Asset,
        AccountKind::Income,
        AccountKind::Liability,
        AccountKind::Expense,
        AccountKind::Income,
        AccountKind::Liability,
        AccountKind::Equity,
    ];
    assert_eq!(kinds, want);
}

#[test]
fn an_entry_that_does_not_balance_is_refused_with_both_sums() {
    let lines = vec![
        line(Account::Cash, Side::Debit, 100),
        line(Account::InterestIncome, Side::Credit, 60),
        line(Account::RecoveryIncome(FundSource::City), Side::Credit, 39),
    ];
    assert_eq!(Entry::try_new(lines), Err(LedgerError::Unbalanced { debit: fen(100), credit: fen(99) }));
    let one_sided = vec![line(Account::Cash, Side::Debit, 1)];
    assert_eq!(Entry::try_new(one_sided), Err(LedgerError::Unbalanced { debit: fen(1), credit: fen(0) }));
}

#[test]
fn an_entry_without_lines_or_with_a_line_of_zero_is_refused() {
    assert_eq!(Entry::try_new(vec![]), Err(LedgerError::Empty));
    assert_eq!(Entry::interest(Fen::ZERO), Err(LedgerError::ZeroAmount { account: "cash".to_owned() }));
    let lines = vec![
        line(Account::Cash, Side::Debit, 5),
        line(Account::InterestIncome, Side::Credit, 5),
        line(Account::Compensation(FundSource::City), Side::Debit, 0),
    ];
    assert_eq!(Entry::try_new(lines), Err(LedgerError::ZeroAmount { account: "compensation:city".to_owned() }));
}

#[test]
fn an_entry_whose_sum_does_not_fit_is_refused() {
    let lines = vec![line(Account::Cash, Side::Debit, i64::MAX), line(Account::Cash, Side::Debit, 1)];
    assert_eq!(Entry::try_new(lines), Err(LedgerError::Money(MoneyError::Overflow)));
}

#[test]
fn money_in_raises_cash_and_the_account_it_came_from() {
    let mut books = Balances::default();
    books.apply(&Entry::contribution(FundSource::City, fen(500)).unwrap()).unwrap();
    books.apply(&Entry::interest(fen(7)).unwrap()).unwrap();
    books.apply(&Entry::recovery_unallocated(fen(30)).unwrap()).unwrap();
    assert_eq!(books.cash(), FenDelta::new(537));
    assert_eq!(books.of(&Account::Contribution(FundSource::City)), FenDelta::new(-500));
    assert_eq!(books.of(&Account::InterestIncome), FenDelta::new(-7));
    assert_eq!(books.of(&Account::RecoveriesUnallocated), FenDelta::new(-30));
    assert_eq!(books.of(&Account::Compensation(FundSource::City)), FenDelta::ZERO);
    assert!(books.trial_balance_is_zero());
}

#[test]
fn a_reversal_takes_an_entry_back_and_a_reversed_reversal_is_the_entry() {
    let entry = Entry::contribution(FundSource::County, fen(500)).unwrap();
    let mut books = Balances::default();
    books.apply(&entry).unwrap();
    books.apply(&entry.reversal()).unwrap();
    assert_eq!(books.cash(), FenDelta::ZERO);
    assert_eq!(books.of(&Account::Contribution(FundSource::County)), FenDelta::ZERO);
    assert_eq!(entry.reversal().reversal(), entry);
}

#[test]
fn cash_is_never_overdrawn_and_a_refused_entry_books_nothing() {
    let mut books = Balances::default();
    books.apply(&Entry::interest(fen(100)).unwrap()).unwrap();
    let before = books.clone();
    assert_eq!(
        books.apply(&payout(101)),
        Err(LedgerError::Overdrawn { account: "cash".to_owned(), balance: FenDelta::new(-1) })
    );
    assert_eq!(books, before);
    books.apply(&payout(100)).unwrap();
    assert_eq!(books.cash(), FenDelta::ZERO);
}

#[test]
fn a_balance_that_does_not_fit_is_refused_and_books_nothing() {
    let mut books = Balances::default();
    books.apply(&Entry::interest(Fen::MAX).unwrap()).unwrap();
    let before = books.clone();
    assert_eq!(books.apply(&Entry::interest(fen(1)).unwrap()), Err(LedgerError::Money(MoneyError::Overflow)));
    assert_eq!(books, before);
}

proptest! {
    #[test]
    fn the_trial_balance_is_zero_and_cash_is_right_after_any_sequence(
        steps in prop::collection::vec((0u8..5, 1i64..1_000_000_000_000, any::<prop::sample::Index>()), 1..60),
    ) {
        let mut books = Balances::default();
        let mut booked: Vec<Entry> = Vec::new();
        let mut cash = 0i64;
        for (what, amount, which) in steps {
            let entry = match what {
                0 => Entry::contribution(FundSource::ALL[which.index(FundSource::ALL.len())], fen(amount)).unwrap(),
                1 => Entry::interest(fen(amount)).unwrap(),
                2 => Entry::recovery_unallocated(fen(amount)).unwrap(),
                3 => payout(amount),
                _ if booked.is_empty() => continue,
                _ => booked[which.index(booked.len())].reversal(),
            };
            let moved: i64 = entry.lines().iter().filter(|line| line.account == Account::Cash)
                .map(|line| if line.side == Side::Debit { line.amount.get() } else { -line.amount.get() }).sum();
            match books.apply(&entry) {
                Ok(()) => { cash += moved; booked.push(entry); }
                Err(LedgerError::Overdrawn { account, balance }) if account == "cash" => {
                    prop_assert_eq!(balance, FenDelta::new(cash + moved));
                    prop_assert!(balance < FenDelta::ZERO);
                }
                // A recovery that waits is a debt: taken back twice it would turn into a claim.
                Err(LedgerError::Overdrawn { account, balance }) => {
                    prop_assert_eq!(account, "recoveries_unallocated");
                    prop_assert!(balance > FenDelta::ZERO);
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
            prop_assert!(books.trial_balance_is_zero());
            prop_assert_eq!(books.cash(), FenDelta::new(cash));
            prop_assert!(cash >= 0);
        }
    }
}

#[test]
fn the_least_a_sub_fund_holds_is_walked_back_from_now() {
    let day = |text: &str| -> chrono::NaiveDate { text.parse().unwrap() };
    let moved = |on: &str, account: Account, fen: i64| (day(on), account, FenDelta::new(fen));
    let now = BTreeMap::from([(FundSource::City, FenDelta::new(50)), (FundSource::County, FenDelta::new(30))]);
    let later = [
        moved("2025-03-02", Account::Contribution(FundSource::City), -80),
        moved("2025-03-01", Account::Cost(FundSource::City), 40),
        moved("2025-03-01", Account::Cash, -40),
        moved("2025-03-01", Account::Contribution(FundSource::Province), -7),
        moved("2025-03-01", Account::Cost(FundSource::Province), 7),
    ];
    let least = sub_funds::least(now.clone(), &later).unwrap();
    // The city stood at −30 before its last contribution and at 10 before its cost.
    assert_eq!(least[&FundSource::City], FenDelta::new(-30));
    assert_eq!((least[&FundSource::County], least[&FundSource::Province]), (FenDelta::new(30), FenDelta::ZERO));
    assert_eq!(sub_funds::least(now.clone(), &[]).unwrap(), now);
}

#[test]
fn a_booking_takes_from_the_sources_it_debits() {
    assert_eq!(sub_funds::taken(&payout(40)).unwrap(), BTreeMap::from([(FundSource::City, fen(40))]));
    assert!(sub_funds::taken(&payout(40).reversal()).unwrap().is_empty(), "what comes back is not taken");
    let moved = Entry::moved(Account::Cash, Account::BankDeposit(PartnerCode::new("SGH")), fen(9)).unwrap();
    assert!(sub_funds::taken(&moved).unwrap().is_empty());
}
