//! Which sheet, which mapping and which bank a file belongs to.
//!
//! **Invariant:** a file is read with one mapping that fits its header completely, for one bank on which all
//! sources agree.

use super::ReadRequest;
use super::field::FileKind;
use super::file_error::FileError;
use super::header::{Attempt, Layout, SEARCHED_ROWS, best_fit};
use super::limits::Limits;
use super::mapping::{Form, Mapping, MappingSet};
use super::sheet::{Book, RawRow};
use crate::domain::names::PartnerCode;

/// A mapping tried on a sheet.
struct Candidate<'m> {
    sheet: Option<String>,
    attempt: Attempt<'m>,
    /// Whether the sheet has the name that the mapping prefers.
    named: bool,
    /// How near the mapping stands to the bank the file is said to come from.
    nearness: u8,
}

impl Candidate<'_> {
    /// What a person confirmed wins. Of mappings that fit equally, the bank's own wins, then the one whose sheet it is,
    /// then the one for every bank: a file that names no bank must not be taken for the one whose headers it shares.
    fn rank(&self) -> (bool, bool, usize, u8, bool, bool) {
        let complete = self.attempt.is_complete();
        let confirmed = complete && self.mapping().version.is_some();
        let for_every_bank = self.mapping().bank.is_none();
        (complete, confirmed, self.attempt.score(), self.nearness, self.named, for_every_bank)
    }

    const fn mapping(&self) -> &Mapping {
        self.attempt.layout.mapping
    }
}

fn nearness(mapping: &Mapping, expected: Option<&PartnerCode>) -> u8 {
    match (mapping.bank(), expected) {
        (Some(own), Some(expected)) if own == *expected => 2,
        (Some(_), Some(_)) => 0,
        (None, _) | (_, None) => 1,
    }
}

/// Finds the sheet to read and where its columns stand.
///
/// # Errors
/// `Empty`, `MappingNotFound`, `SheetNotFound`, `HeaderUnknown`, `HeaderMissing`, `HeaderDuplicate`,
/// `UnitContradiction`, and what the sheets refuse.
pub fn choose<'m>(
    book: &mut Book<'_>,
    name: &str,
    request: &ReadRequest,
    mappings: &'m MappingSet,
) -> Result<(Option<String>, Layout<'m>), FileError> {
    let expected = request.bank.clone().or_else(|| bank_in_name(name));
    let settled = request.bank.clone().or_else(|| known_bank_in_name(name, request, mappings));
    let candidates = candidate_mappings(request, mappings, settled.as_ref())?;
    let mut tried: Vec<Candidate<'m>> = Vec::new();
    let mut first_headers: Option<Vec<String>> = None;
    let sheets = book.sheets();
    for sheet in &sheets {
        let top = top_rows(book, sheet.as_deref(), &request.limits)?;
        if first_headers.is_none() && !top.is_empty() {
            first_headers = Some(widest_row(&top));
        }
        for mapping in &candidates {
            let Some(attempt) = best_fit(&top, mapping) else { continue };
            if !may_have(mapping, book.form(), &attempt) {
                continue;
            }
            let named = mapping.sheet.is_some() && mapping.sheet == *sheet;
            let nearness = nearness(mapping, expected.as_ref());
            tried.push(Candidate { sheet: sheet.clone(), attempt, named, nearness });
        }
    }
    let Some(headers) = first_headers else { return Err(FileError::Empty) };
    if settled.is_none() && request.mapping.is_none() {
        leave_out_rivals(&mut tried)?;
    }
    // The first of equals wins: what was confirmed before the run-time folder, and that before what is compiled in.
    let best = tried.iter().rev().max_by_key(|candidate| candidate.rank());
    let sheet_names: Vec<String> = sheets.into_iter().flatten().collect();
    match best {
        Some(best) if best.attempt.is_complete() => {
            let rivals = tried.iter().filter(|other| other.rank() == best.rank() && other.sheet != best.sheet);
            if rivals.count() > 0 {
                let wanted = best.attempt.layout.mapping.sheet.clone();
                return Err(FileError::SheetNotFound { wanted, sheets: sheet_names });
            }
            Ok((best.sheet.clone(), best.attempt.layout.clone()))
        }
        other => {
            let expected: Vec<&Mapping> =
                candidates.into_iter().filter(|mapping| mapping.forms.contains(&book.form())).collect();
            Err(refuse(other, headers, sheet_names, &expected))
        }
    }
}

/// Why nothing fits: a workbook without the sheet that is waited for, the nearest header, or no header at all.
fn refuse(
    nearest: Option<&Candidate<'_>>,
    headers: Vec<String>,
    sheets: Vec<String>,
    mappings: &[&Mapping],
) -> FileError {
    let near =
        nearest.filter(|best| best.attempt.score().saturating_mul(2) > best.attempt.layout.mapping.columns.len());
    if let Some(best) = near {
        return best.attempt.refusal();
    }
    let wanted = mappings.iter().filter_map(|mapping| mapping.sheet.clone());
    let absent: Vec<String> = wanted.filter(|name| !sheets.contains(name)).collect();
    if !sheets.is_empty() && !absent.is_empty() && absent.len() == mappings.len() {
        return FileError::SheetNotFound { wanted: absent.first().cloned(), sheets };
    }
    match nearest.filter(|best| best.attempt.score() > 0) {
        Some(best) => best.attempt.refusal(),
        None => FileError::HeaderUnknown { headers, missing: Vec::new() },
    }
}

