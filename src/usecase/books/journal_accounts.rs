//! Which accounts of the customer's books an account of the ledger is.
//!
//! **Invariant:** an account is named once; of rules for a prefix the longest counts, and an exact name before any; an
//! account that no rule names is refused by name instead of landing somewhere.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use super::refused;
use crate::embedded::{self, Reference};
use crate::usecase::UseCaseError;

/// The file shipped with the product, a proposal; a file of this name in the data folder takes its place.
pub const SHIPPED: &str = "journal_accounts.toml";

/// Accounts in the customer's books.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutsideAccount {
    /// Account of the ledger, or `prefix:*`.
    code: String,
    /// Account of financial accounting (财务会计).
    pub financial: String,
    /// Account of budget accounting (预算会计); empty where the booking does not touch the budget.
    #[serde(default)]
    pub budget: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    account: Vec<OutsideAccount>,
}

/// The mapping of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalAccounts {
    by_code: BTreeMap<String, OutsideAccount>,
}

impl JournalAccounts {
    /// Reads a mapping.
    ///
    /// # Errors
    /// `Books` with `JOURNAL_MAPPING_BROKEN`.
    pub fn parse(text: &str) -> Result<JournalAccounts, UseCaseError> {
        let broken = |what: String| refused("JOURNAL_MAPPING_BROKEN", vec![what]);
        let file: AccountFile = toml::from_str(text).map_err(|error| broken(error.message().to_owned()))?;
        let mut by_code = BTreeMap::new();
        for account in file.account {
            let stem = account.code.strip_suffix('*').unwrap_or(&account.code);
            let is_prefix = stem.len() < account.code.len();
            let shaped = !stem.is_empty() && !stem.contains('*') && (!is_prefix || stem.ends_with(':'));
            if !shaped || account.financial.trim().is_empty() {
                return Err(broken(account.code));
            }
            let code = account.code.clone();
            if by_code.insert(code.clone(), account).is_some() {
                return Err(broken(code));
            }
        }
        Ok(JournalAccounts { by_code })
    }

    /// The mapping of an installation: the file of its data folder, else the one shipped with the product.
    ///
    /// # Errors
    /// `Books` with `JOURNAL_MAPPING_BROKEN` for a file that does not read.
    pub fn of_installation(folder: &Path) -> Result<JournalAccounts, UseCaseError> {
        match std::fs::read_to_string(folder.join(SHIPPED)) {
            Ok(text) => JournalAccounts::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => JournalAccounts::shipped(),
            Err(error) => Err(refused("JOURNAL_MAPPING_BROKEN", vec![error.to_string()])),
        }
    }

    /// The mapping shipped with the product.
    ///
    /// # Errors
    /// `Books`, which a test rules out.
    pub fn shipped() -> Result<JournalAccounts, UseCaseError> {
        JournalAccounts::parse(&embedded::text::<Reference>(SHIPPED).unwrap_or_default())
    }

    /// The customer's accounts for an account of the ledger.
    ///
    /// # Errors
    /// `Books` with `JOURNAL_ACCOUNT_UNMAPPED`.
    pub fn of(&self, account: &str) -> Result<&OutsideAccount, UseCaseError> {
        let exact = self.by_code.get(account);
        let prefixes = self.by_code.iter().filter_map(|(code, outside)| Some((code.strip_suffix('*')?, outside)));
        let by_prefix = || prefixes.filter(|(stem, _)| account.starts_with(stem)).max_by_key(|(stem, _)| stem.len());
        exact
            .or_else(|| by_prefix().map(|(_, outside)| outside))
            .ok_or_else(|| refused("JOURNAL_ACCOUNT_UNMAPPED", vec![account.to_owned()]))
    }
}
