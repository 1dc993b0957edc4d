//! One sentence for each clause beside the payout: duties, recovery, integrity, reports, the end, subsidies.
//!
//! **Invariant:** nothing told here is part of a payout.

use super::{Article, Teller};
use crate::domain::rulebook::after::{DutyLimit, DutyWindow};
use crate::domain::rulebook::vocabulary::Group;
use crate::domain::rulebook::{Receiver, RecoveryRatio, SubsidyAmount, VoidGround};
use crate::rulebook::units;

impl Teller<'_> {
    pub(super) fn duties(self) -> Vec<Article> {
        let duty = |duty: &crate::domain::rulebook::Duty| {
            let bound = self.stated(&duty.bound, |bound| {
                let limit = match bound.limit {
                    DutyLimit::Money(fen) => self.money(fen),
                    DutyLimit::Rate(rate) if rate.get() > 1_000_000 => units::multiple_text(rate),
                    DutyLimit::Rate(rate) => self.rate(rate),
                    DutyLimit::Span(span) => self.span(span),
                    DutyLimit::Count(count) => count.to_string(),
                };
                self.say(&format!("bound.{}", bound.comparison.code()), &[("limit", &limit)])
            });
            let of = duty.of.map(|fact| self.say("duty_of", &[("fact", &self.fact(fact.fact()))])).unwrap_or_default();
            let year = duty.year.map(|year| self.say("duty_year", &[("year", &year.to_string())]));
            let from = duty.year_from.map(|year| self.say("duty_from", &[("year", &year.to_string())]));
            let by = duty.by.map(|day| self.say("duty_by", &[("day", &day.to_string())]));
            let window = duty.window.map(|window| match window {
                DutyWindow::Window(word) => self.say("duty_window", &[("window", &self.word(word.code()))]),
                DutyWindow::Span(span) => self.say("duty_window", &[("window", &self.span(span))]),
            });
            let times: String = [year, from, by, window].into_iter().flatten().collect();
            let effect = self.stated(&duty.effect, |word| self.say(&format!("duty_effect.{}", word.code()), &[]));
            let what = self.called(&duty.id, &duty.origin);
            let kind = self.say(&format!("duty_kind.{}", duty.kind.code()), &[]);
            let places = [
                ("name", &*what),
                ("who", &*self.word(duty.who.code())),
                ("kind", &*kind),
                ("times", &*times),
                ("bound", &*bound),
                ("of", &*of),
                ("effect", &*effect),
            ];
            let key = if duty.origin.name.is_some() { "duty_named" } else { "duty" };
            self.article(Some(Group::Duties), &duty.id, &duty.origin, self.say(key, &places))
        };
        self.book.duties.iter().map(duty).collect()
    }

    pub(super) fn recovery(self) -> Vec<Article> {
        let Some(recovery) = &self.book.recovery else {
            return Vec::new();
        };
        let costs =
            self.stated(&recovery.costs_first, |first| self.say(if *first { "costs_first" } else { "costs_not" }, &[]));
        let ratio =
            self.stated(&recovery.ratio, |ratio| match ratio {
                RecoveryRatio::Borne => self.say("as_borne", &[]),
                RecoveryRatio::Fixed(ratio) => self.listed(ratio.iter().map(|(party, rate)| {
                    self.say("gets", &[("party", &self.party(*party)), ("rate", &self.rate(*rate))])
                })),
            });
        let within = self.stated(&recovery.return_within, |span| self.span(*span));
        let refills =
            self.stated(&recovery.refills, |list| self.listed(list.iter().map(|word| self.word(word.code()))));
        let late = self.stated(&recovery.late, |word| self.say(&format!("late.{}", word.code()), &[]));
        let pursuer = self.stated(&recovery.pursuer, |who| self.word(who));
        let until = self.stated(&recovery.until, |until| self.word(until));
        let places = [
            ("costs", &*costs),
            ("ratio", &*ratio),
            ("within", &*within),
            ("refills", &*refills),
            ("late", &*late),
            ("pursuer", &*pursuer),
            ("until", &*until),
        ];
        vec![self.article(Some(Group::Recovery), "recovery", &recovery.origin, self.say("recovery", &places))]
    }

    pub(super) fn voids(self) -> Vec<Article> {
        let void = |void: &crate::domain::rulebook::Void| {
            let ground = match &void.ground {
                VoidGround::When(condition) => self.condition(condition),
                VoidGround::Text(text) => self.titled(text),
            };
            let effect = self.stated(&void.effect, |list| self.listed(list.iter().map(|word| self.word(word.code()))));
            let lasting = void
                .lasting
                .as_ref()
                .map(|span| self.say("for", &[("span", &self.stated(span, |span| self.span(*span)))]));
            let places = [("ground", &*ground), ("effect", &*effect), ("lasting", &*lasting.unwrap_or_default())];
            self.article(Some(Group::Integrity), &void.id, &void.origin, self.say("void", &places))
        };
        self.book.voids.iter().map(void).collect()
    }

    pub(super) fn reports(self) -> Vec<Article> {
        let report = |report: &crate::domain::rulebook::Report| {
            let names = |list: &crate::domain::rulebook::Open<Vec<crate::domain::rulebook::Name>>| {
                self.stated(list, |list| self.listed(list.iter().map(|name| self.word(name))))
            };
            let every = self.stated(&report.every, |word| self.say(&format!("every.{}", word.code()), &[]));
            let due = self.stated(&report.due, |span| self.span(*span));
            let cut_off = self.stated(&report.cut_off, |word| self.word(word));
            let places = [
                ("every", &*every),
                ("to", &*names(&report.to)),
                ("due", &*due),
                ("cut_off", &*cut_off),
                ("measures", &*names(&report.measures)),
                ("signed", &*names(&report.signed_by)),
            ];
            self.article(Some(Group::Reporting), &report.id, &report.origin, self.say("report", &places))
        };
        self.book.reports.iter().map(report).collect()
    }

    pub(super) fn closeout(self) -> Vec<Article> {
        let Some(closeout) = &self.book.closeout else {
            return Vec::new();
        };
        let life = self.stated(&closeout.life, |span| self.span(*span));
        let from = self.stated(&closeout.counted_from, ToString::to_string);
        let extension = self.stated(&closeout.extension, |list| self.listed(list.iter().map(|name| self.word(name))));
        let last = self.stated(&closeout.no_new_loans_after, |day| {
            day.map_or_else(|| self.say("no_end", &[]), |day| day.to_string())
        });
        let old = self.stated(&closeout.old_loans_covered, |yes| {
            self.say(if *yes { "old_covered" } else { "old_not_covered" }, &[])
        });
        let run_off = closeout
            .run_off
            .as_ref()
            .map(|span| self.say("run_off", &[("span", &self.stated(span, |span| self.span(*span)))]));
        let balance = self.stated(&closeout.balance_to, |to| match to {
            Receiver::BySourceShare => self.say("by_source_share", &[]),
            Receiver::Level(level) => self.word(level.code()),
        });
        let places = [
            ("life", &*life),
            ("from", &*from),
            ("extension", &*extension),
            ("last", &*last),
            ("old", &*old),
            ("run_off", &*run_off.unwrap_or_default()),
            ("balance", &*balance),
        ];
        vec![self.article(Some(Group::Closeout), "closeout", &closeout.origin, self.say("closeout", &places))]
    }

    pub(super) fn subsidies(self) -> Vec<Article> {
        let group = Some(Group::Subsidies);
        let mut told = Vec::new();
        for subsidy in &self.book.subsidies {
            let amount = match &subsidy.amount {
                SubsidyAmount::Rate(rate) => self.stated(rate, |rate| self.rate(*rate)),
                SubsidyAmount::Points(rate) => {
                    self.say("a_year", &[("rate", &self.stated(rate, |rate| self.rate(*rate)))])
                }
                SubsidyAmount::ByYear(rates) => {
                    let one = |(place, rate): (usize, &crate::domain::rulebook::Open<crate::domain::money::Ppm>)| {
                        let year = (place + 1).to_string();
                        self.say("in_year", &[("year", &year), ("rate", &self.stated(rate, |rate| self.rate(*rate)))])
                    };
                    self.listed(rates.iter().enumerate().map(one))
                }
            };
            let limit = |key: &str, limit: &Option<crate::domain::rulebook::Open<crate::domain::money::Fen>>| {
                let told = limit
                    .as_ref()
                    .map(|limit| self.say(key, &[("limit", &self.stated(limit, |fen| self.money(*fen)))]));
                told.unwrap_or_default()
            };
            let limits = limit("firm_year", &subsidy.per_firm_year) + &limit("firm_life", &subsidy.per_firm_life);
            let base = self.say(&format!("subsidy_base.{}", subsidy.base.code()), &[]);
            let places =
                [("when", &*self.when(&subsidy.when)), ("base", &*base), ("amount", &*amount), ("limits", &*limits)];
            told.push(self.article(group, &subsidy.id, &subsidy.origin, self.say("subsidy", &places)));
        }
        for ceiling in &self.book.subsidy_ceilings {
            let known = |id: &crate::domain::rulebook::Name| {
                let own = self.book.subsidies.iter().find(|subsidy| subsidy.id == *id);
                own.map_or_else(
                    || id.to_string(),
                    |own| own.origin.name.as_ref().map_or_else(|| self.word(own.kind.code()), |name| self.titled(name)),
                )
            };
            let limit = self.stated(&ceiling.per_firm_year, |fen| self.money(*fen));
            let places = [("over", &*self.listed(ceiling.over.iter().map(known))), ("limit", &*limit)];
            told.push(self.article(group, &ceiling.id, &ceiling.origin, self.say("subsidy_ceiling", &places)));
        }
        told
    }
}
