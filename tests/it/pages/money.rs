//! The money pages: several payments in one go, statements matched by hand, months closed, voucher numbers typed back.

use axum::body::{Body, to_bytes};
use axum::http::{Request as Asked, header};
use pledgefund::domain::calendar::Month;
use pledgefund::link::segment;
use pledgefund::storage::find::{Reach, acts, claims, money};
use pledgefund::usecase::books::vouchers;
use pledgefund::usecase::lives::{Life, Request, batch};
use pledgefund::usecase::verify::verify;
use serde_json::json;
use tower::ServiceExt;

use super::acting::{Desk, Shown, token};
use crate::stories::town::{FUND, Town, figures, measure, review, second_version};
use crate::support::product::{Installation, on_both};

const LIST: &str = "/payments/batch?act";
/// A link to a list, as it stands in a page.
const LISTED: &str = "&#x2f;payments&#x2f;batch&#x2f;";

/// Three granted claims, two of 甲银行 and one of 乙银行; the third was granted by 审核员, who stands in for 分管.
fn granted(installation: &Installation) -> (Desk, [String; 3]) {
    let mut town = Town::found(installation, "2025-01-10", &measure("shuozhou-1"));
    town.pay_in("1", "10000000");
    let lend = |town: &Town, bank: &str, contract: &str| {
        town.lend(bank, town.form(contract, "1000000.00", "2025-01-06", "2026-01-06"))
    };
    let loans = [lend(&town, "AAA", "A1"), lend(&town, "AAA", "A2"), lend(&town, "BBB", "B1")];
    town.on("2025-09-01");
    let claims = loans.each_ref().map(|loan| town.ask(loan, figures("1000000.00", "2025-05-01")));
    for claim in &claims[..2] {
        assert_eq!(town.grant(claim, "分管"), "400000.00");
    }
    let stand_in = json!({
        "deputy": "审核员", "role": "fund_approver", "from": "2025-09-01", "until": "2025-09-30", "reason": "休假",
    });
    town.act(Life::Person, "分管", "delegated", "分管", stand_in);
    town.claim(&claims[2], "accepted", "登记员", json!({}));
    town.claim(&claims[2], "reviewed", "登记员", review());
    town.approve(&claims[2], "审核员");
    (Desk::within(town, loans[0].clone()), claims)
}

impl Desk {
    fn number(&self, claim: &str) -> i64 {
        let mut db = self.app.store.read().unwrap();
        claims::status(&mut db, &Reach::of_fund(FUND), claim).unwrap().unwrap().arrival
    }

    fn state(&self, claim: &str) -> String {
        let mut db = self.app.store.read().unwrap();
        claims::status(&mut db, &Reach::of_fund(FUND), claim).unwrap().unwrap().state
    }

    /// How often an act was taken on these claims.
    fn taken(&self, claims: &[String], act: &str) -> usize {
        let mut db = self.app.store.read().unwrap();
        let all = claims.iter().flat_map(|claim| acts::of(&mut db, FUND, "claim", claim).unwrap());
        all.filter(|row| row.act == act).count()
    }

    /// The address under which these claims are taken together.
    fn batch(&self, act: &str, claims: &[String]) -> String {
        let cases: Vec<String> = claims.iter().map(|claim| format!("case={}", self.number(claim))).collect();
        format!("{LIST}={act}&{}", cases.join("&"))
    }

    /// Fills the form for several in and sends it to its check.
    fn to_check(&self, who: &str, act: &str, claims: &[String], fields: &[(&str, &str)]) -> Shown {
        let path = self.batch(act, claims);
        let page = self.get(who, &path);
        assert_eq!(page.status, 200, "{who} {path}: {}", page.location);
        // Every claim has fields of its own, and those of one name are all sent.
        self.send_all(who, &page.text, fields)
    }

    fn send_all(&self, who: &str, page: &str, fields: &[(&str, &str)]) -> Shown {
        let mut sent: Vec<(String, String)> = super::acting::inputs(page);
        for (name, value) in fields {
            sent.retain(|(known, _)| known != name);
            sent.push(((*name).to_owned(), (*value).to_owned()));
        }
        let body: Vec<String> =
            sent.iter().map(|(name, value)| format!("{}={}", segment(name), segment(value))).collect();
        self.send("POST", who, "/payments/batch", body.join("&"))
    }

