//! Words for acts, fields and choices.
//!
//! **Invariant:** every act, field and choice that a life declares has its words in both languages (held by a test).

use crate::i18n::{self, Lang};
use crate::usecase::lives::Life;

/// The text of a key where the catalogue has it.
fn found(lang: Lang, key: &str) -> Option<String> {
    i18n::texts(lang).contains_key(key).then(|| i18n::text(lang, key, &[]))
}

/// Name of an act.
pub(in crate::screens) fn act(lang: Lang, life: Life, act: &str) -> String {
    i18n::text(lang, &format!("page.acting.act.{}.{act}", life.code()), &[])
}

/// Words for a field of an act: those of the act where it has its own.
pub(in crate::screens) fn field(lang: Lang, (life, act): (Life, &str), field: &str) -> String {
    found(lang, &format!("page.acting.of.{}_{act}__{field}", life.code()))
        .unwrap_or_else(|| i18n::text(lang, &format!("page.acting.field.{field}"), &[]))
}

/// What a field is for, where its name does not say it.
pub(super) fn help(lang: Lang, field: &str) -> String {
    found(lang, &format!("page.acting.help.{field}")).unwrap_or_default()
}

/// Words for a choice of a field.
pub(super) fn choice(lang: Lang, field: &str, code: &str) -> String {
    let field = if field == "roles" { "role" } else { field };
    found(lang, &format!("page.acting.word.{field}.{code}")).unwrap_or_else(|| code.to_owned())
}
