//! A month with refused rows on the pages: said before the decision, and open until a correction brings them.

use super::books::{clerk_at, sample};
use crate::loan_life::{LATE, SOUND};
use crate::support::product::on_both;
use crate::support::serving::{Clerk, Serving};

const HEADER: &str = "合同编号,报告日,贷款余额,逾期本金,逾期利息,逾期起始日,五级分类";

/// A clerk at a server whose books hold the loans of one bank.
fn with_loans(server: &Serving) -> Clerk {
    let clerk = clerk_at(server);
    let id = clerk.upload("registrations", "YMK_registration.csv", &sample("registration/YMK_registration.csv"));
    clerk.settled(&id);
    clerk.decide(&id, "acceptable");
    clerk.settled(&id);
    clerk
}

fn send(clerk: &Clerk, name: &str, rows: &[String]) -> String {
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let id = clerk.upload_with(&[("kind", "servicing"), ("bank", "YMK")], name, text.as_bytes());
    clerk.settled(&id);
    id
}

fn returns(clerk: &Clerk) -> String {
    clerk.get("/returns").text().replace("&#x2f;", "/")
}

#[test]
fn a_refused_row_leaves_its_month_open_and_its_loan_in_the_book() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = with_loans(&server);
        let sound = |day: &str| format!("{SOUND},{day},800000.00,0,0,,正常");
        let id = send(&clerk, "YMK_202507.csv", &[sound("20250731"), format!("{LATE},20250731,3200000.00,0,0,,损失")]);
        clerk.decide(&id, "all");
        clerk.settled(&id);
        let id = send(&clerk, "YMK_202508.csv", &[sound("20250831"), format!("{LATE},20250831,多少,0,0,,损失")]);
        let check = clerk.page(&id);
        assert!(check.contains("2025-08 有 1 笔贷款的行未被采纳") && check.contains("LOAN_CARRIED"), "{check}");
        assert!(check.contains("什么都不入库，文件记为“已退回”"), "{check}");
        clerk.decide(&id, "acceptable");
        let done = clerk.settled(&id);
        assert!(done.contains("2025-08 有 1 笔贷款沿用上次数据"), "{done}");
        let page = returns(&clerk);
        assert!(page.contains("已报送，1 笔待补"), "{page}");
        assert!(page.contains("/returns/YMK?month=2025-09"), "{page}");
        let first = clerk.get("/").text();
        assert!(first.contains("1 份余额报送不完整") && first.contains("1 笔待补"), "{first}");
        let grid = clerk.get("/returns/YMK?month=2025-09").text();
        assert!(grid.contains("3,200,000.00") && grid.contains("上月余额（元）"), "{grid}");
        assert!(clerk.get("/returns/YMK?month=2025-08").text().contains("没有可以填报的月份"));
        // The row alone, as the marked workbook brings it, closes the month.
        let id = send(&clerk, "YMK_202508_2.csv", &[format!("{LATE},20250831,3100000.00,0,0,,损失")]);
        let check = clerk.page(&id);
        assert!(check.contains("name=\"scope\" value=\"partial\""), "{check}");
        clerk.post(&id, "decision", &[("answer", "all"), ("scope", "partial")]);
        assert!(clerk.settled(&id).contains("导入完成"));
        assert!(!returns(&clerk).contains("待补"));
        assert!(!clerk.get("/").text().contains("份余额报送不完整"));
        assert_eq!(installation.json(&["verify"], &[0])["ok"], true);
    });
}

#[test]
fn loans_that_a_file_leaves_out_are_told_before_they_are_settled() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = with_loans(&server);
        let sound = |day: &str| format!("{SOUND},{day},800000.00,0,0,,正常");
        let id = send(&clerk, "YMK_202507.csv", &[sound("20250731"), format!("{LATE},20250731,3200000.00,0,0,,损失")]);
        assert!(!clerk.page(&id).contains("视为已结清"), "nothing is left out");
        clerk.decide(&id, "all");
        clerk.settled(&id);
        // The contract of the second row is mistyped: the loan that is meant is in no row.
        let mistyped = "没有的合同,20250831,3200000.00,0,0,,损失".to_owned();
        let id = send(&clerk, "YMK_202508.csv", &[sound("20250831"), mistyped]);
        let check = clerk.page(&id);
        assert!(check.contains("没有上月有余额的 1 笔贷款（上月余额合计 3,200,000.00 元）"), "{check}");
        assert!(check.contains("name=\"settles\" value=\"yes\" required"), "{check}");
    });
}

#[test]
fn the_oldest_gap_is_opened_and_its_month_stands_in_the_address() {
    on_both(|installation| {
        let server = Serving::start(installation);
        let clerk = with_loans(&server);
        for (name, day) in [("YMK_202507.csv", "20250731"), ("YMK_202509.csv", "20250930")] {
            let id = send(&clerk, name, &[format!("{SOUND},{day},800000.00,0,0,,正常")]);
            clerk.decide(&id, "all");
            clerk.settled(&id);
        }
        let page = returns(&clerk);
        assert!(page.contains("/returns/YMK?month=2025-08"), "{page}");
        assert!(!page.contains("/returns/YMK?month=2025-10"), "one month after the other: {page}");
        assert!(page.contains("/imports/templates/servicing?bank=YMK&amp;month=2025-08"), "{page}");
        let grid = clerk.get("/returns/YMK?month=2025-08").text();
        assert!(grid.contains("2025-08 余额报送") && grid.contains(SOUND), "{grid}");
        assert!(grid.contains("name=\"month\" value=\"2025-08\""), "{grid}");
        assert!(clerk.get("/returns/YMK").text().contains("2025-08 余额报送"));
    });
}
