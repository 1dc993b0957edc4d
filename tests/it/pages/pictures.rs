//! Pictures over books: each table sums to what the books say, in both languages and on both databases.

use pledgefund::app::App;
use pledgefund::domain::access::Asker;
use pledgefund::domain::ledger::Account;
use pledgefund::domain::people::{Institution, Office, Role};
use pledgefund::http::pages::{Named, PageRequest, PageView};
use pledgefund::i18n::Lang;
use pledgefund::screens;
use pledgefund::storage::find::money;
use pledgefund::usecase::bank_sums::bank_sums;
use pledgefund::usecase::book::{Whole, books};
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::scorecards::cards;
use pledgefund::usecase::succession::Houses;
use pledgefund::views::dashboard::DashboardView;
use pledgefund::views::fund::FundView;
use pledgefund::views::loans::{LoanListView, LoanState};
use pledgefund::views::parts::{Cell, Table};
use pledgefund::views::query::{LoanQuery, PlainQuery};
use serde_json::{Value, json};

use crate::stories::town::{FUND, Town, figures, measure, second_version};
use crate::support::desk;
use crate::support::product::{Installation, on_both};

/// A day on which the sample books are complete.
const DAY: &str = "2026-07-31";

/// The sample books, with the level of the fund kept on three days.
fn filled(installation: &Installation) -> App {
    installation.import_samples();
    let app = installation.app(DAY);
    for day in ["2026-05-31", "2026-06-30", DAY] {
        app.run_job_on("reserve_level", day.parse().unwrap()).unwrap();
    }
    app
}

