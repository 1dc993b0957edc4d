//! Who may ask, approve, reject and withdraw, and that of two answers at once one counts.

use pledgefund::domain::people::Role;
use pledgefund::usecase::undo::decide_undo;

use super::{LATER, check_same};
use crate::support::desk;
use crate::support::product::{Installation, on_both};

fn asked(installation: &Installation) -> (String, String) {
    installation.take_in("partners", "partners.csv", &[]);
    let import = installation.newest("partners");
    let request = installation.ask(&import);
    (import, request)
}

#[track_caller]
fn check_refused(installation: &Installation, call: &[&str], code: &str) {
    let (found, words) = installation.refused(call);
    assert_eq!(found, code, "{words}");
}

#[test]
fn who_asked_cannot_answer_however_the_name_is_written() {
    on_both(|installation| {
        installation.take_in("partners", "partners.csv", &[]);
        let import = installation.newest("partners");
        let call = ["undo", "request", &import, "--by", "张三 Zhang", "--reason", "重复", "--on", LATER];
        let request = installation.json(&call, &[0])["id"].as_str().unwrap().to_owned();
        for name in ["张三 Zhang", " 张三 Zhang ", "张\u{3000}三zhang", "张三\u{200b}ＺＨＡＮＧ"] {
            check_refused(
                installation,
                &["undo", "approve", &request, "--by", name, "--on", LATER],
                "UNDO_SAME_PERSON",
            );
            let reject = ["undo", "reject", &request, "--by", name, "--note", "否", "--on", LATER];
            check_refused(installation, &reject, "UNDO_SAME_PERSON");
        }
        for name in ["", "  ", "\u{200b}", "张\n三"] {
            check_refused(
                installation,
                &["undo", "approve", &request, "--by", name, "--on", LATER],
                "UNDO_NAME_MISSING",
            );
        }
        installation.json(&["undo", "approve", &request, "--by", "张四", "--on", LATER], &[0]);
    });
}

#[test]
fn who_imported_cannot_answer() {
    on_both(|installation| {
        let (_, request) = asked(installation);
        check_refused(installation, &["undo", "approve", &request, "--by", "CLI", "--on", LATER], "UNDO_IMPORTER");
        let reject = ["undo", "reject", &request, "--by", "cli", "--note", "否", "--on", LATER];
        check_refused(installation, &reject, "UNDO_IMPORTER");
    });
}

#[test]
fn one_request_at_a_time_and_one_answer_a_request() {
    on_both(|installation| {
        let (import, request) = asked(installation);
        assert_eq!(installation.undo_refused(&import).0, "UNDO_ALREADY_REQUESTED");
        check_refused(installation, &["undo", "withdraw", &request, "--by", "乙", "--on", LATER], "UNDO_NOT_REQUESTER");
        installation.json(&["undo", "withdraw", &request, "--by", "甲", "--on", LATER], &[0]);
        check_refused(installation, &["undo", "approve", &request, "--by", "乙", "--on", LATER], "UNDO_ANSWERED");
        let second = installation.ask(&import);
        assert_ne!(request, second);
        let reject = ["undo", "reject", &second, "--by", "乙", "--note", "文件无误", "--on", LATER];
        installation.json(&reject, &[0]);
        installation.take_back(&import);
        assert_eq!(installation.undo_refused(&import).0, "UNDO_DONE");
        let list = installation.json(&["undo", "list"], &[0]);
        let states: Vec<&str> =
            list["undos"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["approved", "rejected", "withdrawn"], "newest first");
        assert_eq!(list["undos"][1]["note"], "文件无误");
        let log = installation.json(&["import-log"], &[0]);
        assert_eq!(log["imports"][0]["state"], "approved");
        installation.proves();
    });
}

