//! Mappings that people confirmed: proposed for a file, corrected, kept by version with the bank they are of.
//!
//! **Invariant:** nothing is kept that a person has not settled, and every version that was ever used stays.

use super::UseCaseError;
use crate::app::App;
use crate::domain::names::{PartnerCode, PartnerKind};
use crate::hash::sha256_hex;
use crate::i18n::{self, Lang};
use crate::import::choice::bank_in_name;
use crate::import::field::FileKind;
use crate::import::mapping::{Mapping, MappingSet};
use crate::import::propose::Draft;
use crate::import::propose::correct::Correction;
use crate::import::propose::rows::FirstRows;
use crate::import::propose::view::Proposal;
use crate::storage::chain::Chain;
use crate::storage::facts::{Change, unstamped};
use crate::storage::find::{Reach, mappings, parties};
use crate::storage::rows::mappings::ImportMappingRow;
use crate::storage::{Act, Db, Scope};

/// Longest name of a mapping, in characters.
const LONGEST_NAME: usize = 60;

/// What is asked of a save.
#[derive(Debug, Clone)]
pub struct Saving {
    /// Who saves, and for which business date.
    pub act: Act,
    /// Name to keep it under.
    pub name: String,
    /// Whether guesses are right as they stand.
    pub accept_guesses: bool,
}

/// A version of a mapping and whether it is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Version.
    pub version: i64,
    /// Whether anything was added.
    pub is_new: bool,
}

/// A mapping as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The mapping.
    pub mapping: Mapping,
    /// Whether it is no longer used.
    pub retired: bool,
}

/// The mappings of an installation: those confirmed and in force, then its folder's, then those compiled in.
///
/// # Errors
/// Storage; a mapping that does not read.
pub fn set_for(app: &App) -> Result<MappingSet, UseCaseError> {
    let stored = mappings::newest(&mut *app.store.read()?, &Reach::of_fund(app.fund_id()))?;
    let in_force = stored.into_iter().filter(|row| !row.retired).map(|row| read(row).map(|one| one.mapping));
    let in_force = in_force.collect::<Result<Vec<_>, _>>()?;
    let folder = app.config.mappings_folder();
    Ok(MappingSet::load_after(in_force, folder.is_dir().then_some(folder.as_path()))?)
}

/// Codes of the partner banks.
///
/// # Errors
/// Storage.
pub fn known_banks(app: &App) -> Result<Vec<PartnerCode>, UseCaseError> {
    let partners = parties::partners(&mut *app.store.read()?, app.fund_id())?;
    let banks = partners.into_iter().filter(|partner| partner.kind == PartnerKind::Bank.code());
    Ok(banks.map(|bank| PartnerCode::new(&bank.code)).collect())
}

/// Proposes a mapping for the first rows of a file of this name. Without `bank` the one its name begins with counts,
/// if it is a partner.
///
/// # Errors
/// `Propose`; storage.
pub fn propose(
    app: &App,
    file: &str,
    rows: FirstRows,
    kind: FileKind,
    bank: Option<PartnerCode>,
) -> Result<Draft, UseCaseError> {
    let bank = match (bank, kind) {
        (_, FileKind::Fund | FileKind::Partners) => None,
        (None, FileKind::Registrations | FileKind::Servicing) => {
            let known = known_banks(app)?;
            bank_in_name(file).filter(|bank| known.contains(bank))
        }
        (bank, _) => bank,
    };
    Ok(Draft::new(rows, kind, bank)?)
}

/// Takes a person's corrections into a proposal.
///
/// # Errors
/// `Propose`, where the file or the kind contradicts one.
pub fn correct(draft: &Draft, corrections: &[Correction]) -> Result<Draft, UseCaseError> {
    Ok(draft.correct(corrections)?)
}

