//! Tokens of machine accounts, made and ended on their page.

use pledgefund::domain::access::Permission;
use pledgefund::usecase::machines;

use super::keeping::House;
use crate::support::product::on_both;

/// The token that a page tells once.
fn told_token(page: &str) -> String {
    let start = page.find("pfk_").unwrap();
    page[start..].chars().take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_').collect()
}

#[test]
fn a_machine_gets_its_token_on_the_page_for_what_its_role_holds_and_no_more() {
    on_both(|installation| {
        let house = House::of(installation, |_| ());
        let keeper = "安全员";
        let begin = house.get(keeper, "/machines").text;
        assert!(begin.contains("还没有令牌") && begin.contains("name=\"role\"") && !begin.contains("name=\"scopes\""));
        assert!(!begin.contains("吊销"), "there is nothing to end");
        let away = house.get(&format!("{keeper}!"), "/machines?role=bank_officer");
        assert!(away.status == 303 && away.location.starts_with("/sign-in/again?next="), "{}", away.location);
        let form = house.get(keeper, "/machines?role=bank_officer").text;
        assert!(form.contains("value=\"imports.enter\"") && form.contains("录入文件"), "{form}");
        assert!(!form.contains("value=\"audit.read\"") && !form.contains("value=\"tokens.keep\""), "{form}");
        let path = "/machines?role=bank_officer";
        let mut fields = vec![
            ("form", "issue"),
            ("role", "bank_officer"),
            ("machine", "甲核心系统"),
            ("institution", "bank:AAA"),
            ("scopes", "imports.enter"),
            ("scopes", "portfolio.read"),
            ("days", "0"),
        ];
        let again = house.post(keeper, path, &fields);
        assert!(again.status == 422 && again.text.contains("最长 366 天"), "{}", again.text);
        assert!(again.text.contains("value=\"portfolio.read\" checked") && again.text.contains("甲核心系统"));
        assert_eq!(house.events("token.issued"), 0);
        *fields.last_mut().unwrap() = ("days", "30");
        let refused = house.post("审计员", path, &fields);
        assert_eq!((refused.status, house.events("token.issued")), (403, 0));
        let made = house.post(keeper, path, &fields);
        let token = told_token(&made.text);
        let (asker, _) = machines::recognise(&house.app, &token).unwrap().unwrap();
        assert!(asker.may(Permission::EnterFiles) && !asker.may(Permission::ReadClaims));
        let list = house.get(keeper, "/machines").text;
        assert!(list.contains("录入文件") && list.contains("查看贷款") && !list.contains(&token), "{list}");
        let id = token.split('_').nth(1).unwrap();
        let ended = house.post(keeper, "/machines", &[("form", "revoke"), ("ended", id), ("reason", "换系统")]);
        assert_eq!(ended.status, 303, "{}", ended.text);
        assert!(machines::recognise(&house.app, &token).unwrap().is_none());
        house.is_proved();
    });
}
