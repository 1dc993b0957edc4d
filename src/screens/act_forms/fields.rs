//! Fields of a form from what an act declares and what was typed.
//!
//! **Invariant:** a field shows what was typed, as it was typed; nothing is corrected behind the reader's back.

use serde_json::Value;

use super::prefill::Choices;
use super::{reading, words};
use crate::domain::detail::{Shape, below};
use crate::domain::money::Fen;
use crate::http::forms::Submission;
use crate::i18n::Lang;
use crate::usecase::lives::Life;
use crate::views::acting::{CheckLine, FieldView, OptionView};
use crate::views::capital;
use crate::views::uploads::FormError;

/// Which form is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Making<'a> {
    pub lang: Lang,
    pub life: Life,
    pub act: &'a str,
    /// What was typed.
    pub typed: &'a Submission,
    /// What is wrong.
    pub errors: &'a [FormError],
    /// What values of the books are called, by field.
    pub known: &'a Choices,
}

/// Where no values of the books are told.
pub(super) static NOTHING_KNOWN: Choices = Choices::new();

/// Texts that people write at length.
const LONG: [&str; 14] = [
    "note",
    "reason",
    "ground",
    "grounds",
    "text",
    "cause",
    "findings",
    "progress",
    "next_step",
    "call_back",
    "reduced_because",
    "early_default",
    "despite_pledge",
    "despite_calendar",
];
/// Fields that the system fills in by itself.
const WORKED_OUT: [(&str, &str); 17] = [
    ("returned", "due_on"),
    ("rejected", "appeal_until"),
    ("publicised", "until"),
    ("ordered", "account_changed"),
    ("ordered", "payee"),
    ("resettled", "due"),
    ("resettled", "calculation"),
    ("registered", "certificate_no"),
    ("registered", "decision"),
    ("registered", "timing"),
    ("approved", "level"),
    ("recovery_collected", "fund_part"),
    ("recovery_collected", "parts"),
    ("recovery_collected", "surplus"),
    ("recovery_collected", "cost_carried"),
    ("recovery_allocated", "amount"),
    ("recovery_allocated", "fund_part"),
];

/// Whether a field of an act is filled in by the system.
pub(super) fn is_worked_out(act: &str, field: &str) -> bool {
    WORKED_OUT.contains(&(act, field))
}

