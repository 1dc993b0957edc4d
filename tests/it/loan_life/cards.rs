//! How banks do, and what breakers propose.

use pledgefund::domain::money::{Fen, Ppm};
use pledgefund::domain::partner_life::SuspensionScope;
use pledgefund::domain::reminders::{RULEBOOK_NOTICE_DAYS, until};
use pledgefund::domain::scorecard::{Scorecard, Tally, lower_middle, ratio};
use pledgefund::storage::find::{loans, parties};
use pledgefund::storage::rows::parties::RulebookRow;
use pledgefund::usecase::exports::outstanding::open_months;
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::measures::Measures;
use pledgefund::usecase::scorecards::{Proposal, Reading, cards, proposals};
use serde_json::json;

use crate::stories::town::{FUND, Town, figures, measure, story};
use crate::support::product::on_both;

#[test]
fn ratios_are_rounded_half_up_and_none_where_nothing_can_be_divided() {
    let ppm = |value: i64| Some(Ppm::try_new(value).unwrap());
    assert_eq!(ratio(1, 3).unwrap(), ppm(333_333));
    assert_eq!(ratio(2, 3).unwrap(), ppm(666_667));
    assert_eq!(ratio(1, 2_000_000).unwrap(), ppm(1));
    assert_eq!((ratio(5, 0).unwrap(), ratio(0, 7).unwrap()), (None, ppm(0)));
    assert!(ratio(i128::MAX, 1).is_err());
    assert_eq!((lower_middle(&[]), lower_middle(&[9, 1, 4]), lower_middle(&[8, 2])), (None, Some(4), Some(2)));
    let empty = Scorecard::of(&Tally::default()).unwrap();
    assert_eq!((empty.npl_ratio, empty.claim_ratio, empty.bank_days, empty.in_time), (None, None, None, None));
    let fen = |fen: i64| Fen::try_new(fen).unwrap();
    let tally = Tally { balance: fen(300), npl_balance: fen(100), filed: 4, returned: 1, ..Tally::default() };
    let card = Scorecard::of(&tally).unwrap();
    assert_eq!((card.npl_ratio, card.deficiency), (ppm(333_333), ppm(250_000)));
}

/// A rulebook of the first version with the breakers of the second.
fn first_with_breakers() -> String {
    let second = measure("shuozhou-2");
    let from = second.find("[[breaker]]").unwrap();
    let to = second[from..].find("\n[timing]").unwrap() + from;
    let breakers = &second[from..to];
    let breakers =
        &breakers[..breakers.rfind("\n# ").map_or(breakers.len(), |at| breakers[..at].rfind("\n\n").unwrap_or(at))];
    let first = measure("shuozhou-1").replace("effective_to = 2026-07-31", "effective_to = 2030-12-31");
    let cover = first.lines().find(|line| line.starts_with("breakers = ")).unwrap().to_owned();
    let stated = "breakers = { state = \"stated\", article = \"第二十四条\", basis = \"proposal\" }";
    let words = first.find("[[passage]]\nid = \"suspension\"").unwrap();
    let end = first[words + 1..].find("[[passage]]").unwrap() + words + 1;
    let bare = format!("{}{}", &first[..words], &first[end..]);
    bare.replace(&cover, stated).replace("[timing]\n", &format!("{breakers}\n\n[timing]\n"))
}

fn of_bank(town: &Town, bank: &str) -> Reading {
    let found = proposals(&town.app, &mut town.app.store.read().unwrap(), town.day).unwrap();
    found.into_iter().find(|reading| reading.bank.as_deref() == Some(bank) && reading.breaker == "bank_claims").unwrap()
}

fn second_firm(town: &Town, contract: &str) -> serde_json::Value {
    let mut form = town.form(contract, "1000000.00", &town.day.to_string(), "2027-12-31");
    form["credit_code"] = json!("9114062250207785X0");
    form["borrower_name"] = json!("第二家企业");
    form["rights"] = json!([{ "kind": "invention", "number": "ZL201210624304.6", "title": "另一种装置" }]);
    form
}

