//! A contract that comes again: after it was withdrawn, refused or cancelled, by form and by file.

use pledgefund::domain::registration_life::{RegistrationStage, RegistrationState};
use pledgefund::storage::find::acts;
use pledgefund::usecase::lives::{Life, registration};
use serde_json::json;

use super::town::{FUND, Town, measure, story};
use crate::checks::take_one;

fn loan_of(contract: &str) -> String {
    format!("{FUND}:AAA:{contract}")
}

fn state(town: &Town, loan: &str) -> RegistrationState {
    registration::state(&mut town.app.store.read().unwrap(), FUND, loan).unwrap()
}

/// What was ever done to a registration.
fn done(town: &Town, loan: &str) -> Vec<String> {
    let rows = acts::of(&mut town.app.store.read().unwrap(), FUND, "registration", loan).unwrap();
    rows.into_iter().map(|row| row.act).collect()
}

#[test]
fn what_was_withdrawn_is_written_anew_under_the_same_contract() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = loan_of("A1");
        let mut form = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }));
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        let twice = town.refused(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }));
        assert_eq!(twice, "REGISTRATION_STAGE", "it lies with the fund");
        town.act(Life::Registration, &loan, "withdrawn", "甲复核", json!({ "reason": "金额有误" }));
        let bare = town.refused(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        assert_eq!(bare, "REGISTRATION_STAGE", "what was withdrawn is not handed in again as it was");
        town.on("2025-01-13");
        form["principal"] = json!("900000.00");
        let told = town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }));
        assert_eq!(told["state"], "drafted");
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        let taken = town.act(Life::Registration, &loan, "registered", "登记员", json!({}));
        assert_eq!(taken["certificate_no"], "BA2025-00001");
        let way = ["drafted", "submitted", "withdrawn", "drafted", "submitted", "registered"];
        assert_eq!(done(town, &loan), way, "the history is kept");
        let row = town.loan(&loan);
        assert_eq!((row.principal_fen, row.reserved_fen), (90_000_000, 36_000_000));
        assert_eq!(row.registered_on.to_string(), "2025-01-13");
    });
}

#[test]
fn what_was_refused_is_written_anew_and_what_was_cancelled_is_not() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = loan_of("A1");
        let form = town.form("A1", "1000000.00", "2025-01-06", "2026-01-06");
        let draft = json!({ "form": form });
        town.act(Life::Registration, &loan, "drafted", "甲经办", draft.clone());
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        let back = json!({ "deficiencies": [{ "code": "document_invalid" }] });
        town.act(Life::Registration, &loan, "returned", "登记员", back);
        town.act(Life::Registration, &loan, "drafted", "甲经办", draft.clone());
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        let why = json!({ "reasons": ["CREDIT_RECORD"], "note": "征信有不良记录" });
        town.act(Life::Registration, &loan, "rejected", "登记员", why);
        town.act(Life::Registration, &loan, "drafted", "甲经办", draft.clone());
        assert_eq!(state(town, &loan).returned, 0, "it is counted anew");
        town.act(Life::Registration, &loan, "submitted", "甲复核", json!({}));
        town.act(Life::Registration, &loan, "registered", "登记员", json!({}));
        town.act(Life::Registration, &loan, "cancellation_proposed", "甲经办", json!({ "reason": "未放款" }));
        town.act(Life::Registration, &loan, "cancellation_decided", "登记员", json!({ "accepted": true }));
        let refused = town.refused(Life::Registration, &loan, "drafted", "甲经办", draft);
        assert_eq!(refused, "REGISTRATION_STAGE", "a cancelled loan stays what it was");
    });
}

#[test]
fn a_file_may_bring_what_was_withdrawn_and_it_is_amended_like_any_loan_of_a_file() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = loan_of("A1");
        let form = town.form("A1", "500000.00", "2025-01-06", "2026-01-06");
        town.act(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }));
        town.act(Life::Registration, &loan, "withdrawn", "甲经办", json!({ "reason": "改由批量导入" }));
        town.on("2025-07-01");
        let outcome = take_one(&town.app, "AAA", "A1");
        assert_eq!(outcome.rejected, []);
        let told = state(town, &loan);
        assert_eq!((told.stage, told.form), (RegistrationStage::Registered, None), "the draft says nothing of it");
        assert_eq!(town.loan(&loan).principal_fen, 200_000_000);
        let again = town.refused(Life::Registration, &loan, "drafted", "甲经办", json!({ "form": form }));
        assert_eq!(again, "REGISTRATION_STAGE");
        let mut amended = town.form("A1", "1900000.00", "2025-01-02", "2026-01-02");
        amended["credit_code"] = json!("91140602MA0HT3K731");
        let propose = json!({ "form": amended, "reason": "实际放款190万元" });
        town.act(Life::Registration, &loan, "amendment_proposed", "甲经办", propose);
        town.act(Life::Registration, &loan, "amendment_decided", "登记员", json!({ "accepted": true }));
        assert_eq!(town.loan(&loan).principal_fen, 190_000_000);
        assert_eq!(done(town, &loan), ["drafted", "withdrawn", "amendment_proposed", "amendment_decided"]);
    });
}
