//! Short ways to write pages that are made of parts.
//!
//! **Invariant:** words come from the catalogue, under the prefix of the page.

use super::acts::Here;
use super::desk::Desk;
use super::{act_forms, named, tables};
use crate::http::acts::Acted;
use crate::http::error::PageError;
use crate::http::forms::Submission;
use crate::http::pages::{Named, PageView};
use crate::i18n::{self, Lang};
use crate::link;
use crate::views::acting::{FieldView, OptionView};
use crate::views::casework::Printable;
use crate::views::parts::{Cell, Facts, Head, PartsView, SmallForm, Tab, Table};

/// Words of a page, under its prefix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub lang: Lang,
    pub prefix: &'static str,
}

impl Words {
    pub fn text(self, key: &str) -> String {
        self.with(key, &[])
    }

    pub fn with(self, key: &str, places: &[(&str, &str)]) -> String {
        i18n::text(self.lang, &format!("{}.{key}", self.prefix), places)
    }

    /// A word of a closed list of the page; the code where the list has none.
    pub fn word(self, list: &str, code: &str) -> String {
        super::words::word(self.lang, &format!("{}.{list}", self.prefix), code)
    }

    /// A table of these columns; a star before the name of a column puts its cells at the right.
    pub fn table(self, id: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
        let head = |name: &&str| {
            let (plain, number) = name.strip_prefix('*').map_or((*name, false), |plain| (plain, true));
            Head { label: self.text(&format!("column.{plain}")), number, sort: None }
        };
        Table {
            id: id.to_owned(),
            title: self.text(&format!("table.{id}")),
            has_money: rows.iter().flatten().any(|cell| matches!(cell, Cell::Money { .. })),
            heads: columns.iter().map(head).collect(),
            rows,
            empty: self.text(&format!("none.{id}")),
            ..Table::default()
        }
    }

    /// Facts of these names.
    pub fn facts(self, id: &str, lines: Vec<(&str, Cell)>) -> Facts {
        let line = |(name, cell): (&str, Cell)| (self.text(&format!("fact.{name}")), cell);
        Facts {
            id: id.to_owned(),
            title: self.text(&format!("table.{id}")),
            has_money: lines.iter().any(|(_, cell)| matches!(cell, Cell::Money { .. })),
            lines: lines.into_iter().map(line).collect(),
        }
    }

    pub fn tab(self, key: &str, href: impl Into<String>, current: bool) -> Tab {
        Tab { label: self.text(&format!("tab.{key}")), href: href.into(), current }
    }

    pub fn action(self, key: &str, href: impl Into<String>) -> Printable {
        Printable { label: self.text(&format!("do.{key}")), href: href.into() }
    }

    /// A form that changes something.
    pub fn form(self, id: &str, fields: Vec<FieldView>) -> SmallForm {
        SmallForm {
            id: id.to_owned(),
            title: self.text(&format!("form.{id}")),
            help: String::new(),
            action: String::new(),
            method: "post",
            files: false,
            fields,
            hidden: vec![("form".to_owned(), id.to_owned())],
            button: self.text(&format!("do.{id}")),
        }
    }

    /// A field of a small form.
    pub fn field(self, name: &str, kind: &'static str, must: bool, value: &str) -> FieldView {
        FieldView {
            name: name.to_owned(),
            label: self.text(&format!("field.{name}")),
            kind,
            must,
            held: must,
            value: value.to_owned(),
            ..FieldView::default()
        }
    }

    /// A field that is chosen.
    pub fn choice(self, name: &str, must: bool, value: &str, options: Vec<(String, String)>) -> FieldView {
        let option = |(code, label): (String, String)| OptionView { chosen: code == value, code, label };
        FieldView { options: options.into_iter().map(option).collect(), ..self.field(name, "choice", must, value) }
    }

    /// The heading of the page.
    pub fn page(self) -> PartsView {
        PartsView { title: self.text("title"), help: self.text("help"), ..PartsView::default() }
    }
}

/// Puts what was typed back into the form it was typed in, so that a refusal costs nobody their words.
pub(super) fn keep_typed(view: &mut PartsView, sent: &Submission) {
    for form in view.forms.iter_mut().filter(|form| form.id == sent.field("form")) {
        for field in &mut form.fields {
            sent.field(&field.name).clone_into(&mut field.value);
            let chosen = sent.all(&field.name);
            field.options.iter_mut().for_each(|option| option.chosen = chosen.contains(&option.code.as_str()));
        }
    }
}

/// Says that what was typed into a small form is to stand there again.
const KEPT: &str = "kept";

/// To where password and code are asked for again, and back: what was typed stands in its form then.
pub(super) fn prove_first(here: Here<'_>, asked: &Named, form: &Submission) -> Result<Acted, PageError> {
    act_forms::drafts::keep(here, asked, form)?;
    let others = asked.pairs.iter().filter(|(name, _)| name != KEPT && name != "done");
    let mut pairs: Vec<(&str, String)> = others.map(|(name, value)| (name.as_str(), value.clone())).collect();
    pairs.extend([(KEPT, "1".to_owned()), ("done", "proved".to_owned())]);
    let next = link::with_query(&asked.path, &pairs);
    Ok(Acted::SeeOther(link::with_query("/sign-in/again", &[("next", next)])))
}

/// The page, sorted as its address asks; or one of its tables as a workbook, where the address asks for that.
pub(super) fn show(desk: &mut Desk<'_>, active: &'static str, view: &PartsView) -> Result<PageView, PageError> {
    let Some(asked) = desk.asked.clone() else { return named::page(desk, "parts", active, view) };
    let mut view = view.clone();
    if !asked.parameter(KEPT).is_empty()
        && let Some(kept) = act_forms::drafts::kept(desk, &asked)?
    {
        keep_typed(&mut view, &kept.typed);
    }
    tables::arrange(&mut view, &asked);
    if !tables::asked_for(&asked).is_empty() {
        return Ok(PageView::Download(Box::new(tables::workbook(desk, &view, &asked)?)));
    }
    named::page(desk, "parts", active, &view)
}
