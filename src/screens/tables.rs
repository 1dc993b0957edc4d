//! Tables of pages that are made of parts: sorted by a column, and as a workbook of what is shown.
//!
//! **Invariant:** a workbook holds the rows of the page in their order, with what the page was narrowed by and when, and
//! every page of a table; what its query brings in pages is sorted by its query alone.

use std::cmp::Ordering;

use super::desk::Desk;
use crate::export::table::{Column, ColumnKind, Format, Table as Sheet, Value, begin};
use crate::http::error::PageError;
use crate::http::pages::{Download, Named};
use crate::link;
use crate::usecase::UseCaseError;
use crate::views::beijing;
use crate::views::parts::{Cell, PartsView, Table};
use crate::views::query::{PAGE_ROWS, SortLink, page_links};

/// Parameters that say how tables are shown.
const OWN: [&str; 4] = ["sort", "dir", "as", "table"];
/// Most rows of a workbook.
const MOST_OF_A_FILE: i64 = 100_000;

/// Which table is asked for as a workbook; empty for none.
pub(super) fn asked_for(asked: &Named) -> &str {
    if asked.parameter("as") == Format::Xlsx.code() { asked.parameter("table") } else { "" }
}

/// Most rows of a list: on the page, or in a workbook.
pub(super) fn most(asked: &Named, on_page: i64) -> i64 {
    if asked_for(asked).is_empty() { on_page } else { MOST_OF_A_FILE }
}

/// Sorts the tables as the address asks, and lets every head and every table say where it leads.
pub(super) fn arrange(view: &mut PartsView, asked: &Named) {
    let others: Vec<(&str, String)> = asked
        .pairs
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let within = |in_pages: bool, pairs: &[(&str, String)]| {
        let mut all: Vec<_> = others.iter().filter(|(name, _)| !in_pages || *name != "page").cloned().collect();
        all.extend(pairs.iter().cloned());
        link::with_query(&asked.path, &all)
    };
    let (sorted, descending) = (asked.parameter("sort"), asked.parameter("dir") == "desc");
    for table in view.tables.iter_mut().filter(|table| !table.rows.is_empty()) {
        let in_pages = table.in_pages;
        let address = |pairs: &[(&str, String)]| within(in_pages, pairs);
        table.export = address(&[("as", Format::Xlsx.code().to_owned()), ("table", table.id.clone())]);
        if table.pager.is_some() || table.rows.len() < 2 {
            continue;
        }
        for at in 0..table.heads.len() {
            let word = format!("{}.{at}", table.id);
            let is_here = word == sorted;
            let direction = match (is_here, descending) {
                (false, _) => "none",
                (true, false) => "ascending",
                (true, true) => "descending",
            };
            if is_here {
                table.rows.sort_by(|a, b| compare(a.get(at), b.get(at), descending));
            }
            let turned = if is_here && !descending { "desc" } else { "" };
            let href = address(&[("sort", word), ("dir", turned.to_owned())]);
            if let Some(head) = table.heads.get_mut(at).filter(|head| !head.label.is_empty()) {
                head.sort = Some(SortLink { href, direction: direction.to_owned() });
            }
        }
        if in_pages && asked_for(asked).is_empty() {
            cut(table, asked, |page| {
                let page = if page > 1 { page.to_string() } else { String::new() };
                address(&[("sort", sorted.to_owned()), ("dir", asked.parameter("dir").to_owned()), ("page", page)])
            });
        }
    }
}

/// Leaves the rows of the part that is asked for, with the way to the others.
fn cut(table: &mut Table, asked: &Named, href: impl Fn(u64) -> String) {
    let total = u64::try_from(table.rows.len()).unwrap_or(u64::MAX);
    if total <= PAGE_ROWS {
        return;
    }
    let pager = page_links(total, asked.parameter("page").parse().unwrap_or(1), href);
    let before = usize::try_from((pager.page.saturating_sub(1)).saturating_mul(PAGE_ROWS)).unwrap_or(usize::MAX);
    let rows = std::mem::take(&mut table.rows);
    table.rows = rows.into_iter().skip(before).take(usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX)).collect();
    table.pager = Some(pager);
}

