//! Payments: what is granted and waits for its order, ordered and waits for payment, paid and waits for the receipt.
//!
//! **Invariant:** every row leads to the act that is due; nothing is paid from this page itself.

use std::collections::BTreeMap;

use crate::domain::money::Fen;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::link;
use crate::screens::act_forms::offers::address;
use crate::screens::claims::case_no;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::storage::find::claim_list::{self, ClaimFilter, ClaimOrder};
use crate::usecase::lives::{Life, partner};
use crate::views::capital::capital;
use crate::views::parts::{Cell, PartsView, Table};

/// Most rows of one kind.
const MOST: i64 = 200;
/// States with the act that is due.
const KINDS: [(&str, &str, &str); 3] =
    [("approved", "approved", "ordered"), ("ordered", "ordered", "paid"), ("paid", "paid", "received")];

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.payments" };
    let mut payees = Payees::new();
    let mut tables = Vec::new();
    for (id, state, act) in KINDS {
        tables.push(table(desk, say, &mut payees, (id, state, act))?);
    }
    show(desk, "payments", &PartsView { tables, ..say.page() })
}

/// Where each bank is paid, asked once a bank.
type Payees = BTreeMap<String, Option<partner::Payee>>;

fn table(
    desk: &mut Desk<'_>,
    say: Words,
    payees: &mut Payees,
    (id, state, act): (&str, &str, &str),
) -> Result<Table, PageError> {
    let filter = ClaimFilter { state, ..ClaimFilter::default() };
    let found = claim_list::rows(&mut desk.db, &desk.reach, &filter, (ClaimOrder::Filed, false), (0, MOST))?;
    let mut rows = Vec::new();
    let mut sum = Fen::ZERO;
    for (status, _, loan) in found {
        let amount = if state == "paid" { status.paid_fen } else { status.approved_fen };
        sum = sum.checked_add(Fen::try_new(amount.max(0)).unwrap_or(Fen::ZERO)).unwrap_or(sum);
        if !payees.contains_key(&status.bank) {
            let payee = partner::payee(&mut desk.db, desk.app.fund_id(), &status.bank, desk.today)?;
            payees.insert(status.bank.clone(), payee);
        }
        let payee = payees.get(&status.bank).and_then(Option::as_ref);
        let changed = payee.is_some_and(|payee| payee.is_first_since_change);
        rows.push(vec![
            Cell::link(case_no(status.arrival), format!("/claims/{}", link::segment(&status.claim_id))),
            Cell::text(loan.borrower_name),
            Cell::text(desk.name(&status.bank)),
            Cell::text(payee.map(partner::Payee::text).unwrap_or_default()),
            if changed { Cell::tag("warn", say.text("account_changed")) } else { Cell::text("") },
            Cell::money(amount),
            Cell::text(if desk.lang == crate::i18n::Lang::Zh { capital(amount) } else { String::new() }),
            Cell::Day { on: status.due_on },
            Cell::link(say.text(&format!("do.{act}")), address(Life::Claim, &status.claim_id, act)),
        ]);
    }
    let columns = ["case", "borrower", "bank", "payee", "flag", "*amount", "capital", "due", "do"];
    let count = rows.len().to_string();
    let mut table = say.table(id, &columns, rows);
    table.title = say.with(&format!("table.{id}"), &[("count", &count)]);
    if !table.rows.is_empty() {
        let blank = || Cell::text("");
        table.foot = vec![
            Cell::text(say.text("sum")),
            blank(),
            blank(),
            blank(),
            blank(),
            Cell::money(sum.get()),
            blank(),
            blank(),
            blank(),
        ];
    }
    Ok(table)
}
