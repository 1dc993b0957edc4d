//! Workbooks to fill in: the standard layout of a kind with units, lists to choose from, formats that keep digits, and a
//! sheet that explains every column; for a month's report with the bank's loans filled in.
//!
//! Filled in is what identifies a row, never what is to be confirmed: a row whose balance nobody has typed is refused.
//! **Invariant:** the headings are those of the standard layout, so a filled template can be imported.

use std::io::Write;

use chrono::NaiveDate;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, Note, Workbook, Worksheet, XlsxError,
};

use super::error::ExportError;
use super::table::{Column, ColumnKind, Value};
use super::{layout, look, template_guide};
use crate::i18n::{self, Lang};
use crate::import::field::{Field, FileKind};
use crate::import::mapping::Mapping;

/// Rows below the heading that get formats and lists.
const ROWS: u32 = 5_000;
/// Longest list that a cell can offer, separators included (Excel).
const LIST_LIMIT: usize = 255;

/// A loan that a month's report has to speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedLoan {
    /// Contract.
    pub contract: String,
    /// Drawdown number, empty if none.
    pub drawdown: String,
    /// Borrower, as a help to the eye.
    pub borrower: String,
    /// Balance last reported, in fen; none where the loan has never been reported.
    pub balance_fen: Option<i64>,
    /// Grade last reported, the Chinese word; empty where there is none.
    pub grade: String,
}

/// What a report is to be filled with.
#[derive(Debug, Clone)]
pub struct Prefill<'p> {
    /// Day of the report.
    pub reported_on: NaiveDate,
    /// Loans.
    pub loans: &'p [ExpectedLoan],
}

/// Writes the template of a kind.
///
/// # Errors
/// `Write`, `Workbook`.
pub fn write(
    kind: FileKind,
    prefill: Option<&Prefill<'_>>,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let mapping = layout::standard_mapping(kind)?;
    let columns = layout::columns(kind)?;
    let helpers: &[String] = if prefill.is_some() { &mapping.ignore } else { &[] };
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(kind, &mapping))?;
    headings(sheet, kind, &columns, helpers, lang)?;
    if let Some(prefill) = prefill {
        fill(sheet, &columns, prefill)?;
    }
    template_guide::write(book.add_worksheet(), kind, &mapping, prefill.is_some(), lang)?;
    out.write_all(&book.save_to_buffer()?)?;
    out.flush()?;
    Ok(())
}

/// Name of the sheet with the data; Chinese like its headings.
fn sheet_name(kind: FileKind, mapping: &Mapping) -> String {
    let own = || i18n::text(Lang::Zh, &format!("template.sheet.{}", kind.code()), &[]);
    mapping.sheet.clone().unwrap_or_else(own)
}

fn headings(
    sheet: &mut Worksheet,
    kind: FileKind,
    columns: &[Column],
    helpers: &[String],
    lang: Lang,
) -> Result<(), XlsxError> {
    let (needed, optional) = (look::heading(look::BLUE), look::heading(look::GREY));
    sheet.set_row_height(0, 32_u32)?;
    for ((place, column), field) in (0_u16..).zip(columns).zip(layout::fields(kind)) {
        let format = if is_needed(kind, *field) { &needed } else { &optional };
        sheet.set_column_format(place, &look::cells(column.kind))?;
        sheet.write_string_with_format(0, place, &column.title, format)?;
        let example = i18n::text(lang, &format!("template.example.{}", field.code()), &[]);
        look::set_width(sheet, place, look::places(&column.title).max(look::places(&example)))?;
        let meaning = meaning(kind, *field, lang);
        sheet.insert_note(0, place, &Note::new(&meaning).add_author_prefix(false).set_width(260).set_height(90))?;
        offer_list(sheet, place, *field, lang)?;
    }
    for (place, helper) in (narrow(columns.len())..).zip(helpers) {
        sheet.write_string_with_format(0, place, helper, &optional)?;
        look::set_width(sheet, place, look::places(helper))?;
    }
    sheet.set_freeze_panes(1, 1)?;
    look::set_up_print(sheet, 0)
}