    #[track_caller]
    fn proves(&self) {
        let proof = verify(&mut self.app.store.read().unwrap(), FUND).unwrap();
        let failed: Vec<_> = proof.checks.iter().filter(|check| !check.ok).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}

/// A payment that was taken with others leads to the list of what was done.
#[track_caller]
fn done(shown: &Shown) -> String {
    assert_eq!((shown.status, shown.location.contains("done=acted")), (303, true), "{}", shown.text);
    shown.location.split('?').next().unwrap().to_owned()
}

#[test]
fn three_claims_are_ordered_paid_and_received_together_and_a_form_sent_twice_acts_once() {
    on_both(|installation| {
        let (desk, claims) = granted(installation);
        let list = desk.get("审核员", "/payments?state=approved").text;
        assert!(list.contains("已批待下达 3 笔") && list.contains("1,200,000.00"), "{list}");
        assert!(list.contains("人民币壹佰贰拾万元整") && list.contains("name=\"case\""));
        let of_bank = desk.get("审核员", "/payments?state=approved&bank=BBB").text;
        assert!(of_bank.contains("已批待下达 1 笔") && !of_bank.contains("1,200,000.00"));
        assert!(!desk.get("出纳", "/payments?state=approved").text.contains("name=\"case\""), "not the payer's act");
        // Who stood in for the granter may not order what was granted: named before anything is done.
        let check = desk.to_check("审核员", "ordered", &claims, &[]);
        assert_eq!(check.status, 200, "{}", check.text);
        assert!(check.text.contains("可办理 2 笔，不能办理 1 笔") && check.text.contains("审核员"), "{}", check.text);
        assert!(check.text.contains("人民币捌拾万元整") && check.text.contains("****2222"));
        assert!(!check.text.contains("6222000011112222"));
        assert_eq!(desk.taken(&claims, "ordered"), 0);
        let confirm = [("step", "confirm")];
        let printed = done(&desk.send_all("审核员", &check.text, &confirm));
        assert_eq!(claims.each_ref().map(|claim| desk.state(claim)), ["ordered", "ordered", "approved"]);
        let printed = desk.get("审核员", &printed).text;
        assert!(
            printed.contains("拨付清单") && printed.contains("800,000.00") && printed.contains("****2222"),
            "{printed}"
        );
        assert_eq!(
            done(&desk.send_all("审核员", &check.text, &confirm)),
            done(&desk.send_all("审核员", &check.text, &confirm))
        );
        assert_eq!(desk.taken(&claims, "ordered"), 2, "the same form again is the same acts");
        // The list is found again later, once however often the form was sent.
        let found = desk.get("出纳", "/payments").text;
        let lists = found.split_once("近期清单").unwrap().1;
        assert_eq!(lists.matches(LISTED).count(), 1, "{lists}");
        assert!(lists.contains("审核员") && lists.contains("<td class=\"num\">2</td>"), "{lists}");
        let third = desk.to_check("登记员", "ordered", &claims[2..], &[]);
        done(&desk.send_all("登记员", &third.text, &confirm));
        // Without a number of the voucher each row says so.
        let bare = desk.to_check("出纳", "paid", &claims, &[]).text;
        assert!(
            bare.contains("不能办理 3 笔") && bare.contains("请填写“") && !bare.contains("value=\"confirm\""),
            "{bare}"
        );
        let own = format!("reference[{}]", desk.number(&claims[1]));
        let check = desk.to_check("出纳", "paid", &claims, &[("reference", "凭7"), (&own, "凭8")]);
        assert!(check.text.contains("可办理 3 笔"), "{}", check.text);
        done(&desk.send_all("出纳", &check.text, &confirm));
        let printed = done(&desk.send_all("出纳", &check.text, &confirm));
        let printed = desk.get("出纳", &printed).text;
        assert!(printed.contains("凭7") && printed.contains("凭8") && printed.contains("1,200,000.00"), "{printed}");
        assert_eq!(desk.taken(&claims, "paid"), 3);
        let cash = money::account_balance(&mut desk.app.store.read().unwrap(), FUND, "cash").unwrap();
        assert_eq!(cash, 1_000_000_000 - 120_000_000, "no claim is paid twice");
        receipts(&desk, &claims);
        desk.proves();
    });
}

/// Each bank confirms its own, and knows of no other.
fn receipts(desk: &Desk, claims: &[String; 3]) {
    let own = desk.get("甲经办", "/payments").text;
    // One list of orders with both of its claims, one of orders with none, one of payments with two of three.
    let lists = own.split_once("近期清单").unwrap().1;
    assert_eq!((lists.matches(LISTED).count(), lists.matches(">2</td>").count()), (2, 2), "{lists}");
    assert!(own.contains("已支付待确认到账 2 笔") && own.contains("800,000.00"), "{own}");
    assert_eq!(desk.get("甲经办", &desk.batch("received", claims)).status, 404, "another bank's");
    for (who, own) in [("甲经办", &claims[..2]), ("乙经办", &claims[2..])] {
        let check = desk.to_check(who, "received", own, &[("reference", "回单9"), ("received_on", "2025年9月1日")]);
        done(&desk.send_all(who, &check.text, &[("step", "confirm")]));
    }
    assert_eq!(claims.each_ref().map(|claim| desk.state(claim)), ["recovering"; 3]);
}

#[test]
fn what_moved_on_since_the_check_is_named_and_the_others_are_done() {
    let installation = Installation::sqlite();
    let (desk, claims) = granted(&installation);
    // Nobody comes this far without having proved again who it is, and comes back to what was chosen.
    let away = desk.get("审核员!", &desk.batch("ordered", &claims[..2]));
    let chosen = format!("cases%3D{}.{}", desk.number(&claims[0]), desk.number(&claims[1]));
    assert!(away.status == 303 && away.location.contains(&chosen), "{}", away.location);
    assert_eq!(desk.get("审核员", "/payments/batch?act=ordered").status, 303, "nothing was chosen");
    assert_eq!(desk.get("审核员", "/payments/batch?act=approved&case=1").status, 404);
    let check = desk.to_check("审核员", "ordered", &claims[..2], &[]);
    let single = desk.to_check("登记员", "ordered", &claims[..1], &[]);
    done(&desk.send_all("登记员", &single.text, &[("step", "confirm")]));
    let late = desk.send_all("审核员", &check.text, &[("step", "confirm")]);
    assert_eq!(late.status, 422);
    assert!(late.text.contains("已有新的处理") && late.text.contains("已办理清单"), "{}", late.text);
    assert_eq!(claims.each_ref().map(|claim| desk.state(claim)), ["ordered", "ordered", "approved"]);
    assert_eq!(desk.taken(&claims, "ordered"), 2);
    assert_eq!(desk.get("审核员", "/payments/batch/xyz").status, 404);
    assert_eq!(desk.get("审核员", &format!("/payments/batch/{}", "0".repeat(32))).status, 404);
    let back = desk.send_all("审核员", &check.text, &[("step", "change"), ("reference", "支申1")]);
    assert!(back.status == 200 && back.text.contains("value=\"支申1\""), "what was typed stays");
    desk.proves();
}

#[test]
fn a_rehearsal_of_several_acts_sees_the_ones_before_and_leaves_nothing() {
    on_both(|installation| {
        let (desk, claims) = granted(installation);
        let heads = || pledgefund::storage::find::events::heads(&mut desk.app.store.read().unwrap()).unwrap();
        let before = heads();
        let request = |claim: &str| Request {
            life: Life::Claim,
            subject: claim.to_owned(),
            act: "ordered".to_owned(),
            details: json!({ "amount": "400000.00" }),
            by: "登记员".to_owned(),
            on: "2025-09-01".parse().unwrap(),
            expected: None,
            key: None,
        };
        let twice = [request(&claims[0]), request(&claims[0]), request(&claims[1])];
        let answers = batch::rehearse(&desk.app, &twice).unwrap();
        let codes: Vec<&str> =
            answers.iter().map(|one| one.as_ref().map_or_else(|error| error.code(), |_| "")).collect();
        assert_eq!(codes, ["", "CLAIM_STAGE", ""]);
        assert_eq!(heads(), before);
    });
}

#[test]
fn what_came_back_stands_in_its_own_tab_with_the_reason_and_a_late_payment_is_said_loudly() {
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-08-04", &second_version());
    town.pay_in("1", "10000000");
    let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-08-04", "2026-08-04"));
    town.on("2026-03-02");
    let mut asked = figures("1000000.00", "2025-11-20");
    let more = ["register_extract", "recovery_plan", "diligence", "use_check", "account"];
    asked["documents"].as_array_mut().unwrap().extend(more.map(|paper| json!(paper)));
    let claim = town.ask(&loan, asked);
    let granted = town.grant(&claim, "分管");
    town.claim(&claim, "publicised", "登记员", json!({ "medium": "局网站", "from": "2026-03-02" }));
    town.on("2026-03-12");
    town.claim(&claim, "ordered", "登记员", json!({ "amount": granted }));
    town.claim(&claim, "paid", "出纳", json!({ "paid_on": "2026-03-12", "voucher_no": "凭1" }));
    town.claim(&claim, "bounced", "出纳", json!({ "bounced_on": "2026-03-12", "reason": "户名不符" }));
    town.on("2026-06-01");
    let desk = Desk::within(town, loan);
    let shown = desk.get("登记员", "/payments?state=bounced").text;
    assert!(shown.contains("退票待重拨 1 笔") && shown.contains("户名不符"), "{shown}");
    let row = shown.split("<tbody>").nth(1).unwrap();
    let waited = row.split(" 个工作日").next().unwrap().rsplit("class=\"tag ").next().unwrap();
    assert!(waited.starts_with("bad\">") && row.contains("逾期"), "{row}");
    assert!(desk.get("登记员", "/payments?state=paid").text.contains("没有待确认的款项"));
}

/// The bank's word of January: one yuan nobody booked, and the contribution two days after it was booked.
pub const JANUARY: &str = "记账日期,收入金额,支出金额,余额,对方户名,流水号,摘要
2025-01-05,1.00,,1.00,本行,R1,结息
2025-01-12,10000000.00,,10000001.00,市财政局,R2,拨款
";

/// A town with money in the fund, in February.
fn february(installation: &Installation) -> Desk {
    let mut town = Town::found(installation, "2025-01-10", &measure("shuozhou-1"));
    town.pay_in("1", "10000000");
    town.on("2025-02-10");
    Desk::within(town, String::new())
}

impl Desk {
    /// Sends a statement through the page.
    fn upload(&self, fields: &[(&str, &str)]) -> Shown {
        let mut body = String::new();
        let guard = "c".repeat(64);
        for (name, value) in [&[("guard", guard.as_str()), ("form", "send")], fields].concat() {
            body += &format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body += &format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"jan.csv\"\r\n\r\n{JANUARY}\r\n--b--\r\n"
        );
        let request = Asked::builder()
            .method("POST")
            .uri("/statements")
            .header(header::HOST, "localhost")
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("__Host-session={}; __Host-lang=zh", token("出纳")))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        self.runtime.block_on(async {
            let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            let location = head.headers.get("location").map(|value| value.to_str().unwrap().to_owned());
            Shown {
                status: head.status.as_u16(),
                location: location.unwrap_or_default(),
                text: String::from_utf8_lossy(&bytes).into_owned(),
            }
        })
    }

