//! The sentences of reasons and steps, taken from the catalogue once and filled without further look-ups.
//!
//! **Invariant:** what is told is the catalogue's text with its places filled; nothing is worded here.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::OnceLock;

use crate::domain::money::{Fen, Ppm};
use crate::domain::payout::outcome::{Reason, ReasonCode, Step, StepKind};
use crate::domain::payout::truth::{Observation, Value};
use crate::domain::rulebook::fact::Fact;
use crate::domain::rulebook::vocabulary::Basis;
use crate::domain::rulebook::{Name, Titled};
use crate::i18n::{self, Lang};

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
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Place(name.to_owned()));
            rest = tail;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Pattern(pieces)
    }

    fn write(
        &self,
        f: &mut fmt::Formatter<'_>,
        mut place: impl FnMut(&str, &mut fmt::Formatter<'_>) -> fmt::Result,
    ) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Place(name) => place(name, f)?,
            }
        }
        Ok(())
    }
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
        let text = |key: &str| i18n::text(lang, key, &[]);
        let pattern = |key: &str| Pattern::of(&text(key));
        let under = |prefix: &str| {
            let all = i18n::texts(lang).iter();
            all.filter_map(|(key, text)| Some((key.strip_prefix(prefix)?.to_owned(), text.clone()))).collect()
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

    fn value(&self, value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number =
            |pattern: &Pattern, f: &mut fmt::Formatter<'_>, number: u32| pattern.write(f, |_, f| write!(f, "{number}"));
        match value {
            Value::Money(fen) => self.money.write(f, |_, f| write!(f, "{}", Grouped(*fen))),
            Value::Rate(rate) => write!(f, "{} %", Percent(*rate)),
            Value::Points(points) => self.points.write(f, |_, f| write!(f, "{}", Percent(*points))),
            Value::Months(months) => number(&self.months, f, *months),
            Value::Days(days) => number(&self.days, f, *days),
            Value::Count(count) => number(&self.count, f, *count),
            Value::Day(day) => fmt::Display::fmt(day, f),
            Value::NotYet => f.write_str(&self.not_yet),
            Value::Flag(true) => f.write_str(&self.yes),
            Value::Flag(false) => f.write_str(&self.no),
            Value::Word(word) => f.write_str(self.word(word)),
            Value::Name(name) => f.write_str(name),
        }
    }

    /// A word of a closed list; the name of a fact is one too.
    fn word<'w>(&'w self, word: &'w str) -> &'w str {
        if let Some(text) = self.words.get(word) {
            return text;
        }
        Fact::from_code(word).and_then(|fact| self.facts.get(fact.place())).map_or(word, String::as_str)
    }

    /// Facts with their values, as one phrase in brackets, or nothing where there are none.
    fn observed(&self, seen: &[Observation], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if seen.is_empty() {
            return Ok(());
        }
        self.noted.write(f, |_, f| {
            for (at, observation) in seen.iter().enumerate() {
                if at > 0 {
                    f.write_str(&self.separator)?;
                }
                self.fact.write(f, |name, f| match name {
                    "fact" => f.write_str(self.fact_name(observation.fact)),
                    _ => self.value(&observation.value, f),
                })?;
            }
            Ok(())
        })
    }

    fn fact_name(&self, fact: Fact) -> &str {
        self.facts.get(fact.place()).map_or(fact.code(), String::as_str)
    }

    /// The article in brackets, or nothing where a clause has none.
    fn article(&self, article: Option<&Name>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        article.map_or(Ok(()), |article| self.article.write(f, |_, f| f.write_str(article)))
    }

    /// What a clause is called: as the file says, as sections and facts are called, or by its id.
    fn clause(&self, lang: Lang, id: &Name, name: Option<&Titled>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (name, lang) {
            (Some(name), Lang::Zh) => f.write_str(&name.zh),
            (Some(name), Lang::En) => f.write_str(&name.en),
            (None, _) => match self.clauses.get(id.as_str()) {
                Some(text) => f.write_str(text),
                None => f.write_str(self.word(id)),
            },
        }
    }
}

/// A reason as a reader is told it.
pub(super) struct ReasonText<'a>(pub Lang, pub &'a Reason);

impl fmt::Display for ReasonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (phrases, reason) = (phrases(self.0), self.1);
        let Some(pattern) = phrases.reasons.get(reason.code.place()) else {
            return f.write_str(reason.code.code());
        };
        pattern.write(f, |place, f| match place {
            "article" => phrases.article(reason.article.as_ref(), f),
            "fact" => reason.fact.map_or(Ok(()), |fact| f.write_str(phrases.fact_name(fact))),
            "noted" => phrases.observed(&reason.found, f),
            _ => phrases.clause(self.0, &reason.clause, reason.name.as_ref(), f),
        })
    }
}

/// A step as a reader is told it; what rests on a proposal or an assumption says so.
pub(super) struct StepText<'a>(pub Lang, pub &'a Step);

impl fmt::Display for StepText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (phrases, step) = (phrases(self.0), self.1);
        let Some(pattern) = phrases.steps.get(step.kind.place()) else {
            return f.write_str(step.kind.code());
        };
        pattern.write(f, |place, f| match place {
            "article" => phrases.article(step.article.as_ref(), f),
            "clause" => phrases.clause(self.0, &step.clause, step.name.as_ref(), f),
            "amount" => step.amount.map_or(Ok(()), |fen| write!(f, "{}", Grouped(fen))),
            "noted" => phrases.observed(&step.seen, f),
            other => match step.inputs.iter().find(|(name, _)| *name == other) {
                Some((_, value)) => phrases.value(value, f),
                None => write!(f, "{{{other}}}"),
            },
        })?;
        f.write_str(phrases.bases.get(step.basis.place()).map_or("", String::as_str))
    }
}

/// Yuan with two places: `1234.50`.
pub(super) struct Yuan(pub Fen);

impl fmt::Display for Yuan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.get().unsigned_abs();
        write!(f, "{}.{:02}", fen / 100, fen % 100)
    }
}

/// Yuan with two places and commas: `1,234.50`.
pub(super) struct Grouped(pub Fen);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.get().unsigned_abs();
        grouped(fen / 100, f)?;
        write!(f, ".{:02}", fen % 100)
    }
}

fn grouped(number: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if number < 1000 {
        return write!(f, "{number}");
    }
    grouped(number / 1000, f)?;
    f.write_char(',')?;
    write!(f, "{:03}", number % 1000)
}

/// A fraction with six places: `0.450000`.
pub(super) struct Fraction(pub Ppm);

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ppm = self.0.get().unsigned_abs();
        write!(f, "{}.{:06}", ppm / 1_000_000, ppm % 1_000_000)
    }
}

/// A rate in per cent, exact and without a sign: `49.99`.
struct Percent(Ppm);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ppm = self.0.get().unsigned_abs();
        let (whole, mut rest) = (ppm / 10_000, ppm % 10_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let mut places = 4;
        while rest % 10 == 0 {
            rest /= 10;
            places -= 1;
        }
        write!(f, "{whole}.{rest:0places$}")
    }
}
