//! Finders: what use cases and pages read, one module an area.
//!
//! **Invariant:** a finder over bank data takes a `Reach`, so that no query can forget whose data it may see.

pub mod claims;
pub mod events;
pub mod imports;
pub mod jobs;
pub mod loans;
pub mod mail;
pub mod money;
pub mod parties;
pub mod servicing;
pub mod settings;

/// Whose data a query may see: one bank's, or the whole fund's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    fund_id: String,
    bank: Option<String>,
}

impl Reach {
    /// Data of one bank only.
    #[must_use]
    pub fn of_bank(fund_id: &str, bank: &str) -> Reach {
        Reach { fund_id: fund_id.to_owned(), bank: Some(bank.to_owned()) }
    }

    /// Data of the whole fund: for the fund's staff, jobs and reports.
    #[must_use]
    pub fn of_fund(fund_id: &str) -> Reach {
        Reach { fund_id: fund_id.to_owned(), bank: None }
    }

    /// The fund.
    #[must_use]
    pub fn fund_id(&self) -> &str {
        &self.fund_id
    }

    /// The bank, where the reach is one bank.
    #[must_use]
    pub fn bank(&self) -> Option<&str> {
        self.bank.as_deref()
    }
}
