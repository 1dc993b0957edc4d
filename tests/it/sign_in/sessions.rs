//! Sessions: begun anew at every stage, ended by everything that should end them (S05).

use pledgefund::domain::people::Role;
use pledgefund::domain::sign_in::session::Stage;
use pledgefund::storage::find::{accounts as accounts_kept, sessions as rows};
use pledgefund::storage::rows::accounts::AccountRow;
use pledgefund::storage::{Act, Scope};
use pledgefund::usecase::lives::{Life, Request, perform};
use pledgefund::usecase::sign_in::{self, Refusal, SignInError, accounts, sessions};
use serde_json::{Value, json};

use super::{guest, pass, quick};
use crate::support::desk::{PASSWORD, Ticket, now_code, person, visitor};
use crate::support::product::on_both;

const NAME: &str = "王丽";

fn sign_in_again(app: &pledgefund::app::App, ticket: &Ticket) -> (String, String) {
    // A step of the authenticator is good once.
    pass(app, 31);
    let half = sign_in::enter(app, NAME, PASSWORD, &visitor()).unwrap();
    assert_eq!(half.stage, Stage::Code);
    let known = guest(app, &half.token).unwrap();
    assert!(known.offices.is_empty(), "nothing is open before the code");
    let full = sign_in::code(app, &known, &now_code(app, &ticket.secret), &visitor()).unwrap();
    assert_eq!(full.stage, Stage::Full);
    (half.token, full.token)
}

fn on_register(app: &pledgefund::app::App, act: &str, details: Value) {
    perform(
        app,
        &Request {
            life: Life::Person,
            subject: NAME.to_owned(),
            act: act.to_owned(),
            details,
            by: "系统员".to_owned(),
            on: app.store.clock().today(),
            expected: None,
            key: None,
        },
    )
    .unwrap();
}

#[test]
fn what_was_planted_before_is_never_good_afterwards_nor_what_was_left_behind() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        let (mut fixed, mut reused) = (0, 0);
        for _ in 0..50 {
            let (half, full) = sign_in_again(&app, &ticket);
            fixed += u32::from(half == full || guest(&app, &half).is_some());
            let known = guest(&app, &full).unwrap();
            sign_in::leave(&app, &known).unwrap();
            reused += u32::from(guest(&app, &full).is_some());
        }
        assert_eq!((fixed, reused), (0, 0));
        // What is stored of a token opens nothing.
        let (_, full) = sign_in_again(&app, &ticket);
        let stored = rows::of(&mut app.store.read().unwrap(), "王丽").unwrap();
        assert_eq!(stored.len(), 1);
        assert!(guest(&app, &stored[0].session_hash).is_none() && guest(&app, &stored[0].session_id).is_none());
        assert_eq!(full.len(), 64);
    });
}

#[test]
fn a_session_ends_when_it_should() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        let again = || sign_in_again(&app, &ticket).1;
        // Idle.
        let token = again();
        pass(&app, 15 * 60 - 1);
        assert!(guest(&app, &token).is_some(), "the last second of idleness");
        pass(&app, 15 * 60);
        assert!(guest(&app, &token).is_none(), "idle");
        // In any case.
        let token = again();
        for _ in 0..47 {
            pass(&app, 600);
            assert!(guest(&app, &token).is_some());
        }
        pass(&app, 601);
        assert!(guest(&app, &token).is_none(), "eight hours");
        // A second one.
        let (first, second) = (again(), again());
        assert!(guest(&app, &first).is_none() && guest(&app, &second).is_some(), "one session a person");
        // Roles: effective on the next request.
        let token = again();
        assert_eq!(guest(&app, &token).unwrap().offices.len(), 1);
        on_register(&app, "role_given", json!({ "role": "finance_officer" }));
        assert!(guest(&app, &token).is_none(), "a role was given");
        let token = again();
        assert_eq!(guest(&app, &token).unwrap().offices.len(), 2);
        on_register(&app, "role_taken", json!({ "role": "finance_officer", "reason": "调岗" }));
        assert!(guest(&app, &token).is_none(), "a role was taken");
        // Disabling.
        let token = again();
        accounts::disable(&app, NAME, accounts::CONSOLE).unwrap();
        assert!(guest(&app, &token).is_none());
        let refused = sign_in::enter(&app, NAME, PASSWORD, &visitor());
        assert!(matches!(refused, Err(SignInError::Refused(Refusal::Wrong))));
        accounts::enable(&app, NAME, accounts::CONSOLE).unwrap();
        // By oneself, on the page of the account.
        let token = again();
        let known = guest(&app, &token).unwrap();
        assert_eq!(sessions::own(&app, &known).unwrap().len(), 1);
        sessions::end_own(&app, &known, &known.session.session_id).unwrap();
        assert!(guest(&app, &token).is_none());
        // Leaving the institution.
        let token = again();
        on_register(&app, "departed", json!({ "reason": "离任" }));
        assert!(guest(&app, &token).is_none());
    });
}