/// What is empty stands last in both directions.
fn compare(a: Option<&Cell>, b: Option<&Cell>, descending: bool) -> Ordering {
    let (a, b) = (a.map(key), b.map(key));
    match (is_empty(a.as_ref()), is_empty(b.as_ref())) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) if descending => b.cmp(&a),
        (false, false) => a.cmp(&b),
    }
}

/// What a cell is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(Option<i64>),
    Day(Option<chrono::NaiveDate>),
    Words(String),
}

fn is_empty(key: Option<&Key>) -> bool {
    match key {
        None | Some(Key::Number(None) | Key::Day(None)) => true,
        Some(Key::Words(words)) => words.is_empty(),
        Some(Key::Number(Some(_)) | Key::Day(Some(_))) => false,
    }
}

fn key(cell: &Cell) -> Key {
    match cell {
        Cell::Money { fen } | Cell::Yuan { fen } => Key::Number(*fen),
        Cell::Ratio { ppm } => Key::Number(*ppm),
        Cell::Meter { ppm } => Key::Number(Some(*ppm)),
        Cell::Count { count } => Key::Number(Some(*count)),
        Cell::Day { on } => Key::Day(*on),
        Cell::Text { text } | Cell::Link { text, .. } | Cell::Tag { text, .. } | Cell::Code { text } => {
            Key::Words(text.clone())
        }
    }
}

/// A table as a workbook, with its sums.
pub(super) fn workbook(desk: &Desk<'_>, view: &PartsView, asked: &Named) -> Result<Download, PageError> {
    let id = asked_for(asked);
    let table = view.tables.iter().find(|table| table.id == id).ok_or(PageError::NotFound)?;
    let mut bytes = Vec::new();
    let written = write(desk, view, table, asked, &mut bytes);
    written.map_err(UseCaseError::from)?;
    let name = format!("{}_{}.xlsx", plain(&view.title), desk.today);
    Ok(Download { name, media_type: Format::Xlsx.content_type(), bytes })
}

fn write(
    desk: &Desk<'_>,
    view: &PartsView,
    table: &Table,
    asked: &Named,
    bytes: &mut Vec<u8>,
) -> Result<(), crate::export::error::ExportError> {
    let narrowed: Vec<&str> = asked
        .pairs
        .iter()
        .filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_empty() && name != "lang")
        .map(|(_, value)| value.as_str())
        .collect();
    let chosen = view.tabs.iter().filter(|tab| tab.current).map(|tab| tab.label.as_str());
    let told: Vec<&str> = chosen.chain(narrowed).collect();
    let filter = if told.is_empty() { desk.text("export.filter_none", &[]) } else { told.join(" ") };
    let now = beijing(desk.app.store.clock().now());
    let columns = table.heads.iter().enumerate().map(|(at, head)| Column {
        key: "",
        title: head.label.clone(),
        kind: kind_of(table.rows.first().and_then(|row| row.get(at))),
    });
    let sheet = Sheet {
        sheet: plain(&table.title).chars().take(31).collect(),
        lines: vec![
            desk.text("export.line_filter", &[("list", &view.title), ("filter", &filter)]),
            desk.text("export.line_time", &[("time", &now)]),
        ],
        columns: columns.collect(),
    };
    let mut out = begin(Format::Xlsx, &sheet, bytes)?;
    for row in table.rows.iter().chain(Some(&table.foot).filter(|foot| !foot.is_empty())) {
        let values: Vec<Value> = row.iter().map(value_of).collect();
        out.row(&values)?;
    }
    out.finish()
}