    /// January told by the bank. Gives the address of its page.
    fn january(&self) -> String {
        let told = [("account", "6222 0210 0000 1234"), ("from", "2025-01-01"), ("to", "2025年1月31日")];
        let sent = self.upload(&told);
        assert_eq!(sent.status, 303, "{}", sent.text);
        sent.location.split('?').next().unwrap().to_owned()
    }

    /// The address of the form of the line on a day.
    fn line(&self, page: &str, on: &str) -> String {
        let shown = self.get("出纳", page).text;
        let row = shown.split("<tr>").find(|row| row.contains(on)).unwrap_or_else(|| panic!("{on}: {shown}"));
        let row = row.split("</tr>").next().unwrap();
        let href = row.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        href.replace("&#x2f;", "/").replace("&amp;", "&")
    }
}

#[test]
fn lines_are_matched_and_set_free_by_hand_and_those_that_are_open_stand_first() {
    on_both(|installation| {
        let desk = february(installation);
        let none = desk.upload(&[("account", "")]);
        assert_eq!(none.status, 422);
        assert!(none.text.contains("请选择账户"), "{}", none.text);
        let page = desk.january();
        let order = |shown: &str| {
            let rows = shown.split("<tbody>").last().unwrap();
            (rows.find("2025-01-05").unwrap(), rows.find("2025-01-12\">").unwrap())
        };
        let shown = desk.get("出纳", &page).text;
        assert!(shown.contains("明细（元）：未匹配 2") && shown.contains("****1234"), "{shown}");
        let (interest, transfer) = order(&shown);
        assert!(transfer < interest, "both open, the latest first");
        // Nothing in the books is one yuan.
        let nothing = desk.get("出纳", &desk.line(&page, "2025-01-05")).text;
        assert!(nothing.contains("没有金额、方向相同的未达账目"), "{nothing}");
        let at = desk.line(&page, "2025-01-12");
        let form = desk.get("出纳", &at).text;
        let booking = money::transactions(&mut desk.app.store.read().unwrap(), FUND).unwrap()[0].tx_id.clone();
        assert!(form.contains("2025-01-10 出资到账"), "{form}");
        let matched = desk.post("出纳", &at, &form, &[("booking", &booking)]);
        assert_eq!(matched.status, 303, "{}", matched.text);
        let shown = desk.get("出纳", &page).text;
        let (interest, transfer) = order(&shown);
        assert!(interest < transfer && shown.contains("明细（元）：未匹配 1"), "open lines stand first: {shown}");
        assert!(!desk.get("出纳", &format!("{page}?show=open")).text.contains("2025-01-12"));
        let list = desk.get("出纳", "/statements").text;
        assert!(list.contains("<span class=\"tag warn\">1</span>"), "{list}");
        let again = desk.post("出纳", &at, &form, &[("booking", &booking)]);
        assert_eq!(again.status, 422, "a line has one booking");
        let reconciled = desk
            .get("审核员", &format!("/statements/reconciliation?on=2025-01-31&note={}", segment("利息未入账")))
            .text;
        assert!(
            reconciled.contains("说明：利息未入账") && reconciled.contains("银行已收、账未收（元） (1)"),
            "{reconciled}"
        );
        assert!(
            reconciled.contains("相符") && reconciled.contains("10,000,001.00") && reconciled.contains("data-print")
        );
        // Set free again, with a reason.
        let free = desk.get("出纳", &at).text;
        let bare = desk.post("出纳", &at, &free, &[("reason", "")]);
        assert_eq!(bare.status, 422);
        assert!(bare.text.contains("请写明理由"), "{}", bare.text);
        assert_eq!(desk.post("出纳", &at, &free, &[("reason", "误配")]).status, 303);
        assert!(desk.get("出纳", &page).text.contains("明细（元）：未匹配 2"));
        assert_eq!(desk.post("登记员", &at, &free, &[("reason", "x")]).status, 403, "the books are the finance desk's");
        assert_eq!(desk.get("出纳", "/statements/none").status, 404);
        desk.proves();
    });
}

