//! What the address of a list asks for, and the links a list offers.
//!
//! **Invariant:** every query string is answered: what is not understood is as if it were not there.

use std::collections::BTreeMap;

use serde::Serialize;

use super::claims::{ClaimSort, ClaimState};
use super::loans::{LoanSort, LoanState};
use crate::link;

/// Rows on one page of a list.
pub const PAGE_ROWS: u64 = 50;
/// Longest search text read, in characters; the rest is dropped.
pub const SEARCH_CHARS: usize = 80;

/// Decoded pairs of a query string.
pub type Pairs = [(String, String)];

/// What the loan list was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoanQuery {
    /// Text looked for in contract, borrower and credit code; empty for all.
    pub search: String,
    /// Code of the bank; empty for all.
    pub bank: String,
    /// State; none for all.
    pub state: Option<LoanState>,
    /// Column sorted by.
    pub sort: LoanSort,
    /// Largest first.
    pub descending: bool,
    /// Page, from 1.
    pub page: u64,
}

/// What the claim list was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimQuery {
    /// Text looked for in case number, contract and borrower; empty for all.
    pub search: String,
    /// Code of the bank; empty for all.
    pub bank: String,
    /// State; none for all.
    pub state: Option<ClaimState>,
    /// Column sorted by.
    pub sort: ClaimSort,
    /// Largest first.
    pub descending: bool,
    /// Page, from 1.
    pub page: u64,
}

/// What the fund, jobs, mails and imports pages were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlainQuery {
    /// Path of the page, for its links.
    pub path: String,
    /// Text looked for: a source, a job's name, a recipient, a file; empty for all.
    pub search: String,
    /// Column sorted by, as the address says it; what the page has no such column for is its usual order.
    pub sort: String,
    /// Largest first.
    pub descending: bool,
    /// Page, from 1.
    pub page: u64,
}

/// A link to one page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageLink {
    /// Number of the page; 0 stands for a gap.
    pub page: u64,
    /// Address; empty for a gap.
    pub href: String,
    /// This is the page shown.
    pub current: bool,
}

/// Where the reader is in a list, and the way on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pager {
    /// Rows that match, over all pages.
    pub total: u64,
    /// Page shown, from 1.
    pub page: u64,
    /// Number of pages, at least 1.
    pub pages: u64,
    /// Links to pages.
    pub links: Vec<PageLink>,
    /// Address of the page before; empty on the first.
    pub previous: String,
    /// Address of the page after; empty on the last.
    pub next: String,
}

/// The link in the head of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SortLink {
    /// Address of the list sorted by this column; turns the direction round when it is already.
    pub href: String,
    /// Value of `aria-sort`: `ascending`, `descending`, or `none`.
    pub direction: String,
}

/// Links in the head of a list, by column code.
pub type SortLinks = BTreeMap<String, SortLink>;

impl Default for LoanQuery {
    fn default() -> LoanQuery {
        LoanQuery::from_pairs(&[])
    }
}

impl Default for ClaimQuery {
    fn default() -> ClaimQuery {
        ClaimQuery::from_pairs(&[])
    }
}

impl Default for PlainQuery {
    fn default() -> PlainQuery {
        PlainQuery::from_pairs("/", &[])
    }
}

impl LoanQuery {
    /// Reads the query of an address: newest disbursement first unless it says otherwise.
    #[must_use]
    pub fn from_pairs(pairs: &Pairs) -> LoanQuery {
        LoanQuery {
            search: search(pairs),
            bank: value(pairs, "bank").to_owned(),
            state: LoanState::from_code(value(pairs, "state")),
            sort: LoanSort::from_code(value(pairs, "sort")).unwrap_or_default(),
            descending: value(pairs, "dir") != "asc",
            page: page(pairs),
        }
    }

    /// The address of this list.
    #[must_use]
    pub fn path(&self) -> String {
        let state = self.state.map_or("", LoanState::code);
        list_path("/loans", &self.search, &self.bank, state, self.sort.code(), self.descending, self.page)
    }

    /// Links for every column that sorts.
    #[must_use]
    pub fn sort_links(&self) -> SortLinks {
        let of = |sort: &LoanSort| {
            let same = *sort == self.sort;
            let to = LoanQuery { sort: *sort, descending: !(same && self.descending), page: 1, ..self.clone() };
            (sort.code().to_owned(), SortLink { href: to.path(), direction: direction(same, self.descending) })
        };
        LoanSort::ALL.iter().map(of).collect()
    }

    /// The way through `total` rows.
    #[must_use]
    pub fn pager(&self, total: u64) -> Pager {
        pager(total, self.page, |page| LoanQuery { page, ..self.clone() }.path())
    }
}

impl ClaimQuery {
    /// Reads the query of an address: newest claim first unless it says otherwise.
    #[must_use]
    pub fn from_pairs(pairs: &Pairs) -> ClaimQuery {
        ClaimQuery {
            search: search(pairs),
            bank: value(pairs, "bank").to_owned(),
            state: ClaimState::from_code(value(pairs, "state")),
            sort: ClaimSort::from_code(value(pairs, "sort")).unwrap_or_default(),
            descending: value(pairs, "dir") != "asc",
            page: page(pairs),
        }
    }

