//! Findings of care that free from blame.

use pledgefund::storage::find::Reach;
use pledgefund::usecase::lives::{Life, exemption};
use serde_json::{Value, json};

use super::{FUND, SOUND, refused, staff, take, ymk};
use crate::support::product::on_both;

const ON: &str = "2026-08-03";

fn finding(loan: &str, persons: &[&str], institution: &str) -> Value {
    json!({
        "loan": loan, "persons": persons, "institution": institution, "grounds": "贷前贷后均尽职",
        "decision": "exempt", "minutes_no": "纪要1号",
    })
}

#[test]
fn a_finding_is_recorded_by_somebody_else_and_put_right_with_its_history() {
    on_both(|installation| {
        installation.opened();
        let app = installation.app(ON);
        staff(&app);
        let loan = ymk(SOUND);
        let refuse = |number: &str, details: Value, by: &str| {
            refused(&app, Life::Exemption, number, "recorded", details, by, ON)
        };
        assert_eq!(refuse("免1", finding(&loan, &["雁门复核"], "bank:YMK"), "雁门复核"), "EXEMPTION_ONESELF");
        assert_eq!(refuse("免1", finding(&loan, &["雁门信贷"], "bank:YMK"), "雁门信贷"), "ACT_ROLE");
        assert_eq!(refuse("免1", finding(&loan, &["雁门信贷"], "bank:YMK"), "桑干复核"), "ACT_ROLE");
        assert_eq!(refuse("免1", finding(&loan, &["桑干信贷"], "bank:SGH"), "桑干复核"), "EXEMPTION_SUBJECT");
        assert_eq!(refuse("免1", finding(&ymk("没有"), &["雁门信贷"], "bank:YMK"), "雁门复核"), "EXEMPTION_SUBJECT");
        assert_eq!(refuse("免1", finding(&loan, &[], "bank:YMK"), "雁门复核"), "EXEMPTION_NOBODY");
        assert_eq!(refuse(" 免1", finding(&loan, &["雁门信贷"], "bank:YMK"), "雁门复核"), "EXEMPTION_NUMBER");
        let mut both = finding(&loan, &["雁门信贷"], "bank:YMK");
        both["claim"] = json!("某申请");
        assert_eq!(refuse("免1", both, "雁门复核"), "EXEMPTION_ABOUT");
        take(&app, Life::Exemption, "免1", "recorded", finding(&loan, &["雁门信贷"], "bank:YMK"), "雁门复核", ON);
        assert_eq!(refuse("免1", finding(&loan, &["雁门信贷"], "bank:YMK"), "审批人"), "EXEMPTION_KNOWN");
        let revised = json!({
            "persons": ["雁门信贷"], "grounds": "贷后检查缺失", "decision": "not_exempt", "minutes_no": "纪要2号",
            "reason": "复核发现新情况",
        });
        let code = refused(&app, Life::Exemption, "免2", "revised", revised.clone(), "审批人", ON);
        assert_eq!(code, "EXEMPTION_UNKNOWN");
        take(&app, Life::Exemption, "免1", "revised", revised, "审批人", ON);
        let mut db = app.store.read().unwrap();
        let seen = |db: &mut pledgefund::storage::Db, reach: Reach| exemption::list_json(db, &reach).unwrap();
        let all = seen(&mut db, Reach::of_fund(FUND));
        let one = &all["exemptions"][0];
        assert_eq!((&one["decision"], &one["revisions"]), (&json!("not_exempt"), &json!(1)), "{all}");
        assert_eq!(seen(&mut db, Reach::of_bank(FUND, "SGH"))["exemptions"], json!([]));
        assert_eq!(seen(&mut db, Reach::of_bank(FUND, "YMK"))["exemptions"].as_array().unwrap().len(), 1);
        drop(db);
        installation.proves();
    });
}
