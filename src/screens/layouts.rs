//! Proposed layouts as a page shows them, and what its form says of them.
//!
//! **Invariant:** a choice that comes back as it was shown says nothing; one that was changed is a correction.

use super::desk::Desk;
use super::words::word;
use crate::domain::names::PartnerCode;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::PageView;
use crate::import::field::{Field, FileKind};
use crate::import::mapping::{RowPer, Unit};
use crate::import::propose::Draft;
use crate::import::propose::correct::{ColumnRef, Correction};
use crate::import::propose::view::{ColumnProposal, Confidence, field_name};
use crate::storage::rows::uploads::UploadRow;
use crate::usecase::UseCaseError;
use crate::usecase::uploads::layout;
use crate::views::Choice;
use crate::views::layouts::{LayoutColumn, LayoutSample, LayoutView, LayoutWord};
use crate::views::uploads::FormError;

/// Columns a form can speak of: more than a file may have.
const COLUMNS: usize = 200;
/// Words of one column a form can speak of.
const WORDS: usize = 100;
/// Characters of a cell that are shown.
const CELL_CHARS: usize = 40;

/// The page as it stands before anybody has said anything; where nothing can be proposed, the page of the file with
/// the reason.
pub(super) fn load(desk: &mut Desk<'_>, id: &str) -> Result<PageView, PageError> {
    let row = upload(desk, id)?;
    let bank = row.bank.as_deref().map(PartnerCode::new);
    match layout::propose(desk.app, &row, bank, &[]) {
        Ok(draft) => {
            let view = view(desk, &row, &draft, &Submission::default(), Vec::new())?;
            Ok(PageView::Layout(Box::new(view)))
        }
        Err(error @ (UseCaseError::Propose(_) | UseCaseError::File { .. })) => {
            let why = FormError { field: "main".to_owned(), text: error.text(desk.lang) };
            Ok(PageView::Upload(Box::new(super::uploads::one(desk, id, vec![why])?)))
        }
        Err(error) => Err(error.into()),
    }
}

/// An upload that a layout may help.
pub(super) fn upload(desk: &mut Desk<'_>, id: &str) -> Result<UploadRow, PageError> {
    Some(super::uploads::stored(desk, id)?).filter(layout::may_help).ok_or(PageError::NotFound)
}

/// The page of a draft; `form` keeps what its sender typed besides.
pub(super) fn view(
    desk: &mut Desk<'_>,
    row: &UploadRow,
    draft: &Draft,
    form: &Submission,
    errors: Vec<FormError>,
) -> Result<LayoutView, PageError> {
    let proposal = &draft.proposal;
    let kind = proposal.kind;
    let bank = proposal.bank.clone().unwrap_or_default();
    let owner = if bank.is_empty() { "fund" } else { &bank };
    let name = Some(form.field("name")).filter(|name| !name.is_empty());
    let lang = desk.lang;
    let choice = |field: &Field| Choice { code: field.code().to_owned(), name: field_name(*field, lang) };
    Ok(LayoutView {
        shell: desk.shell()?,
        id: row.upload_id.clone(),
        file: row.file_name.clone(),
        kind: word(desk.lang, "screen.file_kind", kind.code()),
        of_bank: kind.is_of_one_bank(),
        name: name.map_or_else(|| format!("{owner}_{}", kind.code()), str::to_owned),
        bank,
        banks: desk.bank_choices(),
        sheet: proposal.sheet.clone().unwrap_or_default(),
        sheets: proposal.sheets.clone(),
        header_row: proposal.header_row,
        header_rows: proposal.header_rows,
        row_per: proposal.row_per.code().to_owned(),
        chooses_row_per: kind == FileKind::Registrations,
        rows: proposal.rows,
        columns: proposal.columns.iter().map(|column| shown(desk, column)).collect(),
        fields: kind.needed().iter().chain(kind.allowed()).map(choice).collect(),
        doubts: proposal.doubts.iter().map(|doubt| doubt.text(desk.lang)).collect(),
        has_guesses: proposal.doubts.iter().any(|doubt| doubt.code.is_acceptable()),
        accepts_guesses: form.field("accept_guesses") == "yes",
        said: serde_json::to_string(draft.corrections()).unwrap_or_default(),
        errors,
    })
}

