//! What the pages hand out: marked workbooks, templates, lists.

use super::books::{clerk_at, sample};
use crate::support::product::on_both;
use crate::support::serving::Serving;
use crate::support::wire;

const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[test]
fn a_marked_workbook_can_be_had_before_and_after_the_decision_and_comes_back_with_the_same_errors() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample("registration/SGH_registration.xlsx"));
        let page = clerk.settled(&id);
        assert!(page.contains("下载标注错误的工作簿"), "{page}");
        let path = format!("/imports/uploads/{id}/marked");
        let marked = wire::get(server.address, &path);
        assert_eq!((marked.status, marked.header("content-type").as_str()), (200, SHEET));
        assert!(marked.header("content-disposition").ends_with("filename*=UTF-8''SGH_registration.xlsx.marked.xlsx"));
        assert!(marked.body.starts_with(b"PK"));
        clerk.decide(&id, "acceptable");
        clerk.settled(&id);
        assert_eq!(wire::get(server.address, &path).status, 200);

        let again = clerk.upload("registrations", "SGH_registration.xlsx.marked.xlsx", &marked.body);
        let page = clerk.settled(&again);
        assert!(page.contains("6 条有错误"), "{page}");
        for code in ["USCC_CHARSET", "PATENT_CHECK", "TEXT_FORMULA", "IP_SHARE_RANGE"] {
            assert!(page.contains(code), "{code}: {page}");
        }
        // Where there is nothing to mark there is no workbook.
        let clean = clerk.upload("partners", "more.csv", &sample("partners.csv"));
        clerk.settled(&clean);
        assert_eq!(wire::get(server.address, &format!("/imports/uploads/{clean}/marked")).status, 404);
    });
}

#[test]
fn templates_are_blank_or_hold_the_loans_a_bank_has_to_report() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample("registration/SGH_registration.xlsx"));
        clerk.settled(&id);
        clerk.decide(&id, "acceptable");
        clerk.settled(&id);
        let get = |path: &str| wire::get(server.address, path);
        for kind in ["partners", "registrations", "servicing", "claims", "fund"] {
            let reply = get(&format!("/imports/templates/{kind}"));
            assert!(reply.status == 200 && reply.body.starts_with(b"PK"), "{kind}");
        }
        let filled = get("/imports/templates/servicing?bank=SGH");
        assert!(filled.header("content-disposition").contains("SGH_202507.xlsx"), "{:?}", filled.head);
        // What is to be confirmed is left open: sent back as it is, every row is refused.
        let id = clerk.upload("servicing", "SGH_202507.xlsx", &filled.body);
        let page = clerk.settled(&id);
        assert!(page.contains("195 条记录") && page.contains("没有可以导入的记录"), "{page}");
        for nothing in ["/imports/templates/other", "/imports/templates/servicing?bank=XXX"] {
            assert_eq!(get(nothing).status, 404, "{nothing}");
        }
    });
}

#[test]
fn a_list_leaves_as_its_page_is_filtered_in_every_form() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        for (name, file) in [("SGH", "SGH_registration.xlsx"), ("YMK", "YMK_registration.csv")] {
            let id = clerk.upload("registrations", file, &sample(&format!("registration/{file}")));
            clerk.settled(&id);
            clerk.decide(&id, "acceptable");
            assert!(clerk.settled(&id).contains("导入完成"), "{name}");
        }
        let get = |path: &str| wire::get(server.address, path);
        let json = |path: &str| -> Vec<serde_json::Value> { serde_json::from_slice(&get(path).body).unwrap() };
        let all = json("/lists/loan-status.json").len();
        let one = json("/lists/loan-status.json?bank=SGH").len();
        assert_eq!(one, 195);
        assert!(one < all);
        assert_eq!(json("/lists/loan-status.json?bank=SGH&q=SGH-2023-0005").len(), 1);
        // In the order of the page, whichever way it is turned.
        let principals = |dir: &str| -> Vec<i64> {
            let path = format!("/lists/loan-status.json?bank=SGH&sort=principal&dir={dir}");
            json(&path).iter().map(|row| row["principal"].as_str().unwrap().replace('.', "").parse().unwrap()).collect()
        };
        let (up, down) = (principals("asc"), principals("desc"));
        assert_eq!((up.len(), down.len()), (195, 195));
        assert!(up.is_sorted() && !down.is_sorted() && down.iter().rev().is_sorted(), "{up:?}");
        let page = get("/loans?bank=SGH&sort=principal&dir=asc").text().to_owned();
        let link = page.split("/lists/loan-status.xlsx").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert!(link.contains("sort=principal") && link.contains("dir=asc"), "{link}");
        assert!(get("/lists/loan-status.csv").text().contains("SGH-2023-0005"));
        assert!(get("/lists/loans.xlsx?bank=SGH").body.starts_with(b"PK"));
        for list in ["claim-status", "fund", "imports", "findings", "jobs", "mails"] {
            assert_eq!(get(&format!("/lists/{list}.csv")).status, 200, "{list}");
        }
        for nothing in ["/lists/loans", "/lists/secrets.csv", "/lists/loans.exe", "/lists/jobs.csv?bank=SGH"] {
            assert_eq!(get(nothing).status, 404, "{nothing}");
        }
    });
}