#[test]
fn a_new_password_ends_every_session_and_old_ones_do_not_come_back() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        let mut token = ticket.token;
        let mut current = PASSWORD.to_owned();
        for round in 0..6 {
            let next = format!("Quartz-{round}-Willow-ember");
            let known = guest(&app, &token).unwrap();
            let wrong = sign_in::set_password(&app, &known, "not it", &next, &visitor());
            assert!(matches!(wrong, Err(SignInError::Refused(Refusal::Wrong))));
            let entered = sign_in::set_password(&app, &known, &current, &next, &visitor()).unwrap();
            assert!(guest(&app, &token).is_none(), "the session before");
            pass(&app, 60);
            (token, current) = (entered.token, next);
        }
        let known = guest(&app, &token).unwrap();
        let set = |new: &str| sign_in::set_password(&app, &known, &current, new, &visitor());
        for before in 1..6 {
            let refused = set(&format!("Quartz-{before}-Willow-ember"));
            let Err(SignInError::Refused(refusal)) = refused else { panic!("{before}") };
            assert_eq!(refusal.code(), "password_before", "{before}");
        }
        assert!(set("Quartz-0-Willow-ember").is_ok(), "the sixth before the last is taken again");
        // After 90 days the password is asked to be changed before anything else.
        pass(&app, 90 * 86_400);
        let half = sign_in::enter(&app, NAME, "Quartz-0-Willow-ember", &visitor()).unwrap();
        let known = guest(&app, &half.token).unwrap();
        let next = sign_in::code(&app, &known, &now_code(&app, &ticket.secret), &visitor()).unwrap();
        assert_eq!(next.stage, Stage::Password);
    });
}

#[test]
fn who_confirms_gets_another_session_that_is_good_for_five_minutes_of_weighty_acts() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        pass(&app, 299);
        assert!(guest(&app, &ticket.token).unwrap().is_stepped_up);
        pass(&app, 1);
        let known = guest(&app, &ticket.token).unwrap();
        assert!(!known.is_stepped_up);
        let refused = sign_in::recovery_codes(&app, &known);
        assert!(matches!(refused, Err(SignInError::Refused(Refusal::Over))));
        let code = now_code(&app, &ticket.secret);
        let wrong = sign_in::confirm(&app, &known, "not it", &code, &visitor());
        assert!(matches!(wrong, Err(SignInError::Refused(Refusal::Wrong))));
        let entered = sign_in::confirm(&app, &known, PASSWORD, &code, &visitor()).unwrap();
        assert!(guest(&app, &ticket.token).is_none(), "the session before");
        let known = guest(&app, &entered.token).unwrap();
        assert!(known.is_stepped_up);
        let reused = sign_in::confirm(&app, &known, PASSWORD, &code, &visitor());
        assert!(matches!(reused, Err(SignInError::Refused(Refusal::WrongCode))), "a code is good once");
        assert_eq!(sign_in::recovery_codes(&app, &known).unwrap().len(), 10);
    });
}

/// Disabling ends the sessions; where one were left all the same, it opens nothing.
#[test]
fn a_session_of_a_disabled_account_opens_nothing_even_if_it_is_still_there() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        assert!(guest(&app, &ticket.token).is_some());
        let act = Act::new("test", app.store.clock().today());
        let row = accounts_kept::one(&mut app.store.read().unwrap(), NAME).unwrap().unwrap();
        let row = AccountRow { is_disabled: true, ..row };
        app.store.write(&Scope::system(), &act, |tx| accounts_kept::keep(tx, &row)).unwrap();
        assert_eq!(rows::of(&mut app.store.read().unwrap(), NAME).unwrap().len(), 1, "the session is left");
        assert!(guest(&app, &ticket.token).is_none());
    });
}