fn shown(desk: &Desk<'_>, column: &ColumnProposal) -> LayoutColumn {
    let why: Vec<String> = column.why.iter().map(|why| why.code.text(desk.lang, &why.about)).collect();
    LayoutColumn {
        place: column.column,
        letter: column.letter.clone(),
        header: column.header.clone(),
        field: column.field.map(|field| field.code().to_owned()).unwrap_or_default(),
        confidence: match column.confidence {
            Confidence::None => "none",
            Confidence::Guess => "guess",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
        .to_owned(),
        why: why.join(&desk.text("screen.list", &[])),
        is_money: column.unit_basis.is_some(),
        unit: column.unit.map(|unit| unit.zh().to_owned()).unwrap_or_default(),
        unit_basis: column.unit_basis.map(|basis| basis.text(desk.lang, "")).unwrap_or_default(),
        words: column
            .words
            .iter()
            .map(|word| LayoutWord {
                word: word.word.clone(),
                count: word.count,
                meaning: word.meaning.clone().unwrap_or_default(),
                basis: word.basis.text(desk.lang, ""),
            })
            .collect(),
        list: column.list.iter().map(|word| (*word).to_owned()).collect(),
        filled: column.filled,
        faults: column.faults,
        samples: column
            .samples
            .iter()
            .take(3)
            .map(|sample| LayoutSample {
                row: sample.row,
                text: short(&sample.text),
                reading: sample.reading.as_deref().map(short).unwrap_or_default(),
                fault: sample.fault.as_ref().map(|fault| fault.reason(desk.lang).to_owned()).unwrap_or_default(),
            })
            .collect(),
    }
}

/// A cell on one line, cut where it is long.
fn short(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= CELL_CHARS {
        return line;
    }
    let cut: String = line.chars().take(CELL_CHARS).collect();
    format!("{cut}…")
}

/// What a form says: what was said before it, and what its sender changed.
pub(super) fn said(form: &Submission) -> (Vec<Correction>, Vec<Correction>) {
    // What does not read was not written by this page and says nothing.
    let before: Vec<Correction> = serde_json::from_str(form.field("said")).unwrap_or_default();
    let mut new = Vec::new();
    let changed = |name: &str| {
        let now = form.field(name);
        (now != form.field(&format!("was_{name}"))).then_some(now)
    };
    new.extend(changed("sheet").filter(|sheet| !sheet.is_empty()).map(|sheet| Correction::Sheet(sheet.to_owned())));
    if changed("header_row").or_else(|| changed("header_rows")).is_some() {
        let number = |name: &str| form.field(name).parse().unwrap_or(0);
        new.push(Correction::Header { row: number("header_row"), rows: number("header_rows") });
    }
    let row_per =
        changed("row_per").and_then(|code| [RowPer::Record, RowPer::Right].into_iter().find(|r| r.code() == code));
    new.extend(row_per.map(Correction::RowPer));
    for place in 0..COLUMNS {
        let column = ColumnRef::At(place);
        match changed(&format!("f{place}")) {
            Some("") => new.push(Correction::Ignore { column: column.clone() }),
            Some(code) => {
                let field = Field::from_code(code);
                new.extend(field.map(|field| Correction::Field { column: column.clone(), field }));
            }
            None => {}
        }
        let unit = changed(&format!("u{place}")).and_then(Unit::from_zh);
        new.extend(unit.map(|unit| Correction::Unit { column: column.clone(), unit }));
        for number in 0..WORDS {
            let word = form.field(&format!("t{place}_{number}"));
            if word.is_empty() {
                break;
            }
            let meaning = changed(&format!("w{place}_{number}")).filter(|meaning| !meaning.is_empty());
            new.extend(meaning.map(|meaning| Correction::Word {
                column: column.clone(),
                word: word.to_owned(),
                meaning: meaning.to_owned(),
            }));
        }
    }
    (before, new)
}