/// Keeps what is proposed, as a new version where it differs from the last.
///
/// # Errors
/// `Mapping`: something is open, the name cannot be used, the bank is missing or no partner. `MappingBroken`. Storage.
pub fn save(app: &App, saving: &Saving, proposal: &Proposal) -> Result<Saved, UseCaseError> {
    let name = saving.name.trim();
    let open = proposal.blockers(saving.accept_guesses);
    if !open.is_empty() {
        let told = |lang: Lang| {
            let texts: Vec<String> = open.iter().map(|doubt| doubt.text(lang)).collect();
            texts.join(&i18n::text(lang, "import.separator", &[]))
        };
        let count = open.len().to_string();
        let places = vec![("count", [count.clone(), count]), ("doubts", [told(Lang::Zh), told(Lang::En)])];
        return Err(refuse(name, "MAPPING_DOUBTS", places));
    }
    check_name(app, name)?;
    check_bank(app, name, proposal)?;
    keep(app, &saving.act, &proposal.checked_mapping(name)?)
}

/// Takes a mapping out of use; imports go on to say what they were read with.
///
/// # Errors
/// `Mapping`: there is none, or it is retired already. Storage.
pub fn retire(app: &App, act: &Act, name: &str) -> Result<Saved, UseCaseError> {
    let last = mappings::versions(&mut *app.store.read()?, app.fund_id(), name)?.into_iter().next();
    let Some(last) = last else { return Err(refuse(name, "MAPPING_UNKNOWN", Vec::new())) };
    write(app, act, &ImportMappingRow { retired: true, ..last })
}

/// Mappings that were confirmed, by name, retired ones too; with `Reach::of_bank` those that read files of a bank.
///
/// # Errors
/// Storage; a mapping that does not read.
pub fn list(app: &App, reach: &Reach) -> Result<Vec<Listed>, UseCaseError> {
    listed(&mut *app.store.read()?, reach)
}

/// Every version of a mapping that was confirmed, the newest first; of a mapping that ships or stands in the folder
/// there is one without number.
///
/// # Errors
/// `Mapping`: there is none. Storage; a mapping that does not read.
pub fn show(app: &App, name: &str) -> Result<Vec<Listed>, UseCaseError> {
    let rows = mappings::versions(&mut *app.store.read()?, app.fund_id(), name)?;
    if !rows.is_empty() {
        return rows.into_iter().map(read).collect();
    }
    let shipped = set_for(app)?.iter().find(|mapping| mapping.name == name).cloned();
    let found = shipped.ok_or_else(|| refuse(name, "MAPPING_UNKNOWN", Vec::new()))?;
    Ok(vec![Listed { mapping: found, retired: false }])
}

fn listed(db: &mut Db, reach: &Reach) -> Result<Vec<Listed>, UseCaseError> {
    mappings::newest(db, reach)?.into_iter().map(read).collect()
}

/// A stored version as a mapping.
fn read(row: ImportMappingRow) -> Result<Listed, UseCaseError> {
    let label = format!("{}@{}", row.name, row.version);
    let mapping = Mapping { version: Some(row.version), ..Mapping::parse(&label, &row.body)? };
    Ok(Listed { mapping, retired: row.retired })
}

fn keep(app: &App, act: &Act, mapping: &Mapping) -> Result<Saved, UseCaseError> {
    let body = mapping.to_toml();
    let (business_date, recorded_at, event_id) = unstamped();
    let row = ImportMappingRow {
        fund_id: app.fund_id().to_owned(),
        name: mapping.name.clone(),
        version: 0,
        bank: mapping.bank.clone(),
        kind: mapping.kind.code().to_owned(),
        body_hash: sha256_hex(body.as_bytes()),
        body,
        retired: false,
        business_date,
        recorded_at,
        event_id,
    };
    write(app, act, &row)
}

