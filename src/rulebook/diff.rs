//! What differs between two rulebook files, value by value, clauses paired by list and id.
//!
//! Works on the files as read, so that nothing can be missed; two ways of writing one value (500 万元 and
//! 5,000,000.00 元) are no difference.
//! **Invariant:** two files without a difference mean the same.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::units;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: `cap[per_loan].limit`.
    pub path: String,
    /// Article before, where the clause has one.
    pub article_before: String,
    /// Article after.
    pub article_after: String,
    /// What stood there; nothing where it is new.
    pub before: Option<String>,
    /// What stands there; nothing where it is gone.
    pub after: Option<String>,
    /// Whether a clause only changed its place.
    pub moved: bool,
}

/// A value with the article of its clause.
type Leaves = BTreeMap<String, (String, String)>;

/// Lists whose order is the order of evaluation.
const ORDERED: &[&str] =
    &["test", "document", "void", "loss", "sharing.rule", "cap", "handling.level", "party", "subsidy_ceiling"];

/// Everything that differs, in the order of the paths. Both texts must be readable rulebooks.
#[must_use]
pub fn differences(before: &str, after: &str) -> Vec<Difference> {
    let (Ok(old), Ok(new)) = (DeTable::parse(before), DeTable::parse(after)) else {
        return Vec::new();
    };
    let (mut left, mut right) = (Leaves::new(), Leaves::new());
    flatten("", "", old.get_ref(), &mut left);
    flatten("", "", new.get_ref(), &mut right);
    let mut found: Vec<Difference> = Vec::new();
    for (path, (value, article)) in &left {
        match right.get(path) {
            Some((same, _)) if same == value => (),
            Some((other, other_article)) => {
                found.push(changed(path, (Some(value), article), (Some(other), other_article)))
            }
            None => found.push(changed(path, (Some(value), article), (None, ""))),
        }
    }
    let new_ones = right.iter().filter(|(path, _)| !left.contains_key(*path));
    found.extend(new_ones.map(|(path, (value, article))| changed(path, (None, ""), (Some(value), article))));
    for list in ORDERED {
        found.extend(moved(list, old.get_ref(), new.get_ref()));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn changed(path: &str, before: (Option<&String>, &str), after: (Option<&String>, &str)) -> Difference {
    Difference {
        path: path.to_owned(),
        article_before: before.1.to_owned(),
        article_after: after.1.to_owned(),
        before: before.0.cloned(),
        after: after.0.cloned(),
        moved: false,
    }
}

/// The clauses of a list whose order among the clauses of both files is another.
fn moved(list: &str, old: &DeTable<'_>, new: &DeTable<'_>) -> Vec<Difference> {
    let (before, after) = (ids(list, old), ids(list, new));
    let common = |ids: &[String], others: &[String]| -> Vec<String> {
        ids.iter().filter(|id| others.contains(id)).cloned().collect()
    };
    let (before, after) = (common(&before, &after), common(&after, &before));
    let place =
        |ids: &[String], id: &String| ids.iter().position(|known| known == id).map(|place| (place + 1).to_string());
    let moved = before.iter().filter(|id| place(&before, id) != place(&after, id));
    moved
        .map(|id| Difference {
            path: format!("{list}[{id}]"),
            article_before: String::new(),
            article_after: String::new(),
            before: place(&before, id),
            after: place(&after, id),
            moved: true,
        })
        .collect()
}

fn ids(list: &str, root: &DeTable<'_>) -> Vec<String> {
    let mut table = root;
    let mut keys: Vec<&str> = list.split('.').collect();
    let last = keys.pop().unwrap_or_default();
    for key in keys {
        match table.get(key).map(toml::Spanned::get_ref) {
            Some(DeValue::Table(inner)) => table = inner,
            _ => return Vec::new(),
        }
    }
    match table.get(last).map(toml::Spanned::get_ref) {
        Some(DeValue::Array(items)) => {
            items.iter().enumerate().map(|(place, item)| id_of(item.get_ref(), place)).collect()
        }
        _ => Vec::new(),
    }
}

fn id_of(item: &DeValue<'_>, place: usize) -> String {
    let id = item.get("id").and_then(|id| id.get_ref().as_str());
    id.map_or_else(|| (place + 1).to_string(), str::to_owned)
}

/// Every value under its path; a list of tables by their ids.
fn flatten(path: &str, article: &str, table: &DeTable<'_>, into: &mut Leaves) {
    let own = table.get("article").and_then(|value| value.get_ref().as_str()).unwrap_or(article);
    let articles = table.get("articles");
    for (key, value) in table {
        let of_key = articles.and_then(|list| list.get_ref().get(key.get_ref().as_ref())?.get_ref().as_str());
        let path = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
        value_at(&path, of_key.unwrap_or(own), value.get_ref(), into);
    }
}

fn value_at(path: &str, article: &str, value: &DeValue<'_>, into: &mut Leaves) {
    match value {
        DeValue::Table(table) => flatten(path, article, table, into),
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
            for (place, item) in items.iter().enumerate() {
                value_at(&format!("{path}[{}]", id_of(item.get_ref(), place)), article, item.get_ref(), into);
            }
        }
        other => {
            into.insert(path.to_owned(), (shown(other), article.to_owned()));
        }
    }
}

/// A value in the one form all ways of writing it share.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => canonical(text),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(day) => day.to_string(),
        DeValue::Table(_) => "{…}".to_owned(),
    }
}

fn canonical(text: &str) -> String {
    let money = || units::money(text).map(units::money_text);
    let rate = || units::rate(text).map(units::rate_text);
    let points = || units::points(text).map(units::points_text);
    let multiple = || units::multiple(text).map(units::multiple_text);
    let span = || units::span(text).map(units::span_text);
    money().or_else(rate).or_else(points).or_else(multiple).or_else(span).unwrap_or_else(|| text.to_owned())
}
