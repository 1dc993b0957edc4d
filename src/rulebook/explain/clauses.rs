//! One sentence for each clause a payout is computed from.
//!
//! **Invariant:** limits and rules are told in the order in which they apply.

use super::{Article, Teller};
use crate::domain::money::Ppm;
use crate::domain::rulebook::condition::{Bound, Comparison};
use crate::domain::rulebook::vocabulary::{Group, PartyKind};
use crate::domain::rulebook::{
    Band, BandMeasure, BandTop, Bands, Breaker, BreakerFigure, Cap, CapLimit, CapRule, Contribution, Floor, Loss,
    Money, Ratio, SharingRule, Split, Test,
};

impl Teller<'_> {
    /// The clauses of a group.
    pub(super) fn clauses(self, group: Group) -> Vec<Article> {
        match group {
            Group::Sources => self.sources(),
            Group::Levels => self.levels(),
            Group::Borrower => self.tests(group).into_iter().chain(self.meanings()).collect(),
            Group::Pledge | Group::Loan => self.tests(group),
            Group::Trigger => self.tests(group).into_iter().chain(self.documents()).collect(),
            Group::Sharing => self.sharing(),
            Group::Loss => self.book.losses.iter().flat_map(|loss| self.loss(loss)).collect(),
            Group::Timing => self.timing().into_iter().chain(self.handling()).collect(),
            Group::Caps => self.book.caps.iter().enumerate().map(|(place, cap)| self.cap(place, cap)).collect(),
            Group::Breakers => self.book.breakers.iter().map(|breaker| self.breaker(breaker)).collect(),
            Group::Portfolio => self.portfolio(),
            Group::Duties => self.duties(),
            Group::Recovery => self.recovery(),
            Group::Integrity => self.voids(),
            Group::Reporting => self.reports(),
            Group::Closeout => self.closeout(),
            Group::Subsidies => self.subsidies(),
        }
    }

    fn sources(self) -> Vec<Article> {
        let group = Some(Group::Sources);
        let mut told = Vec::new();
        if let Some(sources) = &self.book.sources {
            let mut lines = vec![
                self.stated(&sources.liability, |word| self.say(&format!("liability.{}", word.code()), &[])),
                self.stated(&sources.revolving, |yes| self.say(if *yes { "revolving" } else { "not_revolving" }, &[])),
                self.say(
                    "pays_also",
                    &[(
                        "what",
                        &self.stated(&sources.pays_also, |list| {
                            if list.is_empty() {
                                self.say("nothing", &[])
                            } else {
                                self.listed(list.iter().map(|word| self.word(word.code())))
                            }
                        }),
                    )],
                ),
            ];
            lines.extend(
                sources
                    .interest
                    .as_ref()
                    .map(|interest| self.stated(interest, |word| self.say(&format!("interest.{}", word.code()), &[]))),
            );
            lines.extend(sources.floor.as_ref().map(|floor| {
                self.say(
                    "floor",
                    &[(
                        "floor",
                        &self.stated(floor, |floor| match floor {
                            Floor::Amount(fen) => self.money(*fen),
                            Floor::OfTotal(rate) => self.say("of_total", &[("rate", &self.rate(*rate))]),
                        }),
                    )],
                )
            }));
            lines.extend(sources.multiple.as_ref().map(|multiple| {
                self.stated(multiple, |multiple| {
                    let base = self.word(multiple.of.code());
                    let alarm =
                        multiple.alarm.map(|alarm| self.say("alarm", &[("alarm", &times(alarm))])).unwrap_or_default();
                    self.say("multiple", &[("base", &base), ("limit", &times(multiple.limit)), ("alarm", &alarm)])
                })
            }));
            lines.extend(sources.deposits.as_ref().map(|deposits| {
                self.say(
                    "deposits",
                    &[("with", &self.word(&deposits.with)), ("by", &self.word(&deposits.in_proportion_to))],
                )
            }));
            told.extend(lines.into_iter().map(|line| self.article(group, "sources", &sources.origin, line)));
        }
        for source in &self.book.contributors {
            let level = self.stated(&source.level, |level| self.word(level.code()));
            let amount = self.stated(&source.amount, |amount| match amount {
                Contribution::Amount(fen) => self.money(*fen),
                Contribution::ByBudget => self.say("by_budget", &[]),
                Contribution::ByMatch => self.say("by_match", &[]),
            });
            let within = source
                .within
                .as_ref()
                .map(|within| self.say("paid_within", &[("span", &self.stated(within, |span| self.span(*span)))]));
            let places = [("level", &*level), ("amount", &*amount), ("within", &*within.unwrap_or_default())];
            told.push(self.article(group, &source.id, &source.origin, self.say("contributes", &places)));
        }
        told
    }

    fn levels(self) -> Vec<Article> {
        let level = |level: &crate::domain::rulebook::Level| {
            let text = self.say("level", &[("name", &self.titled(&level.name))]);
            self.article(Some(Group::Levels), &level.id, &level.origin, text)
        };
        self.book.levels.iter().map(level).chain(self.tests(Group::Levels)).collect()
    }

    fn tests(self, group: Group) -> Vec<Article> {
        let own = self.book.tests.iter().filter(|test| test.group == group);
        own.map(|test| self.article(Some(group), &test.id, &test.origin, self.test(test))).collect()
    }

    fn test(self, test: &Test) -> String {
        let otherwise = self.stated(&test.otherwise, |word| self.say(&format!("otherwise.{}", word.code()), &[]));
        let places = [
            ("when", &*self.when(&test.when)),
            ("require", &*self.condition(&test.require)),
            ("otherwise", &*otherwise),
        ];
        self.say("test", &places)
    }

    /// Tags, definitions and reading days: what the words of the tests mean.
    fn meanings(self) -> Vec<Article> {
        let group = Some(Group::Borrower);
        let mut told: Vec<Article> = Vec::new();
        for definition in &self.book.definitions {
            let places = [("name", &*self.titled(&definition.name)), ("when", &*self.condition(&definition.when))];
            told.push(self.article(group, &definition.id, &definition.origin, self.say("define", &places)));
        }
        for tag in &self.book.tags {
            let read = tag
                .read_on
                .as_ref()
                .map(|day| self.say("read_on", &[("day", &self.stated(day, |day| self.date(*day)))]));
            let evidence = tag.evidence.as_ref().map(|text| self.say("evidence", &[("text", &self.titled(text))]));
            let more = [read, evidence].into_iter().flatten().collect::<String>();
            let places = [("name", &*self.titled(&tag.name)), ("more", &*more)];
            told.push(self.article(group, &tag.id, &tag.origin, self.say("tag", &places)));
        }
        for reading in &self.book.readings {
            let day = self.stated(&reading.on, |day| self.date(*day));
            let any = reading.means_any.known().filter(|list| !list.is_empty());
            let means = any.map(|list| self.listed(list.iter().map(|word| self.word(word.code()))));
            let all = Some(&reading.means_all).filter(|list| !list.is_empty());
            let means = means.or_else(|| all.map(|list| self.listed(list.iter().map(|word| self.word(word.code())))));
            let means = means.map(|means| self.say("means", &[("means", &means)])).unwrap_or_default();
            let places = [("fact", &*self.fact(reading.fact)), ("day", &*day), ("means", &*means)];
            told.push(self.article(group, reading.fact.code(), &reading.origin, self.say("reading", &places)));
        }
        told
    }

    fn documents(self) -> Vec<Article> {
        let document = |paper: &crate::domain::rulebook::Document| {
            let gate = self.say(&format!("gate.{}", paper.gate.code()), &[]);
            let any = self.listed(paper.any_of.iter().map(|code| self.word(code.code())));
            let any = if paper.any_of.len() > 1 { self.say("any_paper", &[("papers", &any)]) } else { String::new() };
            let places = [
                ("when", &*self.when(&paper.when)),
                ("name", &*self.titled(&paper.name)),
                ("any", &*any),
                ("gate", &*gate),
            ];
            self.article(Some(Group::Trigger), &paper.id, &paper.origin, self.say("document", &places))
        };
        self.book.documents.iter().map(document).collect()
    }

    fn loss(self, loss: &Loss) -> Vec<Article> {
        let group = Some(Group::Loss);
        let components =
            self.stated(&loss.components, |list| self.listed(list.iter().map(|word| self.word(word.code()))));
        let part = self.stated(&loss.part, |part| self.say(&format!("part.{}", part.code()), &[]));
        let deduct = self.stated(&loss.deduct, |list| {
            if list.is_empty() {
                return self.say("nothing", &[]);
            }
            let one = |word: &crate::domain::rulebook::vocabulary::Deduction| {
                let name = self.say(&format!("deduct.{}", word.code()), &[]);
                if loss.deduct_whole.contains(word) { self.say("whole", &[("what", &name)]) } else { name }
            };
            self.listed(list.iter().map(one))
        });
        let read = self.stated(&loss.read_on, |day| self.date(*day));
        let places = [
            ("when", &*self.when(&loss.when)),
            ("components", &*components),
            ("part", &*part),
            ("deduct", &*deduct),
            ("day", &*read),
        ];
        let mut told = vec![self.article(group, &loss.id, &loss.origin, self.say("loss", &places))];
        if let Some(rule) = &loss.interest {
            let kinds = self.stated(&rule.kinds, |kinds| self.listed(kinds.iter().map(|kind| self.word(kind.code()))));
            let until = self.stated(&rule.until, |day| self.date(*day));
            told.push(self.article(
                group,
                &loss.id,
                &loss.origin,
                self.say("interest_counts", &[("kinds", &kinds), ("until", &until)]),
            ));
        }
        for limit in &loss.limits {
            let kind = self.say(&format!("loss_limit.{}", limit.kind.code()), &[]);
            let place = self.say(&format!("limit_at.{}", limit.at.code()), &[]);
            let amount = self.stated(&limit.limit, |money| self.stated_money(*money));
            let places = [("kind", &*kind), ("limit", &*amount), ("at", &*place)];
            told.push(self.article(group, &limit.id, &limit.origin, self.say("counted_up_to", &places)));
        }
        told
    }

    fn stated_money(self, money: Money) -> String {
        match money {
            Money::Amount(fen) => self.money(fen),
            Money::Linear { of, times, plus } => {
                let plus = Some(plus).filter(|plus| plus.get() > 0).map(|plus| self.money(plus));
                self.linear(&self.fact(of.fact()), times, plus)
            }
        }
    }

    fn sharing(self) -> Vec<Article> {
        let Some(sharing) = &self.book.sharing else {
            return Vec::new();
        };
        let group = Some(Group::Sharing);
        let mut told: Vec<Article> =
            sharing.rules.iter().map(|rule| self.article(group, &rule.id, &rule.origin, self.rule(rule))).collect();
        for bonus in &sharing.bonuses {
            let points = self.stated(&bonus.points, |points| {
                self.say("points", &[("points", &crate::rulebook::units::percent(*points))])
            });
            let once = bonus.once.as_ref().map(|_| self.say("once", &[])).unwrap_or_default();
            let places = [
                ("when", &*self.when(&bonus.when)),
                ("party", &*self.party(bonus.to)),
                ("points", &*points),
                ("once", &*once),
            ];
            told.push(self.article(group, &bonus.id, &bonus.origin, self.say("bonus", &places)));
        }
        if let Some(ceiling) = &sharing.ceiling {
            let places = [
                ("party", &*self.party(ceiling.party)),
                ("rate", &*self.stated(&ceiling.rate, |rate| self.rate(*rate))),
            ];
            told.push(self.article(group, "ceiling", &ceiling.origin, self.say("ceiling", &places)));
        }
        let rounding =
            self.stated(&sharing.rounding, |rounding| self.say(&format!("rounding.{}", rounding.code()), &[]));
        let no_match = self.stated(&sharing.no_match, |word| self.say(&format!("no_match.{}", word.code()), &[]));
        let places = [("rounding", &*rounding), ("otherwise", &*no_match)];
        told.push(self.article(group, "sharing", &sharing.origin, self.say("rounding_line", &places)));
        told
    }

    fn rule(self, rule: &SharingRule) -> String {
        let bearer = self.stated(&rule.bearer, |bearer| self.party(*bearer));
        let shares = match &rule.split {
            Split::Fixed(ratio) => self.stated(ratio, |ratio| self.ratio(ratio)),
            Split::Bands(bands) => self.bands(bands),
        };
        self.say("rule", &[("when", &self.when(&rule.when)), ("shares", &shares), ("bearer", &bearer)])
    }

    fn ratio(self, ratio: &Ratio) -> String {
        let mut named: Vec<(u8, String)> = Vec::new();
        for (party, rate) in ratio {
            let first = u8::from(self.book.party(*party).kind != PartyKind::Fund);
            named.push((first, self.say("bears", &[("party", &self.party(*party)), ("rate", &self.rate(*rate))])));
        }
        named.sort_by_key(|(first, _)| *first);
        self.listed(named.into_iter().map(|(_, text)| text))
    }

    fn bands(self, bands: &Bands) -> String {
        let measure = match bands.measure {
            BandMeasure::Fact(fact) => self.fact(fact.fact()),
            BandMeasure::LossBase => self.say("loss_base", &[]),
        };
        let band = |band: &Band| {
            let shares = self.stated(&band.shares, |ratio| self.ratio(ratio));
            match band.top {
                BandTop::UpTo(limit) => self.say("band_up_to", &[("limit", &self.money(limit)), ("shares", &shares)]),
                BandTop::Below(limit) => self.say("band_below", &[("limit", &self.money(limit)), ("shares", &shares)]),
                BandTop::Open => self.say("band_open", &[("shares", &shares)]),
            }
        };
        let steps = bands.steps.iter().map(band).collect::<Vec<_>>().join(&self.say("band_between", &[]));
        let reading = bands.reading.known().map_or("open", |reading| reading.code());
        let reading = self.say(&format!("reading_as.{reading}"), &[]);
        let above = bands
            .above
            .as_ref()
            .map(|above| self.stated(above, |word| self.say(&format!("above.{}", word.code()), &[])));
        let places = [
            ("measure", &*measure),
            ("steps", &*steps),
            ("reading", &*reading),
            ("above", &*above.unwrap_or_default()),
        ];
        self.say("bands", &places)
    }

    fn cap(self, place: usize, cap: &Cap) -> Article {
        let number = (place + 1).to_string();
        let (limit, more) = match &cap.rule {
            CapRule::PerLoan(limit)
            | CapRule::PerBorrowerLife(limit)
            | CapRule::PerBorrowerYear(limit)
            | CapRule::PerBankYear(limit)
            | CapRule::PerSchemeYear(limit)
            | CapRule::PerModeYear { limit, .. } => {
                (self.cap_limit(limit, |money| self.stated_money(*money)), String::new())
            }
            CapRule::Room { limit, used } => {
                let used =
                    used.map(|fact| self.say("less_used", &[("fact", &self.fact(fact.fact()))])).unwrap_or_default();
                (self.cap_limit(limit, |money| self.stated_money(*money)), used)
            }
            CapRule::Rate(limit) | CapRule::Reduction(limit) => {
                (self.cap_limit(limit, |rate| self.rate(*rate)), String::new())
            }
            CapRule::AllLevels { limit, of, counts, cut } => {
                let counted = self.listed(counts.iter().map(|word| self.word(word.code())));
                let base = self.say(&format!("levels_base.{}", of.code()), &[]);
                let cut = self.say(&format!("levels_cut.{}", cut.code()), &[]);
                let more = self.say("levels_more", &[("base", &base), ("counted", &counted), ("cut", &cut)]);
                (self.cap_limit(limit, |rate| self.rate(*rate)), more)
            }
            CapRule::FundBalance | CapRule::FundTotal => (String::new(), String::new()),
        };
        let mode =
            if let CapRule::PerModeYear { mode, .. } = &cap.rule { self.word(mode.code()) } else { String::new() };
        let places = [("limit", &*limit), ("mode", &*mode)];
        let what = self.say(&format!("cap.{}", cap.rule.kind().code()), &places);
        let text = self
            .say("cap_line", &[("number", &number), ("when", &self.when(&cap.when)), ("what", &what), ("more", &more)]);
        self.article(Some(Group::Caps), &cap.id, &cap.origin, text)
    }

    fn cap_limit<T>(self, limit: &CapLimit<T>, tell: impl Fn(&T) -> String) -> String {
        match limit {
            CapLimit::Fixed(stated) => self.stated(stated, tell),
            CapLimit::Steps(steps) => {
                let step = |step: &crate::domain::rulebook::CapStepRule<T>| {
                    format!("{}{}", self.when(&step.when), self.stated(&step.limit, &tell))
                };
                self.listed(steps.iter().map(step))
            }
        }
    }

    fn breaker(self, breaker: &Breaker) -> Article {
        let figure = match breaker.figure {
            BreakerFigure::Ratio(part, whole) => format!("{} ÷ {}", self.fact(part.fact()), self.fact(whole.fact())),
            BreakerFigure::Value(fact) => self.fact(fact.fact()),
            BreakerFigure::Unknown => self.say("open", &[]),
        };
        let bound = |bound: &Bound<Ppm>| self.bound(bound.comparison, bound.limit);
        let trips = self.stated(&breaker.trips, bound);
        let warns = breaker.warns.map(|warns| self.say("warns", &[("bound", &bound(&warns))])).unwrap_or_default();
        let effect = self.stated(&breaker.effect, |list| self.listed(list.iter().map(|word| self.word(word.code()))));
        let window = self.stated(&breaker.window, |word| self.word(word.code()));
        let release = breaker.release.known().map_or("open", |word| word.code());
        let release = self.say(&format!("release.{release}"), &[]);
        let overriding = breaker.overriding.known().map_or("open", |word| word.code());
        let overriding = self.say(&format!("override.{overriding}"), &[]);
        let places = [
            ("when", &*self.when(&breaker.when)),
            ("figure", &*figure),
            ("window", &*window),
            ("trips", &*trips),
            ("warns", &*warns),
            ("effect", &*effect),
            ("release", &*release),
            ("override", &*overriding),
        ];
        self.article(Some(Group::Breakers), &breaker.id, &breaker.origin, self.say("breaker", &places))
    }

    fn bound(self, comparison: Comparison, limit: Ppm) -> String {
        self.say(&format!("bound.{}", comparison.code()), &[("limit", &self.rate(limit))])
    }

    fn timing(self) -> Vec<Article> {
        let Some(timing) = &self.book.timing else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        match &timing.provisional {
            Some(first) => {
                let advance = self.stated(&first.advance, |rate| self.rate(*rate));
                let of = self.stated(&first.of, |word| self.say(&format!("advance_of.{}", word.code()), &[]));
                let held = self.stated(&first.held_in, |word| self.say(&format!("held_in.{}", word.code()), &[]));
                let settle = self.stated(&first.settle_on, |day| self.date(*day));
                lines.push(
                    self.say(
                        "provisional",
                        &[("advance", &advance), ("of", &of), ("held", &held), ("settle", &settle)],
                    ),
                );
            }
            None if timing.mode_known => lines.push(self.say("final", &[])),
            None => lines.push(self.say("open", &[])),
        }
        let short = self.stated(&timing.short, |word| self.say(&format!("short.{}", word.code()), &[]));
        let queue = self.stated(&timing.queue, |word| self.say(&format!("queue.{}", word.code()), &[]));
        let end = self.stated(&timing.year_end, |word| self.say(&format!("year_end.{}", word.code()), &[]));
        lines.push(self.say("when_short", &[("short", &short), ("queue", &queue), ("end", &end)]));
        lines.into_iter().map(|line| self.article(Some(Group::Timing), "timing", &timing.origin, line)).collect()
    }

    fn portfolio(self) -> Vec<Article> {
        let Some(portfolio) = &self.book.portfolio else {
            return Vec::new();
        };
        let ratio = self.stated(&portfolio.ratio, |(part, whole)| {
            format!("{} ÷ {}", self.fact(part.fact()), self.fact(whole.fact()))
        });
        let layer = self.stated(&portfolio.layer, |(low, high)| {
            self.say("layer", &[("low", &self.rate(*low)), ("high", &self.rate(*high))])
        });
        let day = self.stated(&portfolio.measured_on, ToString::to_string);
        let which = self.stated(&portfolio.loss_in_layer, |word| self.say(&format!("in_layer.{}", word.code()), &[]));
        let shares = self.stated(&portfolio.shares, |ratio| self.ratio(ratio));
        let allocation =
            self.stated(&portfolio.allocation, |word| self.say(&format!("allocation.{}", word.code()), &[]));
        let places = [
            ("day", &*day),
            ("ratio", &*ratio),
            ("layer", &*layer),
            ("which", &*which),
            ("shares", &*shares),
            ("allocation", &*allocation),
        ];
        vec![self.article(Some(Group::Portfolio), "portfolio", &portfolio.origin, self.say("portfolio", &places))]
    }
}

/// A multiple: `10`.
fn times(multiple: Ppm) -> String {
    crate::rulebook::units::multiple_text(multiple).trim_end_matches([' ', '倍']).to_owned()
}
