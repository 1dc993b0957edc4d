//! A rulebook told back as articles that a reader can hold against the measure, in Chinese and English.
//!
//! Owns the order of the telling: identity, then the eighteen groups in their fixed order, each with its clauses, then
//! the articles that are words only. `words` tells values and conditions, `clauses`, `handling` and `after` one sentence for each clause.
//! **Invariant:** every clause of the model is told once, and what the measure leaves open is said to be open.

mod after;
mod clauses;
mod handling;
mod words;

use crate::domain::rulebook::vocabulary::{Basis, Group};
use crate::domain::rulebook::{Origin, Rulebook};
use crate::i18n::{self, Lang};

/// One sentence of the telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its group; none for the head and for articles that are words only.
    pub group: Option<Group>,
    /// The clause, by its id.
    pub clause: String,
    /// Article of the measure.
    pub article: String,
    /// Where the clause comes from.
    pub basis: Basis,
    /// The sentence.
    pub text: String,
    /// Whether it begins a group.
    pub heading: bool,
}

/// Tells a rulebook in one language.
#[must_use]
pub fn explain(book: &Rulebook, lang: Lang) -> Vec<Article> {
    let teller = Teller { book, lang };
    let mut articles = teller.head();
    for group in Group::ALL {
        articles.push(teller.group(*group));
        articles.extend(teller.clauses(*group));
    }
    articles.extend(teller.passages());
    articles
}

/// Who tells: a rulebook and a language.
#[derive(Debug, Clone, Copy)]
struct Teller<'a> {
    book: &'a Rulebook,
    lang: Lang,
}

impl Teller<'_> {
    /// A text of the catalogue.
    fn say(self, key: &str, places: &[(&str, &str)]) -> String {
        i18n::text(self.lang, &format!("explain.{key}"), places)
    }

    /// A sentence of a clause, with what its basis says of it and its note.
    fn article(self, group: Option<Group>, clause: &str, origin: &Origin, text: String) -> Article {
        let mut told = text;
        if origin.basis != Basis::Text {
            told.push_str(&i18n::text(self.lang, &format!("payout.basis.{}", origin.basis.code()), &[]));
        }
        let note = if self.lang == Lang::Zh { &origin.note_zh } else { &origin.note_en };
        if let Some(note) = note {
            told.push_str(&self.say("note", &[("note", note)]));
        }
        Article {
            group,
            clause: clause.to_owned(),
            article: origin.article.as_ref().map(ToString::to_string).unwrap_or_default(),
            basis: origin.basis,
            text: told,
            heading: false,
        }
    }

    fn group(self, group: Group) -> Article {
        let name = i18n::text(self.lang, &format!("payout.clause.{}", group.code()), &[]);
        let Some(answer) = self.book.group(group) else {
            return self.article(Some(group), group.code(), &Origin::NONE, name);
        };
        let state = self.say(&format!("state.{}", answer.state.code()), &[]);
        let text = self.say("group", &[("name", &name), ("state", &state)]);
        Article { heading: true, ..self.article(Some(group), group.code(), &answer.origin, text) }
    }

    fn head(self) -> Vec<Article> {
        let head = &self.book.head;
        let titled = if self.lang == Lang::Zh { &head.title.zh } else { &head.title.en };
        let open = || self.say("open", &[]);
        let day = |day: Option<&chrono::NaiveDate>| day.map_or_else(open, ToString::to_string);
        let number = head.number.known().map_or_else(open, ToString::to_string);
        let issuers = if head.issuers.is_empty() {
            open()
        } else {
            self.listed(head.issuers.iter().map(|name| name.to_string()))
        };
        let governs = head.governs.known().map_or_else(open, |day| self.fact(day.fact()));
        let mut lines = vec![
            self.say("title", &[("title", titled), ("name", &self.book.name())]),
            self.say(
                "instrument",
                &[("number", &number), ("issuers", &issuers), ("issued", &day(head.issued_on.known()))],
            ),
            self.say(
                "validity",
                &[
                    ("from", &day(head.effective_from.known())),
                    ("to", &day(head.effective_to.known())),
                    ("governs", &governs),
                ],
            ),
        ];
        if let Some(from) = head.repealed_from {
            lines.push(self.say("repealed", &[("from", &from.to_string())]));
        }
        if let Some(before) = &head.replaces {
            lines.push(self.say("replaces", &[("name", before)]));
        }
        if head.trial {
            lines.push(self.say("trial", &[]));
        }
        if !head.retest.is_empty() {
            let groups =
                head.retest.iter().map(|group| i18n::text(self.lang, &format!("payout.clause.{}", group.code()), &[]));
            lines.push(self.say("retest", &[("groups", &self.listed(groups))]));
        }
        if head.proposal {
            lines.push(self.say("proposal", &[]));
        }
        lines
            .into_iter()
            .map(|text| self.article(None, "rulebook", &Origin { basis: Basis::Text, ..head.origin.clone() }, text))
            .collect()
    }

    fn passages(self) -> Vec<Article> {
        let text = |passage: &crate::domain::rulebook::Passage| {
            let text = if self.lang == Lang::Zh { &passage.text.zh } else { &passage.text.en };
            text.to_string()
        };
        let told = |passage: &crate::domain::rulebook::Passage| {
            self.article(None, &passage.id, &passage.origin, text(passage))
        };
        self.book.passages.iter().map(told).collect()
    }
}
