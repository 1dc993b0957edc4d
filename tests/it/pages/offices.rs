//! Offices as people write and read them: institutions and levels have names, never codes.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use pledgefund::link::segment;
use pledgefund::usecase::lives::Life;
use serde_json::json;
use tower::ServiceExt;

use super::acting::{Desk, TownDoor, token};
use crate::api::world::served;
use crate::stories::town::{Town, figures, review, second_version};
use crate::support::product::Installation;

#[test]
fn an_office_is_chosen_from_the_fund_its_banks_and_the_levels_of_the_rules() {
    let installation = Installation::sqlite();
    let app = Arc::new(Town::found(&installation, "2025-09-10", &second_version()).app);
    let router = served(&app, Arc::new(TownDoor(Arc::clone(&app))));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let shown = |path: &str, lang: &str| {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("__Host-session={}; __Host-lang={lang}", token("系统员")))
            .body(Body::empty())
            .unwrap();
        let answer = runtime.block_on(router.clone().oneshot(request)).unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let bytes = runtime.block_on(to_bytes(answer.into_body(), usize::MAX)).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    let form = shown("/acts/person/new/appointed", "zh");
    for option in [
        r#"<option value="fund">资金主管部门</option>"#,
        r#"<option value="bank:AAA">甲银行</option>"#,
        r#"<option value="市财政局">市财政局</option>"#,
        r#"<option value="deputy">分管负责人</option>"#,
    ] {
        assert!(form.contains(option), "{option}\n{form}");
    }
    // Another office can still be written.
    assert!(form.contains(r#"type="text" maxlength="500" value="" list="institution-known""#), "{form}");
    let (zh, en) = (shown("/persons", "zh"), shown("/persons", "en"));
    assert!(zh.contains("审批人（分管负责人）") && zh.contains("资金主管部门"), "{zh}");
    assert!(en.contains("(the deputy head)") && en.contains("The fund"), "{en}");
    assert!(![zh, en].iter().any(|page| page.contains("deputy）") || page.contains("(deputy)")));
}

/// The levels of the second version: 分管 up to 500,000.
#[test]
fn what_is_about_to_be_done_and_what_was_done_name_offices_and_levels() {
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-08-04", &second_version());
    town.pay_in("1", "50000000.00");
    let loan = town.lend("AAA", town.form("A1", "900000.00", "2025-08-04", "2026-08-04"));
    town.on("2026-03-02");
    let mut asked = figures("900000.00", "2025-11-20");
    let more = ["register_extract", "recovery_plan", "diligence", "use_check", "account"].map(|paper| json!(paper));
    asked["documents"].as_array_mut().unwrap().extend(more);
    let claim = town.ask(&loan, asked);
    for (act, details) in [("accepted", json!({})), ("reviewed", review())] {
        town.act(Life::Claim, &claim, act, "审核员", details);
    }
    let (amount, calculation) = town.computed(&claim);
    let granted = json!({ "amount": amount, "calculation": calculation, "no_conflict": true, "level": "deputy" });
    town.act(Life::Claim, &claim, "approved", "分管", granted);
    let desk = Desk::within(town, loan);
    let appointed = [("institution", "bank:AAA"), ("roles", "fund_approver"), ("level", "deputy")];
    let check = desk.fill("系统员", "/acts/person/%E6%96%B0%E4%BA%BA/appointed", &appointed).text;
    assert!(check.contains("确认办理") && check.contains("甲银行") && check.contains("分管负责人"), "{check}");
    let main = check.split("<dl").nth(1).and_then(|rest| rest.split("</dl>").next()).unwrap_or_default();
    assert!(!main.contains("bank:AAA") && !main.contains(">deputy<"), "{main}");
    let page = desk.get("审核员", &format!("/claims/{}", segment(&claim))).text;
    assert!(page.contains("分管负责人") && !page.contains(">deputy<"), "{page}");
    assert!(page.contains("质押登记证书") && !page.contains("pledge_certificate"), "papers have names: {page}");
}