/// Appends a version, unless the last one says the same. The fund's scope is held as well, because a name is unique
/// in a fund.
fn write(app: &App, act: &Act, row: &ImportMappingRow) -> Result<Saved, UseCaseError> {
    let fund_id = app.fund_id();
    let scope = Scope::fund(fund_id);
    let (scope, chain) = match &row.bank {
        Some(bank) => {
            (scope.and(Scope::bank(fund_id, bank)), Chain::Bank { fund_id: fund_id.to_owned(), bank: bank.clone() })
        }
        None => (scope, Chain::Fund { fund_id: fund_id.to_owned() }),
    };
    app.store.write(&scope, act, |tx| {
        let last = mappings::versions(tx, fund_id, &row.name)?.into_iter().next();
        match &last {
            Some(last) if (&last.bank, &last.kind) != (&row.bank, &row.kind) => {
                return Err(taken(&row.name, &last.bank, &last.kind));
            }
            Some(last) if row.retired && last.retired => return Err(refuse(&row.name, "MAPPING_RETIRED", Vec::new())),
            Some(last) if last.body_hash == row.body_hash && last.retired == row.retired => {
                return Ok(Saved { version: last.version, is_new: false });
            }
            _ => {}
        }
        let version = last.as_ref().map_or(1, |last| last.version.saturating_add(1));
        let kind = if row.retired { "mapping.retired" } else { "mapping.saved" };
        let (business_date, recorded_at, event_id) = unstamped();
        let base = if row.retired { last.as_ref().unwrap_or(row) } else { row }.clone();
        let fresh = ImportMappingRow { version, retired: row.retired, business_date, recorded_at, event_id, ..base };
        tx.record(Change::new(chain.clone(), kind, format!("{}@{version}", row.name)).with(fresh))?;
        Ok(Saved { version, is_new: true })
    })
}

fn refuse(name: &str, code: &'static str, places: Vec<(&'static str, [String; 2])>) -> UseCaseError {
    UseCaseError::Mapping { name: name.to_owned(), code, places }
}

fn taken(name: &str, bank: &Option<String>, kind: &str) -> UseCaseError {
    let owner = |lang: Lang| {
        let kind = i18n::text(lang, &format!("mapping.kind.{kind}"), &[]);
        match bank {
            Some(bank) => i18n::text(lang, "mapping.owner_bank", &[("bank", bank), ("kind", &kind)]),
            None => i18n::text(lang, "mapping.owner_fund", &[("kind", &kind)]),
        }
    };
    refuse(name, "MAPPING_NAME_TAKEN", vec![("owner", [owner(Lang::Zh), owner(Lang::En)])])
}

fn check_name(app: &App, name: &str) -> Result<(), UseCaseError> {
    let length = name.chars().count();
    let odd = name.chars().any(|c| c.is_control() || matches!(c, '@' | '/' | '\\'));
    if !(1..=LONGEST_NAME).contains(&length) || odd {
        return Err(refuse(name, "MAPPING_NAME", Vec::new()));
    }
    let folder = app.config.mappings_folder();
    let files = MappingSet::load(folder.is_dir().then_some(folder.as_path()))?;
    if files.iter().any(|mapping| mapping.name == name) {
        let owner = [Lang::Zh, Lang::En].map(|lang| i18n::text(lang, "mapping.owner_shipped", &[]));
        return Err(refuse(name, "MAPPING_NAME_TAKEN", vec![("owner", owner)]));
    }
    Ok(())
}

/// A layout of one bank's files needs that bank; a code that is no partner's is a slip of the pen.
fn check_bank(app: &App, name: &str, proposal: &Proposal) -> Result<(), UseCaseError> {
    let Some(bank) = &proposal.bank else {
        return match proposal.kind.is_of_one_bank() {
            true => Err(refuse(name, "MAPPING_BANK_NEEDED", Vec::new())),
            false => Ok(()),
        };
    };
    let known = known_banks(app)?;
    if known.is_empty() || known.iter().any(|code| code.as_str() == bank) {
        return Ok(());
    }
    let codes: Vec<String> = known.iter().map(|code| code.as_str().to_owned()).collect();
    let list = [Lang::Zh, Lang::En].map(|lang| codes.join(&i18n::text(lang, "import.separator", &[])));
    Err(refuse(name, "MAPPING_BANK_UNKNOWN", vec![("bank", [bank.clone(), bank.clone()]), ("list", list)]))
}
