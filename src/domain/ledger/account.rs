//! The accounts of the fund.
//!
//! Owns their stable texts and what each is in the books. Money that belongs to a source carries it in the account,
//! so that every fen of the fund lies in exactly one sub-fund.
//! **Invariant:** `from_code(account.code())` gives the account back.

use super::super::money::FenDelta;
use super::super::names::{FundSource, PartnerCode};

/// An account of the fund.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Money in the special account, or the unused budget quota of the year.
    Cash,
    /// Money on the sub-account that lies with a partner bank.
    BankDeposit(PartnerCode),
    /// A recovery that was received for the fund and has not reached its account yet (已收回).
    RecoveryInTransit(PartnerCode),
    /// What a bank has to give back.
    OwedByBank(PartnerCode),
    /// Paid in by a source.
    Contribution(FundSource),
    /// Quota of a source that was withdrawn at the end of a year.
    QuotaWithdrawn(FundSource),
    /// Recoveries paid into the treasury (已缴库), which come back only by a new appropriation.
    RemittedToTreasury(FundSource),
    /// Interest earned.
    InterestIncome,
    /// Recoveries received before their claim is paid: a liability until they are allocated.
    RecoveriesUnallocated,
    /// Compensation paid out of a sub-fund.
    Compensation(FundSource),
    /// The part of recoveries that goes back to a sub-fund.
    RecoveryIncome(FundSource),
    /// Fees of management, audit and law, out of a sub-fund.
    Cost(FundSource),
    /// Owed to a bank.
    OwedToBank(PartnerCode),
}

/// What an account is in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// What the fund has.
    Asset,
    /// What the fund owes.
    Liability,
    /// What was paid in to stay.
    Equity,
    /// What the fund earned.
    Income,
    /// What the fund spent.
    Expense,
}

impl Account {
    /// Stable text.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Account::Cash => "cash".to_owned(),
            Account::BankDeposit(bank) => format!("bank_deposit:{bank}"),
            Account::RecoveryInTransit(bank) => format!("recovery_in_transit:{bank}"),
            Account::OwedByBank(bank) => format!("owed_by_bank:{bank}"),
            Account::Contribution(source) => format!("contribution:{source}"),
            Account::QuotaWithdrawn(source) => format!("quota_withdrawn:{source}"),
            Account::RemittedToTreasury(source) => format!("remitted_to_treasury:{source}"),
            Account::InterestIncome => "interest_income".to_owned(),
            Account::RecoveriesUnallocated => "recoveries_unallocated".to_owned(),
            Account::Compensation(source) => format!("compensation:{source}"),
            Account::RecoveryIncome(source) => format!("recovery_income:{source}"),
            Account::Cost(source) => format!("cost:{source}"),
            Account::OwedToBank(bank) => format!("owed_to_bank:{bank}"),
        }
    }

    /// What it is in the books.
    #[must_use]
    pub const fn kind(&self) -> AccountKind {
        match self {
            Account::Cash | Account::BankDeposit(_) | Account::RecoveryInTransit(_) | Account::OwedByBank(_) => {
                AccountKind::Asset
            }
            Account::Contribution(_) | Account::QuotaWithdrawn(_) | Account::RemittedToTreasury(_) => {
                AccountKind::Equity
            }
            Account::InterestIncome | Account::RecoveryIncome(_) => AccountKind::Income,
            Account::RecoveriesUnallocated | Account::OwedToBank(_) => AccountKind::Liability,
            Account::Compensation(_) | Account::Cost(_) => AccountKind::Expense,
        }
    }

    /// The sub-fund whose money it tells of; none for money in hand and for debts.
    #[must_use]
    pub const fn source(&self) -> Option<FundSource> {
        match self {
            Account::Contribution(source)
            | Account::QuotaWithdrawn(source)
            | Account::RemittedToTreasury(source)
            | Account::Compensation(source)
            | Account::RecoveryIncome(source)
            | Account::Cost(source) => Some(*source),
            Account::InterestIncome => Some(FundSource::DepositInterest),
            _ => None,
        }
    }

    /// Whether it is money the fund can pay with.
    #[must_use]
    pub const fn is_money(&self) -> bool {
        matches!(self, Account::Cash | Account::BankDeposit(_))
    }

    /// Whether a balance, debits less credits, is one the account can have: what the fund has is never below zero,
    /// what it owes never turns into a claim.
    #[must_use]
    pub fn may_stand_at(&self, balance: FenDelta) -> bool {
        match self.kind() {
            AccountKind::Asset => balance >= FenDelta::ZERO,
            AccountKind::Liability => balance <= FenDelta::ZERO,
            AccountKind::Equity | AccountKind::Income | AccountKind::Expense => true,
        }
    }

    /// The account with this text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Account> {
        match code.split_once(':') {
            Some((kind, of)) => Account::with_owner(kind, of),
            None => [Account::Cash, Account::InterestIncome, Account::RecoveriesUnallocated]
                .into_iter()
                .find(|account| account.code() == code),
        }
    }

    fn with_owner(kind: &str, of: &str) -> Option<Account> {
        let of_bank = |account: fn(PartnerCode) -> Account| {
            let bank = PartnerCode::new(of);
            (!bank.as_str().is_empty()).then(|| account(bank))
        };
        let of_source = |account: fn(FundSource) -> Account| FundSource::from_code(of).map(account);
        match kind {
            "bank_deposit" => of_bank(Account::BankDeposit),
            "recovery_in_transit" => of_bank(Account::RecoveryInTransit),
            "owed_by_bank" => of_bank(Account::OwedByBank),
            "owed_to_bank" => of_bank(Account::OwedToBank),
            "contribution" => of_source(Account::Contribution),
            "quota_withdrawn" => of_source(Account::QuotaWithdrawn),
            "remitted_to_treasury" => of_source(Account::RemittedToTreasury),
            "compensation" => of_source(Account::Compensation),
            "recovery_income" => of_source(Account::RecoveryIncome),
            "cost" => of_source(Account::Cost),
            _ => None,
        }
    }
}
