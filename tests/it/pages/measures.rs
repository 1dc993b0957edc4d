//! Partners, rulebooks, reports and time, asked for in every role.

use pledgefund::domain::people::Role;
use pledgefund::http::pages::{Named, PageRequest, PageView};
use pledgefund::i18n::{self, Lang};
use pledgefund::link::segment;
use pledgefund::screens;
use pledgefund::usecase::issuing::{self, Proposed, Word};
use pledgefund::usecase::lives::Life;
use pledgefund::usecase::scorecards::{cards, proposals};
use serde_json::json;

use crate::api::role_door::{secret, token_of};
use crate::api::world::{Reply, World};
use crate::stories::town::{Town, measure, second_version};
use crate::support::desk;
use crate::support::product::Installation;

const BANK: Role = Role::BankOfficer;
const CLERK: Role = Role::FundAdministrator;

fn cookie(role: Role) -> String {
    format!("__Host-session={}; guard={}", token_of(role, 0), secret())
}

/// A page, its slashes as browsers read them.
fn get(world: &World, role: Role, path: &str) -> Reply {
    let reply = world.send("GET", path, &[("cookie", &cookie(role))], Vec::new());
    Reply { text: reply.text.replace("&#x2f;", "/"), ..reply }
}

fn post(world: &World, role: Role, path: &str, fields: &[(&str, &str)]) -> Reply {
    let mut body = format!("guard={}", secret());
    for (name, value) in fields {
        body.push_str(&format!("&{name}={}", segment(value)));
    }
    let cookie = cookie(role);
    let headers = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    world.send("POST", path, &headers, body.into_bytes())
}

/// A form with one file.
fn send_file(world: &World, role: Role, path: &str, name: &str, file: &[u8]) -> Reply {
    let (kind, body) =
        crate::support::serving::multipart(&[("guard", secret().as_str()), ("note", "试行")], &[(name, file)]);
    let (cookie, kind) = (cookie(role), kind.trim_start_matches("Content-Type: ").to_owned());
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin"), ("content-type", kind.as_str())];
    world.send("POST", path, &headers, body)
}

/// The second version, from the day on which the first ends.
fn second() -> String {
    measure("shuozhou-1")
        .replacen("version = \"1\"", "version = \"2\"", 1)
        .replacen(
            "effective_from = 2022-12-01\neffective_to = 2026-07-31",
            "effective_from = 2026-08-01\neffective_to = 2028-07-31",
            1,
        )
        .replacen("fund = \"40 %\"", "fund = \"45 %\"", 1)
}

#[test]
fn partners_are_shown_with_the_figures_of_their_cards_and_a_bank_sees_itself() {
    let world = World::sqlite();
    let list = get(&world, CLERK, "/partners");
    assert_eq!(list.status, 200, "{}", list.text);
    assert!(list.text.contains("/partners/AAA") && list.text.contains("/partners/BBB"));
    let app = &world.app;
    let today = app.store.clock().today();
    let all = cards(app, &mut app.store.read().unwrap(), today).unwrap();
    let own = all.iter().find(|card| card.bank == "AAA").unwrap();
    let page = get(&world, CLERK, "/partners/AAA");
    assert_eq!(page.status, 200, "{}", page.text);
    let ip = own.tally.registered_ip.yuan();
    assert!(own.tally.registered_ip.get() > 0 && yuan_of(&page.text).contains(&ip), "{ip}: {}", page.text);
    assert!(list.text.contains("/lists/partners.xlsx"));
    assert!(page.text.contains("银行补偿专户") && !page.text.contains("6222000011112222"), "{}", page.text);
    let other = get(&world, CLERK, "/partners?q=BBB");
    assert!(!other.text.contains("/lists/partners.xlsx"), "a file would hold more than is shown");
    assert!(!other.text.contains("/partners/AAA") && other.text.contains("/partners/BBB"));
    assert!(get(&world, CLERK, "/partners?q=nobody").text.contains("没有符合条件的机构"));

    let own = get(&world, BANK, "/partners");
    assert_eq!(own.status, 200);
    assert!(own.text.contains("/partners/AAA") && !own.text.contains("BBB"), "{}", own.text);
    assert_eq!(get(&world, BANK, "/partners/AAA").status, 200);
    assert_eq!(get(&world, BANK, "/partners/BBB").status, 404);
    assert_eq!(get(&world, CLERK, "/partners/NOBODY").status, 404);
    assert_eq!(get(&world, Role::BureauReader, "/partners").status, 403);
    assert!(get(&world, CLERK, "/partners/AAA?lang=en").text.contains("Enrolled balance"));
}

