//! Putting a proposal together.
//!
//! **Invariant:** every column of the sheet appears once, taken for a field or left out.

use std::collections::{BTreeMap, BTreeSet};

use super::ProposeError;
use super::alias::aliases;
use super::assign::{Choice, Subject, assign};
use super::correct::{Correction, CorrectionError, Pin, pins};
use super::heading::{self, Heading};
use super::lists::{self, Standing};
use super::reading::sample;
use super::rights::{self, Places};
use super::rows::FirstRows;
use super::units::{self, UnitFound};
use super::values::Values;
use super::view::{
    ColumnProposal, Confidence, Doubt, DoubtCode, Proposal, UnitBasis, Why, WhyCode, Word, WordBasis, letter_of,
};
use crate::domain::names::{PartnerCode, fold_code};
use crate::import::cell::CellValue;
use crate::import::field::{Field, FileKind};
use crate::import::file_error::FileError;
use crate::import::header::Layout;
use crate::import::mapping::{RowPer, contradicts};
use crate::import::row::RowView;
use crate::import::sheet::RawRow;

/// Cells shown of a column.
const SAMPLES: usize = 5;
/// Words shown that need a translation.
const WORDS: usize = 40;

/// A proposal for the first rows of a file.
pub(super) fn build(
    file: &FirstRows,
    kind: FileKind,
    bank: Option<&PartnerCode>,
    corrections: &[Correction],
) -> Result<Proposal, ProposeError> {
    let heading = heading_of(file, kind, corrections)?;
    let pins = pins(kind, &heading.titles, corrections)?;
    let rows = data_rows(&heading);
    let subjects = subjects(&heading, &rows, &pins);
    let choices = assign(kind, &subjects);
    let units = units_of(&heading, &subjects, &choices);
    let places = places(&subjects, &choices);
    let pinned_row_per = corrections.iter().rev().find_map(|correction| match correction {
        Correction::RowPer(row_per) => Some(*row_per),
        _ => None,
    });
    let guessed = || places.as_ref().map_or(RowPer::Record, |places| rights::row_per(&rows, places));
    let row_per = pinned_row_per.unwrap_or_else(guessed);
    let signs = match (&places, row_per) {
        (Some(places), RowPer::Record) => rights::separators(&rows, places),
        _ => Vec::new(),
    };
    let mut columns = Vec::new();
    for (subject, choice) in subjects.iter().zip(choices) {
        let pin = pins.get(&subject.column);
        columns.push(column(subject, choice, &units, &signs, pin, row_per)?);
    }
    let mut proposal = Proposal {
        kind,
        bank: bank.map(|bank| bank.as_str().to_owned()),
        form: file.form,
        sheet: heading.sheet.name.clone(),
        sheets: file.sheet_names(),
        header_row: heading.row,
        header_rows: heading.rows,
        row_per,
        rows: rows.len(),
        whole: heading.sheet.whole,
        total_words: aliases().total_words.clone(),
        nil_words: if kind.is_of_one_bank() { aliases().nil_words.clone() } else { Vec::new() },
        blank_words: aliases().blank_words.clone(),
        missing: kind.needed().iter().filter(|field| !holds(&columns, **field)).copied().collect(),
        columns,
        doubts: Vec::new(),
    };
    check_units(&heading, &pins, &proposal)?;
    read_cells(&mut proposal, &rows, &subjects);
    proposal.doubts = doubts(&proposal);
    Ok(proposal)
}

fn holds(columns: &[ColumnProposal], field: Field) -> bool {
    columns.iter().any(|column| column.field == Some(field))
}