/// Every step that a month takes.
const STEPS: [&str; 4] = ["propose", "seal", "reject", "withdraw"];

/// A step on a month.
fn step(desk: &Desk, who: &str, step: &str, period: &str, note: &str) -> Shown {
    let guard = "c".repeat(64);
    let body = format!("guard={guard}&form={step}&step={step}&period={period}&note={}", segment(note));
    desk.send("POST", who, "/periods", body)
}

#[test]
fn a_month_says_what_keeps_it_open_until_it_is_closed_by_two() {
    on_both(|installation| {
        let desk = february(installation);
        let shown = desk.get("登记员", "/periods").text;
        assert!(shown.contains("对账单未到期末") && shown.contains("须写明差额或缺对账单的原因"), "{shown}");
        assert!(shown.contains("科目余额表 2025-01"), "the month that is closed next is shown");
        let refused = step(&desk, "登记员", "propose", "2025-01", "");
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("在说明中写明原因") && !refused.text.contains("--note"), "{}", refused.text);
        let ahead = step(&desk, "登记员", "propose", "2025-02", "差额待查");
        let kept = ahead.text.contains("科目余额表 2025-02") && ahead.text.contains("value=\"差额待查\"");
        assert!(ahead.status == 422 && kept, "{}", ahead.text);
        let nonsense = step(&desk, "登记员", "propose", "一月", "x");
        assert!(nonsense.status == 422 && nonsense.text.contains("“一月”不是月份"), "{}", nonsense.text);
        let page = desk.january();
        let at = desk.line(&page, "2025-01-12");
        let form = desk.get("出纳", &at).text;
        let booking = money::transactions(&mut desk.app.store.read().unwrap(), FUND).unwrap()[0].tx_id.clone();
        assert_eq!(desk.post("出纳", &at, &form, &[("booking", &booking)]).status, 303);
        let shown = desk.get("登记员", "/periods").text;
        assert!(shown.contains("可以提出结账") && shown.contains(">1 笔</a>"), "{shown}");
        let offered = |page: &str| STEPS.map(|step| page.contains(&format!("name=\"step\" value=\"{step}\"")));
        assert_eq!(offered(&shown), [true, false, false, false]);
        // Whoever is asked for password and code first finds the note again.
        let away = step(&desk, "登记员!", "propose", "2025-01", "十二月利息");
        assert_eq!(
            (away.status, away.location.as_str()),
            (303, "/sign-in/again?next=%2Fperiods%3Fkept%3D1%26done%3Dproved")
        );
        assert!(desk.get("登记员", "/periods?kept=1").text.contains("value=\"十二月利息\""));
        assert_eq!(step(&desk, "登记员", "propose", "2025-01", "").status, 303);
        assert!(!desk.get("登记员", "/periods?kept=1").text.contains("十二月利息"));
        let of_another = desk.get("分管", "/periods").text;
        assert!(of_another.contains("登记员 已提出，等待另一人封存"));
        assert_eq!(offered(&of_another), [false, true, true, false]);
        assert!(desk.get("分管", "/todo").text.contains("封存 2025-01"), "another is told");
        assert!(!desk.get("登记员", "/todo").text.contains("封存 2025-01"), "who proposed has nothing to do");
        assert_eq!(offered(&desk.get("登记员", "/periods").text), [false, false, false, true]);
        assert_eq!(step(&desk, "登记员", "seal", "2025-01", "").status, 422, "not by who proposed it");
        assert_eq!(step(&desk, "分管", "seal", "2025-01", "").status, 303);
        let shown = desk.get("登记员", "/periods").text;
        assert!(shown.contains("科目余额表 2025-02") && shown.contains("账期到2025-02-28才结束"), "{shown}");
        desk.proves();
    });
}

