//! The measures of a fund: stored rulebooks, read back and ready to be applied.
//!
//! **Invariant:** the bytes stored are the bytes applied; a rulebook whose hash differs from its row is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::UseCaseError;
use crate::config::FundConfig;
use crate::domain::money::{Fen, PPM_ONE, Ppm};
use crate::domain::payout::Rules;
use crate::domain::payout::case::{Case, When};
use crate::domain::rulebook::{CapRule, Floor, Rulebook};
use crate::embedded::{self, Rulebooks};
use crate::hash::sha256_hex;
use crate::reference;
use crate::rulebook;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, loans, parties, rulebook_steps};
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
    pub rulebook: Arc<Rulebook>,
    /// Its limits.
    pub limits: Limits,
    /// First day on which a later version has repealed it early, as the confirmation of that version says.
    pub repealed_from: Option<NaiveDate>,
}

impl Measure {
    /// Its rules, with their steps.
    #[must_use]
    pub fn rules(&self) -> Rules<'_> {
        Rules::of(&self.rulebook, reference::work_calendar())
    }

    /// First and last day in force, early repeals taken into account; none where the validity is left open.
    #[must_use]
    pub fn validity(&self) -> Option<(NaiveDate, NaiveDate)> {
        let head = &self.rulebook.head;
        let (from, to) = (*head.effective_from.known()?, *head.effective_to.known()?);
        let repeals = [head.repealed_from, self.repealed_from];
        let last = repeals.into_iter().flatten().filter_map(|day| day.pred_opt()).fold(to, NaiveDate::min);
        Some((from, last))
    }

    /// Whether a day lies in its validity; never where the validity is left open.
    #[must_use]
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        self.validity().is_some_and(|(from, to)| from <= day && day <= to)
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
        let steps = if rows.len() > 1 { rulebook_steps::all(db, fund_id)? } else { Vec::new() };
        let repeals: Vec<(String, NaiveDate)> =
            steps.into_iter().filter_map(|step| step.repeals.zip(step.repealed_from)).collect();
        Measures::of(&rows, &repeals)
    }

    /// From stored rulebooks, and the early repeals of some of them by name.
    ///
    /// # Errors
    /// `Rulebook` for one that does not read.
    pub fn of(rows: &[RulebookRow], repeals: &[(String, NaiveDate)]) -> Result<Measures, UseCaseError> {
        let mut measures = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for (name, from) in repeals {
            for measure in measures.iter_mut().filter(|measure| measure.rulebook.name() == *name) {
                measure.repealed_from = Some(measure.repealed_from.map_or(*from, |known| known.min(*from)));
            }
        }
        Ok(Measures(measures))
    }

    /// Every rulebook, in the order in which they were stored.
    pub fn iter(&self) -> impl Iterator<Item = &Measure> {
        self.0.iter()
    }

    /// What a case is measured by under the version that its loan keeps: where that version wants tests made again,
    /// they are those of the version in force on the day of filing.
    #[must_use]
    pub fn rules_for<'a>(&'a self, measure: &'a Measure, case: &Case) -> Rules<'a> {
        let filed_on = match case.claim.as_ref().and_then(|claim| claim.filed_on) {
            Some(When::On(day)) if !measure.rulebook.head.retest.is_empty() => Some(day),
            _ => None,
        };
        let in_force = filed_on.and_then(|day| self.governing(day)).map(|measure| &*measure.rulebook);
        Rules { in_force, ..measure.rules() }
    }

    /// The rulebook in force on a day; of several, the last stored.
    #[must_use]
    pub fn governing(&self, disbursed_on: NaiveDate) -> Option<&Measure> {
        self.0.iter().rev().find(|measure| measure.in_force_on(disbursed_on))
    }

    /// The version in force, or else the last one that was, where its last day is no later than `until` and none is in
    /// force on the day after: what then is registered or filed falls under no rules. With its last day.
    #[must_use]
    pub fn ending(&self, today: NaiveDate, until: NaiveDate) -> Option<(&Measure, NaiveDate)> {
        let begun = self.0.iter().filter_map(|measure| Some((measure, measure.validity()?)));
        let (last, (_, to)) =
            begun.filter(|(_, (from, _))| *from <= today).max_by_key(|(_, (from, to))| (*to, *from))?;
        let is_followed = to.succ_opt().is_none_or(|next| self.governing(next.max(today)).is_some());
        (to <= until && !is_followed).then_some((last, to))
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

/// The limits that loans keep: those of the version each was registered under, whatever was issued since.
#[derive(Debug)]
pub struct KeptLimits {
    measures: Measures,
    /// Loan → identity and version; empty while there is but one rulebook.
    kept: BTreeMap<String, (String, String)>,
}

impl KeptLimits {
    /// Reads what the loans within reach keep.
    ///
    /// # Errors
    /// `Rulebook`; storage.
    pub fn load(db: &mut Db, reach: &Reach) -> Result<KeptLimits, UseCaseError> {
        let measures = Measures::load(db, reach.fund_id())?;
        let mut kept = BTreeMap::new();
        if measures.0.len() > 1 {
            let rows = loans::versions_kept(db, reach)?;
            kept.extend(rows.into_iter().map(|(loan_id, id, version)| (loan_id, (id, version))));
        }
        Ok(KeptLimits { measures, kept })
    }

    /// The limits that a loan keeps.
    ///
    /// # Errors
    /// `Corrupt` for a loan whose coverage names a rulebook that is not stored.
    pub fn of(&self, loan_id: &str) -> Result<&Limits, UseCaseError> {
        Ok(&self.measure(loan_id)?.limits)
    }

    /// The version that a loan keeps.
    ///
    /// # Errors
    /// As `of`.
    pub fn measure(&self, loan_id: &str) -> Result<&Measure, UseCaseError> {
        let found = match (self.measures.0.as_slice(), self.kept.get(loan_id)) {
            ([only], _) => Some(only),
            (_, Some((id, version))) => self.measures.version(id, version),
            (_, None) => None,
        };
        let corrupt =
            || StoreError::Corrupt { table: "coverages", key: loan_id.to_owned(), what: "rulebook".to_owned() };
        Ok(found.ok_or_else(corrupt)?)
    }
}

/// The version that one loan keeps.
///
/// # Errors
/// `Corrupt` for a loan whose coverage names no stored rulebook; `Rulebook`; storage.
pub fn kept_by(db: &mut Db, fund_id: &str, loan_id: &str) -> Result<Measure, UseCaseError> {
    let corrupt = || StoreError::Corrupt { table: "coverages", key: loan_id.to_owned(), what: "rulebook".to_owned() };
    let coverage = loans::coverage(db, loan_id)?.ok_or_else(corrupt)?;
    let measures = Measures::load(db, fund_id)?;
    let kept = measures.version(&coverage.rulebook_id, &coverage.rulebook_version).cloned();
    Ok(kept.ok_or_else(corrupt)?)
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

/// Rulebooks that were read in this process, by the hash of their bytes: every act asks for them.
static READ: Mutex<BTreeMap<String, Arc<Rulebook>>> = Mutex::new(BTreeMap::new());
/// Rulebooks kept; a fund has a handful.
const KEPT: usize = 64;

/// The rules of these bytes.
fn rules_of(name: &str, body: &str, hash: &str) -> Result<Arc<Rulebook>, UseCaseError> {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read.get(hash) {
        return Ok(Arc::clone(known));
    }
    let parsed = rulebook::parse(name, body).map_err(|faults| UseCaseError::Rulebook {
        name: name.to_owned(),
        reason: faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    })?;
    let rules = Arc::new(parsed.rulebook);
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert(hash.to_owned(), Arc::clone(&rules));
    Ok(rules)
}

fn read(row: &RulebookRow) -> Result<Measure, UseCaseError> {
    let name = format!("{}@{}", row.rulebook_id, row.version);
    let hash = sha256_hex(row.body.as_bytes());
    let rules = rules_of(&name, &row.body, &hash)?;
    if hash != row.hash {
        return Err(StoreError::Corrupt { table: "rulebooks", key: name, what: "hash".to_owned() }.into());
    }
    let limits = limits_of(&rules);
    Ok(Measure {
        id: row.rulebook_id.clone(),
        version: row.version.clone(),
        hash: row.hash.clone(),
        rulebook: rules,
        limits,
        repealed_from: None,
    })
}

/// Limits that a rulebook sets.
pub(super) fn limits_of(rulebook: &Rulebook) -> Limits {
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
