//! What stands before whoever decides: a claim that is being written, the verdict of a registration, the ground of a
//! grant, and what keeps a payment from being ordered.

use pledgefund::import::form_notes;
use pledgefund::link::segment;
use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::acting::{Desk, Shown};
use crate::stories::town::{FUND, Town, figures, measure, review, second_version};
use crate::support::product::{Installation, on_both};

const FIGURES: [(&str, &str); 2] = [("figures.outstanding", "1000000"), ("figures.overdue_since", "2025-05-01")];

#[test]
fn a_claim_that_is_being_written_has_a_page_where_its_bank_finds_it() {
    on_both(|installation| {
        let desk = Desk::of(installation);
        let claim = format!("{}@2025-09-01", desk.loan);
        let page = format!("/claims/{}", segment(&claim));
        assert_eq!(desk.get("甲经办", &page).status, 404, "nothing was written");
        let form = desk.get("甲经办", &desk.act_path(&claim, "drafted")).text;
        assert!(form.contains("value=\"2025-01-06\""), "the day of the pledge is known: {form}");
        let saved = desk.fill("甲经办", &desk.act_path(&claim, "drafted"), &FIGURES);
        assert!(saved.status == 303 && saved.location.starts_with(&page), "{}", saved.location);
        for who in ["甲经办", "甲复核", "审核员"] {
            let shown = desk.get(who, &page);
            assert_eq!(shown.status, 200, "{who}");
            for word in ["草稿 A1", "填写中", "1,000,000.00", "测算预览", "400,000.00", "材料完整度", "已声明 0 份"]
            {
                assert!(shown.text.contains(word), "{who} {word}: {}", shown.text);
            }
            assert!(!shown.text.contains("/sheet"), "nothing is computed yet");
        }
        assert_eq!(desk.get("乙经办", &page).status, 404, "another bank's");
        assert!(desk.get("甲复核", &page).text.contains("复核并提交</a>"), "what can be done stands there");
        let (own, funds) = (desk.get("甲经办", "/claims").text, desk.get("审核员", "/claims").text);
        assert!(own.contains("尚未提交") && own.contains("草稿 A1"), "{own}");
        assert!(!funds.contains("草稿") && !desk.get("乙经办", "/claims").text.contains("草稿"));
        assert!(!desk.get("甲经办", "/claims?state=paid").text.contains("草稿"));
        let todo = desk.get("甲复核", "/todo").text;
        assert!(todo.contains(&page.replace('/', "&#x2f;")) || todo.contains(&page), "{todo}");
        let handing_in = desk.get("甲复核", &desk.act_path(&claim, "submitted")).text;
        for word in ["办理依据", "1,000,000.00", "2025-05-01", "材料完整度", "测算预览"] {
            assert!(handing_in.contains(word), "{word}: {handing_in}");
        }
        assert_eq!(desk.fill("甲复核", &desk.act_path(&claim, "submitted"), &[]).status, 303);
        let shown = desk.get("甲经办", &page).text;
        assert!(shown.contains("BC-0001") && !shown.contains("草稿") && shown.contains("sheet"), "{shown}");
        assert!(!desk.get("甲经办", "/claims").text.contains("草稿"));
    });
}

#[test]
fn who_decides_on_a_registration_sees_what_its_officer_was_told() {
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-01-10", &measure("shuozhou-1"));
    let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
    town.on("2025-09-01");
    let mut form = town.form("A2", "500000.00", "2025-08-20", "2026-08-20");
    // The same right as the loan that is on the register, under another pledge.
    form["rights"] = town.form("A1", "1.00", "2025-08-20", "2026-08-20")["rights"].clone();
    let subject = format!("{FUND}:AAA:A2");
    town.act(Life::Registration, &subject, "drafted", "甲经办", json!({ "form": form }));
    let desk = Desk::within(town, loan);
    let page = format!("/registrations/{}", segment(&subject));
    let told = ["按现行规则的核对", "可备案", "资金承担比例", "疑似已为其他贷款质押"];
    for who in ["甲复核", "登记员"] {
        let shown = desk.get(who, &page).text;
        assert!(told.iter().all(|word| shown.contains(word)), "{who}: {shown}");
        assert!(!shown.contains(&desk.loan), "not which loan");
    }
    let above = desk.get("甲复核", &format!("/acts/registration/{}/submitted", segment(&subject))).text;
    assert!(above.contains("办理依据") && above.contains("疑似已为其他贷款质押"), "{above}");
    assert_eq!(desk.get("乙经办", &page).status, 404);
}