#[track_caller]
fn dashboard(app: &App, lang: Lang) -> DashboardView {
    match screens::load(app, PageRequest::Dashboard, lang, &desk::everything()) {
        Ok(PageView::Dashboard(view)) => DashboardView { pictures: view.drawn(lang), ..*view },
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn loans(app: &App, state: Option<LoanState>) -> LoanListView {
    let query = LoanQuery { state, ..LoanQuery::default() };
    match screens::load(app, PageRequest::Loans(query), Lang::Zh, &desk::everything()) {
        Ok(PageView::Loans(view)) => *view,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn fund(app: &App, lang: Lang) -> FundView {
    match screens::load(app, PageRequest::Fund(PlainQuery::default()), lang, &desk::everything()) {
        Ok(PageView::Fund(view)) => *view,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn named(app: &App, name: &'static str, lang: Lang) -> Value {
    let asked = Named { name, ..Named::default() };
    match screens::load(app, PageRequest::Named(asked), lang, &desk::everything()) {
        Ok(PageView::Named(view)) => view.content,
        other => panic!("{other:?}"),
    }
}

fn fen(cell: &Cell) -> i64 {
    match cell {
        Cell::Money { fen } => fen.unwrap_or(0),
        Cell::Count { count } => *count,
        other => panic!("{other:?}"),
    }
}

/// The sum of a column of a table, which its last line says too.
#[track_caller]
fn column(table: &Table, place: usize) -> i64 {
    let sum = table.rows.iter().map(|row| fen(&row[place])).sum();
    assert_eq!(fen(&table.foot[place]), sum, "{}", table.id);
    sum
}

/// The same of a table as its page has it.
#[track_caller]
fn told(content: &Value, id: &str, place: usize) -> i64 {
    let pictures = content["pictures"].as_array().into_iter().flatten().map(|picture| &picture["table"]);
    let mut tables = content["tables"].as_array().into_iter().flatten().chain(pictures);
    let table = tables.find(|table| table["id"] == id).unwrap_or_else(|| panic!("{id}: {content}"));
    let of = |row: &Value| row[place]["fen"].as_i64().or(row[place]["count"].as_i64()).unwrap_or(0);
    let sum: i64 = table["rows"].as_array().unwrap().iter().map(of).sum();
    assert_eq!(of(&table["foot"]), sum, "{id}");
    sum
}

#[test]
fn the_tables_of_the_first_page_sum_to_the_books_in_both_languages() {
    on_both(|installation| {
        let app = filled(installation);
        let book = loans(&app, None).totals;
        for lang in [Lang::Zh, Lang::En] {
            let view = dashboard(&app, lang);
            let pictures = &view.pictures;
            for picture in [&pictures.money, &pictures.tiers, &pictures.ageing, &pictures.borrowers, &pictures.banks] {
                assert!(!picture.drawings.is_empty() && !picture.table.rows.is_empty(), "{}", picture.id);
            }
            let (waiting, p) = (&pictures.ageing.table, &view.portfolio);
            assert!(p.claims_open > 0 && p.claims_sum > 0);
            assert_eq!((u64::try_from(column(waiting, 1)), column(waiting, 2)), (Ok(p.claims_open), p.claims_sum));
            let largest = &pictures.borrowers.table;
            assert_eq!((column(largest, 2), column(largest, 4)), (book.balance, view.fund.reserved));
            assert_eq!(largest.rows.len(), 11, "ten and the others");
            for (row, month) in pictures.tiers.table.rows.iter().zip(view.months.iter().rev()) {
                let tiers: i64 = row[1..=5].iter().map(fen).sum();
                assert_eq!((tiers, Some(tiers)), (fen(&row[6]), month.outstanding.or(Some(0))));
                if month.month_end == p.reported_on {
                    assert_eq!(tiers, p.balance);
                }
            }
            for (row, month) in pictures.money.table.rows.iter().zip(view.months.iter().rev()) {
                assert_eq!((fen(&row[1]), fen(&row[2])), (month.cash, month.policy_minimum));
            }
            assert_eq!(fen(&pictures.money.table.rows[0][1]), view.fund.cash);
        }
    });
}

#[test]
fn banks_compared_by_sums_are_the_banks_of_the_scorecards() {
    on_both(|installation| {
        let app = filled(installation);
        // The samples are imported by the machine's clock: a day that lies after every fact.
        let day = "2099-12-31".parse().unwrap();
        let mut db = app.store.read().unwrap();
        let codes = ["SGH", "YMK", "YYC"];
        let read = books(&mut db, app.fund_id(), &codes, true).unwrap();
        let together = Whole::of(read.values().map(AsRef::as_ref), 0).unwrap();
        let houses = Houses::on(&mut db, app.fund_id(), day).unwrap();
        let sums = bank_sums(&mut db, app.fund_id(), (&houses, &codes), &together.tiers).unwrap();
        let all = cards(&app, &mut db, day).unwrap();
        assert_eq!(sums.len(), all.len());
        for card in &all {
            let (sum, tally) = (&sums[&card.bank], &card.tally);
            let told = (sum.balance, sum.npl_balance, sum.claims_net, sum.registered_ip);
            let read = (tally.balance, tally.npl_balance, tally.claims_net, tally.registered_ip);
            assert_eq!(told, (read.0.get(), read.1.get(), read.2.get(), read.3.get()), "{}", card.bank);
            assert_eq!(sum.npl_ratio().unwrap(), card.figures.npl_ratio, "{}", card.bank);
            assert_eq!(sum.claim_ratio().unwrap(), card.figures.claim_ratio, "{}", card.bank);
        }
        let whole: i64 = all.iter().map(|card| card.tally.balance.get()).sum();
        assert!(whole > 0 && all.iter().any(|card| card.tally.npl_balance.get() > 0));
        let book = loans(&app, None).totals;
        for lang in [Lang::Zh, Lang::En] {
            let (partners, portal) = (named(&app, "measures.partners", lang), named(&app, "measures.portal", lang));
            for page in [&partners, &portal] {
                assert_eq!(told(page, "chart-banks-data", 1), whole);
            }
            assert_eq!(told(&partners, "chart-by_bank-data", 2), book.balance);
            assert_eq!(told(&portal, "chart-industries-data", 2), book.balance);
            assert_eq!(told(&portal, "chart-borrowers-data", 2), book.balance);
        }
    });
}

#[test]
fn the_reserve_is_told_by_tier_by_bank_and_day_by_day() {
    on_both(|installation| {
        let app = filled(installation);
        let states = fund(&app, Lang::Zh).states;
        for lang in [Lang::Zh, Lang::En] {
            let page = named(&app, "money.reserve", lang);
            let book = loans(&app, None).totals;
            assert_eq!(told(&page, "tiers", 1), i64::try_from(book.loans).unwrap());
            assert_eq!((told(&page, "tiers", 2), told(&page, "tiers", 4)), (book.balance, states.reserved));
            assert_eq!(told(&page, "banks", 5), states.reserved);
            let levels = &page["pictures"][1]["table"]["rows"];
            assert_eq!(levels[0][1]["fen"], states.cash, "the newest snapshot stands first");
            assert_eq!(levels[0][5]["fen"], states.reserved);
            let lines = page["tables"][0]["rows"].as_array().unwrap();
            assert_eq!(lines.len(), 4 + 4, "four lines of the fund's money, four limits of version 1");
            assert!(lines.iter().all(|line| line[4]["text"].as_str().is_some_and(|then| then.chars().count() > 4)));
            if lang == Lang::Zh {
                assert!(lines[1][4]["text"].as_str().unwrap().contains("资金不足时排队"), "{}", lines[1]);
            }
            assert!(lines[4..].iter().all(|line| !line[5]["text"].as_str().unwrap().is_empty()), "{lines:?}");
        }
    });
}

#[test]
fn every_state_of_money_has_its_day_and_source_and_sub_funds_sum_to_the_cash() {
    on_both(|installation| {
        let app = filled(installation);
        let owed: i64 = money::balances(&mut app.store.read().unwrap(), app.fund_id())
            .unwrap()
            .into_iter()
            .filter(|row| {
                matches!(
                    Account::from_code(&row.account),
                    Some(Account::RecoveriesUnallocated | Account::OwedToBank(_) | Account::OwedByBank(_))
                )
            })
            .map(|row| row.balance_fen)
            .sum();
        for lang in [Lang::Zh, Lang::En] {
            let view = fund(&app, lang);
            let of = |code: &str| view.figures.iter().find(|row| row.code == code).unwrap();
            let s = view.states;
            let shown =
                ["cash", "floor", "earmarked", "ordered", "free", "reserved", "capacity"].map(|code| of(code).amount);
            assert_eq!(shown, [s.cash, s.floor, s.earmarked, s.ordered, s.free, s.reserved, s.capacity]);
            assert!(view.figures.iter().all(|row| !row.source.is_empty()));
            assert_eq!(of("cash").on, view.movements.first().unwrap().on);
            assert!(of("earmarked").on.is_some() && of("reserved").on.is_some());
            let sub_funds = view.tables.iter().find(|table| table.id == "sub_funds").unwrap();
            assert_eq!(column(sub_funds, 3), s.cash + owed, "what is left is cash less what is owed");
            assert_eq!(column(sub_funds, 1) - column(sub_funds, 2), column(sub_funds, 3));
        }
    });
}

#[test]
fn calls_and_movements_wait_on_the_pages_of_the_fund() {
    let installation = Installation::sqlite();
    let town = Town::found(&installation, "2025-07-01", &measure("shuozhou-1"));
    let call =
        json!({ "call_no": "请1号", "source": "city", "amount": "500.00", "due_on": "2025-06-30", "ground": "补足" });
    town.act(Life::Fund, FUND, "contribution_called", "登记员", call);
    let moved = json!({ "move_no": "动1号", "kind": "contribution", "amount": "200.00", "source": "city",
        "on": "2025-07-01", "call_no": "请1号", "ground": "到账" });
    town.act(Life::Fund, FUND, "move_proposed", "出纳", moved);
    let view = fund(&town.app, Lang::Zh);
    let [pending, calls, _] = &view.tables[..] else { panic!() };
    let row = &pending.rows[0];
    assert_eq!(row[..3], [Cell::text("动1号"), Cell::text("出资到账"), Cell::money(20_000)]);
    assert_eq!(row[6], Cell::text("出纳 2025-07-01"));
    let Cell::Link { href, .. } = &row[7] else { panic!("{row:?}") };
    assert!(href.ends_with("/move_decided?move_no=%E5%8A%A81%E5%8F%B7"), "{href}");
    assert_eq!(calls.rows[0][2..=4], [Cell::money(50_000), Cell::money(0), Cell::money(50_000)]);
    assert_eq!(calls.rows[0][6], Cell::tag("bad", "逾期未到"));
    town.act(Life::Fund, FUND, "move_decided", "主任", json!({ "move_no": "动1号", "accepted": true }));
    let view = fund(&town.app, Lang::En);
    assert!(view.tables[0].rows.is_empty() && view.tables[1].rows[0][6] == Cell::tag("bad", "Overdue"));
    let reserve = named(&town.app, "money.reserve", Lang::Zh);
    assert_eq!((told(&reserve, "calls", 3), told(&reserve, "calls", 4)), (20_000, 30_000));
}

#[test]
fn a_loan_whose_claim_was_paid_is_compensated_and_no_claim_of_it_waits() {
    on_both(|installation| {
        let mut town = Town::found(installation, "2025-01-10", &measure("shuozhou-1"));
        town.pay_in("1", "10000000");
        let lent = ["A1", "A2"]
            .map(|contract| town.lend("AAA", town.form(contract, "1000000.00", "2025-01-06", "2026-01-06")));
        town.on("2025-09-01");
        let [claim, _] = lent.each_ref().map(|loan| town.ask(loan, figures("1000000.00", "2025-05-01")));
        let counts = |town: &Town| {
            [LoanState::Claimed, LoanState::Compensated].map(|state| loans(&town.app, Some(state)).totals.loans)
        };
        let bands = |town: &Town| dashboard(&town.app, Lang::Zh).ageing.map(|band| band.claims);
        assert_eq!((counts(&town), bands(&town)), ([2, 0], [2, 0, 0, 0, 0]));
        let amount = town.grant(&claim, "分管");
        assert_eq!((counts(&town), bands(&town)), ([2, 0], [2, 0, 0, 0, 0]), "granted is not paid");
        town.on("2025-09-12");
        town.pay(&claim, &amount);
        assert_eq!((counts(&town), bands(&town)), ([1, 1], [0, 1, 0, 0, 0]), "the other has waited nine working days");
        let Ok(PageView::Loan(view)) =
            screens::load(&town.app, PageRequest::Loan(lent[0].clone()), Lang::Zh, &desk::everything())
        else {
            panic!()
        };
        assert_eq!(view.row.state, LoanState::Compensated);
    });
}

#[test]
fn the_lines_of_the_breakers_are_drawn_where_the_measure_has_some() {
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-07-01", &second_version());
    town.pay_in("1", "10000000");
    let form = town.form("A1", "1000000.00", "2025-06-30", "2026-06-30");
    town.lend("AAA", form);
    town.on("2025-09-01");
    let page = named(&town.app, "measures.partners", Lang::Zh);
    let drawings = page["pictures"][0]["drawings"].as_array().unwrap();
    let lines = drawings.iter().map(|svg| svg.as_str().unwrap().matches("stroke-dasharray").count());
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [0, 0, 4],
        "two bounds on the claims, each in the legend and through the bars"
    );
    let claims = drawings[2].as_str().unwrap();
    assert!(claims.contains("预警线 2.00%") && claims.contains("暂停线（熔断） 3.00%"), "{claims}");
    let rows = page["pictures"][0]["table"]["rows"].as_array().unwrap();
    let own = rows.iter().find(|row| row[0]["text"] == "甲银行").unwrap();
    assert_eq!((&own[4]["ppm"], &own[5]["text"]), (&json!(0), &json!("正常")), "{own}");
    let reserve = named(&town.app, "money.reserve", Lang::Zh);
    let lines = reserve["tables"][0]["rows"].as_array().unwrap();
    let low = lines.last().unwrap();
    assert_eq!((&low[0]["text"], &low[1]["ppm"]), (&json!("资金余额÷累计出资"), &json!(300_000)), "{low}");
    assert_eq!((&low[2]["ppm"], &low[3]["tone"]), (&json!(1_000_000), &json!("ok")), "{low}");
}

#[test]
fn a_reader_of_rights_sees_no_picture_of_money() {
    let installation = Installation::sqlite();
    installation.import_samples();
    let app = installation.app(DAY);
    let asked = Named { name: "measures.portal", ..Named::default() };
    let shown = |role: Role| {
        let institution = Institution::Fund;
        let office =
            Office { person: "x".into(), role, institution, level: None, stands_in_for: None, under_return: None };
        let asker = Asker::person("x", vec![office]);
        let view = screens::load(&app, PageRequest::Named(asked.clone()), Lang::Zh, &asker).unwrap();
        let PageView::Named(view) = view else { panic!() };
        view.content["pictures"].as_array().unwrap().len()
    };
    assert_eq!((shown(Role::BureauReader), shown(Role::Regulator)), (0, 5));
}
