//! Balances of 0.00 that ask for a reason.

use pledgefund::usecase::lives::Life;
use serde_json::json;

use super::{LATE, SOUND, loan, refused, staff, take, ymk};
use crate::support::product::on_both;

const ON: &str = "2026-03-10";

#[test]
fn a_balance_that_went_to_zero_waits_for_its_reason_and_keeps_it_month_after_month() {
    on_both(|installation| {
        installation.opened();
        installation
            .month_of_ymk("2026-01-31", &[(LATE, "3200000.00", "2025-02-22", "次级"), (SOUND, "5.00", "", "正常")]);
        installation.month_of_ymk("2026-02-28", &[(LATE, "0.00", "", "次级"), (SOUND, "5.00", "", "正常")]);
        let app = installation.app(ON);
        staff(&app);
        let id = ymk(LATE);
        assert_eq!(loan(&app, &id).servicing, "to_verify");
        let explain = |month: &str, reason: &str| json!({ "month": month, "reason": reason, "note": "见凭证" });
        let refuse = |id: &str, month: &str| {
            refused(&app, Life::Loan, id, "balance_explained", explain(month, "sold"), "雁门信贷", ON)
        };
        assert_eq!(refuse(&id, "2026-01"), "LOAN_BALANCE_NOT_ZERO");
        assert_eq!(refuse(&id, "2026-07"), "LOAN_BALANCE_NOT_ZERO");
        assert_eq!(refuse(&id, "二月"), "LOAN_MONTH");
        assert_eq!(refuse(&ymk(SOUND), "2026-02"), "LOAN_BALANCE_NOT_ZERO");
        take(&app, Life::Loan, &id, "balance_explained", explain("2026-02", "written_off"), "雁门信贷", ON);
        assert_eq!(loan(&app, &id).servicing, "written_off");
        installation.proves();
        installation.month_of_ymk("2026-03-31", &[(LATE, "0.00", "", "次级"), (SOUND, "5.00", "", "正常")]);
        assert_eq!(loan(&app, &id).servicing, "written_off", "a month that says the same asks nothing anew");
        let list = installation.json(&["portfolio"], &[0]);
        assert!(list.is_object());
        // The reason may be put right; a balance that comes back needs none.
        take(&app, Life::Loan, &id, "balance_explained", explain("2026-03", "settled"), "管理员", "2026-04-10");
        let settled = loan(&app, &id);
        assert_eq!((settled.servicing.as_str(), settled.reserved_fen), ("settled", 0));
        installation.proves();
        installation
            .month_of_ymk("2026-04-30", &[(LATE, "3200000.00", "2025-02-22", "次级"), (SOUND, "5.00", "", "正常")]);
        assert_eq!(loan(&app, &id).servicing, "non_performing");
        installation.proves();
    });
}

#[test]
fn a_loan_left_out_of_a_full_report_is_explained_for_that_month() {
    on_both(|installation| {
        installation.opened();
        installation
            .month_of_ymk("2026-01-31", &[(LATE, "3200000.00", "2025-02-22", "次级"), (SOUND, "5.00", "", "正常")]);
        installation.month_of_ymk("2026-02-28", &[(SOUND, "5.00", "", "正常")]);
        let app = installation.app(ON);
        staff(&app);
        let id = ymk(LATE);
        let details = json!({ "month": "2026-02", "reason": "转让" });
        take(&app, Life::Loan, &id, "balance_explained", details, "雁门复核", ON);
        assert_eq!(loan(&app, &id).servicing, "sold");
        installation.proves();
        installation.take_back(&installation.import_of("YMK_20260228.csv"));
        assert_eq!(loan(&app, &id).servicing, "non_performing", "the balance is back, so its reason says nothing");
        installation.proves();
    });
}