#[test]
fn a_contract_on_the_register_is_told_where_it_is_typed() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let typed = format!("guard={}&form=begin&contract=A1", "c".repeat(64));
    let told = desk.send("POST", "甲经办", "/registrations", typed);
    assert_eq!(told.status, 422);
    let page = format!("/loans/{}", segment(&desk.loan));
    let links = |shown: &Shown| shown.text.contains(&page) || shown.text.contains(&page.replace('/', "&#x2f;"));
    assert!(told.text.contains("已在贷款备案中，状态为“已备案”") && links(&told), "{}", told.text);
    assert!(told.text.contains("value=\"A1\""), "what was typed stays");
    let form = desk.get("甲经办", &format!("/acts/registration/{}/drafted", segment(&desk.loan)));
    assert!(form.text.contains("已在贷款备案中") && links(&form), "{}", form.text);
    let free = format!("guard={}&form=begin&contract=A9", "c".repeat(64));
    assert_eq!(desk.send("POST", "甲经办", "/registrations", free).status, 303);
}

#[test]
fn a_share_above_the_whole_is_refused_while_it_is_typed() {
    let codes = |share: &str| {
        let found = form_notes::notes(&json!({ "ip_share": share }));
        found.into_iter().map(|note| (note.at.clone(), note.refuses)).collect::<Vec<_>>()
    };
    assert_eq!(codes("1.1"), [("ip_share".to_owned(), true)]);
    assert!(codes("1").is_empty() && codes("").is_empty());
}

/// The second version asks for papers and publicity.
fn reviewed(installation: &Installation) -> (Desk, String) {
    let mut town = Town::found(installation, "2025-08-04", &second_version());
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
    (Desk::within(town, loan), claim)
}

#[test]
fn who_grants_sees_what_it_rests_on_and_what_is_left_then() {
    let installation = Installation::sqlite();
    let (desk, claim) = reviewed(&installation);
    let path = desk.act_path(&claim, "approved");
    let form = desk.get("分管", &path).text;
    for word in ["办理依据", "朔州市安泰农产品加工有限公司", "甲银行", "A1", "测算应补偿额", "打印计算书"]
    {
        assert!(form.contains(word), "{word}: {form}");
    }
    let check = desk.fill("分管", &path, &[("no_conflict", "yes")]);
    assert!(check.text.contains("批准后资金可用余额") && check.text.contains("甲银行"), "{}", check.text);
    // What was said to be there is told apart from what came.
    let page = desk.get("审核员", &format!("/claims/{}", segment(&claim))).text;
    assert!(page.contains("已上传 0 份") && page.contains("已声明、未上传"), "{page}");
    let printed = desk.get("审核员", &format!("/claims/{}/forms/approval", segment(&claim))).text;
    assert!(printed.contains("BC-0001（") && printed.contains("已声明，未附文件"), "{printed}");
    assert!(!printed.contains("已提交"), "{printed}");
}

#[test]
fn a_grant_that_cannot_be_ordered_yet_says_why_instead_of_being_offered() {
    let installation = Installation::sqlite();
    let (desk, claim) = reviewed(&installation);
    let granted = [("no_conflict", "yes"), ("level", "deputy")];
    let (_, done) = desk.fill_and_confirm("分管", &desk.act_path(&claim, "approved"), &granted);
    assert_eq!(done.status, 303, "{}", done.text);
    let list = desk.get("登记员", "/payments?state=approved").text;
    assert!(list.contains("尚未公示或公示期未满") && !list.contains("name=\"case\""), "{list}");
}

#[test]
fn what_waits_tells_its_last_day() {
    let installation = Installation::sqlite();
    let mut town = Town::found(&installation, "2025-08-04", &second_version());
    town.pay_in("1", "50000000.00");
    let loan = town.lend("AAA", town.form("A1", "900000.00", "2025-08-04", "2026-08-04"));
    town.on("2026-03-02");
    let claim = town.ask(&loan, figures("900000.00", "2025-11-20"));
    let due = town.status(&claim).due_on.expect("three working days to take it on");
    town.on("2026-03-20");
    let desk = Desk::within(town, loan);
    let todo = desk.get("登记员", "/todo").text;
    assert!(todo.contains(&due.to_string()) && todo.contains("逾期 ") && todo.contains("2026-03-02 申请"), "{todo}");
}

#[test]
fn what_a_first_loan_needs_is_told_to_its_officer_at_once() {
    let installation = Installation::sqlite();
    let desk = Desk::of(&installation);
    let path = format!("/acts/registration/{}/drafted", segment(&format!("{FUND}:AAA:A7")));
    let page = desk.get("甲经办", &path).text;
    let look =
        |first: &str| desk.post("甲经办", &path, &page, &[("form.first_loan_declared", first), ("step", "look")]).text;
    let (first, other) = (look("yes"), look("no"));
    assert!(first.contains("首贷须附放款前30日内查询的征信报告") && first.contains("知情同意书"), "{first}");
    assert!(!other.contains("首贷须附") && other.contains("知情同意书"), "{other}");
}
