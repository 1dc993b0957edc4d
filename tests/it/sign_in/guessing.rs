//! Guessing, the way in for those whom guessing keeps out, and the first administrator (S04, S16).

use pledgefund::app::App;
use pledgefund::domain::people::Role;
use pledgefund::domain::sign_in::session::Stage;
use pledgefund::domain::sign_in::throttle::wait_after;
use pledgefund::storage::find::accounts as rows;
use pledgefund::usecase::sign_in::{self, Entered, Refusal, SignInError, Visitor, accounts, recovery, setup};
use pledgefund::usecase::verify::verify;

use super::{guest, pass, quick};
use crate::support::desk::{self, PASSWORD, now_code, person, visitor};
use crate::support::product::on_both;

const NAME: &str = "王丽";

fn refusal<T: std::fmt::Debug>(done: Result<T, SignInError>) -> Refusal {
    match done {
        Err(SignInError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn from(number: usize) -> Visitor {
    Visitor { address: format!("203.0.113.{number}"), agent: String::new() }
}

#[test]
fn the_wait_grows_and_stays_below_a_quarter_of_an_hour() {
    let waits: Vec<i64> = (0..20).map(|failures| wait_after(failures).num_seconds()).collect();
    assert_eq!(waits[..5], [0; 5]);
    assert_eq!(waits[5..11], [30, 60, 120, 240, 480, 900]);
    assert!(waits[11..].iter().all(|wait| *wait == 900));
    assert_eq!(wait_after(i64::MAX).num_seconds(), 900);
}

#[test]
fn ten_thousand_guesses_from_a_hundred_addresses_are_hardly_looked_at() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        let codes = sign_in::recovery_codes(&app, &guest(&app, &ticket.token).unwrap()).unwrap();
        let (mut verified, mut said) = (0, Vec::new());
        for guess in 0..10_000_usize {
            let done = refusal(sign_in::enter(&app, NAME, &format!("Guess-{guess}-guess"), &from(guess % 100)));
            verified += u32::from(done == Refusal::Wrong);
            if guess < 500 {
                said.push(done);
            }
            pass(&app, 1);
        }
        assert!((5..=100).contains(&verified), "{verified} verified");
        // The right password waits like a wrong one, but whoever has a recovery code gets in at once.
        assert_eq!(refusal(sign_in::enter(&app, NAME, PASSWORD, &visitor())), Refusal::Wait);
        assert_eq!(refusal(recovery::enter(&app, NAME, PASSWORD, "AAAA-BBBB-CCCC-DDDD", &visitor())), Refusal::Wrong);
        let entered = recovery::enter(&app, NAME, PASSWORD, &codes[0].to_lowercase(), &visitor()).unwrap();
        assert_eq!(entered.stage, Stage::Full);
        assert_eq!(refusal(recovery::enter(&app, NAME, PASSWORD, &codes[0], &visitor())), Refusal::Wrong, "used");
        assert_eq!(refusal(recovery::enter(&app, NAME, "wrong", &codes[1], &visitor())), Refusal::Wrong);
        assert_eq!(refusal(recovery::enter(&app, NAME, PASSWORD, &codes[1], &visitor())), Refusal::Wrong, "used, too");
        // Somebody nobody knows is answered word for word the same.
        let strangers: Vec<Refusal> = (0..500_usize)
            .map(|guess| {
                let done = refusal(sign_in::enter(&app, "无此人", &format!("Guess-{guess}"), &from(100 + guess % 100)));
                pass(&app, 1);
                done
            })
            .collect();
        assert_eq!(strangers, said);
        assert!(verify(&mut app.store.read().unwrap(), app.fund_id()).unwrap().ok);
    });
}

#[test]
fn an_address_that_fails_everywhere_waits_whatever_name_it_gives() {
    on_both(|installation| {
        let app = quick(installation);
        let tries: Vec<Refusal> =
            (0..60).map(|name| refusal(sign_in::enter(&app, &format!("某人{name}"), "x", &from(1)))).collect();
        assert_eq!(tries.iter().filter(|done| **done == Refusal::Wrong).count(), 50);
        assert!(tries[50..].iter().all(|done| *done == Refusal::Wait));
        assert_eq!(refusal(sign_in::enter(&app, "某人", "x", &from(2))), Refusal::Wrong, "another address goes on");
        pass(&app, 600);
        assert_eq!(refusal(sign_in::enter(&app, "某人", "x", &from(1))), Refusal::Wrong, "after ten minutes");
    });
}

#[test]
fn codes_are_guessed_as_little_as_passwords() {
    on_both(|installation| {
        let app = quick(installation);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        pass(&app, 31);
        let half = sign_in::enter(&app, NAME, PASSWORD, &visitor()).unwrap();
        let known = guest(&app, &half.token).unwrap();
        let right = now_code(&app, &ticket.secret);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let said: Vec<Refusal> =
            (0..40).map(|from_where| refusal(sign_in::code(&app, &known, wrong, &from(from_where)))).collect();
        assert_eq!(said.iter().filter(|done| **done == Refusal::WrongCode).count(), 5);
        assert_eq!(refusal(sign_in::code(&app, &known, &right, &visitor())), Refusal::Wait);
        pass(&app, 60);
        let entered = sign_in::code(&app, &known, &now_code(&app, &ticket.secret), &visitor()).unwrap();
        assert_eq!(entered.stage, Stage::Full);
    });
}