#[test]
fn the_journal_leaves_as_a_file_and_the_numbers_of_its_vouchers_come_back() {
    on_both(|installation| {
        let desk = february(installation);
        let xlsx = desk.get("登记员", "/periods/journal/2025-01.xlsx");
        assert!(xlsx.status == 200 && xlsx.text.starts_with("PK"));
        assert_eq!(desk.get("登记员", "/periods/journal/2025-01.json").status, 404);
        let empty = desk.get("登记员", "/periods/journal/2025-02.csv").text;
        assert!(empty.contains("2025-02没有记账，无凭证可导出") && empty.contains("科目余额表 2025-02"), "{empty}");
        let path = "/periods/vouchers?month=2025-01";
        assert!(!desk.get("登记员", path).text.contains("name=\"number-1\""), "only the finance desk keeps numbers");
        let long = "9".repeat(41);
        let wrong = desk.fill("出纳", path, &[("number-1", &long)]);
        assert!(
            wrong.status == 422 && wrong.text.contains(&long) && wrong.text.contains("aria-invalid"),
            "{}",
            wrong.text
        );
        let kept = desk.fill("出纳", path, &[("number-1", "记字0007")]);
        assert!(kept.status == 303 && kept.location.contains("done=saved"), "{}", kept.text);
        // The same form with nothing changed keeps nothing.
        assert_eq!(desk.fill("出纳", path, &[]).status, 303);
        let month = Month::parse("2025-01").unwrap();
        let all = vouchers::of_month(&mut desk.app.store.read().unwrap(), FUND, month).unwrap();
        assert_eq!(all[0].outside.as_deref(), Some("记字0007"));
        let csv = desk.get("登记员", "/periods/journal/2025-01.csv").text;
        assert!(csv.contains("记字0007") && csv.contains("10000000.00"), "{csv}");
        assert!(desk.get("出纳", path).text.contains("尚缺外部凭证号 0 张"));
        desk.proves();
    });
}
