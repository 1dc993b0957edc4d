//! How an application is handled, one sentence for each step and each level of approval.
//!
//! **Invariant:** steps are told in the order in which a loan and its claim come to them; what is absent is not told.

use super::{Article, Teller};
use crate::domain::rulebook::vocabulary::Group;
use crate::domain::rulebook::{ApprovalLevel, Handling, Open};

impl Teller<'_> {
    pub(super) fn handling(self) -> Vec<Article> {
        let Some(handling) = &self.book.handling else {
            return Vec::new();
        };
        let line = |line| self.article(Some(Group::Timing), "handling", &handling.origin, line);
        let mut told: Vec<Article> = self.steps(handling).into_iter().map(line).collect();
        told.extend(handling.levels.iter().map(|level| self.approval(level)));
        told
    }

    fn steps(self, handling: &Handling) -> Vec<String> {
        let times = [
            ("confirm_registration", handling.confirm_registration_within),
            ("report_changes", handling.report_changes_within),
            ("accept", handling.accept_within),
            ("amend", handling.amend_within),
            ("review", handling.review_within),
            ("publicity", handling.publicity),
            ("appeal", handling.appeal_within),
            ("pay", handling.pay_within),
            ("confirm_receipt", handling.confirm_receipt_within),
            ("early_default", handling.early_default_within),
        ];
        let mut told: Vec<String> = times
            .into_iter()
            .filter_map(|(key, span)| {
                let span = self.stated(&span?, |span| self.span(*span));
                Some(self.say(&format!("handling.{key}"), &[("span", &span)]))
            })
            .collect();
        told.extend(handling.inspection_over.map(|limit| {
            let limit = self.stated(&limit, |fen| self.say("bound.over", &[("limit", &self.money(*fen))]));
            self.say("handling.inspection", &[("limit", &limit)])
        }));
        told.extend(handling.countersign.map(|countersign| {
            let word = countersign.known().map_or("open", |yes| if *yes { "yes" } else { "no" });
            self.say(&format!("countersign.{word}"), &[])
        }));
        told
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