fn heading_of<'s>(
    file: &'s FirstRows,
    kind: FileKind,
    corrections: &[Correction],
) -> Result<Heading<'s>, ProposeError> {
    let mut sheet = None;
    let mut header = None;
    for correction in corrections {
        match correction {
            Correction::Sheet(name) if file.sheets.iter().all(|rows| rows.name.as_ref() != Some(name)) => {
                return Err(CorrectionError::Sheet { name: name.clone() }.into());
            }
            Correction::Sheet(name) => sheet = Some(name.as_str()),
            Correction::Header { row, rows } => header = Some((*row, *rows)),
            _ => {}
        }
    }
    let found = heading::find(file, kind, sheet);
    let Some((row, rows)) = header else {
        let headers = || {
            let all = file.sheets.iter().filter(|rows| sheet.is_none() || rows.name.as_deref() == sheet);
            all.flat_map(|rows| &rows.rows).take(1).flat_map(texts).take(20).collect()
        };
        return found.ok_or_else(|| FileError::HeaderUnknown { headers: headers(), missing: Vec::new() }.into());
    };
    let wanted = |rows: &&super::rows::SheetRows| match (&found, sheet) {
        (_, Some(name)) => rows.name.as_deref() == Some(name),
        (Some(found), None) => rows.name == found.sheet.name,
        (None, None) => !rows.rows.is_empty(),
    };
    let heading = file.sheets.iter().find(wanted).map(|sheet| heading::at(sheet, row, rows));
    let fits = rows > 0 && rows <= row && row <= crate::import::header::SEARCHED_ROWS;
    match heading {
        Some(heading) if fits && !heading.titles.is_empty() => Ok(heading),
        _ => Err(CorrectionError::Header { row, rows }.into()),
    }
}

fn texts(row: &RawRow) -> Vec<String> {
    row.cells.iter().filter(|cell| !cell.merged && !cell.value.is_blank()).map(|cell| cell.value.text()).collect()
}

/// Rows below the header that are neither sums nor a nil return, nor empty under every title.
fn data_rows<'s>(heading: &Heading<'s>) -> Vec<&'s RawRow> {
    let words: Vec<String> =
        aliases().total_words.iter().chain(&aliases().nil_words).map(|word| fold_code(word)).collect();
    let is_data = |row: &&RawRow| {
        let first = texts(row).into_iter().next().unwrap_or_default();
        let folded = fold_code(&first);
        let first = folded.trim_end_matches([':', '。']);
        row.number > heading.row
            && !words.iter().any(|word| word == first)
            && heading.titles.iter().any(|title| row.holds_own(title.column))
    };
    heading.sheet.rows.iter().filter(is_data).collect()
}

/// The columns with a header, and those that have data and none.
fn subjects<'s>(heading: &Heading<'s>, rows: &[&'s RawRow], pins: &BTreeMap<usize, Pin>) -> Vec<Subject<'s>> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let last = heading.titles.iter().map(|title| title.column.saturating_add(1)).max().unwrap_or(0);
    let says_nothing = |value: &CellValue| match value {
        CellValue::Text(text) => aliases().blank_words.contains(text),
        other => other.is_blank(),
    };
    let mut subjects = Vec::new();
    for column in 0..width.max(last) {
        let header = heading.titles.iter().find(|title| title.column == column).map(|title| title.full.clone());
        let own = rows.iter().filter(|row| row.holds_own(column)).map(|row| (row.number, row.value(column)));
        let cells: Vec<(u32, &CellValue)> = own.filter(|(_, value)| !says_nothing(value)).collect();
        if header.is_none() && cells.is_empty() {
            continue;
        }
        let pinned = pins.get(&column).and_then(|pin| pin.field);
        subjects.push(Subject { column, header: header.unwrap_or_default(), values: Values { cells }, pinned });
    }
    subjects
}

