//! Monthly returns: which bank has reported which month, which is late, and how to send one.
//!
//! **Invariant:** a bank is called late only after its last day for the month has passed, and a month that only carries
//! loans on is not called reported.

use std::collections::BTreeSet;

use crate::domain::access::Permission as P;
use crate::domain::calendar::Month;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::jobs::schedule::banks_due_on;
use crate::link;
use crate::screens::desk::Desk;
use crate::screens::figures;
use crate::screens::parts::{Words, show};
use crate::storage::find::board;
use crate::views::parts::{Cell, PartsView};

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.returns" };
    let reported: BTreeSet<(String, String)> = board::reported(&mut desk.db, &desk.reach)?.into_iter().collect();
    let rules = desk.app.schedule_rules();
    let banks: Vec<_> = desk.banks().cloned().collect();
    let incomplete = figures::incomplete(desk)?;
    let mut rows = Vec::new();
    let mut next = BTreeSet::new();
    let mut month = desk.app.first_period();
    while month <= Month::of(desk.today) {
        let (due_on, _) = banks_due_on(rules, month.next());
        let (first, last) = (month.first_day(), month.last_day());
        for bank in banks.iter().filter(|bank| bank.agreed_from <= last && first <= bank.agreed_to) {
            let done = reported.contains(&(bank.code.clone(), month.to_string()));
            let late = desk.today.signed_duration_since(due_on).num_days();
            let pending = incomplete.get(&(bank.code.clone(), month.to_string())).copied().unwrap_or(0);
            let state = match (done, late) {
                (true, _) if pending > 0 => {
                    Cell::tag("warn", say.with("incomplete", &[("count", &pending.to_string())]))
                }
                (true, _) => Cell::tag("ok", say.text("reported")),
                (false, late) if late > 0 => Cell::tag("bad", say.with("late", &[("days", &late.to_string())])),
                _ if month < Month::of(desk.today) => Cell::tag("warn", say.text("due")),
                _ => Cell::tag("", say.text("running")),
            };
            // Only the oldest open month can be typed in, and none before its end: the months after it speak of what it
            // will say.
            let is_next = !done && last <= desk.today && next.insert(bank.code.clone());
            let fills = is_next && desk.asker.may(P::EnterFiles);
            let fill = format!("/returns/{}?month={month}", link::segment(&bank.code));
            let template = format!("/imports/templates/servicing?bank={}&month={month}", link::segment(&bank.code));
            rows.push(vec![
                Cell::text(month.to_string()),
                Cell::text(bank.name.clone()),
                Cell::day(due_on),
                state,
                if fills { Cell::link(say.text("do.fill"), fill) } else { Cell::text("") },
                if is_next { Cell::link(say.text("do.template"), template) } else { Cell::text("") },
            ]);
        }
        month = month.next();
    }
    rows.reverse();
    let table = say.table("returns", &["month", "bank", "due", "state", "fill", "do"], rows);
    let mut actions = Vec::new();
    if desk.asker.may(P::EnterFiles) {
        actions.push(say.action("send", "/imports"));
    }
    show(desk, "returns", &PartsView { tables: vec![table], actions, ..say.page() })
}
