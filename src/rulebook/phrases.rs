//! The sentences of reasons and steps, taken from the catalogue once and filled without further look-ups.
//!
//! Every text is escaped for JSON when it is taken, so that writing it is copying it.
//! **Invariant:** what is told is the catalogue's text with its places filled; nothing is worded here.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::domain::payout::outcome::{Reason, ReasonCode, Step, StepKind};
use crate::domain::payout::truth::{Observation, Value};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::Basis;
use crate::domain::rulebook::{Name, Titled};
use crate::i18n::{self, Lang};

use super::json_out::Out;

/// A text cut at its places.
#[derive(Debug)]
struct Pattern(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Place(String),
}

impl Pattern {
    fn of(text: &str) -> Pattern {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                break;
            };
            pieces.push(Piece::Text(escaped(before)));
            pieces.push(Piece::Place(name.to_owned()));
            rest = tail;
        }
        pieces.push(Piece::Text(escaped(rest)));
        Pattern(pieces)
    }

    fn write(&self, out: &mut Out, mut place: impl FnMut(&str, &mut Out)) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.raw(text),
                Piece::Place(name) => place(name, out),
            }
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = Out::default();
    out.escaped(text);
    String::from_utf8(out.into_bytes()).unwrap_or_default()
}

/// Everything of one language that reasons and steps are told with.
#[derive(Debug)]
struct Phrases {
    steps: Vec<Pattern>,
    reasons: Vec<Pattern>,
    bases: Vec<String>,
    facts: Vec<String>,
    words: HashMap<String, String>,
    clauses: HashMap<String, String>,
    money: Pattern,
    points: Pattern,
    months: Pattern,
    days: Pattern,
    count: Pattern,
    fact: Pattern,
    article: Pattern,
    noted: Pattern,
    separator: String,
    not_yet: String,
    yes: String,
    no: String,
}

fn phrases(lang: Lang) -> &'static Phrases {
    static ZH: OnceLock<Phrases> = OnceLock::new();
    static EN: OnceLock<Phrases> = OnceLock::new();
    match lang {
        Lang::Zh => ZH.get_or_init(|| Phrases::load(lang)),
        Lang::En => EN.get_or_init(|| Phrases::load(lang)),
    }
}

impl Phrases {
    fn load(lang: Lang) -> Phrases {
        let pattern = |key: &str| Pattern::of(&i18n::text(lang, key, &[]));
        let text = |key: &str| escaped(&i18n::text(lang, key, &[]));
        let under = |prefix: &str| {
            let all = i18n::texts(lang).iter();
            all.filter_map(|(key, text)| Some((key.strip_prefix(prefix)?.to_owned(), escaped(text)))).collect()
        };
        Phrases {
            steps: StepKind::ALL.iter().map(|kind| pattern(&format!("payout.step.{kind}"))).collect(),
            reasons: ReasonCode::ALL.iter().map(|code| pattern(&format!("payout.reason.{code}"))).collect(),
            bases: Basis::ALL
                .iter()
                .map(|basis| if *basis == Basis::Text { String::new() } else { text(&format!("payout.basis.{basis}")) })
                .collect(),
            facts: Fact::ALL.iter().map(|fact| text(&format!("payout.fact.{fact}"))).collect(),
            words: under("payout.word."),
            clauses: under("payout.clause."),
            money: pattern("payout.value.money"),
            points: pattern("payout.value.points"),
            months: pattern("payout.value.months"),
            days: pattern("payout.value.days"),
            count: pattern("payout.value.count"),
            fact: pattern("payout.value.fact"),
            article: pattern("payout.value.article"),
            noted: pattern("payout.value.noted"),
            separator: text("payout.value.separator"),
            not_yet: text("payout.value.not_yet"),
            yes: text("payout.value.yes"),
            no: text("payout.value.no"),
        }
    }

    fn value(&self, value: &Value, out: &mut Out) {
        let number = |pattern: &Pattern, out: &mut Out, number: u32| {
            pattern.write(out, |_, out| out.number(u64::from(number)));
        };
        match value {
            Value::Money(fen) => self.money.write(out, |_, out| out.grouped(*fen)),
            Value::Rate(rate) => {
                out.percent(*rate);
                out.raw(" %");
            }
            Value::Points(points) => self.points.write(out, |_, out| out.percent(*points)),
            Value::Months(months) => number(&self.months, out, *months),
            Value::Days(days) => number(&self.days, out, *days),
            Value::Count(count) => number(&self.count, out, *count),
            Value::Day(day) => out.day(*day),
            Value::NotYet => out.raw(&self.not_yet),
            Value::Flag(true) => out.raw(&self.yes),
            Value::Flag(false) => out.raw(&self.no),
            Value::Word(word) => self.word(word, out),
            Value::Name(name) => out.escaped(name),
        }
    }