fn units_of(heading: &Heading<'_>, subjects: &[Subject<'_>], choices: &[Choice]) -> BTreeMap<Field, UnitFound> {
    let line = units::of_lines(&heading.sheet.rows, heading.row, heading.rows);
    let money: Vec<(Field, &str, &Values<'_>)> = subjects
        .iter()
        .zip(choices)
        .filter_map(|(subject, choice)| choice.field.map(|field| (field, subject)))
        .filter(|(field, _)| field.is_money())
        .map(|(field, subject)| (field, subject.header.as_str(), &subject.values))
        .collect();
    units::of_columns(&money, line)
}

fn places(subjects: &[Subject<'_>], choices: &[Choice]) -> Option<Places> {
    let all: Vec<(Field, usize)> = subjects
        .iter()
        .zip(choices)
        .filter_map(|(subject, choice)| choice.field.map(|field| (field, subject.column)))
        .collect();
    let of = |field: Field| all.iter().find(|(other, _)| *other == field).map(|(_, column)| *column);
    let core = [Field::Borrower, Field::CreditCode, Field::Principal, Field::DisbursedOn];
    Some(Places {
        contract: of(Field::Contract)?,
        kind: of(Field::IpKind)?,
        number: of(Field::IpNumber)?,
        of_loan: all.iter().filter(|(field, _)| !field.is_of_one_right()).map(|(_, column)| *column).collect(),
        core: core.into_iter().filter_map(of).collect(),
    })
}

fn column(
    subject: &Subject<'_>,
    choice: Choice,
    units: &BTreeMap<Field, UnitFound>,
    signs: &[char],
    pin: Option<&Pin>,
    row_per: RowPer,
) -> Result<ColumnProposal, CorrectionError> {
    let field = choice.field;
    let header = || subject.header.clone();
    let mut unit = field.and_then(|field| units.get(&field)).copied();
    let several = matches!(field, Some(Field::IpKind | Field::IpNumber | Field::IpTitle));
    let mut split = match field {
        Some(Field::Documents) => {
            let texts: Vec<String> = subject.values.cells.iter().map(|(_, cell)| cell.text()).collect();
            rights::paper_separators(texts.iter().map(String::as_str))
        }
        _ if several && row_per == RowPer::Record => signs.to_vec(),
        _ => Vec::new(),
    };
    let empty = Pin::default();
    let pin = pin.unwrap_or(&empty);
    if let Some(said) = pin.unit {
        if !field.is_some_and(Field::is_money) {
            return Err(CorrectionError::NoMoney { header: header() });
        }
        unit = Some(UnitFound { unit: Some(said), basis: UnitBasis::Corrected });
    }
    if let Some(said) = &pin.split {
        if !several && field != Some(Field::Documents) {
            return Err(CorrectionError::NoSplit { header: header() });
        }
        split.clone_from(said);
    }
    let words = words(field, subject, &split, pin)?;
    let (confidence, why) = after_words(choice.confidence, choice.why, pin);
    let is_optional = matches!(field, Some(Field::Drawdown | Field::Note));
    Ok(ColumnProposal {
        column: subject.column,
        letter: letter_of(subject.column),
        header: header(),
        field,
        alternatives: choice.alternatives,
        confidence,
        why,
        unit: unit.and_then(|found| found.unit),
        unit_basis: unit.map(|found| found.basis),
        split,
        optional: pin.optional.unwrap_or(is_optional),
        words,
        list: field.map(lists::members).unwrap_or_default(),
        date_forms: if field.is_some_and(Field::is_date) { subject.values.date_forms() } else { Vec::new() },
        filled: subject.values.cells.len(),
        faults: 0,
        samples: Vec::new(),
    })
}

/// Values that did not fit a list do so once a person has said what they stand for.
fn after_words(confidence: Confidence, mut why: Vec<Why>, pin: &Pin) -> (Confidence, Vec<Why>) {
    let spoken_against = why.iter().any(|one| one.code == WhyCode::ValuesAgainst);
    let is_contested = why.iter().any(|one| matches!(one.code, WhyCode::RivalColumn | WhyCode::RivalField));
    if pin.words.is_empty() || !spoken_against || is_contested {
        return (confidence, why);
    }
    why.retain(|one| one.code != WhyCode::ValuesAgainst);
    (confidence.max(Confidence::Likely), why)
}

/// The words of a column that its list does not have, the frequent ones first.
fn words(field: Option<Field>, subject: &Subject<'_>, split: &[char], pin: &Pin) -> Result<Vec<Word>, CorrectionError> {
    let said = pin.words.iter();
    let list_of = field.filter(|field| !lists::members(*field).is_empty());
    let Some(field) = list_of else {
        return match pin.words.is_empty() {
            true => Ok(Vec::new()),
            false => Err(CorrectionError::NoList { header: subject.header.clone() }),
        };
    };
    let mut counts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (_, cell) in &subject.values.cells {
        let text = cell.text();
        let cut = if split.is_empty() { vec![text] } else { cut(&text, split) };
        for part in cut {
            counts.entry(fold_code(&part)).or_insert((part, 0)).1 += 1;
        }
    }
    let mut words = Vec::new();
    for (folded, (word, count)) in &counts {
        let (meaning, basis) = match (pin.words.get(folded), lists::standing(field, word)) {
            (Some(_), _) | (None, Standing::Listed) => continue,
            (None, Standing::Means(meaning, basis)) => (Some(meaning.to_owned()), basis),
            (None, Standing::Unknown) => (None, WordBasis::Unknown),
        };
        words.push(Word { word: word.clone(), count: *count, meaning, basis });
    }
    for (folded, meaning) in said {
        let Some(listed) = lists::member(field, meaning) else {
            return Err(CorrectionError::NotInList { field, meaning: meaning.clone() });
        };
        if lists::standing(field, folded) == Standing::Listed && folded != listed {
            return Err(CorrectionError::WordListed { word: folded.clone(), meaning: listed.to_owned() });
        }
        let (word, count) = counts.get(folded).cloned().unwrap_or_else(|| (folded.clone(), 0));
        words.push(Word { word, count, meaning: Some(listed.to_owned()), basis: WordBasis::Corrected });
    }
    words.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.word.cmp(&b.word)));
    words.truncate(WORDS);
    Ok(words)
}