/// Whether a file of this mapping may have this form. A marked workbook always is one, whatever it was made from.
fn may_have(mapping: &Mapping, form: Form, attempt: &Attempt<'_>) -> bool {
    mapping.forms.contains(&form) || (form == Form::Xlsx && attempt.layout.marked)
}

/// A mapping that was confirmed for one bank reads a file of which nobody says the bank only where no other mapping
/// fits: the layout alone must not decide whose file it is.
fn leave_out_rivals(tried: &mut Vec<Candidate<'_>>) -> Result<(), FileError> {
    let of_one =
        |candidate: &Candidate<'_>| candidate.mapping().version.is_some() && candidate.mapping().bank.is_some();
    let complete = || tried.iter().filter(|candidate| candidate.attempt.is_complete());
    let mut banks: Vec<String> =
        complete().filter(|one| of_one(one)).filter_map(|one| one.mapping().bank.clone()).collect();
    banks.sort();
    banks.dedup();
    let others = complete().any(|candidate| !of_one(candidate) && candidate.mapping().bank.as_ref() != banks.first());
    match (banks.len(), others) {
        (0, _) | (1, false) => Ok(()),
        (_, false) => Err(FileError::BankUnclear { banks }),
        (_, true) => {
            tried.retain(|candidate| !of_one(candidate));
            Ok(())
        }
    }
}

fn candidate_mappings<'m>(
    request: &ReadRequest,
    mappings: &'m MappingSet,
    bank: Option<&PartnerCode>,
) -> Result<Vec<&'m Mapping>, FileError> {
    let Some(name) = &request.mapping else {
        let of_another = |mapping: &Mapping| {
            let own = mapping.bank().filter(|_| mapping.version.is_some());
            own.is_some() && bank.is_some() && own.as_ref() != bank
        };
        return Ok(mappings.of_kind(request.kind).filter(|mapping| !of_another(mapping)).collect());
    };
    match mappings.of_kind(request.kind).find(|mapping| mapping.name == *name) {
        Some(mapping) => Ok(vec![mapping]),
        None => Err(FileError::MappingNotFound { name: name.clone(), kind: request.kind }),
    }
}

fn top_rows(book: &mut Book<'_>, sheet: Option<&str>, limits: &Limits) -> Result<Vec<RawRow>, FileError> {
    let mut source = book.rows(sheet, limits)?;
    let mut top = Vec::new();
    while let Some(row) = source.next_row()? {
        if row.number > SEARCHED_ROWS {
            break;
        }
        top.push(row);
    }
    Ok(top)
}

fn widest_row(top: &[RawRow]) -> Vec<String> {
    let texts = |row: &RawRow| -> Vec<String> {
        row.cells
            .iter()
            .filter(|cell| !cell.merged)
            .map(|cell| cell.value.text())
            .filter(|text| !text.is_empty())
            .collect()
    };
    top.iter().rev().map(texts).max_by_key(Vec::len).unwrap_or_default()
}

/// The bank of a file on which option, mapping and name agree.
///
/// # Errors
/// `BankContradiction`.
pub fn bank_of(
    name: &str,
    request: &ReadRequest,
    mapping: &Mapping,
    mappings: &MappingSet,
) -> Result<Option<PartnerCode>, FileError> {
    if !request.kind.is_of_one_bank() {
        return Ok(request.bank.clone());
    }
    let by_option = request.bank.clone();
    let by_mapping = mapping.bank();
    let by_name = bank_in_name(name);
    let known_name = known_bank_in_name(name, request, mappings);
    let mut sources = [&by_option, &by_mapping, &known_name].into_iter().flatten();
    let first = sources.next();
    if sources.any(|other| Some(other) != first) {
        let text = |bank: &Option<PartnerCode>| bank.as_ref().map(ToString::to_string);
        return Err(FileError::BankContradiction {
            by_option: text(&by_option),
            by_mapping: text(&by_mapping),
            by_name: text(&by_name),
        });
    }
    Ok(first.cloned().or(by_name))
}

/// The bank in a file's name, if it is one: a prefix that is no known bank may be any word and settles nothing.
fn known_bank_in_name(name: &str, request: &ReadRequest, mappings: &MappingSet) -> Option<PartnerCode> {
    bank_in_name(name).filter(|bank| mappings.knows_bank(bank) || request.known_banks.contains(bank))
}

/// A bank code before the first underscore of a file name: `SGH_202507.csv`.
#[must_use]
pub fn bank_in_name(name: &str) -> Option<PartnerCode> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (prefix, _) = base.split_once('_')?;
    let shaped = (2..=8).contains(&prefix.len())
        && prefix.starts_with(|c: char| c.is_ascii_uppercase())
        && prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    shaped.then(|| PartnerCode::new(prefix))
}

/// The month in a file name: six digits between underscores or before the ending, `SGH_202507_v2.csv`.
#[must_use]
pub fn month_in_name(name: &str, kind: FileKind) -> Option<crate::domain::calendar::Month> {
    if kind != FileKind::Servicing {
        return None;
    }
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    base.split(['_', '.', '-']).find_map(|part| crate::domain::calendar::Month::parse(part).ok())
}