#[test]
fn what_is_not_there_or_not_said_is_refused() {
    on_both(|installation| {
        let (import, request) = asked(installation);
        check_refused(installation, &["undo", "approve", "nothing", "--by", "乙"], "UNDO_UNKNOWN");
        let unknown = ["undo", "request", "nothing", "--by", "甲", "--reason", "x"];
        check_refused(installation, &unknown, "UNDO_IMPORT_UNKNOWN");
        let silent = ["undo", "request", &import, "--by", "甲", "--reason", " ", "--on", LATER];
        check_refused(installation, &silent, "UNDO_REASON_MISSING");
        check_refused(installation, &["undo", "reject", &request, "--by", "乙", "--note", ""], "UNDO_REASON_MISSING");
        let early = ["undo", "approve", &request, "--by", "乙", "--on", "2026-07-30"];
        check_refused(installation, &early, "UNDO_BEFORE_IMPORT");
    });
}

#[test]
fn of_two_approvals_at_once_exactly_one_counts() {
    on_both(|installation| {
        installation.opened();
        for round in 0..4 {
            installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
            let request = installation.ask(&installation.newest("claims"));
            let answers: Vec<Result<String, String>> = std::thread::scope(|threads| {
                let racers: Vec<_> = ["乙", "丙", "丁"]
                    .into_iter()
                    .map(|name| {
                        let (app, request) = (installation.app("2026-07-31"), request.clone());
                        threads.spawn(move || {
                            decide_undo(&app, &request, name, true, "", LATER.parse().unwrap())
                                .map(|done| done.answer.unwrap().person)
                                .map_err(|error| error.code().to_owned())
                        })
                    })
                    .collect();
                racers.into_iter().map(|racer| racer.join().unwrap()).collect()
            });
            let losers: Vec<&String> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
            assert_eq!(losers, ["UNDO_ANSWERED", "UNDO_ANSWERED"], "round {round}: {answers:?}");
        }
        installation.proves();
    });
}

#[test]
fn an_approval_and_a_withdrawal_at_once_leave_one_answer() {
    on_both(|installation| {
        installation.opened();
        let before = installation.figures();
        installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
        let with = installation.figures();
        let request = installation.ask(&installation.newest("claims"));
        let (approved, withdrawn) = std::thread::scope(|threads| {
            let (one, other) = (installation.app("2026-07-31"), installation.app("2026-07-31"));
            let (id, same) = (request.clone(), request.clone());
            let approve = threads.spawn(move || decide_undo(&one, &id, "乙", true, "", LATER.parse().unwrap()).is_ok());
            let withdraw = threads.spawn(move || {
                pledgefund::usecase::undo::withdraw_undo(&other, &same, "甲", LATER.parse().unwrap()).is_ok()
            });
            (approve.join().unwrap(), withdraw.join().unwrap())
        });
        assert_ne!(approved, withdrawn);
        check_same(if approved { &before } else { &with }, &installation.figures());
        installation.proves();
    });
}

#[test]
fn who_decides_holds_an_office_that_takes_imports_back() {
    on_both(|installation| {
        installation.opened();
        installation.take_in("claims", "claims.csv", &["--until", "2025-12-31"]);
        let request = installation.ask(&installation.newest("claims"));
        let app = installation.app("2026-07-31");
        let decide = |name: &str| decide_undo(&app, &request, name, true, "", LATER.parse().unwrap());
        desk::appoint(&app, "系统庚", "fund", Role::SystemAdministrator);
        desk::appoint(&app, "财务辛", "fund", Role::FinanceOfficer);
        desk::appoint(&app, "银行壬", "bank:SGH", Role::BankReviewer);
        desk::appoint(&app, "审批癸", "fund", Role::FundApprover);
        assert_eq!(decide("乙").unwrap_err().code(), "ACT_PERSON_UNKNOWN");
        for name in ["系统庚", "财务辛", "银行壬"] {
            assert_eq!(decide(name).unwrap_err().code(), "ACT_ROLE", "{name}");
        }
        assert_eq!(decide("审批癸").unwrap().answer.unwrap().person, "审批癸");
        installation.proves();
    });
}