#[test]
fn a_partner_s_page_tells_what_breakers_show_and_what_waits_for_a_second_person() {
    let installation = Installation::sqlite();
    let town = Town::found(&installation, "2025-07-01", &second_version());
    let account =
        json!({ "holder": "新专户", "number": "6222999988887777", "bank_name": "AAA", "bank_no": "102168000017" });
    let letter = json!({ "account": account, "letter": "函1号" });
    town.act(Life::Partner, "AAA", "account_change_proposed", "登记员", letter);
    town.act(Life::Partner, "AAA", "confirmer_named", "登记员", json!({ "confirmer": "甲复核", "letter": "函2号" }));
    let rendered = |name: &'static str, id: &str, lang: Lang| {
        let asked = Named { name, places: vec![("id".to_owned(), id.to_owned())], ..Named::default() };
        let view = screens::load(&town.app, PageRequest::Named(asked), lang, &desk::everything()).unwrap();
        let PageView::Named(view) = view else { panic!("{name}") };
        let mut all = view.content.clone();
        all["shell"] = serde_json::to_value(&view.shell).unwrap();
        let page = town.app.renderer.render(&format!("pages/{}.html", view.template), lang, &all).unwrap();
        (view.content, page)
    };
    let readings = proposals(&town.app, &mut town.app.store.read().unwrap(), town.day).unwrap();
    let own = readings.iter().filter(|one| one.bank.as_deref() == Some("AAA")).count();
    let of_all = readings.iter().filter(|one| one.bank.is_none()).count();
    let (list, page) = rendered("measures.partners", "", Lang::Zh);
    assert!(own > 0 && of_all > 0, "{own} {of_all}");
    assert_eq!(list["everyone"].as_array().map(Vec::len), Some(of_all));
    assert!(page.contains("对全部银行适用的暂停指标"), "{page}");
    for lang in Lang::ALL {
        let (one, page) = rendered("measures.partner", "AAA", lang);
        assert_eq!(one["row"]["breakers"].as_array().map(Vec::len), Some(own));
        assert!(page.contains("新专户") && page.contains("甲复核"), "{page}");
        assert!(page.contains(i18n::text(lang, "page.partner.acts.account_change_proposed", &[]).as_str()));
    }
}

/// Amounts of a page in full yuan without separators, as their tooltips tell them.
fn yuan_of(page: &str) -> Vec<String> {
    let titles = page.split("<span title=\"").skip(1).filter_map(|rest| rest.split('"').next());
    titles.map(|title| title.trim_end_matches(|c: char| !c.is_ascii_digit()).replace(',', "")).collect()
}

#[test]
fn a_rulebook_is_read_compared_and_tried_at_its_pages() {
    let world = World::sqlite();
    for (role, status) in [(CLERK, 200), (BANK, 200), (Role::BureauReader, 200), (Role::SystemAdministrator, 403)] {
        assert_eq!(get(&world, role, "/rulebooks").status, status, "{role:?}");
    }
    assert!(!get(&world, BANK, "/rulebooks").text.contains("action=\"/rulebooks\""), "a bank proposes nothing");
    let page = get(&world, BANK, "/rulebooks/shuozhou/1");
    assert!(page.status == 200 && page.text.contains("第十八条") && page.text.contains("40"), "{}", page.text);
    assert_eq!(get(&world, BANK, "/rulebooks/shuozhou/9").status, 404);
    let file = get(&world, BANK, "/rulebooks/shuozhou/1/file");
    assert_eq!(file.text, measure("shuozhou-1"));
    let unknown = get(&world, CLERK, "/rulebooks/compare?a=nobody%401&b=shuozhou%401");
    assert!(unknown.status == 200 && unknown.text.contains("没有已入库的版本"), "{}", unknown.text);

    let tried = "/rulebooks/shuozhou/1/try?principal=5%2C000%2C000&disbursed=2024-01-05&matures=2025-01-05\
        &established=2010-01-01&first=no&pledged=2024-01-04&expires=2040-01-01\
        &filed=2025-12-01&overdue=20250106&outstanding=5000000&insurer=1000000\
        &guarantor=500000&collateral=850000&cost=50000&borrower=0&bank=0\
        &fund=50000000";
    let page = get(&world, CLERK, tried);
    assert_eq!(page.status, 200);
    // (5,000,000 − 1,000,000 − 500,000 − 800,000) × 40 %
    assert!(yuan_of(&page.text).contains(&"1080000.00".to_owned()), "{}", page.text);
    assert!(page.text.contains("第十八条"));
    let wrong = get(&world, CLERK, "/rulebooks/shuozhou/1/try?principal=x&disbursed=2024-02-30");
    for words in ["“x”不是金额", "“2024-02-30”不是日期", "href=\"#principal\""] {
        assert!(wrong.text.contains(words), "{words}: {}", wrong.text);
    }
}

