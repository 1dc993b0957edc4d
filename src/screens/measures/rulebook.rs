//! One version read article by article, and two held against each other.
//!
//! **Invariant:** what is compared are the stored bytes.

use super::rulebooks::row;
use crate::http::error::PageError;
use crate::http::pages::{Download, Named, PageView};
use crate::rulebook::diff::{Difference, differences};
use crate::rulebook::explain::explain;
use crate::screens::acts::Faults;
use crate::screens::desk::Desk;
use crate::screens::named;
use crate::storage::find::parties;
use crate::usecase::measures::Measure;
use crate::views::Choice;
use crate::views::measures::rulebooks::{CompareView, DifferenceRow, RulebookView, Sentence};

/// The version an address names.
pub(super) fn named_version(desk: &Desk<'_>, asked: &Named) -> Result<Measure, PageError> {
    desk.measures.version(asked.place("id"), asked.place("version")).cloned().ok_or(PageError::NotFound)
}

pub(super) fn load(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let measure = named_version(desk, asked)?;
    let sentences = explain(&measure.rulebook, desk.lang).into_iter().map(|one| Sentence {
        article: one.article,
        text: one.text,
        basis: one.basis.code().to_owned(),
        heading: one.heading,
    });
    let row = row(desk, &measure);
    let view = RulebookView {
        sentences: sentences.collect(),
        others: choices(desk).into_iter().filter(|one| one.code != row.name).collect(),
        row,
    };
    named::page(desk, "measures_rulebook", "rulebooks", &view)
}

/// The stored file.
pub(super) fn file(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let measure = named_version(desk, asked)?;
    let body = body(desk, &measure.rulebook.name())?.ok_or(PageError::NotFound)?;
    let name = format!("{}-{}.toml", measure.id, measure.version);
    Ok(PageView::Download(Box::new(Download { name, media_type: "application/toml", bytes: body.into_bytes() })))
}

fn choices(desk: &Desk<'_>) -> Vec<Choice> {
    let choice = |measure: &Measure| {
        let row = row(desk, measure);
        Choice { name: format!("{} {}", row.version, row.title), code: row.name }
    };
    let mut all: Vec<Choice> = desk.measures.iter().map(choice).collect();
    all.reverse();
    all
}

/// The stored bytes of `id@version`.
pub(super) fn body(desk: &mut Desk<'_>, name: &str) -> Result<Option<String>, PageError> {
    let rows = parties::rulebooks(&mut desk.db, desk.app.fund_id())?;
    Ok(rows.into_iter().find(|row| format!("{}@{}", row.rulebook_id, row.version) == name).map(|row| row.body))
}

pub(super) fn compare(desk: &mut Desk<'_>, asked: &Named) -> Result<PageView, PageError> {
    let (a, b) = (asked.parameter("a").to_owned(), asked.parameter("b").to_owned());
    let mut faults = Faults::new(desk.lang);
    let (before, after) = (body(desk, &a)?, body(desk, &b)?);
    for (field, name, found) in [("a", &a, &before), ("b", &b, &after)] {
        if found.is_none() && !name.is_empty() {
            faults.add(field, "page.rulebook.fault.unknown", &[("found", name)]);
        }
    }
    let compared = before.is_some() && after.is_some();
    let differences = match (&before, &after) {
        (Some(before), Some(after)) => differing(before, after),
        _ => Vec::new(),
    };
    let counts =
        ["added", "removed", "changed", "moved"].map(|kind| differences.iter().filter(|one| one.kind == kind).count());
    let view = CompareView { versions: choices(desk), a, b, compared, differences, counts, errors: faults.found };
    named::page(desk, "measures_compare", "rulebooks", &view)
}

/// What differs between two texts.
pub(super) fn differing(before: &str, after: &str) -> Vec<DifferenceRow> {
    differences(before, after).into_iter().map(difference).collect()
}

fn difference(one: Difference) -> DifferenceRow {
    let kind = match (one.moved, &one.before, &one.after) {
        (true, ..) => "moved",
        (false, None, _) => "added",
        (false, _, None) => "removed",
        _ => "changed",
    };
    let same = one.article_before == one.article_after || one.article_before.is_empty();
    DifferenceRow {
        article: if same {
            one.article_after
        } else if one.article_after.is_empty() {
            one.article_before
        } else {
            format!("{} → {}", one.article_before, one.article_after)
        },
        path: one.path,
        before: one.before.unwrap_or_default(),
        after: one.after.unwrap_or_default(),
        kind: kind.to_owned(),
    }
}