    /// The address of this list.
    #[must_use]
    pub fn path(&self) -> String {
        let state = self.state.map_or("", ClaimState::code);
        list_path("/claims", &self.search, &self.bank, state, self.sort.code(), self.descending, self.page)
    }

    /// Links for every column that sorts.
    #[must_use]
    pub fn sort_links(&self) -> SortLinks {
        let of = |sort: &ClaimSort| {
            let same = *sort == self.sort;
            let to = ClaimQuery { sort: *sort, descending: !(same && self.descending), page: 1, ..self.clone() };
            (sort.code().to_owned(), SortLink { href: to.path(), direction: direction(same, self.descending) })
        };
        ClaimSort::ALL.iter().map(of).collect()
    }

    /// The way through `total` rows.
    #[must_use]
    pub fn pager(&self, total: u64) -> Pager {
        pager(total, self.page, |page| ClaimQuery { page, ..self.clone() }.path())
    }
}

impl PlainQuery {
    /// Reads the query of the page at `path`.
    #[must_use]
    pub fn from_pairs(path: &str, pairs: &Pairs) -> PlainQuery {
        PlainQuery {
            path: path.to_owned(),
            search: search(pairs),
            sort: value(pairs, "sort").to_owned(),
            descending: value(pairs, "dir") == "desc",
            page: page(pairs),
        }
    }

    fn address(&self, page: u64) -> String {
        let dir = if self.descending { "desc" } else { "" };
        let pairs = [
            ("q", self.search.clone()),
            ("sort", self.sort.clone()),
            ("dir", dir.to_owned()),
            ("page", numbered(page)),
        ];
        link::with_query(&self.path, &pairs)
    }

    /// Links for the columns that sort.
    #[must_use]
    pub fn sort_links(&self, columns: &[&str]) -> SortLinks {
        let of = |column: &&str| {
            let same = *column == self.sort;
            let to = PlainQuery { sort: (*column).to_owned(), descending: same && !self.descending, ..self.clone() };
            ((*column).to_owned(), SortLink { href: to.address(1), direction: direction(same, self.descending) })
        };
        columns.iter().map(of).collect()
    }

    /// The way through `total` rows.
    #[must_use]
    pub fn pager(&self, total: u64) -> Pager {
        pager(total, self.page, |page| self.address(page))
    }
}

/// Index of the first row to read of `total` rows: a page beyond the end is the last one, as the pager says.
#[must_use]
pub fn offset(page: u64, total: u64) -> u64 {
    page.min(page_count(total)).saturating_sub(1).saturating_mul(PAGE_ROWS)
}

/// Pages that `total` rows fill, at least 1.
fn page_count(total: u64) -> u64 {
    total.div_ceil(PAGE_ROWS).max(1)
}

fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

fn search(pairs: &Pairs) -> String {
    value(pairs, "q").chars().filter(|c| !c.is_control()).take(SEARCH_CHARS).collect()
}

/// Pages beyond what any list here can hold are the first page, so that no offset overflows in a database.
fn page(pairs: &Pairs) -> u64 {
    value(pairs, "page").parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1)
}

fn numbered(page: u64) -> String {
    if page > 1 { page.to_string() } else { String::new() }
}

fn direction(same: bool, descending: bool) -> String {
    match (same, descending) {
        (false, _) => "none",
        (true, true) => "descending",
        (true, false) => "ascending",
    }
    .to_owned()
}

fn list_path(path: &str, search: &str, bank: &str, state: &str, sort: &str, descending: bool, page: u64) -> String {
    let dir = if descending { "" } else { "asc" };
    let pairs = [
        ("q", search.to_owned()),
        ("bank", bank.to_owned()),
        ("state", state.to_owned()),
        ("sort", sort.to_owned()),
        ("dir", dir.to_owned()),
        ("page", numbered(page)),
    ];
    link::with_query(path, &pairs)
}

/// The way through `total` rows of a list whose addresses are made by `href`.
#[must_use]
pub fn page_links(total: u64, asked: u64, href: impl Fn(u64) -> String) -> Pager {
    pager(total, asked.max(1), href)
}

/// First, last and the neighbours of the page shown, with gaps between.
fn pager(total: u64, asked: u64, href: impl Fn(u64) -> String) -> Pager {
    let pages = page_count(total);
    let page = asked.min(pages);
    let mut numbers = vec![1];
    numbers.extend((page.saturating_sub(2)..=page.saturating_add(2)).filter(|n| (2..pages).contains(n)));
    if pages > 1 {
        numbers.push(pages);
    }
    let mut links = Vec::new();
    let mut before = 0;
    for number in numbers {
        if number > before + 1 {
            links.push(PageLink::default());
        }
        links.push(PageLink { page: number, href: href(number), current: number == page });
        before = number;
    }
    let previous = if page > 1 { href(page - 1) } else { String::new() };
    let next = if page < pages { href(page + 1) } else { String::new() };
    Pager { total, page, pages, links, previous, next }
}