#[test]
fn claims_above_the_figure_propose_a_suspension_and_two_calm_quarter_ends_its_end() {
    story("2026-01-05", &first_with_breakers(), |town| {
        town.pay_in("入1", "50000000.00");
        let loan = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        let coverage = loans::coverage(&mut town.app.store.read().unwrap(), &loan).unwrap().unwrap();
        assert_eq!(coverage.decision, "cover", "what breakers watch is there: {}", coverage.reasons);
        assert!(coverage.input.contains("registered_ip_to_date"), "{}", coverage.input);
        assert_eq!(of_bank(town, "AAA").proposal, None);
        town.on("2026-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2026-05-01"));
        let reading = of_bank(town, "AAA");
        assert_eq!(reading.gauge.unwrap().shown, Ppm::try_new(400_000).unwrap(), "under review counts");
        assert_eq!(reading.proposal, Some(Proposal::Suspend(SuspensionScope::NewLoans)));
        assert_eq!(of_bank(town, "BBB").proposal, None, "nothing out of nothing is nothing");
        // The measure stops new loans of itself, and leaves claims alone.
        let late = format!("{FUND}:AAA:甲-2");
        let form = second_firm(town, "甲-2");
        town.act(Life::Registration, &late, "drafted", "甲经办", json!({ "form": form }));
        town.act(Life::Registration, &late, "submitted", "甲复核", json!({}));
        assert_eq!(town.refused(Life::Registration, &late, "registered", "登记员", json!({})), "REGISTRATION_HELD");
        assert_eq!(town.status(&claim).decision.as_deref(), Some("pay"));
        let details = json!({ "scope": "new_loans", "ground": "补偿率超过3%", "figure": "0.4" });
        town.act(Life::Partner, "AAA", "suspension_proposed", "登记员", details);
        town.act(Life::Partner, "AAA", "suspension_decided", "主任", json!({ "accepted": true }));
        assert_eq!(of_bank(town, "AAA").proposal, None, "it is suspended already");
        town.on("2026-09-15");
        town.claim(&claim, "withdrawn", "甲复核", json!({ "reason": "借款人已还款" }));
        town.on("2026-12-30");
        assert_eq!(of_bank(town, "AAA").proposal, None, "one quarter end is not enough");
        town.on("2026-12-31");
        assert_eq!(of_bank(town, "AAA").proposal, Some(Proposal::Release), "two are");
        town.act(Life::Partner, "AAA", "release_proposed", "登记员", json!({ "ground": "连续两个季末低于2%" }));
        town.act(Life::Partner, "AAA", "release_decided", "主任", json!({ "accepted": true }));
        town.act(Life::Registration, &late, "registered", "登记员", json!({}));
    });
}

#[test]
fn a_card_counts_days_returns_and_money_of_the_house() {
    story("2026-01-05", &measure("shuozhou-1"), |town| {
        town.pay_in("入1", "50000000.00");
        let loan = town.lend("AAA", town.form("甲-1", "1000000.00", "2026-01-05", "2027-01-04"));
        town.on("2026-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2026-05-01"));
        town.on("2026-09-03");
        let why = json!({ "deficiencies": [{ "code": "document_missing", "note": "缺催收记录" }] });
        town.claim(&claim, "returned", "审核员", why);
        town.on("2026-09-04");
        town.claim(&claim, "relodged", "甲经办", json!({}));
        let paid = town.grant(&claim, "分管");
        town.pay(&claim, &paid);
        let card = |town: &Town, on: &str| {
            let all = cards(&town.app, &mut town.app.store.read().unwrap(), on.parse().unwrap()).unwrap();
            all.into_iter().find(|card| card.bank == "AAA").unwrap()
        };
        let now = card(town, "2026-09-04");
        assert_eq!((now.tally.filed, now.tally.returned, now.tally.paid.get()), (1, 1, 40_000_000));
        assert_eq!((now.figures.bank_days, now.figures.fund_days), (Some(1), Some(2)));
        assert_eq!(now.figures.claim_ratio, Some(Ppm::try_new(400_000).unwrap()));
        assert_eq!((now.figures.recovery, now.figures.npl_ratio), (Some(Ppm::ZERO), None));
        let before = card(town, "2026-09-02");
        assert_eq!((before.tally.returned, before.tally.paid.get(), before.tally.claims_net.get()), (0, 0, 40_000_000));
        assert_eq!(card(town, "2026-08-31").tally.filed, 0);
    });
}

