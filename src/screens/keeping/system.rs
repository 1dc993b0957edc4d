//! How the installation stands, and the settings in force.
//!
//! **Invariant:** no secret is shown; settings are changed in their file, by those who run the machine.

use super::{condition, copies};
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::screens::desk::Desk;
use crate::screens::health;
use crate::screens::parts::{Words, show};
use crate::views::parts::{Cell, PartsView};

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.system" };
    let state = health::load(desk.app)?;
    let lines = vec![
        ("schema", Cell::code(state.schema_version)),
        ("clock", Cell::text(state.clock)),
        ("version", Cell::text(state.version)),
    ];
    let mut tables = vec![condition::table(desk, say)?, copies::table(desk, say)?];
    if !state.warnings.is_empty() {
        let rows = state.warnings.iter().map(|one| vec![Cell::text(say.word("warned", one))]);
        tables.push(say.table("warnings", &["warning"], rows.collect()));
    }
    let told = serde_json::to_value(&desk.app.config)
        .map_err(|error| PageError::Internal { detail: format!("settings: {error}") })?;
    let mut all = Vec::new();
    flat(say, "", &told, &mut all);
    let rows = all.into_iter().map(|(name, value)| vec![Cell::code(name), Cell::text(value)]);
    let settings = say.table("settings", &["name", "value"], rows.collect());
    tables.push(settings);
    let view = PartsView {
        actions: vec![say.action("mail", "/settings/mail")],
        facts: vec![copies::facts(desk, say)?, say.facts("health", lines)],
        tables,
        ..say.page()
    };
    show(desk, "settings", &view)
}

/// Settings by name. Secrets tell themselves as stars; an address of a database may hold a password.
fn flat(say: Words, at: &str, value: &serde_json::Value, all: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                flat(say, &at, value, all);
            }
        }
        _ if at.ends_with("database_url") => all.push((at.to_owned(), String::new())),
        other => all.push((at.to_owned(), plain(say, other))),
    }
}

/// A value as people write it: a list in one line, yes and no in words.
fn plain(say: Words, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::Bool(yes) => say.text(if *yes { "yes" } else { "no" }),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(all) => all.iter().map(|one| plain(say, one)).collect::<Vec<_>>().join(", "),
        serde_json::Value::Object(members) => {
            let told = members.iter().map(|(name, value)| format!("{name} {}", plain(say, value)));
            told.collect::<Vec<_>>().join(", ")
        }
        serde_json::Value::Number(number) => number.to_string(),
    }
}
