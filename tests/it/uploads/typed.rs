//! A month's return typed into the grid of its page: checked, decided on and booked like a file.

use pledgefund::link::segment;

use super::books::{clerk_at, sample};
use crate::support::product::on_both;
use crate::support::serving::{Clerk, Serving};
use crate::support::wire::{self, Reply};

/// What a browser would send of the grid.
fn typed(page: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let main = page.split("data-draft").nth(1).expect("the grid is there");
    for part in main.split("<input ").skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        let of = |name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        if let (Some(name), Some(value), false) = (of("name"), of("value"), tag.contains("checkbox")) {
            all.push((name.to_owned(), value.replace("&#x2f;", "/")));
        }
    }
    for part in main.split("<select ").skip(1) {
        let name = part.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let chosen =
            part.split("</select>").next().unwrap().split("<option ").find(|option| option.contains(" selected"));
        let value = chosen.and_then(|option| option.split("value=\"").nth(1)).and_then(|rest| rest.split('"').next());
        all.push((name.to_owned(), value.unwrap_or("normal").to_owned()));
    }
    all
}

fn post(clerk: &Clerk, path: &str, fields: &[(String, String)]) -> Reply {
    let mut headers = clerk.headers();
    headers.push("Content-Type: application/x-www-form-urlencoded".to_owned());
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", segment(value))).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    wire::send(clerk.address, "POST", path, &headers, &body.join("&"))
}

fn with(fields: &[(String, String)], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = fields.to_vec();
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    all
}

#[test]
fn a_month_is_typed_into_a_grid_that_is_filled_from_the_month_before() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "YMK_registration.csv", &sample("registration/YMK_registration.csv"));
        clerk.settled(&id);
        clerk.decide(&id, "acceptable");
        clerk.settled(&id);
        let id = clerk.upload("servicing", "YMK_202507.csv", &sample("monthly/YMK_202507.csv"));
        let page = clerk.settled(&id);
        clerk.decide(&id, if page.contains("value=\"acceptable\"") { "acceptable" } else { "all" });
        clerk.settled(&id);
        assert_eq!(clerk.get("/returns/NOBODY").status, 404);
        let path = "/returns/YMK";
        let page = clerk.get(path).text();
        assert!(page.contains("2025-08 余额报送"), "{page}");
        let fields = typed(&page);
        let balance = fields.iter().find(|(name, _)| name == "b1").expect("the balance of July stands there").1.clone();
        assert!(balance.contains('.'), "{balance}");
        // What does not read comes back at its cell, with everything else as it was typed.
        let wrong = post(&clerk, path, &with(&fields, &[("b1", "很多"), ("s1", "昨天"), ("i2", "12.50")]));
        assert_eq!(wrong.status, 422);
        let text = wrong.text();
        for told in ["href=\"#b1\"", "href=\"#s1\"", "href=\"#confirmed\"", "value=\"很多\"", "value=\"12.50\""] {
            assert!(text.contains(told), "{told}: {text}");
        }
        // It is kept meanwhile, for its person.
        let saved = post(&clerk, path, &with(&fields, &[("b1", "1234.56"), ("step", "save")]));
        assert!(saved.text().contains("已自动保存"), "{}", saved.text());
        let back = clerk.get(path).text();
        assert!(back.contains("value=\"1234.56\"") && back.contains("已恢复您于"), "{back}");
        let sent = with(&typed(&back), &[("b1", "1234.56"), ("confirmed", "yes")]);
        let done = post(&clerk, path, &sent);
        assert_eq!(done.status, 303, "{}", done.text());
        let id = done.header("location").strip_prefix("/imports/uploads/").expect("the check comes first").to_owned();
        let twice = post(&clerk, path, &sent);
        assert!(twice.header("location").ends_with(&id), "the same form is the same file");
        let check = clerk.settled(&id);
        assert!(check.contains("YMK_202508.csv") && check.contains("2025-08"), "{check}");
        assert!(clerk.get(path).text().contains("2025-08 余额报送"), "nothing is booked before the decision");
        clerk.decide(&id, if check.contains("value=\"acceptable\"") { "acceptable" } else { "all" });
        assert!(clerk.settled(&id).contains("导入完成"));
        let next = clerk.get(path).text();
        assert!(next.contains("2025-09 余额报送") && next.contains("value=\"1234.56\""), "{next}");
        assert!(!next.contains("已恢复您于"), "what was sent is no draft");
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}