    /// A word of a closed list; the name of a fact is one too.
    fn word(&self, word: &str, out: &mut Out) {
        if let Some(text) = self.words.get(word) {
            out.raw(text);
            return;
        }
        match Fact::from_code(word) {
            Some(fact) => out.raw(self.fact_name(fact)),
            None => out.escaped(word),
        }
    }

    /// Facts with their values, as one phrase in brackets, or nothing where there are none.
    fn observed(&self, seen: &[Observation], out: &mut Out) {
        if seen.is_empty() {
            return;
        }
        self.noted.write(out, |_, out| {
            for (at, observation) in seen.iter().enumerate() {
                if at > 0 {
                    out.raw(&self.separator);
                }
                self.fact.write(out, |name, out| match name {
                    "fact" => out.raw(self.fact_name(observation.fact)),
                    _ => self.value(&observation.value, out),
                });
            }
        });
    }

    fn fact_name(&self, fact: Fact) -> &str {
        self.facts.get(fact.place()).map_or(fact.code(), String::as_str)
    }

    /// The article in brackets, or nothing where a clause has none.
    fn article(&self, article: Option<&Name>, out: &mut Out) {
        if let Some(article) = article {
            self.article.write(out, |_, out| out.escaped(article));
        }
    }

    /// A party by its name, or by what it is and its id.
    fn party(&self, lang: Lang, step: &Step, out: &mut Out) {
        match (step.name.as_ref(), lang) {
            (Some(name), Lang::Zh) => out.escaped(&name.zh),
            (Some(name), Lang::En) => out.escaped(&name.en),
            (None, _) => {
                let input = |key: &str| step.inputs.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
                if let Some(kind) = input("kind") {
                    self.value(kind, out);
                }
                // Where two parties are of one kind the id tells them apart.
                if let (Some(Value::Word(kind)), Some(Value::Name(id))) = (input("kind"), input("party"))
                    && *id != *kind
                {
                    self.article.write(out, |_, out| out.escaped(id));
                }
            }
        }
    }

    /// What a clause is called: as the file says, as sections and facts are called, or by its id.
    fn clause(&self, lang: Lang, id: &Name, name: Option<&Titled>, out: &mut Out) {
        match (name, lang) {
            (Some(name), Lang::Zh) => out.escaped(&name.zh),
            (Some(name), Lang::En) => out.escaped(&name.en),
            (None, _) => match self.clauses.get(id.as_str()) {
                Some(text) => out.raw(text),
                None => self.word(id, out),
            },
        }
    }
}

/// Writes a reason as a reader is told it, without quotes.
pub(super) fn reason_text(lang: Lang, reason: &Reason, out: &mut Out) {
    let phrases = phrases(lang);
    let Some(pattern) = phrases.reasons.get(reason.code.place()) else {
        return;
    };
    pattern.write(out, |place, out| match place {
        "article" => phrases.article(reason.article.as_ref(), out),
        "fact" => {
            if let Some(fact) = reason.fact {
                out.raw(phrases.fact_name(fact));
            }
        }
        "noted" => phrases.observed(&reason.found, out),
        _ => phrases.clause(lang, &reason.clause, reason.name.as_ref(), out),
    });
}

/// Writes a step as a reader is told it, without quotes; what rests on a proposal or an assumption says so.
pub(super) fn step_text(lang: Lang, step: &Step, out: &mut Out) {
    let phrases = phrases(lang);
    let Some(pattern) = phrases.steps.get(step.kind.place()) else {
        return;
    };
    pattern.write(out, |place, out| match place {
        "article" => phrases.article(step.article.as_ref(), out),
        "clause" => phrases.clause(lang, &step.clause, step.name.as_ref(), out),
        "amount" => {
            if let Some(fen) = step.amount {
                out.grouped(fen);
            }
        }
        "noted" => phrases.observed(&step.seen, out),
        "who" => phrases.party(lang, step, out),
        other => {
            if let Some((_, value)) = step.inputs.iter().find(|(name, _)| *name == other) {
                phrases.value(value, out);
            }
        }
    });
    out.raw(phrases.bases.get(step.basis.place()).map_or("", String::as_str));
}