impl Making<'_> {
    /// The fields of a group at a place.
    pub fn group(&self, at: &str, fields: &[(&'static str, Shape, bool)]) -> Vec<FieldView> {
        self.within(at, fields, true)
    }

    /// The same; what stands in a group that may be left empty is not held to be filled in by the browser.
    fn within(&self, at: &str, fields: &[(&'static str, Shape, bool)], held: bool) -> Vec<FieldView> {
        let shown = fields.iter().filter(|(name, ..)| !(at.is_empty() && is_worked_out(self.act, name)));
        shown.map(|(name, shape, must)| self.field(&below(at, name), name, shape, (*must, held && *must))).collect()
    }

    fn field(&self, at: &str, name: &'static str, shape: &Shape, (must, held): (bool, bool)) -> FieldView {
        let mut view = FieldView {
            name: at.to_owned(),
            label: words::field(self.lang, (self.life, self.act), name),
            help: words::help(self.lang, name),
            kind: kind(shape, name),
            must,
            held,
            needed: at == "form.consent",
            value: self.typed.raw(at).to_owned(),
            fault: self
                .errors
                .iter()
                .find(|error| error.field == at)
                .map(|error| error.text.clone())
                .unwrap_or_default(),
            ..FieldView::default()
        };
        match shape {
            Shape::Word(codes) => view.options = self.options(name, codes, &[&view.value]),
            Shape::List(item) => match item.as_ref() {
                Shape::Word(codes) => {
                    let chosen: Vec<&str> = self.typed.all(at);
                    view.options = self.options(name, codes, &chosen);
                }
                Shape::Group(fields) => {
                    let last = reading::items(self.typed, at).max(1);
                    let more = usize::from(self.typed.field("more") == at);
                    let item = |nth: usize| self.within(&format!("{at}[{nth}]"), fields, false);
                    view.items = (1..=last.saturating_add(more)).map(item).collect();
                }
                _ => {}
            },
            Shape::Group(fields) => view.fields = self.within(at, fields, held),
            Shape::Money if self.lang == Lang::Zh => {
                let fen = reading::yuan(&view.value).and_then(|yuan| Fen::from_yuan(&yuan).ok());
                view.capital = fen.map(|fen| capital::capital(fen.get())).unwrap_or_default();
            }
            _ => {}
        }
        view
    }

    fn options(&self, name: &str, codes: &[&'static str], chosen: &[&str]) -> Vec<OptionView> {
        let option = |code: &&'static str| OptionView {
            code: (*code).to_owned(),
            label: words::choice(self.lang, name, code),
            chosen: chosen.contains(code),
        };
        codes.iter().map(option).collect()
    }

    /// Places of the amounts of a group, as many items as were typed.
    pub fn amounts(&self, at: &str, fields: &[(&'static str, Shape, bool)]) -> Vec<String> {
        let mut found = Vec::new();
        for (name, shape, _) in fields {
            let here = below(at, name);
            match shape {
                Shape::Money => found.push(here),
                Shape::Group(inner) => found.extend(self.amounts(&here, inner)),
                Shape::List(item) => {
                    if let Shape::Group(inner) = item.as_ref() {
                        let all = 1..=reading::items(self.typed, &here);
                        found.extend(all.flat_map(|nth| self.amounts(&format!("{here}[{nth}]"), inner)));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Values as they will be kept, in the order of the fields.
    pub fn told(&self, depth: usize, fields: &[(&'static str, Shape, bool)], value: &Value) -> Vec<CheckLine> {
        let mut lines = Vec::new();
        for (name, shape, _) in fields {
            let Some(value) = value.get(name) else { continue };
            let label = words::field(self.lang, (self.life, self.act), name);
            match (shape, value) {
                (Shape::Group(inner), _) => {
                    lines.push(CheckLine { label, value: String::new(), depth });
                    lines.extend(self.told(depth.saturating_add(1), inner, value));
                }
                (Shape::List(item), Value::Array(values)) => {
                    if let Shape::Group(inner) = item.as_ref() {
                        for (nth, value) in (1..).zip(values) {
                            lines.push(CheckLine { label: format!("{label} {nth}"), value: String::new(), depth });
                            lines.extend(self.told(depth.saturating_add(1), inner, value));
                        }
                    } else {
                        let all: Vec<String> = values.iter().map(|value| self.plain(name, item, value)).collect();
                        lines.push(CheckLine { label, value: all.join(&self.text("screen.list")), depth });
                    }
                }
                _ => lines.push(CheckLine { label, value: self.plain(name, shape, value), depth }),
            }
        }
        lines
    }

    fn text(&self, key: &str) -> String {
        crate::i18n::text(self.lang, key, &[])
    }

    /// What a value is called where the books know it; itself otherwise.
    fn called(&self, name: &str, value: &str) -> String {
        let known = self.known.get(name).and_then(|known| known.iter().find(|(code, _)| code == value));
        known.map_or_else(|| value.to_owned(), |(_, label)| label.clone())
    }

    fn plain(&self, name: &str, shape: &Shape, value: &Value) -> String {
        let text = value.as_str().unwrap_or_default();
        match shape {
            Shape::Flag => self.text(if value == &Value::Bool(true) { "page.acting.yes" } else { "page.acting.no" }),
            Shape::Word(_) => words::choice(self.lang, name, text),
            Shape::Money => {
                let capital = Fen::from_yuan(text).ok().filter(|_| self.lang == Lang::Zh);
                let capital = capital.map(|fen| format!("（{}）", capital::capital(fen.get()))).unwrap_or_default();
                format!("{} {}{capital}", crate::render::grouped(text), self.text("page.acting.yuan"))
            }
            Shape::Share => format!("{}%", reading::percent_of(text)),
            _ if value.is_string() => self.called(name, text),
            _ => value.to_string(),
        }
    }
}

/// Marks a group as one that may not be left empty in the end.
pub(super) fn need(fields: &mut [FieldView], name: &str) {
    for field in fields {
        field.needed |= field.name == name;
        need(&mut field.fields, name);
    }
}

/// Fields that may also hold what the books do not know yet.
const OPEN: [&str; 1] = ["institution"];

/// Lets a field be chosen from what the books hold, wherever it stands in the form.
pub(super) fn choose(field: &mut FieldView, choices: &Choices, typed: &Submission) {
    field.fields.iter_mut().for_each(|inner| choose(inner, choices, typed));
    field.items.iter_mut().flatten().for_each(|inner| choose(inner, choices, typed));
    let last = field.name.rsplit('.').next().unwrap_or_default();
    let Some(known) = choices.get(last).filter(|known| !known.is_empty()) else { return };
    let several = field.kind == "lines";
    if several {
        field.kind = "chosen_lines";
    } else if field.kind == "text" && OPEN.contains(&last) {
        field.kind = "suggested";
    } else if matches!(field.kind, "text" | "long" | "count") {
        field.kind = "choice";
    } else {
        return;
    }
    let chosen: Vec<&str> = typed.raw(&field.name).lines().chain(typed.all(&field.name)).collect();
    // What was typed before there was a choice stays what it is.
    let stays = |value: &&str| !value.is_empty() && known.iter().all(|(code, _)| code != value);
    let own = Some(field.value.as_str()).filter(|value| !several && stays(value)).map(str::to_owned);
    let own = own.map(|value| OptionView { code: value.clone(), label: value, chosen: true });
    let option = |(code, label): &(String, String)| OptionView {
        code: code.clone(),
        label: label.clone(),
        chosen: chosen.contains(&code.as_str()),
    };
    field.options = known.iter().map(option).chain(own).collect();
}

fn kind(shape: &Shape, name: &str) -> &'static str {
    match shape {
        Shape::Text if LONG.contains(&name) => "long",
        Shape::Text => "text",
        Shape::Day => "day",
        Shape::Money => "money",
        Shape::Share => "share",
        Shape::Count => "count",
        Shape::Flag => "flag",
        Shape::Word(_) => "word",
        Shape::List(item) => match item.as_ref() {
            Shape::Word(_) => "words",
            Shape::Group(_) => "list",
            _ => "lines",
        },
        Shape::Group(_) => "group",
    }
}
