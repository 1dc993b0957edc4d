//! Finders: what use cases and pages read, one module an area.
//!
//! **Invariant:** a finder over bank data takes a `Reach`, so that no query can forget whose data it may see.

pub mod accounts;
pub mod acts;
pub mod board;
pub mod book_rows;
pub mod books;
pub mod claim_list;
pub mod claims;
mod counting;
pub mod dependants;
pub mod drafts;
pub mod events;
pub mod imports;
pub mod jobs;
pub mod loan_facts;
pub mod loan_list;
pub mod loans;
pub mod machines;
pub mod mail;
pub mod mappings;
pub mod marks;
pub mod money;
pub mod parties;
pub mod register;
pub mod reminders;
pub mod report_list;
pub mod rights_list;
pub mod rulebook_list;
pub mod rulebook_steps;
pub mod servicing;
pub mod sessions;
pub mod settings;
pub mod spread;
pub mod sub_funds;
pub mod tallies;
pub mod undos;
pub mod upkeep;
pub mod upload_work;
pub mod uploads;
pub mod webhooks;
pub mod work;

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

    /// Nobody's data: no bank has an empty code.
    #[must_use]
    pub fn of_nobody(fund_id: &str) -> Reach {
        Reach::of_bank(fund_id, "")
    }

    /// Whether data of a bank, or of none, is within.
    #[must_use]
    pub fn holds(&self, bank: Option<&str>) -> bool {
        self.bank.as_deref().is_none_or(|own| bank == Some(own))
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

/// A pattern for `LIKE ... ESCAPE '\\'` that finds `text` anywhere; empty text finds every text that is not NULL.
#[must_use]
pub fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
