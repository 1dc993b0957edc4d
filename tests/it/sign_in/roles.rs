//! Nobody holds two roles that exclude each other.

use pledgefund::domain::people::{Person, PersonAct, PersonRefusal, Role};
use pledgefund::domain::separation::{conflict, excludes, stands_alone};
use pledgefund::usecase::UseCaseError;
use pledgefund::usecase::lives::{Life, Request, perform};
use serde_json::{Value, json};

use super::quick;
use crate::support::desk;
use crate::support::product::on_both;

#[test]
fn the_three_administrators_and_all_who_only_read_stand_alone() {
    let alone: Vec<&str> = Role::ALL.iter().filter(|role| stands_alone(**role)).map(|role| role.code()).collect();
    let wanted = ["auditor", "system_administrator", "security_administrator", "bureau_reader", "regulator"];
    assert_eq!(alone.len(), wanted.len());
    assert!(wanted.iter().all(|role| alone.contains(role)), "{alone:?}");
    for one in Role::ALL {
        assert!(!excludes(*one, *one));
        for other in Role::ALL {
            assert_eq!(excludes(*one, *other), excludes(*other, *one));
        }
    }
}

#[test]
fn no_way_leads_to_a_person_with_two_roles_that_exclude_each_other() {
    let appointed = |roles: Vec<Role>| PersonAct::Appointed { institution: "fund".to_owned(), roles, level: None };
    let mut refused = 0;
    for one in Role::ALL {
        for other in Role::ALL {
            let wanted = excludes(*one, *other);
            let together = Person::after(None, "k", &appointed(vec![*one, *other]));
            let first = Person::after(None, "k", &appointed(vec![*one])).unwrap();
            let later = Person::after(Some(first), "k", &PersonAct::RoleGiven { role: *other, level: None });
            for made in [together, later] {
                match made {
                    Ok(person) => assert_eq!(conflict(person.roles.keys().copied()), None, "{one} {other}"),
                    Err(refusal) => {
                        assert!(matches!(refusal, PersonRefusal::Conflict(..)), "{refusal}");
                        refused += 1;
                        assert!(wanted, "{one} {other}");
                    }
                }
            }
        }
    }
    // 11 roles, 6 of which go with each other: 110 ordered pairs, 30 of them allowed; twice.
    assert_eq!(refused, 160);
}

#[test]
fn the_register_refuses_conflicts_by_deputies_too() {
    on_both(|installation| {
        let app = quick(installation);
        for (name, role) in [
            ("系统员", Role::SystemAdministrator),
            ("审计甲", Role::Auditor),
            ("审批乙", Role::FundApprover),
            ("管理丙", Role::FundAdministrator),
        ] {
            desk::appoint(&app, name, "fund", role);
        }
        let act = |subject: &str, act: &str, by: &str, details: Value| {
            perform(
                &app,
                &Request {
                    life: Life::Person,
                    subject: subject.to_owned(),
                    act: act.to_owned(),
                    details,
                    by: by.to_owned(),
                    on: app.store.clock().today(),
                    expected: None,
                    key: None,
                },
            )
        };
        let code = |done: Result<Value, UseCaseError>| {
            done.map_or_else(|error| error.code().to_owned(), |_| "done".to_owned())
        };
        let stand_in = |deputy: &str| json!({ "deputy": deputy, "role": "fund_approver", "from": "2026-07-01", "until": "2026-07-20", "reason": "出差" });
        assert_eq!(code(act("审批乙", "delegated", "审批乙", stand_in("审计甲"))), "PERSON_ROLE_CONFLICT");
        assert_eq!(code(act("审批乙", "delegated", "审批乙", stand_in("管理丙"))), "done");
        let role = |role: &str| json!({ "role": role });
        assert_eq!(code(act("管理丙", "role_given", "系统员", role("auditor"))), "PERSON_ROLE_CONFLICT");
        assert_eq!(code(act("审计甲", "role_given", "系统员", role("fund_approver"))), "PERSON_ROLE_CONFLICT");
        // Whoever gives up everything else still stands in, and so is no auditor yet.
        assert_eq!(
            code(act("管理丙", "role_taken", "系统员", json!({ "role": "fund_administrator", "reason": "调岗" }))),
            "done"
        );
        assert_eq!(code(act("管理丙", "role_given", "系统员", role("auditor"))), "PERSON_ROLE_CONFLICT");
        assert_eq!(code(act("审批乙", "delegation_ended", "审批乙", role("fund_approver"))), "done");
        assert_eq!(code(act("管理丙", "role_given", "系统员", role("auditor"))), "done");
    });
}
