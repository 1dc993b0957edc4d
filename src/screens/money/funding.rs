//! What the fund was asked for and what waits for a second person: calls, movements put forward, sub-funds.
//!
//! **Invariant:** calls and movements are the fold of the fund's acts; what a sub-fund holds is the sum of its accounts.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::access::Permission;
use crate::domain::fund_life::{Call, FundAct};
use crate::domain::ledger::Account;
use crate::domain::ledger::sub_funds::holdings;
use crate::domain::money::{Fen, FenDelta};
use crate::http::error::PageError;
use crate::link;
use crate::screens::act_forms::offers;
use crate::screens::desk::{Desk, ratio};
use crate::screens::parts::Words;
use crate::screens::words::word;
use crate::storage::find::{acts, money};
use crate::storage::rows::acts::ActRow;
use crate::usecase::UseCaseError;
use crate::usecase::lives::{Life, fund};
use crate::views::parts::{Cell, Table};

const fn say(desk: &Desk<'_>) -> Words {
    Words { lang: desk.lang, prefix: "page.funding" }
}

/// What the acts on the fund left: calls, and movements that wait.
pub(in crate::screens) fn asked(desk: &mut Desk<'_>) -> Result<(Table, Table), PageError> {
    let state = fund::state(&mut desk.db, desk.app.fund_id())?;
    let told = acts::of(&mut desk.db, desk.app.fund_id(), fund::LIFE, desk.app.fund_id())?;
    let calls = calls(desk, &state.calls);
    let rows = state.pending.iter().map(|(number, waiting)| pending(desk, number, &waiting.act, &told)).collect();
    let columns = ["move_no", "kind", "*amount", "from", "on", "ground", "by", "do"];
    Ok((calls, say(desk).table("pending", &columns, rows)))
}

fn calls(desk: &Desk<'_>, all: &BTreeMap<String, Call>) -> Table {
    let say = say(desk);
    let open = |call: &Call| call.amount.saturating_sub(call.received);
    let row = |(number, call): (&String, &Call)| {
        let (tone, state) = match open(call) {
            Fen::ZERO => ("ok", "received"),
            _ if call.due_on < desk.today => ("bad", "late"),
            _ if Fen::ZERO < call.received => ("warn", "part"),
            _ => ("info", "open"),
        };
        vec![
            Cell::text(number.clone()),
            Cell::text(word(desk.lang, "screen.source", call.source.code())),
            Cell::money(call.amount.get()),
            Cell::money(call.received.get()),
            Cell::money(open(call).get()),
            Cell::day(call.due_on),
            Cell::tag(tone, say.text(&format!("state.{state}"))),
        ]
    };
    let sum =
        |of: &dyn Fn(&Call) -> Fen| Cell::money(all.values().map(|call| of(call).get()).fold(0, i64::saturating_add));
    let foot = vec![
        Cell::text(say.text("sum")),
        Cell::text(""),
        sum(&|call| call.amount),
        sum(&|call| call.received),
        sum(&open),
        Cell::text(""),
        Cell::text(""),
    ];
    let columns = ["call_no", "source", "*amount", "*received", "*open", "due_on", "state"];
    Table { foot, ..say.table("calls", &columns, all.iter().map(row).collect()) }
}

fn pending(desk: &Desk<'_>, number: &str, act: &FundAct, told: &[ActRow]) -> Vec<Cell> {
    let say = say(desk);
    let FundAct::MoveProposed { kind, amount, source, bank, on, reverses, .. } = act else {
        return Vec::new();
    };
    let from = match (source, bank, reverses) {
        (Some(source), ..) => word(desk.lang, "screen.source", source.code()),
        (None, Some(bank), _) => desk.name(bank.as_str()),
        (None, None, Some(booking)) => booking.clone(),
        (None, None, None) => String::new(),
    };
    let proposed = told.iter().rev().find(|row| {
        let details: Value = serde_json::from_str(&row.details).unwrap_or_default();
        row.act == "move_proposed" && details["move_no"] == *number
    });
    let by = proposed.map_or_else(String::new, |row| format!("{} {}", row.person, row.business_date));
    let href = format!(
        "{}?move_no={}",
        offers::address(Life::Fund, desk.app.fund_id(), "move_decided"),
        link::segment(number)
    );
    let decide = if desk.may_for_fund(Permission::ActOnFund) {
        Cell::link(say.text("decide"), href)
    } else {
        Cell::text(say.text("second"))
    };
    vec![
        Cell::text(number),
        Cell::text(word(desk.lang, "page.acting.word.kind", kind.code())),
        Cell::Money { fen: amount.map(Fen::get) },
        Cell::text(from),
        Cell::day(*on),
        Cell::text(ground(say, act)),
        Cell::text(by),
        decide,
    ]
}

/// Why a movement was put forward; of a quota also under which paper, subject and year it stands.
fn ground(say: Words, act: &FundAct) -> String {
    let FundAct::MoveProposed { ground, document_no, subject_code, budget_year, .. } = act else {
        return String::new();
    };
    let (Some(subject), Some(year)) = (subject_code, budget_year) else { return ground.clone() };
    let document = document_no.as_deref().unwrap_or_default();
    let year = year.to_string();
    say.with("quota", &[("ground", ground), ("document", document), ("subject", subject), ("year", &year)])
}

/// What each source paid in, what of it is spent, and what is left.
pub(in crate::screens) fn sub_funds(desk: &mut Desk<'_>) -> Result<Table, PageError> {
    let mut balances: Vec<(Account, FenDelta)> = Vec::new();
    for row in money::balances(&mut desk.db, desk.app.fund_id())? {
        balances.extend(Account::from_code(&row.account).map(|account| (account, FenDelta::new(row.balance_fen))));
    }
    let held = holdings(balances.iter().map(|(account, balance)| (account, *balance))).map_err(UseCaseError::from)?;
    let say = say(desk);
    let whole = held.values().map(|held| held.get()).fold(0, i64::saturating_add);
    let sum_of = |source, fits: fn(&Account) -> bool| {
        let own = balances.iter().filter(|(account, _)| account.source() == Some(source) && fits(account));
        own.map(|(_, balance)| balance.get()).fold(0, i64::saturating_add)
    };
    let mut sums = [0_i64; 3];
    let mut rows = Vec::with_capacity(held.len());
    for (source, left) in &held {
        let came = sum_of(*source, |account| matches!(account, Account::Contribution(_) | Account::InterestIncome));
        let came = came.saturating_neg();
        let spent = came.saturating_sub(left.get());
        for (sum, part) in sums.iter_mut().zip([came, spent, left.get()]) {
            *sum = sum.saturating_add(part);
        }
        rows.push(vec![
            Cell::text(word(desk.lang, "screen.source", source.code())),
            Cell::money(came),
            Cell::money(spent),
            Cell::money(left.get()),
            Cell::Ratio { ppm: ratio(left.get(), whole) },
        ]);
    }
    let mut foot = vec![Cell::text(say.text("sum"))];
    foot.extend(sums.map(Cell::money));
    foot.push(Cell::text(""));
    Ok(Table { foot, ..say.table("sub_funds", &["source", "*came", "*spent", "*left", "*share"], rows) })
}
