//! How an application is handled, one sentence for each step and each level of approval.
//!
//! **Invariant:** steps are told in the order in which a loan and its claim come to them; what is absent is not told.

use super::{Article, Teller};
use crate::domain::rulebook::condition::Span;
use crate::domain::rulebook::vocabulary::Group;
use crate::domain::rulebook::{ApprovalLevel, Handling, Open};

impl Teller<'_> {
    pub(super) fn handling(self) -> Vec<Article> {
        let Some(handling) = &self.book.handling else {
            return Vec::new();
        };
        let line =
            |(key, text): (&str, String)| self.article(Some(Group::Timing), "handling", &handling.origin_of(key), text);
        let mut told: Vec<Article> = self.steps(handling).into_iter().map(line).collect();
        told.extend(handling.levels.iter().map(|level| self.approval(level)));
        told
    }

    /// Each key that is there with its sentence.
    fn steps(self, handling: &Handling) -> Vec<(&'static str, String)> {
        let span = |span: Option<Open<Span>>| Some(self.stated(&span?, |span| self.span(*span)));
        let inspection = handling
            .inspection_over
            .map(|limit| self.stated(&limit, |fen| self.say("bound.over", &[("limit", &self.money(*fen))])));
        let countersign = handling.countersign.map(|countersign| {
            self.stated(&countersign, |yes| self.say(if *yes { "handling.yes" } else { "handling.no" }, &[]))
        });
        let values = [
            ("confirm_registration_within", span(handling.confirm_registration_within)),
            ("report_changes_within", span(handling.report_changes_within)),
            ("accept_within", span(handling.accept_within)),
            ("amend_within", span(handling.amend_within)),
            ("early_default_within", span(handling.early_default_within)),
            ("inspection_over", inspection),
            ("review_within", span(handling.review_within)),
            ("publicity", span(handling.publicity)),
            ("appeal_within", span(handling.appeal_within)),
            ("countersign", countersign),
            ("pay_within", span(handling.pay_within)),
            ("confirm_receipt_within", span(handling.confirm_receipt_within)),
        ];
        let told = |(key, value): (&'static str, Option<String>)| {
            Some((key, self.say(&format!("handling.{key}"), &[("value", &value?)])))
        };
        values.into_iter().filter_map(told).collect()
    }

    fn approval(self, level: &ApprovalLevel) -> Article {
        let amount = match level.up_to {
            Some(Open::Known(limit)) => self.say("bound.up_to", &[("limit", &self.money(limit))]),
            Some(Open::Unknown) => self.say("handling.amount_open", &[]),
            None => self.say("handling.all_above", &[]),
        };
        let key = if level.meeting { "handling.level_meeting" } else { "handling.level" };
        let text = self.say(key, &[("amount", &amount), ("name", &self.titled(&level.name))]);
        self.article(Some(Group::Timing), &level.id, &level.origin, text)
    }
}