fn cut(text: &str, split: &[char]) -> Vec<String> {
    let parts = text.split(|c| split.contains(&c)).map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// Refuses a unit that the file itself contradicts.
fn check_units(heading: &Heading<'_>, pins: &BTreeMap<usize, Pin>, proposal: &Proposal) -> Result<(), CorrectionError> {
    let line = units::of_lines(&heading.sheet.rows, heading.row, heading.rows);
    for column in &proposal.columns {
        let Some(unit) = pins.get(&column.column).and_then(|pin| pin.unit) else { continue };
        let in_header = crate::import::mapping::unit_named(&column.header);
        let by_line = in_header.is_none() && line.is_some_and(|named| named != Some(unit));
        if contradicts(&column.header, unit) || by_line {
            return Err(CorrectionError::UnitAgainst { header: column.header.clone(), unit });
        }
    }
    Ok(())
}

/// Reads the cells of every column as the import would.
fn read_cells(proposal: &mut Proposal, rows: &[&RawRow], subjects: &[Subject<'_>]) {
    let mapping = proposal.mapping("proposal");
    let places = proposal.columns.iter().filter_map(|column| column.field.map(|field| (field, column.column)));
    let columns: BTreeMap<Field, usize> = places.collect();
    let layout =
        Layout { mapping: &mapping, header_row: proposal.header_row, columns, shown: BTreeMap::new(), marked: false };
    for (column, subject) in proposal.columns.iter_mut().zip(subjects) {
        let mut shown = BTreeSet::new();
        let mut good = Vec::new();
        let mut bad = Vec::new();
        for (number, cell) in &subject.values.cells {
            let place = rows.binary_search_by_key(number, |row| row.number);
            let Some(row) = place.ok().and_then(|place| rows.get(place)) else { continue };
            let text = cell.text();
            let Some(field) = column.field else {
                if good.len() < SAMPLES && shown.insert(text.clone()) {
                    good.push(super::reading::Sample { row: *number, text, reading: None, fault: None });
                }
                continue;
            };
            let one = sample(&RowView::new(row, &layout), field, text);
            column.faults = column.faults.saturating_add(usize::from(one.fault.is_some()));
            let into = if one.fault.is_some() { &mut bad } else { &mut good };
            if into.len() < SAMPLES && shown.insert(one.text.clone()) {
                into.push(one);
            }
        }
        // What cannot be read is shown beside what can, so that neither hides the other.
        good.truncate(SAMPLES.saturating_sub(bad.len().min(2)));
        bad.truncate(SAMPLES.saturating_sub(good.len()));
        good.extend(bad);
        good.sort_by_key(|one| one.row);
        column.samples = good;
    }
}

/// What must be settled before the proposal can be kept.
fn doubts(proposal: &Proposal) -> Vec<Doubt> {
    let missing = proposal.missing.iter().map(|field| Doubt {
        code: DoubtCode::Missing,
        field: Some(*field),
        about: String::new(),
    });
    let mut doubts: Vec<Doubt> = missing.collect();
    let same = |header: &str| {
        let folded = fold_code(header);
        proposal.columns.iter().filter(|other| fold_code(&other.header) == folded).count()
    };
    for column in &proposal.columns {
        let Some(field) = column.field else { continue };
        let mut doubt = |code: DoubtCode, about: &str| {
            doubts.push(Doubt { code, field: Some(field), about: about.to_owned() });
        };
        if same(&column.header) > 1 {
            doubt(DoubtCode::HeaderTwice, &column.header);
        }
        if column.confidence == Confidence::Guess {
            doubt(DoubtCode::Guess, &column.header);
        }
        match (column.unit_basis, column.unit) {
            (Some(_), None) => doubt(DoubtCode::UnitStrange, &column.header),
            (Some(UnitBasis::Unsure), _) => doubt(DoubtCode::UnitUnsure, &column.header),
            _ => {}
        }
        for word in column.words.iter().filter(|word| word.basis == WordBasis::Similar) {
            doubt(DoubtCode::WordGuess, &word.word);
        }
    }
    doubts
}
