//! The measures of a fund: stored rulebooks, read back and ready to be applied.
//!
//! **Invariant:** the bytes stored are the bytes applied; a rulebook whose hash differs from its row is refused.

use chrono::NaiveDate;

use super::UseCaseError;
use crate::config::FundConfig;
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::{CapLimit, Rulebook};
use crate::embedded::{self, Rulebooks};
use crate::rulebook;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::parties;
use crate::storage::rows::parties::{FundRow, RulebookRow};
use crate::storage::{Db, StoreError, Tx};

/// Limits of a rulebook that the fund's own figures use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// What must stay in the fund.
    pub floor: Fen,
    /// How often free money may be promised.
    pub multiple: Ppm,
    /// Cap of one loan.
    pub per_loan: Option<Fen>,
    /// Cap of one borrower for life.
    pub per_borrower_life: Option<Fen>,
    /// Cap of one bank and calendar year.
    pub per_bank_year: Option<Fen>,
}

/// A stored rulebook, ready to be applied.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Identity.
    pub id: String,
    /// Version.
    pub version: String,
    /// Hash of its bytes.
    pub hash: String,
    /// The rules.
    pub rulebook: Rulebook,
    /// Its limits.
    pub limits: Limits,
}

/// All rulebooks of a fund.
#[derive(Debug, Clone)]
pub struct Measures(Vec<Measure>);

impl Measures {
    /// Reads the stored rulebooks.
    ///
    /// # Errors
    /// `Rulebook` for one that does not read; storage.
    pub fn load(db: &mut Db, fund_id: &str) -> Result<Measures, UseCaseError> {
        let rows = parties::rulebooks(db, fund_id)?;
        rows.iter().map(read).collect::<Result<Vec<_>, _>>().map(Measures)
    }

    /// The rulebook in force for a loan disbursed on a day; of several, the last listed.
    #[must_use]
    pub fn governing(&self, disbursed_on: NaiveDate) -> Option<&Measure> {
        self.0.iter().rev().find(|measure| {
            let head = &measure.rulebook.head;
            let repealed = head.repealed_from.is_some_and(|from| disbursed_on >= from);
            head.effective_from <= disbursed_on && disbursed_on <= head.effective_to && !repealed
        })
    }

    /// The rulebook of this identity and version.
    #[must_use]
    pub fn version(&self, id: &str, version: &str) -> Option<&Measure> {
        self.0.iter().find(|measure| measure.id == id && measure.version == version)
    }

    /// The rulebook that governs a loan, or the newest where none does: its validity test then says so.
    ///
    /// # Errors
    /// `Rulebook` for a fund without any.
    pub fn for_loan(&self, disbursed_on: NaiveDate) -> Result<&Measure, UseCaseError> {
        self.governing(disbursed_on).or_else(|| self.0.last()).ok_or_else(|| UseCaseError::Rulebook {
            name: "-".to_owned(),
            reason: "the fund has no rulebook".to_owned(),
        })
    }
}

/// The rulebook that governs the fund's own figures.
///
/// # Errors
/// `Rulebook`; storage.
pub fn governing_fund(db: &mut Db, fund_id: &str) -> Result<Measure, UseCaseError> {
    let fund = parties::fund(db, fund_id)?.ok_or_else(|| missing("the fund is not open"))?;
    let measures = Measures::load(db, fund_id)?;
    let found = measures.version(&fund.rulebook_id, &fund.rulebook_version);
    found.cloned().ok_or_else(|| missing(&format!("{}@{}", fund.rulebook_id, fund.rulebook_version)))
}

/// Whether the fund is open.
///
/// # Errors
/// Storage.
pub fn is_open(db: &mut Db, fund_id: &str) -> Result<bool, UseCaseError> {
    Ok(parties::fund(db, fund_id)?.is_some())
}

/// Opens the fund as the settings describe it, with its rulebook; a fund that is open is left as it is.
///
/// # Errors
/// `Rulebook` for a rulebook that does not read; storage.
pub fn open_fund(tx: &mut Tx<'_>, config: &FundConfig) -> Result<bool, UseCaseError> {
    if parties::fund(tx, &config.id)?.is_some() {
        return Ok(false);
    }
    let body = embedded::text::<Rulebooks>(&config.rulebook).ok_or_else(|| missing(&config.rulebook))?;
    let parsed = rulebook::parse(&config.rulebook, &body).map_err(|faults| UseCaseError::Rulebook {
        name: config.rulebook.clone(),
        reason: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    let head = &parsed.rulebook.head;
    let (business_date, recorded_at, event_id) = unstamped();
    let book = RulebookRow {
        fund_id: config.id.clone(),
        rulebook_id: head.id.clone(),
        version: head.version.clone(),
        hash: parsed.hash_hex.clone(),
        body,
        business_date,
        recorded_at,
        event_id: event_id.clone(),
    };
    let fund = FundRow {
        fund_id: config.id.clone(),
        version: 1,
        name_zh: config.name_zh.clone(),
        name_en: config.name_en.clone(),
        first_period: config.first_period.clone(),
        rulebook_id: head.id.clone(),
        rulebook_version: head.version.clone(),
        business_date,
        recorded_at,
        event_id,
    };
    let chain = Chain::Fund { fund_id: config.id.clone() };
    tx.record(Change::new(chain, "fund.opened", config.id.clone()).with(fund).with(book))?;
    Ok(true)
}

fn read(row: &RulebookRow) -> Result<Measure, UseCaseError> {
    let name = format!("{}@{}", row.rulebook_id, row.version);
    let parsed = rulebook::parse(&name, &row.body).map_err(|faults| UseCaseError::Rulebook {
        name: name.clone(),
        reason: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    if parsed.hash_hex != row.hash {
        return Err(StoreError::Corrupt { table: "rulebooks", key: name, what: "hash".to_owned() }.into());
    }
    let limits = limits_of(&parsed.rulebook);
    Ok(Measure {
        id: row.rulebook_id.clone(),
        version: row.version.clone(),
        hash: row.hash.clone(),
        rulebook: parsed.rulebook,
        limits,
    })
}

fn limits_of(rulebook: &Rulebook) -> Limits {
    let mut limits = Limits {
        floor: rulebook.sources.floor,
        multiple: rulebook.sources.multiple.limit,
        per_loan: None,
        per_borrower_life: None,
        per_bank_year: None,
    };
    let least = |known: Option<Fen>, limit: Fen| Some(known.map_or(limit, |known| known.min(limit)));
    for cap in &rulebook.caps {
        match cap.limit {
            CapLimit::PerLoan(limit) => limits.per_loan = least(limits.per_loan, limit),
            CapLimit::PerBorrowerLife(limit) => limits.per_borrower_life = least(limits.per_borrower_life, limit),
            CapLimit::PerBankYear(limit) => limits.per_bank_year = least(limits.per_bank_year, limit),
            CapLimit::FundBalance => {}
        }
    }
    limits
}

fn missing(what: &str) -> UseCaseError {
    UseCaseError::Rulebook { name: what.to_owned(), reason: "not found".to_owned() }
}
