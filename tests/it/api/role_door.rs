//! A door for tests: the token says in which role somebody comes, from where, and how far in.

use pledgefund::domain::access::Asker;
use pledgefund::domain::people::{Institution, Office, Role};
use pledgefund::domain::sign_in::session::Stage;
use pledgefund::http::door::{Caller, Door, DoorPage, From, Granted, Sender, Wish};
use pledgefund::http::error::PageError;
use pledgefund::http::forms::Submission;
use pledgefund::i18n::Lang;
use pledgefund::views::sign_in::SignInView;

/// How far in somebody is.
pub const STAGES: [(&str, Stage); 4] =
    [("full", Stage::Full), ("code", Stage::Code), ("must_change", Stage::Password), ("enrol", Stage::Enrol)];

/// Secret of every form.
pub fn secret() -> String {
    "b".repeat(64)
}

/// The token of a role in a stage.
pub fn token_of(role: Role, stage: usize) -> String {
    let nth = Role::ALL.iter().position(|one| *one == role).unwrap();
    format!("{nth:02}{stage:02}{}", "0".repeat(60))
}

/// The door.
pub struct RoleDoor;

impl Door for RoleDoor {
    fn known(&self, token: &str) -> Result<Option<Caller>, PageError> {
        let number = |at: usize| token.get(at..at + 2).and_then(|digits| digits.parse::<usize>().ok());
        let (Some(nth), Some(stage)) = (number(0), number(2)) else { return Ok(None) };
        let (Some(role), Some((_, stage))) = (Role::ALL.get(nth), STAGES.get(stage)) else { return Ok(None) };
        let bank = matches!(role, Role::BankOfficer | Role::BankReviewer);
        let institution = Institution::read(if bank { "bank:AAA" } else { "fund" });
        let office = Office {
            person: "来人".to_owned(),
            role: *role,
            institution,
            level: None,
            stands_in_for: None,
            under_return: None,
        };
        let offices = if *stage == Stage::Full { vec![office] } else { Vec::new() };
        Ok(Some(Caller {
            asker: Asker::person("来人", offices),
            stage: *stage,
            form_secret: secret(),
            is_stepped_up: true,
            session_id: format!("session-{nth}"),
        }))
    }

    fn show(&self, _page: DoorPage, _from: &From, _lang: Lang) -> Result<SignInView, PageError> {
        Ok(SignInView { policy: "dengbao".to_owned(), ..SignInView::default() })
    }

    fn grant(&self, _wish: Wish, _from: &From) -> Result<Granted, PageError> {
        Ok(Granted::Refused("wrong"))
    }

    fn remember(&self, _sender: Sender<'_>, _address: &str, _form: &Submission) -> Result<bool, PageError> {
        Ok(false)
    }
}
