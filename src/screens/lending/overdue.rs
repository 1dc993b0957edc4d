//! Loans in arrears, and the way from there to a claim.
//!
//! **Invariant:** a claim is begun from the loan it is about, under the day it is begun on.

use crate::domain::access::Permission as P;
use crate::domain::tier::overdue_days;
use crate::http::error::PageError;
use crate::http::pages::PageView;
use crate::link;
use crate::screens::act_forms::offers::address;
use crate::screens::desk::Desk;
use crate::screens::parts::{Words, show};
use crate::screens::words;
use crate::storage::find::loans;
use crate::usecase::lives::Life;
use crate::views::parts::{Cell, PartsView};

/// Most loans shown, those longest in arrears first.
const MOST: i64 = 200;

pub(super) fn load(desk: &mut Desk<'_>) -> Result<PageView, PageError> {
    let say = Words { lang: desk.lang, prefix: "page.overdue" };
    let (count, sum) = loans::arrears(&mut desk.db, &desk.reach)?;
    let most = desk.most(MOST);
    let found = loans::longest_in_arrears(&mut desk.db, &desk.reach, most)?;
    let count = count.to_string();
    let claims = desk.asker.offices.iter().any(|office| office.role == crate::domain::people::Role::BankOfficer);
    let claims = claims && desk.asker.may(P::ActOnClaims);
    let today = desk.today;
    let rows = found.iter().map(|loan| {
        let days = loan.overdue_since.map_or(0, |since| i64::from(overdue_days(since, today)));
        let tier = loan.tier.as_deref().map(|code| words::word(desk.lang, "page.tier", code)).unwrap_or_default();
        let next = if loan.claimed {
            Cell::tag("info", say.text("claimed"))
        } else if claims {
            let claim = format!("{}@{today}", loan.loan_id);
            Cell::link(say.text("do.claim"), address(Life::Claim, &claim, "drafted"))
        } else {
            Cell::text("")
        };
        vec![
            Cell::link(loan.contract.clone(), format!("/loans/{}", link::segment(&loan.loan_id))),
            Cell::text(loan.borrower_name.clone()),
            Cell::text(desk.name(&loan.bank)),
            Cell::Money { fen: loan.balance_fen },
            Cell::Day { on: loan.overdue_since },
            Cell::Count { count: days },
            Cell::text(tier),
            next,
        ]
    });
    let columns = ["contract", "borrower", "bank", "*balance", "since", "*days", "tier", "do"];
    let mut table = say.table("overdue", &columns, rows.collect());
    table.title = say.with("table.overdue", &[("count", &count)]);
    let blank = || Cell::text("");
    if !table.rows.is_empty() {
        table.foot =
            vec![Cell::text(say.text("sum")), blank(), blank(), Cell::money(sum), blank(), blank(), blank(), blank()];
    }
    show(desk, "overdue", &PartsView { tables: vec![table], ..say.page() })
}
