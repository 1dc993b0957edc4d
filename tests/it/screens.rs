//! Pages over the sample books: what they show is what the commands print.

use pledgefund::app::App;
use pledgefund::domain::money::FenDelta;
use pledgefund::http::error::PageError;
use pledgefund::http::pages::{PageRequest, PageView};
use pledgefund::i18n::Lang;
use pledgefund::screens;
use pledgefund::storage::find::Reach;
use pledgefund::storage::find::rights_list::{self, Found};
use pledgefund::views::claims::{ClaimListView, ClaimSort};
use pledgefund::views::loans::{LoanListView, LoanSort, LoanState};
use pledgefund::views::query::{ClaimQuery, LoanQuery, PlainQuery};

use crate::support::desk;
use crate::support::product::{Installation, on_both};

/// A day on which the sample books are complete.
const DAY: &str = "2026-07-31";

#[track_caller]
fn loans(app: &App, query: LoanQuery) -> LoanListView {
    match screens::load(app, PageRequest::Loans(query), Lang::Zh, &desk::everything()) {
        Ok(PageView::Loans(view)) => *view,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn claims(app: &App, query: ClaimQuery) -> ClaimListView {
    match screens::load(app, PageRequest::Claims(query), Lang::Zh, &desk::everything()) {
        Ok(PageView::Claims(view)) => *view,
        other => panic!("{other:?}"),
    }
}

fn filled(installation: &Installation) -> App {
    installation.import_samples();
    installation.app(DAY)
}

#[test]
fn the_loan_list_sorts_filters_and_sums_over_the_whole_book() {
    on_both(|installation| {
        let app = filled(installation);
        let all = loans(&app, LoanQuery::default());
        let stands =
            |state: LoanState| loans(&app, LoanQuery { state: Some(state), ..LoanQuery::default() }).totals.loans;
        let by_state: u64 = LoanState::ALL.iter().map(|state| stands(*state)).sum();
        assert_eq!(by_state, all.totals.loans, "every loan stands somewhere, and once");
        assert_eq!(stands(LoanState::Claimed), claims(&app, ClaimQuery::default()).totals.claims);

        let mut principal = 0;
        let mut seen = Vec::new();
        for page in 1..=all.totals.loans.div_ceil(50) {
            let query = LoanQuery { sort: LoanSort::Balance, page, ..LoanQuery::default() };
            for row in loans(&app, query).rows {
                principal += row.principal;
                seen.push((row.balance, row.id));
            }
        }
        assert_eq!((u64::try_from(seen.len()), principal), (Ok(all.totals.loans), all.totals.principal));
        let balances: Vec<_> = seen.iter().map(|(balance, _)| balance.unwrap_or(-1)).collect();
        assert!(balances.is_sorted_by(|a, b| a >= b), "{balances:?}");
        seen.sort();
        seen.dedup();
        assert_eq!(u64::try_from(seen.len()), Ok(all.totals.loans), "no loan stands on two pages");
    });
}

#[test]
fn what_a_reader_types_is_searched_as_it_stands() {
    on_both(|installation| {
        let app = filled(installation);
        let found = |search: &str| loans(&app, LoanQuery { search: search.to_owned(), ..LoanQuery::default() });
        let one = found("sgh-2025-0029");
        assert_eq!(one.rows.iter().map(|row| row.contract.as_str()).collect::<Vec<_>>(), ["SGH-2025-0029"]);
        for wild in ["%", "_", "\\", "' OR 1=1 --"] {
            assert_eq!(found(wild).totals.loans, 0, "{wild}");
        }
        let case = ClaimQuery { search: "bc-0003".to_owned(), ..ClaimQuery::default() };
        assert_eq!(claims(&app, case).rows.iter().map(|row| row.case_no.as_str()).collect::<Vec<_>>(), ["BC-0003"]);
    });
}

#[test]
fn every_claim_page_shows_the_payout_that_the_command_prints() {
    on_both(|installation| {
        let app = filled(installation);
        let printed = installation.json(&["claim", "list"], &[0]);
        let list = claims(&app, ClaimQuery { sort: ClaimSort::Payout, ..ClaimQuery::default() });
        assert_eq!(list.rows.len(), printed["claims"].as_array().unwrap().len());
        for row in &list.rows {
            let entry = printed["claims"].as_array().unwrap().iter().find(|entry| entry["contract"] == *row.contract);
            let entry = entry.unwrap_or_else(|| panic!("{}", row.contract));
            assert_eq!(entry["payout"], FenDelta::new(row.payout.unwrap()).yuan());
            let Ok(PageView::Claim(view)) =
                screens::load(&app, PageRequest::Claim(row.id.clone()), Lang::En, &desk::everything())
            else {
                panic!("{}", row.id)
            };
            let calculation = view.calculation.unwrap();
            assert_eq!(Some(calculation.payout), row.payout);
            let shared: i64 = calculation.shares.iter().map(|share| share.amount).sum();
            assert_eq!(calculation.loss_base.unwrap_or(0), shared, "{}", row.contract);
            assert_eq!(calculation.reasons.is_empty(), entry["decision"] == "pay");
            assert!(!calculation.digest.is_empty() && !view.history.is_empty() && !view.rights.is_empty());
            let Ok(PageView::Loan(loan)) =
                screens::load(&app, PageRequest::Loan(row.loan_id.clone()), Lang::Zh, &desk::everything())
            else {
                panic!("{}", row.loan_id)
            };
            assert!(loan.row.state == LoanState::Claimed && loan.claims.len() == 1 && !loan.rights.is_empty());
        }
    });
}

#[test]
fn the_first_page_and_the_command_give_the_same_month() {
    on_both(|installation| {
        let app = filled(installation);
        let printed = installation.json(&["portfolio"], &[0]);
        let Ok(PageView::Dashboard(view)) = screens::load(&app, PageRequest::Dashboard, Lang::Zh, &desk::everything())
        else {
            panic!()
        };
        let month = view.portfolio.reported_on.unwrap().format("%Y-%m").to_string();
        let expected = &printed["portfolio"]["months"][&month];
        let expected = if expected.is_null() { &printed["months"][&month] } else { expected };
        assert_eq!(expected["outstanding_total"], FenDelta::new(view.portfolio.balance).yuan());
        assert_eq!(expected["npl_balance"], FenDelta::new(view.portfolio.npl_balance).yuan());
        assert_eq!(expected["loans_outstanding"], view.portfolio.loans);
        assert_eq!(view.missing.iter().map(|late| late.month.as_str()).collect::<Vec<_>>(), ["2025-10"]);
        assert_eq!(Ok(view.shell.todo_count), u64::try_from(view.todos.len()));
    });
}

#[test]
fn the_balance_beside_the_newest_movement_is_the_cash() {
    on_both(|installation| {
        let app = filled(installation);
        let load = |search: &str| {
            let query = PlainQuery { search: search.to_owned(), ..PlainQuery::default() };
            match screens::load(&app, PageRequest::Fund(query), Lang::Zh, &desk::everything()) {
                Ok(PageView::Fund(view)) => *view,
                other => panic!("{other:?}"),
            }
        };
        let all = load("");
        assert_eq!(all.movements.first().unwrap().balance, all.states.cash);
        assert_eq!(all.sum_in - all.sum_out, all.states.cash);
        assert_eq!(all.sources.iter().map(|source| source.amount).sum::<i64>(), all.states.cash);
        let city = load("市级财政");
        assert!(city.total > 0 && city.total < all.total);
        assert!(city.movements.iter().all(|found| all.movements.contains(found)), "a search changes no balance");
    });
}

#[test]
fn movements_and_mails_stand_in_the_order_that_is_asked_for() {
    on_both(|installation| {
        let app = filled(installation);
        let asked = |path: &str, sort: &str, dir: &str| {
            let pairs = [("sort", sort), ("dir", dir)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            PlainQuery::from_pairs(path, &pairs)
        };
        let changes = |sort: &str, dir: &str| -> Vec<i64> {
            match screens::load(&app, PageRequest::Fund(asked("/fund", sort, dir)), Lang::Zh, &desk::everything()) {
                Ok(PageView::Fund(view)) => view.movements.iter().map(|movement| movement.change).collect(),
                other => panic!("{other:?}"),
            }
        };
        let (up, down) = (changes("change", ""), changes("change", "desc"));
        assert!(up.is_sorted() && up.len() > 2 && up.first() < up.last(), "{up:?}");
        assert!(down.is_sorted_by(|a, b| a >= b), "{down:?}");
        let (newest, by_day) = (changes("", ""), changes("on", "desc"));
        assert_eq!(newest, by_day);
        assert_ne!(newest, changes("on", ""));
        assert_eq!(changes("nonsense", "desc"), newest);
        app.run_job_on("regulator_summary", DAY.parse().unwrap()).unwrap();
        let mails = |sort: &str, dir: &str| -> Vec<String> {
            match screens::load(&app, PageRequest::Mails(asked("/mails", sort, dir)), Lang::Zh, &desk::everything()) {
                Ok(PageView::Mails(view)) => view.rows.iter().map(|row| row.recipient.clone()).collect(),
                other => panic!("{other:?}"),
            }
        };
        let (up, mut down) = (mails("recipient", ""), mails("recipient", "desc"));
        assert!(up.is_sorted() && up.first() < up.last(), "{up:?}");
        down.reverse();
        assert_eq!(up, down);
    });
}

#[test]
fn rights_go_out_whole_in_either_direction() {
    on_both(|installation| {
        let app = filled(installation);
        let mut db = app.store.read().unwrap();
        let mut of = |reach: &Reach, search: &str| {
            let found = Found::find(&mut db, reach, search).unwrap();
            let mut page =
                |backwards| rights_list::page(&mut db, reach, (search, backwards), &found, (0, 10_000)).unwrap();
            let (all, mut turned) = (page(false), page(true));
            assert_eq!(i64::try_from(all.len()), Ok(found.count()), "{search}");
            let second = rights_list::page(&mut db, reach, (search, true), &found, (3, 4)).unwrap();
            assert_eq!(second, turned[3..7].to_vec(), "{search}");
            for (backwards, expected) in [(false, &all), (true, &turned)] {
                let (mut gathered, mut after) = (Vec::new(), None);
                loop {
                    let some = rights_list::following(&mut db, reach, (search, backwards), after.as_ref(), 7).unwrap();
                    let Some((last, _)) = some.last() else { break };
                    after = Some(last.clone());
                    gathered.extend(some.into_iter().map(|(_, right)| right));
                }
                assert_eq!(&gathered, expected, "{search} {backwards}");
            }
            turned.reverse();
            assert_eq!(all, turned);
            all.len()
        };
        let fund = Reach::of_fund(app.fund_id());
        let all = of(&fund, "");
        let own = of(&Reach::of_bank(app.fund_id(), "SGH"), "");
        let found = of(&fund, "ZL");
        assert!(all > 20 && (8..all).contains(&own) && (8..all).contains(&found), "{all} {own} {found}");
    });
}

#[test]
fn pages_of_a_fund_without_books_are_empty_and_unknown_names_are_not_found() {
    on_both(|installation| {
        let app = installation.app(DAY);
        for request in [
            PageRequest::Dashboard,
            PageRequest::Loans(LoanQuery::default()),
            PageRequest::Claims(ClaimQuery::default()),
            PageRequest::Fund(PlainQuery::default()),
            PageRequest::Jobs(PlainQuery::default()),
            PageRequest::Mails(PlainQuery::default()),
            PageRequest::Imports(PlainQuery::default()),
            PageRequest::Health,
        ] {
            let shown = screens::load(&app, request.clone(), Lang::Zh, &desk::everything());
            assert!(shown.is_ok(), "{request:?}: {shown:?}");
        }
        for request in [
            PageRequest::Loan("x".to_owned()),
            PageRequest::Claim("x".to_owned()),
            PageRequest::Mail("x".to_owned()),
            PageRequest::MailBody("x".to_owned()),
            PageRequest::MailRaw("x".to_owned()),
        ] {
            assert_eq!(screens::load(&app, request, Lang::Zh, &desk::everything()), Err(PageError::NotFound));
        }
    });
}
