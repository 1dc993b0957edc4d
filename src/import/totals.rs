//! The file's own total rows beside the sums of its rows.
//!
//! **Invariant:** the sum covers every data row whose amount reads, refused records included, and a loan of several
//! rows once; rows of part sums (小计) are never added to anything.

use std::collections::BTreeMap;

use super::field::Field;
use super::finding::{Finding, FindingCode, WORDING};
use super::header::Layout;
use super::row::RowView;
use super::sheet::RawRow;
use crate::domain::money::FenDelta;
use crate::domain::names::fold_code;

/// The word of a row that adds up only part of the rows.
const PART: &str = "小计";

/// The total of one money column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalCheck {
    /// The field.
    pub field: Field,
    /// Header of its column as the file writes it.
    pub column: String,
    /// Row of the file's total.
    pub row: u32,
    /// What the file says.
    pub file_says: FenDelta,
    /// The sum of the rows.
    pub computed: FenDelta,
    /// Rows whose amount does not read and so is not in the sum.
    pub unread: u32,
}

impl TotalCheck {
    /// Whether the file's total is the sum of its rows.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.file_says == self.computed
    }
}

/// Sums while rows are read.
#[derive(Debug, Default)]
pub(super) struct Totals {
    sums: BTreeMap<Field, Sum>,
    /// The last total row, and what all of them say together.
    last: Option<RawRow>,
    together: BTreeMap<Field, Sum>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    fen: FenDelta,
    unread: u32,
    /// Whether the sum went beyond what can be counted.
    over: bool,
}

impl Sum {
    fn add(&mut self, view: &RowView<'_>, field: Field) {
        match view.signed_money(field) {
            Ok(None) => {}
            Ok(Some(amount)) => match self.fen.checked_add(amount) {
                Ok(fen) => self.fen = fen,
                Err(_too_large) => self.over = true,
            },
            Err(_unreadable) => self.unread = self.unread.saturating_add(1),
        }
    }
}

impl Totals {
    /// Adds a row that is a record of its own.
    pub fn add(&mut self, view: &RowView<'_>) {
        self.add_fields(view, |_field| true);
    }

    /// Adds a loan that has one row a right: what is said of the loan counts once.
    pub fn add_block(&mut self, rows: &[RowView<'_>]) {
        for (place, view) in rows.iter().enumerate() {
            self.add_fields(view, |field| place == 0 || field.is_of_one_right());
        }
    }

    fn add_fields(&mut self, view: &RowView<'_>, counts: impl Fn(Field) -> bool) {
        for field in view.layout().columns.keys().filter(|field| field.is_money() && counts(**field)) {
            self.sums.entry(*field).or_default().add(view, *field);
        }
    }

    /// Keeps a row that adds up others.
    pub fn keep(&mut self, layout: &Layout<'_>, row: RawRow) {
        if first_word(&row).contains(PART) {
            return;
        }
        let view = RowView::new(&row, layout);
        for field in layout.columns.keys().filter(|field| field.is_money()) {
            self.together.entry(*field).or_default().add(&view, *field);
        }
        self.last = Some(row);
    }

    /// What the file's last total row says beside the sums, and a note where they differ.
    pub fn compare(&self, layout: &Layout<'_>) -> (Vec<TotalCheck>, Vec<Finding>) {
        let (mut checks, mut notes) = (Vec::new(), Vec::new());
        let Some(row) = &self.last else { return (checks, notes) };
        let view = RowView::new(row, layout);
        for field in layout.columns.keys().copied().filter(|field| field.is_money()) {
            let column = layout.shown.get(&field).cloned().unwrap_or_default();
            let sum = self.sums.get(&field).copied().unwrap_or_default();
            match view.signed_money(field) {
                Ok(Some(amount)) if !sum.over => {
                    // Totals of several pages may add up to the whole only together.
                    let pages = self.together.get(&field).map(|pages| pages.fen);
                    let file_says = pages.filter(|pages| *pages == sum.fen).unwrap_or(amount);
                    let check =
                        TotalCheck { field, column, row: row.number, file_says, computed: sum.fen, unread: sum.unread };
                    notes.extend(differs(&check));
                    checks.push(check);
                }
                Ok(_) => {}
                Err(fault) => {
                    let value = fault.args.get("value").map_or("", String::as_str);
                    let code = FindingCode::TotalUnreadable;
                    notes.push(Finding::new(row.number, &column, code, None, &[("value", value)]));
                }
            }
        }
        (checks, notes)
    }
}

fn differs(check: &TotalCheck) -> Option<Finding> {
    if check.agrees() {
        return None;
    }
    let difference = check.file_says.get().saturating_sub(check.computed.get());
    let (file, computed) = (check.file_says.yuan(), check.computed.yuan());
    let (difference, unread) = (FenDelta::new(difference).yuan(), check.unread.to_string());
    let mut args = vec![("file", &*file), ("computed", &*computed), ("difference", &*difference)];
    if check.unread > 0 {
        args.extend([("unread", &*unread), (WORDING, "unread")]);
    }
    Some(Finding::new(check.row, &check.column, FindingCode::TotalDiffers, None, &args))
}

fn first_word(row: &RawRow) -> String {
    let first = row.cells.iter().find(|cell| !cell.merged && !cell.value.is_blank());
    first.map(|cell| fold_code(&cell.value.text())).unwrap_or_default()
}