#[test]
fn a_rulebook_is_proposed_tried_on_the_book_and_confirmed_by_another_person() {
    let world = World::sqlite();
    assert_eq!(send_file(&world, BANK, "/rulebooks", "x.toml", b"x").status, 403);
    let wrong = send_file(&world, CLERK, "/rulebooks", "x.toml", b"id = 1");
    assert!(wrong.status == 422 && wrong.text.contains("请按下方所列逐处改正"), "{} {}", wrong.status, wrong.text);
    let sent = send_file(&world, CLERK, "/rulebooks", "second.toml", second().as_bytes());
    assert_eq!(sent.status, 303, "{}", sent.text);
    let place = sent.header("location");
    let place = place.split('?').next().unwrap();
    let page = get(&world, CLERK, place);
    assert!(page.status == 200 && page.text.contains("45 %"), "{}", page.text);
    assert!(page.text.contains("value=\"withdraw\"") && !page.text.contains("value=\"confirm\""), "{}", page.text);
    assert_eq!(get(&world, BANK, place).status, 403);
    let tried = get(&world, CLERK, &format!("{place}?try=1&from=2025-01-01&to=2025-12-31"));
    assert!(tried.text.contains("有变化的贷款（6 笔"), "{}", tried.text);
    let backwards = get(&world, CLERK, &format!("{place}?try=1&from=2025-12-31&to=2025-01-01"));
    assert!(backwards.text.contains("不得早于起始日"), "{}", backwards.text);
    let own = post(&world, CLERK, place, &[("answer", "confirm"), ("accept", "yes")]);
    assert!(own.status == 422 && own.text.contains("不能自己确认"), "{}", own.text);
    assert_eq!(post(&world, CLERK, place, &[("answer", "withdraw")]).status, 303);

    let app = &world.app;
    crate::support::desk::appoint(app, "来人", "fund", Role::FundAdministrator);
    let word = Word { by: "另一人", note: "", on: app.store.clock().today() };
    let Proposed::Waiting(other) = issuing::propose(app, "second.toml", &second(), word).unwrap() else { panic!() };
    let place = format!("/rulebook-proposals/{}", segment(&other.proposed.proposal_id));
    assert!(get(&world, CLERK, &place).text.contains("value=\"confirm\""));
    let unaccepted = post(&world, CLERK, &place, &[("answer", "confirm")]);
    assert!(unaccepted.status == 422 && unaccepted.text.contains("勾选接受"), "{}", unaccepted.text);
    assert!(post(&world, CLERK, &place, &[("answer", "reject")]).text.contains("请写明处理意见"));
    let done = post(&world, CLERK, &place, &[("answer", "confirm"), ("accept", "yes")]);
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(get(&world, BANK, "/rulebooks/shuozhou/2").status, 200);
    let compared = get(&world, BANK, "/rulebooks/compare?a=shuozhou%401&b=shuozhou%402");
    assert!(compared.text.contains("40 %") && compared.text.contains("45 %"), "{}", compared.text);
}

