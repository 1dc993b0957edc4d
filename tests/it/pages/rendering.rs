//! Every page in both languages, with and without data.

use pledgefund::i18n::{self, Lang};
use pledgefund::link::segment;

use super::fixture;
use super::server::{Data, start, ticket};
use crate::support::wire;

/// Every page by name.
pub fn addresses() -> Vec<(&'static str, String)> {
    vec![
        ("dashboard", "/".to_owned()),
        ("loans", "/loans".to_owned()),
        ("loan", format!("/loans/{}", segment(fixture::LOAN))),
        ("claims", "/claims".to_owned()),
        ("claim", format!("/claims/{}", segment(fixture::CLAIM))),
        ("claim-refused", "/claims/refused".to_owned()),
        ("fund", "/fund".to_owned()),
        ("jobs", "/jobs".to_owned()),
        ("rights", "/rights".to_owned()),
        ("mails", "/mails".to_owned()),
        ("mail", format!("/mails/{}", segment(fixture::MAIL))),
        ("imports", "/imports".to_owned()),
        ("layout", "/imports/uploads/refused/mapping".to_owned()),
        ("upload-waiting", "/imports/uploads/received".to_owned()),
        ("upload-checking", "/imports/uploads/checking".to_owned()),
        ("upload-checked", "/imports/uploads/checked".to_owned()),
        ("upload-clean", "/imports/uploads/clean".to_owned()),
        ("upload-resent", "/imports/uploads/resent".to_owned()),
        ("upload-incomplete", "/imports/uploads/incomplete".to_owned()),
        ("upload-importing", "/imports/uploads/committing".to_owned()),
        ("upload-done", "/imports/uploads/done".to_owned()),
        ("upload-known", "/imports/uploads/known".to_owned()),
        ("upload-refused", "/imports/uploads/refused".to_owned()),
        ("upload-cancelled", "/imports/uploads/cancelled".to_owned()),
        ("upload-failed", "/imports/uploads/failed".to_owned()),
    ]
}

#[test]
fn every_page_renders_in_both_languages() {
    let server = start(Data::Full);
    for (name, address) in addresses() {
        for lang in Lang::ALL {
            let reply = wire::get(server.address, &format!("{address}?lang={}", lang.code()));
            let text = reply.text();
            assert_eq!(reply.status, 200, "{name} {}: {text}", lang.code());
            assert!(text.contains(&format!("<html lang=\"{}\">", lang.html())), "{name} is in {}", lang.code());
            assert!(!text.contains("page."), "{name} shows a catalogue key in {}", lang.code());
            assert!(!text.contains(" style="), "{name} has an inline style");
            assert!(
                ![">none<", ">null<", ">undefined<"].iter().any(|hole| text.contains(hole)),
                "{name} prints a hole"
            );
        }
    }
}

#[test]
fn a_page_without_data_says_what_to_do() {
    let server = start(Data::Empty);
    let said = |path: &str| wire::get(server.address, path).text();
    let zh = |key: &str| i18n::text(Lang::Zh, key, &[]);
    for (path, key) in [
        ("/", "page.chart.tiers.none"),
        ("/", "page.todo.none"),
        ("/loans", "page.loan.none"),
        ("/loans?q=x", "page.loan.none_found"),
        ("/claims", "page.claim.none"),
        ("/fund", "page.fund.none"),
        ("/jobs", "page.job.none"),
        ("/mails", "page.mail.none"),
        ("/imports", "page.import.none"),
    ] {
        assert!(said(path).contains(&zh(key)), "{path} says {key}");
    }
}

#[test]
fn proposal_figures_carry_the_proposal_banner() {
    let server = start(Data::Full);
    assert!(wire::get(server.address, "/").text().contains("建议值，未经批准"));
    assert!(!wire::get(server.address, "/jobs").text().contains("建议值，未经批准"));
    assert!(wire::get(server.address, "/jobs").text().contains("模拟时钟停在 2026-07-31"));
}

#[test]
fn amounts_are_ten_thousands_in_chinese_and_millions_in_english_with_the_yuan_beside() {
    let server = start(Data::Full);
    let address = format!("/claims/{}", segment(fixture::CLAIM));
    let zh = wire::get(server.address, &address).text();
    let en = wire::get(server.address, &format!("{address}?lang=en")).text();
    assert!(zh.contains("title=\"256,000.00 元\">25.60<"), "{zh}");
    assert!(en.contains("title=\"256,000.00 yuan\">0.2560<"), "{en}");
    assert!(zh.contains("人民币贰拾伍万陆仟元整"));
    assert!(!en.contains("人民币"));
}

#[test]
fn the_language_is_kept_by_a_cookie_and_the_switch_keeps_the_filter() {
    let server = start(Data::Full);
    let switched = wire::get(server.address, "/loans?bank=SGH&lang=en");
    assert!(switched.header("set-cookie").starts_with("__Host-lang=en;"));
    assert!(switched.text().contains("href=\"&#x2f;loans?bank=SGH&amp;lang=zh\""), "{}", switched.text());
    let next = wire::send(server.address, "GET", "/loans", &[&format!("{}; __Host-lang=en", ticket().cookie())], "");
    assert!(next.text().contains("<html lang=\"en\">"));
    let browser = wire::send(server.address, "GET", "/loans", &["Accept-Language: fr, en-GB;q=0.8"], "");
    assert!(browser.text().contains("<html lang=\"en\">"));
    assert!(wire::get(server.address, "/loans?lang=xx").text().contains("<html lang=\"zh-CN\">"));
}

#[test]
fn an_address_that_makes_no_sense_is_still_answered() {
    let server = start(Data::Full);
    for path in [
        "/loans?page=abc&sort=%FF%FE&state=nonsense&dir=up",
        "/loans?page=99999999999999999999999",
        "/loans?page=-1&page=2&&&==&%zz",
        "/claims?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "/fund?q=%00%0a&page=0",
    ] {
        let reply = wire::get(server.address, path);
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.text().contains("<script>alert"), "{path} is escaped");
    }
}

#[test]
fn nothing_of_the_inside_shows_on_an_error_page() {
    for (data, path, status, words) in [
        (Data::Full, "/nowhere", 404, "没有这个页面"),
        (Data::Full, "/loans/unknown", 404, "没有这个页面"),
        (Data::Full, "/static/hidden.txt", 404, "没有这个页面"),
        (Data::Down, "/", 503, "数据库暂时连不上"),
        (Data::Broken, "/", 500, "页面没能显示"),
    ] {
        let server = start(data);
        let reply = wire::get(server.address, path);
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.text().contains(words), "{path}: {}", reply.text());
        assert!(!reply.text().contains("secret"), "{path}");
        let english = wire::get(server.address, &format!("{path}?lang=en"));
        assert!(english.text().contains("<html lang=\"en\">"), "{path}");
    }
}

#[test]
fn health_is_for_machines() {
    let up = start(Data::Full);
    let reply = wire::get(up.address, "/health");
    assert_eq!(reply.status, 200);
    let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(json["status"], "ok");
    assert_eq!(json["last_daily_close"], "2026-07-30");
    let down = start(Data::Down);
    let reply = wire::get(down.address, "/health");
    assert_eq!(reply.status, 503);
    assert!(!reply.text().contains("secret"), "{}", reply.text());
    assert_eq!(reply.header("content-type"), "application/json");
}
