//! Which rows of a sheet are one record.
//!
//! **Invariant:** whoever reads records and whoever marks them agrees on where each begins and ends.

use std::collections::HashSet;

use super::field::Field;
use super::file_error::FileError;
use super::header::Layout;
use super::mapping::RowPer;
use super::row::RowView;
use super::rows::DataRows;
use super::sheet::RawRow;
use crate::domain::names::fold_code;

/// The records of a sheet, one at a time.
#[derive(Debug, Default)]
pub struct Blocks {
    ahead: Option<RawRow>,
}

impl Blocks {
    /// The rows of the next record: several where the layout has one row a right, otherwise one.
    ///
    /// # Errors
    /// What the rows refuse.
    pub fn next_block(&mut self, rows: &mut DataRows<'_, '_, '_>) -> Result<Option<Vec<RawRow>>, FileError> {
        let layout = rows.layout();
        let first = match self.ahead.take() {
            Some(row) => Some(row),
            None => rows.next_row()?,
        };
        let Some(first) = first else { return Ok(None) };
        if layout.mapping.row_per == RowPer::Record {
            return Ok(Some(vec![first]));
        }
        let mut block = Block::default();
        block.push(layout, first);
        while let Some(row) = rows.next_row()? {
            if !block.goes_on_with(layout, &row) {
                self.ahead = Some(row);
                break;
            }
            block.push(layout, row);
        }
        Ok(Some(block.rows))
    }
}

/// The rows of one loan so far.
#[derive(Debug, Default)]
pub struct Block {
    rows: Vec<RawRow>,
    /// Kind and number of each right, folded.
    rights: HashSet<[String; 2]>,
}

impl Block {
    /// Takes a row in.
    pub fn push(&mut self, layout: &Layout<'_>, row: RawRow) {
        self.rights.insert(right_of(&RowView::new(&row, layout)));
        self.rows.push(row);
    }

    /// Whether a row is a further right of this loan: its loan cells are merged with those above, empty, or the same
    /// once more while the right is another.
    #[must_use]
    pub fn goes_on_with(&self, layout: &Layout<'_>, row: &RawRow) -> bool {
        let Some(first) = self.rows.first() else { return false };
        let (head, next) = (RowView::new(first, layout), RowView::new(row, layout));
        if next.is_inherited(Field::Contract) {
            return true;
        }
        let mut loan_fields = layout.columns.keys().filter(|field| !field.is_of_one_right());
        let same = |field: &Field| fold_code(&head.cell(*field).text()) == fold_code(&next.cell(*field).text());
        let adds_nothing = |field: &Field| next.cell(*field).is_blank() || next.is_inherited(*field) || same(field);
        loan_fields.all(adds_nothing)
            && (next.cell(Field::Contract).is_blank() || !self.rights.contains(&right_of(&next)))
    }
}

fn right_of(row: &RowView<'_>) -> [String; 2] {
    [Field::IpKind, Field::IpNumber].map(|field| fold_code(&row.cell(field).text()))
}
