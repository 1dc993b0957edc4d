//! `rulebook explain`, `rulebook diff` and `rulebook vocabulary`: rulebooks told, compared, and their words.
//!
//! **Invariant:** nothing here opens a database.

use std::path::Path;

use serde_json::{Value, json};

use super::Context;
use super::answer::{Exit, Failure, print_json, print_lines};
use super::case_lines::unreadable;
use super::rulebooks::read;
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary as words;
use crate::i18n::{self, Lang};
use crate::rulebook::diff::{Difference, differences};
use crate::rulebook::explain::{Article, explain as told};

/// Tells a file as articles: each in Chinese and then in English.
///
/// # Errors
/// A file that cannot be read or has faults.
pub fn explain(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let book = read(file)?.rulebook;
    let (zh, en) = (told(&book, Lang::Zh), told(&book, Lang::En));
    if context.json {
        let one = |(zh, en): (&Article, &Article)| {
            json!({ "group": zh.group.map(|group| group.code()), "clause": zh.clause, "article": zh.article,
                "basis": zh.basis.code(), "zh": zh.text, "en": en.text })
        };
        print_json(&Value::Array(zh.iter().zip(&en).map(one).collect()));
        return Ok(Exit::Done);
    }
    let mut lines = Vec::new();
    for (zh, en) in zh.iter().zip(&en) {
        if zh.heading {
            lines.push(String::new());
        }
        let article = if zh.article.is_empty() { String::new() } else { format!("{} ", zh.article) };
        lines.push(format!("{article}{}", zh.text));
        lines.push(format!("    {}", en.text));
    }
    print_lines(lines);
    Ok(Exit::Done)
}

/// Tells what differs; exit 1 where something does.
///
/// # Errors
/// A file that cannot be read or has faults.
pub fn diff(context: &Context, before: &Path, after: &Path) -> Result<Exit, Failure> {
    let text = |file: &Path| {
        read(file)?;
        std::fs::read_to_string(file).map_err(|error| unreadable(&file.to_string_lossy(), &error))
    };
    let found = differences(&text(before)?, &text(after)?);
    if context.json {
        print_json(&Value::Array(found.iter().map(difference_json).collect()));
    } else if found.is_empty() {
        print_lines([i18n::both("cli.diff_none", &[])]);
    } else {
        print_lines(found.iter().map(difference_line));
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::Attention })
}

fn difference_json(found: &Difference) -> Value {
    json!({ "path": found.path, "before": found.before, "after": found.after, "moved": found.moved,
        "article_before": found.article_before, "article_after": found.article_after })
}

fn difference_line(found: &Difference) -> String {
    let article = [found.article_before.as_str(), found.article_after.as_str()];
    let article = if article[0] == article[1] { article[0].to_owned() } else { article.join(" → ") };
    let (before, after) = (found.before.as_deref().unwrap_or("—"), found.after.as_deref().unwrap_or("—"));
    let key = match (found.moved, &found.before, &found.after) {
        (true, ..) => "cli.diff_moved",
        (false, None, _) => "cli.diff_added",
        (false, _, None) => "cli.diff_removed",
        _ => "cli.diff_changed",
    };
    let places = [("path", &*found.path), ("before", before), ("after", after)];
    let told = i18n::both(key, &places);
    if article.trim_matches([' ', '→']).is_empty() { told } else { format!("{article}  {told}") }
}

/// Prints every closed list a rulebook may use.
pub fn vocabulary(context: &Context) -> Exit {
    let lists = lists();
    if context.json {
        print_json(&Value::Object(lists.into_iter().map(|(name, list)| (name.to_owned(), json!(list))).collect()));
    } else {
        print_lines(lists.into_iter().map(|(name, list)| format!("{name}\n    {}", list.join(", "))));
    }
    Exit::Done
}

/// The words of a closed list.
macro_rules! list {
    ($name:literal, $list:ident) => {
        ($name, words::$list::ALL.iter().map(|word| word.code()).collect::<Vec<_>>())
    };
}

fn lists() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("facts", Fact::ALL.iter().map(|fact| fact.code()).collect()),
        ("facts_with_reading_day", Fact::ALL.iter().filter(|fact| fact.changes()).map(|fact| fact.code()).collect()),
        list!("reason_codes", ReasonCode),
        (
            "reason_codes_for_clauses",
            words::ReasonCode::ALL.iter().filter(|code| code.is_for_clauses()).map(|code| code.code()).collect(),
        ),
        list!("document_codes", DocumentCode),
        list!("cap_kinds", CapKind),
        list!("groups", Group),
        list!("group_states", GroupState),
        list!("basis", Basis),
        list!("party_kinds", PartyKind),
        list!("source_levels", SourceLevel),
        list!("liability", Liability),
        list!("components", Component),
        list!("deductions", Deduction),
        list!("loss_limit_kinds", LossLimitKind),
        list!("otherwise", Otherwise),
        list!("band_readings", BandReading),
        list!("spreads", Spread),
        list!("breaker_effects", BreakerEffect),
        list!("windows", Window),
        list!("routes", Route),
        list!("pledge_modes", PledgeMode),
        list!("claimants", Claimant),
        list!("borrower_sizes", BorrowerSize),
        list!("duty_kinds", DutyKind),
        list!("subsidy_kinds", SubsidyKind),
        list!("subsidy_bases", SubsidyBase),
    ]
}
