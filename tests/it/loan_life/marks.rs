//! Longer terms, and marks that are taken back.

use pledgefund::storage::find::servicing;
use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::{LATE, SOUND, loan, refused, staff, take, ymk};
use crate::support::product::on_both;

const ON: &str = "2026-03-02";

#[test]
fn an_extension_moves_the_last_day_and_only_to_a_later_one() {
    on_both(|installation| {
        installation.opened();
        let app = installation.app(ON);
        staff(&app);
        let id = ymk(SOUND);
        let longer = |day: &str| json!({ "new_matures_on": day, "approval_no": "展〔2026〕3号", "reason": "回款延迟" });
        assert_eq!(loan(&app, &id).matures_on.to_string(), "2026-01-05");
        let code = refused(&app, Life::Loan, &id, "extended", longer("2026-01-05"), "雁门信贷", ON);
        assert_eq!(code, "LOAN_MATURITY");
        let code = refused(&app, Life::Loan, &id, "extended", longer("2027-01-05"), "桑干信贷", ON);
        assert_eq!(code, "LOAN_OTHER_BANK");
        let code = refused(&app, Life::Loan, &id, "extended", longer("2027-01-05"), "审批人", ON);
        assert_eq!(code, "ACT_ROLE");
        let code = refused(&app, Life::Loan, &ymk("没有"), "extended", longer("2027-01-05"), "雁门信贷", ON);
        assert_eq!(code, "LOAN_UNKNOWN");
        let answer = take(&app, Life::Loan, &id, "extended", longer("2027-01-05"), "雁门信贷", ON);
        assert_eq!(answer["matures_on"], "2027-01-05");
        assert_eq!(loan(&app, &id).matures_on.to_string(), "2027-01-05");
        installation.proves();
        // A report that comes later, and its undo, leave the longer term.
        installation.month_of_ymk("2026-02-28", &[(SOUND, "100000.00", "", "正常")]);
        installation.proves();
        installation.take_back(&installation.import_of("YMK_20260228.csv"));
        assert_eq!(loan(&app, &id).matures_on.to_string(), "2027-01-05");
        installation.proves();
    });
}

#[test]
fn a_mark_is_taken_back_by_two_persons_and_stays_off_until_the_bank_reports_anew() {
    on_both(|installation| {
        installation.opened();
        installation.month_of_ymk("2026-01-31", &[(LATE, "3200000.00", "2025-02-22", "次级")]);
        let app = installation.app(ON);
        staff(&app);
        let id = ymk(LATE);
        let tiers = || servicing::tiers_of(&mut app.store.read().unwrap(), &id).unwrap();
        let propose = |tier: &str, since: &str| json!({ "tier": tier, "overdue_since": since, "reason": "欠息已还清", "evidence": "还款凭证" });
        let decide = |accepted: bool| json!({ "accepted": accepted, "note": "已核对" });
        let refuse = |act: &str, details, by: &str| refused(&app, Life::Loan, &id, act, details, by, ON);
        assert_eq!(refuse("unmark_decided", decide(true), "雁门复核"), "LOAN_NOTHING_WAITS");
        assert_eq!(refuse("unmark_proposed", propose("substandard", ""), "雁门信贷"), "LOAN_TIER");
        assert_eq!(refuse("unmark_proposed", propose("normal", "2026-02-20"), "雁门信贷"), "LOAN_TIER");
        assert_eq!(refuse("unmark_proposed", propose("normal", ""), "管理员"), "ACT_ROLE");
        take(&app, Life::Loan, &id, "unmark_proposed", propose("special_mention", "2026-02-20"), "雁门两职", ON);
        assert_eq!(loan(&app, &id).servicing, "non_performing", "one person moves nothing");
        assert_eq!(refuse("unmark_proposed", propose("normal", ""), "雁门信贷"), "LOAN_WAITING");
        assert_eq!(refuse("unmark_decided", decide(true), "雁门两职"), "LOAN_SAME_PERSON");
        assert_eq!(refuse("unmark_decided", decide(true), "桑干复核"), "LOAN_OTHER_BANK");
        take(&app, Life::Loan, &id, "unmark_decided", decide(true), "雁门复核", ON);
        let after = loan(&app, &id);
        assert_eq!((after.servicing.as_str(), after.tier.as_deref()), ("overdue", Some("special_mention")));
        assert_eq!((after.overdue_days, after.overdue_since.unwrap().to_string()), (11, "2026-02-20".to_owned()));
        let last = tiers().pop().unwrap();
        assert_eq!((last.source.as_str(), last.effective_on.to_string()), ("unmarked", ON.to_owned()));
        installation.proves();
        // The evening leaves it; ninety days on it is marked again; the bank's next file has the last word.
        installation.json(&["job", "run", "daily_close", "--on", "2026-03-03"], &[0]);
        assert_eq!(loan(&app, &id).tier.as_deref(), Some("special_mention"));
        installation.json(&["job", "run", "daily_close", "--on", "2026-05-22"], &[0]);
        assert_eq!(loan(&app, &id).tier.as_deref(), Some("substandard"));
        installation.proves();
        installation.month_of_ymk("2026-05-31", &[(LATE, "3200000.00", "2025-02-22", "次级")]);
        assert_eq!(loan(&app, &id).tier.as_deref(), Some("loss"));
        installation.proves();
        installation.take_back(&installation.import_of("YMK_20260531.csv"));
        assert_eq!(loan(&app, &id).overdue_since.unwrap().to_string(), "2026-02-20");
        installation.proves();
    });
}

#[test]
fn a_mark_that_is_not_taken_back_stays() {
    on_both(|installation| {
        installation.opened();
        installation
            .month_of_ymk("2026-01-31", &[(LATE, "3200000.00", "2025-02-22", "次级"), (SOUND, "1.00", "", "正常")]);
        let app = installation.app(ON);
        staff(&app);
        let id = ymk(LATE);
        let propose = json!({ "tier": "normal", "reason": "欠息已还清", "evidence": "还款凭证" });
        let code = refused(&app, Life::Loan, &ymk(SOUND), "unmark_proposed", propose.clone(), "雁门信贷", ON);
        assert_eq!(code, "LOAN_NOT_MARKED");
        take(&app, Life::Loan, &id, "unmark_proposed", propose, "雁门信贷", ON);
        let before = loan(&app, &id);
        take(&app, Life::Loan, &id, "unmark_decided", json!({ "accepted": false }), "管理员", ON);
        assert_eq!(before, loan(&app, &id));
        let code = refused(&app, Life::Loan, &id, "unmark_decided", json!({ "accepted": true }), "雁门复核", ON);
        assert_eq!(code, "LOAN_NOTHING_WAITS");
        installation.proves();
    });
}
