//! S15: who keeps something sees no business, who reads changes nothing, who belongs to a bank reaches that bank.

use pledgefund::domain::access::{Asker, MACHINE_ROLES, Permission, Reach, machine_permissions_of, permissions_of};
use pledgefund::domain::names::PartnerCode;
use pledgefund::domain::people::{Institution, Office, Role};

fn changes(permission: Permission) -> bool {
    let code = permission.code();
    !(code.ends_with(".read") || code.starts_with("mails.") || code == "audit.sign_in")
}

fn reads_business(permission: Permission) -> bool {
    use Permission as P;
    matches!(
        permission,
        P::ReadSummaries
            | P::ReadPortfolio
            | P::ReadClaims
            | P::ReadFund
            | P::ReadReserve
            | P::ReadBooks
            | P::ReadImports
    )
}

fn asker(role: Role, institution: &str) -> Asker {
    let institution = Institution::read(institution);
    Asker::person(
        "x",
        vec![Office { person: "x".into(), role, institution, level: None, stands_in_for: None, under_return: None }],
    )
}

#[test]
fn readers_change_nothing() {
    for role in [Role::Auditor, Role::Regulator, Role::BureauReader] {
        let changing: Vec<_> = permissions_of(role).into_iter().filter(|one| changes(*one)).collect();
        assert!(changing.is_empty(), "{role}: {changing:?}");
    }
}

#[test]
fn the_administrators_see_no_business_and_decide_none() {
    for role in [Role::SystemAdministrator, Role::SecurityAdministrator, Role::BureauReader] {
        let business: Vec<_> = permissions_of(role).into_iter().filter(|one| reads_business(*one)).collect();
        assert!(business.is_empty(), "{role}: {business:?}");
    }
    for role in [Role::SystemAdministrator, Role::SecurityAdministrator] {
        assert_eq!(asker(role, "fund").reach(), Reach::Nothing);
        assert!(
            permissions_of(role).iter().all(|one| !one.code().ends_with(".act") && !one.code().starts_with("claims"))
        );
    }
    let security = permissions_of(Role::SecurityAdministrator);
    let system = permissions_of(Role::SystemAdministrator);
    assert!(security.contains(&Permission::KeepTokens) && !system.contains(&Permission::KeepTokens));
    assert!(system.contains(&Permission::KeepSettings) && !security.contains(&Permission::KeepSettings));
    assert!(!system.contains(&Permission::ReadAudit) && !security.contains(&Permission::ReadAudit));
}

#[test]
fn whoever_belongs_to_a_bank_reaches_that_bank_and_no_fund() {
    for role in Role::ALL {
        let at_bank = asker(*role, "bank:AAA");
        assert!(!at_bank.reach().holds(&PartnerCode::new("BBB")), "{role}");
        for permission in Permission::ALL {
            assert!(!at_bank.may_for_fund(*permission), "{role} {permission}");
        }
    }
    assert_eq!(asker(Role::BankOfficer, "fund").reach(), Reach::Nothing);
}

#[test]
fn no_machine_role_decides_pays_or_reviews() {
    for role in MACHINE_ROLES {
        let machine = Asker::machine("x", asker(*role, "fund").offices, Permission::ALL.iter().copied().collect());
        for second in [
            Permission::DecideClaims,
            Permission::PayClaims,
            Permission::UndoImports,
            Permission::IssueRulebooks,
            Permission::KeepPersons,
            Permission::KeepTokens,
            Permission::Unmask,
        ] {
            assert!(!machine_permissions_of(*role).contains(&second), "{role} {second}");
            assert!(!machine.may(second), "{role} with every scope {second}");
        }
    }
}

#[test]
fn a_token_narrows_what_its_offices_give() {
    let office = asker(Role::BankOfficer, "bank:AAA").offices;
    let machine = Asker::machine("x", office, [Permission::ReadClaims, Permission::ReadFund].into());
    assert!(machine.may(Permission::ReadClaims));
    assert!(!machine.may(Permission::ReadPortfolio), "not a scope");
    assert!(!machine.may(Permission::ReadFund), "no office gives it");
    assert_eq!(machine.reach_with(Permission::ReadPortfolio), Reach::Nothing);
}
