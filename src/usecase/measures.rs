//! The measures of a fund: stored rulebooks, read back and ready to be applied.
//!
//! **Invariant:** the bytes stored are the bytes applied; a rulebook whose hash differs from its row is refused.

use chrono::NaiveDate;

use super::UseCaseError;
use crate::config::FundConfig;
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::payout::Rules;
use crate::domain::rulebook::{CapRule, Floor, Rulebook};
use crate::embedded::{self, Rulebooks};
use crate::reference;
use crate::rulebook;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::parties;
use crate::storage::rows::parties::{FundRow, RulebookRow};
use crate::storage::{Db, StoreError, Tx};

/// How often free money may be promised where a rulebook sets no limit.
const NO_MULTIPLE: i64 = 1_000_000 * PPM_ONE;

/// Limits of a rulebook that the fund's own figures use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// What must stay in the fund.
    pub floor: Floor,
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

impl Measure {
    /// Its rules, with their steps.
    #[must_use]
    pub fn rules(&self) -> Rules<'_> {
        Rules::of(&self.rulebook, reference::work_calendar())
    }

    /// Whether a day lies in its validity; never where the validity is left open.
    #[must_use]
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        let head = &self.rulebook.head;
        let repealed = head.repealed_from.is_some_and(|from| day >= from);
        let begun = head.effective_from.known().is_some_and(|from| *from <= day);
        let ended = head.effective_to.known().is_none_or(|to| day > *to);
        begun && !ended && !repealed
    }
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
        self.0.iter().rev().find(|measure| measure.in_force_on(disbursed_on))
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
        rulebook_id: head.id.to_string(),
        version: head.version.to_string(),
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
        rulebook_id: head.id.to_string(),
        rulebook_version: head.version.to_string(),
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
    let sources = rulebook.sources.as_ref();
    let multiple = sources.and_then(|sources| sources.multiple?.known().copied());
    let unlimited = Ppm::try_new(NO_MULTIPLE).unwrap_or(Ppm::ONE);
    let mut limits = Limits {
        floor: sources.and_then(|sources| sources.floor?.known().copied()).unwrap_or(Floor::Amount(Fen::ZERO)),
        multiple: multiple.map_or(unlimited, |multiple| multiple.limit),
        per_loan: None,
        per_borrower_life: None,
        per_bank_year: None,
    };
    let least = |known: Option<Fen>, limit: Fen| Some(known.map_or(limit, |known| known.min(limit)));
    for cap in &rulebook.caps {
        let (slot, limit) = match &cap.rule {
            CapRule::PerLoan(limit) => (&mut limits.per_loan, limit),
            CapRule::PerBorrowerLife(limit) => (&mut limits.per_borrower_life, limit),
            CapRule::PerBankYear(limit) => (&mut limits.per_bank_year, limit),
            _ => continue,
        };
        if let Some(limit) = limit.fixed_amount().filter(|_| cap.when.is_always()) {
            *slot = least(*slot, limit);
        }
    }
    limits
}

fn missing(what: &str) -> UseCaseError {
    UseCaseError::Rulebook { name: what.to_owned(), reason: "not found".to_owned() }
}
