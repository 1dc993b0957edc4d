//! The list of pledged rights.
//!
//! **Invariant:** the database filters and cuts; nothing of the loan but its bank and its borrower is asked for.

use super::desk::{Desk, span, unsigned};
use super::{figures, words};
use crate::http::error::PageError;
use crate::storage::find::rights_list;
use crate::views::query::PlainQuery;
use crate::views::rights::{RightRow, RightsView};

/// The column that sorts, as addresses say it: by kind, and by number within it.
pub(super) const KIND: &str = "kind";

pub(super) fn load(desk: &mut Desk<'_>, query: &PlainQuery) -> Result<RightsView, PageError> {
    let found = figures::rights(desk, &query.search)?;
    let total = unsigned(found.count());
    let span = span(query.page, total);
    // The order is that of an index: every number is found there, and the list may be read from either end.
    let backwards = query.sort == KIND && query.descending;
    let shown = rights_list::page(&mut desk.db, &desk.reach, (&query.search, backwards), &found, span)?;
    let rows = shown.into_iter().map(|right| RightRow {
        kind: words::ip_kind(desk.lang, &right.kind),
        number: right.number,
        title: right.title,
        owner: right.owner,
        bank: desk.name(&right.bank),
        pledge_no: right.pledge_no.unwrap_or_default(),
        pledged_on: right.pledged_on,
    });
    let rows = rows.collect();
    Ok(RightsView { shell: desk.shell()?, rows, total, ..RightsView::default() })
}
