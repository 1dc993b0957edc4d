//! The words of the trade with their meanings, for who meets one on a page.
//!
//! **Invariant:** the list is closed; every word has its meaning in both languages.

use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::views::parts::{Cell, PartsView};

const WORDS: [&str; 25] = [
    "fund",
    "partner",
    "registration",
    "pledge_registration",
    "first_loan",
    "start_up",
    "size_class",
    "lpr",
    "servicing",
    "tier",
    "claim",
    "compensation",
    "calculation",
    "reserved",
    "earmarked",
    "ordered",
    "free",
    "breaker",
    "recovery",
    "clawback",
    "publicity",
    "rulebook",
    "as_known",
    "period",
    "undo",
];

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.glossary" };
    let row = |code: &&str| vec![Cell::text(say.word("word", code)), Cell::text(say.word("meaning", code))];
    let table = say.table("words", &["word", "meaning"], WORDS.iter().map(row).collect());
    show(desk, "", &PartsView { tables: vec![table], ..say.page() })
}
