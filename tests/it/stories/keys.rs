//! R13: a request that names a key does its work once, whatever is sent again, at once or later.

use std::sync::Arc;

use pledgefund::storage::find::acts;
use pledgefund::usecase::lives::{Life, Request, perform};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::town::{FUND, figures, measure, story};

/// Requests, each sent one to five times.
const REQUESTS: u32 = 1000;
/// Of the requests, those that are sent in pairs at once.
const AT_ONCE: usize = 50;

fn note(key: &str, number: u32) -> Request {
    Request {
        life: Life::Person,
        subject: format!("员工{number}"),
        act: "appointed".to_owned(),
        details: json!({ "institution": "fund", "roles": ["auditor"] }),
        by: "系统员".to_owned(),
        on: "2025-01-10".parse().unwrap(),
        expected: None,
        key: Some(key.to_owned()),
    }
}

#[test]
fn a_thousand_requests_sent_again_and_again_do_their_work_once() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let before = count(town);
        for number in 1..=REQUESTS {
            let request = note(&format!("k{number}"), number);
            let first = perform(&town.app, &request).unwrap();
            for _again in 1..(number % 5) {
                assert_eq!(perform(&town.app, &request).unwrap(), first);
            }
            if number % 10 == 0 {
                // The same key with another body is refused and does nothing.
                let other = Request { subject: format!("另人{number}"), ..request };
                assert_eq!(perform(&town.app, &other).unwrap_err().code(), "ACT_KEY_REUSED");
            }
        }
        assert_eq!(count(town) - before, usize::try_from(REQUESTS).unwrap());
    });
}

#[test]
fn requests_with_one_key_that_come_at_once_get_one_answer() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        let before = count(town);
        let app = Arc::new(&town.app);
        for turn in 0..AT_ONCE {
            let number = u32::try_from(turn).unwrap() + 1;
            let answers: Vec<Value> = std::thread::scope(|threads| {
                let sent: Vec<_> = (0..4)
                    .map(|_| {
                        let app = Arc::clone(&app);
                        threads.spawn(move || perform(&app, &note(&format!("p{number}"), number)).unwrap())
                    })
                    .collect();
                sent.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        }
        assert_eq!(count(town) - before, AT_ONCE);
    });
}

fn count(town: &super::town::Town) -> usize {
    acts::subjects_with(&mut town.app.store.read().unwrap(), FUND, "person", "appointed").unwrap().len()
}

#[test]
fn a_payment_sent_twice_is_made_once_and_a_thing_that_moved_on_is_refused() {
    story("2025-01-10", &measure("shuozhou-1"), |town| {
        town.pay_in("1", "10000000.00");
        let loan = town.lend("AAA", town.form("A1", "1000000.00", "2025-01-06", "2026-01-06"));
        town.on("2025-09-01");
        let claim = town.ask(&loan, figures("1000000.00", "2025-05-01"));
        let amount = town.grant(&claim, "分管");
        town.claim(&claim, "ordered", "登记员", json!({ "amount": amount }));
        let pay = Request {
            life: Life::Claim,
            subject: claim.clone(),
            act: "paid".to_owned(),
            details: json!({ "paid_on": "2025-09-01", "voucher_no": "凭1" }),
            by: "出纳".to_owned(),
            on: town.day,
            expected: Some(6),
            key: Some("付款-1".to_owned()),
        };
        let first = perform(&town.app, &pay).unwrap();
        assert_eq!(perform(&town.app, &pay).unwrap(), first, "the second time gives the first answer");
        assert_eq!(town.balance("cash"), 1_000_000_000 - 40_000_000);
        let stale = Request { key: Some("付款-2".to_owned()), ..pay.clone() };
        assert_eq!(perform(&town.app, &stale).unwrap_err().code(), "ACT_VERSION");
        let empty = Request { key: Some(" ".to_owned()), ..pay };
        assert_eq!(perform(&town.app, &empty).unwrap_err().code(), "ACT_KEY");
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What an act says is written and read back as the same act, whatever the texts, days and amounts.
    #[test]
    fn an_act_reads_back_from_what_it_writes(fen in 0_i64..1_000_000_000_000, text in "[\\PC]{1,40}", day in 0_i64..40_000) {
        use pledgefund::domain::claim::ClaimAct;
        use pledgefund::domain::detail::Act as _;
        use pledgefund::usecase::lives::json::{details, object, read};
        prop_assume!(!text.trim().is_empty());
        let day = chrono::NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::Days::new(u64::try_from(day).unwrap());
        let yuan = pledgefund::domain::money::Fen::try_new(fen).unwrap().yuan();
        let said = json!({
            "kind": "enforcement", "gross": yuan, "cost": yuan, "on": day.to_string(),
            "parts": [{ "party": text, "amount": yuan }],
        });
        let act: ClaimAct = match read("recovery_collected", &said) {
            Ok(act) => act,
            // A text with control characters is refused, never changed.
            Err(error) => {
                prop_assert_eq!(error.code(), "FIELD_BAD_TEXT");
                return Ok(());
            }
        };
        let written = object(&act.details());
        let again = ClaimAct::read(act.word(), &details(&written).unwrap()).unwrap();
        prop_assert_eq!(again, act);
    }
}