fn first(app: &App, code: &str, name: &str) -> Result<Entered, SignInError> {
    setup::first_administrator(app, code, name, &visitor())
}

#[test]
fn nobody_is_there_from_the_start_and_the_first_comes_in_by_a_code_once() {
    on_both(|installation| {
        let app = quick(installation);
        let names = ["admin", "root", "administrator", "system", "test", "demo", "guest", "user", "系统员", "sa"];
        for (number, name) in names.into_iter().enumerate() {
            for password in ["admin", "Admin@123456"] {
                let done = sign_in::enter(&app, name, password, &from(number));
                assert_eq!(refusal(done), Refusal::Wrong, "{name} {password}");
            }
        }
        assert_eq!(rows::count(&mut app.store.read().unwrap()).unwrap(), 0);
        assert_eq!(refusal(first(&app, "", "系统员")), Refusal::Wrong);
        // A code is good for half an hour, a later one voids it, and it is good once.
        let late = setup::first_code(&app).unwrap();
        pass(&app, 30 * 60);
        assert_eq!(refusal(first(&app, &late, "系统员")), Refusal::Wrong);
        let void = setup::first_code(&app).unwrap();
        let code = setup::first_code(&app).unwrap();
        assert_eq!(refusal(first(&app, &void, "系统员")), Refusal::Wrong);
        let entered = first(&app, &code, "系统员").unwrap();
        assert_eq!(entered.stage, Stage::Password);
        assert_eq!(refusal(first(&app, &code, "另一人")), Refusal::Wrong, "reuse");
        assert_eq!(refusal(setup::first_code(&app)), Refusal::Taken);
        assert!(guest(&app, &entered.token).unwrap().offices.is_empty(), "not signed in yet");
    });
}

#[test]
fn who_keeps_accounts_hands_out_codes_that_force_a_password_of_ones_own() {
    on_both(|installation| {
        let app = quick(installation);
        assert_eq!(refusal(accounts::open(&app, NAME, "console")), Refusal::Unknown);
        let ticket = person(&app, NAME, "fund", Role::FundAdministrator);
        assert_eq!(refusal(accounts::open(&app, NAME, "console")), Refusal::Taken);
        let code = accounts::reset(&app, NAME, "console", false).unwrap();
        assert!(guest(&app, &ticket.token).is_none());
        assert_eq!(refusal(sign_in::enter(&app, NAME, PASSWORD, &visitor())), Refusal::Wrong);
        // The reset does not go around the authenticator.
        pass(&app, 31);
        let half = sign_in::enter(&app, NAME, &code, &visitor()).unwrap();
        assert_eq!(half.stage, Stage::Code);
        assert_eq!(refusal(sign_in::enter(&app, NAME, &code, &visitor())), Refusal::Wrong, "good once");
        let known = guest(&app, &half.token).unwrap();
        assert_eq!(refusal(sign_in::set_password(&app, &known, "", "Quartz-9-Willow-tide", &visitor())), Refusal::Over);
        let next = sign_in::code(&app, &known, &now_code(&app, &ticket.secret), &visitor()).unwrap();
        assert_eq!(next.stage, Stage::Password);
        // An authenticator that is lost is set up anew; a code that is not used in time is void.
        let late = accounts::reset(&app, NAME, "console", true).unwrap();
        pass(&app, 72 * 3_600);
        assert_eq!(refusal(sign_in::enter(&app, NAME, &late, &visitor())), Refusal::Wrong);
        let code = accounts::reset(&app, NAME, "console", true).unwrap();
        let anew = first_time_with(&app, &code);
        assert_ne!(anew.secret, ticket.secret);
        let told = rows::acts(&mut app.store.read().unwrap(), app.fund_id(), "王丽").unwrap();
        let acts: Vec<&str> = told.iter().map(|row| row.act.as_str()).collect();
        for act in ["opened", "password_set", "authenticator_set", "signed_in", "password_reset", "authenticator_reset"]
        {
            assert!(acts.contains(&act), "{act}: {acts:?}");
        }
        let secret = pledgefund::domain::sign_in::totp::base32(&anew.secret);
        assert!(!format!("{told:?}").contains(&secret));
    });
}

fn first_time_with(app: &App, code: &str) -> desk::Ticket {
    let visitor = visitor();
    let entered = sign_in::enter(app, NAME, code, &visitor).unwrap();
    let known = guest(app, &entered.token).unwrap();
    let entered = sign_in::set_password(app, &known, "", "Quartz-9-Willow-tide", &visitor).unwrap();
    let known = guest(app, &entered.token).unwrap();
    let secret = accounts::pending(app, &known).unwrap().unwrap();
    let (entered, _codes) = sign_in::enrol(app, &known, &now_code(app, &secret), &visitor).unwrap();
    let guard = sign_in::sessions::form_secret(&entered.token);
    desk::Ticket { token: entered.token, guard, secret }
}