/// A title without the signs that neither a sheet nor a file may have in its name.
fn plain(title: &str) -> String {
    title.chars().map(|sign| if "[]:*?/\\：".contains(sign) { ' ' } else { sign }).collect()
}

const fn kind_of(cell: Option<&Cell>) -> ColumnKind {
    match cell {
        Some(Cell::Money { .. } | Cell::Yuan { .. }) => ColumnKind::Money,
        Some(Cell::Ratio { .. } | Cell::Meter { .. }) => ColumnKind::Percent,
        Some(Cell::Count { .. }) => ColumnKind::Count,
        Some(Cell::Day { .. }) => ColumnKind::Date,
        Some(Cell::Code { .. }) => ColumnKind::Code,
        Some(Cell::Text { .. } | Cell::Link { .. } | Cell::Tag { .. }) | None => ColumnKind::Text,
    }
}

/// What a cell holds. A sealed number shows its last characters here as on the page.
fn value_of(cell: &Cell) -> Value {
    match cell {
        Cell::Money { fen } | Cell::Yuan { fen } => Value::maybe(*fen, Value::Fen),
        Cell::Ratio { ppm } => Value::maybe(*ppm, Value::Ppm),
        Cell::Meter { ppm } => Value::Ppm(*ppm),
        Cell::Count { count } => Value::Count(*count),
        Cell::Day { on } => Value::maybe(*on, Value::Date),
        Cell::Text { text } | Cell::Link { text, .. } | Cell::Tag { text, .. } | Cell::Code { text } => {
            Value::text(&crate::sealing::masked(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Named, PartsView, Table, arrange};
    use crate::views::parts::Head;

    fn asked(query: &[(&str, &str)]) -> PartsView {
        let named = Named {
            name: "persons.list",
            path: "/persons".to_owned(),
            places: Vec::new(),
            pairs: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            stepped_up: false,
        };
        let head = Head { label: "号".to_owned(), ..Head::default() };
        let rows = (1..=120).map(|count| vec![Cell::Count { count }]).collect();
        let table = Table { id: "all".to_owned(), heads: vec![head], rows, in_pages: true, ..Table::default() };
        let mut view = PartsView { tables: vec![table], ..PartsView::default() };
        arrange(&mut view, &named);
        view
    }

    fn counts(view: &PartsView) -> (i64, i64, usize) {
        let count = |row: Option<&Vec<Cell>>| match row.and_then(|row| row.first()) {
            Some(Cell::Count { count }) => *count,
            _ => 0,
        };
        let rows = &view.tables[0].rows;
        (count(rows.first()), count(rows.last()), rows.len())
    }

    #[test]
    fn a_long_table_is_sorted_whole_and_shown_in_pages_and_its_workbook_has_all_of_them() {
        assert_eq!(counts(&asked(&[])), (1, 50, 50));
        let last = asked(&[("page", "3")]);
        assert_eq!(counts(&last), (101, 120, 20));
        let turned = asked(&[("page", "2"), ("sort", "all.0"), ("dir", "desc")]);
        assert_eq!(counts(&turned), (70, 21, 50));
        let pager = turned.tables[0].pager.as_ref().unwrap();
        assert_eq!((pager.total, pager.pages), (120, 3));
        assert_eq!(pager.next, "/persons?sort=all.0&dir=desc&page=3");
        assert_eq!(pager.previous, "/persons?sort=all.0&dir=desc");
        // Sorting begins with the first page; the workbook is of all.
        let sort = turned.tables[0].heads[0].sort.as_ref().unwrap();
        assert_eq!(sort.href, "/persons?sort=all.0");
        assert_eq!(last.tables[0].export, "/persons?as=xlsx&table=all");
        assert_eq!(counts(&asked(&[("page", "3"), ("as", "xlsx"), ("table", "all")])), (1, 120, 120));
        assert_eq!(counts(&asked(&[("page", "99")])), (101, 120, 20));
    }
}
