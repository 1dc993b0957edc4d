//! What a form may send, and from where.

use super::books::{clerk_at, sample};
use crate::support::product::on_both;
use crate::support::serving::{Clerk, Serving, multipart};
use crate::support::wire;

fn fields<'a>(clerk: &'a Clerk, token: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("guard", &clerk.guard), ("token", token), ("kind", "partners")]
}

#[test]
fn a_form_that_does_not_come_from_here_changes_nothing() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = Clerk::at(server.address);
        let token = clerk.token();
        let bytes = sample("partners.csv");
        let (kind, body) = multipart(&fields(&clerk, &token), &[("partners.csv", &bytes)]);
        let cookie = clerk.cookie.clone();
        let own = format!("Origin: http://{}", server.address);
        let foreign: [&[&str]; 7] = [
            &[],
            &["Origin: null"],
            &["Origin: http://evil.example"],
            &["Origin: http://127.0.0.1:1"],
            &["Sec-Fetch-Site: cross-site", &own],
            &["Sec-Fetch-Site: same-site"],
            &["Sec-Fetch-Site: same-origin", "Origin: http://evil.example"],
        ];
        for headers in foreign {
            let mut all = vec![kind.as_str(), cookie.as_str()];
            all.extend(headers);
            let reply = wire::send_bytes(server.address, "POST", "/imports/uploads", &all, &body);
            assert_eq!(reply.status, 403, "{headers:?}: {}", reply.text());
        }
        // From here, but without this browser's secret.
        for guard in ["", "00000000000000000000000000000000", "x"] {
            let other = Clerk { guard: guard.to_owned(), ..clerk.clone() };
            let (kind, body) = multipart(&fields(&other, &token), &[("partners.csv", &bytes)]);
            let all = [kind.as_str(), cookie.as_str(), own.as_str()];
            let reply = wire::send_bytes(server.address, "POST", "/imports/uploads", &all, &body);
            assert_eq!(reply.status, 403, "{guard}");
            assert!(reply.text().contains("页面已过期"), "{}", reply.text());
        }
        for path in ["decision", "cancel"] {
            let path = format!("/imports/uploads/x/{path}");
            assert_eq!(wire::send(server.address, "POST", &path, &[], "guard=x").status, 403, "{path}");
        }
        let page = wire::get(server.address, "/imports").text();
        assert!(page.contains("还没有上传过文件"), "{page}");

        // Either proof is enough for browsers that know only one.
        for proof in [own.as_str(), "Sec-Fetch-Site: same-origin"] {
            let all = [kind.as_str(), cookie.as_str(), proof];
            assert_eq!(
                wire::send_bytes(server.address, "POST", "/imports/uploads", &all, &body).status,
                303,
                "{proof}"
            );
        }
    });
}

#[test]
fn a_second_click_is_the_same_upload_and_another_file_another_one() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = Clerk::at(server.address);
        let token = clerk.token();
        let bytes = sample("partners.csv");
        let place = |bytes: &[u8]| clerk.send(&fields(&clerk, &token), &[("partners.csv", bytes)]).header("location");
        let first = place(&bytes);
        assert_eq!(place(&bytes), first);
        let other: Vec<u8> = bytes.iter().copied().chain(*b"\n").collect();
        assert_ne!(place(&other), first);
        // Several files of one form are as many uploads.
        let reply = clerk.send(&fields(&clerk, &clerk.token()), &[("a.csv", &bytes), ("b.csv", &other)]);
        assert_eq!((reply.status, reply.header("location").as_str()), (303, "/imports"));
        let page = wire::get(server.address, "/imports").text();
        assert!(page.contains(">a.csv<") && page.contains(">b.csv<"), "{page}");
    });
}

#[test]
fn too_much_is_refused_with_words() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = Clerk::at(server.address);
        let token = clerk.token();
        let large = vec![b'1'; 20 * 1024 * 1024 + 1];
        let reply = clerk.send(&fields(&clerk, &token), &[("large.csv", &large)]);
        assert_eq!(reply.status, 413);
        assert!(reply.text().contains("文件过大") && reply.text().contains("20 MB"), "{}", reply.text());
        let halves = [("a.csv", &large[..11 * 1024 * 1024]), ("b.csv", &large[..11 * 1024 * 1024])];
        assert_eq!(clerk.send(&fields(&clerk, &token), &halves).status, 413);
        let page = wire::get(server.address, "/imports").text();
        assert!(page.contains("还没有上传过文件"), "{page}");
        let long = "x".repeat(200_000);
        let reply = clerk.post("x", "decision", &[("answer", &long)]);
        assert_eq!(reply.status, 400, "{}", reply.text());
    });
}

#[test]
fn what_a_sender_forgot_is_asked_for_and_nothing_typed_is_lost() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = Clerk::at(server.address);
        let token = clerk.token();
        let sent = [("guard", clerk.guard.as_str()), ("token", &token), ("kind", "claims"), ("on", "二月三十日")];
        let reply = clerk.send(&sent, &[("", b"")]);
        assert_eq!(reply.status, 422);
        let page = reply.text();
        for words in ["错误：", "请选择要上传的文件", "业务日期无法识别"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(page.contains("<option value=\"claims\" selected>"), "{page}");
        // Dates as people write them.
        let bytes = sample("partners.csv");
        for day in ["2026年7月6日", "2026/7/6", "20260706"] {
            let mut form = fields(&clerk, &token);
            form.push(("on", day));
            let reply = clerk.send(&form, &[("partners.csv", &bytes)]);
            assert_eq!(reply.status, 303, "{day}");
            let id = reply.header("location").rsplit('/').next().unwrap().to_owned();
            assert!(clerk.page(&id).contains("2026-07-06"), "{day}");
        }
    });
}

#[test]
fn a_file_that_is_none_is_sent_back_with_words_and_the_server_goes_on() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let workbook = sample("registration/SGH_registration.xlsx");
        let cut = &workbook[..workbook.len() / 2];
        let nonsense: Vec<u8> =
            (0..50_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
        for (kind, name, bytes) in [
            ("registrations", "SGH_x.xlsx", b"MZ\x90\0not a workbook".as_slice()),
            ("registrations", "SGH_x.xlsx", cut),
            ("registrations", "SGH_x.csv", &nonsense),
            ("registrations", "../../../etc/SGH_passwd", b"root:x:0:0"),
            ("claims", "SGH_registration.xlsx", &workbook),
            ("servicing", "SGH_202507.csv", &sample("partners.csv")),
        ] {
            let id = clerk.upload(kind, name, bytes);
            let page = clerk.settled(&id);
            assert!(page.contains("文件已退回，没有导入任何内容"), "{name}: {page}");
            assert!(!page.contains("../"), "a name is a label, not a path");
        }
        assert_eq!(wire::get(server.address, "/imports/uploads/unknown").status, 404);
        assert_eq!(clerk.post("unknown", "cancel", &[]).status, 404);
        assert_eq!(wire::get(server.address, "/health").status, 200);
    });
}