#[test]
fn the_sample_books_have_cards_and_no_breaker() {
    on_both(|installation| {
        installation.opened();
        installation.month_of_ymk(
            "2026-01-31",
            &[(super::LATE, "3200000.00", "2025-02-22", "关注"), (super::SOUND, "800000.00", "", "正常")],
        );
        let told = installation.json(&["partner", "scorecard", "YMK", "--on", "2026-08-01"], &[0]);
        let card = &told["banks"][0];
        assert_eq!((&card["npl_ratio"], &card["late_marking"]), (&json!("0.800000"), &json!("0.500000")), "{told}");
        assert_eq!(card["counted"]["late_marked_balance"], "3200000.00");
        assert_eq!((&card["deficiency"], &card["bank_days"]), (&json!(null), &json!(null)));
        assert_eq!(installation.refused(&["partner", "scorecard", "XXX"]).0, "PARTNER_UNKNOWN");
        let breakers = installation.json(&["partner", "breakers", "--on", "2026-07-01"], &[0]);
        assert_eq!(breakers["breakers"], json!([]));
    });
}

#[test]
fn months_that_are_due_and_were_never_sent_are_not_in_time() {
    story("2026-01-06", &measure("shuozhou-1"), |town| {
        let card = |town: &Town, on: &str| {
            let all = cards(&town.app, &mut town.app.store.read().unwrap(), on.parse().unwrap()).unwrap();
            all.into_iter().find(|card| card.bank == "AAA").unwrap()
        };
        // The month of December is due on the 6th of January, and late from the next day on.
        let now = card(town, "2026-01-06");
        assert_eq!((now.tally.reported, now.tally.returns_due), (0, 5));
        assert_eq!(now.figures.in_time, Some(Ppm::ZERO));
        assert_eq!(card(town, "2026-01-07").tally.returns_due, 6);
        assert_eq!(card(town, "2025-08-06").figures.in_time, None, "nothing is due yet");
        let partner = parties::partners(&mut town.app.store.read().unwrap(), FUND).unwrap().remove(0);
        let open = |today: &str| {
            let (mut db, first) = (town.app.store.read().unwrap(), town.app.first_period());
            open_months(&mut db, &partner, first, today.parse().unwrap()).unwrap()
        };
        let told = |today: &str| open(today).last().map(ToString::to_string);
        assert_eq!(open("2026-07-31").first().map(ToString::to_string).as_deref(), Some("2025-07"));
        assert_eq!(told("2026-07-30").as_deref(), Some("2026-06"), "no month is asked for before it is over");
        assert_eq!(told("2026-07-31").as_deref(), Some("2026-07"));
        assert_eq!(told("2025-07-30"), None);
    });
}

#[test]
fn a_rulebook_that_ends_without_a_successor_is_pointed_out_sixty_days_before() {
    story("2026-01-06", &measure("shuozhou-1"), |town| {
        let measures = Measures::load(&mut town.app.store.read().unwrap(), FUND).unwrap();
        let ending = |today: &str| {
            let today = today.parse().unwrap();
            measures.ending(today, until(today, RULEBOOK_NOTICE_DAYS)).map(|(_, last)| last.to_string())
        };
        assert_eq!(ending("2026-05-31"), None);
        for day in ["2026-06-01", "2026-07-31", "2026-09-01"] {
            assert_eq!(ending(day).as_deref(), Some("2026-07-31"), "{day}");
        }
        let body = measure("shuozhou-2");
        let parsed = pledgefund::rulebook::parse("measure", &body).unwrap();
        let mut rows = parties::rulebooks(&mut town.app.store.read().unwrap(), FUND).unwrap();
        let version = parsed.rulebook.head.version.to_string();
        rows.push(RulebookRow { version, body, hash: parsed.hash_hex, ..rows[0].clone() });
        let both = Measures::of(&rows, &[]).unwrap();
        let today = "2026-07-31".parse().unwrap();
        assert!(both.ending(today, until(today, RULEBOOK_NOTICE_DAYS)).is_none(), "the second follows");
    });
}
