//! 请款函: the letter in which the fund asks a source to pay in.
//!
//! **Invariant:** the letter states the call as it was made; what has come since is stated beside it.

use super::facts::CallFacts;
use super::sheet::{Sheet, check_code, say, who, yuan};
use crate::i18n::Lang;

/// The letter of a call.
#[must_use]
pub fn call(facts: &CallFacts, lang: Lang) -> Sheet {
    let mut sheet = Sheet::new(lang, "title.call", &facts.call_no, facts.fund.of(lang));
    let source = say(lang, &format!("source.{}", facts.source.code()), &[]);
    sheet.to(&source);
    let (amount, day) = (yuan(facts.amount), facts.due_on.to_string());
    let places = [("fund", facts.fund.of(lang)), ("amount", &*amount), ("day", &*day), ("source", &*source)];
    sheet.text("call.lead", &places);
    sheet.amount("called", facts.amount);
    sheet.day("due_on", Some(facts.due_on));
    sheet.field("grounds", facts.ground.clone());
    sheet.field("channel", say(lang, &format!("channel.{}", facts.channel.code()), &[]));
    sheet.figure("in_hand", Some(facts.in_hand));
    sheet.figure("received_on_call", Some(facts.received));
    sheet.figure("still_open", Some(facts.amount.saturating_sub(facts.received)));
    sheet.heading("heading.account");
    sheet.blank("call.account");
    sheet.field("called_by", format!("{} {}", who(lang, &facts.person, &facts.office), facts.on));
    sheet.checked_by(check_code(&[
        "call",
        &facts.call_no,
        facts.source.code(),
        &facts.amount.yuan(),
        &facts.due_on.to_string(),
        &facts.event,
    ]));
    sheet.signs(&["fund_seal", "handled_by", "approved_by", "day"]);
    sheet
}
