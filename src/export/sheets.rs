//! Several tables as one workbook, a sheet each.
//!
//! **Invariant:** each sheet looks as the workbook of a single list does; words are string cells.

use rust_xlsxwriter::Workbook;

use super::error::ExportError;
use super::look;
use super::table::{Table, Value};
use super::xlsx_table::write;

/// Writes tables with their rows. Gives the bytes of the workbook.
///
/// # Errors
/// `Workbook`.
pub fn workbook(tables: &[(Table, Vec<Vec<Value>>)]) -> Result<Vec<u8>, ExportError> {
    let mut book = Workbook::new();
    for (table, rows) in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(&table.sheet)?;
        let heading = look::heading(look::BLUE);
        for (place, column) in (0_u16..).zip(&table.columns) {
            sheet.write_string_with_format(0, place, &column.title, &heading)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        look::set_up_print(sheet, 0)?;
        let mut widths: Vec<usize> = table.columns.iter().map(|column| look::places(&column.title)).collect();
        for (line, row) in (1_u32..).zip(rows) {
            for ((place, value), (column, width)) in (0_u16..).zip(row).zip(table.columns.iter().zip(widths.iter_mut()))
            {
                *width = (*width).max(write(sheet, (line, place), value, &look::cells(column.kind))?);
            }
        }
        for (place, width) in (0_u16..).zip(&widths) {
            look::set_width(sheet, place, *width)?;
        }
    }
    Ok(book.save_to_buffer()?)
}