#[test]
fn a_job_is_run_by_hand_and_its_report_is_read_downloaded_and_no_bank_s() {
    let world = World::sqlite();
    let system = Role::SystemAdministrator;
    let run = "/jobs/regulator_summary/run";
    assert!(get(&world, system, "/jobs").text.contains(run) && !get(&world, CLERK, "/jobs").text.contains(run));
    assert_eq!(get(&world, system, run).status, 200);
    assert_eq!(get(&world, CLERK, run).status, 403);
    assert_eq!(get(&world, system, "/jobs/nothing/run").status, 404);
    let late = post(&world, system, run, &[("on", "2030-01-01")]);
    assert!(late.status == 422 && late.text.contains("不得晚于今天"), "{}", late.text);
    assert!(post(&world, system, run, &[("on", "x")]).text.contains("“x”不是日期"));
    assert!(get(&world, CLERK, "/reports").text.contains("还没有报表"));
    let today = world.app.store.clock().today().to_string();
    let ran = post(&world, system, run, &[("on", &today)]);
    assert_eq!(ran.status, 303, "{}", ran.text);

    let list = get(&world, CLERK, "/reports");
    let place = list
        .text
        .split("href=\"/reports/")
        .find_map(|rest| rest.split('"').next().filter(|id| !id.contains('/') && id.contains("regulator")));
    let place = format!("/reports/{}", place.unwrap_or_else(|| panic!("{}", list.text)));
    let page = get(&world, Role::Regulator, &place);
    assert!(page.status == 200 && page.text.contains("监管月报"), "{}", page.text);
    let id = pledgefund_id(&place);
    let stored =
        pledgefund::storage::find::mail::report(&mut world.app.store.read().unwrap(), world.app.fund_id(), &id);
    let stored = stored.unwrap().unwrap();
    assert!(page.text.contains(&stored.dataset_hash));
    assert_eq!(get(&world, Role::Regulator, &format!("{place}/page")).text, stored.html.replace("&#x2f;", "/"));
    assert!(get(&world, CLERK, &format!("{place}/file/xlsx")).text.starts_with("PK"));
    assert_eq!(get(&world, CLERK, &format!("{place}/file/pdf")).status, 404);
    // The bureau reads its own reports; this one is to it like none.
    assert_eq!(get(&world, Role::BureauReader, "/reports").status, 200);
    for path in [place.clone(), format!("{place}/page"), format!("{place}/file/xlsx")] {
        assert_eq!(get(&world, Role::BureauReader, &path).status, 404, "{path}");
    }
    for role in [BANK, system] {
        for path in ["/reports", &place, &format!("{place}/page"), &format!("{place}/file/xlsx")] {
            assert_eq!(get(&world, role, path).status, 403, "{role:?} {path}");
        }
    }
    assert_eq!(get(&world, CLERK, "/reports/nothing").status, 404);
    let portal = get(&world, Role::Regulator, "/portal");
    assert!(portal.status == 200 && portal.text.contains(&format!("src=\"{place}/page\"")), "{}", portal.text);
    assert!(portal.text.contains("只供查看") && portal.text.contains("href=\"/loans\""));
    let bureau = get(&world, Role::BureauReader, "/portal");
    assert!(bureau.status == 200 && bureau.text.contains("href=\"/rights\"") && !bureau.text.contains(&place));
    assert!(!bureau.text.contains("href=\"/loans\"") && !bureau.text.contains("href=\"/claims\""));
    assert_eq!(get(&world, BANK, "/portal").status, 403);
    assert!(get(&world, CLERK, "/reports?period=1999-01").text.contains("没有符合条件的报表"));
}

/// The identifier in an address.
fn pledgefund_id(place: &str) -> String {
    place.trim_start_matches("/reports/").replace("%3A", ":").replace("%3a", ":")
}

#[test]
fn the_calendar_tells_working_days_to_all_and_jobs_to_those_who_see_them() {
    let world = World::sqlite();
    let page = get(&world, BANK, "/calendar?month=2025-10");
    assert_eq!(page.status, 200);
    // The National Day week, with a Saturday on which people work instead.
    let calendar = &world.app.reference.calendar;
    let first = chrono::NaiveDate::from_ymd_opt(2025, 10, 1).unwrap();
    let works = first.iter_days().take(31).filter(|day| calendar.is_working_day(*day).unwrap()).count();
    assert!(page.text.contains(&format!("共 {works} 个工作日")), "{works}: {}", page.text);
    assert!(page.text.contains("调休上班") && page.text.contains("银行报送 2025-09 月报截止"), "{}", page.text);
    assert!(!page.text.contains("/jobs?q=") && !page.text.contains("/reports?kind="), "a bank sees no jobs");
    let system = get(&world, Role::SystemAdministrator, "/calendar?month=2025-10");
    assert!(system.text.contains("/jobs?q=regulator_summary") && !system.text.contains("/reports?kind="));
    assert!(get(&world, CLERK, "/calendar?month=2025-10").text.contains("/reports?kind=regulator_summary"));
    assert!(get(&world, BANK, "/calendar?month=2031-01").text.contains("尚未公布"));
    assert_eq!(get(&world, BANK, "/calendar?month=nonsense").status, 200);
}
