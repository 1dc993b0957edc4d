//! Offices as people write and read them: institutions and levels have names, never codes.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use tower::ServiceExt;

use super::acting::{TownDoor, token};
use crate::api::world::served;
use crate::stories::town::{Town, second_version};
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