/// Whether every row needs the field; some columns must be there and may have empty cells.
pub(super) fn is_needed(kind: FileKind, field: Field) -> bool {
    let may_be_blank = match kind {
        FileKind::Servicing => field == Field::OverdueSince,
        FileKind::Fund => field == Field::Contract,
        _ => false,
    };
    kind.needed().contains(&field) && !may_be_blank
}

/// What a column means, in words; the contract of a fund row is that of a recovery.
pub(super) fn meaning(kind: FileKind, field: Field, lang: Lang) -> String {
    let code = match (kind, field) {
        (FileKind::Fund, Field::Contract) => "recovered_contract",
        _ => field.code(),
    };
    i18n::text(lang, &format!("template.meaning.{code}"), &[])
}

fn narrow(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// A list to choose from, where the cell holds one word of a closed list.
fn offer_list(sheet: &mut Worksheet, place: u16, field: Field, lang: Lang) -> Result<(), XlsxError> {
    let words = layout::words(field);
    let length: usize = words.iter().map(|word| word.chars().count().saturating_add(1)).sum();
    let rule = if words.is_empty() || layout::holds_several(field) || length > LIST_LIMIT {
        if layout::column_kind(field) != ColumnKind::Money {
            return Ok(());
        }
        DataValidation::new()
            .allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0))
            .set_error_message(i18n::text(lang, "template.amount_only", &[]))?
    } else {
        DataValidation::new().allow_list_strings(&words)?.set_error_message(i18n::text(
            lang,
            "template.list_only",
            &[],
        ))?
    };
    let rule = rule
        .set_error_title(i18n::text(lang, "template.error_title", &[]))?
        .set_error_style(DataValidationErrorStyle::Stop);
    sheet.add_data_validation(1, place, ROWS, place, &rule)?;
    Ok(())
}

fn fill(sheet: &mut Worksheet, columns: &[Column], prefill: &Prefill<'_>) -> Result<(), ExportError> {
    let helper = Format::new().set_background_color(look::GREY);
    let helper_money = helper.clone().set_num_format("#,##0.00");
    for (line, loan) in (1_u32..).zip(prefill.loans) {
        for (place, column) in (0_u16..).zip(columns) {
            let value = match Field::from_code(column.key) {
                Some(Field::Contract) => loan.contract.as_str(),
                Some(Field::Drawdown) => loan.drawdown.as_str(),
                Some(Field::ReportedOn) => {
                    look::write_day(sheet, (line, place), prefill.reported_on, &look::cells(column.kind))?;
                    continue;
                }
                _ => "",
            };
            if !value.is_empty() {
                let safe = crate::import::apostrophe::guarded(value);
                sheet.write_string_with_format(line, place, safe, &look::cells(column.kind))?;
            }
        }
        let first = narrow(columns.len());
        sheet.write_string_with_format(line, first, &loan.borrower, &helper)?;
        match loan.balance_fen {
            Some(fen) => {
                let at = (line, first.saturating_add(1));
                look::write_decimal(sheet, at, &Value::Fen(fen).shown(), &helper_money)?;
            }
            None => {
                sheet.write_blank(line, first.saturating_add(1), &helper)?;
            }
        }
        sheet.write_string_with_format(line, first.saturating_add(2), &loan.grade, &helper)?;
    }
    let widest = prefill.loans.iter().map(|loan| look::places(&loan.contract)).max().unwrap_or(0);
    look::set_width(sheet, 0, widest.max(look::places("SGH-2026-0001")))?;
    let widest = prefill.loans.iter().map(|loan| look::places(&loan.borrower)).max().unwrap_or(0);
    look::set_width(sheet, narrow(columns.len()), widest.max(look::places("借款人名称")))?;
    Ok(())
}
