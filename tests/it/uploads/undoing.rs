//! An import is taken back on its page: asked for by one person, decided by another who did not bring it.

use pledgefund::domain::people::Role;
use pledgefund::link::segment;

use super::books::{clerk_at, loans_of, sample};
use crate::support::desk;
use crate::support::product::on_both;
use crate::support::serving::{Clerk, Serving};
use crate::support::wire::{self, Reply};

fn send(clerk: &Clerk, path: &str, fields: &[(&str, &str)]) -> Reply {
    let mut headers = clerk.headers();
    headers.push("Content-Type: application/x-www-form-urlencoded".to_owned());
    let mut body = format!("guard={}", clerk.guard);
    for (name, value) in fields {
        body.push_str(&format!("&{name}={}", segment(value)));
    }
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    wire::send(clerk.address, "POST", path, &headers, &body)
}

#[test]
fn who_brought_a_file_or_asks_for_its_undo_does_not_decide_on_it() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let app = desk::app_of(installation);
        let ticket = desk::person(&app, "李批", "fund", Role::FundApprover);
        let second = Clerk { address: server.address, guard: ticket.guard.clone(), cookie: ticket.cookie() };
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample("registration/SGH_registration.xlsx"));
        clerk.settled(&id);
        clerk.decide(&id, "acceptable");
        clerk.settled(&id);
        assert!(loans_of(&clerk, "SGH") > 50);
        let list = clerk.get("/imports").text();
        let mut links = list.split("href=\"/imports/").filter_map(|rest| rest.split_once("/undo\"")).map(|(id, _)| id);
        let path = format!("/imports/{}/undo", links.next().expect("the newest file has its page"));
        let unsaid = send(&second, &path, &[("form", "ask"), ("reason", " ")]);
        assert_eq!(unsaid.status, 422, "a reason is needed: {}", unsaid.text());
        let asked = send(&second, &path, &[("form", "ask"), ("reason", "报错文件")]);
        assert_eq!(asked.status, 303, "{}", asked.text());
        let request = |shown: &str| {
            shown.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        // Who asked is offered to withdraw only; who brought the file is refused.
        let own = second.get(&path).text();
        assert!(own.contains("收回申请") && !own.contains("确认决定"), "{own}");
        let other = clerk.get(&path).text();
        let decide = [("form", "decide"), ("request", &*request(&other)), ("answer", "approve")];
        let refused = send(&clerk, &path, &decide);
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(loans_of(&clerk, "SGH") > 50);
        let withdraw = [("form", "withdraw"), ("request", &*request(&own))];
        assert_eq!(send(&second, &path, &withdraw).status, 303);
        assert_eq!(send(&clerk, &path, &[("form", "ask"), ("reason", "报错文件")]).status, 303);
        assert!(second.get("/todo").text().contains("决定撤销申请"), "it waits for the second person");
        let open = second.get(&path).text();
        assert_eq!(
            send(&second, &path, &[("form", "decide"), ("request", &request(&open)), ("answer", "maybe")]).status,
            400
        );
        let approve = [("form", "decide"), ("request", &*request(&open)), ("answer", "approve")];
        assert_eq!(send(&second, &path, &approve).status, 303);
        assert_eq!(loans_of(&clerk, "SGH"), 0);
        assert!(clerk.get(&path).text().contains("该导入已撤销"));
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}
