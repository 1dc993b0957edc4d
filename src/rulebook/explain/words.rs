//! Values and conditions in words.
//!
//! **Invariant:** no id stands where a name is known.

use super::Teller;
use crate::domain::money::{Fen, Ppm};
use crate::domain::rulebook::condition::{
    Bound, Choice, ChoiceMode, Comparison, Condition, DayBound, DayLimit, Leaf, Operand, Quantity, RightTest, SetTest,
    Span,
};
use crate::domain::rulebook::fact::{DateRef, Fact, LevelIx, MoneyFact, RateFact, SetFact, WordFact};
use crate::domain::rulebook::{Name, Open, Origin, PartyIx, Titled};
use crate::i18n::{self, Lang};
use crate::rulebook::units;

impl Teller<'_> {
    /// A name in the language.
    pub(super) fn titled(self, name: &Titled) -> String {
        if self.lang == Lang::Zh { name.zh.to_string() } else { name.en.to_string() }
    }

    /// What a clause is called, or its id.
    pub(super) fn called(self, id: &Name, origin: &Origin) -> String {
        origin.name.as_ref().map_or_else(|| id.to_string(), |name| self.titled(name))
    }

    /// Several things in a row.
    pub(super) fn listed(self, items: impl Iterator<Item = String>) -> String {
        items.collect::<Vec<_>>().join(&self.say("and_comma", &[]))
    }

    pub(super) fn fact(self, fact: Fact) -> String {
        i18n::text(self.lang, &format!("payout.fact.{}", fact.code()), &[])
    }

    /// A word of a closed list.
    pub(super) fn word(self, word: &str) -> String {
        let texts = i18n::texts(self.lang);
        let known = ["explain.word.", "payout.word."].iter().find_map(|table| texts.get(&format!("{table}{word}")));
        known.cloned().unwrap_or_else(|| word.to_owned())
    }

    pub(super) fn party(self, party: PartyIx) -> String {
        let party = self.book.party(party);
        party.origin.name.as_ref().map_or_else(|| self.word(party.kind.code()), |name| self.titled(name))
    }

    pub(super) fn money(self, fen: Fen) -> String {
        let plain = || self.say("yuan", &[("amount", &crate::render::grouped(&fen.yuan()))]);
        let units = [("亿元", 10_000_000_000_i64), ("万元", 1_000_000)];
        let whole = units.into_iter().find(|(_, unit)| fen.get() >= *unit && fen.get() % unit == 0);
        match whole.filter(|_| self.lang == Lang::Zh) {
            Some((name, unit)) => format!("{} {name}", fen.get() / unit),
            None => plain(),
        }
    }

    pub(super) fn rate(self, rate: Ppm) -> String {
        format!("{} %", units::percent(rate))
    }

    pub(super) fn span(self, span: Span) -> String {
        let (key, count) = match span {
            Span::Days(days) => ("days", days),
            Span::WorkingDays(days) => ("working_days", days),
            Span::Months(months) => ("months", months),
        };
        self.say(key, &[("count", &count.to_string())])
    }

    /// A stated value in words, or that it is open.
    pub(super) fn stated<T>(self, value: &Open<T>, tell: impl FnOnce(&T) -> String) -> String {
        value.known().map_or_else(|| self.say("open", &[]), tell)
    }

    pub(super) fn date(self, date: DateRef) -> String {
        match date {
            DateRef::Fact(fact) => self.fact(fact.fact()),
            DateRef::Recognised(level) => self.say("recognised_on", &[("level", &self.level(level))]),
        }
    }

    fn level(self, level: LevelIx) -> String {
        self.book.levels.get(level.0).map(|level| self.titled(&level.name)).unwrap_or_default()
    }

    fn compared(self, comparison: Comparison, what: &str, limit: &str) -> String {
        self.say(&format!("compare.{}", comparison.code()), &[("what", what), ("limit", limit)])
    }

    /// A condition as part of a sentence.
    pub(super) fn condition(self, condition: &Condition) -> String {
        match condition {
            Condition::All(parts) => {
                parts.iter().map(|part| self.inside(part)).collect::<Vec<_>>().join(&self.say("and", &[]))
            }
            Condition::Any(parts) => {
                parts.iter().map(|part| self.inside(part)).collect::<Vec<_>>().join(&self.say("or", &[]))
            }
            Condition::Not(inner) => self.say("not", &[("inner", &self.condition(inner))]),
            Condition::Is { id, .. } => {
                let known = self.book.definitions.iter().find(|known| known.id == *id);
                let name = known.map_or_else(|| id.to_string(), |known| self.titled(&known.name));
                self.say("is", &[("name", &name)])
            }
            Condition::Leaf(leaf) => self.leaf(leaf),
            Condition::Unknown => self.say("condition_open", &[]),
        }
    }

    /// A part that is itself several is put in brackets.
    fn inside(self, part: &Condition) -> String {
        match part {
            Condition::All(parts) | Condition::Any(parts) if parts.len() > 1 => {
                self.say("brackets", &[("inner", &self.condition(part))])
            }
            _ => self.condition(part),
        }
    }

    fn leaf(self, leaf: &Leaf) -> String {
        let both = |parts: Vec<String>| parts.join(&self.say("and", &[]));
        match leaf {
            Leaf::Money(fact, bounds) => both(self.money_bounds(&self.fact(fact.fact()), bounds)),
            Leaf::Rate(fact, bounds) => {
                let limit = |bound: &Bound<Operand<Ppm, RateFact>>| match bound.limit {
                    Operand::Constant(rate) => self.rate(rate),
                    Operand::Unknown => self.say("open", &[]),
                    Operand::Linear { of, times, plus } => {
                        let plus = plus.map(|plus| self.say("points", &[("points", &units::percent(plus))]));
                        self.linear(&self.fact(of.fact()), times, plus)
                    }
                };
                both(
                    bounds
                        .iter()
                        .map(|bound| self.compared(bound.comparison, &self.fact(fact.fact()), &limit(bound)))
                        .collect(),
                )
            }
            Leaf::Count(fact, bounds) => {
                let told = |bound: &Bound<u32>| {
                    self.compared(bound.comparison, &self.fact(fact.fact()), &bound.limit.to_string())
                };
                both(bounds.iter().map(told).collect())
            }
            Leaf::Span(fact, bounds) => {
                let told = |bound: &Bound<Span>| {
                    self.compared(bound.comparison, &self.fact(fact.fact()), &self.span(bound.limit))
                };
                both(bounds.iter().map(told).collect())
            }
            Leaf::Day(day, bounds) => {
                both(bounds.iter().map(|bound| self.day_bound(&self.date(*day), *bound)).collect())
            }
            Leaf::Word(fact, choice) => self.choice(*fact, choice),
            Leaf::Rank(fact, bounds) => {
                let told = |bound: &Bound<crate::domain::rulebook::condition::Rank>| {
                    self.compared(bound.comparison, &self.fact(fact.fact()), &self.word(bound.limit.word))
                };
                both(bounds.iter().map(told).collect())
            }
            Leaf::Flag(fact, wanted) => {
                let key = if *wanted { "flag_yes" } else { "flag_no" };
                self.say(key, &[("fact", &self.fact(fact.fact()))])
            }
            Leaf::LevelRecognised(level, wanted) => {
                let key = if *wanted { "recognised" } else { "not_recognised" };
                self.say(key, &[("level", &self.level(*level))])
            }
            Leaf::LevelPaid(level, bounds) => {
                both(self.money_bounds(&self.say("level_paid", &[("level", &self.level(*level))]), bounds))
            }
            Leaf::Set(fact, test) => self.set(*fact, test),
            Leaf::Rights(quantity, tests) => {
                let key = if *quantity == Quantity::Every { "every_right" } else { "some_right" };
                let inner: Vec<String> = tests.iter().map(|test| self.right(test)).collect();
                self.say(key, &[("tests", &both(inner))])
            }
        }
    }

    fn money_bounds(self, what: &str, bounds: &[Bound<Operand<Fen, MoneyFact>>]) -> Vec<String> {
        let limit = |bound: &Bound<Operand<Fen, MoneyFact>>| match bound.limit {
            Operand::Constant(fen) => self.money(fen),
            Operand::Unknown => self.say("open", &[]),
            Operand::Linear { of, times, plus } => self.linear(
                &self.fact(of.fact()),
                times,
                plus.filter(|plus| plus.get() > 0).map(|plus| self.money(plus)),
            ),
        };
        bounds.iter().map(|bound| self.compared(bound.comparison, what, &limit(bound))).collect()
    }

    /// Another fact × a multiple + something.
    pub(super) fn linear(self, of: &str, times: Ppm, plus: Option<String>) -> String {
        let scaled = match times {
            Ppm::ONE => of.to_owned(),
            times => self.say("times", &[("of", of), ("times", &self.rate(times))]),
        };
        plus.map_or(scaled.clone(), |plus| self.say("plus", &[("of", &scaled), ("plus", &plus)]))
    }

    fn day_bound(self, what: &str, bound: DayBound) -> String {
        match bound {
            DayBound::Compared(comparison, limit) => {
                let limit = match limit {
                    DayLimit::Day(day) => day.to_string(),
                    DayLimit::Fact(day) => self.date(day),
                    DayLimit::Unknown => self.say("open", &[]),
                };
                self.say(&format!("day.{}", comparison.code()), &[("what", what), ("limit", &limit)])
            }
            DayBound::Within(span, of) => {
                self.say("within", &[("what", what), ("span", &self.span(span)), ("of", &self.date(of))])
            }
        }
    }

    fn choice(self, fact: WordFact, choice: &Choice) -> String {
        let words =
            choice.among.iter().map(|word| self.word(word)).collect::<Vec<_>>().join(&self.say("or_comma", &[]));
        let key = match choice.mode {
            ChoiceMode::OneOf => "one_of",
            ChoiceMode::NotIn => "none_of",
            ChoiceMode::Starts => "starts",
        };
        self.say(key, &[("fact", &self.fact(fact.fact())), ("words", &words)])
    }

    fn set(self, fact: SetFact, test: &SetTest) -> String {
        let names = |words: &[Name], between: &str| {
            let name = |word: &Name| {
                let tag = self.book.tags.iter().find(|tag| tag.id == *word);
                tag.map_or_else(|| self.word(word), |tag| self.titled(&tag.name))
            };
            words.iter().map(name).collect::<Vec<_>>().join(&self.say(between, &[]))
        };
        let mut parts = Vec::new();
        let what = self.fact(fact.fact());
        for (words, key, between) in [
            (&test.any, "set_any", "or_comma"),
            (&test.all, "set_all", "and_comma"),
            (&test.none, "set_none", "and_comma"),
        ] {
            if !words.is_empty() {
                let key = if key == "set_any" && words.len() == 1 { "set_all" } else { key };
                parts.push(self.say(key, &[("fact", &what), ("words", &names(words, between))]));
            }
        }
        parts.join(&self.say("and", &[]))
    }

    fn right(self, test: &RightTest) -> String {
        match test {
            RightTest::Kind(choice) => {
                let words = choice.among.iter().map(|word| self.word(word)).collect::<Vec<_>>();
                let words = words.join(&self.say("or_comma", &[]));
                let key = if choice.mode == ChoiceMode::NotIn { "none_of" } else { "one_of" };
                self.say(key, &[("fact", &self.fact(Fact::IpKind)), ("words", &words)])
            }
            RightTest::Day(fact, bounds) => {
                let what = self.fact(fact.fact());
                bounds.iter().map(|bound| self.day_bound(&what, *bound)).collect::<Vec<_>>().join(&self.say("and", &[]))
            }
            RightTest::ValidOn(day) => self.say("valid_on", &[("day", &self.date(*day))]),
        }
    }

    /// "In the case of …, " before a sentence; nothing where a clause always applies.
    pub(super) fn when(self, condition: &Condition) -> String {
        if condition.is_always() {
            String::new()
        } else {
            self.say("when", &[("condition", &self.condition(condition))])
        }
    }
}
