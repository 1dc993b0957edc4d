//! From the check to the books: what is saved when, and what is not.

use super::books::{book, clerk_at, loans_of, sample};
use crate::support::product::on_both;
use crate::support::serving::Serving;
use crate::support::wire;

const SGH: &str = "registration/SGH_registration.xlsx";

#[test]
fn a_check_saves_nothing_and_the_decision_saves_the_acceptable_records_once() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample(SGH));
        let page = clerk.settled(&id);
        assert!(page.contains("条可以导入") && page.contains("目前没有导入任何内容"), "{page}");
        assert!(page.contains("桑干河农村商业银行") && page.contains("sgh_registrations"), "{page}");
        assert!(page.contains("USCC_CHARSET"), "{page}");
        assert_eq!(loans_of(&clerk, "SGH"), 0, "a check saves nothing");
        let board = wire::get(server.address, "/").text();
        assert!(board.contains("待确认导入") && board.contains("SGH_registration.xlsx"), "{board}");

        clerk.decide(&id, "acceptable");
        // A second click, or a reload of the form, changes nothing.
        clerk.decide(&id, "acceptable");
        let page = clerk.settled(&id);
        assert!(page.contains("导入完成") && page.contains("条有错误未导入"), "{page}");
        let saved = loans_of(&clerk, "SGH");
        assert!(saved > 50, "{saved}");

        let again = clerk.upload("registrations", "其他名字.xlsx", &sample(SGH));
        assert!(clerk.settled(&again).contains("该文件已导入过"));
        assert_eq!(loans_of(&clerk, "SGH"), saved);
        assert!(!wire::get(server.address, "/").text().contains("待确认导入"));
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
        let history = installation.json(&["import", "registrations", SGH], &[0, 1]);
        assert_eq!(history["files"][0]["records_unchanged"].as_u64().unwrap(), saved);
    });
}

#[test]
fn all_or_nothing_sends_a_file_with_one_error_back_whole() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let fields = [("kind", "registrations"), ("all_or_nothing", "yes")];
        let id = clerk.upload_with(&fields, "SGH_registration.xlsx", &sample(SGH));
        let page = clerk.settled(&id);
        assert!(page.contains("文件已退回") && page.contains("USCC_CHARSET"), "{page}");
        clerk.decide(&id, "acceptable");
        assert!(clerk.page(&id).contains("文件已退回"), "an ended upload takes no more decisions");

        // The same is decided after the check.
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample(SGH));
        clerk.settled(&id);
        clerk.decide(&id, "all");
        assert!(clerk.settled(&id).contains("文件已退回"));
        let id = clerk.upload("registrations", "SGH_registration.xlsx", &sample(SGH));
        clerk.settled(&id);
        clerk.decide(&id, "nothing");
        assert!(clerk.settled(&id).contains("已取消"));
        assert_eq!(loans_of(&clerk, "SGH"), 0);
    });
}

#[test]
fn a_month_that_is_sent_again_asks_whether_it_is_whole_or_a_correction() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let id = clerk.upload("registrations", "YMK_registration.csv", &sample("registration/YMK_registration.csv"));
        clerk.settled(&id);
        clerk.decide(&id, "acceptable");
        clerk.settled(&id);
        let id = clerk.upload("servicing", "YMK_202507.csv", &sample("monthly/YMK_202507.csv"));
        let page = clerk.settled(&id);
        assert!(page.contains("2025-07") && !page.contains("全月重报"), "{page}");
        clerk.decide(&id, if page.contains("value=\"acceptable\"") { "acceptable" } else { "all" });
        assert!(clerk.settled(&id).contains("导入完成"));

        // One row less: only a correction is offered.
        let text = String::from_utf8_lossy(&sample("monthly/YMK_202507.csv")).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let shorter = lines[..lines.len() - 1].join("\n");
        let id = clerk.upload("servicing", "YMK_202507.csv", shorter.as_bytes());
        let page = clerk.settled(&id);
        assert!(page.contains("缺少上次已报的"), "{page}");
        let answer = if page.contains("value=\"acceptable\"") { "acceptable" } else { "all" };
        clerk.decide(&id, answer);
        assert!(clerk.page(&id).contains("缺少上次已报的"), "a whole month is not taken from such a file");
        let reply = clerk.post(&id, "decision", &[("answer", answer), ("scope", "partial")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        assert!(clerk.settled(&id).contains("导入完成"));

        // All rows, one figure changed: the clerk has to say what it is.
        let cells: Vec<&str> = lines[1].split(',').collect();
        let changed = text.replacen(lines[1], &lines[1].replacen(cells[2], "1.00", 1), 1);
        assert_ne!(changed, text);
        let id = clerk.upload("servicing", "YMK_202507.csv", changed.as_bytes());
        let page = clerk.settled(&id);
        assert!(page.contains("全月重报"), "{page}");
        let reply = clerk.post(&id, "decision", &[("answer", "all")]);
        assert_eq!(reply.status, 422);
        assert!(reply.text().contains("错误：") && reply.text().contains("请选择全月重报或仅更正"), "{}", reply.text());
    });
}

#[test]
fn a_running_check_or_import_can_be_cancelled_and_leaves_nothing() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let bytes = book(2_000);
        let id = clerk.upload("registrations", "YMK_registration.csv", &bytes);
        let reply = clerk.post(&id, "cancel", &[]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        let page = clerk.settled(&id);
        assert!(page.contains("已取消，没有导入任何内容"), "{page}");

        let id = clerk.upload("registrations", "YMK_registration.csv", &bytes);
        assert!(clerk.settled(&id).contains("全部合格"));
        clerk.decide(&id, "all");
        assert_eq!(clerk.post(&id, "cancel", &[]).status, 303);
        let page = clerk.settled(&id);
        assert!(page.contains("已取消，没有导入任何内容"), "{page}");
        assert_eq!(loans_of(&clerk, "YMK"), 0);

        // Whoever changes their mind sends it again.
        let id = clerk.upload("registrations", "YMK_registration.csv", &bytes);
        clerk.settled(&id);
        clerk.decide(&id, "all");
        assert!(clerk.settled(&id).contains("新增 2000 条"), "{}", clerk.page(&id));
        assert_eq!(clerk.post(&id, "cancel", &[]).status, 303);
        assert!(clerk.settled(&id).contains("导入完成"), "what is done stays done");
    });
}

#[test]
fn what_was_confirmed_is_what_is_saved() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = clerk_at(&server);
        let first = clerk.upload("registrations", "YMK_a.csv", &book(3));
        let second = clerk.upload("registrations", "YMK_b.csv", &book(5));
        clerk.settled(&first);
        assert!(clerk.settled(&second).contains("新增 5，已在库中 0"));
        clerk.decide(&first, "all");
        assert!(clerk.settled(&first).contains("新增 3 条"));
        clerk.decide(&second, "all");
        let page = clerk.settled(&second);
        assert!(page.contains("检查之后库中数据有变化") && page.contains("新增 2，已在库中 3"), "{page}");
        assert_eq!(loans_of(&clerk, "YMK"), 3, "something else than was confirmed is not saved");
        clerk.decide(&second, "all");
        assert!(clerk.settled(&second).contains("新增 2 条"));
        assert_eq!(loans_of(&clerk, "YMK"), 5);
    });
}
